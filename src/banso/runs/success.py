"""The success funnel of a run: who has come how far, by cohort and over time."""

import datetime as dt
from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import ibis.expr.types as ir
import pyarrow as pa
from ibis import _

from banso.analytics.rollups import company_day
from banso.analytics.success.funnel import (
    PERIODS,
    Cohort,
    FunnelRow,
    SuccessRow,
    funnel_row,
    success_row,
)
from banso.analytics.success.states import onboarding, staff_at_work, success_states
from banso.definitions.success import SuccessRules
from banso.kernel.days import month_of
from banso.kernel.progress import Progress, silent
from banso.runs.derived import Recipe
from banso.runs.panel_columns import Columns
from banso.runs.panels import Panels
from banso.runs.rolling import Rolled, offsets_of
from banso.runs.row_tables import table_of
from banso.warehouse.manifest import JSON, Part, content_digest

SUCCESS: Final = "success"
FUNNEL: Final = "success_funnel"
HISTORY: Final = "success_history"
VERSION: Final = 1  # of what is computed here and in analytics.success
AT_WORK_DAYS: Final = 90  # a conversation says that a CSM is at work for so long


@dataclass
class Success:
    """Who is successful on the last as-of date of each month, and on the newest."""

    panels: Panels
    rolled: Rolled
    zone: str

    @property
    def rules(self) -> SuccessRules | None:
        """What the company calls success; None when it has not said so."""
        return self.panels.catalog.success

    @cached_property
    def missing(self) -> tuple[str, ...]:
        """What the conditions read and the data do not have, or not with a history."""
        if self.rules is None:
            return ()
        dated = self.panels.dated
        known = {*dated.metrics, *dated.contract, *dated.profile, "tenure_days"}
        return tuple(name for name in self._names if name not in known)

    @property
    def note(self) -> dict[str, JSON]:
        """Why there is no funnel; nothing when there is one."""
        if self.rules is None:
            return {"reason": "no_success_defined"}
        if self.missing:
            return {"reason": "metrics_off", "missing": list(self.missing)}
        return {}

    def parts(self, progress: Progress = silent) -> dict[str, tuple[Part, ...]]:
        """Return the files of the result tables; nothing when there is no funnel."""
        if self.note:
            return {}
        progress("success", 0, 1)
        kitchen = self.panels.kitchen
        states = kitchen.part(
            self._recipe(SUCCESS, ("customer_id", "as_of")), self._states
        )
        made = states.sha256
        found: dict[str, tuple[Part, ...]] = {
            SUCCESS: (states,),
            FUNNEL: (
                kitchen.table_part(
                    self._recipe(FUNNEL, ("as_of", "period", "cohort"), made),
                    lambda: table_of(self._funnel(states), FunnelRow),
                ),
            ),
            HISTORY: (
                kitchen.table_part(
                    self._recipe(HISTORY, ("as_of",), made, self._people_digest),
                    lambda: self._history(states),
                ),
            ),
        }
        progress("success", 1, 1)
        return found

    @cached_property
    def dates(self) -> tuple[dt.date, ...]:
        """The as-of dates that are looked at, ascending."""
        last = {month_of(date): date for date in self.panels.gridded.dates}
        return tuple(last.values())

    @property
    def _names(self) -> tuple[str, ...]:
        assert self.rules is not None
        names = (*self.rules.onboarded.names, *self.rules.adopted.names)
        return tuple(dict.fromkeys(names))

    def _recipe(self, name: str, order_by: tuple[str, ...], *more: object) -> Recipe:
        assert self.rules is not None
        return Recipe(
            name=name,
            slice=self.panels.as_of.isoformat(),
            inputs={
                "version": VERSION,
                "rules": self.rules.model_dump(mode="json"),
                "metrics": [part.sha256 for part in self.panels.gridded.metric_parts],
                "presence": self.rolled.digest_up_to(self.panels.as_of),
                "customers": self._customers_digest,
                "more": list(more),
            },
            order_by=order_by,
        )

    @cached_property
    def _customers_digest(self) -> str:
        """Of the columns of customers and contracts that the conditions may read."""
        facts = self.panels.kitchen.session.manifest.facts
        dated = self.panels.dated
        read = []
        if set(self._names) & set(dated.profile):
            read.append("customers")
        if set(self._names) & set(dated.contract):
            read.append("subscriptions")
        return "-".join(content_digest(facts[name].parts) for name in read)

    @cached_property
    def _people_digest(self) -> str:
        facts = self.panels.kitchen.session.manifest.facts
        there = [facts[name] for name in ("interactions", "staff") if name in facts]
        return "-".join(content_digest(version.parts) for version in there)

    # -- rows -------------------------------------------------------------------------

    def _states(self) -> ir.Table:
        assert self.rules is not None
        dated = self.panels.dated
        wanted = set(self._names)
        columns = Columns(
            metrics=tuple(key for key in dated.metrics if key in wanted),
            contract=tuple(key for key in dated.contract if key in wanted),
            profile=tuple(key for key in dated.profile if key in wanted),
        )
        rows = self.panels.rows(self.panels.gridded.dates, columns)
        presence = self.rolled.rollups.presence.filter(_.step > 0)
        starts = presence.group_by("customer_id").aggregate(day=_.day.min())
        onboarded = onboarding(rows, starts, self.rules)
        return success_states(rows, onboarded, self.rules, self.dates)

    def _funnel(self, states: Part) -> list[FunnelRow]:
        session = self.panels.kitchen.session
        rows = self.panels.kitchen.table([states])
        counted = rows.group_by("as_of", "cohort", "state").aggregate(n=_.count())
        counts: dict[tuple[dt.date, Cohort], Counter[str]] = defaultdict(Counter)
        for row in session.to_arrow(counted).to_pylist():
            for period in PERIODS:
                cohort = Cohort.of(row["cohort"], period)
                counts[row["as_of"], cohort][row["state"]] += row["n"]
        return [
            funnel_row(*key, counts[key])
            for key in sorted(counts, key=lambda k: (k[0], k[1].period, k[1].start))
        ]

    def _history(self, states: Part) -> pa.Table:
        csms = self._csms()
        wholes = [row for row in self._funnel(states) if row.period == "all"]
        found = [success_row(row, csms.get(row.as_of)) for row in wholes]
        return table_of(found, SuccessRow)

    def _csms(self) -> dict[dt.date, int]:
        session = self.panels.kitchen.session
        if not session.has("interactions"):
            return {}
        offsets = offsets_of(session.manifest.facts["interactions"], self.zone)
        facts = session.facts("interactions")
        touches = facts.select("staff", day=company_day(facts.occurred_at, offsets))
        staff = session.facts("staff") if session.has("staff") else None
        found = staff_at_work(touches, staff, self.dates, days=AT_WORK_DAYS)
        rows = session.to_arrow(found).to_pylist()
        return {row["as_of"]: row["csms"] for row in rows}
