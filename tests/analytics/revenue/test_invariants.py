"""What holds for every history of contracts, and an independent way to the same."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from revenue_tables import Query, Revenue, stored
from slow_revenue import Line, slow_level, slow_movements

from banso.analytics.revenue.movements import KINDS, OTHER_KINDS
from banso.analytics.revenue.units import WHOLE
from banso.definitions.revenue import Reading

FIRST = dt.date(2023, 12, 20)
UNTIL = dt.date(2024, 5, 20)
DAYS = (UNTIL - FIRST).days
# Ends, starts and gaps meet often when days are few.
A_DAY = st.integers(0, DAYS + 20).map(lambda n: FIRST + dt.timedelta(days=n))
EARLIEST = Line("d", "x", FIRST, None, Decimal(1))
MRR = st.sampled_from(
    [Decimal(0), Decimal("0.01"), Decimal("33.3333"), Decimal(100), Decimal("250.5")]
)


@st.composite
def contract_lines(draw: st.DrawFn) -> Line:
    start = draw(A_DAY)
    length = draw(st.one_of(st.none(), st.integers(1, 70)))
    end = None if length is None else start + dt.timedelta(days=length)
    return Line(
        customer=draw(st.sampled_from(["a", "b", "c"])),
        line=draw(st.sampled_from(["x", "y", "z"])),
        start=start,
        end=end,
        mrr=draw(MRR),
    )


def company(lines: Iterable[Line], reading: Reading) -> Revenue:
    rows = [
        {
            "customer_id": line.customer,
            # one line lies with one customer
            "subscription_id": f"{line.customer}{line.line}",
            "started_on": line.start,
            "ended_on": line.end,
            "mrr": line.mrr,
            "product": "common" if line.line == "x" else None,
            "currency": "JPY",
        }
        for line in lines
    ]
    return Revenue(stored("subscriptions", rows), until=UNTIL, reading=reading)


@cache
def movements_of(reading: Reading) -> Query:
    return Query.of(company([EARLIEST], reading).movement_lines)


@cache
def totals_of(grouping: str) -> Query:
    return Query.of(company([EARLIEST], Reading()).totals_by(grouping))


def by_key(rows: Iterable[Any]) -> dict[tuple[Any, ...], Decimal]:
    found: dict[tuple[Any, ...], Decimal] = defaultdict(Decimal)
    for row in rows:
        line = row["subscription_id"].removeprefix(row["customer_id"])
        key = (row["period"], row["customer_id"], line, row["kind"])
        found[key] += row["amount"]
    return dict(found)


@pytest.mark.parametrize(
    ("pause_days", "within"),
    [(0, "netted"), (7, "netted"), (31, "netted"), (7, "shown")],
)
@settings(max_examples=25)
@given(lines=st.lists(contract_lines(), min_size=1, max_size=12))
def test_movements_agree_with_a_slow_program(
    pause_days: int, within: Any, lines: list[Line]
) -> None:
    reading = Reading(pause_days=pause_days, within_period=within)

    found = by_key(company(lines, reading).answer(movements_of(reading)))

    assert found == slow_movements(
        lines, until=UNTIL, pause_days=pause_days, each_day=within == "shown"
    )


@settings(max_examples=15)
@given(lines=st.lists(contract_lines(), min_size=1, max_size=12))
def test_movements_sum_to_the_change_and_parts_to_the_whole(lines: list[Line]) -> None:
    fast = company(lines, Reading())

    whole = {row["period"]: row for row in fast.answer(totals_of(WHOLE))}
    split = fast.answer(totals_of("product"))

    for period, row in whole.items():
        moved = sum(row[kind] for kind in (*KINDS, *OTHER_KINDS))
        assert row["mrr_end"] - row["mrr_start"] == moved
        last = min(next_month(period) - dt.timedelta(days=1), UNTIL)
        assert row["mrr_end"] == slow_level(lines, last, until=UNTIL, pause_days=7)
        for name in (*KINDS, *OTHER_KINDS, "mrr_start", "mrr_end", "cmrr", "arr"):
            parts = [part[name] for part in split if part["period"] == period]
            assert sum(parts) == row[name], name


def next_month(period: dt.date) -> dt.date:
    return (period + dt.timedelta(days=32)).replace(day=1)
