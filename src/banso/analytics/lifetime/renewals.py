"""Customers who may leave at each renewal, each with a chance of its own.

The shifted-beta-geometric model of Fader and Hardie.
"""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from banso.analytics.figures.estimate import Estimate
from banso.analytics.figures.samples import FEWEST_CUSTOMERS, FEWEST_EVENTS
from banso.analytics.lifetime.likelihood import Maximum, derived, maximum

Floats = NDArray[np.float64]
_STARTS: Final = ((1.0, 1.0), (0.5, 2.0), (2.0, 20.0))


@dataclass(frozen=True, eq=False)
class RenewalModel:
    """Chances to leave at a renewal that are spread over customers as a beta.

    `alpha` and `beta` are null when `reason` is set. With both small, few customers
    are certain to leave and the others to stay; the mean chance is
    ``alpha / (alpha + beta)``.
    """

    found: Maximum
    n: int  # customers
    losses: int  # of them were seen to leave

    @property
    def reason(self) -> str | None:
        """Why there is no model."""
        return self.found.reason

    @property
    def alpha(self) -> float | None:
        """The weight of leaving."""
        return None if self.reason else float(self.found.parameters[0])

    @property
    def beta(self) -> float | None:
        """The weight of renewing."""
        return None if self.reason else float(self.found.parameters[1])

    def survival(self, renewals: int) -> Estimate:
        """Return the share of new customers that renews at least so many times."""
        assert renewals >= 0, "renewals are counted from 0"
        if renewals == 0 and not self.reason:
            return Estimate(1.0, 1.0, 1.0, self.n, self.losses)
        return derived(
            self.found,
            lambda both: float(survival(both, np.array([renewals]))[0]),
            n=self.n,
            events=self.losses,
        )

    def retention(self, renewal: int) -> Estimate:
        """Return the share that renews of those who come to the n-th renewal, n ≥ 1."""
        assert renewal >= 1, "the first renewal is the number 1"
        found = derived(
            self.found,
            lambda both: float((both[1] + renewal - 1) / (both.sum() + renewal - 1)),
            n=self.n,
            events=self.losses,
        )
        # the interval is symmetric in the logarithm, and so may go beyond a share
        return found if found.high is None else replace(found, high=min(1, found.high))

    def lifetime(self, *, discount: float) -> Estimate:
        """Return the discounted terms of a new customer, the first one included.

        Parameters
        ----------
        discount
            Per term, above 0: 0.1 is 10 %. Without a discount the sum is infinite
            where `alpha` is at most 1.

        Notes
        -----
        Source: Fader & Hardie (2010), Marketing Science 29:85 (their DEL). The first
        term is paid at once and counts in full.

        """
        assert discount > 0, "a discount above 0"
        return derived(
            self.found,
            lambda both: _terms(both, discount, 0),
            n=self.n,
            events=self.losses,
        )

    def residual_lifetime(self, *, discount: float, renewed: int) -> Estimate:
        """Return the discounted terms still to come, seen just before a renewal.

        Parameters
        ----------
        discount
            Per term, above 0.
        renewed
            How often the customer has renewed so far, from 0. The term that begins
            with the coming renewal counts in full, if it comes.

        Notes
        -----
        Source: Fader & Hardie (2010), Marketing Science 29:85 (their DERL).

        """
        assert discount > 0, "a discount above 0"
        assert renewed >= 0, "renewals are counted from 0"

        def figure(both: Floats) -> float:
            renews = (both[1] + renewed) / (both.sum() + renewed)
            return float(renews * _terms(both, discount, renewed + 1))

        return derived(self.found, figure, n=self.n, events=self.losses)


def renewal_model(
    terms: NDArray[np.generic],
    lost: NDArray[np.generic],
    *,
    entered: NDArray[np.generic] | None = None,
    weights: NDArray[np.generic] | None = None,
) -> RenewalModel:
    """Return the shifted-beta-geometric model of customers under contract.

    Parameters
    ----------
    terms
        (n,) whole numbers. Of a customer that left: the renewal at which it left, from
        1. Of one that is there: the renewals that it has been through, from 0.
    lost
        (n,) True or 1 for a customer that left.
    entered
        (n,) renewals that lay behind a customer when it was first watched: it is in
        the data only because it had stayed so long. Null: all from their start.
    weights
        (n,) customers that a row stands for; 1 when null.

    Returns
    -------
    RenewalModel
        ``too_few_customers`` below 10 customers with a renewal behind them,
        ``too_few_events`` below 5 losses, ``no_maximum`` when the data cannot tell how
        much customers differ: then a constant rate says as much.

    Notes
    -----
    Source: Fader & Hardie (2007), Journal of Interactive Marketing 21:76. Checked in
    tests/analytics/lifetime against the figures of the paper. See
    docs/definitions/lifetime-value.md.

    """
    through = np.asarray(terms, dtype=np.float64)
    gone = np.asarray(lost, dtype=np.float64) == 1
    since = np.zeros(len(through)) if entered is None else np.asarray(entered, float)
    weight = np.ones(len(through)) if weights is None else np.asarray(weights, float)
    assert (through >= np.where(gone, 1, 0)).all(), "who left, left at a renewal"
    counted = (weight > 0) & (through > since)
    rows = np.column_stack([through, gone, since])[counted]
    alike, place = np.unique(rows, axis=0, return_inverse=True)
    through, gone, since = alike[:, 0], alike[:, 1] == 1, alike[:, 2]
    weight = np.bincount(place.ravel(), weight[counted], minlength=len(alike))
    n, losses = round(float(weight.sum())), round(float(weight[gone].sum()))
    reason = _too_few(n, losses)
    if reason:
        return RenewalModel(Maximum(reason=reason), n, losses)

    def log_likelihood(both: Floats) -> float:
        staying = np.log(survival(both, through))
        leaving = np.log(survival(both, through - 1)) + np.log(both[0])
        leaving = leaving - np.log(both.sum() + through - 1)
        seen = np.where(gone, leaving, staying) - np.log(survival(both, since))
        return float(weight @ seen)

    return RenewalModel(maximum(log_likelihood, _STARTS), n, losses)


def survival(both: Floats, renewals: NDArray[np.generic]) -> Floats:
    """Return B(alpha, beta + t) / B(alpha, beta): the share left after t renewals."""
    from scipy.special import betaln  # noqa: PLC0415 -- slow to import

    alpha, beta = both
    after = np.maximum(np.asarray(renewals, dtype=np.float64), 0)
    logs = betaln(alpha, beta + after) - betaln(alpha, beta)
    return np.asarray(np.exp(logs), dtype=np.float64)


def _terms(both: Floats, discount: float, renewed: int) -> float:
    """Return the discounted terms from one that has just begun, that included."""
    from scipy.special import hyp2f1  # noqa: PLC0415 -- slow to import

    leaves, renews = both[0], both[1] + renewed
    return float(hyp2f1(1, renews, leaves + renews, 1 / (1 + discount)))


def _too_few(n: int, losses: int) -> str | None:
    if n < FEWEST_CUSTOMERS:
        return "too_few_customers"
    return "too_few_events" if losses < FEWEST_EVENTS else None
