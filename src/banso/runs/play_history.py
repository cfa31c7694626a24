"""Where plays answered signals, what was known before, and what came of it."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from banso.analytics.drivers.standardising import Covariates
from banso.analytics.effects.episodes import (
    LAGS,
    WEEK,
    Begun,
    Episodes,
    Firings,
    episodes_of,
)
from banso.analytics.effects.estimating import Seen
from banso.analytics.panel.landmarks import NO_END
from banso.analytics.rollups import company_day
from banso.analytics.signals.worth import chance_column
from banso.definitions.expressions import names_of, parse_expression
from banso.definitions.signals import CHANCES, SCORE, Signal
from banso.kernel.days import SUNDAY
from banso.kernel.digests import digest_of_value
from banso.kernel.zones import day_number, day_of_number
from banso.runs.panels import Panels
from banso.runs.rolling import offsets_of
from banso.runs.signal_rows import SignalRows
from banso.runs.trial_entrants import Drawn, TrialEntrants
from banso.warehouse.manifest import Part

ACTIONS: Final = "actions"
KINDS: Final = ("play_started", "step_done", "play_finished")  # the play has begun
BEFORE_DAYS: Final = 91  # how long before a firing placebos are read
CATEGORIES: Final = ("touch", "plan", "size")
MRR: Final = "mrr"
CURRENCY: Final = "currency"
RENEWAL: Final = "days_to_renewal"
_STEP: Final = np.int64(1 << 32)  # a customer's number and a day make one key

Floats = NDArray[np.float64]
Days = NDArray[np.int64]


@dataclass
class PlayHistory:
    """The past of every signal that proposes a play which people did carry out."""

    entrants: TrialEntrants
    history: Sequence[Part]  # ``signal_history``
    day: dt.date  # nothing later is used
    zone: str

    @property
    def panels(self) -> Panels:
        """What everything is read from."""
        return self.entrants.panels

    @cached_property
    def pairs(self) -> tuple[Signal, ...]:
        """The signals that speak and propose a play that was ever begun."""
        done = set(self._begun["play"].to_pylist())
        return tuple(each for each in self._rows.signals if each.play in done)

    @cached_property
    def digest(self) -> str:
        """What stands for everything that people did, by the last day."""
        columns = [self._begun[name].to_pylist() for name in self._begun.column_names]
        return digest_of_value([columns, self.zone])

    def episodes(self, signal: Signal) -> Episodes:
        """Return the firings of a signal, week by week."""
        firings = self._firings(signal)
        mine = self._begun.filter(pc.equal(self._begun["play"], signal.play))
        begun = Begun(
            self.panels.number_of(mine["customer_id"]),
            np.asarray(mine["day"], dtype=np.int32),
        )
        return episodes_of(
            firings,
            begun,
            window_days=signal.within_days,
            until=day_number(self.day),
        )

    def seen(self, signal: Signal, episodes: Episodes) -> Seen:
        """Return what was known before each row, and whether the outcome came."""
        drawn = Drawn(
            customer=episodes.customer,
            ids=pa.nulls(0, pa.string()),
            assigned_on=episodes.follows,
            treated=episodes.treated,
        )
        outcome = self.entrants.outcome(drawn, signal.outcome, signal.within_days)
        opened_on = episodes.known_on - WEEK * episodes.lag
        known = self._on(episodes.customer, episodes.known_on)
        before = self._on(episodes.customer, opened_on - BEFORE_DAYS)
        placebos = self._placebos(signal)
        return Seen(
            outcome=outcome,
            covariates=self._covariates(signal, known, episodes.follows),
            placebos=np.column_stack(
                [np.zeros((len(episodes), 0)), *(_numbers(before[p]) for p in placebos)]
            ),
            placebo_names=placebos,
        )

    # -- facts ------------------------------------------------------------------------

    @cached_property
    def _rows(self) -> SignalRows:
        return SignalRows(
            self.panels, self.entrants.chances, self.panels.catalog.signals
        )

    @cached_property
    def _begun(self) -> pa.Table:
        """Customer, play and day of everything that began a play, each once."""
        session = self.panels.kitchen.session
        if not session.has(ACTIONS):
            return pa.schema(
                [
                    ("customer_id", pa.string()),
                    ("play", pa.string()),
                    ("day", pa.int32()),
                ]
            ).empty_table()
        offsets = offsets_of(session.manifest.facts[ACTIONS], self.zone)
        facts = session.facts(ACTIONS)
        rows = facts.filter(facts.kind.isin(list(KINDS)), facts.play.notnull())
        rows = rows.select(
            "customer_id", "play", day=company_day(rows.occurred_at, offsets)
        )
        rows = rows.filter(rows.day <= day_number(self.day)).distinct()
        found: pa.Table = session.to_arrow(rows)
        return found.sort_by([(name, "ascending") for name in found.column_names])

    def _firings(self, signal: Signal) -> Firings:
        found = self._history.filter(pc.equal(self._history["signal"], signal.key))
        customer = self.panels.number_of(found["customer_id"])
        opened = np.asarray(found["opened_on"].cast(pa.int32()), dtype=np.int32)
        closed = pc.fill_null(found["closed_on"].cast(pa.int32()), NO_END)
        ends = opened[:, None] + WEEK * (np.arange(LAGS, dtype=np.int32) + 1)
        stays = self.panels.stays
        there = np.zeros(ends.shape, dtype=bool)
        for lag in range(LAGS):
            place = stays.place_of(customer, ends[:, lag])
            leaves_on = stays.leaves_on[np.maximum(place, 0)]
            there[:, lag] = (customer >= 0) & (place >= 0) & (leaves_on > ends[:, lag])
        return Firings(customer, opened, np.asarray(closed, dtype=np.int32), there)

    @cached_property
    def _history(self) -> pa.Table:
        kitchen = self.panels.kitchen
        kept = kitchen.table(self.history)
        keys = [signal.key for signal in self.pairs]
        kept = kept.filter(kept.opened_on <= self.day, kept.signal.isin(keys))
        found: pa.Table = kitchen.session.to_arrow(kept)
        order = ("signal", "customer_id", "opened_on")
        return found.sort_by([(name, "ascending") for name in order])

    # -- what was known ---------------------------------------------------------------

    def _covariates(
        self, signal: Signal, known: pa.Table, follows: NDArray[np.int32]
    ) -> Covariates:
        """Return what both sides are made equal in, the most telling first."""
        numbers = self._numbers_of(signal)
        there = {name: _numbers(known[name]) for name in numbers}
        there[MRR] = np.log(np.maximum(_numbers(known[MRR]), 1.0))
        there["calendar"] = follows.astype(np.float64)
        categories = [name for name in CATEGORIES if name in self._known]
        for name in (*categories, CURRENCY):
            there[name] = _codes(known[name])
        return Covariates(
            np.column_stack(list(there.values())),
            tuple(there),
            frozenset((*categories, CURRENCY)),
        )

    def _numbers_of(self, signal: Signal) -> tuple[str, ...]:
        watched = (name for name in _read_by(signal) if name in self._numeric)
        chance = chance_column(signal.outcome, signal.within_days)
        wanted = (chance, SCORE, "tenure_days", RENEWAL, *watched)
        return tuple(dict.fromkeys(name for name in wanted if name in self._known))

    def _placebos(self, signal: Signal) -> tuple[str, ...]:
        """Return what is compared a quarter before: the score, and what it is about."""
        watched = [name for name in _read_by(signal) if name in self._numeric]
        chance = chance_column(signal.outcome, signal.within_days)
        wanted = (SCORE, chance, *watched[:1])
        return tuple(dict.fromkeys(name for name in wanted if name in self._known))

    @cached_property
    def _numeric(self) -> frozenset[str]:
        """What has a history of numbers."""
        return frozenset((*self.panels.dated.metrics, *self.panels.health, *CHANCES))

    @cached_property
    def _known(self) -> frozenset[str]:
        dated = self.panels.dated
        chances = CHANCES if self.entrants.chances else ()
        return frozenset(
            (
                *dated.metrics,
                *dated.contract,
                *dated.profile,
                *self.panels.health,
                *chances,
                "tenure_days",
            )
        )

    def _on(self, customer: NDArray[np.int64], days: NDArray[np.int32]) -> pa.Table:
        """Return what was known on the last weekly dates up to some days, by row."""
        place = np.searchsorted(self._weekly, days, side="right") - 1
        dates = np.where(place >= 0, self._weekly[np.maximum(place, 0)], -1)
        wanted = pa.array(customer * _STEP + dates)
        return self._values.take(pc.index_in(wanted, pa.array(self._keys)))

    @cached_property
    def _weekly(self) -> Days:
        """The weekly dates of the grid up to the last day."""
        dates = [date for date in self.panels.gridded.dates if date <= self.day]
        days = [day_number(date) for date in dates if date.weekday() == SUNDAY]
        return np.array(days, dtype=np.int64)

    @cached_property
    def _keys(self) -> NDArray[np.int64]:
        values = self._values
        return self.panels.number_of(values["customer_id"]) * _STEP + np.asarray(
            values["as_of"].cast(pa.int32()), dtype=np.int64
        )

    @cached_property
    def _values(self) -> pa.Table:
        """What was known of everybody at whom one of the signals fired."""
        names: dict[str, None] = dict.fromkeys(
            name for name in CATEGORIES if name in self._known
        )
        for signal in self.pairs:
            names |= dict.fromkeys(self._numbers_of(signal))
            names |= dict.fromkeys(self._placebos(signal))
        wanted = [name for name in names if name != "tenure_days"]
        kitchen = self.panels.kitchen
        kept = kitchen.table(self.history)
        keys = [signal.key for signal in self.pairs]
        kept = kept.filter(kept.signal.isin(keys)).select("customer_id").distinct()
        rows = self._rows.values(self._dates, wanted, only=kept)
        parts = self.panels.gridded.parts_with(self.entrants.chances, self._dates)
        paid = kitchen.table(parts).select("customer_id", "as_of", MRR, CURRENCY)
        rows = rows.left_join(paid, ["customer_id", "as_of"])
        columns = ["customer_id", "as_of", "tenure_days", MRR, CURRENCY, *wanted]
        found: pa.Table = kitchen.session.to_arrow(rows.select(*columns))
        return found

    @cached_property
    def _dates(self) -> list[dt.date]:
        """The weekly dates that any row asks for."""
        opened = np.asarray(self._history["opened_on"].cast(pa.int32()), np.int64)
        asked = [opened - BEFORE_DAYS, *(opened + WEEK * lag for lag in range(LAGS))]
        days = np.unique(np.concatenate(asked))
        place = np.searchsorted(self._weekly, days, side="right") - 1
        return [
            day_of_number(int(d)) for d in self._weekly[np.unique(place[place >= 0])]
        ]


def _read_by(signal: Signal) -> Sequence[str]:
    names = names_of(parse_expression(signal.when))
    return tuple(dict.fromkeys(name.column for name in names))


def _numbers(column: pa.ChunkedArray) -> Floats:
    return np.asarray(pc.fill_null(column.cast("float64"), np.nan), dtype=np.float64)


def _codes(column: pa.ChunkedArray) -> Floats:
    """Return texts as numbers in their order; NaN is unknown."""
    texts = column.to_pylist()
    levels: Mapping[str, int] = {
        level: n
        for n, level in enumerate(sorted({str(t) for t in texts if t is not None}))
    }
    return np.array(
        [np.nan if text is None else levels[str(text)] for text in texts],
        dtype=np.float64,
    )
