"""What purchases without a contract are worth: fitted, judged later, carried on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from banso.analytics.figures.estimate import Estimate
from banso.analytics.lifetime.buying import Buyers, BuyingModel, buying_model
from banso.analytics.lifetime.holdout import (
    PeriodOfPurchases,
    TenthOfCustomers,
    by_period,
    by_tenth,
)
from banso.analytics.lifetime.likelihood import Maximum, derived
from banso.analytics.lifetime.spending import (
    SpendingModel,
    amount_and_frequency,
    spending_model,
)

Floats = NDArray[np.float64]
WEEK: Final = 7  # days
AHEAD: Final = 52  # weeks to come
FEWEST_WEEKS: Final = 16  # of history, half of them to judge with
MOST_HELD_BACK: Final = 52


@dataclass(frozen=True, eq=False)
class Purchases:
    """Days on which customers without a contract bought, in one currency.

    (m,) arrays, one row per customer and day with an amount above 0.
    """

    customer: NDArray[np.int64]  # numbers from 0
    day: NDArray[np.int64]
    amount: Floats
    customers: int
    last: int  # the last day known

    def until(self, day: int) -> "Purchases":
        """Return what was known at the end of a day; those who came later drop out."""
        return self._where(self.day <= day, last=day)

    def rows(self, chosen: NDArray[np.bool_]) -> "Purchases":
        """Return those of some customers (n,)."""
        return self._where(chosen[self.customer], last=self.last)

    def _where(self, kept: NDArray[np.bool_], *, last: int) -> "Purchases":
        numbers, customer = np.unique(self.customer[kept], return_inverse=True)
        return Purchases(
            customer=np.asarray(customer.ravel(), dtype=np.int64),
            day=self.day[kept],
            amount=self.amount[kept],
            customers=len(numbers),
            last=last,
        )

    @cached_property
    def first(self) -> NDArray[np.int64]:
        """(n,) the day of the first purchase of each customer."""
        days = np.full(self.customers, np.iinfo(np.int64).max)
        np.minimum.at(days, self.customer, self.day)
        return days

    @cached_property
    def buyers(self) -> Buyers:
        """What is known of each customer, in weeks."""
        newest = np.zeros(self.customers, dtype=np.int64)
        np.maximum.at(newest, self.customer, self.day)
        return Buyers(
            repeats=self.counts - 1.0,
            recency=(newest - self.first) / WEEK,
            age=(self.last - self.first) / WEEK,
        )

    @cached_property
    def counts(self) -> Floats:
        """(n,) days with a purchase."""
        counted = np.bincount(self.customer, minlength=self.customers)
        return np.asarray(counted, dtype=np.float64)

    @cached_property
    def means(self) -> Floats:
        """(n,) the mean amount of a day with a purchase."""
        sums = np.bincount(self.customer, self.amount, minlength=self.customers)
        return np.asarray(sums / np.maximum(self.counts, 1.0), dtype=np.float64)


@dataclass(frozen=True, eq=False)
class PurchaseModels:
    """How often, and for how much, as fitted on what was known on a day."""

    known: Purchases
    buying: BuyingModel
    spending: SpendingModel

    @property
    def reason(self) -> str | None:
        """Why nothing can be expected."""
        return self.buying.reason or self.spending.reason

    def figures(
        self, mine: NDArray[np.bool_], *, within: float
    ) -> Mapping[str, Estimate]:
        """Return what is expected of some customers, per customer.

        Parameters
        ----------
        mine
            (n,) which customers.
        within
            Weeks to come.

        Returns
        -------
        mapping
            ``alive`` (chance to buy again), ``purchases`` (days with one), ``amount``
            of one, and ``value`` (what they come to). The interval is that of the
            parameters, by the delta method; that of a mean over the customers it is
            not, so it is narrow for few customers.

        """
        n = int(mine.sum())
        names = ("alive", "purchases", "amount", "value")
        if not n or self.reason:
            reason = self.reason or "too_few_customers"
            return {name: Estimate.unknown(reason, n=n) for name in names}
        events = int((self.known.counts[mine] > 1).sum())
        group = _Group(self, mine, within)
        together = _side_by_side(self.buying.found, self.spending.found)
        alive = derived(self.buying.found, group.alive, n=n, events=events)
        if alive.high is not None:
            alive = replace(alive, high=min(1.0, alive.high))  # a chance
        return {
            "alive": alive,
            "purchases": derived(
                self.buying.found, group.purchases, n=n, events=events
            ),
            "amount": derived(self.spending.found, group.amount, n=n, events=events),
            "value": derived(together, group.value, n=n, events=events),
        }

    def expected_value(self, *, within: float) -> float:
        """Return what all customers are expected to buy for."""
        everybody = np.ones(self.known.customers, dtype=bool)
        group = _Group(self, everybody, within)
        return self.known.customers * group.value(
            np.concatenate(
                [self.buying.found.parameters, self.spending.found.parameters]
            )
        )


@dataclass(frozen=True, eq=False)
class _Group:
    """Means over some customers, as functions of the parameters."""

    models: PurchaseModels
    mine: NDArray[np.bool_]
    within: float

    @cached_property
    def _buyers(self) -> Buyers:
        every = self.models.known.buyers
        return Buyers(
            every.repeats[self.mine], every.recency[self.mine], every.age[self.mine]
        )

    def _buying(self, four: Floats) -> BuyingModel:
        return BuyingModel(Maximum(parameters=four), 0, 0)

    def _amounts(self, three: Floats) -> Floats:
        known = self.models.known
        model = SpendingModel(Maximum(parameters=three), 0)
        return model.expected(known.counts[self.mine], known.means[self.mine])

    def _counts(self, four: Floats) -> Floats:
        return self._buying(four).expected(self._buyers, within=self.within)

    def alive(self, four: Floats) -> float:
        return float(self._buying(four).chance_alive(self._buyers).mean())

    def purchases(self, four: Floats) -> float:
        return float(self._counts(four).mean())

    def amount(self, three: Floats) -> float:
        return float(self._amounts(three).mean())

    def value(self, seven: Floats) -> float:
        return float((self._counts(seven[:4]) * self._amounts(seven[4:])).mean())


@dataclass(frozen=True, eq=False)
class JudgedPurchases:
    """What a model that knew the first part expected, beside what came later."""

    held_back: int  # weeks
    known_until: int  # day
    weeks: Sequence[PeriodOfPurchases]
    tenths: Sequence[TenthOfCustomers]
    expected: float  # purchases in the time held back
    observed: float
    expected_value: float | None  # null without a model of amounts
    observed_value: float
    n: int  # customers that the model knew
    reason: str | None

    @property
    def ratio(self) -> float | None:
        """Expected over observed: 1.75 is 75 % too many."""
        return self.expected / self.observed if self.observed and self.n else None


def purchase_models(known: Purchases) -> PurchaseModels:
    """Return the models of all customers in one currency.

    Notes
    -----
    Source: docs/definitions/buying-model.md.

    """
    return PurchaseModels(
        known,
        buying_model(known.buyers),
        spending_model(known.counts, known.means),
    )


def independence(known: Purchases) -> Estimate:
    """Return the rank correlation of how often and how much customers buy."""
    return amount_and_frequency(known.counts, known.means)


def judged_purchases(bought: Purchases) -> JudgedPurchases:
    """Return how models that knew the first half of the weeks did in the second.

    Parameters
    ----------
    bought
        All that is known. At most 52 weeks are held back.

    Returns
    -------
    JudgedPurchases
        ``too_short`` below 16 weeks of history; else the reason of the models.

    """
    start = int(bought.day.min()) if len(bought.day) else bought.last
    weeks = (bought.last - start + 1) // WEEK
    held = min(MOST_HELD_BACK, weeks // 2)
    cut = start + (weeks - held) * WEEK - 1
    known = bought.until(cut)
    models = purchase_models(known)
    reason = "too_short" if weeks < FEWEST_WEEKS else models.reason
    if reason:
        return JudgedPurchases(
            held, cut, (), (), 0, 0, None, 0, known.customers, reason
        )
    return _judged(bought, models, start=start, weeks=weeks, held=held)


def _judged(
    bought: Purchases, models: PurchaseModels, *, start: int, weeks: int, held: int
) -> JudgedPurchases:
    known, within = models.known, float(held)
    mine = (bought.first <= known.last)[bought.customer]
    inside = mine & (bought.day < start + weeks * WEEK)
    is_later = inside & (bought.day > known.last)
    repeat = inside & (bought.day > bought.first[bought.customer])
    week = (bought.day - start) // WEEK
    seen = np.bincount(week[repeat], minlength=weeks).astype(np.float64)
    # the customers of `known` are those of `bought` in the same order, without some
    place = np.cumsum(bought.first <= known.last) - 1
    later = np.bincount(
        place[bought.customer[is_later]], minlength=known.customers
    ).astype(np.float64)
    return JudgedPurchases(
        held_back=held,
        known_until=known.last,
        weeks=by_period(
            models.buying, (known.first - start) / WEEK, seen, known=weeks - held
        ),
        tenths=by_tenth(models.buying, known.buyers, later, within=within),
        expected=float(models.buying.expected(known.buyers, within=within).sum()),
        observed=float(later.sum()),
        expected_value=models.expected_value(within=within),
        observed_value=float(bought.amount[is_later].sum()),
        n=known.customers,
        reason=None,
    )


def _side_by_side(one: Maximum, other: Maximum) -> Maximum:
    """Return two independent maxima as one."""
    size = len(one.parameters)
    both = np.zeros((size + len(other.parameters),) * 2)
    both[:size, :size] = one.covariance
    both[size:, size:] = other.covariance
    return Maximum(np.concatenate([one.parameters, other.parameters]), both)
