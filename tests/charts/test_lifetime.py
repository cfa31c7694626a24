"""Value by month of life, renewals and purchases beside the model."""

import datetime as dt
import json

import altair as alt
import pytest
from tests.charts.specs import values_in

from banso.charts.chart import MAX_POINTS, Chart
from banso.charts.lifetime import (
    PurchaseWeek,
    RenewalPoint,
    ValueLine,
    ValueMonth,
    Words,
    purchase_chart,
    renewal_chart,
    value_curves,
)

WORDS = Words("Title", "A sentence.")


def said(value: float) -> str:
    return f"{value:,.1f}"


def values(count: int, *, language: str = "en") -> Chart:
    months = [ValueMonth(m, 99, m * 10.0, m * 9.0, m * 11.0) for m in range(1, 200)]
    lines = [ValueLine(f"Plan's \\ {place}", months) for place in range(count)]
    return value_curves(lines, WORDS, say=said, language=language)


def renewals(count: int, *, language: str = "en") -> Chart:
    points = [
        RenewalPoint(1 + place % 5, f"kind {place // 5}", 0.9, 0.8, 0.95, 20)
        for place in range(min(count, 20))
    ]
    return renewal_chart(points, WORDS, say=said, language=language)


def purchases(count: int, *, language: str = "en") -> Chart:
    weeks = [
        PurchaseWeek(
            dt.date(2020, 1, 1) + dt.timedelta(weeks=place),
            place >= count // 2,
            10.0,
            12.0,
        )
        for place in range(count)
    ]
    return purchase_chart(weeks, WORDS, say=said, language=language)


@pytest.mark.parametrize("make", [values, renewals, purchases])
@pytest.mark.parametrize("count", [1, 2, 700])
def test_the_specification_is_valid_bounded_and_the_same_each_time(make, count):
    spec = make(count).spec

    alt.Chart.from_dict(dict(spec), validate=True)
    assert values_in(spec) <= MAX_POINTS
    assert json.dumps(spec) == json.dumps(make(count).spec)
    assert "#" not in json.dumps(spec).replace("#/", "")


@pytest.mark.parametrize("make", [values, renewals, purchases])
@pytest.mark.parametrize("language", ["ja", "en"])
def test_nothing_is_a_sentence_without_a_drawing(make, language):
    chart = make(0, language=language)

    assert chart.rows == ()
    assert chart.sentence == "A sentence."


def test_the_table_holds_whole_years_and_the_last_month():
    chart = values(1)

    assert [row[1] for row in chart.rows] == [
        *(str(12 * year) for year in range(1, 17)),
        "199",
    ]
    assert chart.rows[0] == ("Plan's \\ 0", "12", "99", "120.0", "108.0–132.0")


def test_the_weeks_that_the_model_did_not_know_are_marked():
    rows = purchases(4).rows

    assert [row[1] for row in rows] == [
        "–",
        "–",
        *["later, not known to the model"] * 2,
    ]
    assert rows[0] == ("1 Jan 2020", "–", "10.0", "12.0")
