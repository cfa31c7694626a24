"""The fitted hazard of leaving by choice, and of all other ends."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from banso.analytics.forecast.additive import Additive, Known, Leverage
from banso.analytics.forecast.boosting import Boosted
from banso.analytics.forecast.fixed_ends import FixedEnds
from banso.analytics.forecast.incidence import Incidence, across_end, logistic

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Recalibration:
    """A line on the log-odds of each interval's hazard, found on later days."""

    slope: float
    level: Floats  # (k,) log-odds that the slope turns about
    shift: float  # keeps the mean chance what it was
    error: float  # standard error of the slope

    def turned(self, odds: Floats) -> Floats:
        """Return how far recalibrated log-odds move with the slope, (n, k)."""
        level = self.level[: odds.shape[1]]
        return (odds - level - self.shift) / self.slope

    def apply(self, odds: Floats) -> Floats:
        """Return recalibrated log-odds, (n, k)."""
        level = self.level[: odds.shape[1]]
        return level + self.shift + self.slope * (odds - level)


@dataclass(frozen=True)
class Hazard:
    """Terms, perhaps blended with trees, recalibrated; beside it the other ends."""

    additive: Additive
    boosted: Boosted | None
    share: float  # of the log-odds that comes from the trees
    competing: Additive | None  # of the ends that are no choice; none when none are
    ends: FixedEnds  # the ends as agreed, which are not among these
    intervals: int  # how many were followed; nothing is said beyond
    recalibration: Recalibration
    widening: float  # variance of the log-odds that no coefficient tells

    def odds(self, known: Known) -> tuple[Floats, Leverage, Floats]:
        """Return log-odds of the hazards, their leverage, and how trees differ."""
        odds, leverage = self.additive.score(known, self.intervals)
        differ = np.zeros_like(odds)
        if self.boosted is not None:
            differ = self.boosted.log_odds(known, self.intervals) - odds
        blended = odds + self.share * differ
        return self.recalibration.apply(blended), leverage, differ

    def other_ends(self, known: Known) -> Floats:
        """Return the hazard of ends that are no choice, (n, k)."""
        if self.competing is None:
            return np.zeros((len(known.values), self.intervals))
        return logistic(self.competing.log_odds(known, self.intervals))

    def incidence(
        self, known: Known, odds: Floats, other: Floats, days: Floats
    ) -> Incidence:
        """Return the chance to leave within days, from log-odds and other ends."""
        ends = self.ends.days(known), self.ends.goes_on
        return across_end(logistic(odds), other, days, ends)

    def lean(self, slope: Floats) -> Floats:
        """Return how far the middle of a chance's interval is from it, in log-odds."""
        lean = self.additive.lean * self.recalibration.slope**2
        return np.asarray(slope.sum(axis=1) * lean, float)

    def error(
        self, slope: Floats, odds: Floats, leverage: Leverage, differ: Floats
    ) -> Floats:
        """Return the standard error of the log-odds of a chance.

        Coefficients' errors by customer; half of what the trees changed, when they
        did; what the validation showed that the terms cannot tell; and the error of
        the recalibration.
        """
        variance = leverage.variance(slope) * self.recalibration.slope**2
        changed = (slope * differ).sum(axis=1) * self.share
        variance += (changed / 2) ** 2
        variance += slope.sum(axis=1) ** 2 * self.widening
        turned = (slope * self.recalibration.turned(odds)).sum(axis=1)
        variance += (turned * self.recalibration.error) ** 2
        return np.sqrt(variance)
