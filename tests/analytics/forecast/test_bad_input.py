"""What cannot be forecast is refused with its reason, and never with a number."""

from dataclasses import replace

import numpy as np
import pytest
from known_hazards import Hazards, known_company, with_column

from banso.analytics.forecast.fitting import fit_forecast
from banso.analytics.forecast.forecaster import Forecaster
from banso.analytics.forecast.requirements import ENOUGH_EVENTS, Unfit
from banso.analytics.panel.landmarks import NO_END, Feature, Landmarks


@pytest.fixture(scope="module")
def landmarks() -> Landmarks:
    return known_company(Hazards(200, yearly=0.4), seed=0).landmarks


def refused(landmarks: Landmarks) -> Unfit:
    found = fit_forecast(landmarks)
    assert isinstance(found, Unfit)
    chances = found.probabilities(landmarks)
    for column, reason in enumerate(chances.reasons):
        assert np.isnan(chances.p[:, column]).all() == (reason is not None)
    return found


def accepted(landmarks: Landmarks) -> Forecaster:
    found = fit_forecast(landmarks)
    assert isinstance(found, Forecaster), found.reason
    chances = found.probabilities(landmarks)
    assert ((chances.p > 0) & (chances.p < 1)).all()
    assert ((chances.low <= chances.p) & (chances.p <= chances.high)).all()
    return found


def test_no_rows(landmarks):
    found = refused(landmarks.rows(np.zeros(len(landmarks), bool)))

    assert found.reason == "no_rows"
    assert found.enough_on is None


def test_five_customers_get_a_reason_and_no_number(landmarks):
    found = refused(landmarks.rows(landmarks.customer < 5))

    assert found.reason == "too_few_customers"
    assert found.rate is None
    assert np.isnan(found.probabilities(landmarks).p).all()
    assert set(found.probabilities(landmarks).reasons) == {"no_rate"}


def test_everybody_still_there(landmarks):
    stays = replace(
        landmarks,
        leaves_on=np.full(len(landmarks), NO_END, np.int32),
        end_kind=np.full(len(landmarks), -1, np.int8),
    )

    found = refused(stays)

    assert found.reason == "all_censored"
    assert found.rate is None
    assert found.enough_on is None  # at no pace it never comes


def test_everybody_gone_at_once(landmarks):
    gone = replace(
        landmarks,
        leaves_on=landmarks.as_of + np.int32(5),
        end_kind=np.zeros(len(landmarks), np.int8),
    )

    assert refused(gone).reason == "one_class"


def test_too_few_endings_give_the_rate_and_the_day_of_enough(landmarks):
    left = np.unique(landmarks.customer[landmarks.end_kind == 0])
    few = landmarks.rows(~np.isin(landmarks.customer, left[12:]))

    found = refused(few)

    assert found.reason == "too_few_events"
    assert [(need.what, need.have) for need in found.needs] == [("events", 12)]
    span = few.seen_until - few.as_of.min()
    expected = few.seen_until + np.ceil((ENOUGH_EVENTS - 12) / (12 / span))
    assert found.enough_on == expected
    chances = found.probabilities(few)
    assert found.basis == "rate"
    assert (np.diff(chances.p, axis=1) > 0).all()
    assert ((chances.low < chances.p) & (chances.p < chances.high)).all()


def test_half_a_year_is_needed(landmarks):
    early = landmarks.known_by(int(landmarks.as_of.min()) + 150)
    many = known_company(Hazards(800, yearly=1.0), seed=3).landmarks
    early = many.known_by(int(many.as_of.min()) + 150)

    found = refused(early)

    assert found.reason == "no_follow_up"
    assert found.enough_on == early.as_of.min() + 180
    assert found.probabilities(early).reasons == (None, None, None, "not_followed")


def test_features_that_say_nothing(landmarks):
    flat = replace(landmarks, values=np.ones_like(landmarks.values))

    assert refused(flat).reason == "no_features"


def test_one_feature_nine_tenths_missing(landmarks):
    random = np.random.default_rng(0)
    values = np.where(random.random(len(landmarks)) < 0.9, np.nan, 1.0)
    rows = with_column(landmarks, Feature("seldom", "number"), values)

    assert "seldom" in accepted(rows).preparation.keys


def test_no_tenure_and_no_past(landmarks):
    fresh = replace(landmarks, tenure_days=np.zeros(len(landmarks), np.int32))

    accepted(fresh)


def test_unordered_rows_are_put_in_order(landmarks):
    shuffled = landmarks.rows(np.random.default_rng(0).permutation(len(landmarks)))

    one, other = accepted(landmarks), accepted(shuffled)

    assert (one.probabilities(landmarks).p == other.probabilities(landmarks).p).all()


def test_no_row_to_score(landmarks):
    model = accepted(landmarks)
    nobody = landmarks.rows(np.zeros(len(landmarks), bool))

    assert model.probabilities(nobody).p.shape == (0, 4)
    assert model.contributions(nobody).points.shape == (0, len(model.preparation.keys))
