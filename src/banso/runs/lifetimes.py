"""Cohorts, and what a customer is worth: what a run writes of whole lives."""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from ibis import _
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from banso.analytics.cohorts.activity import activity_cohorts, customer_months
from banso.analytics.cohorts.contract import (
    contract_cohorts,
    segments_of,
)
from banso.analytics.cohorts.groups import groupable, levels
from banso.analytics.cohorts.months import (
    first_day,
    last_day,
    last_full_month,
    month_number,
    month_of,
)
from banso.analytics.lifetime.paid import Paid, Steps, paid_by_age
from banso.kernel.zones import day_of_number, utc_offsets
from banso.runs.derived import Recipe
from banso.runs.lifetime_rows import (
    LifetimeCurveRow,
    LifetimeRow,
    RenewalRow,
    Segment,
    Spent,
    StartingRow,
    curve_rows,
    lifetime_rows,
    renewal_rows,
    starting_row,
)
from banso.runs.panels import Panels
from banso.runs.purchasing import TABLES as BUYING
from banso.runs.purchasing import Purchasing
from banso.runs.row_tables import placed_table
from banso.warehouse.manifest import Part, content_digest
from banso.warehouse.session import Session

VERSION: Final = 3  # of what is computed here and in the packages of analytics
MOST_LEVELS: Final = 12  # segments of a grouping
MOST_FEATURES: Final = 20
# Names of people and keys of other tables group nothing.
NOT_GROUPED: Final = frozenset({"name", "owner", "parent_id"})
COSTS: Final = ("acquisition", "serving")
_PLACE: Final = ("place",)


