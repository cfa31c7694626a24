"""What an order of customers goes by: the features behind the scores."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from banso.analytics.uplift.arms import Arms
from banso.analytics.uplift.scoring import RARE, Scoring

Floats = NDArray[np.float64]
MOST = 3  # features that are named
LEAST_SHARE = 0.1  # of the variance of the scores


@dataclass(frozen=True)
class OrderedBy:
    """A feature by which the scores differ."""

    feature: str
    level: str  # of a category: whom the treatment is expected to help most; else ""
    share: float  # of the variance of the scores
    difference: float  # see `ordered_by`


def ordered_by(arms: Arms, scoring: Scoring) -> tuple[OrderedBy, ...]:
    """Return the features that order the customers, the strongest first.

    Parameters
    ----------
    arms
        The customers, ``n``.
    scoring
        What was learned of them.

    Returns
    -------
    tuple of OrderedBy
        At most three, each with a tenth of the variance of the scores or more. A
        feature's part of a score is what is lost when it is unknown; its share is the
        covariance of that part with the score over the variance of the score, so that
        the shares of all features add up to 1. ``difference`` is in the unit of the
        outcome: the mean part of customers above the median less that of the others
        (a number), of the best level less that of all others (a category). It is
        shrunk, as the scores are.

    Notes
    -----
    The scores are linear in their columns, so that the parts add up. Checked by hand in
    tests/analytics/uplift/test_ordering.py.

    """
    found = sorted(_shares(arms, scoring), key=lambda each: -each.share)
    return tuple(each for each in found if each.share >= LEAST_SHARE)[:MOST]


def _shares(arms: Arms, scoring: Scoring) -> Iterator[OrderedBy]:
    scores = scoring.of(arms.values)
    variance = float(scores.var())
    if variance <= 0:
        return
    for place, feature in enumerate(arms.features):
        blank = arms.values.copy()
        blank[:, place] = np.nan
        part = scores - scoring.of(blank)
        share = float(np.mean((part - part.mean()) * (scores - scores.mean())))
        values = arms.values[:, place]
        if feature.kind == "number":
            level, difference = "", _upper_less_lower(values, part)
        else:
            code, difference = _best_level(values, part)
            level = "" if code is None else feature.levels[code]
        yield OrderedBy(feature.key, level, share / variance, difference)


def _upper_less_lower(values: Floats, part: Floats) -> float:
    known = np.isfinite(values)
    values, part = values[known], part[known]
    if not len(values):
        return 0.0
    middle = float(np.median(values))
    upper = values > middle
    if not upper.any():  # half of them or more have the largest value
        upper = values >= middle
    return _apart(part, upper)


def _best_level(values: Floats, part: Floats) -> tuple[int | None, float]:
    codes, counts = np.unique(values[np.isfinite(values)], return_counts=True)
    often = [int(c) for c, n in zip(codes, counts, strict=True) if n >= RARE]
    if not often:
        return None, 0.0
    best = max(often, key=lambda code: float(part[values == code].mean()))
    return best, _apart(part, values == best)


def _apart(part: Floats, mine: NDArray[np.bool_]) -> float:
    if mine.all() or not mine.any():
        return 0.0
    return float(part[mine].mean() - part[~mine].mean())
