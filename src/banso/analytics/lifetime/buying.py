"""Customers who buy when they like and leave without a word: the BG/NBD model."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from banso.analytics.figures.samples import FEWEST_CUSTOMERS
from banso.analytics.lifetime.likelihood import Maximum, maximum

Floats = NDArray[np.float64]
_STARTS: Final = ((1.0, 1.0, 1.0, 1.0), (0.3, 0.5, 0.8, 2.5))
FEWEST_REPEATS: Final = 10  # customers who bought on a second day
_NEAR_ONE: Final = 1e-6
# A chance to leave of nearly nothing, where the formulas still have a value.
_NEVER: Final = (1e-8, 2.0)
_LEAVING: Final = tuple(
    (share * size, (1 - share) * size)
    for share in (0.001, 0.003, 0.01, 0.03, 0.1)
    for size in (0.3, 3.0, 30.0, 300.0)
)


@dataclass(frozen=True, eq=False)
class Buyers:
    """What is known of each customer on the last day: (n,) arrays, one time unit."""

    repeats: Floats  # days with a purchase after the first one, whole, from 0
    recency: Floats  # from the first to the last purchase; 0 without repeats
    age: Floats  # from the first purchase to the last day

    def __post_init__(self) -> None:
        """Assert that nobody bought after the last day."""
        assert (self.repeats >= 0).all(), "repeats are counted from 0"
        assert (self.recency <= self.age).all(), "nobody buys after the last day"
        assert ((self.repeats > 0) == (self.recency > 0)).all(), "a repeat is later"

    def __len__(self) -> int:
        """Return how many customers there are."""
        return len(self.repeats)


@dataclass(frozen=True, eq=False)
class BuyingModel:
    """How often customers buy, and the chance that they are gone, spread over them.

    The rate of buying is spread as a gamma (`r`, `alpha`), the chance to be gone after
    a purchase as a beta (`a`, `b`).
    """

    found: Maximum
    n: int  # customers
    repeaters: int  # of them bought again
    nobody_leaves: bool = False  # what was seen is likeliest when nobody is ever gone

    @property
    def reason(self) -> str | None:
        """Why there is no model."""
        return self.found.reason

    @property
    def parameters(self) -> tuple[float, float, float, float]:
        """``r``, ``alpha`` (in the unit of time), ``a`` and ``b``."""
        assert not self.reason, "a model that was not fitted has no parameters"
        r, alpha, a, b = (float(each) for each in self.found.parameters)
        return r, alpha, a, b

    def chance_alive(self, buyers: Buyers) -> Floats:
        """Return (n,) the chance that each customer will buy again, 0..1.

        A customer without repeats counts as there (1): in this model one can only be
        gone after a repeat. Say so where it is shown.
        """
        return 1 / (1 + self._odds_gone(buyers))

    def expected(self, buyers: Buyers, *, within: float) -> Floats:
        """Return (n,) the purchases expected of each customer within a time to come.

        Parameters
        ----------
        buyers
            What is known of them.
        within
            In the unit of the model, from the last day on.

        Notes
        -----
        Source: Fader, Hardie & Lee (2005), Marketing Science 24:275, equation 10.

        """
        from scipy.special import hyp2f1  # noqa: PLC0415 -- slow to import

        r, alpha, a, b = self._apart_from_one()
        x, until = buyers.repeats, alpha + buyers.age
        shape = hyp2f1(r + x, b + x, a + b + x - 1, within / (until + within))
        share = (until / (until + within)) ** (r + x) * shape
        count = (a + b + x - 1) / (a - 1) * (1 - share)
        return np.asarray(count / (1 + self._odds_gone(buyers)), dtype=np.float64)

    def expected_since_first(self, time: NDArray[np.generic]) -> Floats:
        """Return the repeats expected of a new customer after each of some times.

        Parameters
        ----------
        time
            (m,) since the first purchase, at least 0; nothing is known of what the
            customer did. Summed over customers it is what a curve of the whole
            customer base is compared with.

        Notes
        -----
        Source: Fader, Hardie & Lee (2005), equation 9.

        """
        from scipy.special import hyp2f1  # noqa: PLC0415 -- slow to import

        r, alpha, a, b = self._apart_from_one()
        passed = np.asarray(time, dtype=np.float64)
        assert (passed >= 0).all(), "time runs from the first purchase"
        shape = hyp2f1(r, b, a + b - 1, passed / (alpha + passed))
        still = (alpha / (alpha + passed)) ** r * shape
        return np.asarray((a + b - 1) / (a - 1) * (1 - still), dtype=np.float64)

    def discounted(self, buyers: Buyers, *, periods: int, discount: float) -> Floats:
        """Return (n,) the discounted purchases of the periods to come.

        Parameters
        ----------
        buyers
            What is known of them.
        periods
            How many units of time to look ahead.
        discount
            Per unit of time; 0 for none. What is bought within a period counts at
            its end.

        """
        assert discount >= 0, "a discount is not negative"
        total, before = np.zeros(len(buyers)), np.zeros(len(buyers))
        for period in range(1, periods + 1):
            so_far = self.expected(buyers, within=float(period))
            total += (so_far - before) / (1 + discount) ** period
            before = so_far
        return total

    def _odds_gone(self, buyers: Buyers) -> Floats:
        r, alpha, a, b = self.parameters
        x = buyers.repeats
        waited = np.log(alpha + buyers.age) - np.log(alpha + buyers.recency)
        odds = a / (b + np.maximum(x, 1) - 1) * np.exp((r + x) * waited)
        return np.where(x > 0, odds, 0.0)

    def _apart_from_one(self) -> tuple[float, float, float, float]:
        """Return the parameters with `a` where both formulas have a value."""
        r, alpha, a, b = self.parameters
        return r, alpha, 1 + _NEAR_ONE if abs(a - 1) < _NEAR_ONE else a, b


def buying_model(
    buyers: Buyers, *, weights: NDArray[np.generic] | None = None
) -> BuyingModel:
    """Return the BG/NBD model of customers without a contract.

    Parameters
    ----------
    buyers
        Customers, from their first purchase on.
    weights
        (n,) customers that a row stands for; 1 when null.

    Returns
    -------
    BuyingModel
        ``too_few_customers`` below 10 customers, ``too_few_repeats`` when fewer than
        10 bought again, ``no_maximum`` when the data cannot tell. Where what was seen
        is likeliest when nobody is ever gone, the chance to leave is 0 (the NBD model
        of Ehrenberg) and `nobody_leaves` is set: often a history too short to see
        anybody leave.

    Notes
    -----
    Source: Fader, Hardie & Lee (2005), Marketing Science 24:275. CDNOW gives r .2426,
    alpha 4.4135 weeks, a .7929, b 2.4258 (tests/analytics/lifetime). Buying is taken
    to be steady while a customer is there: a season within the time it was fitted on
    is carried on for ever. Compare with what came before believing it. See
    docs/definitions/buying-model.md.

    """
    weight = np.ones(len(buyers)) if weights is None else np.asarray(weights, float)
    n = round(float(weight.sum()))
    repeaters = round(float(weight[buyers.repeats > 0].sum()))
    if n < FEWEST_CUSTOMERS or repeaters < FEWEST_REPEATS:
        reason = "too_few_repeats" if n >= FEWEST_CUSTOMERS else "too_few_customers"
        return BuyingModel(Maximum(reason=reason), n, repeaters)
    # Near 1 the search is steady whatever the unit of time.
    unit = float(np.average(buyers.age, weights=weight)) / 10
    scaled, weight = _grouped(buyers, weight, unit)
    found = maximum(lambda four: _log_likelihood(four, scaled, weight), _STARTS)
    nobody_leaves = False
    if found.reason:
        found = _steady(scaled, weight)
        nobody_leaves = not found.reason
    if not found.reason:
        times = np.array([1.0, unit, 1.0, 1.0])
        # the rates of all purchases come by the unit as well
        shift = float(weight @ scaled.repeats) * np.log(unit)
        assert found.log_likelihood is not None
        found = Maximum(
            found.parameters * times, found.covariance, found.log_likelihood - shift
        )
    return BuyingModel(found, n, repeaters, nobody_leaves)


def _steady(buyers: Buyers, weight: Floats) -> Maximum:
    """Return the maximum among models in which nobody leaves.

    ``no_maximum`` when some chance to leave makes what was seen likelier: then the
    edge is not where the maximum lies.
    """
    starts = tuple(start[:2] for start in _STARTS)
    found = maximum(
        lambda two: _log_likelihood(np.array([*two, *_NEVER]), buyers, weight), starts
    )
    if found.reason:
        return found
    assert found.log_likelihood is not None, "a maximum has a likelihood"
    best = max(
        _log_likelihood(np.array([*found.parameters, *leaving]), buyers, weight)
        for leaving in _LEAVING
    )
    if best > found.log_likelihood:
        return Maximum(reason="no_maximum")
    covariance = np.zeros((4, 4))
    covariance[:2, :2] = found.covariance
    parameters = np.array([*found.parameters, *_NEVER])
    return Maximum(parameters, covariance, found.log_likelihood)


def _grouped(buyers: Buyers, weight: Floats, unit: float) -> tuple[Buyers, Floats]:
    """Return one row for all customers of whom the same is known."""
    rows = np.column_stack([buyers.repeats, buyers.recency / unit, buyers.age / unit])
    distinct, place = np.unique(rows, axis=0, return_inverse=True)
    weights = np.bincount(place.ravel(), weight, minlength=len(distinct))
    return Buyers(*distinct.T), np.asarray(weights, dtype=np.float64)


def _log_likelihood(four: Floats, buyers: Buyers, weight: Floats) -> float:
    from scipy.special import betaln, gammaln  # noqa: PLC0415 -- slow to import

    r, alpha, a, b = four
    x, recency, age = buyers.repeats, buyers.recency, buyers.age
    buys = gammaln(r + x) - gammaln(r) + r * np.log(alpha)
    stays = betaln(a, b + x) - betaln(a, b)
    there = -(r + x) * np.log(alpha + age)
    last = np.log(a) - np.log(b + np.maximum(x, 1) - 1)
    gone = np.where(x > 0, last - (r + x) * np.log(alpha + recency), -np.inf)
    return float(weight @ (buys + stays + np.logaddexp(there, gone)))
