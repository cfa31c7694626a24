"""Walk forward: every date scored by what was fitted on the days before it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from banso.analytics.forecast.fitting import fit_forecast
from banso.analytics.forecast.forecaster import Forecaster
from banso.analytics.forecast.forecasts import HORIZONS, Forecasts, Target
from banso.analytics.forecast.requirements import Unfit
from banso.analytics.panel.landmarks import NO_END, Landmarks


@dataclass(frozen=True)
class Step:
    """One refit, and the rows that it scores."""

    fitted_on: int  # day number: nothing later was known
    model: Forecaster | Unfit
    rows: NDArray[np.intp]  # places in the landmarks: fitted_on <= as_of < next refit


@dataclass(frozen=True)
class WalkForward:
    """Forecasts out of time; rows before the first cutoff are NaN."""

    forecasts: Forecasts  # (n, h), beside the landmarks
    fitted_on: NDArray[np.int32]  # (n,) -1 before the first cutoff
    is_model: NDArray[np.bool_]  # (n,) false where the base rate stands in
    steps: tuple[Step, ...]


def refits(
    landmarks: Landmarks,
    cutoffs: Sequence[int],
    *,
    target: Target = "churn",
    seed: int = 0,
) -> Iterator[Step]:
    """Yield one fit per cutoff, on ``landmarks.known_by(cutoff)``, with its rows.

    `cutoffs` are day numbers, rising, none after ``seen_until``. A step that is not
    kept frees its model before the next fit.
    """
    for cutoff, following in pairwise([*cutoffs, NO_END]):
        model = fit_forecast(landmarks.known_by(cutoff), target=target, seed=seed)
        inside = (landmarks.as_of >= cutoff) & (landmarks.as_of < following)
        yield Step(cutoff, model, np.flatnonzero(inside))


def walk_forward(
    landmarks: Landmarks,
    cutoffs: Sequence[int],
    *,
    target: Target = "churn",
    seed: int = 0,
    horizons: Sequence[int] = HORIZONS,
) -> WalkForward:
    """Return the forecasts that would have been made, beside the rows.

    Judge them with the rows of ``landmarks.followed(horizon)`` and the labels of
    ``landmarks.churned(horizon)``. ``basis`` of the forecasts is that of the last
    step; ``is_model`` says it for each row.
    """
    count = len(landmarks)
    chances = np.full((3, count, len(horizons)), np.nan)
    fitted_on = np.full(count, -1, np.int32)
    is_model = np.zeros(count, bool)
    steps = tuple(refits(landmarks, cutoffs, target=target, seed=seed))
    for step in steps:
        found = step.model.probabilities(landmarks.rows(step.rows), horizons)
        chances[:, step.rows] = np.stack([found.p, found.low, found.high])
        fitted_on[step.rows] = step.fitted_on
        is_model[step.rows] = step.model.basis == "model"
    reasons = tuple(
        "not_followed" if np.isnan(chances[0, :, at]).all() else None
        for at in range(len(horizons))
    )
    basis = steps[-1].model.basis if steps else "rate"
    forecasts = Forecasts(
        tuple(horizons), chances[0], chances[1], chances[2], basis, reasons
    )
    return WalkForward(forecasts, fitted_on, is_model, steps)
