"""Revenue out of a release: of the whole company, or of some of its customers.

Whole-company figures are read as the run wrote them. For a person who sees only some
customers the same functions of `analytics.revenue` are asked again, of the change
events of those customers.
"""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Final

import ibis
import ibis.expr.types as ir
from ibis import _

from banso.analytics.revenue.changes import LINE
from banso.analytics.revenue.money import money
from banso.analytics.revenue.movements import KINDS, OTHER_KINDS, Grain
from banso.analytics.revenue.periods import MONTHS, Calendar, next_first_day, periods
from banso.analytics.revenue.totals import revenue_totals
from banso.analytics.revenue.units import (
    WHOLE,
    Numbers,
    currency_numbers,
    customer_cohorts,
    customer_numbers,
    month_steps,
    segment_numbers,
    segmented,
    unit_steps,
)
from banso.definitions.revenue import Reading
from banso.runs.reading import ReleaseReader, Row
from banso.runs.release_cache import ReleaseCache
from banso.runs.revenue import COMMITTED, MOVEMENT_LINES, MRR_CHANGES, PERIODS

OPENING: Final = "opening"
CLOSING: Final = "closing"


@dataclass(frozen=True)
class Behind:
    """Which figure the contract lines are wanted of."""

    grain: Grain
    period: dt.date  # its first day
    kind: str = ""  # of a movement, `OPENING`, `CLOSING`; empty: every movement
    grouping: str = WHOLE
    segment: str | None = ""  # null: what nothing is said of
    currency: str = ""  # empty: all of them


@dataclass(frozen=True)
class LineSum:
    """What the contract lines behind a figure add up to, in one currency."""

    currency: str
    amount: Decimal
    lines: int
    customers: int


@dataclass(frozen=True)
class PeriodFigures:
    """A row of ``revenue_periods``."""

    period: dt.date
    segment: str | None
    currency: str
    amounts: Mapping[str, Decimal]  # by kind of movement, `OPENING` and `CLOSING`
    counts: Mapping[str, int]  # customers, likewise; none of exchange and transfer
    arr: Decimal
    cmrr: Decimal
    arpa: float | None  # null without a customer
    quick_ratio: float | None  # null when nothing was lost

    @classmethod
    def of(cls, row: Row) -> "PeriodFigures":
        """Return the figures of a row as it is stored."""
        kinds = {OPENING: "mrr_start", CLOSING: "mrr_end"}
        kinds |= {kind: kind for kind in (*KINDS, *OTHER_KINDS)}
        counted = {OPENING: "customers_start", CLOSING: "customers_end"}
        counted |= {kind: f"n_{kind}" for kind in KINDS}
        return cls(
            period=row["period"],  # type: ignore[arg-type] # as the run wrote it
            segment=None if row["segment"] is None else str(row["segment"]),
            currency=str(row["currency"]),
            amounts={kind: Decimal(str(row[name])) for kind, name in kinds.items()},
            counts={kind: int(str(row[name])) for kind, name in counted.items()},
            arr=Decimal(str(row["arr"])),
            cmrr=Decimal(str(row["cmrr"])),
            arpa=_number(row["arpa"]),
            quick_ratio=_number(row["quick_ratio"]),
        )


