"""Which features a fit can afford: those that say something on their own."""

import numpy as np
from numpy.typing import NDArray

from banso.analytics.forecast.additive import Layout, Training
from banso.analytics.forecast.by_customer import blocks
from banso.analytics.forecast.terms import LEVEL, STRAIGHT

Floats = NDArray[np.float64]
EVENTS_FOR_A_FEATURE = 4  # a feature has several columns, but one prior
FEWEST, MOST = 8, 48  # features that stay
# Straight lines under one prior need no choice: all of them together say how much any
# can tell, while the best of many look better than they are.
MOST_STRAIGHT = 120


def affordable(events: int) -> int:
    """Return how many features so many endings can carry."""
    return int(np.clip(events // EVENTS_FOR_A_FEATURE, FEWEST, MOST))


def screened(
    training: Training, layout: Layout, outcome: NDArray[np.bool_], *, most: int
) -> NDArray[np.bool_]:
    """Return which features stay: at most so many, by their own score test.

    A feature's figure is the standardised score of its straight line, or the largest
    among its levels: the sum over rows of column times residual from the rate of the
    interval, over its error by customer. That is what a first step of a fit with this
    column alone would see, so a feature that only matters beside another one, or only
    by its bends, can be lost. Whether a value is missing does not count: it mostly says
    since when a table is there.

    Parameters
    ----------
    training, layout
        The rows, and the columns of every feature.
    outcome
        (rows,) whether it happened.
    most
        How many features may stay.

    """
    features = len(layout.terms) - 1
    if features <= most:
        return np.ones(features, dtype=bool)
    rows, weight = training.rows, training.weight
    held = np.maximum(np.bincount(rows.interval, weight), 1e-12)
    rate = np.bincount(rows.interval, weight * outcome) / held
    residual = weight * (outcome - rate[rows.interval])
    customer = training.customer[rows.row]
    total = np.zeros(len(layout.kinds))
    squares = np.zeros(len(layout.kinds))
    for part in blocks(customer):
        here = slice(part.begin, part.end)
        columns = layout.of_terms(training.known.rows(rows.row[here]))
        scores = part.sums(columns, residual[here])
        total += scores.sum(axis=0)
        squares += (scores**2).sum(axis=0)
    size = np.abs(total) / np.sqrt(np.maximum(squares, 1e-12))
    of_feature = np.zeros(features)
    for column, (at, kind) in enumerate(layout.kinds):
        if at and kind in {STRAIGHT, LEVEL}:
            of_feature[at - 1] = max(of_feature[at - 1], size[column])
    if layout.renewal_at >= 0:
        of_feature[layout.renewal_at] = np.inf  # carries the rhythm of renewals
    order = np.argsort(-of_feature, kind="stable")
    keep = np.zeros(features, dtype=bool)
    keep[order[:most]] = True
    return keep
