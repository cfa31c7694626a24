"""How far customers, and what came of them, have moved since a fit."""

import numpy as np
from numpy.typing import NDArray

from banso.analytics.figures.estimate import Estimate
from banso.analytics.forecast.forecaster import Forecaster
from banso.analytics.forecast.reference import shares_of
from banso.analytics.panel.landmarks import Landmarks

Floats = NDArray[np.float64]
SMALLEST_SHARE = 1e-4
FEWEST_EVENTS = 10
NORMAL_95 = 1.959963984540054


def population_stability(
    forecaster: Forecaster, landmarks: Landmarks
) -> dict[str, float]:
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
        now = shares_of(values[:, at], reference.limits[at])
        now = np.maximum(now, SMALLEST_SHARE)
        then = np.maximum(reference.shares[at], SMALLEST_SHARE)
        found[column.key] = float(np.sum((now - then) * np.log(now / then)))
    return found


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
