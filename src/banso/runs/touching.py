"""The touch models of a run: what each customer has, what it should have, and why."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from ibis import _
from numpy.typing import NDArray

from banso.analytics.touch.in_force import in_force
from banso.analytics.touch.owners import NOBODY, Shared, by_load
from banso.analytics.touch.placing import (
    NONE,
    Levels,
    Placed,
    Room,
    by_weight,
    placed,
    steady,
)
from banso.analytics.touch.reached import FAR_DAYS, reached
from banso.analytics.touch.sentences import Basis, override_in_words, why_in_words
from banso.definitions.touch import TouchRules
from banso.kernel.zones import day_number, utc_offsets
from banso.runs.derived import Recipe
from banso.runs.panels import Panels
from banso.runs.row_tables import table_of
from banso.runs.touch_rows import TouchRows
from banso.runs.touch_spread import SpreadRow, TouchSpreads
from banso.warehouse.manifest import JSON, Part

TOUCH_NOW: Final = "touch_now"
TOUCH_SPREAD: Final = "touch_spread"
VERSION: Final = 1  # of what is computed here and in analytics.touch
_CONTACTS: Final = ("interactions", "participations")
_BASES: Final[tuple[Basis, ...]] = ("rules", "steady", "hours", "places", "override")


@dataclass(frozen=True)
class People:
    """Who looks after customers."""

    emails: tuple[str, ...]  # ascending
    left: frozenset[str]  # of those that the company knows
    are_known: bool  # from the table of staff; else they are the owners that there are


@dataclass
class Touching:
    """The touch models of everybody under contract on the as-of date."""

    rows: TouchRows
    now: Part  # rows of `customer_now`
    zone: str

    @property
    def panels(self) -> Panels:
        """What everything is read from."""
        return self.rows.panels

    @property
    def rules(self) -> TouchRules:
        """The definitions."""
        return self.rows.rules

    def note(self) -> dict[str, JSON]:
        """Return what decided, for whoever reads the release."""
        conditions = (*self.rules.rules, *self.rules.owners)
        lacks = {each.key: self.rows.lacks(each) for each in conditions}
        return {
            "need": self.rows.need,
            "off": {key: list(names) for key, names in lacks.items() if names},
            "people": list(self._people.emails),
            "people_known": self._people.are_known,
            "hours_there": self._room.hours_there,
            "currency": self.rows.currency,
        }

    def parts(self) -> dict[str, tuple[Part, ...]]:
        """Return the files of the result tables."""
        called = self.rows.parts()
        manifest = self.panels.kitchen.session.manifest
        inputs = {
            "version": VERSION,
            "called_for": [part.sha256 for part in called],
            "rules": self.rules.model_dump(mode="json"),
            "now": self.now.sha256,
            "facts": manifest.facts_digest,
            "zone": self.zone,
            "currency": self.rows.currency,
            "rates": [
                rate.model_dump(mode="json")
                for rate in self.panels.catalog.revenue.rates
            ],
        }
        day = self.panels.as_of.isoformat()
        kitchen = self.panels.kitchen
        now = kitchen.table_part(
            Recipe(TOUCH_NOW, day, inputs, ("customer_id",)),
            lambda: self._now(called),
        )
        spread = kitchen.table_part(
            Recipe(TOUCH_SPREAD, day, inputs, ("place",)), lambda: self._spread(now)
        )
        return {TOUCH_NOW: (now,), TOUCH_SPREAD: (spread,)}

    # -- each customer -----------------------------------------------------------------

    def _now(self, called: Sequence[Part]) -> pa.Table:
        session = self.panels.kitchen.session
        found = session.to_arrow(self._everybody(called[0]).order_by("customer_id"))
        keys = [model.key for model in self.rules.models]
        present = _places(found["touch"], keys)
        is_fixed = np.asarray(found["is_override"], dtype=bool) & (present != NONE)
        steadied = steady(self._levels(found["customer_id"], called), present)
        wanted = np.where(is_fixed, present, steadied).astype(np.int16)
        order = by_weight(
            _floats(found["value"]),
            _floats(found["need"]),
            has_place=(present != NONE) & (present <= wanted),
            stay_bonus=self.rules.stay_bonus,
        )
        result = placed(wanted, order, self._room, fixed=is_fixed)
        basis = self._bases(found, wanted, result, is_fixed)
        ja, en = self._why(found, basis, wanted, result.level)
        place = np.empty(len(order), dtype=np.int64)
        place[order] = np.arange(len(order))
        owners, owner_basis = self._owners(found, result.level, order, place)
        hours = np.array([model.hours_per_month for model in self.rules.models])
        names = pa.array(keys, pa.string())
        hours_now = np.where(present == NONE, np.nan, hours[np.maximum(present, 0)])
        columns = {
            "customer_id": found["customer_id"],
            "touch_now": found["touch"],
            "touch_proposed": names.take(pa.array(result.level)),
            "touch_by_rules": names.take(pa.array(wanted)),
            "rule": self._rule_keys(found["rule"]),
            "basis": pa.array([_BASES[each] for each in basis], pa.string()),
            "why_ja": ja,
            "why_en": en,
            "value": found["value"],
            "need": found["need"],
            "place": pa.array(place),
            "hours_now": pa.array(hours_now, pa.float64(), from_pandas=True),
            "hours_proposed": pa.array(hours[result.level]),
            "owner_now": found["owner"],
            "owner_proposed": owners,
            "owner_basis": owner_basis,
            "contacted_28": found["contacted_28"],
            "contacted_90": found["contacted_90"],
            "minutes_90": found["minutes_90"],
        }
        return pa.table(columns)

    def _everybody(self, called: Part) -> ir.Table:
        """Return everybody under contract: what it has, and what is called for."""
        kitchen, session = self.panels.kitchen, self.panels.kitchen.session
        rows = kitchen.table([called])
        now = kitchen.table([self.now])
        rows = _joined(
            rows,
            now.select("customer_id", touch=now.touch, owner=_normalized(now.owner)),
        )
        if session.has("assignments"):
            day = ibis.literal(self.panels.as_of)
            decided = in_force(session.facts("assignments"), as_of=day)
            told = decided.select("customer_id", "is_override", "why", "until")
            rows = _joined(rows, told)
        else:
            rows = rows.mutate(
                is_override=ibis.literal(value=False),
                why=ibis.null("string"),
                until=ibis.null("date"),
            )
        contacts = self._contacts()
        if contacts is None:
            nothing = ibis.null("boolean")
            return rows.mutate(
                is_override=rows.is_override.fill_null(ibis.literal(value=False)),
                contacted_28=nothing,
                contacted_90=nothing,
                minutes_90=ibis.null("float64"),
            )
        rows = _joined(rows, contacts.mutate(contacted_90=ibis.literal(value=True)))
        no = ibis.literal(value=False)
        return rows.mutate(
            **{
                name: rows[name].fill_null(no)
                for name in ("is_override", "contacted_28", "contacted_90")
            }
        )

    def _contacts(self) -> ir.Table | None:
        """Return who was reached; None when no table of contacts is connected."""
        session, day = self.panels.kitchen.session, day_number(self.panels.as_of)
        since = self.panels.as_of - dt.timedelta(days=FAR_DAYS + 1)
        tables = []
        for name in _CONTACTS:
            if not session.has(name):
                continue
            parts = session.manifest.facts[name].parts
            late = [p for p in parts if p.last_day is None or p.last_day >= since]
            tables.append(session.facts(name, parts=late or parts[-1:]))
        if not tables:
            return None
        return reached(
            tables, day=day, offsets=utc_offsets(self.zone, since, self.panels.as_of)
        )

    def _levels(self, ids: pa.ChunkedArray, called: Sequence[Part]) -> Levels:
        """Return what the rules call for on each date, as (dates, customers)."""
        folder = self.panels.kitchen.session.lake.folder
        keys = [model.key for model in self.rules.models]
        of_rule = np.array(
            [keys.index(rule.touch) for rule in self.rules.rules]
            + [keys.index(self.rules.otherwise)],
            dtype=np.int16,
        )
        levels = np.full((len(called), len(ids)), NONE, dtype=np.int16)
        for number, part in enumerate(called):
            rows = pq.read_table(folder / part.path, columns=["customer_id", "rule"])
            place = np.asarray(pc.fill_null(pc.index_in(ids, rows["customer_id"]), -1))
            there = place >= 0
            rule = np.asarray(rows["rule"], dtype=np.int64)
            levels[number, there] = of_rule[rule[place[there]]]
        return levels

    def _bases(
        self, found: pa.Table, wanted: Levels, result: Placed, fixed: NDArray[np.bool_]
    ) -> NDArray[np.int64]:
        """Return what decided at each customer, as places in `_BASES`."""
        keys = [model.key for model in self.rules.models]
        called = [keys.index(rule.touch) for rule in self.rules.rules]
        called.append(keys.index(self.rules.otherwise))
        today = np.array(called)[np.asarray(found["rule"], dtype=np.int64)]
        basis = np.where(today == wanted, 0, 1)
        moved = result.level != wanted
        basis = np.where(moved & result.lacks_hours, 2, basis)
        basis = np.where(moved & result.lacks_places, 3, basis)
        return np.where(fixed, 4, basis)

    def _why(
        self,
        found: pa.Table,
        basis: NDArray[np.int64],
        wanted: Levels,
        level: Levels,
    ) -> tuple[pa.Array, pa.Array]:
        """Return the reasons in both languages; the same words are made only once."""
        rule = np.asarray(found["rule"], dtype=np.int64)
        cells = np.column_stack([basis, rule, wanted, level])
        different, which = np.unique(cells, axis=0, return_inverse=True)
        said = [
            why_in_words(
                self.rules, _BASES[b], place=int(r), wanted=int(w), level=int(lv)
            )
            if _BASES[b] != "override"
            else None
            for b, r, w, lv in different.tolist()
        ]
        ja = [said[i].ja if said[i] else "" for i in range(len(said))]  # type: ignore[union-attr]
        en = [said[i].en if said[i] else "" for i in range(len(said))]  # type: ignore[union-attr]
        texts = (
            pa.array(ja, pa.string()).take(pa.array(which.ravel())).to_pylist(),
            pa.array(en, pa.string()).take(pa.array(which.ravel())).to_pylist(),
        )
        for row in np.flatnonzero(basis == _BASES.index("override")).tolist():
            why, until = found["why"][row].as_py(), found["until"][row].as_py()
            words = override_in_words(why or "", until)
            texts[0][row], texts[1][row] = words.ja, words.en
        return pa.array(texts[0], pa.string()), pa.array(texts[1], pa.string())

    def _rule_keys(self, rule: pa.ChunkedArray) -> pa.Array:
        keys = pa.array([*(r.key for r in self.rules.rules), None], pa.string())
        return keys.take(rule.combine_chunks())

    # -- owners ------------------------------------------------------------------------

    def _owners(
        self,
        found: pa.Table,
        level: Levels,
        order: NDArray[np.int64],
        place: NDArray[np.int64],
    ) -> tuple[pa.Array, pa.Array]:
        """Return who should look after each customer, and by what."""
        owners = found["owner"].to_pylist()
        emails = sorted({*self._people.emails, *(o for o in owners if o)})
        number = {email: place for place, email in enumerate(emails)}
        owner = np.array([number.get(o, NOBODY) for o in owners], dtype=np.int64)
        models = self.rules.models
        is_owned = np.array([model.owned for model in models])[level]
        gone = np.array([o in self._people.left for o in owners], dtype=bool)
        needs = gone | (is_owned & (owner == NOBODY))
        owner = np.where(gone, NOBODY, owner)
        everyone = [number[email] for email in self._people.emails]
        named = [
            [number[e] for e in _emails(rule.owners) if self._is_there(e, number)]
            for rule in self.rules.owners
        ]
        asked = np.asarray(found["owner_rule"], dtype=np.int64)
        shared = Shared(
            level=level[order],
            hours=np.array([model.hours_per_month for model in models])[level[order]],
            most=[model.most_customers for model in models],
        )
        chosen = by_load(
            owner[order],
            needs[order],
            [*(each or everyone for each in named), everyone],
            asked=asked[order],
            shared=shared,
        )[place]
        texts = [emails[each] if each != NOBODY else "" for each in chosen.tolist()]
        by_rule = asked < len(named)
        basis = np.where(
            needs & (chosen != NOBODY),
            np.where(by_rule, "rule", "load"),
            np.where(owner == NOBODY, "none", "kept"),
        )
        return pa.array(texts, pa.string()), pa.array(basis.tolist(), pa.string())

    def _is_there(self, email: str, number: dict[str, int]) -> bool:
        return email in number and email not in self._people.left

    @cached_property
    def _people(self) -> People:
        session = self.panels.kitchen.session
        kitchen = self.panels.kitchen
        if session.has("staff"):
            staff = session.to_arrow(
                session.facts("staff").select("email", "role", "left_on")
            ).to_pylist()
            left = {
                _email(row["email"])
                for row in staff
                if row["left_on"] is not None and row["left_on"] <= self.panels.as_of
            }
            there = {
                _email(row["email"])
                for row in staff
                if row["role"] in self.rules.capacity.roles
            } - left
            if there:
                return People(tuple(sorted(there)), frozenset(left), are_known=True)
        else:
            left = set()
        now = kitchen.table([self.now]).filter(_.status == "active")
        owners = session.to_arrow(now.select(owner=_normalized(now.owner)).distinct())
        named = {o for o in owners["owner"].to_pylist() if o} - left
        return People(tuple(sorted(named)), frozenset(left), are_known=False)

    @cached_property
    def _room(self) -> Room:
        models = self.rules.models
        return Room(
            hours=[model.hours_per_month for model in models],
            most=[model.most_customers for model in models],
            people=len(self._people.emails) or None,
            hours_per_week=self.rules.capacity.hours_per_week,
        )

    # -- all of them -------------------------------------------------------------------

    def _spread(self, now: Part) -> pa.Table:
        folder = self.panels.kitchen.session.lake.folder
        rows = pq.read_table(folder / now.path)
        spreads = TouchSpreads(self.panels, self.now, self.rows.currency)
        keys = [model.key for model in self.rules.models]
        return table_of(spreads.rows(rows, keys), SpreadRow)


def _places(touches: pa.ChunkedArray, keys: Sequence[str]) -> Levels:
    """Return touch models by their place in the list; `NONE` for none or another."""
    found = pc.index_in(touches, pa.array(keys, pa.string()))
    return np.asarray(pc.fill_null(found, NONE), dtype=np.int16)


def _floats(column: pa.ChunkedArray) -> NDArray[np.float64]:
    return np.asarray(pc.fill_null(column, np.nan), dtype=np.float64)


def _email(text: str) -> str:
    return text.strip().lower()


def _emails(several: Sequence[str]) -> list[str]:
    return [_email(each) for each in several]


def _normalized(owner: ir.StringValue) -> ir.StringValue:
    return owner.fill_null("").strip().lower()


def _joined(rows: ir.Table, more: ir.Table) -> ir.Table:
    return rows.left_join(more, "customer_id").drop("customer_id_right")
