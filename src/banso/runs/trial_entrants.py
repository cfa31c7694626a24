"""The customers of trials: what was known of them before, and what came of them."""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from ibis import _
from numpy.typing import NDArray

from banso.analytics.judgement.outcome import churn
from banso.analytics.panel.landmarks import CHURN, NO_END, Landmarks
from banso.analytics.panel.moves import until_move
from banso.analytics.trials.guard_rails import (
    OUTCOMES,
    SCORE,
    GuardRail,
    guard_rails_of,
)
from banso.analytics.trials.reading import Terms
from banso.analytics.trials.sizes import planned_total
from banso.definitions.signals import CHANCES
from banso.kernel.days import SUNDAY
from banso.kernel.digests import digest_of_value
from banso.kernel.zones import day_number, day_of_number
from banso.runs.derived import Recipe
from banso.runs.panels import Panels
from banso.runs.signal_rows import SignalRows
from banso.warehouse.manifest import Part, content_digest

TRIALS: Final = "trials"
ASSIGNMENTS: Final = "trial_assignments"
VALUES: Final = "trial_values"
VERSION: Final = 1  # of what is read here
SEGMENTS: Final = ("touch", "plan", "size", "product", "industry")
_HORIZONS: Final = (30, 90, 180, 365)
_STEP: Final = np.int64(1 << 32)  # a customer's number and a day make one key
_NEVER: Final = int(np.iinfo(np.int32).max)
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Trial:
    """A row of ``trials``."""

    trial_id: str
    name: str
    signal: str | None
    play: str | None
    outcome: str
    share_held_out: float
    started_on: dt.date
    terms: Terms
    guard_rails: tuple[GuardRail, ...]

    @classmethod
    def of(cls, row: Mapping[str, object]) -> "Trial":
        """Return the trial of a row of facts."""
        outcome, share = str(row["outcome"]), float(str(row["share_held_out"]))
        planned, stopped = row.get("planned_per_arm"), row.get("stopped_on")
        started = row["started_on"]
        assert isinstance(started, dt.date)
        terms = Terms(
            is_good=outcome == "expansion",
            window_days=int(str(row["window_days"])),
            planned=None
            if planned is None
            else planned_total(int(str(planned)), share),
            smallest_effect=_number(row.get("smallest_effect")),
            stopped_on=day_number(stopped) if isinstance(stopped, dt.date) else None,
        )
        return cls(
            trial_id=str(row["trial_id"]),
            name=str(row.get("name") or row["trial_id"]),
            signal=_text(row.get("signal")),
            play=_text(row.get("play")),
            outcome=outcome,
            share_held_out=share,
            started_on=started,
            terms=terms,
            guard_rails=guard_rails_of(_text(row.get("guard_rails"))),
        )


def _number(value: object) -> float | None:
    return None if value is None else float(str(value))


def _text(value: object) -> str | None:
    return None if value is None else str(value)


@dataclass(frozen=True)
class Drawn:
    """The assignments of one trial, as arrays."""

    customer: NDArray[np.int64]  # numbers of `Panels.customer_ids`; -1 for none
    ids: pa.Array
    assigned_on: NDArray[np.int32]
    treated: NDArray[np.bool_]


