"""Revenue in a run: change events, movements, totals, retention and renewals."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import ibis
import ibis.expr.types as ir
import pyarrow as pa
from ibis import _

from banso.analytics.figures.proportions import proportion
from banso.analytics.revenue.changes import LINE, mrr_changes
from banso.analytics.revenue.committed import committed_spans
from banso.analytics.revenue.money import converted, unpriced
from banso.analytics.revenue.movements import GRAINS, UNITS, Grain, movement_lines
from banso.analytics.revenue.periods import periods
from banso.analytics.revenue.renewals import continuation, due_renewals
from banso.analytics.revenue.retention import retention
from banso.analytics.revenue.spans import revenue_spans
from banso.analytics.revenue.totals import GROUP, revenue_totals
from banso.analytics.revenue.units import (
    WHOLE,
    customer_cohorts,
    split,
    unit_steps,
)
from banso.analytics.revenue.variants import retained_customers, variant_rows
from banso.definitions.catalog import Catalog
from banso.definitions.revenue import (
    COHORT,
    LINE_GROUPINGS,
    STANDARD,
    Reading,
    RevenueRules,
)
from banso.kernel.zones import day_number
from banso.runs.derived import Kitchen, Recipe
from banso.warehouse.manifest import JSON, Part, content_digest

VERSION: Final = 2  # of what is computed here and in analytics.revenue
MRR_CHANGES: Final = "mrr_changes"
COMMITTED: Final = "committed_changes"
MOVEMENT_LINES: Final = "movement_lines"
PERIODS: Final = "revenue_periods"
RETENTION: Final = "retention_figures"
RENEWALS: Final = "renewals_due"
CONTINUATION: Final = "continuation"
VARIANT_ROWS: Final = "variant_rows"
WINDOWS: Final = (1, 3, 12)  # months
_DATES = ("started_on", "ended_on", "cancelled_on", "signed_on")

Parts = Mapping[str, tuple[Part, ...]]


@dataclass(frozen=True)
class Span:
    """From when on there are contracts, and until when anything happened to them."""

    first: dt.date
    moment: dt.date  # the newest day up to the as-of date on which anything changed


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

    def parts(self) -> tuple[Parts, dict[str, JSON]]:
        """Return the files by result table, and what the release notes of them.

        Nothing without contracts.
        """
        if not self.kitchen.session.has("subscriptions") or self.span is None:
            return {}, {"reason": "no_contracts"}
        tables: dict[str, tuple[Part, ...]] = {
            MRR_CHANGES: (self.changes(STANDARD),),
            COMMITTED: (self.committed,),
            MOVEMENT_LINES: tuple(self._movements(grain) for grain in GRAINS),
            PERIODS: tuple(self._totals(grain) for grain in GRAINS),
            RETENTION: tuple(self._retention(key) for key in self.readings),
            RENEWALS: (self._due,),
            CONTINUATION: (self._continuation,),
            VARIANT_ROWS: tuple(self._variant_rows(key) for key in self.readings[1:]),
        }
        return tables, {
            "currency": self.currency,
            "groupings": list(self.groupings),
            "readings": list(self.readings),
            "unpriced": [dict(row) for row in self.unpriced],
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
    def span(self) -> Span | None:
        """From when to when there is anything to tell; None without a contract."""
        lines = self.kitchen.session.facts("subscriptions")
        day = ibis.literal(self.as_of)
        days = [lines[name] for name in _DATES] + [lines.known_at.date()]
        moments = {
            f"m{place}": value.max(where=value <= day)
            for place, value in enumerate(days)
        }
        first = ibis.least(
            lines.started_on, lines.signed_on.fill_null(lines.started_on)
        )
        found = self.kitchen.session.to_arrow(
            lines.aggregate(first=first.min(where=first <= day), **moments)
        ).to_pylist()[0]
        start = found.pop("first")
        if start is None:
            return None
        charged = self._last_discount()
        newest = [day for day in (*found.values(), charged) if day is not None]
        return Span(start, max(newest))

    def _last_discount(self) -> dt.date | None:
        if not self.kitchen.session.has("charges"):
            return None
        charges = self.kitchen.session.facts("charges")
        wanted = (charges.kind == "discount") & (charges.charged_on <= self.as_of)
        month_end = (charges.charged_on.truncate("M") + ibis.interval(months=1)).cast(
            "date"
        )
        there = charges.filter(wanted)
        newest = there.aggregate(
            charged=there.charged_on.max(),
            over=month_end.max(where=month_end <= self.as_of),
        )
        row = self.kitchen.session.to_arrow(newest).to_pylist()[0]
        days = [day for day in row.values() if day is not None]
        return max(days) if days else None

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
        reading = self.rules.reading(key)
        if key != STANDARD and _events_of(reading) == _events_of(self.rules.standard):
            return self.changes(STANDARD)
        inputs = self._inputs(_events_of(reading))
        return self.kitchen.part(
            self._recipe(MRR_CHANGES, key, inputs, (*LINE, "day")),
            lambda: mrr_changes(self._converted(self._spans(reading), reading)),
        )

    @cached_property
    def committed(self) -> Part:
        """The change events of committed MRR."""
        session = self.kitchen.session
        spans = committed_spans(
            session.facts("subscriptions"), until=self.until, currency=self.currency
        )
        return self.kitchen.part(
            self._recipe(COMMITTED, "all", self._inputs(), (*LINE, "day")),
            lambda: mrr_changes(self._converted(spans, Reading())),
        )

    def _spans(self, reading: Reading) -> ir.Table:
        session = self.kitchen.session
        return revenue_spans(
            session.facts("subscriptions"),
            session.facts("charges") if session.has("charges") else None,
            until=self.until,
            reading=reading,
            currency=self.currency,
        )

    @cached_property
    def unpriced(self) -> Sequence[Mapping[str, JSON]]:
        """The currencies kept apart: ``currency``, ``lines``, ``first_day``."""
        spans = self._spans(self.rules.standard)
        lacking = unpriced(spans, self.rules.rates, into=self.currency)
        found = self.kitchen.session.to_arrow(lacking.order_by("currency"))
        return [
            {**row, "first_day": row["first_day"].isoformat()}
            for row in found.to_pylist()
        ]

    def _converted(self, spans: ir.Table, reading: Reading) -> ir.Table:
        return converted(
            spans,
            self.rules.rates,
            into=self.currency,
            by_period=reading.currency_rate == "period",
            apart=[str(row["currency"]) for row in self.unpriced],
        )

    # -- figures ----------------------------------------------------------------------

    def _movements(self, grain: Grain) -> Part:
        changes, reading = self.changes(STANDARD), self.rules.standard
        inputs = {"changes": changes.sha256, "reading": reading.model_dump()}

        def rows() -> ir.Table:
            lines = movement_lines(
                self.kitchen.table([changes]), grain=grain, reading=reading
            )
            return lines.mutate(grain=ibis.literal(grain))

        order = ("period", *LINE, "kind")
        return self.kitchen.part(
            self._recipe(MOVEMENT_LINES, grain, inputs, order), rows
        )

    def _totals(self, grain: Grain) -> Part:
        changes, reading = self.changes(STANDARD), self.rules.standard
        movements = self._movements(grain)
        inputs = self._figure_inputs(reading, changes, movements, self.committed)

        def rows() -> ir.Table:
            promises = self._split(self.kitchen.table([self.committed]))
            totals = revenue_totals(
                self._split(self.kitchen.table([movements])),
                self._units(changes, reading, grain, self.groupings),
                promises.mutate(period=promises.day.truncate(UNITS[grain])),
                all_periods=self.all_periods(grain),
                reading=reading,
            )
            return totals.mutate(grain=ibis.literal(grain))

        inputs["periods"] = self.all_periods(grain)[-1].isoformat()
        order = (*GROUP, "period")
        return self.kitchen.part(self._recipe(PERIODS, grain, inputs, order), rows)

    def _retention(self, key: str) -> Part:
        changes, reading = self.changes(key), self.rules.reading(key)
        inputs = self._figure_inputs(reading, changes)
        inputs["periods"] = self.all_periods("month")[-1].isoformat()
        is_standard = key == STANDARD
        groupings = self.groupings if is_standard else (WHOLE,)
        wanted = WINDOWS if is_standard else WINDOWS[-1:]

        def rows() -> pa.Table:
            units = self._units(changes, reading, "month", groupings)
            windows = ibis.union(
                *(
                    retention(
                        units,
                        window_months=months,
                        all_months=self.all_periods("month"),
                        reading=reading,
                    ).mutate(window_months=ibis.literal(months, "int64"))
                    for months in wanted
                )
            ).mutate(variant=ibis.literal(key))
            found = self.kitchen.session.to_arrow(windows)
            return _with_interval(
                found, "logo", events="customers_kept", of="customers_start"
            )

        order = ("window_months", *GROUP, "period")
        recipe = self._recipe(RETENTION, key, inputs, order)
        return self.kitchen.table_part(recipe, rows)

    def _variant_rows(self, key: str) -> Part:
        """Return who counts differently under a variant over the last 12 months."""
        month, readings = self.all_periods("month")[-1], (STANDARD, key)
        began = month.replace(year=month.year - 1)
        inputs = {
            "readings": [self.rules.reading(each).model_dump() for each in readings],
            "changes": [self.changes(each).sha256 for each in readings],
            "month": month.isoformat(),
        }

        def rows() -> ir.Table:
            sides = (
                retained_customers(
                    self._units(
                        self.changes(each), self.rules.reading(each), "month", (WHOLE,)
                    ),
                    began=began,
                    month=month,
                    reading=self.rules.reading(each),
                )
                for each in readings
            )
            return variant_rows(*sides).mutate(variant=ibis.literal(key))

        recipe = self._recipe(VARIANT_ROWS, key, inputs, ("customer_id", "currency"))
        return self.kitchen.part(recipe, rows)

    @cached_property
    def _due(self) -> Part:
        inputs = {**self._inputs(), "as_of": self.as_of.isoformat()}
        words = self.catalog.forecast.ends.completed
        inputs["completed"] = list(words)
        inputs["pause_days"] = self.rules.standard.pause_days
        return self.kitchen.part(
            self._recipe(RENEWALS, "all", inputs, _DUE_ORDER),
            lambda: due_renewals(
                self.kitchen.session.facts("subscriptions"),
                until=day_number(self.as_of),
                pause_days=self.rules.standard.pause_days,
                completed=words,
                currency=self.currency,
            ),
        )

    @property
    def _continuation(self) -> Part:
        inputs = self._figure_inputs(
            self.rules.standard, self.changes(STANDARD), self._due
        )

        def rows() -> pa.Table:
            due = self._split(self.kitchen.table([self._due]))
            every = [
                continuation(due, unit=UNITS[grain]).mutate(grain=ibis.literal(grain))
                for grain in GRAINS
            ]
            found = self.kitchen.session.to_arrow(ibis.union(*every))
            return _with_interval(found, "count", events="renewed", of="due")

        order = ("grain", *GROUP, "period")
        recipe = self._recipe(CONTINUATION, "all", inputs, order)
        return self.kitchen.table_part(recipe, rows)

    def _units(
        self, changes: Part, reading: Reading, grain: Grain, groupings: Sequence[str]
    ) -> ir.Table:
        rows = self._split(self.kitchen.table([changes]), groupings)
        return unit_steps(rows, unit=UNITS[grain], reading=reading)

    def _split(
        self, rows: ir.Table, groupings: Sequence[str] | None = None
    ) -> ir.Table:
        standard = self.kitchen.table([self.changes(STANDARD)])
        return split(
            rows,
            self.groupings if groupings is None else groupings,
            customers=self.kitchen.session.facts("customers"),
            cohorts=customer_cohorts(standard),
        )

    # -- recipes ----------------------------------------------------------------------

    def _inputs(self, events: Mapping[str, object] | None = None) -> dict[str, object]:
        """Return what change events depend on."""
        facts = self.kitchen.session.manifest.facts
        read = ["subscriptions"]
        if events and events["discounts"] == "billed" and "charges" in facts:
            read.append("charges")
        return {
            "facts": {name: content_digest(facts[name].parts) for name in read},
            "until": self.until,
            "currency": self.currency,
            "rates": [rate.model_dump(mode="json") for rate in self.rules.rates],
            "events": events or {},
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


_DUE_ORDER = ("customer_id", "subscription_id", "due_on", "mrr", "mrr_after")


def _events_of(reading: Reading) -> dict[str, object]:
    """Return the choices that change events depend on."""
    names = ("churn_at", "pause_days", "discounts", "currency_rate")
    return {name: getattr(reading, name) for name in names}


def _with_interval(found: pa.Table, name: str, *, events: str, of: str) -> pa.Table:
    """Return a table with Wilson's interval of a share of customers or lines."""
    shares = [
        proportion(seen, whole)
        for seen, whole in zip(
            found[events].to_pylist(), found[of].to_pylist(), strict=True
        )
    ]
    for end in ("low", "high"):
        values = [getattr(share, end) for share in shares]
        found = found.append_column(f"{name}_{end}", pa.array(values, pa.float64()))
    return found


def movements_view(lines: ir.Table) -> ir.Table:
    """Return movements by month and customer: the table that other tools read.

    One row per ``period``, ``customer_id``, ``kind`` and ``currency``: ``amount``. What
    adds up to nothing, a change of product at one price, is no row.
    """
    month = lines.filter(lines.grain == "month")
    summed = month.group_by("period", "customer_id", "kind", "currency").aggregate(
        amount=_.amount.sum().cast("decimal(18, 4)")
    )
    return summed.filter(summed.amount != 0).select(
        "period", "customer_id", "kind", "amount", "currency"
    )


def retention_view(figures: ir.Table, totals: ir.Table) -> ir.Table:
    """Return retention with committed MRR at the end of the same month beside it."""
    months = totals.filter(totals.grain == "month")
    names = months.select("period", *GROUP, cmrr=months.cmrr)
    joined = figures.left_join(
        names,
        [
            figures.period == names.period,
            figures.grouping == names.grouping,
            figures.segment.identical_to(names.segment),
            figures.currency == names.currency,
        ],
    )
    return joined.select(*figures.columns, "cmrr")
