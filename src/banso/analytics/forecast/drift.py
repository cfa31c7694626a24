"""Has the company changed since the fit?"""

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from banso.analytics.figures.estimate import Estimate
from banso.analytics.forecast.preparation import (
    CategoryColumn,
    Column,
    Preparation,
)
from banso.analytics.panel.landmarks import Landmarks

Floats = NDArray[np.float64]
PARTS = 10
SMALLEST_SHARE = 1e-4
FEWEST_EVENTS = 10
NORMAL_95 = 1.959963984540054


class _Reference(Protocol):
    @property
    def limits(self) -> tuple[Floats, ...]: ...
    @property
    def shares(self) -> tuple[Floats, ...]: ...


class Watched(Protocol):
    """What of a forecaster this needs."""

    @property
    def preparation(self) -> Preparation: ...
    @property
    def reference(self) -> _Reference: ...


def population_stability(forecaster: Watched, landmarks: Landmarks) -> dict[str, float]:
    """Return the population stability index of each feature since the fit.

    ``sum (now - then) * log(now / then)`` over ten parts of what the fit saw (the
    levels of a category), and the missing. Below 0.1 is little, above 0.25 a lot. An
    empty table has none.
    """
    if len(landmarks) == 0:
        return {}
    values = forecaster.preparation.read(landmarks)
    reference = forecaster.reference
    found = {}
    for at, column in enumerate(forecaster.preparation.columns):
        now = _shares(values[:, at], reference.limits[at])
        now = np.maximum(now, SMALLEST_SHARE)
        then = np.maximum(reference.shares[at], SMALLEST_SHARE)
        found[column.key] = float(np.sum((now - then) * np.log(now / then)))
    return found


def parts_of(
    values: Floats, columns: tuple[Column, ...]
) -> tuple[tuple[Floats, ...], tuple[Floats, ...]]:
    """Return the limits between parts of each column, and the share in each part."""
    limits = []
    for at, column in enumerate(columns):
        known = values[np.isfinite(values[:, at]), at]
        if isinstance(column, CategoryColumn):
            limits.append(np.arange(len(column.levels)) + 0.5)
        elif len(known) == 0:
            limits.append(np.zeros(0))
        else:
            inner = np.quantile(known, np.arange(1, PARTS) / PARTS)
            limits.append(np.unique(inner))
    shares = [_shares(values[:, at], limit) for at, limit in enumerate(limits)]
    return tuple(limits), tuple(shares)


def _shares(values: Floats, limits: Floats) -> Floats:
    part = np.searchsorted(limits, values, side="left")
    part = np.where(np.isfinite(values), part, len(limits) + 1)
    return np.bincount(part, minlength=len(limits) + 2) / len(values)


def calibration_since(
    landmarks: Landmarks, probabilities: NDArray[np.float64], *, horizon: int
) -> Estimate:
    """Return observed over expected ends within `horizon`, clustered by customer.

    1 is right, 1.2 is a fifth more than said. Only rows that were followed, and have
    a probability, count; n is customers, events are rows. Reasons: ``no_follow_up``,
    ``too_few_events`` (fewer than 10 customers ended).
    """
    keep = landmarks.followed(horizon) & np.isfinite(probabilities)
    rows = landmarks.rows(keep)
    ended, expected = rows.churned(horizon).astype(float), probabilities[keep]
    names, place = np.unique(rows.customer, return_inverse=True)
    if len(names) == 0:
        return Estimate.unknown("no_follow_up", n=0)
    events = int(ended.sum())
    if len(np.unique(rows.customer[ended > 0])) < FEWEST_EVENTS:
        return Estimate.unknown("too_few_events", n=len(names), events=events)
    ratio = float(rows.weight @ ended / (rows.weight @ expected))
    off = np.bincount(place, rows.weight * (ended - ratio * expected))
    error = float(np.sqrt(np.sum(off**2))) / float(rows.weight @ ended)
    low, high = ratio * np.exp(np.array([-1, 1]) * NORMAL_95 * error)
    return Estimate(ratio, float(low), float(high), len(names), events)
