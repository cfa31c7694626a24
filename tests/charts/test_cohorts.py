"""Cohorts as a heat map and as curves."""

import datetime as dt
import json

import altair as alt
import pytest
from tests.charts.specs import values_in

from banso.analytics.cohorts.shares import CohortLine, Kept
from banso.charts.chart import MAX_POINTS
from banso.charts.cohorts import (
    CohortShape,
    NamedLine,
    cohort_curves,
    cohort_heat_map,
)

SHAPE = CohortShape(
    "customers", "Cohorts", "A sentence.", "Cohort", lambda value: f"{value:.0%}"
)


def lines(count):
    """Return cohorts of 1, 2, … months."""
    return [
        NamedLine(
            f"Cohort's \\ {number}",
            CohortLine(
                dt.date(2000 + number, 1, 1),
                12,
                (
                    *(Kept(age, 12, 0.9**age, 0.1, 1.0) for age in range(number)),
                    Kept(number, 12, reason="not_all_reached"),
                ),
            ),
        )
        for number in range(count, 0, -1)
    ]


@pytest.mark.parametrize("make", [cohort_heat_map, cohort_curves])
@pytest.mark.parametrize("count", [1, 2, 120])
def test_the_specification_is_valid_bounded_and_the_same_each_time(make, count):
    spec = make(lines(count), SHAPE, language="en").spec

    alt.Chart.from_dict(dict(spec), validate=True)
    assert values_in(spec) <= MAX_POINTS
    assert json.dumps(spec) == json.dumps(make(lines(count), SHAPE, language="en").spec)
    assert "#" not in json.dumps(spec).replace("#/", "")


@pytest.mark.parametrize("make", [cohort_heat_map, cohort_curves])
@pytest.mark.parametrize("language", ["ja", "en"])
def test_nothing_is_a_sentence_without_a_drawing(make, language):
    chart = make([], SHAPE, language=language)

    assert chart.rows == ()
    assert chart.sentence


def test_the_table_has_each_age_with_its_interval_or_the_reason():
    chart = cohort_heat_map(lines(2), SHAPE, language="en")

    assert chart.columns == ("Cohort", "Customers", "0 mo", "1 mo", "2 mo")
    assert chart.rows == (
        (
            "Cohort's \\ 2",
            "12",
            "100% (10%–100%)",
            "90% (10%–100%)",
            "not all have reached it",
        ),
        ("Cohort's \\ 1", "12", "100% (10%–100%)", "not all have reached it", "–"),
    )
    assert (
        cohort_heat_map(lines(2), SHAPE, language="ja").rows[0][4] == "未到達の月あり"
    )
