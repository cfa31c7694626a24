"""What a trial would take, shown before it starts."""

import datetime as dt
import math
from collections.abc import Mapping
from dataclasses import dataclass

from banso.analytics.trials.sizes import (
    ArmSizes,
    Inflow,
    arm_sizes,
    detectable_rate,
)
from banso.definitions.signals import Signal
from banso.runs.reading import ReleaseReader
from banso.web.customers import queries as customers
from banso.web.trials import words
from banso.web.trials.operations import Design

_WEEKS_A_MONTH = 365.25 / 12 / 7
_HALF_A_YEAR = 26


@dataclass(frozen=True)
class Preview:
    """How many customers and how long, and what less time would show."""

    sizes: ArmSizes
    openings_a_week: str
    weeks: int | None  # until everybody is drawn; None: it never comes to that
    window_weeks: int
    ends_on: dt.date | None
    reachable: int | None  # different customers at most; None: not limited
    in_half_a_year: int  # different customers
    seen_in_half_a_year: str  # the nearest rate that they can tell; "" for none


@dataclass(frozen=True)
class Start:
    """What the form of a new trial begins with."""

    signals: list[tuple[str, str]]
    plays: list[tuple[str, str]]
    values: Mapping[str, object]
    is_known: bool  # whether the base rate comes from the signal's own past


def start_of(signal_key: str) -> Start | None:
    """Return what a form begins with; None before the first run."""
    reader = customers.published_reader()
    if reader is None:
        return None
    signals = [(s.key, words.said(s.label.label)) for s in reader.catalog.signals]
    plays = [(p.key, words.said(p.label.label)) for p in reader.catalog.plays]
    signal = _signal(reader, signal_key)
    if signal is None:
        return Start(signals, plays, {}, is_known=False)
    figures = _figures(reader, signal.key)
    rate = figures.get("precision")
    play = next((p for p in reader.catalog.plays if p.key == signal.play), None)
    values: dict[str, object] = {
        "signal": signal.key,
        "play": signal.play or "",
        "name": words.said((play or signal).label.label),
        "outcome": signal.outcome,
        "window_days": signal.within_days,
        "share_held_out": "0.5",
        "strata": ["touch"],
        "guard_rails": [
            name for name in ("contraction", "score") if name != signal.outcome
        ],
    }
    if rate:
        assumed = play.assumed_effect if play is not None else 0.1
        factor = 1 + assumed if signal.outcome == "expansion" else 1 - assumed
        values["rate"] = round(rate * 100, 1)
        values["expected"] = round(min(rate * factor, 0.999) * 100, 1)
    return Start(signals, plays, values, is_known=bool(rate))


def preview_of(cleaned: Mapping[str, object]) -> Preview | None:
    """Return what a trial takes, from the answers of a valid form."""
    reader = customers.published_reader()
    if reader is None:
        return None
    rate, expected = _share(cleaned["rate"]), _share(cleaned["expected"])
    held_out = float(str(cleaned["share_held_out"]))
    sizes = arm_sizes(rate, expected, share_held_out=held_out)
    inflow = _inflow(reader, str(cleaned["signal"]))
    weeks = inflow.weeks_for(sizes.total)
    window = math.ceil(int(str(cleaned["window_days"])) / 7)
    whole = None if weeks is None else math.ceil(weeks)
    few = int(inflow.customers_within(_HALF_A_YEAR))
    told = (
        detectable_rate(
            rate,
            few,
            share_held_out=held_out,
            is_good=cleaned["outcome"] == "expansion",
        )
        if few
        else None
    )
    a_week = inflow.openings / inflow.weeks if inflow.weeks else 0.0
    return Preview(
        sizes=sizes,
        openings_a_week=f"{a_week:,.1f}",
        weeks=whole,
        window_weeks=window,
        ends_on=None
        if whole is None
        else reader.release.as_of + dt.timedelta(weeks=whole + window),
        reachable=None
        if math.isinf(inflow.reachable) or not inflow.openings
        else int(inflow.reachable),
        in_half_a_year=few,
        seen_in_half_a_year="" if told is None else words.share(told),
    )


def design_of(cleaned: Mapping[str, object]) -> Design:
    """Return the design that a valid form describes."""
    rate, expected = _share(cleaned["rate"]), _share(cleaned["expected"])
    held_out = float(str(cleaned["share_held_out"]))
    sizes = arm_sizes(rate, expected, share_held_out=held_out)
    strata, rails = cleaned["strata"], cleaned["guard_rails"]
    assert isinstance(strata, list)
    assert isinstance(rails, list)
    outcome = str(cleaned["outcome"])
    return Design(
        name=str(cleaned["name"]),
        signal=str(cleaned["signal"]),
        play=str(cleaned["play"]),
        outcome=outcome,
        window_days=int(str(cleaned["window_days"])),
        share_held_out=held_out,
        planned_per_arm=sizes.smaller,
        smallest_effect=round(abs(rate - expected), 6),
        strata=tuple(str(name) for name in strata),
        guard_rails={
            str(name): words.BETTER[str(name)] for name in rails if name != outcome
        },
    )


def _signal(reader: ReleaseReader, key: str) -> Signal | None:
    return next((s for s in reader.catalog.signals if s.key == key), None)


def _figures(reader: ReleaseReader, key: str) -> Mapping[str, float]:
    rows = reader.findings("signals_judged", signal=key)
    return {
        str(row["figure"]): float(str(row["value"]))
        for row in rows
        if row["value"] is not None
    }


def _inflow(reader: ReleaseReader, key: str) -> Inflow:
    """Return the openings that the run counted over its months."""
    rows = reader.findings("signals_judged", signal=key, figure="fired")
    if not rows or rows[0]["value"] is None:
        return Inflow(0, 0, 0)
    (row,) = rows
    return Inflow(
        openings=float(str(row["value"])),
        customers=int(str(row["n"])),
        weeks=int(str(row["months"])) * _WEEKS_A_MONTH,
    )


def _share(value: object) -> float:
    return float(str(value)) / 100
