"""Charges against MRR out of a release, as `revenue_reading` does."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

import ibis
import ibis.expr.types as ir
from ibis import _

from banso.analytics.cohorts.months import month_number
from banso.analytics.revenue.booking import (
    Books,
    booked_charges,
    line_days,
    line_months,
)
from banso.analytics.revenue.money import money
from banso.analytics.revenue.reconciliation import (
    CHARGE_KINDS,
    COMPONENTS,
    reconciliation,
)
from banso.analytics.revenue.spans import revenue_spans
from banso.kernel.zones import day_number
from banso.runs.reading import Row
from banso.runs.revenue_reading import LineSum, RevenueReading
from banso.runs.revenue_reconciling import (
    RECONCILIATION,
    RECONCILIATION_ROWS,
    SINCE,
)

TOTAL: Final = "billed_total"
AMOUNTS: Final = (TOTAL, *CHARGE_KINDS, "mrr", *COMPONENTS, "unexplained")


@dataclass(frozen=True)
class Reconciled:
    """What was billed in a month, and what leads from MRR to recurring charges."""

    month: dt.date
    currency: str
    charges: int
    amounts: Mapping[str, Decimal]  # by the names of `AMOUNTS`

    @property
    def difference(self) -> Decimal:
        """By how much recurring charges exceed MRR."""
        return self.amounts["recurring"] - self.amounts["mrr"]

    @classmethod
    def of(cls, row: Row) -> "Reconciled":
        """Return the figures of a row of ``revenue_reconciliation``."""
        return cls(
            month=row["period"],  # type: ignore[arg-type] # as the run wrote it
            currency=str(row["currency"]),
            charges=int(str(row["charges"])),
            amounts={name: Decimal(str(row[name])) for name in AMOUNTS},
        )


@dataclass(frozen=True)
class Item:
    """Which figure the rows are wanted of."""

    month: dt.date
    currency: str
    name: str  # one of `COMPONENTS`, of `CHARGE_KINDS`, or `TOTAL`

    @property
    def is_component(self) -> bool:
        """Whether contract lines make it, not charges."""
        return self.name in COMPONENTS


@dataclass(frozen=True)
class ReconciliationReading:
    """Reads the reconciliation of what a `RevenueReading` looks at."""

    revenue: RevenueReading

    @property
    def is_there(self) -> bool:
        """Whether the run had charges to compare."""
        return bool(self.revenue.reader.release.tables.get(RECONCILIATION))

    def months(self) -> list[Reconciled]:
        """Return every month of every currency, in that order."""
        if not self.is_there:
            return []
        reader = self.revenue.reader
        if self.revenue.customers is None:
            rows = reader.findings(RECONCILIATION)
        else:
            rows = reader.fetch(self._own_months())
        found = map(Reconciled.of, rows)
        return sorted(found, key=lambda each: (each.currency, each.month))

    # -- rows behind ------------------------------------------------------------------

    def sum_behind(self, item: Item) -> LineSum | None:
        """Return what the rows behind a figure add up to; None without any."""
        rows = self._behind(item)
        sums = rows.aggregate(
            currency=ibis.literal(item.currency),
            amount=money(rows.amount.sum()),
            lines=_.count(),
            customers=rows.customer_id.nunique(),
        )
        (row,) = self.revenue.reader.fetch(sums)
        return LineSum(**row) if row["lines"] else None  # type: ignore[arg-type] # as above

    def rows_behind(
        self, item: Item, *, start: int = 0, limit: int | None = None
    ) -> list[Row]:
        """Return the rows behind a figure, the largest amounts first.

        Returns
        -------
        list of row
            ``customer_id``, ``name`` and ``owner`` of the customer (null when it is not
            known any more), ``subscription_id`` and ``amount`` in the currency asked
            for. Of a component ``billed`` and ``expected``; of charges ``charge_id``,
            ``charged_on``, ``product``, ``kind``, and ``stated`` in ``line_currency``:
            the amount as the charge has it.

        """
        rows = self._behind(item)
        now = self.revenue.reader.result("customer_now")
        if now is None:
            return []
        named = now.select("customer_id", "name", "owner")
        joined = rows.left_join(named, "customer_id").drop("customer_id_right")
        last = "subscription_id" if item.is_component else "charge_id"
        ordered = joined.order_by(
            joined.amount.abs().desc(), joined.customer_id, joined[last]
        )
        return self.revenue.reader.fetch(ordered.limit(limit, offset=start))

    def _behind(self, item: Item) -> ir.Table:
        if item.is_component:
            table = self.revenue.table(RECONCILIATION_ROWS)
            rows = table.filter(
                table.period == ibis.literal(item.month),
                table.currency == item.currency,
                table.component == item.name,
            )
            return rows.drop("period", "currency", "component")
        booked = self._booked()
        rows = booked.filter(
            booked.month == month_number(item.month), booked.currency == item.currency
        )
        if item.name != TOTAL:
            rows = rows.filter(rows.kind.fill_null("no_kind") == item.name)
        return rows.select(
            "charge_id",
            "customer_id",
            "subscription_id",
            "charged_on",
            "product",
            "kind",
            "line_currency",
            stated="amount",
            amount="billed",
        )

    # -- some customers ---------------------------------------------------------------

    def _own_months(self) -> ir.Table:
        revenue, standard = self.revenue, self.revenue.standard
        facts = revenue.reader.all_facts
        charges = revenue.of_customers(facts("charges"))
        spans = revenue_spans(
            revenue.of_customers(facts("subscriptions")),
            charges if standard.discounts == "billed" else None,
            until=self._until,
            reading=standard,
            currency=self._books.currency,
        )
        last = month_number(revenue.reader.release.as_of)
        since = dt.date.fromisoformat(str(revenue.note[SINCE]))
        return reconciliation(
            self._booked(),
            line_months(line_days(spans, self._books), last=last),
            revenue.table(RECONCILIATION_ROWS),
            since=month_number(since),
        )

    def _booked(self) -> ir.Table:
        charges = self.revenue.of_customers(self.revenue.reader.all_facts("charges"))
        return booked_charges(charges, self._books, until=self._until)

    @property
    def _until(self) -> int:
        return day_number(self.revenue.reader.release.as_of)

    @property
    def _books(self) -> Books:
        note = self.revenue.note
        noted = note.get("unpriced")
        return Books(
            currency=str(note["currency"]),
            rates=self.revenue.reader.catalog.revenue.rates,
            apart=[str(row["currency"]) for row in noted or ()],  # type: ignore[attr-defined]
            by_period=self.revenue.standard.currency_rate == "period",
        )
