"""Survival curves: what is drawn, named and counted."""

import json

import altair as alt
import pytest
from tests.charts.specs import values_in

from banso.charts.chart import MAX_POINTS, Chart
from banso.charts.survival import (
    SurvivalGroup,
    SurvivalPoint,
    days_to_name,
    survival_curves,
)
from banso.kernel.labels import Label

FAILED = Label(ja="導入に失敗", en="Onboarding failed")
SUCCEEDED = Label(ja="導入に成功", en="Onboarding succeeded")


def falling(customers: int, days: int, share: float) -> list[SurvivalPoint]:
    return [
        SurvivalPoint(
            day,
            at_risk=customers - day,
            survival=1 - share * day / days,
            low=max(0.0, 0.97 - share * day / days),
            high=1.0,
        )
        for day in range(1, days + 1)
    ]


def curves(days: int = 365, *, language: str = "en") -> Chart:
    groups = [
        SurvivalGroup(FAILED, falling(600, days, 0.10)),
        SurvivalGroup(SUCCEEDED, falling(3000, days, 0.08)),
    ]
    return survival_curves(groups, within_days=days, language=language)


@pytest.mark.parametrize("days", [1, 30, 365, 3650])
def test_at_most_500_points_are_drawn_and_the_last_day_is_one(days: int) -> None:
    chart = curves(days)

    assert values_in(chart.spec) <= MAX_POINTS
    assert f'"day": {days},' in json.dumps(chart.spec)


def test_the_specification_is_valid_without_color_and_the_same_each_time() -> None:
    spec = curves().spec

    alt.Chart.from_dict(dict(spec), validate=True)
    assert json.dumps(spec) == json.dumps(curves().spec)
    assert "#" not in json.dumps(spec).replace("#/", "")


def test_the_sentence_compares_both_groups_on_the_last_common_day() -> None:
    assert curves().sentence == (
        "After 365 days, 90.0% of “Onboarding failed” and 92.0% of “Onboarding"
        " succeeded” are still there."
    )
    assert curves(language="ja").sentence == (
        "365日後も続いているのは、「導入に失敗」の90.0%、「導入に成功」の92.0%です。"
    )


def test_numbers_at_risk_stand_below_and_in_the_table() -> None:
    chart = curves()

    assert days_to_name(365) == (0, 90, 180, 270, 365)
    assert days_to_name(1) == (0, 1)
    assert days_to_name(730) == (0, 180, 360, 540, 730)
    assert chart.columns[-1] == "At risk"
    assert chart.rows[0] == ("0", "Onboarding failed", "100.0%", "–", "≥ 599")
    assert chart.rows[2] == (
        "90", "Onboarding failed", "97.5%", "94.5% – 100.0%", "510",
    )  # fmt: skip
    assert '"n": "510"' in json.dumps(chart.spec)


def test_points_on_the_days_of_ends_only_still_count_who_is_at_risk() -> None:
    ends = [
        SurvivalPoint(40, 10, 0.9, 0.5, 1.0),
        SurvivalPoint(200, 4, 0.675, 0.3, 0.9),
    ]
    group = SurvivalGroup(FAILED, ends)

    assert [group.at_risk(day) for day in (0, 40, 41, 200, 201)] == [
        "≥ 10", "10", "≥ 4", "4", "0",
    ]  # fmt: skip
    before, between, after = (group.at(day) for day in (39, 100, 201))
    assert before is not None
    assert before.survival == 1.0
    assert between is not None
    assert between.survival == 0.9
    assert after is None


@pytest.mark.parametrize("language", ["ja", "en"])
def test_without_points_there_is_a_sentence_and_no_drawing(language: str) -> None:
    groups = [SurvivalGroup(FAILED, []), SurvivalGroup(SUCCEEDED, [])]

    chart = survival_curves(groups, within_days=365, language=language)

    assert chart.rows == ()
    assert chart.sentence


def test_one_group_alone_is_drawn() -> None:
    groups = [SurvivalGroup(FAILED, []), SurvivalGroup(SUCCEEDED, falling(9, 5, 0.5))]

    chart = survival_curves(groups, within_days=5, language="en")

    assert chart.sentence == (
        "After 5 days, 50.0% of “Onboarding succeeded” is still there."
    )
    assert chart.rows[0] == ("0", "Onboarding failed", "–", "–", "–")


def test_a_curve_ends_where_the_question_ends() -> None:
    points = [
        SurvivalPoint(40, 10, 0.9, 0.5, 1.0),
        SurvivalPoint(900, 4, 0.2, 0.1, 0.3),
    ]

    drawn = SurvivalGroup(FAILED, points).until(365).points

    assert [(point.day, point.survival) for point in drawn] == [
        (0, 1.0), (40, 0.9), (365, 0.9),
    ]  # fmt: skip
    spec = json.dumps(
        survival_curves(
            [SurvivalGroup(FAILED, points)], within_days=365, language="en"
        ).spec
    )
    assert "900" not in spec
