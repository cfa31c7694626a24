"""What signals read of everybody on the as-of dates of a run."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import ibis.expr.types as ir
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from banso.analytics.filters import matches
from banso.analytics.signals.openings import Seen, Standing, Step, Terms, stepped
from banso.definitions.signals import CHANCES, Signal
from banso.kernel.days import SUNDAY
from banso.kernel.zones import day_number
from banso.runs.gridding import Slice
from banso.runs.panel_columns import Columns
from banso.runs.panels import Panels
from banso.warehouse.manifest import Part

_KEY = ("customer_id", "as_of")


@dataclass
class SignalRows:
    """Signals, and everything that their conditions may read."""

    panels: Panels
    chances: Sequence[Part]  # of the forecast, one for each slice
    asked: Sequence[Signal]

    @cached_property
    def signals(self) -> tuple[Signal, ...]:
        """Those of the signals for which everything is there."""
        return tuple(each for each in self.asked if not self.lacks(each))

    def lacks(self, signal: Signal) -> tuple[str, ...]:
        """Return what a signal reads and the data do not have, or have no history of.

        A metric that must not be looked at for the past (`Panels.barred`) is not there.
        """
        inside = tuple(f"{column}." for column in self.panels.dated.profile)
        return tuple(
            name
            for name in signal.names
            if name not in self._known and not name.startswith(inside)
        )

    @cached_property
    def _known(self) -> frozenset[str]:
        dated = self.panels.dated
        columns = (*dated.metrics, *dated.contract, *dated.profile)
        chances = CHANCES if self.chances else ()
        return frozenset((*columns, *self.panels.health, *chances, "tenure_days"))

    @property
    def terms(self) -> Terms:
        """How long each of the signals must hold, and rests."""
        weeks = [each.for_weeks for each in self.signals]
        days = [each.cooldown_days for each in self.signals]
        return Terms(np.array(weeks, dtype=np.int16), np.array(days, dtype=np.int32))

    @property
    def nothing(self) -> Standing:
        """How the signals stand before the first date."""
        return Standing.nothing(len(self.signals), len(self.panels.customer_ids))

    def steps(
        self, slices: Sequence[Slice], standing: Standing
    ) -> Iterator[tuple[dt.date, Step]]:
        """Yield what each date of some slices changed, from how signals stood before.

        Slices are read together, as many as fit.
        """
        terms = self.terms
        for batch in self.panels.batches(slices):
            dates = [date for each in batch for date in each.dates]
            for date, seen in self._seen(dates):
                step = stepped(
                    standing,
                    seen,
                    day=day_number(date),
                    is_weekly=date.weekday() == SUNDAY,
                    terms=terms,
                )
                standing = step.after
                yield date, step

    def values(
        self,
        dates: Sequence[dt.date],
        names: Sequence[str],
        *,
        only: ir.Table | None = None,
    ) -> ir.Table:
        """Return the expression of everybody there on some dates, with some columns.

        `only` leaves those that it names: by ``customer_id``, ``as_of`` or both.
        """
        dated = self.panels.dated
        # Of a JSON column of the profile, parts are named: the whole is read.
        wanted = {*names, *(n.partition(".")[0] for n in names if n not in self._known)}
        metrics = tuple(key for key in dated.metrics if key in wanted)
        # A metric goes before a dimension or a column of the same name.
        wanted -= set(metrics)
        columns = Columns(
            metrics=metrics,
            health=tuple(
                key
                for key in self.panels.health
                if key in wanted and key not in (*dated.contract, *dated.profile)
            ),
            contract=tuple(key for key in dated.contract if key in wanted),
            profile=tuple(key for key in dated.profile if key in wanted),
        )
        rows = self.panels.rows(dates, columns, only=only)
        said = [n for n in CHANCES if n in wanted and n not in columns.keys]
        if not said:
            return rows
        parts = self.panels.gridded.parts_with(self.chances, dates)
        chances = self.panels.kitchen.table(parts)
        if only is not None:
            chances = chances.semi_join(only, only.columns)
        chances = chances.select(*_KEY, *said)
        joined = rows.left_join(chances, list(_KEY))
        return joined.drop("customer_id_right", "as_of_right")

    def _seen(self, dates: Sequence[dt.date]) -> Iterator[tuple[dt.date, Seen]]:
        """Yield what was seen on each date, in their order."""
        names = [name for each in self.signals for name in each.names]
        rows = self.values(dates, names)
        count = len(self.signals)
        conditions = {
            **{f"holds_{n}": matches(rows, s.when) for n, s in enumerate(self.signals)},
            **{
                f"closes_{n}": matches(rows, s.closes)
                for n, s in enumerate(self.signals)
            },
        }
        found = self.panels.kitchen.session.to_arrow(rows.select(*_KEY, **conditions))
        days = np.asarray(found["as_of"].cast(pa.int32()), dtype=np.int32)
        customer = self.panels.number_of(found["customer_id"])
        there = self._is_undecided(customer, days)
        holds, closes = (
            _bits(found, [f"{what}_{n}" for n in range(count)])
            for what in ("holds", "closes")
        )
        everybody = len(self.panels.customer_ids)
        for date in dates:
            mine = np.flatnonzero(there & (days == day_number(date)))
            who = customer[mine]
            seen = Seen(
                holds=np.zeros((count, everybody), dtype=bool),
                closes=np.zeros((count, everybody), dtype=bool),
                present=np.zeros(everybody, dtype=bool),
            )
            seen.holds[:, who] = holds[:, mine]
            seen.closes[:, who] = closes[:, mine]
            seen.present[who] = True
            yield date, seen

    def _is_undecided(
        self, customer: NDArray[np.int64], days: NDArray[np.int32]
    ) -> NDArray[np.bool_]:
        """Return who is under contract and has given no notice by that day."""
        stays = self.panels.stays
        stay = stays.place_of(customer, days)
        leaves_on = stays.leaves_on[np.maximum(stay, 0)]
        return np.asarray((customer >= 0) & (stay >= 0) & (days < leaves_on))


@dataclass(frozen=True)
class OpenSignals:
    """Signals that are open at customers on a date, and which signal each is."""

    signals: tuple[Signal, ...]
    rows: pa.Table  # customer_id, signal, opened_on

    def __len__(self) -> int:
        """Return how many are open."""
        return int(self.rows.num_rows)

    @property
    def customers(self) -> pa.ChunkedArray:
        """At whom each is open."""
        return self.rows["customer_id"]

    @cached_property
    def place(self) -> NDArray[np.intp]:
        """(k,) the place of each among the signals."""
        keys = pa.array([signal.key for signal in self.signals], pa.string())
        return np.asarray(pc.index_in(self.rows["signal"], keys), dtype=np.intp)

    @cached_property
    def by_signal(self) -> tuple[tuple[Signal, NDArray[np.intp]], ...]:
        """Each signal that is open anywhere, with its rows, ascending."""
        order = np.argsort(self.place, kind="stable")
        ends = np.cumsum(np.bincount(self.place, minlength=len(self.signals)))
        several = np.split(order, ends[:-1])
        pairs = zip(self.signals, several, strict=True)
        return tuple((signal, mine) for signal, mine in pairs if len(mine))

    def each(self, values: Sequence[str | None]) -> pa.Array:
        """Return one text of each signal for each of its rows."""
        return pa.array(values, pa.string()).take(pa.array(self.place))


def _bits(found: pa.Table, names: Sequence[str]) -> NDArray[np.bool_]:
    """Return columns of flags as (names, rows)."""
    if not names:
        return np.zeros((0, found.num_rows), dtype=bool)
    return np.stack([np.asarray(found[name]) for name in names])
