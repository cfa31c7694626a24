"""What holds of charges and MRR for every history, and an independent way to it."""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from revenue_tables import Query, Revenue, Row, stored
from slow_reconciliation import Behind, Bill, SlowReconciliation
from slow_revenue import Line

from banso.analytics.revenue.reconciliation import CHARGE_KINDS, COMPONENTS
from banso.definitions.revenue import Reading

FIRST = dt.date(2023, 12, 20)
UNTIL = dt.date(2024, 5, 20)
PRICES = [Decimal("33.3333"), Decimal(100), Decimal("250.5")]
# Bills, starts and ends meet often when days are few, and many are a month's first.
A_DAY = st.one_of(
    st.integers(0, (UNTIL - FIRST).days + 10).map(lambda n: FIRST + dt.timedelta(n)),
    st.integers(1, 6).map(lambda month: dt.date(2024, month, 1)),
)
CUSTOMERS, LINES = st.sampled_from(["a", "b"]), st.sampled_from(["x", "y"])
History = tuple[list[Line], list[Bill]]
SETTINGS = settings(max_examples=60)


@st.composite
def contract_lines(draw: st.DrawFn) -> Line:
    start = draw(A_DAY)
    end = draw(st.one_of(st.none(), st.none(), A_DAY))
    if end is not None and end <= start:
        end = start + dt.timedelta(days=draw(st.integers(1, 70)))
    return Line(draw(CUSTOMERS), draw(LINES), start, end, draw(st.sampled_from(PRICES)))


@st.composite
def histories(draw: st.DrawFn) -> History:
    """Return contract lines, and bills of which most are for one of them."""
    lines = draw(st.lists(contract_lines(), min_size=1, max_size=6))
    billed = []
    for line in draw(st.lists(st.sampled_from(lines), min_size=1, max_size=14)):
        price = draw(st.sampled_from([line.mrr, line.mrr, *PRICES]))
        times = draw(st.sampled_from(["1", "1", "2", "3", "12", "0.5", "-0.4"]))
        bill = Bill(
            draw(st.sampled_from([line.customer, line.customer, "a"])),
            draw(st.sampled_from([line.line, line.line, "x", None])),
            draw(A_DAY),
            round(price * Decimal(times), 4),
            draw(st.sampled_from(["recurring"] * 6 + ["usage", "refund", None])),
        )
        billed.append(bill)
    return lines, billed


def company(lines: Sequence[Line], billed: Sequence[Bill], pause_days: int) -> Revenue:
    contracts = [
        {
            "customer_id": line.customer,
            "subscription_id": f"{line.customer}{line.line}",
            "started_on": line.start,
            "ended_on": line.end,
            "mrr": line.mrr,
        }
        for line in lines
    ]
    charges = [
        {
            "charge_id": str(place),
            "customer_id": bill.customer,
            "subscription_id": bill.line and f"{bill.customer}{bill.line}",
            "charged_on": bill.day,
            "amount": bill.amount,
            "kind": bill.kind,
        }
        for place, bill in enumerate(billed)
    ]
    return Revenue(
        stored("subscriptions", contracts),
        until=UNTIL,
        reading=Reading(pause_days=pause_days),
        charges=stored("charges", charges),
    )


@cache
def compiled(pause_days: int) -> tuple[Query, Query]:
    months, rows = company([], [], pause_days).reconciled
    return Query.of(months), Query.of(rows)


def named(rows: Sequence[Row]) -> Behind:
    found: Behind = {}
    for row in rows:
        line, customer = row["subscription_id"], row["customer_id"]
        name = (customer, line and line.removeprefix(customer))
        found[row["period"], row["component"], name] = row["amount"]
    return found


@pytest.mark.parametrize("pause_days", [0, 7])
@SETTINGS
@given(history=histories())
def test_rows_agree_with_a_slow_program(pause_days: int, history: History) -> None:
    lines, billed = history
    slow = SlowReconciliation(lines, billed, UNTIL, pause_days)
    fast = company(lines, billed, pause_days)

    months, rows = (fast.answer(query) for query in compiled(pause_days))

    assert named(rows) == slow.behind()
    found = {row["period"]: row for row in months}
    for month in slow.months():
        mine = [bill for bill in slow.known if bill.month == month]
        if month not in found:
            assert not mine
            assert not slow.mrr(month)
            continue
        row = found[month]
        assert row["mrr"] == slow.mrr(month)
        assert row["charges"] == len(mine)
        assert row["billed_total"] == sum(bill.amount for bill in mine)
        for kind in CHARGE_KINDS:
            of_kind = [b.amount for b in mine if (b.kind or "no_kind") == kind]
            assert row[kind] == sum(of_kind), kind


@SETTINGS
@given(history=histories())
def test_identities_hold_and_customers_add_up(history: History) -> None:
    lines, billed = history

    query, behind = compiled(7)

    fast = company(lines, billed, 7)

    rows = fast.answer(behind)
    for row in fast.answer(query):
        assert row["billed_total"] == sum(row[kind] for kind in CHARGE_KINDS)
        parts = sum(row[component] for component in COMPONENTS)
        assert row["recurring"] - row["mrr"] == parts
        assert row["unexplained"] == 0
    for customer in ("a", "b"):
        own = company(
            [line for line in lines if line.customer == customer],
            [bill for bill in billed if bill.customer == customer],
            7,
        )
        alone = named(own.answer(behind))
        first = min((row["period"] for row in own.answer(query)), default=UNTIL)
        shared = named([row for row in rows if row["customer_id"] == customer])
        assert alone == {key: v for key, v in shared.items() if key[0] >= first}
