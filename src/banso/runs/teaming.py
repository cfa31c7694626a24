"""Measures of the team in a run: effort, initiative, waits, coverage, pitfalls."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from banso.analytics.cohorts.months import month_of
from banso.analytics.team.checks import (
    DEAR,
    FEWEST_CONTACTS,
    TeamCheck,
    checked,
    wandering,
)
from banso.analytics.team.contacts import (
    customer_effort,
    weekly_work,
    year_of_contacts,
)
from banso.analytics.team.waiting import Waiting, waiting, waits
from banso.kernel.business_days import country_of_zone, is_business_day
from banso.kernel.zones import day_number, day_of_number, utc_offsets
from banso.runs.derived import Kitchen, Recipe
from banso.runs.row_tables import table_of
from banso.warehouse.manifest import Part

EFFORT: Final = "customer_effort"
WEEKS: Final = "team_weeks"
NOW: Final = "team_now"
CHECKS: Final = "team_checks"
VERSION: Final = 1  # of what is computed here and in analytics.team
EVERYBODY: Final = "*"
_WEEKS: Final = 26
_WORK_WEEKS: Final = 13  # of the load
_SIGNAL_DAYS: Final = 180
_VERSION_DAYS: Final = 90

Days = NDArray[np.int64]
Flags = NDArray[np.bool_]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class TeamRow:
    """A row of ``team_now``: an owner, or everybody (``*``)."""

    owner: str
    customers: int  # under contract on the as-of date
    mrr: float  # in the company's currency
    other_currency: int  # customers whose MRR is not in it
    minutes_a_week: float | None  # over 13 weeks; null: no contact has minutes
    contacts: int  # within a year, of customers under contract
    timed: int  # of those, with minutes
    cost: float | None  # of those contacts, in the company's currency
    contacted_28: int
    contacted_90: int
    threads: int  # customers with enough contacts to tell whether one person has all
    one_contact: int
    one_csm: int
    ours: int  # contacts of 13 weeks that we began
    theirs: int
    minutes_ours: float
    minutes_theirs: float
    openings: int  # of signals within 180 days
    wait: float | None  # median of business days until the first contact
    wait_low: float | None
    wait_high: float | None
    judged: int
    within: int
    within_share: float | None
    within_low: float | None
    within_high: float | None
    wait_reason: str | None


@dataclass
class Teaming:
    """The measures of the team as of a day; nothing without interactions."""

    kitchen: Kitchen
    now: Part  # rows of `customer_now`
    history: Sequence[Part]  # of signals
    zone: str
    currency: str
    as_of: dt.date

    def parts(self) -> dict[str, tuple[Part, ...]]:
        """Return the files of the result tables."""
        if not self.kitchen.session.has("interactions"):
            return {}
        effort = self._part(EFFORT, ("customer_id",), lambda: self._effort)
        weeks = self._part(WEEKS, ("week", "owner"), self._weeks)
        now = self._part(NOW, ("owner",), self._team)
        checks = self._part(CHECKS, ("pitfall",), self._checks)
        return {EFFORT: (effort,), WEEKS: (weeks,), NOW: (now,), CHECKS: (checks,)}

    def _part(self, name: str, order: tuple[str, ...], rows: object) -> Part:
        manifest = self.kitchen.session.manifest
        facts = manifest.facts
        inputs = {
            "version": VERSION,
            "now": self.now.sha256,
            "history": [part.sha256 for part in self.history],
            "facts": [
                [part.path, part.deletes]
                for table in ("interactions", "costs")
                if table in facts
                for part in facts[table].parts
            ],
            "definitions": self._versions,
            "zone": self.zone,
            "currency": self.currency,
        }
        recipe = Recipe(name, self.as_of.isoformat(), inputs, order)
        return self.kitchen.table_part(recipe, rows)  # type: ignore[arg-type]

    # -- what everything is read from --------------------------------------------------

    @cached_property
    def _last(self) -> int:
        return day_number(self.as_of)

    @cached_property
    def _contacts(self) -> ir.Table:
        offsets = utc_offsets(
            self.zone, self.as_of - dt.timedelta(days=400), self.as_of
        )
        facts = self.kitchen.session.facts("interactions")
        # a day of room for the zone, so that only the parts of a year are opened
        since = self.as_of - dt.timedelta(days=367)
        near = facts.filter(facts.occurred_at >= ibis.literal(since).cast("timestamp"))
        return year_of_contacts(near, offsets=offsets, last=self._last)

    @cached_property
    def _active(self) -> ir.Table:
        """Those under contract: id, owner, mrr, currency, touch."""
        now = self.kitchen.table([self.now])
        return now.filter(now.status == "active").select(
            "customer_id",
            "touch",
            owner=now.owner.strip().lower().fill_null(""),
            mrr=now.mrr.cast("float64"),
            currency=now.currency.fill_null(self.currency),
        )

    @cached_property
    def _customers(self) -> pa.Table:
        """Those under contract, by id."""
        return self._fetched(self._active.order_by("customer_id"))

    def _fetched(self, rows: ir.Table) -> pa.Table:
        return self.kitchen.session.to_arrow(rows)

    @cached_property
    def _effort(self) -> pa.Table:
        """One row per customer under contract, contacted or not."""
        session = self.kitchen.session
        found = session.to_arrow(customer_effort(self._contacts, last=self._last))
        place = pc.index_in(
            self._customers["customer_id"].combine_chunks(),
            found["customer_id"].combine_chunks(),
        )
        taken = found.take(place)
        columns: dict[str, pa.ChunkedArray | pa.Array] = {
            "customer_id": self._customers["customer_id"]
        }
        for name in ("contacts", "timed", "contacts_28", "contacts_90", "ours_90",
                     "named", "people", "staffed", "csms"):  # fmt: skip
            columns[name] = pc.fill_null(taken[name].cast(pa.int64()), 0)
        columns["minutes"] = taken["minutes"]
        columns["last_contact_on"] = (
            taken["last_day"].cast(pa.int32()).cast(pa.date32())
        )
        self._add_costs(columns)
        table = pa.table(columns)
        named, staffed = _ints(table, "named"), _ints(table, "staffed")
        one = {
            "one_contact": (named >= FEWEST_CONTACTS, _ints(table, "people") == 1),
            "one_csm": (staffed >= FEWEST_CONTACTS, _ints(table, "csms") == 1),
        }
        for name, (is_known, is_one) in one.items():
            flags = pa.array(is_one, pa.bool_(), mask=~is_known)
            table = table.append_column(name, flags)
        return table

    def _add_costs(self, columns: dict[str, pa.ChunkedArray | pa.Array]) -> None:
        """Add what an hour and a customer cost, and the share of what it pays."""
        minutes = _floats(columns["minutes"])
        touch = self._customers["touch"].to_pylist()
        hourly = self._hourly(minutes, touch)
        rate = np.array(
            [hourly.get(each or "", hourly.get("", np.nan)) for each in touch]
        )
        rate = rate.astype(np.float64)
        cost = np.where(np.isnan(minutes), 0.0, minutes) / 60.0 * rate
        mrr = _floats(self._customers["mrr"])
        same = np.array(
            [each == self.currency for each in self._customers["currency"].to_pylist()]
        )
        paid = np.where(same & (mrr > 0), mrr * 12.0, np.nan)
        share = cost / paid
        columns["hourly_cost"] = _nullable(rate)
        columns["cost"] = _nullable(cost)
        columns["paid"] = _nullable(paid)
        columns["cost_share"] = _nullable(share)
        columns["is_dear"] = pa.array(share > DEAR, pa.bool_(), mask=np.isnan(share))

    def _hourly(
        self, minutes: Floats, touch: Sequence[str | None]
    ) -> Mapping[str, float]:
        """Return what an hour of contact costs, by touch model ('' = of all).

        Staff costs of the last twelve whole months over the hours of contact of a year.
        Costs that name no touch model are shared by all hours.
        """
        session = self.kitchen.session
        if not session.has("costs"):
            return {}
        costs = session.facts("costs")
        month, this = month_of(costs.month), _month(self.as_of)
        rows = costs.filter(
            costs.kind == "staff", month >= this - 12, month < this,
            costs.currency.fill_null(self.currency) == self.currency,
            costs.customer_id.fill_null("") == "",
        )  # fmt: skip
        sums = rows.group_by(touch=rows.touch.fill_null("")).aggregate(
            amount=rows.amount.sum().cast("float64")
        )
        spent = {r["touch"]: r["amount"] for r in session.to_arrow(sums).to_pylist()}
        hours: dict[str, float] = {}
        for each, spent_minutes in zip(touch, minutes, strict=True):
            if not np.isnan(spent_minutes):
                hours[each or ""] = hours.get(each or "", 0.0) + spent_minutes / 60.0
        total = sum(hours.values())
        if not spent or total <= 0:
            return {}
        shared = spent.pop("", 0.0) / total
        return {
            key: shared + spent.get(key, 0.0) / of_key
            for key, of_key in hours.items()
            if of_key > 0 and shared + spent.get(key, 0.0) > 0
        }

    # -- results -----------------------------------------------------------------------

    @cached_property
    def _week_rows(self) -> pa.Table:
        """Contacts by week and owner of those under contract, without sums."""
        last = self._last - (self.as_of.weekday() + 1) % 7  # the last Sunday
        first = last - 7 * _WEEKS + 1
        people = self._active.select("customer_id", "owner")
        rows = self._contacts.inner_join(people, "customer_id")
        work = weekly_work(rows, first=first, last=last)
        return self.kitchen.session.to_arrow(work.order_by("week", "owner"))

    def _weeks(self) -> pa.Table:
        names = [n for n in self._week_rows.column_names if n not in {"week", "owner"}]
        total = self._week_rows.group_by("week").aggregate([(n, "sum") for n in names])
        total = total.rename_columns(
            ["week", *names] if total.column_names[0] == "week" else [*names, "week"]
        ).append_column("owner", pa.array([EVERYBODY] * total.num_rows, pa.string()))
        both = pa.concat_tables(
            [self._week_rows, total.select(self._week_rows.column_names)],
            promote_options="permissive",
        )
        week = both["week"].cast(pa.int32()).cast(pa.date32())
        return both.set_column(both.column_names.index("week"), "week", week)

    @cached_property
    def _owners(self) -> NDArray[np.str_]:
        return np.array(self._customers["owner"].to_pylist(), dtype=object).astype(str)

    @cached_property
    def _waits(self) -> tuple[Days, Days, Flags, Days]:
        """Return customer, wait, whether it is over, and days followed, by opening."""
        nothing = np.zeros(0, dtype=np.int64)
        if not self.history:
            return nothing, nothing, nothing.astype(bool), nothing
        session, first = self.kitchen.session, self._last - _SIGNAL_DAYS
        kept = self.kitchen.table(self.history)
        kept = kept.filter(kept.opened_on > day_of_number(first))
        found = session.to_arrow(kept.select("customer_id", "opened_on"))
        ids = self._customers["customer_id"].combine_chunks()
        days = session.to_arrow(
            self._contacts.filter(self._contacts.day > first)
            .select("customer_id", "day")
            .distinct()
        )
        country = country_of_zone(self.zone)
        works = [
            is_business_day(day_of_number(number), country)
            for number in range(first, self._last + 1)
        ]
        business = np.cumsum(np.array(works, dtype=np.int64))
        opened = (
            np.asarray(found["opened_on"].cast(pa.int32())).astype(np.int64) - first
        )
        customer = _places(found["customer_id"], ids)
        of = _places(days["customer_id"], ids)
        day = np.asarray(days["day"]).astype(np.int64) - first
        known = customer >= 0
        opened, customer = opened[known], customer[known]
        waited, is_over = waits(
            opened, customer, (day[of >= 0], of[of >= 0]), business=business
        )
        return customer, waited, is_over, business[-1] - business[opened]

    def _team(self) -> pa.Table:
        everybody = np.ones(len(self._owners), dtype=np.bool_)
        rows = [self._row(EVERYBODY, everybody)]
        rows += [
            self._row(owner, self._owners == owner)
            for owner in sorted(set(self._owners.tolist()))
        ]
        return table_of(rows, TeamRow)

    def _row(self, owner: str, mine: Flags) -> TeamRow:
        effort = self._effort
        customer, waited, is_over, followed = self._waits
        of_mine = mine[customer]
        wait = waiting(waited[of_mine], is_over[of_mine], followed[of_mine])
        same = np.array(
            [each == self.currency for each in self._customers["currency"].to_pylist()]
        )
        mrr = np.nan_to_num(_floats(self._customers["mrr"]))
        cost, one_contact, one_csm = (
            _floats(effort[name]) for name in ("cost", "one_contact", "one_csm")
        )
        knows = mine & ~(np.isnan(one_contact) & np.isnan(one_csm))
        work = self._work(owner)
        timed = int(_ints(effort, "timed")[mine].sum())
        return TeamRow(
            owner=owner,
            customers=int(mine.sum()),
            mrr=float(mrr[mine & same].sum()),
            other_currency=int((mine & ~same).sum()),
            minutes_a_week=work["minutes"] / _WORK_WEEKS if timed else None,
            contacts=int(_ints(effort, "contacts")[mine].sum()),
            timed=timed,
            cost=None if np.isnan(cost[mine]).all() else float(np.nansum(cost[mine])),
            contacted_28=int((mine & (_ints(effort, "contacts_28") > 0)).sum()),
            contacted_90=int((mine & (_ints(effort, "contacts_90") > 0)).sum()),
            threads=int(knows.sum()),
            one_contact=int((mine & (one_contact == 1)).sum()),
            one_csm=int((mine & (one_csm == 1)).sum()),
            ours=int(work["ours"]),
            theirs=int(work["theirs"]),
            minutes_ours=work["minutes_ours"],
            minutes_theirs=work["minutes_theirs"],
            **_told(wait),  # type: ignore[arg-type]
        )

    def _work(self, owner: str) -> Mapping[str, float]:
        """Return the sums over the weeks of the load."""
        rows = self._week_rows
        last = self._last - (self.as_of.weekday() + 1) % 7
        kept = pc.greater(rows["week"], last - 7 * _WORK_WEEKS)
        if owner != EVERYBODY:
            kept = pc.and_(kept, pc.equal(rows["owner"], owner))
        near = rows.filter(kept)
        names = ("ours", "theirs", "minutes", "minutes_ours", "minutes_theirs")
        return {name: float(pc.sum(near[name]).as_py() or 0.0) for name in names}

    def _checks(self) -> pa.Table:
        effort, work = self._effort, self._work(EVERYBODY)
        one = [_floats(effort[name]) for name in ("one_contact", "one_csm")]
        bound = (one[0] == 1) | (one[1] == 1)
        judged = ~(np.isnan(one[0]) & np.isnan(one[1]))
        share = _floats(effort["cost_share"])
        has_costs = not np.isnan(share).all() if len(share) else False
        ours, theirs = int(work["ours"]), int(work["theirs"])
        rows: list[TeamCheck] = [
            checked("bound", int(bound.sum()), int(judged.sum())),
            checked(
                "bloated",
                int((share > DEAR).sum()),
                int((~np.isnan(share)).sum()),
                reason=None if has_costs else "no_costs",
            ),
            checked(
                "reactive",
                ours,
                ours + theirs,
                reason=None if ours + theirs else "no_initiative",
            ),
            wandering(self._versions),
        ]
        rows.sort(key=lambda row: row.pitfall)
        return table_of(rows, TeamCheck)

    @property
    def _versions(self) -> int:
        """How many versions of the definitions came within 90 days, the first aside."""
        versions = self.kitchen.session.manifest.definitions[1:]
        first = self.as_of - dt.timedelta(days=_VERSION_DAYS)
        return sum(
            first < version.published_at.date() <= self.as_of for version in versions
        )


def _told(wait: Waiting) -> dict[str, object]:
    return {
        "openings": wait.openings,
        "wait": wait.median,
        "wait_low": wait.low,
        "wait_high": wait.high,
        "judged": wait.judged,
        "within": wait.within,
        "within_share": wait.share,
        "within_low": wait.share_low,
        "within_high": wait.share_high,
        "wait_reason": wait.reason,
    }


def _month(day: dt.date) -> int:
    return day.year * 12 + day.month - 1


def _places(keys: pa.ChunkedArray, ids: pa.Array) -> NDArray[np.int64]:
    found = pc.fill_null(pc.index_in(keys.combine_chunks(), ids), -1)
    return np.asarray(found, dtype=np.int64)


def _ints(table: pa.Table, name: str) -> NDArray[np.int64]:
    return np.asarray(table[name], dtype=np.int64)


def _floats(column: pa.ChunkedArray | pa.Array) -> Floats:
    """Return a column as numbers; null is NaN."""
    return np.asarray(column.cast(pa.float64()), dtype=np.float64)


def _nullable(values: Floats) -> pa.Array:
    return pa.array(values, pa.float64(), mask=np.isnan(values))
