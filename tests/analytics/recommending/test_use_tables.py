"""Who used what since when, from a few events and contract lines by hand."""

import datetime as dt

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from banso.analytics.recommending.use_tables import (
    contract_use,
    event_months,
    event_use,
)
from banso.kernel.zones import day_number, utc_offsets

FIRST = dt.date(2026, 1, 1)
OFFSETS = utc_offsets("Asia/Tokyo", FIRST, dt.date(2026, 12, 31))


def day(month: int, number: int) -> int:
    return day_number(dt.date(2026, month, number))


def rows_of(expression: ir.Table) -> list[tuple[object, ...]]:
    found = ibis.duckdb.connect().to_pyarrow(expression).to_pylist()
    return [tuple(row.values()) for row in found]


def events(*rows: tuple[str, str, dt.datetime, dt.datetime | None]) -> ir.Table:
    names = ("customer_id", "name", "occurred_at", "known_at")
    time = pa.timestamp("us")
    types = (pa.string(), pa.string(), time, time)
    return ibis.memtable(
        pa.table(
            {
                name: pa.array([row[place] for row in rows], types[place])
                for place, name in enumerate(names)
            }
        )
    )


def used(
    facts: ir.Table, *, until: dt.date | None, known_by: dt.date
) -> list[tuple[object, ...]]:
    months = event_months(facts, until=until, offsets=OFFSETS)
    use = event_use(months, known_by=known_by)
    return rows_of(use.order_by("customer_id", "item"))


def test_uses_are_counted_in_days_of_the_company() -> None:
    facts = events(
        ("c2", "scan", dt.datetime(2026, 3, 1, 3), None),
        ("c1", "share", dt.datetime(2026, 2, 1, 3), None),
        ("c1", "scan", dt.datetime(2026, 2, 3, 3), None),
        ("c1", "scan", dt.datetime(2026, 3, 3, 9), None),
        ("c1", "scan", dt.datetime(2026, 3, 9, 23), None),  # the 10th in Tokyo
    )

    found = used(facts, until=None, known_by=dt.date(2026, 3, 31))

    assert found == [
        ("c1", "feature", "scan", day(2, 3), day(3, 10)),
        ("c1", "feature", "share", day(2, 1), day(2, 1)),
        ("c2", "feature", "scan", day(3, 1), day(3, 1)),
    ]


def test_what_happened_or_was_known_later_is_left_out() -> None:
    facts = events(
        ("c1", "scan", dt.datetime(2026, 2, 3, 3), None),
        ("c1", "scan", dt.datetime(2026, 2, 5, 3), None),
        ("c1", "share", dt.datetime(2026, 2, 1, 3), dt.datetime(2026, 2, 6)),
    )

    found = used(facts, until=dt.date(2026, 2, 4), known_by=dt.date(2026, 2, 4))

    assert found == [("c1", "feature", "scan", day(2, 3), day(2, 3))]


def test_what_became_known_in_a_later_month_is_not_known_by_the_end_of_one() -> None:
    facts = events(
        ("c1", "scan", dt.datetime(2026, 2, 28, 14), None),
        ("c1", "scan", dt.datetime(2026, 2, 28, 15), None),  # 1 March in Tokyo
        ("c1", "share", dt.datetime(2026, 2, 1, 3), dt.datetime(2026, 3, 1)),
    )

    found = used(facts, until=None, known_by=dt.date(2026, 2, 28))

    assert found == [("c1", "feature", "scan", day(2, 28), day(2, 28))]


def lines(*rows: tuple[str, str | None, str | None, int, int | None]) -> ir.Table:
    """Customer, product, plan, and the months on whose first days it starts, ends."""

    def first_of(month: int | None) -> dt.date | None:
        return None if month is None else dt.date(2026, month, 1)

    return ibis.memtable(
        pa.table(
            {
                "customer_id": [row[0] for row in rows],
                "product": pa.array([row[1] for row in rows], pa.string()),
                "plan": pa.array([row[2] for row in rows], pa.string()),
                "started_on": pa.array([first_of(row[3]) for row in rows], pa.date32()),
                "ended_on": pa.array([first_of(row[4]) for row in rows], pa.date32()),
                "known_at": pa.array([None] * len(rows), pa.timestamp("us")),
            }
        )
    )


def test_products_and_plans_are_used_while_a_line_is_open() -> None:
    facts = lines(
        ("c1", "scan", "basic", 1, 3),
        ("c1", "scan", "pro", 3, None),
        ("c2", "scan", None, 2, 9),
        ("c3", "scan", "pro", 5, None),  # starts later
        ("c4", "scan", "pro", 2, 2),  # was never open
    )

    found = contract_use(facts, as_of=dt.date(2026, 4, 1))

    assert rows_of(found.order_by("customer_id", "kind", "item")) == [
        ("c1", "plan", "basic", day(1, 1), day(2, 28)),
        ("c1", "plan", "pro", day(3, 1), day(4, 1)),
        ("c1", "product", "scan", day(1, 1), day(4, 1)),
        ("c2", "product", "scan", day(2, 1), day(4, 1)),
    ]
