"""Compaction makes scans cheap again and changes no answer."""

import pytest

from banso.warehouse.compaction import compact
from banso.warehouse.session import Session

EVENTS = """
    SELECT 'e' || i AS event_id, 'c' || i % 7 AS customer_id, '{name}' AS "name",
        TIMESTAMP '2026-01-01 00:00:00' + to_days(CAST(i % 60 AS INTEGER))
            AS occurred_at {more}
    FROM range({first}, {last}) AS t(i)
"""


def answers(lake):
    with Session(lake) as session:
        events = session.facts("events").order_by("event_id")
        return session.to_arrow(events).to_pylist()


@pytest.fixture
def worn(lake, load):
    """Give a lake of many small loads, corrections, attributes and kinds."""
    for day in range(1, 12):
        first = 100 * day
        load("events", EVENTS.format(name="x", first=first, last=first + 120, more=""))
    for day, value in enumerate(["1", "2.5", "'text'"], start=12):
        more = f", {value} AS extra"
        sql = EVENTS.format(name="y", first=300 + day, last=310 + day, more=more)
        load("events", sql, day=day)
    return lake


def test_answers_and_digest_stay_the_same(worn, at):
    before, digest = answers(worn), worn.current().facts_digest
    many = len(worn.current().facts["events"].parts)

    manifest = compact(worn, at=at(20))

    assert answers(worn) == before
    assert manifest.facts_digest == digest
    parts = manifest.facts["events"].parts
    assert {part.slice for part in parts} == {"all"}
    assert len(parts) < many
    assert all(part.deletes is None for part in parts)


def test_each_month_is_compacted_by_itself(lake, load, at):
    load("events", EVENTS.format(name="x", first=0, last=150_000, more=""))
    untouched = lake.current().facts["events"].parts[0]
    for day in range(2, 12):
        at_the_end = EVENTS.format(name="y", first=60 * day + 45, last=60 * day + 50,
                                   more="")  # fmt: skip
        load("events", at_the_end, day=day)

    parts = compact(lake, at=at(20)).facts["events"].parts

    assert [part.slice for part in parts] == ["2026-01", "2026-02", "2026-03"]
    assert parts[0] == untouched
    assert sum(part.rows for part in parts) == 150_000
    assert all(part.deletes is None for part in parts)


def test_what_began_later_is_not_joined_with_what_a_small_table_had(lake, load, at):
    load("events", EVENTS.format(name="x", first=0, last=40, more=""))
    (past,) = lake.current().facts["events"].parts
    for day in range(10):  # in March, one at a time
        load("events", EVENTS.format(name="x", first=59, last=60, more="").replace(
            "'e' || i", f"'late {day}'"), day=day + 1)  # fmt: skip

    parts = compact(lake, at=at(20)).facts["events"].parts

    assert past in parts
    assert sorted(part.rows for part in parts) == [10, 40]


def test_compacting_twice_changes_nothing(worn, at):
    manifest = compact(worn, at=at(20))

    assert compact(worn, at=at(21)) == manifest


def test_months_that_are_well_are_left_alone(lake, load, at):
    load("events", EVENTS.format(name="x", first=0, last=60, more=""))
    before = lake.current()

    assert compact(lake, at=at(20)) == before


def test_rows_are_recognized_after_compaction(worn, load, at):
    compact(worn, at=at(20))

    again = load("events", EVENTS.format(name="x", first=100, last=200, more=""))
    changed = load("events", EVENTS.format(name="z", first=100, last=105, more=""))

    assert (again.new, again.changed, again.unchanged) == (0, 0, 100)
    assert (changed.new, changed.changed) == (0, 5)


def test_empty_lake_compacts_to_nothing(lake, at):
    assert compact(lake, at=at(1)).version == 0