@dataclass
class Lifetimes:
    """The result tables of one run that follow customers from their first month on.

    They tell of months that are over, so a daily run finds them made.
    """

    panels: Panels
    zone: str
    currency: str  # the company's
    seed: int
    steps: Part | None  # of MRR as the standard reading reads it; null: no contracts

    def parts(self) -> dict[str, tuple[Part, ...]]:
        """Return the files, by result table; of what is not connected there is none."""
        # Small fits on several threads wait for each other most of the time.
        with threadpool_limits(limits=1, user_api="blas"):
            return self._parts()

    def _parts(self) -> dict[str, tuple[Part, ...]]:
        parts: dict[str, tuple[Part, ...]] = {}
        if self.steps is not None:
            parts["cohorts"] = (self._cohorts("cohorts"),)
            parts["cohort_segments"] = (self._cohorts("cohort_segments"),)
            parts["lifetime"] = (self._fitted("lifetime", self._lifetime),)
            parts["lifetime_curves"] = (self._fitted("lifetime_curves", self._curves),)
            parts["renewal_years"] = (self._fitted("renewal_years", self._renewals),)
            parts["starting_point"] = (self._fitted("starting_point", self._starting),)
        if self._has("events") or self._has("charges"):
            parts["activity_cohorts"] = (self._activity(),)
        if self._has("charges"):
            parts |= {name: (self._buying(name),) for name in BUYING}
        return parts

    # -- cohorts -----------------------------------------------------------------------

    def _cohorts(self, name: str) -> Part:
        is_whole = name == "cohorts"
        order = (
            ("cohort", "age") if is_whole else ("grouping", "segment", "cohort", "age")
        )

        def rows() -> ir.Table:
            found = contract_cohorts(
                self._steps,
                segments_of(self._people, self.groups if not is_whole else ()),
                as_of=last_day(self._last),
                watched_since=self._watched if self._is_watched_late else None,
            )
            whole = found.grouping == "all"
            return (
                found.filter(whole).drop("grouping", "segment")
                if is_whole
                else found.filter(~whole)
            )

        recipe = self._recipe(name, ("subscriptions", "customers"), order)
        return self.panels.kitchen.part(recipe, rows)

    def _activity(self) -> Part:
        def rows() -> ir.Table:
            segments = segments_of(self._people, ())
            found = [
                activity_cohorts(months, segments, as_of=last_day(self._last)).mutate(
                    source=ibis.literal(source)
                )
                for source, months in self._months()
            ]
            together = ibis.union(*found) if len(found) > 1 else found[0]
            return together.drop("grouping", "segment")

        recipe = self._recipe(
            "activity_cohorts",
            ("events", "charges", "customers"),
            ("source", "name", "cohort", "age"),
        )
        return self.panels.kitchen.part(recipe, rows)

    def _months(self) -> Sequence[tuple[str, ir.Table]]:
        """Return what customers did by month: anything, each feature, purchases."""
        found: list[tuple[str, ir.Table]] = []
        if self._has("events"):
            each = self._monthly("events", "occurred_at", name="name")
            each = each.filter(each.month <= self._last)
            users = each.group_by("name").aggregate(users=_.customer_id.nunique())
            most = users.order_by(_.users.desc(), "name").limit(MOST_FEATURES)
            chosen = each.semi_join(most, "name")
            anything = each.group_by("customer_id", "currency", "month").aggregate(
                times=_.times.sum(), amount=_.amount.max()
            )
            anything = anything.mutate(name=ibis.literal("")).select(*chosen.columns)
            found += [("events", anything), ("features", chosen)]
        if self._has("charges"):
            bought = self._monthly("charges", "charged_on", amount="amount")
            found.append(("charges", bought.filter(bought.month <= self._last)))
        return found

    def _monthly(
        self,
        table: str,
        moment: str,
        *,
        name: str | None = None,
        amount: str | None = None,
    ) -> ir.Table:
        facts = self._session.facts(table)
        parts = self._session.manifest.facts[table].parts
        days = [day for p in parts for day in (p.first_day, p.last_day) if day]
        offsets = utc_offsets(self.zone, min(days), max(days))
        return customer_months(facts, moment, offsets=offsets, name=name, amount=amount)

    # -- lifetimes ---------------------------------------------------------------------

    def _fitted(self, name: str, rows: Callable[[], pa.Table]) -> Part:
        recipe = self._recipe(name, ("subscriptions", "customers", "costs"), _PLACE)
        return self.panels.kitchen.table_part(recipe, rows)

    def _lifetime(self) -> pa.Table:
        return placed_table(
            (row for each in self._segments for row in lifetime_rows(each)),
            LifetimeRow,
        )

    def _renewals(self) -> pa.Table:
        rows = (
            row
            for each in self._segments
            if not each.is_part
            for row in renewal_rows(each)
        )
        return placed_table(rows, RenewalRow)

    def _buying(self, name: str) -> Part:
        recipe = self._recipe(name, ("charges", "subscriptions", "customers"), _PLACE)
        return self.panels.kitchen.table_part(
            recipe, lambda: self._purchasing.table(name)
        )

    @cached_property
    def _purchasing(self) -> Purchasing:
        return Purchasing(
            self._session, self._people, self.groups, last_day(self._last)
        )

    def _curves(self) -> pa.Table:
        return placed_table(
            [row for each in self._segments for row in curve_rows(each)],
            LifetimeCurveRow,
        )

    def _starting(self) -> pa.Table:
        """Return one row for each currency, the one with most revenue first."""
        everybody, currencies = self._everybody
        rows = [
            starting_row(
                self._segment("currency", money, currencies == money, everybody)
            )
            for money in sorted({each for each in currencies if each is not None})
        ]
        rows.sort(key=lambda row: -row.mrr)
        return placed_table(rows, StartingRow)

    @cached_property
    def _segments(self) -> Sequence[Segment]:
        """All customers that ever paid, then each segment of each grouping."""
        everybody, _currencies = self._everybody
        whole = np.ones(len(everybody.cohort), dtype=bool)
        segments = [*self._by_currency("all", "", whole, everybody)]
        for grouping in self.groups:
            values = [each or "" for each in self._payers[grouping].to_pylist()]
            for value in sorted(set(values)):
                mine = np.array([each == value for each in values], dtype=bool)
                segments += self._by_currency(grouping, value, mine, everybody)
        return segments

    def _by_currency(
        self, grouping: str, value: str, mine: NDArray[np.bool_], paid: Paid
    ) -> Iterator[Segment]:
        """Yield a segment, then its parts by currency when it has several."""
        whole = self._segment(grouping, value, mine, paid)
        yield whole
        if whole.currency is None:
            currencies = self._everybody[1]
            for money in sorted(
                {each for each in currencies[mine] if each is not None}
            ):
                part = self._segment(
                    grouping, value, mine & (currencies == money), paid
                )
                yield replace(part, is_part=True)

    def _segment(
        self, grouping: str, value: str, mine: NDArray[np.bool_], paid: Paid
    ) -> Segment:
        money = {*self._everybody[1][mine]}
        currency = next(iter(money)) if len(money) == 1 else None
        return Segment(
            grouping=grouping,
            segment=value,
            paid=paid.rows(mine),
            currency=currency,
            seed=self.seed,
            spent=self._spent_on(grouping, value, currency),
        )

    @cached_property
    def _payers(self) -> pa.Table:
        return self._session.to_arrow(self._people_who_paid)

    @cached_property
    def _everybody(self) -> tuple[Paid, NDArray[np.object_]]:
        """Return what everybody paid, and the currency of each (None: several)."""
        found = self._payers
        currencies = np.asarray(found["line_currency"].to_pylist(), dtype=object)
        return self._paid(found["customer_id"]), currencies

    def _paid(self, ids: pa.ChunkedArray) -> Paid:
        steps = self._session.to_arrow(self._steps)
        customer = pc.index_in(steps["customer_id"], ids.combine_chunks())
        return paid_by_age(
            Steps(
                customer=np.asarray(customer, dtype=np.int64),
                month=np.asarray(steps["month"], dtype=np.int64),
                mrr=np.asarray(steps["mrr"].cast(pa.float64()), dtype=np.float64),
                present=np.asarray(steps["present"], dtype=np.int64),
            ),
            customers=len(ids),
            last=self._last,
            watched=self._watched,
        )

    @cached_property
    def _people_who_paid(self) -> ir.Table:
        """Return who ever paid, in order, with the one currency of its lines."""
        steps = self._steps
        money = steps.group_by("customer_id").aggregate(
            line_currency=ibis.ifelse(
                steps.currency.nunique() > 1,
                ibis.null("string"),
                steps.currency.min(),
            )
        )
        people = self._people.select("customer_id", *self.groups)
        joined = money.left_join(people, "customer_id").drop("customer_id_right")
        return joined.order_by("customer_id")

    # -- costs -------------------------------------------------------------------------

    def _spent_on(self, grouping: str, value: str, currency: str | None) -> Spent:
        """Return what was spent on a segment, in its own currency only.

        Costs name a touch model at most, so other segments have none.
        """
        if grouping not in {"all", "currency", "touch"}:
            return Spent()
        total = Spent()
        for (touch, money), spent in self._spending.items():
            if money == currency and (grouping != "touch" or touch == value):
                total = total.plus(spent)
        return total

    @cached_property
    def _spending(self) -> Mapping[tuple[str, str], Spent]:
        """Return what twelve months cost, by touch (empty: of all) and currency."""
        if not self._has("costs"):
            return {}
        costs = self._session.facts("costs")
        month = month_of(costs.month)
        rows = costs.filter(
            month > self._last - 12, month <= self._last, costs.kind.isin(COSTS)
        )
        sums = (
            rows.mutate(
                touch=_.touch.fill_null(""),
                currency=_.currency.fill_null(self.currency),
            )
            .group_by("touch", "kind", "currency")
            .aggregate(amount=_.amount.sum())
        )
        found: dict[tuple[str, str], Spent] = {}
        for row in self._session.to_arrow(sums).to_pylist():
            key = row["touch"], row["currency"]
            spent = Spent(**{row["kind"]: float(row["amount"])})
            found[key] = found.get(key, Spent()).plus(spent)
        return found

    # -- what everything is read from --------------------------------------------------

    @property
    def _session(self) -> Session:
        return self.panels.kitchen.session

    def _has(self, table: str) -> bool:
        return self._session.has(table)

    @cached_property
    def _steps(self) -> ir.Table:
        assert self.steps is not None, "asked with contracts only"
        return self.panels.kitchen.table([self.steps])

    @cached_property
    def _people(self) -> ir.Table:
        lines = (
            self._session.facts("subscriptions") if self._has("subscriptions") else None
        )
        return groupable(self._session.facts("customers"), lines)

    @cached_property
    def groups(self) -> tuple[str, ...]:
        """The columns with some values, but not with one for each customer."""
        (counts,) = self._session.to_arrow(levels(self._people)).to_pylist()
        return tuple(
            sorted(
                name
                for name, count in counts.items()
                if 2 <= count <= MOST_LEVELS and name not in NOT_GROUPED
            )
        )

    @property
    def _last(self) -> int:
        return last_full_month(self.panels.as_of)

    @cached_property
    def _watched(self) -> int:
        return month_number(day_of_number(self.panels.stays.watched_since()))

    @cached_property
    def _is_watched_late(self) -> bool:
        starts = self.panels.stays.starts
        if not len(starts):
            return False
        return self._watched > month_number(day_of_number(int(starts.min())))

    def _recipe(
        self, name: str, tables: Sequence[str], order_by: tuple[str, ...]
    ) -> Recipe:
        """Return the recipe of a file that stays the same until the month is over."""
        rules = self.panels.catalog.forecast
        # When a contract became known is in the steps.
        dated = [table for table in tables if table != "subscriptions"]
        is_late = any(part.known_at_given for t in dated for part in self._parts_of(t))
        return Recipe(
            name=name,
            slice=first_day(self._last).isoformat()[:7],
            inputs={
                "version": VERSION,
                "content": [content_digest(self._parts_of(table)) for table in tables],
                "known_by": self.panels.as_of.isoformat() if is_late else None,
                "zone": self.zone,
                # they decide from when on leavings were written down
                "pause_days": rules.pause_days,
                "end_words": {k: list(v) for k, v in sorted(rules.end_words.items())},
                "watched": self._watched if self._has("subscriptions") else None,
                "seed": self.seed,
                "currency": self.currency,
                "steps": self.steps.sha256 if self.steps else None,
            },
            order_by=order_by,
        )

    def _parts_of(self, table: str) -> Sequence[Part]:
        """Return the files of a table with anything from before the running month."""
        version = self._session.manifest.facts.get(table)
        if version is None:
            return ()
        end = last_day(self._last)
        # West of Greenwich the last evening of a month lies on the next day in UTC.
        if utc_offsets(self.zone, end, end)[0].seconds < 0:
            end += dt.timedelta(days=1)
        if table in {"customers", "subscriptions"}:
            return version.parts
        return [
            part
            for part in version.parts
            if part.first_day is None or part.first_day <= end
        ]
