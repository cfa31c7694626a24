"""Forecasts from some fifty endings and as many columns, where the truth is known.

How often intervals hold the true chance by kind of company, and how wide they are, is
measured in `benchmarks/forecast_coverage.py`; here is a light set of the same.
"""

from dataclasses import dataclass, replace
from functools import cache

import numpy as np
import pytest
from known_hazards import Hazards, known_company

from banso.analytics.forecast.fitting import fit_forecast
from banso.analytics.forecast.forecasts import HORIZONS

# Two numbers of 45, a plan and a spell of quiet tell something.
COMPANIES = 10
FEW = Hazards(400, yearly=0.075, noise=43)
STRANGERS = 100


@dataclass(frozen=True)
class Judged:
    """Figures of one company's forecast for strangers, by horizon."""

    endings: int
    covered: np.ndarray
    calibration_error: np.ndarray
    holds_its_chance: bool
    limits: tuple[str, ...]


@cache
def judged(seed: int) -> Judged:
    model = fit_forecast(known_company(FEW, seed=seed).landmarks, seed=0)
    assert model.reason is None
    strangers = known_company(replace(FEW, customers=STRANGERS), seed=900 + seed)
    rows = strangers.landmarks
    some = np.arange(0, len(rows), 8)
    found = model.probabilities(rows.rows(some))
    truth = np.column_stack([strangers.truth(days)[some] for days in HORIZONS])
    return Judged(
        model.card.events,
        ((found.low <= truth) & (truth <= found.high)).mean(axis=0),
        np.array(
            [calibration_error(*pair) for pair in zip(found.p.T, truth.T, strict=True)]
        ),
        bool(((found.low <= found.p) & (found.p <= found.high)).all()),
        model.card.limits,
    )


def calibration_error(chance, truth) -> float:
    """Return it (docs/definitions/calibration.md), with true chances for what came."""
    bins = np.array_split(np.argsort(chance, kind="stable"), 10)
    return float(np.mean([abs(truth[b].mean() - chance[b].mean()) for b in bins]))


@pytest.mark.parametrize("horizon", HORIZONS)
def test_intervals_hold_the_true_chance_where_few_have_left(horizon):
    at = HORIZONS.index(horizon)
    companies = [judged(seed) for seed in range(COMPANIES)]

    covered = np.mean([company.covered[at] for company in companies])

    assert max(company.endings for company in companies) < 80
    assert 0.90 <= covered <= 0.98


@pytest.mark.parametrize("horizon", HORIZONS[:3])
def test_chances_are_calibrated_to_two_points_where_few_have_left(horizon):
    at = HORIZONS.index(horizon)

    errors = [judged(seed).calibration_error[at] for seed in range(COMPANIES)]

    assert np.mean(errors) <= 0.02


def test_an_interval_holds_the_chance_that_it_belongs_to():
    assert all(judged(seed).holds_its_chance for seed in range(COMPANIES))


def test_a_prior_that_slides_by_less_than_luck_is_no_limit():
    # To settle to a thousandth would take up to fifty rounds, and move no chance by
    # more than a small part of its interval.
    limits = {limit for seed in range(COMPANIES) for limit in judged(seed).limits}

    assert "few_events" in limits
    assert "not_converged" not in limits
