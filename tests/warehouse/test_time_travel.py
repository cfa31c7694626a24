"""A question as of a day is answered as it would have been on that day."""

import datetime as dt

import pytest

from banso.warehouse.compaction import compact
from banso.warehouse.session import Session


def correction(name: str, known: str | None) -> str:
    known_at = f"TIMESTAMPTZ '{known} 09:00:00+09'" if known else "NULL::TIMESTAMPTZ"
    return f"SELECT 'a' AS customer_id, '{name}' AS name, {known_at} AS known_at"


def known_on(session: Session, day: int) -> list[str]:
    table = session.facts_as_known("customers", dt.date(2026, 3, day))
    names: list[str] = session.to_arrow(table.name).to_pylist()
    return names


@pytest.mark.parametrize("compacted", [False, True])
def test_corrections_are_seen_from_the_day_they_were_known(lake, load, at, compacted):
    load("customers", correction("first", "2026-03-02"), day=1)
    load("customers", correction("second", "2026-03-05"), day=2)
    load("customers", correction("third", "2026-03-09"), day=3)
    if compacted:
        digest = lake.current().facts_digest
        compact(lake, at=at(4))
        assert lake.current().facts_digest == digest

    with Session(lake) as session:
        assert [known_on(session, day) for day in (1, 2, 4, 5, 8, 9, 20)] == [
            [],
            ["first"],
            ["first"],
            ["second"],
            ["second"],
            ["third"],
            ["third"],
        ]
        known = session.to_arrow(session.facts("customers").known_at).to_pylist()
        assert known == [
            dt.datetime.fromisoformat("2026-03-09")
        ]  # 09:00 in Tokyo is midnight UTC


def test_rows_without_known_at_are_always_known(lake, load):
    load("customers", correction("plain", None))

    with Session(lake) as session:
        assert known_on(session, 1) == ["plain"]


def test_row_without_known_at_is_seen_until_its_correction_was_known(lake, load, at):
    load("customers", correction("plain", None))
    load("customers", correction("known", "2026-03-05"), day=2)
    for _ in range(2):
        with Session(lake) as session:
            assert known_on(session, 4) == ["plain"]
            assert known_on(session, 5) == ["known"]
        compact(lake, at=at(3))


def test_correction_without_known_at_holds_for_all_time(lake, load, at):
    load("customers", correction("first", "2026-03-02"))
    load("customers", correction("right", None), day=2)

    with Session(lake) as session:
        assert known_on(session, 3) == ["right"]
    assert len(lake.current().facts["customers"].parts) == 1  # the other is not needed


def test_corrections_that_arrive_out_of_order_never_show_two_rows(lake, load):
    load("customers", correction("first", "2026-03-01"), day=1)
    load("customers", correction("third", "2026-03-09"), day=2)
    load("customers", correction("second", "2026-03-05"), day=3)

    with Session(lake) as session:
        for day in range(1, 12):
            assert len(known_on(session, day)) == 1
        assert known_on(session, 2) == ["first"]
        assert known_on(session, 11) == ["second"]  # what was loaded last counts


def test_same_content_known_again_later_changes_nothing(lake, load):
    load("customers", correction("first", "2026-03-02"))

    counts = load("customers", correction("first", "2026-03-07"), day=2)

    assert counts.unchanged == 1


def test_time_travel_counts_in_the_digest(lake, load):
    load("customers", correction("first", "2026-03-02"))
    load("customers", correction("second", "2026-03-05"), day=2)
    with_history = lake.current().facts["customers"].digest
    load("customers", correction("second", None) + " LIMIT 0", day=3)

    assert lake.current().facts["customers"].digest == with_history


def test_tables_without_time_travel_answer_as_today(lake, load):
    load(
        "events",
        "SELECT 'e' AS event_id, 'c' AS customer_id, 'x' AS \"name\","
        " TIMESTAMP '2026-01-01' AS occurred_at",
    )
    with Session(lake) as session:
        table = session.facts_as_known("events", dt.date(2020, 1, 1))
        assert session.to_arrow(table.count()).as_py() == 1
        empty = session.facts_as_known("tickets", dt.date(2020, 1, 1))
        assert session.to_arrow(empty.count()).as_py() == 0
