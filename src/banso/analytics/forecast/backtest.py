"""Walk forward: every date scored by what was fitted on the days before it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from banso.analytics.forecast.forecaster import Forecaster
from banso.analytics.forecast.forecasts import HORIZONS, Forecasts, Target
from banso.analytics.forecast.requirements import Unfit
from banso.analytics.panel.landmarks import Landmarks


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

    `cutoffs` are day numbers, rising. One model is in memory at a time.
    """
    raise NotImplementedError


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
    ``landmarks.churned(horizon)``.
    """
    raise NotImplementedError
