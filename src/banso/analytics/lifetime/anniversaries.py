"""Who came to an anniversary of its contract, who left at it, and what was expected."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from banso.analytics.figures.estimate import Estimate
from banso.analytics.figures.intervals import wilson
from banso.analytics.figures.samples import FEWEST_CUSTOMERS
from banso.analytics.lifetime.paid import Paid
from banso.analytics.lifetime.renewals import RenewalModel, renewal_model

YEAR: Final = 12
Whole = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Anniversaries:
    """Whole years of customers that were seen: (n,) arrays.

    Who left within a year that is not over for its cohort is taken as there at the
    last anniversary, as those who stayed are.
    """

    terms: Whole  # of one that left: at which anniversary; else how many it was through
    lost: NDArray[np.bool_]
    entered: Whole  # anniversaries that lay behind it when it was first watched
    known: NDArray[np.bool_]  # it had come by then, and was seen

    def model(self) -> RenewalModel:
        """Return the model of customers that may leave at each anniversary."""
        at = self.known
        return renewal_model(self.terms[at], self.lost[at], entered=self.entered[at])

    def due(self, renewal: int) -> NDArray[np.bool_]:
        """Return who came to an anniversary while it was watched."""
        due = self.known & (self.entered < renewal) & (renewal <= self.terms)
        return np.asarray(due, dtype=np.bool_)

    def left_at(self, renewal: int) -> NDArray[np.bool_]:
        """Return who left at an anniversary."""
        left = self.due(renewal) & self.lost & (self.terms == renewal)
        return np.asarray(left, dtype=np.bool_)


@dataclass(frozen=True)
class RenewalYear:
    """One anniversary: how many renewed, beside what the model says.

    The forecast is of the model that did not know the last twelve months, for those
    who came to the anniversary within them.
    """

    renewal: int  # from 1; 0: all anniversaries of the last twelve months together
    renewed: Estimate  # share of all who ever came to it
    fitted: Estimate
    later_renewed: Estimate  # of those who came to it in the last twelve months
    forecast: Estimate


def anniversaries(paid: Paid, *, last: int) -> Anniversaries:
    """Return the anniversaries of customers as they stood at the end of a month.

    Parameters
    ----------
    paid
        What they paid by age.
    last
        The last month that is looked at, not after that of `paid`.

    """
    ages = np.arange(paid.by_age.shape[1])
    by_age = np.where(paid.cohort[:, None] + ages[None, :] <= last, paid.by_age, np.nan)
    seen: NDArray[np.bool_] = np.asarray(np.isfinite(by_age), dtype=np.bool_)
    stopped = seen & ~paid.there
    over = (last - paid.cohort) // YEAR
    left_in = np.maximum(-(-stopped.argmax(axis=1) // YEAR), 1)
    left = stopped.any(axis=1) & (left_in <= over)
    return Anniversaries(
        terms=np.where(left, left_in, over),
        lost=left,
        entered=-(-seen.argmax(axis=1) // YEAR),
        known=(over >= 0) & seen.any(axis=1),
    )


def renewal_years(paid: Paid, *, renewals: Sequence[int]) -> Sequence[RenewalYear]:
    """Return anniversaries beside the model, and beside one that was fitted before.

    Parameters
    ----------
    paid
        Customers of one segment.
    renewals
        Which anniversaries, from 1; one for all of the last twelve months follows.

    Returns
    -------
    sequence of RenewalYear
        Shares are ``too_few_customers`` below 10 who came to the anniversary; fitted
        ones have the reason of the model.

    Notes
    -----
    Source: docs/definitions/lifetime-value.md. Checked in tests/analytics/lifetime.

    """
    now = anniversaries(paid, last=paid.last)
    before = anniversaries(paid, last=paid.last - YEAR)
    model, earlier = now.model(), before.model()
    later = {
        renewal: _later(now, before, renewal)
        for renewal in range(1, int(now.terms.max(initial=0)) + 1)
    }
    years = [
        RenewalYear(
            renewal=renewal,
            renewed=_share(now.due(renewal), now.left_at(renewal)),
            fitted=model.retention(renewal),
            later_renewed=_share(*later.get(renewal, (_NOBODY, _NOBODY))),
            forecast=earlier.retention(renewal),
        )
        for renewal in renewals
    ]
    return [*years, _together(later, earlier, model)]


_NOBODY: NDArray[np.bool_] = np.zeros(0, dtype=np.bool_)
Later = tuple[NDArray[np.bool_], NDArray[np.bool_]]


def _later(now: Anniversaries, before: Anniversaries, renewal: int) -> Later:
    """Return who came to an anniversary in the last twelve months, and who left."""
    came = before.known & ~before.lost & (before.terms == renewal - 1)
    return came & now.due(renewal), came & now.left_at(renewal)


def _together(
    later: dict[int, Later], earlier: RenewalModel, model: RenewalModel
) -> RenewalYear:
    """Return all anniversaries of the last twelve months, each counted as it came."""
    counts = {renewal: int(due.sum()) for renewal, (due, _left) in later.items()}
    n = sum(counts.values())
    left = sum(int(gone.sum()) for _due, gone in later.values())
    return RenewalYear(
        renewal=0,
        renewed=Estimate.unknown("not_asked", n=n, events=left),
        fitted=Estimate.unknown("not_asked", n=model.n, events=model.losses),
        later_renewed=_of_counts(n, left),
        forecast=_mixed(earlier, counts, n),
    )


def _mixed(model: RenewalModel, counts: dict[int, int], n: int) -> Estimate:
    if model.reason:
        return Estimate.unknown(model.reason, n=model.n, events=model.losses)
    if not n:
        return Estimate.unknown("too_few_customers", n=0)
    shares = {renewal: model.retention(renewal) for renewal in counts}
    values = [
        sum(float(getattr(shares[each], end) or 0.0) * n for each, n in counts.items())
        for end in ("value", "low", "high")
    ]
    value, low, high = (each / n for each in values)
    return Estimate(value, low, high, model.n, model.losses)


def _share(due: NDArray[np.bool_], left: NDArray[np.bool_]) -> Estimate:
    return _of_counts(int(due.sum()), int(left.sum()))


def _of_counts(n: int, left: int) -> Estimate:
    if n < FEWEST_CUSTOMERS:
        return Estimate.unknown("too_few_customers", n=n, events=left)
    share = 1 - left / n
    low, high = wilson(share, n)
    return Estimate(share, low, high, n, left)
