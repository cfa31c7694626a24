"""How a customer stands, from a health history worked out by hand."""

import datetime as dt
from typing import Any

import ibis
import pyarrow as pa
import pytest

from banso.analytics.customer_now import (
    TREND_DATES,
    Standing,
    customer_now,
    date_before,
)

AS_OF = dt.date(2026, 11, 22)
DATES = tuple(AS_OF - dt.timedelta(weeks=weeks) for weeks in range(29, -1, -1))
FOUR_WEEKS_AGO = AS_OF - dt.timedelta(days=28)


def table(rows: list[dict[str, Any]], **fields: pa.DataType) -> ibis.Table:
    schema = pa.schema(list(fields.items()))
    return ibis.memtable(pa.Table.from_pylist(rows, schema))


CUSTOMERS = table(
    [{"customer_id": "a", "name": "青空商事", "region": "関西"}],
    **dict.fromkeys(
        (
            "customer_id", "name", "owner", "touch", "industry", "country", "size",
            "purpose", "parent_id", "partner_id", "region",
        ),
        pa.string(),
    ),
)  # fmt: skip


def health(*scores: tuple[dt.date, float | None]) -> ibis.Table:
    rows = [
        {
            "customer_id": "a",
            "as_of": date,
            "model": "standard",
            "score": score,
            "band": "watch",
            "coverage": 0.8,
        }
        for date, score in scores
    ]
    return table(
        rows,
        customer_id=pa.string(),
        as_of=pa.date32(),
        model=pa.string(),
        score=pa.float64(),
        band=pa.string(),
        coverage=pa.float64(),
    )


def parts(*points: tuple[dt.date, str, float | None]) -> ibis.Table:
    rows = [
        {
            "customer_id": "a",
            "as_of": date,
            "dimension": "adoption",
            "element": element,
            "points": value,
        }
        for date, element, value in points
    ]
    return table(
        rows,
        customer_id=pa.string(),
        as_of=pa.date32(),
        dimension=pa.string(),
        element=pa.string(),
        points=pa.float64(),
    )


def now(scores: ibis.Table, points: ibis.Table) -> dict[str, Any]:
    days = table(
        [{"customer_id": "a", "day": 20_000}],
        customer_id=pa.string(),
        day=pa.int32(),
    )
    standing = Standing(
        customers=CUSTOMERS,
        contracts=None,
        first_days=days,
        last_days=days,
        health=scores,
        parts=points,
        trend=[ibis.literal(date) for date in DATES[-TREND_DATES:]],
    )
    expression = customer_now(
        standing,
        as_of=ibis.literal(AS_OF),
        before=ibis.literal(date_before(AS_OF, DATES)),
    )
    (row,) = ibis.duckdb.connect().to_pyarrow(expression).to_pylist()
    return row


def test_trend_has_the_last_26_dates_with_gaps() -> None:
    row = now(health((AS_OF, 61.5), (DATES[-3], 70.0), (DATES[0], 1.0)), parts())

    assert row["trend"] == [None] * 23 + [70.0, None, 61.5]
    assert row["score"] == 61.5


def test_score_before_is_of_four_weeks_ago() -> None:
    row = now(health((AS_OF, 61.5), (FOUR_WEEKS_AGO, 80.0)), parts())

    assert row["score_before"] == 80.0


def test_element_that_lost_most_points_is_named() -> None:
    points = parts(
        (FOUR_WEEKS_AGO, "depth", 20.0),
        (AS_OF, "depth", 12.0),
        (FOUR_WEEKS_AGO, "trend", 15.0),
        (AS_OF, "trend", 5.0),
        (FOUR_WEEKS_AGO, "breadth", 1.0),
        (AS_OF, "breadth", 30.0),
    )

    row = now(health((AS_OF, 50.0), (FOUR_WEEKS_AGO, 60.0)), points)

    assert row["worst_element"] == "adoption.trend"
    assert row["worst_points"] == pytest.approx(-10)


def test_nothing_is_named_when_nothing_fell() -> None:
    points = parts((FOUR_WEEKS_AGO, "depth", 20.0), (AS_OF, "depth", 20.0))

    row = now(health((AS_OF, 50.0)), points)

    assert row["worst_element"] is None
    assert row["worst_points"] is None


def test_columns_beyond_the_contract_are_kept_as_attributes() -> None:
    row = now(health((AS_OF, 50.0)), parts())

    assert row["attributes"] == '{"region":"関西"}'
    assert row["name"] == "青空商事"


def test_comparison_date_is_at_least_four_weeks_ago() -> None:
    wednesday = AS_OF + dt.timedelta(days=3)
    dates = (*DATES, wednesday)

    assert date_before(AS_OF, DATES) == FOUR_WEEKS_AGO
    assert date_before(wednesday, dates) == FOUR_WEEKS_AGO
    assert date_before(DATES[3], DATES[:4]) is None
