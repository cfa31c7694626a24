"""The state of contracts on one day, worked out by hand."""

import datetime as dt
from decimal import Decimal
from typing import Any

import ibis
import pyarrow as pa
import pytest

from banso.analytics.contracts import contract_state

DAY = dt.date(2026, 11, 23)
SCHEMA = pa.schema(
    [
        ("subscription_id", pa.string()),
        ("customer_id", pa.string()),
        ("started_on", pa.date32()),
        ("ended_on", pa.date32()),
        ("mrr", pa.decimal128(18, 4)),
        ("currency", pa.string()),
        ("product", pa.string()),
        ("plan", pa.string()),
        ("seats", pa.int64()),
        ("renews_on", pa.date32()),
        ("cancelled_on", pa.date32()),
        ("ended_reason", pa.string()),
        ("known_at", pa.timestamp("us")),
    ]
)


def contract(**more: Any) -> dict[str, Any]:
    return {
        "subscription_id": "s1",
        "customer_id": "a",
        "started_on": dt.date(2025, 4, 1),
        "mrr": Decimal(1000),
        "currency": "JPY",
        **more,
    }


def state_of(*contracts: dict[str, Any]) -> dict[str, Any]:
    rows = ibis.memtable(pa.Table.from_pylist(list(contracts), SCHEMA))
    state = contract_state(rows, as_of=DAY)
    found = ibis.duckdb.connect().to_pyarrow(state).to_pylist()
    assert len(found) <= 1
    return found[0] if found else {}


def test_open_lines_add_up() -> None:
    state = state_of(
        contract(seats=10, product="請求書", plan="Pro"),
        contract(subscription_id="s2", mrr=Decimal("99.5"), product="名刺", plan="Pro"),
    )

    assert state["status"] == "active"
    assert state["mrr"] == Decimal("1099.5")
    assert state["seats"] == 10
    assert state["products"] == "名刺, 請求書"
    assert state["plan"] == "Pro"


@pytest.mark.parametrize(
    ("ended_on", "status"),
    [
        (DAY, "churned"),  # the end is the first day without
        (DAY + dt.timedelta(days=1), "active"),
        (None, "active"),
    ],
)
def test_end_is_the_first_day_without(ended_on: dt.date | None, status: str) -> None:
    assert state_of(contract(ended_on=ended_on))["status"] == status


def test_churned_customer_says_when_and_why() -> None:
    state = state_of(
        contract(ended_on=dt.date(2026, 1, 1), ended_reason="price"),
        contract(
            subscription_id="s2",
            started_on=dt.date(2026, 1, 1),
            ended_on=dt.date(2026, 9, 1),
            ended_reason="replaced",
        ),
    )

    assert state["status"] == "churned"
    assert state["ended_on"] == dt.date(2026, 9, 1)
    assert state["ended_reason"] == "replaced"
    assert state["started_on"] == dt.date(2025, 4, 1)
    assert state["mrr"] is None


def test_end_in_the_future_is_not_known() -> None:
    state = state_of(contract(ended_on=dt.date(2027, 1, 1), ended_reason="churned"))

    assert state["status"] == "active"
    assert state["ended_on"] is None
    assert state["ended_reason"] is None


def test_contract_that_starts_later_is_upcoming() -> None:
    assert state_of(contract(started_on=dt.date(2026, 12, 1)))["status"] == "upcoming"


def test_next_renewal_is_the_first_that_is_not_over() -> None:
    state = state_of(
        contract(renews_on=dt.date(2026, 10, 1)),
        contract(subscription_id="s2", renews_on=DAY),
        contract(subscription_id="s3", renews_on=dt.date(2027, 4, 1)),
    )

    assert state["renews_on"] == DAY


def test_notice_counts_from_the_day_it_was_given() -> None:
    given = state_of(contract(cancelled_on=DAY))
    later = state_of(contract(cancelled_on=DAY + dt.timedelta(days=1)))

    assert given["notice_on"] == DAY
    assert later["notice_on"] is None


def test_several_currencies_are_not_added() -> None:
    state = state_of(contract(), contract(subscription_id="s2", currency="USD"))

    assert state["mrr"] is None
    assert state["currency"] is None


def test_line_that_was_never_open_leaves_no_trace() -> None:
    assert state_of(contract(ended_on=dt.date(2025, 4, 1))) == {}


def test_row_that_became_known_later_is_left_out() -> None:
    assert state_of(contract(known_at=dt.datetime(2026, 11, 24, 1))) == {}
