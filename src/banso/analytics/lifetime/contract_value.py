"""What a customer under contract is worth: the months that were seen, added up."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from banso.analytics.figures.estimate import Estimate
from banso.analytics.figures.intervals import CONFIDENCE
from banso.analytics.figures.samples import FEWEST_CUSTOMERS

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
ROUNDS: Final = 400
_ROUNDS_AT_ONCE: Final = 20  # bounds the memory of the draws


@dataclass(frozen=True)
class Terms:
    """How money that comes later, and the cost of serving, are counted."""

    margin: float = 1.0  # share of revenue left after serving, -∞..1
    discount: float = 0.0  # per month; 0 for none
    rounds: int = ROUNDS  # of the bootstrap
    seed: int = 0


def _none() -> Floats:
    return np.empty(0)


@dataclass(frozen=True, eq=False)
class ValueCurve:
    """The value of a new customer by month of its life; empty with a `reason`."""

    at_risk: Floats = field(default_factory=_none)  # (m,) seen in and before the month
    there: Floats = field(default_factory=_none)  # (m,) share still there in the month
    paid: Floats = field(default_factory=_none)  # (m,) mean of those there, per month
    value: Floats = field(default_factory=_none)  # (m,) margin so far, discounted
    low: Floats = field(default_factory=_none)
    high: Floats = field(default_factory=_none)
    n: int = 0  # customers
    losses: int = 0  # of them were seen to leave
    reason: str | None = None

    @property
    def months(self) -> int:
        """How many months of life were seen often enough."""
        return len(self.value)

    def within(self, months: int) -> Estimate:
        """Return the value of the first months of life.

        Returns
        -------
        Estimate
            Money per new customer. ``no_follow_up`` when fewer than 10 customers were
            seen so long: the curve is not drawn out.

        """
        assert months >= 1, "the first month is the number 1"
        if self.reason:
            return Estimate.unknown(self.reason, n=self.n, events=self.losses)
        if months > self.months:
            return Estimate.unknown("no_follow_up", n=self.n, events=self.losses)
        place = months - 1
        return Estimate(
            float(self.value[place]),
            float(self.low[place]),
            float(self.high[place]),
            self.n,
            self.losses,
        )

    def month_reaching(self, amount: float) -> int | None:
        """Return the first month by whose end the value is at least `amount`.

        Null when it was not reached within the months that were seen.
        """
        reached = np.flatnonzero(self.value >= amount)
        return int(reached[0]) + 1 if len(reached) else None


def value_curve(
    paid: Floats, terms: Terms | None = None, *, there: Flags | None = None
) -> ValueCurve:
    """Return the value of a new customer, by month of life.

    Parameters
    ----------
    paid
        (n, m) what each customer paid per month in each month of its life, in one
        currency. 0 once it has left; NaN where the month was not seen: it lies after
        the last day known, or before the customer was first watched. The first month
        is the one in which it came.
    terms
        Margin, discount and the draws.
    there
        (n, m) who was there in the month; whoever paid when not given.

    Returns
    -------
    ValueCurve
        As far as 10 customers were seen to be there the month before and still
        followed. ``too_few_customers`` when that is not even so in the first month.

    Notes
    -----
    The value of month k is the share still there times the mean that those there pay:
    Lin et al. (1997), Biometrics 53:419, with the share by Kaplan and Meier, so that
    customers of all ages count as far as they were seen. A customer has left in the
    first month in which it is not there; what it pays if it returns is not in it.
    The 95 % interval is that of a bootstrap by customer. Checked in
    tests/analytics/lifetime by hand, and against lifelines. See
    docs/definitions/lifetime-value.md.

    """
    terms = terms or Terms()
    n = len(paid)
    amounts = np.asarray(paid, dtype=np.float64)
    seen = _Seen.of(amounts, np.nan_to_num(amounts) > 0 if there is None else there)
    months = seen.months_with(FEWEST_CUSTOMERS)
    if n < FEWEST_CUSTOMERS or not months:
        return ValueCurve(n=n, reason="too_few_customers")
    seen = seen.first(months)
    ones = np.ones((1, n))
    staying, mean = seen.shares(ones)
    drawn = [
        _added_up(*seen.shares(weights), terms)
        for weights in _draws(n, rounds=terms.rounds, seed=terms.seed)
    ]
    tail = (1 - CONFIDENCE) / 2
    low, high = np.quantile(np.concatenate(drawn), [tail, 1 - tail], axis=0)
    value = _added_up(staying, mean, terms)[0]
    return ValueCurve(
        at_risk=seen.at_risk.sum(axis=0),
        there=staying[0],
        paid=mean[0],
        value=value,
        low=np.minimum(low, value),
        high=np.maximum(high, value),
        n=n,
        losses=int(seen.leaves.sum()),
    )


@dataclass(frozen=True, eq=False)
class _Seen:
    """Who could leave in each month, who did, and what those there paid: (n, m)."""

    at_risk: Floats
    leaves: Floats
    is_there: Floats
    amount: Floats

    @classmethod
    def of(cls, paid: Floats, there: Flags) -> "_Seen":
        known = np.isfinite(paid)
        pays = known & there
        # Whoever has left once stays out, and so does what it pays when it returns.
        stopped = known & ~pays
        has_left = np.cumsum(stopped, axis=1) > 0
        left_before = np.hstack([np.zeros((len(paid), 1), bool), has_left[:, :-1]])
        known_before = np.hstack([np.ones((len(paid), 1), bool), known[:, :-1]])
        at_risk = known & known_before & ~left_before
        leaves = at_risk & stopped
        is_there = pays & ~has_left
        amount = np.where(is_there, np.nan_to_num(paid), 0.0)
        return cls(
            at_risk.astype(float), leaves.astype(float), is_there.astype(float), amount
        )

    def months_with(self, fewest: int) -> int:
        """Return how many months, from the first, have so many customers at risk."""
        enough = self.at_risk.sum(axis=0) >= fewest
        return int(len(enough) if enough.all() else np.argmin(enough))

    def first(self, months: int) -> "_Seen":
        return _Seen(
            self.at_risk[:, :months],
            self.leaves[:, :months],
            self.is_there[:, :months],
            self.amount[:, :months],
        )

    def shares(self, weights: Floats) -> tuple[Floats, Floats]:
        """Return (w, m) the share there and the mean paid, for each row of weights."""
        risk, leaves = weights @ self.at_risk, weights @ self.leaves
        stay = 1 - leaves / np.where(risk > 0, risk, 1.0)
        there, amount = weights @ self.is_there, weights @ self.amount
        mean = amount / np.where(there > 0, there, 1.0)
        return np.asarray(np.cumprod(stay, axis=1), dtype=np.float64), mean


def _added_up(there: Floats, mean: Floats, terms: Terms) -> Floats:
    months = np.arange(there.shape[1])
    factors = terms.margin / (1 + terms.discount) ** months
    return np.asarray(np.cumsum(there * mean * factors, axis=1), dtype=np.float64)


def _draws(n: int, *, rounds: int, seed: int) -> Iterator[Floats]:
    """Yield how often each customer is drawn, with replacement, some rounds at once."""
    lots = np.random.default_rng(seed)
    even = np.full(n, 1 / n)
    for done in range(0, rounds, _ROUNDS_AT_ONCE):
        size = min(_ROUNDS_AT_ONCE, rounds - done)
        yield lots.multinomial(n, even, size=size).astype(np.float64)
