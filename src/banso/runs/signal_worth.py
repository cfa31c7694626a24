"""What the open signals of a run are worth, and how what they watch went of late."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from banso.analytics.signals.worth import (
    Stakes,
    chance_column,
    urgency_before,
    urgency_since,
)
from banso.definitions.expressions import names_of, parse_expression
from banso.definitions.plays import Play
from banso.definitions.signals import CHANCES, Signal
from banso.kernel.zones import day_number
from banso.runs.panels import Panels
from banso.runs.signal_rows import OpenSignals, SignalRows
from banso.warehouse.manifest import Part

VERSION: Final = 1  # of what is computed here and in analytics.signals.worth
TREND_DATES: Final = 13
RENEWAL: Final = "days_to_renewal"
WORTH_COLUMNS: Final = pa.schema(
    [
        ("chance", pa.float64()),
        ("chance_basis", pa.string()),  # forecast | precision; null without a chance
        ("amount", pa.float64()),  # in `currency`
        ("currency", pa.string()),
        ("urgency", pa.float64()),
        ("play", pa.string()),
        ("effect", pa.float64()),
        ("effect_basis", pa.string()),  # proven | assumed; null without a play
        ("worth", pa.float64()),  # in the company's currency
        ("worth_reason", pa.string()),  # `analytics.signals.worth.WhyNot`
        ("trend", pa.list_(pa.float64())),
        ("trend_of", pa.string()),
    ]
)


@dataclass
class SignalWorth:
    """The worth of the signals that are open on the as-of date.

    Only rows that are open are looked at. Chances and MRR come from the forecast of
    the date, the rest from the definitions and from `judged`.
    """

    rows: SignalRows
    judged: Part  # ``signals_judged``
    currency: str  # the company's
    proven: Mapping[str, float]  # what trials have shown, by play

    @property
    def panels(self) -> Panels:
        """What everything is read from."""
        return self.rows.panels

    @property
    def inputs(self) -> object:
        """What the columns depend on, beside what the signals themselves do."""
        catalog = self.panels.catalog
        return {
            "version": VERSION,
            "judged": self.judged.sha256,
            "currency": self.currency,
            "rates": [each.model_dump(mode="json") for each in catalog.revenue.rates],
            "notice_days": catalog.work.notice_days,
            "effects": {play.key: play.assumed_effect for play in catalog.plays},
            "proven": dict(self.proven),
        }

    def columns(self, opened: OpenSignals, state: Part) -> pa.Table:
        """Return `WORTH_COLUMNS` of open signals, row by row.

        Parameters
        ----------
        opened
            All of the date.
        state
            The file that they were read from.

        """
        if not len(opened):
            return WORTH_COLUMNS.empty_table()
        forecast = self._forecast(opened.customers)
        recent = _Recent.read(self.rows, opened.customers, state)
        chance, basis = self._chances(opened, forecast)
        effect, effect_basis = self._effects(opened)
        currency = self._currencies(forecast)
        outcomes = np.array([s.outcome for s in opened.signals], dtype=object)
        stakes = Stakes(
            outcome=outcomes[opened.place],
            chance=chance,
            mrr=_numbers(forecast["mrr"]),
            size=_sizes(opened, forecast),
            urgency=self._urgencies(opened, recent),
            effect=effect,
            rate=self._rates(currency),
        )
        found = {
            "chance": _nullable(chance),
            "chance_basis": pa.array(basis, pa.string()),
            "amount": _nullable(stakes.amount),
            "currency": currency,
            "urgency": _nullable(stakes.urgency),
            "play": opened.each([signal.play for signal in opened.signals]),
            "effect": _nullable(effect),
            "effect_basis": pa.array(effect_basis, pa.string()),
            "worth": _nullable(stakes.worth),
            "worth_reason": pa.array(stakes.why_not, pa.string()),
            "trend": recent.trends(opened),
            "trend_of": opened.each([recent.of[s.key] for s in opened.signals]),
        }
        return pa.table(found, schema=WORTH_COLUMNS)

    # -- factors ----------------------------------------------------------------------

    def _forecast(self, customers: pa.ChunkedArray) -> pa.Table:
        """Return the forecast of the as-of date for each of some customers."""
        (last,) = self.panels.gridded.parts_with(self.rows.chances, [self.panels.as_of])
        path = self.panels.kitchen.session.lake.folder / last.path
        sizes = ("expansion_size", "contraction_size")
        columns = ["customer_id", "as_of", "mrr", "currency", *sizes, *CHANCES]
        found = pq.read_table(path, columns=columns)
        found = found.filter(pc.equal(found["as_of"], pa.scalar(self.panels.as_of)))
        place = pc.index_in(customers, found["customer_id"].combine_chunks())
        return found.take(place)

    def _chances(
        self, opened: OpenSignals, forecast: pa.Table
    ) -> tuple[NDArray[np.float64], NDArray[np.object_]]:
        precision = self._precision
        foretold_by = {name: _numbers(forecast[name]) for name in CHANCES}
        chance = np.full(len(opened), np.nan)
        basis = np.full(len(opened), None, dtype=object)
        for signal, mine in opened.by_signal:
            column = chance_column(signal.outcome, signal.within_days)
            foretold = foretold_by[column][mine]
            chance[mine] = foretold
            basis[mine[~np.isnan(foretold)]] = "forecast"
            if signal.key in precision:
                chance[mine[np.isnan(foretold)]] = precision[signal.key]
                basis[mine[np.isnan(foretold)]] = "precision"
        return chance, basis

    @cached_property
    def _precision(self) -> Mapping[str, float]:
        """How often each signal was right, where that is known."""
        path = self.panels.kitchen.session.lake.folder / self.judged.path
        found = pq.read_table(path, columns=["signal", "figure", "value"])
        return {
            row["signal"]: row["value"]
            for row in found.to_pylist()
            if row["figure"] == "precision" and row["value"] is not None
        }

    def _effects(
        self, opened: OpenSignals
    ) -> tuple[NDArray[np.float64], NDArray[np.object_]]:
        plays: Mapping[str, Play] = self.panels.catalog.play_by_key
        effect = np.full(len(opened), np.nan)
        basis = np.full(len(opened), None, dtype=object)
        for signal, mine in opened.by_signal:
            if signal.play is None or signal.play not in plays:
                continue
            if signal.play in self.proven:
                effect[mine], basis[mine] = self.proven[signal.play], "proven"
            else:
                effect[mine] = plays[signal.play].assumed_effect
                basis[mine] = "assumed"
        return effect, basis

    def _urgencies(self, opened: OpenSignals, recent: "_Recent") -> NDArray[np.float64]:
        today = day_number(self.panels.as_of)
        age = today - _numbers(opened.rows["opened_on"].cast(pa.int32()))
        renewal = recent.now(RENEWAL, opened.customers)
        notice = self.panels.catalog.work.notice_days
        urgency = np.full(len(opened), np.nan)
        for signal, mine in opened.by_signal:
            urgency[mine] = urgency_since(age[mine], signal.within_days)
            if RENEWAL in _read_by(signal):
                ahead = urgency_before(
                    renewal[mine], signal.within_days, notice_days=notice
                )
                urgency[mine] = np.where(np.isnan(ahead), urgency[mine], ahead)
        return urgency

    def _currencies(self, forecast: pa.Table) -> pa.Array:
        """Return what each customer pays in; null where it is several or nothing.

        A contract that names none is in the company's.
        """
        pays = forecast["mrr"].is_valid()
        named = pc.fill_null(forecast["currency"], self.currency)
        found = pc.if_else(pays, named, pa.scalar(None, pa.string()))
        return found.combine_chunks()

    def _rates(self, currencies: pa.Array) -> NDArray[np.float64]:
        """Return the rate of each currency that is in force on the as-of date."""
        rates = {self.currency: 1.0}
        for rate in sorted(self.panels.catalog.revenue.rates, key=lambda r: r.since):
            if rate.since <= self.panels.as_of and rate.currency != self.currency:
                rates[rate.currency] = float(rate.rate)
        coded = currencies.dictionary_encode()
        known = [rates.get(each) for each in coded.dictionary.to_pylist()]
        return _numbers(pa.array(known, pa.float64()).take(coded.indices))


@dataclass(frozen=True)
class _Recent:
    """What signals watch, at customers where one is open, on the last dates."""

    customers: pa.Array  # (c,) each once
    columns: Mapping[str, NDArray[np.float64]]  # (c, d) by name, the dates ascending
    of: Mapping[str, str | None]  # by signal: what its trend is of

    @classmethod
    def read(
        cls, rows: SignalRows, customers: pa.ChunkedArray, state: Part
    ) -> "_Recent":
        """Read what is needed of the customers in one query."""
        panels = rows.panels
        dates = panels.gridded.dates[-TREND_DATES:]
        of = {signal.key: _watched(signal, rows) for signal in rows.signals}
        names = {name for name in of.values() if name is not None}
        if any(RENEWAL in _read_by(signal) for signal in rows.signals):
            names.add(RENEWAL)
        wanted = sorted(names)
        each = pc.unique(customers.combine_chunks())
        values = {name: np.full((len(each), len(dates)), np.nan) for name in wanted}
        if wanted:
            found = _of_customers(rows, dates, wanted, state)
            who = np.asarray(pc.index_in(found["customer_id"], each))
            days = np.array([day_number(date) for date in dates])
            when = np.searchsorted(days, _numbers(found["as_of"].cast(pa.int32())))
            for name in wanted:
                values[name][who, when] = _numbers(found[name])
        return cls(each, values, of)

    def now(self, name: str, customers: pa.ChunkedArray) -> NDArray[np.float64]:
        """Return the newest value of a column for each of some customers."""
        if name not in self.columns:
            return np.full(len(customers), np.nan)
        newest: NDArray[np.float64] = self.columns[name][:, -1]
        return np.asarray(newest[self._place(customers)], dtype=np.float64)

    def trends(self, opened: OpenSignals) -> pa.Array:
        """Return for each open signal how what it watches went; NaN is a gap."""
        place = self._place(opened.customers)
        count = next((each.shape[1] for each in self.columns.values()), 0)
        values = np.full((len(opened), count), np.nan)
        is_known = np.zeros(len(opened), dtype=bool)
        for signal, mine in opened.by_signal:
            name = self.of[signal.key]
            if name is not None:
                values[mine] = self.columns[name][place[mine]]
                is_known[mine] = True
        ends = np.append(0, np.cumsum(np.where(is_known, count, 0)))
        return pa.ListArray.from_arrays(
            pa.array(ends, pa.int32()),
            _nullable(values[is_known].ravel()),
            mask=pa.array(~is_known),
        )

    def _place(self, customers: pa.ChunkedArray) -> NDArray[np.int64]:
        return np.asarray(pc.index_in(customers, self.customers), dtype=np.int64)


def _of_customers(
    rows: SignalRows, dates: Sequence[dt.date], names: Sequence[str], state: Part
) -> pa.Table:
    """Return some columns on some dates of customers at which a signal is open."""
    kitchen = rows.panels.kitchen
    kept = kitchen.table([state])
    kept = kept.filter(kept.opened_on.notnull()).select("customer_id").distinct()
    asked = rows.values(dates, names, only=kept)
    return kitchen.session.to_arrow(asked.select("customer_id", "as_of", *names))


def _watched(signal: Signal, rows: SignalRows) -> str | None:
    """Return the first thing with a history of numbers that a condition names."""
    panels = rows.panels
    known = {*panels.dated.metrics, *panels.health, *CHANCES}
    return next((name for name in _read_by(signal) if name in known), None)


def _read_by(signal: Signal) -> tuple[str, ...]:
    names = names_of(parse_expression(signal.when))
    return tuple(dict.fromkeys(name.written for name in names))


def _sizes(opened: OpenSignals, forecast: pa.Table) -> NDArray[np.float64]:
    sizes = {
        outcome: _numbers(forecast[f"{outcome}_size"])
        for outcome in ("expansion", "contraction")
    }
    size = np.full(len(opened), np.nan)
    for signal, mine in opened.by_signal:
        if signal.outcome != "churn":
            size[mine] = sizes[signal.outcome][mine]
    return size


def _numbers(values: pa.Array | pa.ChunkedArray) -> NDArray[np.float64]:
    """Return a column as numbers; null is NaN."""
    return np.asarray(
        pc.fill_null(values.cast(pa.float64()), float("nan")), dtype=np.float64
    )


def _nullable(values: NDArray[np.float64]) -> pa.Array:
    return pa.array(values, pa.float64(), mask=np.isnan(values))
