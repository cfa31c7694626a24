"""Who makes a variant of retention differ from the standard reading."""

import datetime as dt
from decimal import Decimal
from typing import Any

import duckdb
import ibis
import pyarrow as pa
import pytest

from banso.analytics.revenue.retention import retention
from banso.analytics.revenue.units import WHOLE, unit_steps
from banso.analytics.revenue.variants import FIGURES, retained_customers, variant_rows
from banso.definitions.revenue import Reading

BEGAN, MONTH = dt.date(2023, 12, 1), dt.date(2024, 12, 1)
MONEY = pa.decimal128(18, 4)
SCHEMA = pa.schema(
    [
        ("customer_id", pa.string()), ("currency", pa.string()),
        ("day", pa.date32()), ("change", MONEY), ("opened", pa.int32()),
        ("grouping", pa.string()), ("segment", pa.string()),
    ]
)  # fmt: skip


def change(customer: str, day: str, amount: int) -> dict[str, Any]:
    return {
        "customer_id": customer, "currency": "JPY",
        "day": dt.date.fromisoformat(day), "change": Decimal(amount),
        "opened": 1 if amount > 0 else -1, "grouping": WHOLE, "segment": "",
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


def units(reading: Reading) -> ibis.Table:
    changes = ibis.table(ibis.Schema.from_pyarrow(SCHEMA), name="changes")
    return unit_steps(changes, unit="M", reading=reading)


def customers(reading: Reading) -> ibis.Table:
    return retained_customers(units(reading), began=BEGAN, month=MONTH, reading=reading)


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
        units(reading), window_months=12, all_months=months, reading=reading
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
