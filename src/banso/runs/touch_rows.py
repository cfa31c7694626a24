"""What the rules of touch call for on a date, of everybody under contract."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import ibis.expr.types as ir
from ibis import _

from banso.analytics.panel.health_points import health_points, point_keys
from banso.analytics.touch.called_for import (
    first_that_holds,
    with_value_and_need,
    yearly_value,
)
from banso.definitions.health import HealthModel
from banso.definitions.metrics import Metric
from banso.definitions.signals import CHANCES, SCORE
from banso.definitions.touch import (
    NEED,
    VALUE,
    VALUE_RANK,
    CustomerCondition,
    TouchRules,
)
from banso.runs.derived import Recipe
from banso.runs.exchange import rates_on
from banso.runs.gridding import Slice
from banso.runs.panel_columns import CONTRACT_FEATURES
from banso.runs.panels import Panels
from banso.tables.registry import TABLES
from banso.warehouse.manifest import Part, content_digest
from banso.warehouse.queries import Query

CALLED_FOR: Final = "touching.called_for"
VERSION: Final = 1
_KEY: Final = ("customer_id", "as_of")


@dataclass(frozen=True)
class Read:
    """The tables of one date, and which columns of them are read."""

    metrics: ir.Table
    health: ir.Table | None
    lines: ir.Table  # rows of `line_state`
    chances: ir.Table | None
    customers: ir.Table
    of_metrics: tuple[str, ...]
    of_health: tuple[str, ...]
    of_chances: tuple[str, ...]
    of_customers: tuple[str, ...]


@dataclass(frozen=True)
class Asked:
    """What is asked of the rows; a condition that reads what is missing is None."""

    rules: tuple[str | None, ...]
    owners: tuple[str | None, ...]
    need: str | None
    rates: Mapping[str, float]


@dataclass
class TouchRows:
    """The rules of touch, and everything that they may read."""

    panels: Panels
    chances: Sequence[Part]  # of the forecast, one for each slice; none without one
    rules: TouchRules
    currency: str  # of the company

    @cached_property
    def dates(self) -> tuple[dt.date, ...]:
        """The as-of dates that are looked at, the newest first."""
        dates = self.panels.gridded.dates[-self.rules.for_weeks :]
        return tuple(reversed(dates))

    @cached_property
    def need(self) -> str | None:
        """The column that tells need: the score where a run has no forecast."""
        named: str = self.rules.need
        if named != SCORE and not self.chances:
            named = SCORE
        return named if named != SCORE or SCORE in self._points else None

    def lacks(self, condition: CustomerCondition) -> tuple[str, ...]:
        """Return what a condition reads and the data do not have."""
        return tuple(name for name in condition.names if name not in self._known)

    def parts(self) -> tuple[Part, ...]:
        """Return a file for each of the dates: what the rules call for, and why."""
        return tuple(self._part(date) for date in self.dates)

    def _part(self, date: dt.date) -> Part:
        place = next(
            place
            for place, each in enumerate(self.panels.gridded.slices)
            if date in each.dates
        )
        each = self.panels.gridded.slices[place]
        recipe = Recipe(
            name=CALLED_FOR,
            slice=date.isoformat(),
            inputs={
                "version": VERSION,
                "asked": [
                    list(self._asked(date).rules),
                    list(self._asked(date).owners),
                ],
                "need": self.need,
                "rates": sorted(self._rates(date).items()),
                "metrics": self.panels.gridded.metric_parts[place].sha256,
                "health": self.panels.gridded.health_parts[place].sha256,
                "chances": self.chances[place].sha256 if self.chances else "",
                "lines": self._lines(each).sha256,
                "customers": self._customers_digest,
            },
            order_by=("customer_id",),
        )
        return self.panels.kitchen.part(recipe, lambda: self._query(date, place))

    def _query(self, date: dt.date, place: int) -> Query:
        session, gridded = self.panels.kitchen.session, self.panels.gridded
        names = self._names
        read = Read(
            metrics=session.named_parts("touch__m", [gridded.metric_parts[place]]),
            health=session.named_parts("touch__h", [gridded.health_parts[place]]),
            lines=session.named_parts("touch__l", [self._lines(gridded.slices[place])]),
            chances=session.named_parts("touch__c", [self.chances[place]])
            if self.chances
            else None,
            customers=session.facts("customers"),
            of_metrics=tuple(key for key in self._metrics if key in names),
            of_health=tuple(key for key in self._points if key in names),
            of_chances=tuple(key for key in CHANCES if key in names)
            if self.chances
            else (),
            of_customers=tuple(
                key
                for key in self._columns
                if key in names and key not in (*self._metrics, *self._points)
            ),
        )
        day = session.scalar("touch__day", date)
        return session.query(
            called_for, read, self._asked(date), self.panels.catalog.health, day
        )

    def _asked(self, date: dt.date) -> Asked:
        return Asked(
            rules=self._usable(self.rules.rules),
            owners=self._usable(self.rules.owners),
            need=self.need,
            rates=self._rates(date),
        )

    def _usable(
        self, conditions: Sequence[CustomerCondition]
    ) -> tuple[str | None, ...]:
        return tuple(None if self.lacks(each) else each.when for each in conditions)

    def _rates(self, date: dt.date) -> Mapping[str, float]:
        return rates_on(self.panels.catalog.revenue.rates, date, into=self.currency)

    @cached_property
    def _names(self) -> frozenset[str]:
        conditions = (*self.rules.rules, *self.rules.owners)
        read = {name for each in conditions for name in each.names}
        return frozenset(read | ({self.need} if self.need else set()))

    @cached_property
    def _known(self) -> frozenset[str]:
        chances = CHANCES if self.chances else ()
        return frozenset(
            (
                *self._metrics,
                *self._points,
                *self._columns,
                *chances,
                *CONTRACT_FEATURES,
                *("tenure_days", VALUE, VALUE_RANK, NEED),
            )
        )

    @cached_property
    def _metrics(self) -> tuple[str, ...]:
        grid = self.panels.kitchen.table(self.panels.gridded.metric_parts[-1:])
        there = set(grid.columns)
        metrics: Sequence[Metric] = self.panels.metrics
        return tuple(metric.key for metric in metrics if metric.key in there)

    @cached_property
    def _points(self) -> tuple[str, ...]:
        grid = self.panels.kitchen.table(self.panels.gridded.health_parts[-1:])
        keys = point_keys(grid.columns, self.panels.catalog.health)
        return tuple(key for key in keys if key not in self._metrics)

    @cached_property
    def _columns(self) -> tuple[str, ...]:
        """The columns of customers that files brought; no key of the contract's."""
        version = self.panels.kitchen.session.manifest.facts["customers"]
        own = (*version.columns, *TABLES["customers"].by_name)
        names = dict.fromkeys(name for name in own if name in version.columns)
        return tuple(name for name in names if name not in {"customer_id", "name"})

    @cached_property
    def _customers_digest(self) -> str:
        facts = self.panels.kitchen.session.manifest.facts
        read = self._names & set(self._columns)
        return content_digest(facts["customers"].parts) if read else ""

    def _lines(self, each: Slice) -> Part:
        (part,) = self.panels.line_parts([each])
        return part