@dataclass
class TrialEntrants:
    """Everybody in a trial, read from the facts of a run."""

    panels: Panels
    chances: Sequence[Part]  # of the forecast, one for each slice

    @cached_property
    def trials(self) -> tuple[Trial, ...]:
        """The trials that had begun, by id."""
        session = self.panels.kitchen.session
        if not session.has(TRIALS) or not session.has(ASSIGNMENTS):
            return ()
        rows = session.to_arrow(session.facts(TRIALS)).to_pylist()
        found = [Trial.of(row) for row in rows]
        begun = [each for each in found if each.started_on <= self.panels.as_of]
        known = [each for each in begun if each.outcome in OUTCOMES]
        return tuple(sorted(known, key=lambda each: each.trial_id))

    @cached_property
    def _drawn(self) -> pa.Table:
        session = self.panels.kitchen.session
        rows = session.facts(ASSIGNMENTS)
        rows = rows.filter(_.assigned_on <= self.panels.as_of)
        rows = rows.select("trial_id", "customer_id", "assigned_on", "arm")
        found: pa.Table = session.to_arrow(rows)
        return found.sort_by(
            [(name, "ascending") for name in ("trial_id", "assigned_on", "customer_id")]
        )

    def drawn(self, trial: Trial) -> Drawn:
        """Return who was drawn into a trial up to the as-of date."""
        rows = self._drawn.filter(pc.equal(self._drawn["trial_id"], trial.trial_id))
        return Drawn(
            customer=self.panels.number_of(rows["customer_id"]),
            ids=rows["customer_id"].combine_chunks(),
            assigned_on=np.asarray(rows["assigned_on"].cast(pa.int32()), np.int32),
            treated=np.asarray(pc.equal(rows["arm"], "treated")),
        )

    # -- what came of them ------------------------------------------------------------

    def outcome(self, drawn: Drawn, measure: str, window_days: int) -> Floats:
        """Return whether an outcome happened within the window, as 0.0 and 1.0.

        NaN where a customer was not under contract on the day of the draw, or had
        given notice before: the draw could not change it any more.
        """
        people = self._people(drawn)
        if measure == "churn":
            happens = churn(people).happens_on
        else:
            rose = measure == "expansion"
            found = until_move(people, self.panels.moves, rose=rose)
            happens = np.where(found.end_kind == CHURN, found.leaves_on, NO_END)
        within = happens.astype(np.int64) <= people.as_of + window_days
        undecided = (people.leaves_on > people.as_of) & (people.tenure_days >= 0)
        return np.where(undecided, within.astype(np.float64), np.nan)

    def _people(self, drawn: Drawn) -> Landmarks:
        """Return the entrants as landmarks; a tenure of -1 is nobody's."""
        stays = self.panels.stays
        place = stays.place_of(drawn.customer, drawn.assigned_on)
        there = (place >= 0) & (drawn.customer >= 0)
        at = np.maximum(place, 0)
        leaves_on = stays.leaves_on[at] if len(stays.customer) else place
        kind = stays.end_kind[at] if len(stays.customer) else place
        return Landmarks(
            features=(),
            values=np.empty((len(place), 0)),
            customer=drawn.customer,
            as_of=drawn.assigned_on,
            tenure_days=np.where(there, 0, -1).astype(np.int32),
            leaves_on=np.where(there, leaves_on, NO_END).astype(np.int32),
            end_kind=np.where(there, kind, -1).astype(np.int8),
            seen_until=stays.until,
            weight=np.ones(len(place)),
        )

    # -- what was known before, and at the end of the window --------------------------

    def before(self, drawn: Drawn) -> pa.Table:
        """Return what was known on the last weekly date up to the draw, row by row."""
        return self._on(drawn, self._eves(drawn.assigned_on))

    def after(self, drawn: Drawn, window_days: int) -> pa.Table:
        """Return what is known on the first weekly date after the window, row by row.

        Null for customers who are no longer there, and while that date lies ahead.
        """
        return self._on(drawn, self._ends(drawn.assigned_on, window_days))

    def _eves(self, days: NDArray[np.int32]) -> NDArray[np.int64]:
        """Return the last weekly dates up to some days; -1 where there is none."""
        place = np.searchsorted(self._weekly, days, side="right") - 1
        return np.where(place >= 0, self._weekly[np.maximum(place, 0)], -1)

    def _ends(self, days: NDArray[np.int32], window_days: int) -> NDArray[np.int64]:
        """Return the first weekly dates at which a window is over; -1 without one."""
        ends = days.astype(np.int64) + window_days
        place = np.searchsorted(self._weekly, ends, side="left")
        return np.where(
            place < len(self._weekly) - 1,
            self._weekly[np.minimum(place, len(self._weekly) - 1)],
            -1,
        )

    @cached_property
    def _weekly(self) -> NDArray[np.int64]:
        """The weekly dates of the grid, and one that is none at the end."""
        dates = self.panels.gridded.dates
        days = [day_number(date) for date in dates if date.weekday() == SUNDAY]
        return np.array([*days, _NEVER], dtype=np.int64)

    def known_before(self, trial: Trial) -> pa.Table:
        """Return what a treatment's effect may go with, row by row of `drawn`.

        As of the last weekly date that lies before the day of the draw, so that
        nothing of that day or later plays a part.
        """
        drawn = self.drawn(trial)
        days = self._eves(drawn.assigned_on - 1)
        kept_as = f"trial-{digest_of_value(trial.trial_id)[:16]}"
        names = self.telling(trial)
        values = self._kept(kept_as, self._pairs([(drawn.customer, days)]), names)
        return self._on(drawn, days, values).select(["tenure_days", *names])

    def telling(self, trial: Trial) -> tuple[str, ...]:
        """Return the columns that a treatment's effect may go with, beside the tenure.

        The forecast, the health score, what the signal watches and the guard-rails,
        the contract, and the profile but for the touch model: that one is set by
        people, as it is today, and may follow from the trial.
        """
        dated, signals = self.panels.dated, self.panels.catalog.signals
        watched = [n for s in signals if s.key == trial.signal for n in s.names]
        rails = [rail.measure for rail in trial.guard_rails]
        profile = [name for name in dated.profile if name != "touch"]
        wanted = [chance_of(trial), SCORE, *watched, *rails, "seats"]
        numbers = {*dated.metrics, SCORE, *self._chances}
        there = [name for name in wanted if name in numbers and name in self._there]
        return tuple(dict.fromkeys([*there, *dated.contract, *profile]))

    def _on(
        self, drawn: Drawn, days: NDArray[np.int64], values: pa.Table | None = None
    ) -> pa.Table:
        values = self._values if values is None else values
        keys = self.panels.number_of(values["customer_id"]) * _STEP + np.asarray(
            values["as_of"].cast(pa.int32()), dtype=np.int64
        )
        wanted = pa.array(drawn.customer * _STEP + days)
        return values.take(pc.index_in(wanted, pa.array(keys)))

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The columns that are read, as far as they are there."""
        if not self.panels.gridded.slices:
            return ()
        rails = (rail.measure for t in self.trials for rail in t.guard_rails)
        chances = (chance_of(trial) for trial in self.trials)
        wanted = (*chances, SCORE, *SEGMENTS, *rails)
        return tuple(dict.fromkeys(name for name in wanted if name in self._there))

    @property
    def _chances(self) -> tuple[str, ...]:
        return CHANCES if self.chances else ()

    @cached_property
    def _there(self) -> frozenset[str]:
        dated, health = self.panels.dated, self.panels.health
        return frozenset(
            (*dated.metrics, *dated.contract, *dated.profile, *health, *self._chances)
        )

    @cached_property
    def _values(self) -> pa.Table:
        """What is known of the entrants on their dates."""
        return self._kept("all", self._pairs(self._asked()), self.names)

    def _kept(
        self, kept_as: str, pairs: Mapping[str, Any], names: Sequence[str]
    ) -> pa.Table:
        """Return columns of customers on dates; found when nothing changed."""
        dates = sorted({day_of_number(int(day)) for day in pairs["as_of"]})
        panels = self.panels
        gridded = panels.gridded
        read = [
            part.sha256
            for parts in (gridded.metric_parts, gridded.health_parts, self.chances)
            for part in (gridded.parts_with(parts, dates) if parts else ())
        ]
        facts = panels.kitchen.session.manifest.facts
        inputs = {
            "version": VERSION,
            "pairs": digest_of_value(
                [
                    pairs["customer_id"].to_pylist(),
                    [int(day) for day in pairs["as_of"]],
                ]
            ),
            "names": names,
            "read": read,
            "lines": content_digest(facts["subscriptions"].parts),
            "customers": content_digest(facts["customers"].parts),
        }
        recipe = Recipe(VALUES, kept_as, inputs, ("customer_id", "as_of"))
        part = panels.kitchen.table_part(
            recipe, lambda: self._read(pairs, dates, names)
        )
        return pq.read_table(panels.kitchen.session.lake.folder / part.path)

    def _asked(self) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
        """Yield the customers of each trial with the dates before and after."""
        for trial in self.trials:
            drawn = self.drawn(trial)
            yield drawn.customer, self._eves(drawn.assigned_on)
            window = trial.terms.window_days
            yield drawn.customer, self._ends(drawn.assigned_on, window)

    def _pairs(
        self, asked: Iterable[tuple[NDArray[np.int64], NDArray[np.int64]]]
    ) -> dict[str, Any]:
        """Return the customers and dates to read, each pair once."""
        keys = [np.empty(0, np.int64)]
        for customer, days in asked:
            there = (days >= 0) & (customer >= 0)
            keys.append(customer[there] * _STEP + days[there])
        once = np.unique(np.concatenate(keys))
        ids = self.panels.customer_ids.take(pa.array(once // _STEP))
        return {"customer_id": ids, "as_of": once % _STEP}

    def _read(
        self, pairs: Mapping[str, Any], dates: Sequence[dt.date], names: Sequence[str]
    ) -> pa.Table:
        session = self.panels.kitchen.session
        kinds = {"customer_id": pa.string(), "as_of": pa.date32()}
        if not dates:
            return pa.schema(
                [*kinds.items(), ("tenure_days", pa.int32())]
            ).empty_table()
        rows = SignalRows(self.panels, self.chances, ()).values(dates, names)
        columns = ["customer_id", "as_of", "tenure_days", *names]
        found: pa.Table = session.to_arrow(rows.select(*columns))
        keys = self.panels.number_of(found["customer_id"]) * _STEP + np.asarray(
            found["as_of"].cast(pa.int32()), dtype=np.int64
        )
        wanted = self.panels.number_of(pairs["customer_id"]) * _STEP + pairs["as_of"]
        return found.filter(pa.array(np.isin(keys, wanted)))


def chance_of(trial: Trial) -> str:
    """Return the column of the forecast that is nearest to what a trial asks."""
    nearest = min(_HORIZONS, key=lambda days: abs(days - trial.terms.window_days))
    return f"{trial.outcome}_{nearest}"
