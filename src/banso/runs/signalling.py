"""The signals of a run: which are open and why, their history, what they were worth."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from banso.analytics.signals.openings import NEVER, Standing
from banso.analytics.signals.reasons import Form, forms_of
from banso.kernel.labels import Language
from banso.kernel.zones import day_number
from banso.runs.derived import Recipe
from banso.runs.gridding import Slice
from banso.runs.judging import Judging
from banso.runs.panels import Panels
from banso.runs.row_tables import placed_table
from banso.runs.signal_figures import (
    MONTHS,
    JudgedSignal,
    Openings,
    csms_at_work,
    ground_of,
    judged_signals,
)
from banso.runs.signal_reasons import LANGUAGES, reasons_in_words
from banso.runs.signal_rows import OpenSignals, SignalRows
from banso.runs.signal_worth import SignalWorth
from banso.warehouse.manifest import JSON, Part

SIGNALS: Final = "signals"
HISTORY: Final = "signal_history"
JUDGED: Final = "signals_judged"
STATE: Final = "signalling.state"
VERSION: Final = 2  # of what is computed here and in analytics.signals
_NOT_JUDGED: Final = {"label", "kind", "reason", "play", "seen_by"}
_STATE_ORDER = ("customer_id", "signal")
_HISTORY_ORDER = ("customer_id", "signal", "opened_on")
_STATE = pa.schema(
    [
        ("customer_id", pa.string()),
        ("signal", pa.string()),
        ("weeks", pa.int16()),
        ("opened_on", pa.date32()),
        ("closed_on", pa.date32()),
    ]
)
_HISTORY = pa.schema([_STATE.field(name) for name in (*_HISTORY_ORDER, "closed_on")])


@dataclass
class Signalling:
    """The signals of the definitions that are on, on every as-of date.

    A slice of dates goes on from where signals stood after the slice before, which is
    kept in a file of its own; so a day costs one date.
    """

    judging: Judging
    chances: Sequence[Part]  # of the forecast, one for each slice
    currency: str  # the company's
    # What trials have shown that plays achieve; for the others it is assumed.
    proven: Mapping[str, float] = field(default_factory=dict)

    @property
    def panels(self) -> Panels:
        """What everything is read from."""
        return self.judging.panels

    @cached_property
    def rows(self) -> SignalRows:
        """The signals and what they read."""
        return SignalRows(self.panels, self.chances, self.panels.catalog.signals)

    def note(self) -> dict[str, JSON]:
        """Return which signals speak, and what each of the others lacks."""
        lacks = {s.key: self.rows.lacks(s) for s in self.rows.asked}
        return {
            "on": [signal.key for signal in self.rows.signals],
            "off": {key: list(names) for key, names in lacks.items() if names},
            "currency": self.currency,  # of `worth`
        }

    def parts(self) -> dict[str, tuple[Part, ...]]:
        """Return the files of the result tables; nothing when no signal speaks."""
        if not self.rows.signals:
            return {}
        states, ended = self._chain()
        history = (*ended, self._still_open(states[-1]))
        judged = self._judged(history)
        worth = SignalWorth(self.rows, judged, self.currency, self.proven)
        return {
            SIGNALS: (self._now(states[-1], worth),),
            HISTORY: history,
            JUDGED: (judged,),
            STATE: states,
        }

    # -- from slice to slice ----------------------------------------------------------

    def _chain(self) -> tuple[tuple[Part, ...], tuple[Part, ...]]:
        """Return how signals stood after each slice, and what had closed within it."""
        kitchen, slices = self.panels.kitchen, self.panels.gridded.slices
        states: list[Part] = []
        ended: list[Part] = []
        while len(states) < len(slices):
            state, closed = self._recipes(states)
            if kitchen.has(state) and kitchen.has(closed):
                states.append(kitchen.table_part(state, _never))
                ended.append(kitchen.table_part(closed, _never))
                continue
            batch = next(iter(self.panels.batches(slices[len(states) :])))
            for standing, rows in self._passed(batch, self._standing(states)):
                state, closed = self._recipes(states)
                states.append(kitchen.table_part(state, partial(_given, standing)))
                ended.append(kitchen.table_part(closed, partial(_given, rows)))
        return tuple(states), tuple(ended)

    def _recipes(self, states: Sequence[Part]) -> tuple[Recipe, Recipe]:
        """Return what follows on some slices: how signals stand, and what closed."""
        place, gridded = len(states), self.panels.gridded
        each = gridded.slices[place]
        inputs = {
            "version": VERSION,
            "before": states[-1].sha256 if states else "",
            "rules": [
                [s.key, s.when, s.closes, s.for_weeks, s.cooldown_days]
                for s in self.rows.signals
            ],
            # It covers contracts and the profile, as far as they were known then.
            "chances": self.judging.forecasting.grid_recipe(each).made_from,
            "metrics": gridded.metric_parts[place].sha256,
            "health": gridded.health_parts[place].sha256,
        }
        return (
            Recipe(STATE, each.name, inputs, _STATE_ORDER),
            Recipe(HISTORY, each.name, inputs, _HISTORY_ORDER),
        )

    def _passed(
        self, slices: Sequence[Slice], standing: Standing
    ) -> Iterator[tuple[pa.Table, pa.Table]]:
        """Yield how signals stand after each slice, and what closed within it."""
        steps = self.rows.steps(slices, standing)
        for each in slices:
            closed = [_HISTORY.empty_table()]
            for _date in each.dates:
                date, step = next(steps)
                closed.append(self._closings(standing, step.closed, date))
                standing = step.after
            yield self._as_state(standing, each.dates[-1]), pa.concat_tables(closed)

    def _closings(
        self, before: Standing, closed: NDArray[np.bool_], date: dt.date
    ) -> pa.Table:
        signal, customer = np.nonzero(closed)
        columns = [
            self.panels.customer_ids.take(pa.array(customer)),
            self._keys.take(pa.array(signal)),
            _days(before.opened_on[signal, customer]),
            pa.array([date] * len(signal), pa.date32()),
        ]
        return pa.Table.from_arrays(columns, schema=_HISTORY)

    def _as_state(self, standing: Standing, date: dt.date) -> pa.Table:
        """Return what the next date has to know of signals and customers."""
        rests = self.rows.terms.cooldown_days[:, None]
        rested = day_number(date) - standing.closed_on.astype(np.int64) > rests
        closed_on = np.where(rested, NEVER, standing.closed_on)
        kept = standing.is_open | (standing.weeks > 0) | (closed_on != NEVER)
        signal, customer = np.nonzero(kept)
        columns = [
            self.panels.customer_ids.take(pa.array(customer)),
            self._keys.take(pa.array(signal)),
            pa.array(standing.weeks[kept]),
            _days(standing.opened_on[kept]),
            _days(closed_on[kept]),
        ]
        return pa.Table.from_arrays(columns, schema=_STATE)

    def _standing(self, states: Sequence[Part]) -> Standing:
        """Return how signals stood after the last of some slices."""
        standing = self.rows.nothing
        if not states:
            return standing
        kept = self._stored(states[-1])
        signal = np.asarray(pc.index_in(kept["signal"], self._keys))
        customer = self.panels.number_of(kept["customer_id"])
        standing.weeks[signal, customer] = np.asarray(kept["weeks"])
        for name in ("opened_on", "closed_on"):
            days = pc.fill_null(kept[name].cast(pa.int32()), NEVER)
            getattr(standing, name)[signal, customer] = np.asarray(days)
        return standing

    @cached_property
    def _keys(self) -> pa.Array:
        return pa.array([signal.key for signal in self.rows.signals], pa.string())

    def _stored(self, part: Part) -> pa.Table:
        return pq.read_table(self.panels.kitchen.session.lake.folder / part.path)

    # -- results ----------------------------------------------------------------------

    def _still_open(self, state: Part) -> Part:
        as_of = self.panels.as_of.isoformat()
        recipe = Recipe(
            HISTORY, f"open-{as_of}", {"state": state.sha256}, _HISTORY_ORDER
        )

        def rows() -> pa.Table:
            kept = self._open_ones(state)
            nothing = pa.nulls(kept.num_rows, pa.date32())
            return kept.append_column("closed_on", nothing)

        return self.panels.kitchen.table_part(recipe, rows)

    def _open_ones(self, state: Part) -> pa.Table:
        kept = self._stored(state)
        return kept.filter(kept["opened_on"].is_valid()).select(list(_HISTORY_ORDER))

    def _now(self, state: Part, worth: SignalWorth) -> Part:
        panels = self.panels
        grids = (*panels.gridded.metric_parts, *panels.gridded.health_parts)
        recipe = Recipe(
            name=SIGNALS,
            slice=panels.as_of.isoformat(),
            inputs={
                "version": VERSION,
                "state": state.sha256,
                "facts": panels.kitchen.session.manifest.facts_digest,
                "grids": [part.sha256 for part in (*grids, *self.chances)],
                "signals": [s.model_dump(mode="json") for s in self.rows.signals],
                "said": dict(self._forms),
                "worth": worth.inputs,
            },
            order_by=_STATE_ORDER,
        )
        return panels.kitchen.table_part(recipe, lambda: self._now_rows(state, worth))

    def _now_rows(self, state: Part, worth: SignalWorth) -> pa.Table:
        opened = OpenSignals(self.rows.signals, self._open_ones(state))
        table = opened.rows
        for name, texts in self._reasons(opened, state).items():
            table = table.append_column(f"reason_{name}", texts)
        more = worth.columns(opened, state)
        for name in more.column_names:
            table = table.append_column(more.field(name), more[name])
        return table

    @cached_property
    def _forms(self) -> Mapping[str, Form]:
        told = dict.fromkeys(name for s in self.rows.signals for name in s.told)
        return forms_of(tuple(told), self.panels.catalog.metric_by_key)

    def _reasons(self, opened: OpenSignals, state: Part) -> Mapping[Language, pa.Array]:
        """Return why each is open, by language."""
        values = self._values_at(opened.rows, state)
        several = [
            reasons_in_words(signal, values.take(pa.array(mine)), self._forms)
            for signal, mine in opened.by_signal
        ]
        order = [mine for _signal, mine in opened.by_signal]
        place = pa.array(np.argsort(np.concatenate([np.empty(0, np.intp), *order])))
        nothing = pa.array([], pa.string())
        return {
            language: pa.concat_arrays(
                [nothing, *(each[language] for each in several)]
            ).take(place)
            for language in LANGUAGES
        }

    def _values_at(self, opened: pa.Table, state: Part) -> pa.Table:
        """Return what the reasons name on the date of each opening, row by row."""
        dates = sorted(set(opened["opened_on"].unique().to_pylist()))
        names = tuple(self._forms)
        if not dates or not names:
            # Beside a column that is not asked for: a table without any has no rows.
            nothing = {name: pa.nulls(len(opened)) for name in names}
            return pa.table({"customer_id": opened["customer_id"], **nothing})
        kitchen = self.panels.kitchen
        kept = kitchen.table([state])
        kept = kept.filter(kept.opened_on.notnull())
        pairs = kept.select("customer_id", as_of=kept.opened_on).distinct()
        rows = self.rows.values(dates, names, only=pairs)
        found = kitchen.session.to_arrow(rows.select("customer_id", "as_of", *names))
        known = self._pair(found["customer_id"], found["as_of"])
        asked = self._pair(opened["customer_id"], opened["opened_on"])
        place = pc.index_in(pa.array(asked), pa.array(known))  # null: nothing is known
        return found.select(list(names)).take(place)

    def _pair(
        self, customers: pa.ChunkedArray, dates: pa.ChunkedArray
    ) -> NDArray[np.int64]:
        """Return customers on dates as one number each."""
        days = np.asarray(dates.cast(pa.int32()), dtype=np.int64)
        return self.panels.number_of(customers) * (1 << 32) + days

    def _judged(self, history: Sequence[Part]) -> Part:
        csms = csms_at_work(self.panels)
        rules = [
            s.model_dump(mode="json", exclude=_NOT_JUDGED) for s in self.rows.signals
        ]

        def rows() -> pa.Table:
            found = judged_signals(
                ground_of(self.panels, self.judging.dates, months=MONTHS),
                self._openings(history),
                csms=csms,
            )
            figures = (
                JudgedSignal.of(signal, each, MONTHS)
                for signal, several in found
                for each in several
            )
            return placed_table(figures, JudgedSignal)

        worded = {"signals": rules, "csms": csms, "version": VERSION}
        return self.judging.part(JUDGED, rows, ("place",), worded=worded)

    def _openings(self, history: Sequence[Part]) -> Openings:
        """Return every opening of the history that the analyses may know."""
        kept = self.panels.kitchen.table(history)
        kept = kept.filter(kept.opened_on <= self.judging.day)
        rows = kept.select("customer_id", "signal", "opened_on")
        found = self.panels.kitchen.session.to_arrow(rows)
        customer = self.panels.number_of(found["customer_id"])
        day = np.asarray(found["opened_on"].cast(pa.int32()), dtype=np.int32)
        of = np.asarray(pc.index_in(found["signal"], self._keys))
        return Openings.grouped(self.rows.signals, of, customer, day)


def _days(numbers: NDArray[np.int32]) -> pa.Array:
    """Return day numbers as dates; NEVER is null."""
    return pa.array(numbers, pa.int32(), mask=numbers == NEVER).cast(pa.date32())


def _given(rows: pa.Table) -> pa.Table:
    return rows


def _never() -> pa.Table:
    raise AssertionError("the file is there")
