"""Contracts and charges as Ibis tables, and revenue from them on DuckDB."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import duckdb
import ibis
import ibis.expr.types as ir
import pyarrow as pa
from ibis import _
from lakes import TYPES

from banso.analytics.cohorts.months import month_number
from banso.analytics.revenue.booking import (
    Books,
    booked_charges,
    line_days,
    line_months,
)
from banso.analytics.revenue.changes import mrr_changes
from banso.analytics.revenue.committed import committed_spans
from banso.analytics.revenue.money import converted, unpriced
from banso.analytics.revenue.movements import Grain, movement_lines
from banso.analytics.revenue.periods import MONTHS, Calendar, periods
from banso.analytics.revenue.reconciliation import (
    matched_charges,
    reconciliation,
    reconciliation_rows,
)
from banso.analytics.revenue.renewals import continuation, due_renewals
from banso.analytics.revenue.retention import retention
from banso.analytics.revenue.spans import revenue_spans
from banso.analytics.revenue.totals import revenue_totals
from banso.analytics.revenue.units import (
    WHOLE,
    Numbers,
    currency_numbers,
    customer_cohorts,
    customer_numbers,
    month_steps,
    segment_numbers,
    unit_steps,
    unit_stretches,
)
from banso.definitions.revenue import Rate, Reading
from banso.kernel.zones import day_number
from banso.tables.registry import TABLES

Row = Mapping[str, Any]


def stored(name: str, rows: Iterable[Row], more: Sequence[str] = ()) -> pa.Table:
    """Return rows with all columns of a table of the contract."""
    fields = [(column.name, TYPES[column.kind]) for column in TABLES[name].columns]
    fields += [(column, pa.string()) for column in more]
    fields.append(("known_at", pa.timestamp("us")))
    return pa.Table.from_pylist([dict(row) for row in rows], pa.schema(fields))


@dataclass(frozen=True)
class Query:
    """An expression compiled for DuckDB, with the types that Ibis says."""

    sql: str
    schema: pa.Schema

    @classmethod
    def of(cls, expression: ir.Table) -> "Query":
        """Return the compiled expression."""
        sql = ibis.to_sql(expression, dialect="duckdb")
        return cls(str(sql), expression.schema().to_pyarrow())


@dataclass
class Revenue:
    """Revenue of one company as one reading reads it, in yen."""

    contracts: pa.Table
    until: dt.date
    reading: Reading = field(default_factory=Reading)
    charges: pa.Table | None = None
    customers: pa.Table = field(
        default_factory=lambda: stored("customers", [], ["case"])
    )
    rates: tuple[Rate, ...] = ()
    grain: Grain = "month"

    def movements(self) -> list[Row]:
        """Return the movements by customer: what adds up to nothing is none."""
        lines = self.movement_lines
        grouped = lines.group_by("period", "customer_id", "kind", "currency")
        summed = grouped.aggregate(amount=_.amount.sum())
        return self.found(summed.filter(summed.amount != 0))

    def totals(self, grouping: str = WHOLE) -> list[Row]:
        """Return the figures of every period by segment."""
        return self.found(self.totals_by(grouping))

    def totals_by(self, grouping: str) -> ir.Table:
        """Return the expression of the figures of every period by segment."""
        numbers = self.numbers(grouping)
        totals = revenue_totals(
            self.movement_lines,
            self.units(numbers),
            self._changes(self._committed),
            numbers=numbers,
            calendar=Calendar.of(self.all_periods),
            months=MONTHS[self.grain],
            reading=self.reading,
        )
        return totals.filter(totals.grouping == grouping)

    def retention(self, months: int, grouping: str = WHOLE) -> list[Row]:
        """Return retention over a window by segment."""
        numbers = self.numbers(grouping)
        kept = retention(
            unit_stretches(self.units(numbers)),
            numbers=numbers,
            window_months=months,
            calendar=Calendar.of(self.all_periods),
            reading=self.reading,
        )
        return self.found(kept.filter(kept.grouping == grouping))

    def continuation(self, grouping: str = WHOLE) -> list[Row]:
        """Return the contract continuation rate by month and segment."""
        rates = continuation(self.due, numbers=self.numbers(grouping), months=1)
        return self.found(rates.filter(rates.grouping == grouping))

    @cached_property
    def reconciled(self) -> tuple[ir.Table, ir.Table]:
        """The expressions of the reconciliation and of the rows behind it."""
        until, charges = day_number(self.until), self.table("charges")
        books = Books(
            "JPY",
            self.rates,
            self._apart(self._spans),
            by_period=self.reading.currency_rate == "period",
        )
        booked = booked_charges(charges, books, until=until)
        days = line_days(self._spans, books)
        months = line_months(days, last=month_number(self.until))
        since = booked.aggregate(since=booked.month.min()).since.as_scalar()
        rows = reconciliation_rows(matched_charges(booked, days), months, since=since)
        return reconciliation(booked, months, rows, since=since), rows

    def renewals(self) -> list[Row]:
        """Return the due renewals."""
        return self.found(self.due)

    @property
    def due(self) -> ir.Table:
        """The expression of due renewals."""
        return due_renewals(
            self.table("contracts"),
            until=day_number(self.until),
            pause_days=self.reading.pause_days,
            completed=("completed",),
            currency="JPY",
        )

    def units(self, numbers: Numbers) -> ir.Table:
        """Return the expression of unit steps."""
        steps = month_steps(self.changes, numbers)
        return unit_steps(steps, months=MONTHS[self.grain], reading=self.reading)

    def numbers(self, grouping: str) -> Numbers:
        """Return the expressions of all that is numbered, for one grouping."""
        groupings = (WHOLE, *({grouping} - {WHOLE}))
        contracts = self.table("contracts")
        return Numbers(
            customer_numbers(
                contracts,
                self.table("customers"),
                customer_cohorts(self.changes),
                groupings,
            ),
            segment_numbers(contracts, groupings),
            currency_numbers(contracts, "JPY"),
            groupings,
        )

    @cached_property
    def movement_lines(self) -> ir.Table:
        """The expression of movements down to the line."""
        return movement_lines(
            self.changes,
            self.numbers(WHOLE).customers,
            months=MONTHS[self.grain],
            reading=self.reading,
        )

    @cached_property
    def changes(self) -> ir.Table:
        """The expression of change events."""
        return self._changes(self._spans)

    @property
    def _spans(self) -> ir.Table:
        charges = None if self.charges is None else self.table("charges")
        return revenue_spans(
            self.table("contracts"),
            charges,
            until=day_number(self.until),
            reading=self.reading,
            currency="JPY",
        )

    @property
    def all_periods(self) -> tuple[dt.date, ...]:
        """Every period since the first contract."""
        first = min(row["started_on"] for row in self.contracts.to_pylist())
        return periods(min(first, self.until), self.until, self.grain)

    def found(self, expression: ir.Table) -> list[Row]:
        """Return the rows of an expression."""
        return self.answer(Query.of(expression))

    def answer(self, query: "Query") -> list[Row]:
        """Return the rows of a query that was compiled before, on these contracts."""
        with self._con() as con:
            found = con.sql(query.sql).to_arrow_table().cast(query.schema)
        rows: list[Row] = found.to_pylist()
        return rows

    @property
    def _committed(self) -> ir.Table:
        return committed_spans(
            self.table("contracts"), until=day_number(self.until), currency="JPY"
        )

    def _changes(self, spans: ir.Table) -> ir.Table:
        return mrr_changes(
            converted(
                spans,
                self.rates,
                into="JPY",
                by_period=self.reading.currency_rate == "period",
                apart=self._apart(spans),
            )
        )

    def _apart(self, spans: ir.Table) -> list[str]:
        currencies = set(self.contracts["currency"].to_pylist()) - {None, "JPY"}
        if not currencies:
            return []
        lacking = self.found(unpriced(spans, self.rates, into="JPY"))
        return [str(row["currency"]) for row in lacking]

    def table(self, name: str) -> ir.Table:
        """Return the expression of the contracts, charges or customers."""
        return ibis.table(ibis.schema(getattr(self, name).schema), name=name)

    def _con(self) -> duckdb.DuckDBPyConnection:
        con = duckdb.connect()
        for name in ("contracts", "charges", "customers"):
            table = getattr(self, name)
            if table is not None:
                con.register(name, table)
        return con
