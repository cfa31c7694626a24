"""The difference between rows with the play and those like them, with its error."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from banso.analytics.effects.episodes import Episodes
from banso.analytics.effects.weighing import chances, weights_of_others
from banso.analytics.figures.intervals import CONFIDENCE, student_quantile

MOST_GROUPS: Final = 40  # of customers, each left out once
FEWEST_KNOWN: Final = 30  # rows on each side of which a measure must be known
KNOWN_SHARE: Final = 0.5  # of those with the play
_STEPS_AGAIN: Final = 3  # of Newton, from the slopes of all rows
_RIDGE: Final = 1.0

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Compared:
    """A measure of both sides, and the same without each group of customers."""

    treated: float
    others: float
    without: Floats  # (g, 2) treated and others, each group left out

    @property
    def effect(self) -> float:
        """Treated minus others."""
        return self.treated - self.others

    @property
    def ratio(self) -> float:
        """Treated over others."""
        return self.treated / self.others

    def interval(self, confidence: float = CONFIDENCE) -> tuple[float, float]:
        """Return the interval of the difference."""
        moved = self.without[:, 0] - self.without[:, 1]
        return _around(self.effect, moved, confidence)

    def ratio_interval(self) -> tuple[float, float] | None:
        """Return the interval of the ratio; None unless both sides are above 0."""
        if min(self.treated, self.others, float(self.without.min())) <= 0:
            return None
        moved = np.log(self.without[:, 0] / self.without[:, 1])
        low, high = _around(math.log(self.ratio), moved, CONFIDENCE)
        return math.exp(low), math.exp(high)


def compared(
    episodes: Episodes, columns: Floats, measures: Sequence[Floats]
) -> list[Compared | None]:
    """Return several measures of those with the play and of those like them.

    Parameters
    ----------
    episodes
        Rows that are compared.
    columns
        (r, k) what both models see.
    measures
        Each (r,); NaN is unknown.

    Returns
    -------
    list
        One for each measure; None where it is known of fewer than 30 rows of a side or
        of less than half of those with the play.

    Notes
    -----
    The mean of those with the play, less the mean of what a weighted ridge regression
    among the others expects of them, less the weighted mean of what it leaves over
    (augmented inverse probability weighting for the effect on the treated: Robins,
    Rotnitzky & Zhao 1994; Moodie, Saarela & Stephens 2018). Errors: both models are
    fitted again without each of up to 40 groups of customers (delete-a-group
    jackknife: Kott 2001), so a customer with several firings counts as one.

    """
    fit = chances(columns, episodes.treated)
    weights = weights_of_others(fit.chance, episodes)
    told = [_is_told(episodes, weights, values) for values in measures]
    group = _groups(episodes)
    whole = [
        _means(columns, episodes.treated, weights, values) if is_told else None
        for values, is_told in zip(measures, told, strict=True)
    ]
    without: list[list[tuple[float, float]]] = [[] for _measure in measures]
    for number in range(int(group.max()) + 1):
        kept = group != number
        again = chances(
            columns,
            episodes.treated,
            counts=kept.astype(np.float64),
            start=fit.slopes,
            steps=_STEPS_AGAIN,
        )
        weights = weights_of_others(again.chance, episodes) * kept
        for place, values in enumerate(measures):
            if told[place]:
                pair = _means(columns, episodes.treated & kept, weights, values)
                without[place].append(pair)
    return [
        None if pair is None else Compared(*pair, np.array(moved))
        for pair, moved in zip(whole, without, strict=True)
    ]


def _is_told(episodes: Episodes, weights: Floats, values: Floats) -> bool:
    """Return whether a measure is known of enough rows on both sides."""
    known = np.isfinite(values)
    one = int(np.count_nonzero(episodes.treated & known))
    other = int(np.count_nonzero((weights > 0) & known))
    enough = KNOWN_SHARE * int(np.count_nonzero(episodes.treated))
    return min(one, other) >= FEWEST_KNOWN and one >= enough


def _means(
    columns: Floats, treated: Flags, weights: Floats, values: Floats
) -> tuple[float, float]:
    """Return the mean with the play, and what is expected of them without it."""
    known = np.isfinite(values)
    one, other = treated & known, (weights > 0) & known
    center = columns[one].mean(axis=0)
    slopes = _slopes(columns[other] - center, values[other], weights[other])
    rest = values[other] - (columns[other] - center) @ slopes[1:] - slopes[0]
    expected = slopes[0] + float(np.average(rest, weights=weights[other]))
    return float(values[one].mean()), float(expected)


def _slopes(columns: Floats, values: Floats, weights: Floats) -> Floats:
    """Return a ridge regression, the constant first and free."""
    scaled = weights * (float(weights.sum()) / float(weights @ weights))
    design = np.column_stack([np.ones(len(columns)), columns])
    ridge = np.full(design.shape[1], _RIDGE)
    ridge[0] = 0.0
    square = (design.T * scaled) @ design + np.diag(ridge)
    found = np.linalg.solve(square, design.T @ (scaled * values))
    return np.asarray(found, dtype=np.float64)


def _groups(episodes: Episodes) -> NDArray[np.intp]:
    """Return a group for each row; all rows of a customer are in one.

    Customers with the play are dealt first, then the others, so that every group has
    some of each.
    """
    who, place = np.unique(episodes.customer, return_inverse=True)
    has = np.bincount(place, weights=episodes.treated) > 0
    order = np.lexsort((np.arange(len(who)), ~has))
    number = np.empty(len(who), dtype=np.intp)
    number[order] = np.arange(len(who)) % min(MOST_GROUPS, len(who))
    return number[place]


def _around(value: float, moved: Floats, confidence: float) -> tuple[float, float]:
    groups = len(moved)
    spread = float(((moved - moved.mean()) ** 2).sum()) * (groups - 1) / groups
    reach = student_quantile(groups - 1, confidence) * math.sqrt(spread)
    return value - reach, value + reach
