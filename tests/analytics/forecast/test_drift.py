"""What has moved since a fit, and whether what came agrees with what was said."""

from dataclasses import replace

import numpy as np
import pytest
from known_hazards import Hazards, known_company

from banso.analytics.forecast.drift import (
    Shift,
    calibration_since,
    population_shifts,
    windows,
)
from banso.analytics.forecast.fitting import fit_forecast
from banso.analytics.forecast.forecaster import Forecaster
from banso.analytics.panel.landmarks import CHURN, NO_END, Landmarks


@pytest.fixture(scope="module")
def landmarks() -> Landmarks:
    return known_company(Hazards(500, yearly=0.3), seed=0).landmarks


@pytest.fixture(scope="module")
def model(landmarks: Landmarks) -> Forecaster:
    found = fit_forecast(landmarks)
    assert isinstance(found, Forecaster)
    return found


def moved(landmarks: Landmarks) -> Landmarks:
    values = landmarks.values.copy()
    values[:, landmarks.keys.index("steady_use")] += 1.5
    return replace(landmarks, values=values)


def test_the_feature_that_moved_comes_first(model, landmarks):
    found = population_shifts(model, moved(landmarks), landmarks)

    assert found[0].key == "steady_use"
    assert found[0].verdict == "much"
    assert found[0].now == pytest.approx(found[0].then + 1.5, abs=0.2)
    assert {shift.verdict for shift in found[1:]} == {"little"}
    assert found[0].n == len(np.unique(landmarks.customer))


def test_what_was_as_far_at_the_fit_has_not_moved(model, landmarks):
    found = population_shifts(model, moved(landmarks), moved(landmarks))

    assert found[0].psi > 0.25
    assert found[0].verdict == "as_before"


def test_few_customers_say_nothing_of_drift(model, landmarks):
    few = landmarks.rows(landmarks.customer < 50)

    found = population_shifts(model, few, landmarks)

    assert {shift.reason for shift in found} == {"too_few_customers"}
    assert {shift.psi for shift in found} == {None}
    assert population_shifts(model, landmarks.rows(landmarks.customer < 0), few) == ()


def test_verdicts_of_the_index():
    def verdict(psi: float, before: float) -> str | None:
        return Shift("key", psi, before, None, None, 200).verdict

    assert verdict(0.09, 0.0) == "little"
    assert verdict(0.2, 0.05) == "some"
    assert verdict(0.3, 0.05) == "much"
    assert verdict(0.3, 0.21) == "as_before"


def test_horizons_follow_one_another_and_were_seen():
    days = np.array([0, 7, 14, 28, 35, 42, 63, 70], np.int32)

    assert windows(days, horizon=30, seen_until=100).tolist() == [0, 35, 70]
    assert windows(days, horizon=30, seen_until=99).tolist() == [0, 35]
    assert windows(days, horizon=200, seen_until=100).tolist() == []


def everybody(left: int, count: int = 100) -> Landmarks:
    """Return customers on days 0, 7 and 30, of whom some leave on day 10."""
    customer = np.repeat(np.arange(count), 3).astype(np.int64)
    as_of = np.tile(np.array([0, 7, 30], np.int32), count)
    leaves = np.where(customer < left, 10, NO_END).astype(np.int32)
    rows = Landmarks(
        features=(),
        values=np.empty((len(customer), 0)),
        customer=customer,
        as_of=as_of,
        tenure_days=as_of,
        leaves_on=leaves,
        end_kind=np.where(customer < left, CHURN, -1).astype(np.int8),
        seen_until=60,
        weight=np.ones(len(customer)),
    )
    return rows.rows(rows.as_of < rows.leaves_on)


def test_each_ending_counts_once_beside_what_was_expected():
    rows = everybody(18)

    found = calibration_since(rows, np.full(len(rows), 0.05), horizon=30)

    # Day 0: 100 × 5 %; day 30: 82 × 5 %. Day 7 lies within the first 30 days.
    assert found.expected == pytest.approx(9.1)
    assert found.observed == 18
    assert found.ratio.value == pytest.approx(18 / 9.1)
    # Garwood: 18 events, 10.668 to 28.448.
    assert found.ratio.low == pytest.approx(10.668 / 9.1, rel=1e-3)
    assert found.ratio.high == pytest.approx(28.448 / 9.1, rel=1e-3)
    assert found.verdict == "more"


def test_nobody_leaving_is_fewer_than_enough_expected():
    rows = everybody(0)

    found = calibration_since(rows, np.full(len(rows), 0.05), horizon=30)

    # 10 expected, none left: at most 3.689 (95 %, both sides).
    assert found.ratio.low == 0
    assert found.ratio.high == pytest.approx(0.3689, rel=1e-3)
    assert found.verdict == "fewer"


def test_too_little_is_said_with_its_reason():
    rows = everybody(3)
    chances = np.full(len(rows), 0.02)

    few = calibration_since(rows, chances, horizon=30)
    unseen = calibration_since(rows, chances, horizon=90)
    unsaid = calibration_since(rows, np.full(len(rows), np.nan), horizon=30)

    assert (few.ratio.reason, few.observed, few.verdict) == ("too_few_events", 3, None)
    assert few.expected == pytest.approx(3.94)
    assert (unseen.expected, unseen.ratio.reason) == (None, "no_follow_up")
    assert unsaid.ratio.reason == "no_follow_up"


def test_right_forecasts_hold(model, landmarks):
    chances = model.probabilities(landmarks).of(90)

    found = calibration_since(landmarks, chances, horizon=90)

    assert found.verdict == "as_expected"
    assert calibration_since(landmarks, chances / 2, horizon=90).verdict == "more"
