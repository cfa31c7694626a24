"""Effects of elements, and years of use for stayers and leavers."""

import json

import altair as alt
import pytest
from tests.charts.specs import values_in

from banso.charts.chart import MAX_POINTS, Chart
from banso.charts.drivers import MOST_EFFECTS, DriverEffect, driver_effects
from banso.charts.tenure import (
    TenureChurn,
    TenureMean,
    TenureShape,
    churn_by_tenure,
    tenure_means,
)

SCORE = TenureShape("score", "Health", lambda value: f"{value:.0f}", (0.0, 100.0))


def effects(count: int, *, language: str = "en") -> Chart:
    return driver_effects(
        [
            DriverEffect(f"Element's \\ {n}", 0.5 - n / 10, 0.3 - n / 10, 0.9, n < 2)
            for n in range(count)
        ],
        language=language,
    )


def means(years: int, *, language: str = "en") -> Chart:
    rows = [
        TenureMean(year, outcome, 100, start + year, start + year - 2, start + year + 2)
        for year in range(years)
        for outcome, start in (("stayed", 60.0), ("left", 45.0))
    ]
    return tenure_means(rows, SCORE, language=language)


def churn(years: int, *, language: str = "en") -> Chart:
    rows = [
        TenureChurn(year, 100, 0.12 / (year + 1), 0.01, 0.2) for year in range(years)
    ]
    return churn_by_tenure(rows, language=language)


@pytest.mark.parametrize("make", [effects, means, churn])
@pytest.mark.parametrize("count", [1, 2, 30, 700])
def test_the_specification_is_valid_bounded_and_the_same_each_time(make, count):
    spec = make(count).spec

    alt.Chart.from_dict(dict(spec), validate=True)
    assert values_in(spec) <= MAX_POINTS
    assert json.dumps(spec) == json.dumps(make(count).spec)
    assert "#" not in json.dumps(spec).replace("#/", "")


@pytest.mark.parametrize("make", [effects, means, churn])
@pytest.mark.parametrize("language", ["ja", "en"])
def test_nothing_is_a_sentence_without_a_drawing(make, language):
    chart = make(0, language=language)

    assert chart.rows == ()
    assert chart.sentence


def test_the_strongest_element_is_named_with_its_direction():
    assert effects(5).sentence == (
        "The largest difference is in “Element's \\ 0”: stayers are 0.50 standard"
        " deviations higher."
    )
    assert effects(5, language="ja").sentence == (
        "最も差が大きいのは「Element's \\ 0」で、続いた顧客のほうが標準偏差の0.50倍"
        "高くなっています。"
    )


def test_elements_without_effect_are_called_so():
    rows = [DriverEffect("A", 0.1, -0.1, 0.3, is_found=False)]

    chart = driver_effects(rows, language="en")

    assert chart.sentence == "No difference was found in any of the elements drawn (1)."
    assert chart.rows == (("A", "+0.10", "−0.10 – +0.30", "No difference found"),)


def test_only_so_many_effects_are_drawn():
    assert len(effects(MOST_EFFECTS + 5).rows) == MOST_EFFECTS


def test_stayers_and_leavers_are_compared_by_year():
    assert means(3).sentence == (
        "In year 1, Health was 60 for those who stayed the year after and 45 for those"
        " who left. Leavers were lower in 3 of 3 years."
    )
    assert means(3, language="ja").rows[1] == (
        "1年目", "解約した顧客", "45", "43 – 47", "100",
    )  # fmt: skip


def test_a_year_without_leavers_is_a_gap():
    rows = [
        TenureMean(0, "stayed", 50, 60.0, 55.0, 65.0),
        TenureMean(0, "left", 2, None, None, None),
    ]

    chart = tenure_means(rows, SCORE, language="en")

    assert chart.rows[1] == ("Year 1", "Left", "–", "–", "2")
    assert values_in(chart.spec) == 1
    assert chart.sentence == (
        "Health: there is no year yet in which both can be compared."
    )


def test_churn_is_said_for_the_first_and_the_last_year():
    assert churn(3).sentence == (
        "Of those there at the start of year 1, 12.0% left within a year. In year 3 it"
        " was 4.0%."
    )
    assert churn(1, language="ja").sentence == (
        "1年目の初めにいた顧客の12.0%が、その後の1年に解約しました。"
    )
