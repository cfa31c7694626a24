"""What a run finds between charges and MRR: `analytics.revenue.reconciliation`."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import ibis.expr.types as ir

from banso.analytics.cohorts.months import month_number
from banso.analytics.revenue.booking import (
    Books,
    booked_charges,
    line_days,
    line_months,
)
from banso.analytics.revenue.reconciliation import (
    matched_charges,
    reconciliation,
    reconciliation_rows,
)
from banso.analytics.revenue.spans import revenue_spans
from banso.definitions.revenue import Reading
from banso.kernel.zones import day_number
from banso.runs.derived import Kitchen, Recipe
from banso.runs.revenue_asked import Asked
from banso.runs.revenue_queries import Exchange
from banso.warehouse.manifest import JSON, Part, content_digest
from banso.warehouse.queries import Query

RECONCILIATION: Final = "revenue_reconciliation"
RECONCILIATION_ROWS: Final = "revenue_reconciliation_rows"
SINCE: Final = "reconciled_since"  # noted: the first day of the first month
VERSION: Final = 1  # of what is computed here and in analytics.revenue


@dataclass
class Reconciling:
    """Compares the charges of a run with MRR as the standard reading reads it."""

    kitchen: Kitchen
    asked: Asked
    money: Exchange
    reading: Reading

    def parts(self) -> tuple[Mapping[str, tuple[Part, ...]], dict[str, JSON]]:
        """Return the files of `RECONCILIATION` and of the rows behind, and a note.

        Nothing without charges up to the as-of date.
        """
        if self.asked.charges is None or self._days is None:
            return {}, {}
        first, _last = self._days
        rows = self.kitchen.part(
            self._recipe(RECONCILIATION_ROWS, _ROW_ORDER), self._rows
        )
        table = self.kitchen.part(
            self._recipe(RECONCILIATION, ("currency", "period")),
            lambda: self._table(rows),
        )
        note: dict[str, JSON] = {SINCE: first.replace(day=1).isoformat()}
        return {RECONCILIATION: (table,), RECONCILIATION_ROWS: (rows,)}, note

    # -- what is asked ----------------------------------------------------------------

    @cached_property
    def _days(self) -> tuple[dt.date, dt.date] | None:
        """The day of the first charge, and the newest on which anything was known."""
        session, span = self.kitchen.session, self.asked.span
        assert span is not None, "there are contracts"
        day = session.scalar("reconciling.as_of", self.asked.as_of)
        query = session.query(charge_days, self.asked.charges, day)
        (found,) = session.to_arrow(query).to_pylist()
        if found["first"] is None:
            return None
        days = [found["last"], found["learned"], span.moment]
        return found["first"], max(each for each in days if each is not None)

    @property
    def _inputs(self) -> dict[str, object]:
        assert self._days is not None
        facts = self.kitchen.session.manifest.facts
        return {
            "version": VERSION,
            "facts": [
                content_digest(facts[name].parts)
                for name in ("subscriptions", "charges")
            ],
            "days": [day.isoformat() for day in self._days],
            "last": month_number(self.asked.as_of),
            "currency": self.money.into,
            "rates": [rate.model_dump(mode="json") for rate in self.money.rates],
            "reading": self.reading.model_dump(),
        }

    def _recipe(self, name: str, order: tuple[str, ...]) -> Recipe:
        return Recipe(name=name, slice="all", inputs=self._inputs, order_by=order)

    @property
    def _books(self) -> Books:
        return Books(
            self.money.into,
            self.money.rates,
            self.money.apart,
            by_period=self.reading.currency_rate == "period",
        )

    @property
    def _until(self) -> ir.IntegerScalar:
        assert self._days is not None
        name, day = "reconciling.until", day_number(self._days[1])
        scalar: ir.IntegerScalar = self.kitchen.session.scalar(name, day)
        return scalar

    @property
    def _since(self) -> ir.IntegerScalar:
        assert self._days is not None
        name, month = "reconciling.since", month_number(self._days[0])
        scalar: ir.IntegerScalar = self.kitchen.session.scalar(name, month)
        return scalar

    # -- rows -------------------------------------------------------------------------

    @cached_property
    def _booked(self) -> ir.Table:
        session = self.kitchen.session
        query = session.query(booked, self.asked.charges, self._books, self._until)
        return session.kept("reconciling.booked", query)

    @cached_property
    def _lines(self) -> tuple[ir.Table, ir.Table]:
        """What lines pay from day to day, and at the end of each month."""
        session = self.kitchen.session
        by_day = session.query(
            days,
            self.asked.lines,
            self.asked.charges if self.reading.discounts == "billed" else None,
            self._until,
            self.reading,
            self._books,
        )
        kept = session.kept("reconciling.days", by_day)
        last = session.scalar("reconciling.last", month_number(self.asked.as_of))
        by_month = session.query(months, kept, last)
        return kept, session.kept("reconciling.months", by_month)

    def _rows(self) -> Query:
        by_day, by_month = self._lines
        return self.kitchen.session.query(
            behind, self._booked, by_day, by_month, self._since
        )

    def _table(self, rows: Part) -> Query:
        session = self.kitchen.session
        _by_day, by_month = self._lines
        named = session.named_parts("reconciling.rows", [rows])
        return session.query(figures, self._booked, by_month, named, self._since)


_ROW_ORDER = ("currency", "period", "component", "customer_id", "subscription_id")


def charge_days(charges: ir.Table, day: ir.DateScalar) -> ir.Table:
    """Return the day of the first charge, of the last, and of the last learned."""
    learned = charges.known_at.date()
    known = charges.filter(
        charges.charged_on <= day, learned.isnull() | (learned <= day)
    )
    return known.aggregate(
        first=known.charged_on.min(),
        last=known.charged_on.max(),
        learned=known.known_at.date().max(),
    )


def booked(charges: ir.Table, books: Books, until: ir.IntegerScalar) -> ir.Table:
    """Return the charges as they stand in the books."""
    return booked_charges(charges, books, until=until)


def days(
    lines: ir.Table,
    charges: ir.Table | None,
    until: ir.IntegerScalar,
    reading: Reading,
    books: Books,
) -> ir.Table:
    """Return what each contract line pays from day to day."""
    spans = revenue_spans(
        lines, charges, until=until, reading=reading, currency=books.currency
    )
    return line_days(spans, books)


def months(by_day: ir.Table, last: ir.IntegerScalar) -> ir.Table:
    """Return how each contract line stands at the end of each month."""
    return line_months(by_day, last=last)


def behind(
    bills: ir.Table, by_day: ir.Table, by_month: ir.Table, since: ir.IntegerScalar
) -> ir.Table:
    """Return the rows between recurring charges and MRR."""
    return reconciliation_rows(matched_charges(bills, by_day), by_month, since=since)


def figures(
    bills: ir.Table, by_month: ir.Table, rows: ir.Table, since: ir.IntegerScalar
) -> ir.Table:
    """Return the figures of every month."""
    return reconciliation(bills, by_month, rows, since=since)