@dataclass
class RevenueReading:
    """Reads revenue of all customers (None) or of some."""

    reader: ReleaseReader
    customers: Sequence[str] | None = None

    @property
    def note(self) -> Mapping[str, object]:
        """What the run noted of revenue; empty for a release without it."""
        noted = self.reader.release.notes.get("revenue")
        return noted if isinstance(noted, dict) else {}

    @property
    def groupings(self) -> tuple[str, ...]:
        """The splits that the run made."""
        noted = self.note.get("groupings")
        names = noted if isinstance(noted, list) else []
        return tuple(str(name) for name in names if name != WHOLE)

    @property
    def standard(self) -> Reading:
        """The reading of the definitions behind the release."""
        return self.reader.catalog.revenue.standard

    def totals(self, grain: Grain, grouping: str = WHOLE) -> list[PeriodFigures]:
        """Return the figures of all periods, by segment, currency and period."""
        if self.customers is None:
            rows = self.reader.findings(PERIODS, grain=grain, grouping=grouping)
        else:
            rows = self.own_rows(
                lambda: self._own_totals(grain, grouping), "totals", grain, grouping
            )
        return sorted(map(PeriodFigures.of, rows), key=_in_order)

    def own_rows(self, rows: Callable[[], ir.Table], *key: str | int) -> list[Row]:
        """Return figures of some customers, worked out once in a process.

        Parameters
        ----------
        rows
            Their expression.
        key
            What they are, beside whose.

        """
        assert self.customers is not None, "those of all are in the release"
        whose = tuple(self.customers)
        return _kept.of(self.reader, lambda: self.reader.fetch(rows()), *key, whose)

    # -- rows behind ------------------------------------------------------------------

    def sums_behind(self, asked: Behind) -> list[LineSum]:
        """Return what the lines behind a figure add up to, by currency."""
        rows = self._behind(asked)
        sums = rows.group_by("currency").aggregate(
            amount=money(rows.amount.sum()),
            lines=_.count(),
            customers=rows.customer_id.nunique(),
        )
        return [
            LineSum(**row)  # type: ignore[arg-type] # columns as made above
            for row in self.reader.fetch(sums.order_by("currency"))
        ]

    def lines_behind(
        self, asked: Behind, *, start: int = 0, limit: int | None = None
    ) -> list[Row]:
        """Return the contract lines behind a figure, the largest amounts first.

        Returns
        -------
        list of row
            The columns of the line, ``kind``, ``amount`` (decimal, signed), and the
            customer's ``name`` and ``owner`` (null when it is not known any more).

        """
        rows = self._behind(asked)
        now = self.reader.result("customer_now")
        if now is None:
            return []
        named = now.select("customer_id", "name", "owner")
        joined = rows.left_join(named, "customer_id").drop("customer_id_right")
        ordered = joined.order_by(
            joined.amount.abs().desc(), *(joined[name] for name in (*LINE, "kind"))
        )
        return self.reader.fetch(ordered.limit(limit, offset=start))

    def _behind(self, asked: Behind) -> ir.Table:
        if asked.kind in (OPENING, CLOSING):
            rows = self._level(asked)
        else:
            lines = self.table(MOVEMENT_LINES)
            rows = lines.filter(
                lines.grain == asked.grain, lines.period == ibis.literal(asked.period)
            )
            if asked.kind:
                rows = rows.filter(rows.kind == asked.kind)
            rows = rows.select(*LINE, "kind", "amount")
        if asked.currency:
            rows = rows.filter(rows.currency == asked.currency)
        if asked.grouping == WHOLE:
            return rows
        placed = self.segmented(rows, asked.grouping)
        kept = placed.filter(placed.segment.identical_to(ibis.literal(asked.segment)))
        if asked.segment is None:
            kept = placed.filter(placed.segment.isnull())
        return kept.drop("grouping", "segment")

    def _level(self, asked: Behind) -> ir.Table:
        """Return what each line pays when the period begins or ends."""
        day = asked.period
        if asked.kind == CLOSING:
            day = next_first_day(day, asked.grain)
        changes = self.table(MRR_CHANGES)
        so_far = changes.filter(changes.day < ibis.literal(day))
        lines = so_far.group_by(*LINE).aggregate(amount=money(so_far.change.sum()))
        kept = lines.filter(lines.amount != 0)
        return kept.mutate(kind=ibis.literal(asked.kind)).select(
            *LINE, "kind", "amount"
        )

    # -- some customers ---------------------------------------------------------------

    def _own_totals(self, grain: Grain, grouping: str) -> ir.Table:
        lines, numbers = self.table(MOVEMENT_LINES), self.numbers(grouping)
        steps = month_steps(self.table(MRR_CHANGES), numbers)
        totals = revenue_totals(
            lines.filter(lines.grain == grain).drop("grain"),
            unit_steps(steps, months=MONTHS[grain], reading=self.standard),
            self.table(COMMITTED),
            numbers=numbers,
            calendar=Calendar.of(self.all_periods(grain)),
            months=MONTHS[grain],
            reading=self.standard,
        )
        return totals.filter(totals.grouping == grouping)

    def numbers(self, grouping: str) -> Numbers:
        """Return what the figures of a split are counted by."""
        groupings = (WHOLE,) if grouping == WHOLE else (WHOLE, grouping)
        every = self.reader.result(MRR_CHANGES)
        assert every is not None
        people = self.reader.all_facts("customers")
        lines = self.reader.all_facts("subscriptions")
        return Numbers(
            customer_numbers(
                self.of_customers(people), people, customer_cohorts(every), groupings
            ),
            segment_numbers(lines, groupings),
            currency_numbers(lines, str(self.note["currency"])),
            groupings,
        )

    def all_periods(self, grain: Grain) -> tuple[dt.date, ...]:
        """Return every period of the release, the first one with a contract first."""
        return periods(self._first, self.reader.release.as_of, grain)

    @cached_property
    def _first(self) -> dt.date:
        table = self.reader.result(PERIODS)
        assert table is not None
        (row,) = self.reader.fetch(table.aggregate(first=table.period.min()))
        first = row["first"]
        return first if isinstance(first, dt.date) else self.reader.release.as_of

    def segmented(self, rows: ir.Table, grouping: str) -> ir.Table:
        """Return rows of contract lines with their segment in a split."""
        every = self.reader.result(MRR_CHANGES)
        assert every is not None
        return segmented(
            rows,
            grouping,
            customers=self.reader.all_facts("customers"),
            cohorts=customer_cohorts(every),
        )

    def table(self, name: str) -> ir.Table:
        """Return the rows of a result, of the customers that are looked at."""
        table = self.reader.result(name)
        assert table is not None, f"a release with revenue has {name}"
        return self.of_customers(table)

    def of_customers(self, table: ir.Table) -> ir.Table:
        """Return the rows of the customers that are looked at."""
        if self.customers is None:
            return table
        return table.filter(table.customer_id.isin(list(self.customers)))


_kept: Final = ReleaseCache[list[Row]](100)


def _in_order(row: PeriodFigures) -> tuple[bool, str, str, dt.date]:
    """Return where figures stand: what nothing is said of comes last."""
    return row.segment is None, row.segment or "", row.currency, row.period


def _number(value: object) -> float | None:
    return None if value is None else float(str(value))