def called_for(
    read: Read, asked: Asked, models: Sequence[HealthModel], day: ir.DateScalar
) -> ir.Table:
    """Return what the rules call for on a date.

    Returns
    -------
    ir.Table
        One row per ``customer_id`` with an open contract line: ``rule`` and
        ``owner_rule`` (int16: the first that holds, their number when none does),
        ``value`` (float64, in a year, in the company's currency; null without a rate)
        and ``need`` (float64, 0 to 1; null where unknown).

    """
    rows = read.metrics.filter(read.metrics.as_of == day)
    rows = rows.select(*_KEY, "tenure_days", *read.of_metrics)
    lines = read.lines.filter(read.lines.as_of == day)
    taken = {*read.of_metrics, *read.of_health}
    terms = [name for name in CONTRACT_FEATURES if name not in taken]
    rows = rows.inner_join(
        lines.select(
            "customer_id",
            *terms,
            line_mrr=lines.mrr,
            line_currency=lines.currency.fill_null(""),
        ),
        "customer_id",
    )
    if read.of_health and read.health is not None:
        health = read.health.filter(read.health.as_of == day)
        points = health_points(health, models, wanted=read.of_health).drop("as_of")
        rows = _joined(rows, points)
    chances = [name for name in read.of_chances if name not in rows.columns]
    if chances and read.chances is not None:
        said = read.chances.filter(read.chances.as_of == day)
        rows = _joined(rows, said.select("customer_id", *chances))
    own = [name for name in read.of_customers if name not in rows.columns]
    if own:
        rows = _joined(rows, read.customers.select("customer_id", *own))
    value = yearly_value(rows.line_mrr, rows.line_currency, asked.rates)
    rows = with_value_and_need(rows, value=value, need=asked.need)
    return rows.select(
        "customer_id",
        rule=first_that_holds(rows, asked.rules),
        owner_rule=first_that_holds(rows, asked.owners),
        value=_.yearly_value,
        need=_.neediness,
    )


def _joined(rows: ir.Table, more: ir.Table) -> ir.Table:
    joined = rows.left_join(more, "customer_id")
    return joined.drop("customer_id_right")
