"""The expected landing of due renewals, with an interval."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit

DRAWS: Final = 2000
_Z: Final = 1.959963984540054
_LEAST: Final = 1e-6  # of a chance that is not certain
_CELLS: Final = 2_000_000  # of draws by lines that are held at once
LARGE: Final = 500  # customers that are undecided
_MOST_OF_ONE: Final = 0.02  # of the variance
_FARTHEST: Final = 4.5  # standard errors of the forecast
_PLACES: Final = 37
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Outlook:
    """Renewals that are due, and what the forecast says of each."""

    customer: NDArray[np.int64]  # (n,) lines of one customer leave together
    mrr: NDArray[np.float64]  # (n,)
    p: NDArray[np.float64]  # (n,) ratio, that the customer leaves until it is due
    low: NDArray[np.float64]  # (n,) 95 %: where the true chance is
    high: NDArray[np.float64]  # (n,)


@dataclass(frozen=True)
class Landed:
    """An expectation and its 95 % interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Landing:
    """What is expected of some due renewals."""

    due: int  # lines
    mrr_due: float
    lines: Landed  # that renew
    mrr: Landed  # that renews

    @property
    def by_count(self) -> float | None:
        """The expected contract continuation rate by count; null without lines."""
        return self.lines.value / self.due if self.due else None

    @property
    def by_amount(self) -> float | None:
        """The expected contract continuation rate by amount; null without MRR."""
        return self.mrr.value / self.mrr_due if self.mrr_due else None


def landing(outlook: Outlook, *, seed: int, draws: int = DRAWS) -> Landing:
    """Return how many renewals, and how much MRR, are expected to renew.

    Parameters
    ----------
    outlook
        The renewals of one month, or of any set. No chance may be NaN.
    seed
        Of the draws: the same renewals give the same interval.
    draws
        How many landings are drawn for the interval.

    Returns
    -------
    Landing
        The values are exact sums of (1 - p). The intervals hold where the landing is
        95 times in 100: chance itself (each customer stays or leaves; its lines
        together), and the error of the forecast, taken as common to all customers.
        That is the cautious side: errors that are not common would partly cancel.

    Notes
    -----
    Source: docs/definitions/renewal-landing.md. Without an error of the forecast, and
    one line for each customer, the count is Poisson-binomial; checked against the
    binomial in tests/analytics/revenue/test_landing.py. From `LARGE` undecided
    customers on, of whom none weighs much, luck is taken as normal with its exact
    variance instead of being drawn line by line; both ways are compared there.

    """
    stay = 1 - outlook.p
    due, mrr_due = len(outlook.p), float(outlook.mrr.sum())
    lines, amount = float(stay.sum()), float((stay * outlook.mrr).sum())
    if not due:
        nothing = Landed(0.0, 0.0, 0.0)
        return Landing(0, 0.0, nothing, nothing)
    rng = np.random.default_rng(seed)
    by_moments = _by_moments if _is_large(outlook) else _drawn
    counts, sums = by_moments(outlook, rng, draws)
    return Landing(
        due=due,
        mrr_due=mrr_due,
        lines=Landed(lines, *_ends(counts)),
        mrr=Landed(amount, *_ends(sums)),
    )


