"""Cohorts of use and of purchases, by hand."""

import datetime as dt
from decimal import Decimal

import ibis
import pyarrow as pa
import pytest

from banso.analytics.cohorts.activity import activity_cohorts, customer_months
from banso.analytics.cohorts.contract import segments_of
from banso.kernel.zones import utc_offsets

TOKYO = utc_offsets("Asia/Tokyo", dt.date(2026, 1, 1), dt.date(2026, 6, 1))
SCHEMA = pa.schema(
    [
        ("customer_id", pa.string()),
        ("occurred_at", pa.timestamp("us")),
        ("name", pa.string()),
        ("amount", pa.decimal128(18, 4)),
        ("currency", pa.string()),
    ]
)


def did(
    customer: str, moment: str, name: str = "export", amount: object = None
) -> dict:
    return {
        "customer_id": customer,
        "occurred_at": dt.datetime.fromisoformat(moment),
        "name": name,
        "amount": None if amount is None else Decimal(str(amount)),
        "currency": "JPY",
    }


def found(*rows: dict, as_of: dt.date = dt.date(2026, 3, 31), **columns) -> list[dict]:
    facts = ibis.memtable(pa.Table.from_pylist(list(rows), SCHEMA))
    ids = pa.table({"customer_id": sorted({row["customer_id"] for row in rows})})
    months = customer_months(facts, "occurred_at", offsets=TOKYO, **columns)
    cohorts = activity_cohorts(months, segments_of(ibis.memtable(ids), []), as_of=as_of)
    listed = cohorts.order_by("name", "cohort", "age").to_pyarrow().to_pylist()
    return [dict(row) for row in listed]


def test_use_is_counted_by_months_since_the_first() -> None:
    rows = found(
        did("a", "2026-01-05T00:00"),
        did("a", "2026-01-06T00:00"),
        did("a", "2026-03-06T00:00"),
        did("b", "2026-01-07T00:00"),
        did("c", "2026-02-07T00:00"),
    )

    counts = [
        (r["cohort"].month, r["age"], r["customers"], r["active_customers"])
        for r in rows
    ]
    assert counts == [
        (1, 0, 2, 2),
        (1, 1, 2, 0),
        (1, 2, 2, 1),
        (1, 3, 2, None),
        (2, 0, 1, 1),
        (2, 1, 1, 0),
        (2, 2, 1, None),
    ]
    assert {r["reason"] for r in rows if r["active_customers"] is None} == {
        "month_not_over"
    }


def test_the_month_is_that_of_the_companys_zone() -> None:
    rows = found(did("a", "2026-01-31T15:30"))  # half past midnight in Tokyo

    assert rows[0]["cohort"] == dt.date(2026, 2, 1)


def test_each_feature_has_cohorts_of_its_own() -> None:
    rows = found(
        did("a", "2026-01-05T00:00", "export"),
        did("a", "2026-02-05T00:00", "share"),
        name="name",
    )

    assert [
        (r["name"], r["cohort"].month, r["age"]) for r in rows if r["reason"] is None
    ] == [
        ("export", 1, 0),
        ("export", 1, 1),
        ("export", 1, 2),
        ("share", 2, 0),
        ("share", 2, 1),
    ]


def test_the_first_month_of_the_data_is_marked() -> None:
    rows = found(did("a", "2026-01-05T00:00"), did("b", "2026-02-05T00:00"))

    assert [r["began_before"] for r in rows if r["age"] == 0] == [True, False]


def test_refunds_are_taken_off_what_was_bought() -> None:
    rows = found(
        did("a", "2026-01-05T00:00", amount=100),
        did("a", "2026-02-05T00:00", amount=-30),
        amount="amount",
    )

    assert [r["amount"] for r in rows] == [100, -30, 0, None]


def test_without_amounts_there_is_no_amount() -> None:
    assert {r["amount"] for r in found(did("a", "2026-01-05T00:00"))} == {None}


@pytest.mark.parametrize("second", ["JPY", "USD"])
def test_amounts_in_several_currencies_are_not_added(second) -> None:
    rows = found(
        did("a", "2026-01-05T00:00", amount=100),
        did("a", "2026-01-06T00:00", amount=50) | {"currency": second},
        amount="amount",
    )

    assert rows[0]["amount"] == (150 if second == "JPY" else None)
    assert rows[0]["active_customers"] == 1
