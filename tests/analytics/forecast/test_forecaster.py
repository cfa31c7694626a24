"""A fitted forecast: at own days, explained, kept, walked forward, watched."""

import json
from dataclasses import asdict

import numpy as np
import pytest
from known_hazards import Hazards, known_company, with_column

from banso.analytics.forecast import validation
from banso.analytics.forecast.backtest import walk_forward
from banso.analytics.forecast.fitting import fit_forecast
from banso.analytics.forecast.forecaster import Forecaster
from banso.analytics.forecast.persistence import (
    UnknownModelFile,
    model_from_bytes,
    to_bytes,
)
from banso.analytics.panel.landmarks import Feature


@pytest.fixture(scope="module")
def landmarks():
    return known_company(Hazards(500, yearly=0.3), seed=0).landmarks


@pytest.fixture(scope="module")
def averaged(landmarks) -> Forecaster:
    return fit_forecast(landmarks)


@pytest.fixture(scope="module")
def blended(landmarks) -> Forecaster:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(validation, "_share_of_trees", lambda _rows: (0.4, 0.0))
        patch.setattr(validation, "ENOUGH_FOR_TREES", 10)
        return fit_forecast(landmarks)


@pytest.fixture(params=["averaged", "blended"])
def model(request) -> Forecaster:
    found = request.getfixturevalue(request.param)
    assert found.card.family == request.param
    return found


def test_days_of_each_row_agree_with_horizons(model, landmarks):
    rows = landmarks.rows(np.arange(0, len(landmarks), 50))
    days = np.resize([30, 90, 180, 365, 0, 400], len(rows))

    found = model.probabilities_at(rows, days)

    wide = model.probabilities(rows)
    for number, horizon in enumerate(wide.horizons):
        here = days == horizon
        assert (found.p[here, 0] == wide.p[here, number]).all()
        assert (found.high[here, 0] == wide.high[here, number]).all()
    assert np.isnan(found.p[(days == 0) | (days == 400)]).all()


def test_points_add_up_to_the_difference_from_usual(model, landmarks):
    rows = landmarks.rows(np.arange(0, len(landmarks), 20))

    found = model.contributions(rows)

    assert found.points.sum(axis=1) == pytest.approx(found.p - found.p_usual, abs=1e-12)
    assert found.p == pytest.approx(model.probabilities(rows).of(90), abs=1e-12)
    # A feature at its usual value adds nothing.
    plan = found.keys.index("plan")
    usual = found.value[:, plan] == found.usual[:, plan]
    assert usual.any()
    if model.card.family == "averaged":
        assert (found.points[usual, plan] == 0).all()


def test_what_matters_comes_first(averaged, landmarks):
    rows = landmarks.rows(np.arange(0, len(landmarks), 20))

    found = averaged.contributions(rows)

    first = np.array(found.keys)[found.top(1)[:, 0]]
    matter = np.isin(first, ["steady_use", "team_size", "plan", "is_quiet"])
    assert matter.mean() > 0.9
    little_used = found.value[:, 0] < found.usual[:, 0] - 1
    assert (found.points[little_used, 0] > 0).all()


def test_a_kept_model_predicts_the_same_to_the_last_bit(model, landmarks):
    kept = to_bytes(model)

    again = model_from_bytes(kept)

    for one, other in zip(
        vars(model.probabilities(landmarks)).values(),
        vars(again.probabilities(landmarks)).values(),
        strict=True,
    ):
        assert np.array_equal(one, other)
    assert again.card == model.card
    assert to_bytes(again) == kept


def test_a_refusal_is_kept_with_its_rate(landmarks):
    early = landmarks.known_by(int(landmarks.as_of.min()) + 90)
    refusal = fit_forecast(early)

    again = model_from_bytes(to_bytes(refusal))

    assert again.reason == refusal.reason
    assert again.needs == refusal.needs
    one, other = (found.probabilities(early).p for found in (refusal, again))
    assert np.array_equal(one, other, equal_nan=True)


def test_other_bytes_are_no_model():
    with pytest.raises(UnknownModelFile):
        model_from_bytes(b"something else")


def test_the_same_rows_give_the_same_bytes(averaged, landmarks):
    assert to_bytes(fit_forecast(landmarks)) == to_bytes(averaged)


def test_the_card_can_be_written_as_json(averaged):
    card = asdict(averaged.card)

    assert json.loads(json.dumps(card))["family"] == "averaged"
    rules = {rule["rule"] for rule in card["judged"]}
    assert {"plain", "additive", "averaged", "last_rate", "logistic"} <= rules
    assert averaged.reason is None
    assert averaged.basis == "model"


def test_order_and_further_features_do_not_matter(averaged, landmarks):
    rows = landmarks.rows(np.arange(0, len(landmarks), 50))
    more = with_column(rows, Feature("new", "number"), np.zeros(len(rows)))
    turned = more.only(more.keys[::-1])

    assert (averaged.probabilities(rows).p == averaged.probabilities(turned).p).all()


def test_walking_forward_scores_each_date_once_by_an_earlier_fit(landmarks):
    first = int(landmarks.as_of.min())
    cutoffs = [first + 100, first + 400, first + 550]

    found = walk_forward(landmarks, cutoffs)

    assert (found.fitted_on[landmarks.as_of < cutoffs[0]] == -1).all()
    assert np.isnan(found.forecasts.p[found.fitted_on < 0]).all()
    after = found.fitted_on >= 0
    assert (landmarks.as_of[after] >= found.fitted_on[after]).all()
    assert not found.is_model[found.fitted_on == cutoffs[0]].any()
    assert found.is_model[found.fitted_on == cutoffs[2]].all()
    last = landmarks.rows(found.fitted_on == cutoffs[2])
    alone = fit_forecast(landmarks.known_by(cutoffs[2])).probabilities(last)
    assert np.array_equal(
        alone.p, found.forecasts.p[found.fitted_on == cutoffs[2]], equal_nan=True
    )
