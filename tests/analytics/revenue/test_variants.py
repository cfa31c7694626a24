"""Who makes a variant of retention differ from the standard reading."""

import datetime as dt
from decimal import Decimal
from typing import Any

import duckdb
import ibis
import pyarrow as pa
import pytest

from banso.analytics.cohorts.months import month_number
from banso.analytics.revenue.periods import Calendar
from banso.analytics.revenue.retention import retention
from banso.analytics.revenue.units import (
    WHOLE,
    Numbers,
    currency_numbers,
    customer_numbers,
    month_steps,
    segment_numbers,
    unit_steps,
    unit_stretches,
)
from banso.analytics.revenue.variants import (
    FIGURES,
    Window,
    retained_customers,
    variant_rows,
)
from banso.definitions.revenue import Reading

BEGAN, MONTH = dt.date(2023, 12, 1), dt.date(2024, 12, 1)
MONEY = pa.decimal128(18, 4)
SCHEMA = pa.schema(
    [
        ("customer_id", pa.string()), ("currency", pa.string()),
        ("product", pa.string()), ("plan", pa.string()),
        ("day", pa.date32()), ("change", MONEY), ("opened", pa.int32()),
    ]
)  # fmt: skip


def change(customer: str, day: str, amount: int) -> dict[str, Any]:
    return {
        "customer_id": customer, "currency": "JPY",
        "day": dt.date.fromisoformat(day), "change": Decimal(amount),
        "opened": 1 if amount > 0 else -1,
    }  # fmt: skip


# a: 100 → 150. b: 80 → left, came back with 60. c: 80 → 20. d came in March.
CHANGES = [
    change("a", "2023-10-01", 100), change("a", "2024-05-10", 50),
    change("b", "2023-10-01", 80), change("b", "2024-02-01", -80),
    change("b", "2024-09-01", 60),
    change("c", "2023-10-01", 80), change("c", "2024-04-01", -60),
    change("d", "2024-03-01", 500),
]  # fmt: skip


def rows(expression: ibis.Table) -> list[dict[str, Any]]:
    con = duckdb.connect()
    con.register("changes", pa.Table.from_pylist(CHANGES, SCHEMA))
    found = con.sql(str(ibis.to_sql(expression, dialect="duckdb")))
    return found.to_arrow_table().to_pylist()


TABLE = ibis.table(ibis.Schema.from_pyarrow(SCHEMA), name="changes")
NUMBERS = Numbers(
    customer_numbers(TABLE, TABLE, TABLE, (WHOLE,)),
    segment_numbers(TABLE, (WHOLE,)),
    currency_numbers(TABLE, "JPY"),
    (WHOLE,),
)


def stretches(reading: Reading) -> ibis.Table:
    return unit_stretches(
        unit_steps(month_steps(TABLE, NUMBERS), months=1, reading=reading)
    )


def customers(reading: Reading) -> ibis.Table:
    window = Window(
        ibis.literal(month_number(BEGAN)), ibis.literal(month_number(MONTH))
    )
    return retained_customers(
        stretches(reading), numbers=NUMBERS, window=window, reading=reading
    )


def test_customers_by_hand() -> None:
    found = {row["customer_id"]: row for row in rows(customers(Reading()))}

    assert {
        key: tuple(int(row[name]) for name in FIGURES.values())
        for key, row in found.items()
    } == {
        "a": (100, 150, 100, 1, 1),
        "b": (80, 60, 60, 1, 1),
        "c": (80, 20, 20, 1, 1),
    }


@pytest.mark.parametrize(
    "reading",
    [
        Reading(),
        Reading(reactivation="none"),
        Reading(reactivation="all"),
        Reading(contraction="ignored"),
    ],
)
def test_customers_add_up_to_retention(reading: Reading) -> None:
    months = tuple(
        dt.date(year, month, 1) for year in (2023, 2024) for month in range(1, 13)
    )
    whole = retention(
        stretches(reading),
        numbers=NUMBERS,
        window_months=12,
        calendar=Calendar.of(months),
        reading=reading,
    )

    (said,) = [row for row in rows(whole) if f"{row['period']:%Y-%m}" == "2024-12"]
    parts = rows(customers(reading))

    for name in FIGURES.values():
        assert sum(part[name] for part in parts) == said[name], name


def test_only_who_counts_differently_is_a_row() -> None:
    once_lost = customers(Reading(reactivation="none"))

    (row,) = rows(variant_rows(customers(Reading()), once_lost))

    assert row["customer_id"] == "b"
    assert (row["standard_mrr_kept"], row["variant_mrr_kept"]) == (60, 0)
    assert (row["standard_customers_kept"], row["variant_customers_kept"]) == (1, 0)
    assert row["standard_mrr_start"] == row["variant_mrr_start"] == 80


def test_a_reading_does_not_differ_from_itself() -> None:
    assert rows(variant_rows(customers(Reading()), customers(Reading()))) == []
