"""Who uses what since when, and who they are: what recommendations are learned from."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Final

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa
from ibis import _
from numpy.typing import NDArray

from banso.analytics.panel.landmarks import BY_CHOICE
from banso.analytics.recommending.adoptions import Adoptions, Item, Profiles, Trait
from banso.analytics.recommending.use_tables import (
    contract_use,
    event_months,
    event_use,
    month_number,
)
from banso.kernel.zones import OffsetSpan, day_number
from banso.runs.derived import History, Order, Recipe
from banso.runs.panels import Panels
from banso.runs.rolling import WHOLE_TABLE_ROWS, offsets_of
from banso.warehouse.manifest import Part, content_digest

USE: Final = "recommending.use"  # a by-product: since when who uses what, by month
VERSION: Final = 1  # of the rows made here
MOST_ITEMS: Final = 400  # that are looked at: the most used
MOST_LEVELS: Final = 30  # of a trait

Levels = tuple[tuple[str, tuple[str, ...]], ...]  # of each trait, by its key


@dataclass
class Uses:
    """The uses that the facts of a run tell of, by each stay of a customer.

    A day by which something was known is the end of a month, or the as-of date.
    """

    panels: Panels
    zone: str

    @cached_property
    def parts(self) -> tuple[Part, ...]:
        """The files of `event_months`, one for each month of a large table."""
        session = self.panels.kitchen.session
        if not session.has("events"):
            return ()
        version = session.manifest.facts["events"]
        clock = offsets_of(version, self.zone)
        by_slice: dict[str, list[Part]] = {}
        for part in version.parts:
            place = part.slice if version.rows > WHOLE_TABLE_ROWS else "all"
            by_slice.setdefault(place, []).append(part)
        orders = [
            self._order(place, parts, clock)
            for place, parts in sorted(by_slice.items())
        ]
        return tuple(self.panels.kitchen.parts(orders))

    def _order(
        self, place: str, parts: Sequence[Part], clock: Sequence[OffsetSpan]
    ) -> Order:
        until = self._until(parts)
        facts = self.panels.kitchen.session.facts_given("events")
        recipe = Recipe(
            name=USE,
            slice=place,
            inputs={
                "version": VERSION,
                "content": content_digest(parts),
                "until": None if until is None else until.isoformat(),
                "clock": [[span.since.isoformat(), span.seconds] for span in clock],
            },
            order_by=("customer_id", "item", "known_month"),
        )
        rows = partial(event_months, facts, until=until, offsets=clock)
        return Order(recipe, rows, given={"events": parts})

    def _until(self, parts: Sequence[Part]) -> dt.date | None:
        """Return the as-of date where parts may hold rows of later days, else None."""
        as_of = self.panels.as_of
        days = [part.last_day for part in parts if part.last_day is not None]
        is_over = not days or max(days) < as_of - dt.timedelta(days=1)
        is_known = not any(part.known_at_given for part in parts)
        return None if is_over and is_known else as_of

    def digest(self, known_by: dt.date) -> object:
        """Return a JSON-like value that stands for all uses known by a day."""
        days = self.panels.kitchen.daily_digests(self.parts, "known_month")
        last = month_number(known_by)
        known = History.of(days).digests.items()
        return [[month, digest] for month, digest in known if month <= last]

    def items(self, known_by: dt.date) -> tuple[Item, ...]:
        """Return what is used by the most customers, the most used first."""
        users = self._use(known_by).group_by("kind", "item").aggregate(users=_.count())
        users = users.order_by(_.users.desc(), "kind", "item").limit(MOST_ITEMS)
        found = self.panels.kitchen.session.to_arrow(users).to_pylist()
        return tuple(Item(row["kind"], row["item"]) for row in found)

    def adoptions(self, known_by: dt.date, items: Sequence[Item]) -> Adoptions:
        """Return the uses of items, for each stay of the customer that uses them."""
        found = self.panels.kitchen.session.to_arrow(
            self._use(known_by).order_by("customer_id", "kind", "item")
        )
        places = {(item.kind, item.name): place for place, item in enumerate(items)}
        pairs = zip(found["kind"].to_pylist(), found["item"].to_pylist(), strict=True)
        item = np.array([places.get(pair, -1) for pair in pairs], dtype=np.int64)
        row, stay = self._stays_of(self.panels.number_of(found["customer_id"]))
        known = item[row] >= 0
        row, stay = row[known], stay[known]
        first, last = (
            np.asarray(found[name], dtype=np.int32)[row]
            for name in ("first_day", "last_day")
        )
        return Adoptions(
            tuple(items), stay, item[row], first, last, day_number(known_by)
        )

    def profiles(self, levels: Levels) -> Profiles:
        """Return who was there from when to when, with these traits."""
        stays = self.panels.stays
        traits = tuple(
            Trait(key, _codes(self._values[key], names), names) for key, names in levels
        )
        by_choice = np.isin(stays.end_kind, BY_CHOICE)
        return Profiles(stays.starts, stays.leaves_on, traits, by_choice)

    def levels(self, known_by: dt.date) -> Levels:
        """Return the levels of the traits of those that had come by a day.

        A trait with one level says nothing, one with very many names each customer.
        """
        there = self.panels.stays.starts <= day_number(known_by)
        found = [
            (key, tuple(sorted({value for value in values[there] if value})))
            for key, values in self._values.items()
        ]
        return tuple(pair for pair in found if 1 < len(pair[1]) <= MOST_LEVELS)

    # -- inside -----------------------------------------------------------------------

    def _use(self, known_by: dt.date) -> ir.Table:
        session = self.panels.kitchen.session
        use = contract_use(session.facts("subscriptions"), as_of=known_by)
        if not self.parts:
            return use
        months = self.panels.kitchen.table(self.parts)
        return ibis.union(event_use(months, known_by=known_by), use)

    def _stays_of(
        self, customer: NDArray[np.int64]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return pairs of a position in `customer` and each stay of that customer."""
        stays = self.panels.stays.customer
        first = np.searchsorted(stays, customer, side="left")
        count = np.searchsorted(stays, customer, side="right") - first
        row = np.repeat(np.arange(len(customer)), count)
        before = np.cumsum(count) - count
        return row, np.arange(len(row)) - before[row] + first[row]

    @cached_property
    def _values(self) -> dict[str, NDArray[np.object_]]:
        """The values of each trait, by stay; None where nothing is known."""
        keys = self.panels.profile
        session = self.panels.kitchen.session
        customers = session.facts("customers")
        columns = {key: customers[key].cast("string") for key in keys}
        found = session.to_arrow(customers.select("customer_id", **columns))
        row, stay = self._stays_of(self.panels.number_of(found["customer_id"]))
        values = {}
        for key in keys:
            values[key] = np.full(len(self.panels.stays.customer), None, dtype=object)
            values[key][stay] = _texts(found[key])[row]
        return values


def _texts(values: pa.ChunkedArray) -> NDArray[np.object_]:
    found = np.empty(len(values), dtype=object)
    found[:] = values.to_pylist()
    return found


def _codes(values: NDArray[np.object_], levels: tuple[str, ...]) -> NDArray[np.int64]:
    places = {level: place for place, level in enumerate(levels)}
    return np.array([places.get(value, -1) for value in values], dtype=np.int64)
