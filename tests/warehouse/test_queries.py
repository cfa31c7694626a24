"""A query that is built once says the same as one that is built anew."""

import datetime as dt

import ibis
import ibis.expr.types as ir
import pytest

from banso.analytics.grid import Grid
from banso.definitions.metrics import CountMetric
from banso.warehouse import queries
from banso.warehouse.lake import Lake
from banso.warehouse.queries import REMEMBERED, Query, key_of
from banso.warehouse.session import Session

BUILT: list[str] = []


@pytest.fixture
def session(lake: Lake, load) -> Session:
    load(
        "events",
        "SELECT 'e1' AS event_id, TIMESTAMP '2026-01-05' AS occurred_at,"
        " 'a' AS customer_id, 'login' AS name",
    )
    BUILT.clear()
    REMEMBERED.clear()
    with Session(lake) as opened:
        yield opened


def later_days(days: ir.Table, after: ir.DateScalar) -> ir.Table:
    BUILT.append("later_days")
    return days.filter(days.day > after)


def counted(days: ir.Table, names: tuple[str, ...]) -> ir.Table:
    return days.aggregate(**{name: days.count() for name in names})


def days_of(session: Session, *days: dt.date) -> ir.Table:
    return session.named_rows("days", [[day] for day in days], {"day": "date"})


def found(session: Session, query: Query) -> list[object]:
    with session.held([query], order_by=["day"]) as rows:
        return session.to_arrow(rows)["day"].to_pylist()


FIRST, SECOND, THIRD = (dt.date(2026, 1, day) for day in (1, 2, 3))


def test_query_is_built_once_and_serves_other_rows_and_days(
    lake: Lake, session
) -> None:
    days = days_of(session, FIRST, SECOND, THIRD)
    query = session.query(later_days, days, session.scalar("after", FIRST))
    assert found(session, query) == [SECOND, THIRD]

    with Session(lake) as another:
        days = days_of(another, SECOND, THIRD)
        query = another.query(later_days, days, another.scalar("after", SECOND))

        assert found(another, query) == [THIRD]
    assert BUILT == ["later_days"]


def test_query_that_was_changed_or_deleted_is_built_anew(lake: Lake, session) -> None:
    def asked() -> Query:
        REMEMBERED.clear()  # as another process
        after = session.scalar("after", FIRST)
        return session.query(later_days, days_of(session, FIRST, SECOND), after)

    first = asked()
    (path,) = (lake.folder / queries.FOLDER).iterdir()
    path.write_text(path.read_text().replace(" > ", " < "))

    assert asked() == first

    path.unlink()

    assert asked() == first
    assert BUILT == ["later_days"] * 3


def test_another_program_builds_its_own_query(session, monkeypatch) -> None:
    days, after = days_of(session, FIRST), session.scalar("after", FIRST)
    before = key_of(later_days, [days, after])

    monkeypatch.setattr(queries, "_program", lambda: "another")

    assert key_of(later_days, [days, after]) != before


def test_whatever_makes_other_sql_makes_another_key(session) -> None:
    days = days_of(session, FIRST)
    typed = session.named_rows("days", [["x"]], {"day": "string"})
    renamed = session.named_rows("others", [[FIRST]], {"day": "date"})
    label = {"ja": "数", "en": "count"}
    metric = CountMetric(
        key="n", label=label, unit="count", kind="count", table="events", window_days=7
    )
    wider = metric.model_copy(update={"window_days": 28})
    grid = Grid(session.scalar("grid", 20_000), back=(0, 1))
    weekly = Grid(session.scalar("grid", 20_000), count=2, back=(0, 1))
    later = Grid(session.scalar("grid", 20_007), back=(0, 1))

    several = [[days], [typed], [renamed], [days, metric], [days, wider]]
    several += [[days, ("a", "b")], [days, ("b", "a")], [days, {"a": 1}], [days, None]]
    several += [[days, grid], [days, weekly], [days, FIRST], [days, frozenset("a")]]
    keys = [key_of(counted, arguments) for arguments in several]

    assert len(set(keys)) == len(keys)
    assert key_of(counted, [days, later]) == key_of(counted, [days, grid])


def test_query_is_asked_only_by_what_can_be_described(session) -> None:
    days = days_of(session, FIRST)

    with pytest.raises(TypeError):
        key_of(counted, [days.filter(days.day > FIRST)])
    with pytest.raises(TypeError):
        key_of(counted, [days, object()])
    with pytest.raises(TypeError):
        key_of(counted, [ibis.literal(1)])
