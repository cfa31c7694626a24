"""The rows of the result tables of lifetimes."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Final

import numpy as np

from banso.analytics.cohorts.months import first_day
from banso.analytics.figures.estimate import Estimate
from banso.analytics.lifetime.anniversaries import anniversaries, renewal_years
from banso.analytics.lifetime.contract_value import Terms, ValueCurve, value_curve
from banso.analytics.lifetime.paid import Paid
from banso.analytics.lifetime.renewals import RenewalModel
from banso.analytics.lifetime.unit_economics import (
    acquisition_cost,
    payback,
    serving_margin,
    value_to_cost,
)
from banso.analytics.simulators.starting import YEAR, starting_point

MONTHS: Final = (12, 24, 36, 60)
RENEWALS: Final = (1, 2, 3, 5)
ANNIVERSARIES: Final = (1, 2, 3, 4, 5)
DISCOUNT: Final = 0.1  # a year, of the terms to come
ROUNDS: Final = 200


@dataclass(frozen=True)
class Spent:
    """What twelve months cost; null when nothing of a kind is known."""

    acquisition: float | None = None
    serving: float | None = None

    def plus(self, other: "Spent") -> "Spent":
        """Return both together."""
        return Spent(
            _added(self.acquisition, other.acquisition),
            _added(self.serving, other.serving),
        )


def _added(one: float | None, other: float | None) -> float | None:
    return one if other is None else (one or 0.0) + other


@dataclass(frozen=True, eq=False)
class Segment:
    """Some customers and what they paid."""

    grouping: str
    segment: str
    paid: Paid
    currency: str | None  # null: several
    seed: int  # of the bootstrap
    spent: Spent = field(default_factory=Spent)
    is_part: bool = False  # those of a segment that pay in one of its currencies

    @cached_property
    def curve(self) -> ValueCurve:
        """Return the revenue of a new customer by month of life."""
        if self.currency is None and len(self.paid.cohort):
            return ValueCurve(n=len(self.paid.cohort), reason="several_currencies")
        came = self.paid.cohort <= self.paid.last
        terms = Terms(rounds=ROUNDS, seed=self.seed)
        found = self.paid.rows(came)
        return value_curve(found.by_age, terms, there=found.there)

    @cached_property
    def won(self) -> int:
        """Customers that came within the twelve months looked at."""
        after = self.paid.last - YEAR
        return int(
            ((self.paid.cohort > after) & (self.paid.cohort <= self.paid.last)).sum()
        )

    @cached_property
    def revenue(self) -> float:
        """Recurring revenue of the twelve months looked at."""
        months = range(self.paid.last - YEAR + 1, self.paid.last + 1)
        return float(sum(np.nansum(self.paid.at(month)) for month in months))

    def yearly_renewals(self) -> RenewalModel:
        """Return the model of customers that may leave at each anniversary."""
        return anniversaries(self.paid, last=self.paid.last).model()


@dataclass(frozen=True)
class LifetimeRow:
    """A row of ``lifetime``: one figure of one segment."""

    grouping: str
    segment: str
    figure: str
    value: float | None
    low: float | None
    high: float | None
    n: int
    events: int
    reason: str | None
    currency: str | None  # of figures of money, and of all of a part by currency


@dataclass(frozen=True)
class LifetimeCurveRow:
    """A row of ``lifetime_curves``: one month of life of a new customer."""

    grouping: str
    segment: str
    month: int  # of life, from 1
    at_risk: int
    there: float  # share still there
    paid: float  # mean of those there
    value: float  # revenue per new customer so far
    low: float
    high: float
    currency: str | None


@dataclass(frozen=True)
class RenewalRow:
    """A row of ``renewal_years``: one share of those who came to an anniversary."""

    grouping: str
    segment: str
    renewal: int  # from 1; 0: all of the last twelve months
    kind: str  # renewed, fitted; later_renewed, forecast: of the last twelve months
    value: float | None
    low: float | None
    high: float | None
    n: int
    events: int  # who left
    reason: str | None


@dataclass(frozen=True)
class StartingRow:
    """A row of ``starting_point``: where simulations in one currency begin."""

    month: dt.date  # the first day of the last month that is over
    currency: str
    customers: int
    mrr: float
    customers_before: int
    mrr_before: float
    won: int
    won_mrr: float
    churn: float | None
    customer_churn: float | None
    expansion: float | None
    serving_cost: float | None  # of twelve months
    acquisition_cost: float | None
    reason: str | None


def lifetime_rows(segment: Segment) -> Iterator[LifetimeRow]:
    """Yield the figures of a segment."""
    curve = segment.curve
    spent = segment.spent
    margin = serving_margin(segment.revenue, spent.serving)
    cost = acquisition_cost(spent.acquisition, segment.won)
    yield _row(segment, "margin", margin)
    yield _row(segment, "acquisition_cost", cost, is_money=True)
    for months in MONTHS:
        revenue = curve.within(months)
        earned = _times(revenue, margin)
        yield _row(segment, f"revenue_{months}", revenue, is_money=True)
        yield _row(segment, f"value_{months}", earned, is_money=True)
        yield _row(segment, f"value_to_cost_{months}", value_to_cost(earned, cost))
    yield _row(segment, "payback_months", _paid_back(curve, cost, margin))
    if segment.is_part:
        return  # whoever pays in whichever currency renews or leaves
    model = segment.yearly_renewals()
    for renewal in RENEWALS:
        yield _row(segment, f"renewal_{renewal}", model.retention(renewal))
    yield _row(segment, "years", model.lifetime(discount=DISCOUNT))


def curve_rows(segment: Segment) -> Iterator[LifetimeCurveRow]:
    """Yield the months of life of a segment."""
    curve = segment.curve
    for place in range(curve.months):
        yield LifetimeCurveRow(
            grouping=segment.grouping,
            segment=segment.segment,
            month=place + 1,
            at_risk=int(curve.at_risk[place]),
            there=float(curve.there[place]),
            paid=float(curve.paid[place]),
            value=float(curve.value[place]),
            low=float(curve.low[place]),
            high=float(curve.high[place]),
            currency=segment.currency,
        )


def renewal_rows(segment: Segment) -> Iterator[RenewalRow]:
    """Yield the anniversaries of a segment, beside what models say of them."""
    for year in renewal_years(segment.paid, renewals=ANNIVERSARIES):
        kinds = {
            "renewed": year.renewed,
            "fitted": year.fitted,
            "later_renewed": year.later_renewed,
            "forecast": year.forecast,
        }
        for kind, found in kinds.items():
            if found.reason == "not_asked":
                continue
            yield RenewalRow(
                grouping=segment.grouping,
                segment=segment.segment,
                renewal=year.renewal,
                kind=kind,
                value=found.value,
                low=found.low,
                high=found.high,
                n=found.n,
                events=found.events,
                reason=found.reason,
            )


def starting_row(segment: Segment) -> StartingRow:
    """Return the row of the customers who pay in one currency."""
    found, spent = starting_point(segment.paid), segment.spent
    assert segment.currency is not None, "money of one currency"
    return StartingRow(
        month=first_day(segment.paid.last),
        currency=segment.currency,
        customers=found.customers,
        mrr=found.mrr,
        customers_before=found.customers_before,
        mrr_before=found.mrr_before,
        won=found.won,
        won_mrr=found.won_mrr,
        churn=found.churn,
        customer_churn=found.customer_churn,
        expansion=found.expansion,
        serving_cost=spent.serving,
        acquisition_cost=spent.acquisition,
        reason=found.reason,
    )


def _row(
    segment: Segment, figure: str, found: Estimate, *, is_money: bool = False
) -> LifetimeRow:
    return LifetimeRow(
        grouping=segment.grouping,
        segment=segment.segment,
        figure=figure,
        value=found.value,
        low=found.low,
        high=found.high,
        n=found.n,
        events=found.events,
        reason=found.reason,
        currency=segment.currency if is_money or segment.is_part else None,
    )


def _times(revenue: Estimate, margin: Estimate) -> Estimate:
    """Return the margin of some revenue; the margin itself is counted, not sampled."""
    if revenue.value is None or revenue.low is None or revenue.high is None:
        return revenue
    if margin.value is None:
        assert margin.reason is not None
        return Estimate.unknown(margin.reason, n=revenue.n, events=revenue.events)
    share = margin.value
    low, high = sorted((revenue.low * share, revenue.high * share))
    return Estimate(revenue.value * share, low, high, revenue.n, revenue.events)


def _paid_back(curve: ValueCurve, cost: Estimate, margin: Estimate) -> Estimate:
    if margin.value is None or margin.value <= 0 or cost.value is None:
        reason = cost.reason or margin.reason or "not_reached"
        return Estimate.unknown(reason, n=curve.n)
    found = payback(replace(curve, value=curve.value * margin.value), cost)
    if found.months is None:
        return Estimate.unknown(found.reason or "not_reached", n=curve.n)
    months = float(found.months)
    return Estimate(months, months, months, curve.n, curve.losses)
