"""What signals were worth over the last months, from their openings in a run."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from banso.analytics.judgement.outcome import Outcome, churn
from banso.analytics.panel.landmarks import CHURN, NO_END, Landmarks
from banso.analytics.panel.moves import until_move
from banso.analytics.signals.attendance import Attendance
from banso.analytics.signals.comparing import Tally
from banso.analytics.signals.judging import (
    Effort,
    Firings,
    SignalFigure,
    signal_figures,
    tally_of,
)
from banso.definitions.signals import Signal
from banso.kernel.days import SUNDAY, months_earlier
from banso.kernel.zones import day_number
from banso.runs.panel_columns import Columns
from banso.runs.panels import Panels

MONTHS: Final = 24


@dataclass(frozen=True)
class JudgedSignal:
    """A row of ``signals_judged``: one figure of one signal."""

    signal: str
    figure: str  # `banso.analytics.signals.judging.FIGURES`
    months: int  # before the last day that the figure knows
    value: float | None
    low: float | None
    high: float | None
    n: int
    events: int
    reason: str | None

    @classmethod
    def of(cls, signal: Signal, found: SignalFigure, months: int) -> "JudgedSignal":
        """Return the row of a figure."""
        estimate = found.estimate
        return cls(
            signal=signal.key,
            figure=found.figure,
            months=months,
            value=estimate.value,
            low=estimate.low,
            high=estimate.high,
            n=estimate.n,
            events=estimate.events,
            reason=estimate.reason,
        )


@dataclass(frozen=True)
class Openings:
    """The openings of some signals."""

    firings: Sequence[tuple[Signal, Firings]]

    @classmethod
    def grouped(
        cls,
        signals: Sequence[Signal],
        of: NDArray[np.integer],
        customer: NDArray[np.int64],
        day: NDArray[np.int32],
    ) -> "Openings":
        """Return openings by their signal, from one row for each of them."""
        return cls(
            [
                (signal, Firings(customer[of == place], day[of == place]))
                for place, signal in enumerate(signals)
            ]
        )


@dataclass(frozen=True)
class Ground:
    """What all signals are judged on: who was there when, and what happened to them."""

    everybody: Attendance
    outcomes: Mapping[str, Outcome]  # by what signals are judged by


def judged_signals(
    ground: Ground | None, openings: Openings, *, csms: int | None
) -> Iterator[tuple[Signal, tuple[SignalFigure, ...]]]:
    """Yield the figures of each signal, as known on the last of some dates.

    Parameters
    ----------
    ground
        What they are judged on (`ground_of`); nothing is yielded without.
    openings
        Of the signals, up to the last of its dates.
    csms
        Among how many people the work is shared; None when nobody is known.

    """
    if ground is None:
        return
    for signal, firings in openings.firings:
        figures = signal_figures(
            firings,
            ground.everybody,
            ground.outcomes[signal.outcome],
            within_days=signal.within_days,
            effort=Effort(signal.minutes, csms),
        )
        yield signal, figures


def tallies(ground: Ground, openings: Openings) -> Sequence[Tally]:
    """Return what came of the openings of each signal, customer by customer."""
    return [
        tally_of(
            firings,
            ground.everybody,
            ground.outcomes[signal.outcome],
            within_days=signal.within_days,
            minutes=signal.minutes,
        )
        for signal, firings in openings.firings
    ]


def ground_of(
    panels: Panels, dates: Sequence[dt.date], *, months: int
) -> Ground | None:
    """Return what signals are judged on; None without a weekly date.

    Parameters
    ----------
    panels
        What is known of everybody on every as-of date.
    dates
        The as-of dates that may be looked at, ascending; those between the weekly
        ones are left out.
    months
        How many months before the last date count.

    """
    weekly = [date for date in dates if date.weekday() == SUNDAY]
    if not weekly:
        return None
    people = panels.landmarks(weekly, Columns()).known_by(day_number(weekly[-1]))
    since = day_number(months_earlier(weekly[-1], months))
    return Ground(Attendance(people, since), _outcomes(panels, people))


def csms_at_work(panels: Panels) -> int | None:
    """Return how many people are in charge of the customers of the as-of date.

    They are the different owners of customers under contract; None when no customer
    has one.
    """
    session = panels.kitchen.session
    customers = session.facts("customers")
    if "owner" not in customers.columns:
        return None
    found = session.to_arrow(customers.select("customer_id", "owner"))
    number = panels.number_of(found["customer_id"])
    today = np.full(len(number), day_number(panels.as_of), dtype=np.int32)
    there = (number >= 0) & (panels.stays.place_of(number, today) >= 0)
    owners = pc.utf8_lower(found["owner"].filter(pa.array(there)))
    return len(pc.unique(owners.drop_null())) or None


def _outcomes(panels: Panels, people: Landmarks) -> Mapping[str, Outcome]:
    def moves(key: str, *, rose: bool) -> Outcome:
        found = until_move(people, panels.moves, rose=rose)
        happens = np.where(found.end_kind == CHURN, found.leaves_on, NO_END)
        return Outcome(key, happens.astype(np.int32), is_good=rose)

    return {
        "churn": churn(people),
        "expansion": moves("expansion", rose=True),
        "contraction": moves("contraction", rose=False),
    }
