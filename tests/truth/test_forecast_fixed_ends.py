"""Contracts whose last day is agreed beforehand, such as courses: none goes beyond."""

import numpy as np
import pytest

from banso.analytics.forecast.fitting import fit_forecast
from banso.analytics.forecast.forecaster import Forecaster
from banso.analytics.panel.landmarks import (
    CHURN,
    COMPLETED,
    NO_END,
    Feature,
    Landmarks,
)

DAILY = 0.3 / 365
TERM = 210  # days; then the course is completed


def courses(customers: int, *, starts: tuple[int, int], until: int) -> Landmarks:
    """Return weekly landmarks of courses with a constant hazard to withdraw."""
    random = np.random.default_rng(5)
    start = random.integers(*starts, customers)
    stays = random.exponential(1 / DAILY, customers).astype(int) + 1
    ends = start + np.minimum(stays, TERM)
    kind = np.where(stays < TERM, CHURN, COMPLETED)
    weeks = np.arange(starts[0], until, 7)
    who, day = (part.ravel() for part in np.meshgrid(np.arange(customers), weeks))
    there = (day >= start[who]) & (day < ends[who])
    who, day = who[there], day[there]
    order = np.lexsort((day, who))
    who, day = who[order], day[order]
    known = ends[who] <= until
    return Landmarks(
        features=(Feature("days_to_renewal", "number"), Feature("any", "number")),
        values=np.column_stack([start[who] + TERM - day, random.random(len(who))]),
        customer=who.astype(np.int64),
        as_of=day.astype(np.int32),
        tenure_days=(day - start[who]).astype(np.int32),
        leaves_on=np.where(known, ends[who], NO_END).astype(np.int32),
        end_kind=np.where(known, kind[who], -1).astype(np.int8),
        seen_until=until,
        weight=np.ones(len(who)),
    )


def off_by(model: Forecaster, rows: Landmarks, horizon: int) -> float:
    """Return how far the mean chance is from the truth."""
    days = np.minimum(rows.column("days_to_renewal"), horizon)
    truth = -np.expm1(-DAILY * days)
    chance = model.probabilities(rows, (horizon,)).of(horizon)
    assert np.isfinite(chance).all()
    return float(chance.mean() - truth.mean())


def test_chances_end_with_contracts_that_were_seen_to_end():
    landmarks = courses(600, starts=(0, 600), until=700)
    model = fit_forecast(landmarks)
    today = landmarks.rows(landmarks.as_of > 690)

    assert model.card.details["ends_seen"] > 200
    assert model.card.details["goes_on_at_end"] < 0.02
    assert abs(off_by(model, today, 180)) < 0.02
    assert abs(off_by(model, today, 270)) < 0.02


def test_before_any_end_was_seen_chances_end_there_and_the_card_says_so():
    landmarks = courses(600, starts=(0, 60), until=200)
    model = fit_forecast(landmarks)
    today = landmarks.rows(landmarks.as_of > 190)

    assert "no_end_seen" in model.card.limits
    assert abs(off_by(model, today, 90)) < 0.02
    own = today.column("days_to_renewal").astype(np.int64)
    by_end = model.probabilities_at(today, own).p[:, 0]
    beyond = own < 90
    assert beyond.any()
    within = model.probabilities(today).of(90)
    assert within[beyond] == pytest.approx(by_end[beyond], abs=1e-12)
