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
    binomial in tests/analytics/revenue/test_landing.py.

    """
    stay = 1 - outlook.p
    due, mrr_due = len(outlook.p), float(outlook.mrr.sum())
    lines, amount = float(stay.sum()), float((stay * outlook.mrr).sum())
    if not due:
        nothing = Landed(0.0, 0.0, 0.0)
        return Landing(0, 0.0, nothing, nothing)
    counts, sums = _drawn(outlook, np.random.default_rng(seed), draws)
    return Landing(
        due=due,
        mrr_due=mrr_due,
        lines=Landed(lines, *_ends(counts)),
        mrr=Landed(amount, *_ends(sums)),
    )


def _drawn(
    outlook: Outlook, rng: np.random.Generator, draws: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the renewed lines and MRR of each draw, (draws,)."""
    _customers, place = np.unique(outlook.customer, return_inverse=True)
    sure = (outlook.p <= 0) | (outlook.p >= 1)
    inside = logit(np.clip(outlook.p, _LEAST, 1 - _LEAST))
    ends = [np.clip(end, _LEAST, 1 - _LEAST) for end in (outlook.low, outlook.high)]
    spread = np.where(sure, 0.0, (logit(ends[1]) - logit(ends[0])) / (2 * _Z))
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


def _ends(values: NDArray[np.float64]) -> tuple[float, float]:
    low, high = np.quantile(values, (0.025, 0.975), method="inverted_cdf")
    return float(low), float(high)
