"""Forecasts of companies whose true chances are known."""

from dataclasses import dataclass, replace
from functools import cache

import numpy as np
import pytest
from known_hazards import Hazards, KnownCompany, known_company

from banso.analytics.figures.calibration import calibration
from banso.analytics.figures.ranking import auc
from banso.analytics.forecast.fitting import fit_forecast
from banso.analytics.forecast.forecaster import Forecaster
from banso.analytics.forecast.forecasts import HORIZONS, Forecasts
from banso.analytics.forecast.naive_rules import naive_chances

SMALL = range(4)
LARGE = Hazards(1000)


@dataclass(frozen=True)
class Judged:
    """A fitted company, and its forecast for customers that the fit never saw."""

    model: Forecaster
    strangers: KnownCompany
    forecasts: Forecasts


@cache
def judged(hazards: Hazards, seed: int) -> Judged:
    model = fit_forecast(known_company(hazards, seed=seed).landmarks, seed=0)
    assert isinstance(model, Forecaster), model.reason
    strangers = known_company(replace(hazards, customers=400), seed=900 + seed)
    return Judged(model, strangers, model.probabilities(strangers.landmarks))


def covered(company: Judged, horizon: int) -> float:
    truth = company.strangers.truth(horizon)
    at = HORIZONS.index(horizon)
    found = company.forecasts
    return float(((found.low[:, at] <= truth) & (truth <= found.high[:, at])).mean())


@pytest.mark.parametrize("horizon", HORIZONS)
def test_intervals_hold_the_true_chance_as_often_as_they_say(horizon):
    # One company's level and its rows are right or wrong together, so the promise is
    # about the mean over companies.
    small = [covered(judged(Hazards(), seed), horizon) for seed in SMALL]
    large = [covered(judged(LARGE, seed), horizon) for seed in range(2)]

    assert 0.90 <= np.mean(small + large) <= 0.98


@pytest.mark.parametrize("horizon", HORIZONS)
def test_chances_of_a_middling_company_are_calibrated_to_two_points(horizon):
    errors = []
    for seed in range(2):
        company = judged(LARGE, seed)
        truth, chance = company.strangers.truth(horizon), company.forecasts.of(horizon)
        bins = np.array_split(np.argsort(chance, kind="stable"), 10)
        errors.append(np.mean([abs(truth[b].mean() - chance[b].mean()) for b in bins]))

    assert np.mean(errors) <= 0.02


def test_what_came_of_strangers_is_calibrated_too():
    company = judged(LARGE, 1)
    rows = company.strangers.landmarks
    keep = rows.followed(90)

    found = calibration(
        company.forecasts.of(90)[keep],
        rows.churned(90)[keep],
        clusters=rows.customer[keep],
    )

    assert found.error is not None
    assert found.error <= 0.03  # 400 strangers: their own luck is in it


def test_ranking_is_nearly_that_of_who_knows_the_hazards():
    company = judged(LARGE, 0)
    rows = company.strangers.landmarks
    keep = rows.followed(90)

    ours = auc(company.forecasts.of(90)[keep], rows.churned(90)[keep]).value
    best = auc(company.strangers.truth(90)[keep], rows.churned(90)[keep]).value

    assert ours > best - 0.02
    assert best > 0.65


def test_of_pure_noise_nothing_is_made():
    low, high, spread = [], [], []
    for seed in SMALL:
        company = judged(Hazards(effect=0.0), seed)
        rules = {rule.rule: rule for rule in company.model.card.judged}
        validated = rules[company.model.card.family]
        low.append(validated.auc.low)
        high.append(validated.auc.high)
        base = company.strangers.truth(90).mean()
        spread.append(np.abs(company.forecasts.of(90) - base).mean() / base)

    assert np.sum((np.array(low) <= 0.5) & (np.array(high) >= 0.5)) >= len(SMALL) - 1
    assert np.mean(spread) < 0.35


def test_other_ends_lower_the_chance_to_leave_by_choice():
    company = judged(Hazards(1000, other_ends=0.3), 0)

    truth, chance = company.strangers.truth(365), company.forecasts.of(365)

    assert abs(truth.mean() - chance.mean()) < 0.03
    assert covered(company, 365) >= 0.85


def lost(chance, truth) -> float:
    """Return the log loss that is expected of chances, beyond that of the truth."""
    losses = [
        -np.mean(truth * np.log(p) + (1 - truth) * np.log1p(-p))
        for p in (chance, truth)
    ]
    return losses[0] - losses[1]


def test_few_endings_among_many_columns_still_tell_something():
    # About 55 endings, and of 42 numbers two tell something.
    few = Hazards(200, yearly=0.15, noise=40)
    ours, naive = [], []
    for seed in range(3):
        company = judged(few, seed)
        truth = company.strangers.truth(90)
        rules = naive_chances(
            known_company(few, seed=seed).landmarks,
            company.strangers.landmarks,
            horizon=90,
        )
        assert company.model.card.family == "plain"
        ours.append(lost(company.forecasts.of(90), truth))
        naive.append([lost(rules[rule], truth) for rule in ("last_rate", "logistic")])

    assert (np.mean(ours) < np.mean(naive, axis=0)).all()


def test_chances_never_fall_with_the_horizon():
    company = judged(Hazards(), 0)
    horizons = (1, 7, 30, 31, 60, 89, 90, 91, 180, 269, 270, 271, 364, 365)

    chances = company.model.probabilities(company.strangers.landmarks, horizons).p

    assert (np.diff(chances, axis=1) > 0).all()
    assert ((chances > 0) & (chances < 1)).all()