def _drawn(
    outlook: Outlook, rng: np.random.Generator, draws: int
) -> tuple[Floats, Floats]:
    """Return the renewed lines and MRR of each draw, (draws,)."""
    _customers, place = np.unique(outlook.customer, return_inverse=True)
    sure = (outlook.p <= 0) | (outlook.p >= 1)
    inside, spread = _odds(outlook)
    counts, sums = np.empty(draws), np.empty(draws)
    step = max(1, _CELLS // len(sure))
    for first in range(0, draws, step):
        part = slice(first, min(first + step, draws))
        size = part.stop - part.start
        error = rng.standard_normal(size)[:, None]
        chance = np.where(sure, outlook.p, expit(inside + error * spread))
        luck = rng.random((size, place.max() + 1))[:, place]
        stays = luck >= chance
        counts[part] = stays.sum(axis=1)
        sums[part] = stays @ outlook.mrr
    return counts, sums


def _is_large(outlook: Outlook) -> bool:
    """Return whether what one customer does hardly matters for the sums."""
    variance = outlook.p * (1 - outlook.p)
    if np.count_nonzero(variance) < LARGE:
        return False
    _customers, place = np.unique(outlook.customer, return_inverse=True)
    for weight in (np.ones(len(outlook.p)), outlook.mrr):
        mine = np.bincount(place, weight * np.sqrt(variance)) ** 2
        if mine.max() > _MOST_OF_ONE * mine.sum():
            return False
    return True


def _by_moments(
    outlook: Outlook, rng: np.random.Generator, draws: int
) -> tuple[Floats, Floats]:
    """Return the renewed lines and MRR of each draw, (draws,), luck being normal.

    How far the forecast is off is drawn as in `_drawn`. Mean and variance under it are
    smooth, so they are worked out at some places and read off between them.
    """
    lines = _Lines.of(outlook)
    places = np.linspace(-_FARTHEST, _FARTHEST, _PLACES)
    at = np.array([lines.moments(place) for place in places])  # (places, 4)
    error = rng.standard_normal(draws)
    found = []
    for mean, variance in ((0, 1), (2, 3)):
        middle = np.interp(error, places, at[:, mean])
        width = np.sqrt(np.interp(error, places, at[:, variance]))
        found.append(middle + width * rng.standard_normal(draws))
    counts = np.clip(np.round(found[0]), 0, len(outlook.p))
    return counts, np.clip(found[1], 0.0, float(outlook.mrr.sum()))


@dataclass(frozen=True)
class _Lines:
    """Lines by customer, those likelier to leave first: (n,) arrays."""

    place: NDArray[np.int64]  # of the customer, ascending
    mrr: Floats
    p: Floats
    odds: Floats
    spread: Floats
    after: Floats  # lines of the customer after this one
    mrr_after: Floats  # and their MRR

    @classmethod
    def of(cls, outlook: Outlook) -> "_Lines":
        _customers, place = np.unique(outlook.customer, return_inverse=True)
        order = np.lexsort((-outlook.p, place))
        place, mrr = place[order], outlook.mrr[order]
        odds, spread = _odds(outlook)

        def later(values: Floats) -> Floats:
            """Return the sum of the values of the customer after each line."""
            so_far = np.cumsum(values)
            last = np.searchsorted(place, place, side="right") - 1
            return np.asarray(so_far[last] - so_far, dtype=np.float64)

        return cls(
            np.asarray(place, dtype=np.int64),
            mrr,
            outlook.p[order],
            odds[order],
            spread[order],
            later(np.ones(len(mrr))),
            later(mrr),
        )

    def moments(self, error: float) -> tuple[float, float, float, float]:
        """Return mean and variance of renewed lines, then of renewed MRR.

        Of two lines of a customer the one likelier to leave stays only when the other
        does: both do with its chance.
        """
        sure = self.spread == 0
        stay = 1 - np.where(sure, self.p, expit(self.odds + error * self.spread))
        found: list[float] = []
        ones = np.ones(len(stay))
        for weight, after in ((ones, self.after), (self.mrr, self.mrr_after)):
            mine = np.bincount(self.place, weight * stay)
            square = float((stay * weight * (weight + 2 * after)).sum())
            found += [float(mine.sum()), max(0.0, square - float((mine**2).sum()))]
        return found[0], found[1], found[2], found[3]


def _odds(outlook: Outlook) -> tuple[Floats, Floats]:
    """Return the log-odds to leave, and the standard error of the forecast there."""
    sure = (outlook.p <= 0) | (outlook.p >= 1)
    inside = logit(np.clip(outlook.p, _LEAST, 1 - _LEAST))
    ends = [np.clip(end, _LEAST, 1 - _LEAST) for end in (outlook.low, outlook.high)]
    spread = np.where(sure, 0.0, (logit(ends[1]) - logit(ends[0])) / (2 * _Z))
    return np.asarray(inside, dtype=np.float64), spread


def _ends(values: NDArray[np.float64]) -> tuple[float, float]:
    low, high = np.quantile(values, (0.025, 0.975), method="inverted_cdf")
    return float(low), float(high)
