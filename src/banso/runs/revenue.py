"""Revenue in a run: change events, movements, totals, retention and renewals."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Final

import ibis.expr.types as ir
import pyarrow as pa

from banso.analytics.cohorts.months import last_full_month, month_number
from banso.analytics.revenue.changes import LINE
from banso.analytics.revenue.movements import GRAINS, Grain
from banso.analytics.revenue.periods import periods
from banso.analytics.revenue.totals import GROUP
from banso.analytics.revenue.units import (
    WHOLE,
    Numbers,
    currency_numbers,
    segment_numbers,
)
from banso.analytics.revenue.variants import Window
from banso.definitions.catalog import Catalog
from banso.definitions.revenue import (
    COHORT,
    LINE_GROUPINGS,
    STANDARD,
    Reading,
    RevenueRules,
)
from banso.kernel.zones import day_number
from banso.runs import revenue_queries as queries
from banso.runs.derived import Kitchen, Recipe
from banso.runs.revenue_asked import Asked, Span
from banso.runs.revenue_basis import Basis
from banso.runs.revenue_intervals import with_interval
from banso.runs.revenue_reconciling import Reconciling
from banso.runs.revenue_revising import Revising
from banso.warehouse.manifest import JSON, Part, content_digest
from banso.warehouse.queries import Query

VERSION: Final = 2  # of what is computed here and in analytics.revenue
MRR_CHANGES: Final = "mrr_changes"
COMMITTED: Final = "committed_changes"
MOVEMENT_LINES: Final = "movement_lines"
PERIODS: Final = "revenue_periods"
RETENTION: Final = "retention_figures"
RENEWALS: Final = "renewals_due"
CONTINUATION: Final = "continuation"
VARIANT_ROWS: Final = "variant_rows"
COHORT_STEPS: Final = "cohort_steps"
WINDOWS: Final = (1, 3, 12)  # months

Parts = Mapping[str, tuple[Part, ...]]


@dataclass
class RevenueRun:
    """The files of revenue of one run.

    Nothing in them depends on the as-of date but through what happened by then: so a
    day on which no contract began, ended or was signed finds them all made.
    """

    kitchen: Kitchen
    catalog: Catalog
    currency: str  # the company's
    as_of: dt.date
    _kept: dict[str, ir.Table] = field(default_factory=dict)

    def parts(self) -> tuple[Parts, dict[str, JSON]]:
        """Return the files by result table, and what the release notes of them.

        Nothing without contracts.
        """
        if not self.kitchen.session.has("subscriptions") or self.span is None:
            return {}, {"reason": "no_contracts"}
        tables: dict[str, tuple[Part, ...]] = {
            MRR_CHANGES: (self.changes(STANDARD),),
            COMMITTED: (self.committed,),
            MOVEMENT_LINES: tuple(self.movements(grain) for grain in GRAINS),
            PERIODS: tuple(self.totals(grain) for grain in GRAINS),
            RETENTION: tuple(self.retention(key) for key in self.readings),
            RENEWALS: (self._due,),
            CONTINUATION: (self._continuation,),
            VARIANT_ROWS: tuple(self._variant_rows(key) for key in self.readings[1:]),
            COHORT_STEPS: (self._cohort_steps,),
        }
        basis = Basis.of(self.kitchen.session, self.rules, self.currency, VERSION)
        revising = Revising(self.kitchen, self.as_of, basis)
        billed, billed_note = Reconciling(
            self.kitchen, self._asked, self._money, self.rules.standard
        ).parts()
        return {**tables, **billed, **revising.parts(tables)}, {
            **revising.note(tables),
            "currency": self.currency,
            "groupings": list(self.groupings),
            "readings": list(self.readings),
            "unpriced": [dict(row) for row in self.unpriced],
            **billed_note,
        }

    # -- what is asked ----------------------------------------------------------------

    @property
    def rules(self) -> RevenueRules:
        """How revenue is read."""
        return self.catalog.revenue

    @cached_property
    def groupings(self) -> tuple[str, ...]:
        """The whole, and the groupings whose column is there."""
        there = self.kitchen.session.facts("customers").columns
        known = {*LINE_GROUPINGS, COHORT, *there}
        return (WHOLE, *(name for name in self.rules.groupings if name in known))

    @cached_property
    def readings(self) -> tuple[str, ...]:
        """The readings whose retention can differ here, the standard one first."""
        vain = {"within_period", "quick_ratio"}  # they change no retention
        if not self.rules.rates:
            vain.add("currency_rate")
        if not self.kitchen.session.has("charges"):
            vain.add("discounts")
        standard = self.rules.standard
        same = {name: getattr(standard, name) for name in vain}
        return (
            STANDARD,
            *(
                variant.key
                for variant in self.rules.variants
                if variant.reading(standard).model_copy(update=same) != standard
            ),
        )

    @cached_property
    def _asked(self) -> Asked:
        return Asked(self.kitchen.session, self.as_of)

    @cached_property
    def span(self) -> Span | None:
        """From when to when there is anything to tell; None without a contract."""
        return self._asked.span

    @property
    def until(self) -> int:
        """The day number of the last day on which anything changed."""
        assert self.span is not None
        return day_number(self.span.moment)

    def all_periods(self, grain: Grain) -> tuple[dt.date, ...]:
        """Return every period with contracts, that of the as-of date the last one."""
        assert self.span is not None
        return periods(self.span.first, self.as_of, grain)

    # -- change events ----------------------------------------------------------------

    def changes(self, key: str) -> Part:
        """Return the change events of a reading; many share those of the standard."""
        events = self._events(key)
        inputs = self._inputs(events)
        return self.kitchen.part(
            self._recipe(MRR_CHANGES, self._told_by(key), inputs, (*LINE, "day")),
            lambda: self.kitchen.session.query(
                queries.changes,
                self._asked.lines,
                self._asked.charges if events.discounts == "billed" else None,
                self._until,
                events,
                self._money,
            ),
        )

    @cached_property
    def committed(self) -> Part:
        """The change events of committed MRR."""
        return self.kitchen.part(
            self._recipe(COMMITTED, "all", self._inputs(), (*LINE, "day")),
            lambda: self.kitchen.session.query(
                queries.committed_changes, self._asked.lines, self._until, self._money
            ),
        )

    def _told_by(self, key: str) -> str:
        """Return the reading with the same change events: the standard, or itself."""
        is_same = self._events(key) == self._events(STANDARD)
        return STANDARD if is_same else key

    def _events(self, key: str) -> Reading:
        """Return the choices of a reading that change events depend on, no others."""
        reading = self.rules.reading(key)
        return Reading(**{name: getattr(reading, name) for name in _EVENTS})

    @cached_property
    def unpriced(self) -> Sequence[Mapping[str, JSON]]:
        """The currencies kept apart: ``currency``, ``lines``, ``first_day``."""
        session, rules = self.kitchen.session, self.rules
        query = session.query(queries.foreign, self._asked.lines, self.currency)
        if not session.to_arrow(query).num_rows:
            return []
        money = queries.Exchange(self.currency, rules.rates)
        query = session.query(
            queries.unpriced_currencies,
            self._asked.lines,
            self._until,
            self._events(STANDARD),
            money,
        )
        return [
            {**row, "first_day": row["first_day"].isoformat()}
            for row in session.to_arrow(query).to_pylist()
        ]

    @cached_property
    def _money(self) -> queries.Exchange:
        apart = tuple(str(row["currency"]) for row in self.unpriced)
        return queries.Exchange(self.currency, self.rules.rates, apart)

    @cached_property
    def _until(self) -> ir.IntegerScalar:
        name = "revenue.until"
        scalar: ir.IntegerScalar = self.kitchen.session.scalar(name, self.until)
        return scalar

    @cached_property
    def _numbers(self) -> Numbers:
        session = self.kitchen.session
        own = [g for g in self.groupings if g not in {WHOLE, COHORT, *LINE_GROUPINGS}]
        customers = session.named(
            "revenue.customers", session.facts("customers").select("customer_id", *own)
        )
        standard = self._asked.part(self.changes(STANDARD))
        asked = {
            "revenue.customer_numbers": session.query(
                queries.numbered_customers,
                self._asked.lines,
                customers,
                standard,
                self.groupings,
            ),
            "revenue.segment_numbers": session.query(
                segment_numbers, self._asked.lines, self.groupings
            ),
            "revenue.currency_numbers": session.query(
                currency_numbers, self._asked.lines, self.currency
            ),
        }
        kept = [session.kept(name, query) for name, query in asked.items()]
        return Numbers(kept[0], kept[1], kept[2], self.groupings)

    def _stretches(self, key: str) -> tuple[ir.Table, Numbers]:
        """Return from when to when each unit pays the same, and what numbers it."""
        reading, numbers = self.rules.reading(key), self._numbers
        if key != STANDARD:
            numbers = replace(numbers, groupings=(WHOLE,))
        changes = self._told_by(key)
        name = ".".join(
            ["revenue", changes, reading.free_plan, *numbers.groupings[1:2]]
        )
        if name not in self._kept:
            session = self.kitchen.session
            query = session.query(
                queries.stretches,
                self._asked.part(self.changes(changes)),
                numbers,
                Reading(free_plan=reading.free_plan),
            )
            self._kept[name] = session.kept(name, query)
        return self._kept[name], numbers

    # -- figures ----------------------------------------------------------------------

    def movements(self, grain: Grain) -> Part:
        """Return the movements of one grain, down to the contract line."""
        changes, reading = self.changes(STANDARD), self.rules.standard
        inputs = {"changes": changes.sha256, "reading": reading.model_dump()}
        order = ("period", *LINE, "kind")
        return self.kitchen.part(
            self._recipe(MOVEMENT_LINES, grain, inputs, order),
            lambda: self.kitchen.session.query(
                queries.movements,
                self._asked.part(changes),
                self._numbers.customers,
                self._asked.months(grain),
                self.kitchen.session.scalar("revenue.grain", grain),
                reading,
            ),
        )

    def totals(self, grain: Grain) -> Part:
        """Return the figures of every period of one grain, by segment."""
        changes, reading = self.changes(STANDARD), self.rules.standard
        movements = self.movements(grain)
        inputs = self._figure_inputs(reading, changes, movements, self.committed)
        inputs["periods"] = self.all_periods(grain)[-1].isoformat()

        def rows() -> Query:
            steps, numbers = self._stretches(STANDARD)
            return self.kitchen.session.query(
                queries.totals,
                queries.Moved(
                    self._asked.part(movements), steps, self._asked.part(self.committed)
                ),
                numbers,
                self._asked.calendar(self.all_periods(grain)),
                self._asked.months(grain),
                self.kitchen.session.scalar("revenue.grain", grain),
                reading,
            )

        order = (*GROUP, "period")
        return self.kitchen.part(self._recipe(PERIODS, grain, inputs, order), rows)

    def retention(self, key: str) -> Part:
        """Return the retention by month, as one reading reads it."""
        changes, reading = self.changes(key), self.rules.reading(key)
        inputs = self._figure_inputs(reading, changes)
        inputs["periods"] = self.all_periods("month")[-1].isoformat()

        def rows() -> pa.Table:
            windows = WINDOWS if key == STANDARD else WINDOWS[-1:]
            found = pa.concat_tables(self._kept_over(key, each) for each in windows)
            return with_interval(
                found, "logo", events="customers_kept", of="customers_start"
            )

        order = ("window_months", *GROUP, "period")
        recipe = self._recipe(RETENTION, key, inputs, order)
        return self.kitchen.table_part(recipe, rows)

    def _kept_over(self, key: str, months: int) -> pa.Table:
        """Return the retention of a reading over one window."""
        session = self.kitchen.session
        stretches, numbers = self._stretches(key)
        query = session.query(
            queries.kept,
            stretches,
            numbers,
            session.scalar("revenue.window", months),
            self._asked.calendar(self.all_periods("month")),
            session.scalar("revenue.variant", key),
            self.rules.reading(key),
        )
        found: pa.Table = session.to_arrow(query)
        return found

    def _variant_rows(self, key: str) -> Part:
        """Return who counts differently under a variant over the last 12 months."""
        month, readings = self.all_periods("month")[-1], (STANDARD, key)
        inputs = {
            "readings": [self.rules.reading(each).model_dump() for each in readings],
            "changes": [self.changes(each).sha256 for each in readings],
            "month": month.isoformat(),
        }

        def rows() -> Query:
            session, number = self.kitchen.session, month_number(month)
            window = Window(
                session.scalar("revenue.began", number - 12),
                session.scalar("revenue.month", number),
            )
            return session.query(
                queries.differing_customers,
                [queries.Read(*self._read(each)) for each in readings],
                window,
                session.scalar("revenue.variant", key),
            )

        recipe = self._recipe(VARIANT_ROWS, key, inputs, ("customer_id", "currency"))
        return self.kitchen.part(recipe, rows)

    def _read(self, key: str) -> tuple[ir.Table, Numbers, Reading]:
        stretches, numbers = self._stretches(key)
        return stretches, numbers, self.rules.reading(key)

    @property
    def _cohort_steps(self) -> Part:
        """The changes of each customer since it came, in months that are over."""
        changes, reading = self.changes(STANDARD), self.rules.standard
        last = last_full_month(self.as_of)
        inputs = {
            "changes": changes.sha256,
            "reading": reading.model_dump(),
            "last": last,
        }

        def rows() -> Query:
            session = self.kitchen.session
            units, numbers = self._stretches(STANDARD)
            return session.query(
                queries.cohort_steps,
                units,
                self._asked.part(changes),
                numbers,
                session.scalar("revenue.cohorts_until", last),
                reading,
            )

        order = ("customer_id", "currency", "month")
        return self.kitchen.part(self._recipe(COHORT_STEPS, "all", inputs, order), rows)

    @cached_property
    def _due(self) -> Part:
        inputs = {**self._inputs(), "as_of": self.as_of.isoformat()}
        words = tuple(self.catalog.forecast.ends.completed)
        inputs["completed"] = list(words)
        inputs["pause_days"] = self.rules.standard.pause_days
        session = self.kitchen.session
        return self.kitchen.part(
            self._recipe(RENEWALS, "all", inputs, _DUE_ORDER),
            lambda: session.query(
                queries.renewals,
                self._asked.lines,
                session.scalar("revenue.today", day_number(self.as_of)),
                self.rules.standard.pause_days,
                words,
                self.currency,
            ),
        )

    @property
    def _continuation(self) -> Part:
        inputs = self._figure_inputs(
            self.rules.standard, self.changes(STANDARD), self._due
        )

        def rows() -> pa.Table:
            found = pa.concat_tables(self._continued(grain) for grain in GRAINS)
            return with_interval(found, "count", events="renewed", of="due")

        order = ("grain", *GROUP, "period")
        recipe = self._recipe(CONTINUATION, "all", inputs, order)
        return self.kitchen.table_part(recipe, rows)

    def _continued(self, grain: Grain) -> pa.Table:
        session = self.kitchen.session
        query = session.query(
            queries.continued,
            self._asked.part(self._due),
            self._numbers,
            self._asked.months(grain),
            session.scalar("revenue.grain", grain),
        )
        found: pa.Table = session.to_arrow(query)
        return found

    # -- recipes ----------------------------------------------------------------------

    def _inputs(self, events: Reading | None = None) -> dict[str, object]:
        """Return what change events depend on."""
        facts = self.kitchen.session.manifest.facts
        read = ["subscriptions"]
        if events and events.discounts == "billed" and "charges" in facts:
            read.append("charges")
        return {
            "facts": {name: content_digest(facts[name].parts) for name in read},
            "until": self.until,
            "currency": self.currency,
            "rates": [rate.model_dump(mode="json") for rate in self.rules.rates],
            "events": events.model_dump(include=set(_EVENTS)) if events else {},
        }

    def _figure_inputs(self, reading: Reading, *parts: Part) -> dict[str, object]:
        facts = self.kitchen.session.manifest.facts
        return {
            "reading": reading.model_dump(),
            "parts": [part.sha256 for part in parts],
            "cohorts": self.changes(STANDARD).sha256,
            "customers": content_digest(facts["customers"].parts),
            "groupings": list(self.groupings),
        }

    def _recipe(
        self, name: str, part: str, inputs: object, order: tuple[str, ...]
    ) -> Recipe:
        return Recipe(
            name=name,
            slice=part,
            inputs={"version": VERSION, "of": inputs},
            order_by=order,
        )


# The choices that change events depend on.
_EVENTS = ("churn_at", "pause_days", "discounts", "currency_rate")
_DUE_ORDER = ("customer_id", "subscription_id", "due_on", "mrr", "mrr_after")
