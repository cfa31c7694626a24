"""Purchases without a contract: what a run writes of them."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from ibis import _
from numpy.typing import NDArray

from banso.analytics.figures.estimate import Estimate
from banso.analytics.lifetime.purchases import (
    AHEAD,
    WEEK,
    JudgedPurchases,
    Purchases,
    independence,
    judged_purchases,
    purchase_models,
)
from banso.kernel.zones import day_number, day_of_number
from banso.runs.row_tables import placed_table
from banso.warehouse.session import Session

TABLES: Final = ("buying", "buying_judged", "buying_weeks", "buying_tenths")
# what a contract brings is in the contracts
OF_CONTRACTS: Final = ("recurring", "discount")


@dataclass(frozen=True)
class BuyingRow:
    """A row of ``buying``: one figure of one segment, per customer."""

    currency: str
    grouping: str
    segment: str
    figure: str  # alive, purchases, amount, value
    value: float | None
    low: float | None
    high: float | None
    n: int
    events: int  # customers who bought again
    reason: str | None


@dataclass(frozen=True)
class JudgedRow:
    """A row of ``buying_judged``: the models of the first part beside the second."""

    currency: str
    known_until: dt.date
    weeks: int  # held back
    n: int  # customers that the model knew
    expected: float | None  # purchases in the weeks held back
    observed: float | None
    expected_value: float | None
    observed_value: float | None
    correlation: float | None  # of how often and how much, which should be 0
    correlation_low: float | None
    correlation_high: float | None
    nobody_leaves: bool  # of the model of today
    reason: str | None


@dataclass(frozen=True)
class WeekRow:
    """A row of ``buying_weeks``: all repeat purchases of a week."""

    currency: str
    week: dt.date  # its first day
    is_later: bool
    expected: float
    observed: float


@dataclass(frozen=True)
class TenthRow:
    """A row of ``buying_tenths``: customers by what was expected of them."""

    currency: str
    tenth: int
    customers: int
    expected: float  # purchases per customer in the weeks held back
    observed: float


@dataclass
class Purchasing:
    """The purchases of customers that never had a paid contract."""

    session: Session
    people: ir.Table  # customer_id and what they can be grouped by
    groups: Sequence[str]
    last: dt.date  # the last day that is looked at

    def table(self, name: str) -> pa.Table:
        """Return one of `TABLES`; without such purchases it has no rows."""
        match name:
            case "buying":
                return placed_table(self._figures(), BuyingRow)
            case "buying_judged":
                return placed_table(self._judged_rows(), JudgedRow)
            case "buying_weeks":
                return placed_table(self._weeks(), WeekRow)
            case _:
                return placed_table(self._tenths(), TenthRow)

    def _figures(self) -> Iterator[BuyingRow]:
        for currency, bought in self._purchases.items():
            models = purchase_models(bought)
            for grouping, segment, mine in self._segments(currency):
                found = models.figures(mine, within=float(AHEAD))
                for figure, estimate in found.items():
                    yield _row((currency, grouping, segment, figure), estimate)

    def _judged_rows(self) -> Iterator[JudgedRow]:
        for currency, found in self._judged.items():
            bought = self._purchases[currency]
            rho = independence(bought)
            known = found.reason is None
            yield JudgedRow(
                currency=currency,
                known_until=day_of_number(found.known_until),
                weeks=found.held_back,
                n=found.n,
                expected=found.expected if known else None,
                observed=found.observed if known else None,
                expected_value=found.expected_value,
                observed_value=found.observed_value if known else None,
                correlation=rho.value,
                correlation_low=rho.low,
                correlation_high=rho.high,
                nobody_leaves=purchase_models(bought).buying.nobody_leaves,
                reason=found.reason,
            )

    def _weeks(self) -> Iterator[WeekRow]:
        for currency, found in self._judged.items():
            start = int(self._purchases[currency].day.min())
            for each in found.weeks:
                yield WeekRow(
                    currency=currency,
                    week=day_of_number(start + each.period * WEEK),
                    is_later=each.is_later,
                    expected=each.expected,
                    observed=each.observed,
                )

    def _tenths(self) -> Iterator[TenthRow]:
        for currency, found in self._judged.items():
            for each in found.tenths:
                yield TenthRow(
                    currency, each.tenth, each.customers, each.expected, each.observed
                )

    @cached_property
    def _judged(self) -> Mapping[str, JudgedPurchases]:
        return {
            currency: judged_purchases(bought)
            for currency, bought in self._purchases.items()
        }

    def _segments(self, currency: str) -> Iterator[tuple[str, str, NDArray[np.bool_]]]:
        """Yield all customers of a currency, then each segment of each grouping."""
        buyers = self._buyers[currency]
        yield "all", "", np.ones(len(buyers), dtype=bool)
        for grouping in self.groups:
            values = [each or "" for each in buyers[grouping].to_pylist()]
            for value in sorted(set(values)):
                mine = np.array([each == value for each in values], dtype=bool)
                yield grouping, value, mine

    @cached_property
    def _purchases(self) -> Mapping[str, Purchases]:
        """Return the purchases by currency, customers in the order of `_buyers`."""
        found = {}
        for currency, buyers in self._buyers.items():
            rows = self._days.filter(pc.equal(self._days["currency"], currency))
            place = pc.index_in(
                rows["customer_id"], buyers["customer_id"].combine_chunks()
            )
            found[currency] = Purchases(
                customer=np.asarray(place, dtype=np.int64),
                day=np.array([day_number(day) for day in rows["day"].to_pylist()]),
                amount=np.asarray(rows["amount"].cast(pa.float64()), dtype=np.float64),
                customers=len(buyers),
                last=day_number(self.last),
            )
        return found

    @cached_property
    def _buyers(self) -> Mapping[str, pa.Table]:
        """Return who bought, in order, with what they can be grouped by."""
        everybody = self.session.to_arrow(
            self.people.select("customer_id", *self.groups).order_by("customer_id")
        )
        found = {}
        for currency in sorted(set(self._days["currency"].to_pylist())):
            rows = self._days.filter(pc.equal(self._days["currency"], currency))
            ids = pa.array(sorted(set(rows["customer_id"].to_pylist())), pa.string())
            place = pc.index_in(ids, everybody["customer_id"].combine_chunks())
            found[currency] = everybody.take(place)
        return found

    @cached_property
    def _days(self) -> pa.Table:
        """Return what each customer bought by day and currency, refunds apart."""
        charges = self.session.facts("charges")
        rows = charges.filter(
            charges.charged_on <= ibis.literal(self.last),
            charges.amount > 0,
            ~charges.kind.isin(OF_CONTRACTS).fill_null(False),  # noqa: FBT003 - ibis's
        )
        if self.session.has("subscriptions"):
            lines = self.session.facts("subscriptions")
            rows = rows.anti_join(lines.filter(lines.mrr > 0), "customer_id")
        rows = rows.semi_join(self.people, "customer_id")
        days = (
            rows.mutate(day=_.charged_on, currency=_.currency.fill_null(""))
            .group_by("customer_id", "currency", "day")
            .aggregate(amount=_.amount.sum())
        )
        return self.session.to_arrow(days.order_by("customer_id", "currency", "day"))


def _row(key: tuple[str, str, str, str], found: Estimate) -> BuyingRow:
    return BuyingRow(
        *key, found.value, found.low, found.high, found.n, found.events, found.reason
    )
