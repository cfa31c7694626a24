"""Calibration: bins against the diagonal."""

import json

import altair as alt
import pytest
from tests.charts.specs import values_in

from banso.charts.calibration import CalibrationPoint, calibration_curve
from banso.charts.chart import MAX_POINTS

POINTS = [
    CalibrationPoint(300, 0.02, 0.03, 0.015, 0.055),
    CalibrationPoint(100, 0.20, 0.28, 0.21, 0.37),
    CalibrationPoint(0, None, None, None, None),
]


def test_the_specification_is_valid_and_without_color():
    chart = calibration_curve(POINTS, subject="Forecast", language="en")

    alt.Chart.from_dict(dict(chart.spec), validate=True)
    assert "#" not in json.dumps(chart.spec).replace("#/", "")
    assert values_in(chart.spec) == 2 + 2  # the diagonal, and bins that are known


def test_the_sentence_weighs_bins_by_their_customers():
    chart = calibration_curve(POINTS, subject="Forecast", language="en")
    japanese = calibration_curve(POINTS, subject="予測", language="ja")

    assert chart.sentence == (
        "Predicted and happened are 2.8 points apart on average; in 1 of 2 bins the"
        " prediction lies within the 95 % interval of what happened."
    )
    assert "平均2.8ポイント" in japanese.sentence
    assert chart.rows[2] == ("–", "–", "–", "0")


@pytest.mark.parametrize("points", [[], POINTS[2:]])
@pytest.mark.parametrize("language", ["ja", "en"])
def test_nothing_known_is_a_sentence(points, language):
    chart = calibration_curve(points, subject="F", language=language)

    assert chart.rows == ()
    assert chart.sentence


def test_many_bins_stay_bounded():
    points = [CalibrationPoint(1, n / 9999, n / 9999, 0.0, 1.0) for n in range(9999)]

    spec = calibration_curve(points, subject="F", language="en").spec

    assert values_in(spec) <= MAX_POINTS
