"""Reading a trial on any day: what it says, and from when on it has said so."""

from dataclasses import dataclass, replace
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from banso.analytics.figures.intervals import CONFIDENCE
from banso.analytics.trials.adjusting import (
    FEWEST_IN_ARM,
    Difference,
    adjusted_difference,
)
from banso.analytics.trials.sequential import FEWEST_TO_LOOK, always_valid
from banso.analytics.trials.verdicts import Verdict, verdict_of

FEWEST_EVENTS: Final = 10  # with the outcome, and as many without, in both arms
_SUNDAY = 3  # the day number 3 is a Sunday

Basis = Literal["running", "stopped", "planned_end"]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Days = NDArray[np.int32]


@dataclass(frozen=True)
class Terms:
    """What was fixed when a trial began."""

    is_good: bool  # whether more of the outcome is better
    window_days: int
    planned: int | None  # customers in both arms; None when nobody said
    smallest_effect: float | None
    stopped_on: int | None  # the day number from which on nobody is held out


@dataclass(frozen=True)
class Entrants:
    """The customers of a trial, as they were drawn: n of them, in any order."""

    assigned_on: Days  # (n,)
    treated: Flags  # (n,)
    outcome: Floats  # (n,) within the window; NaN where it is not known
    covariates: Floats  # (n, p) from before the draw; NaN is unknown

    def rows(self, mask: Flags) -> "Entrants":
        """Return some of them."""
        return Entrants(
            self.assigned_on[mask],
            self.treated[mask],
            self.outcome[mask],
            self.covariates[mask],
        )


@dataclass(frozen=True)
class Look:
    """A trial on one day, by the customers whose window was over."""

    day: int
    n_treated: int
    n_held_out: int
    estimate: Difference | None
    low: float | None  # always-valid
    high: float | None
    reason: str | None  # why there is no estimate


@dataclass(frozen=True)
class Reading:
    """What a trial says."""

    basis: Basis
    ends_on: int | None  # the planned end, once it is known
    counted: Flags  # (n,) the customers behind the figures
    look: Look  # the last one
    low: float | None  # the interval to report
    high: float | None
    verdict: Verdict
    decided_on: int | None  # since when it holds
    looks: tuple[Look, ...]  # by week


@dataclass(frozen=True)
class Course:
    """How far a trial has come on a day."""

    basis: Basis
    ends_on: int | None
    last_day: int  # later days change nothing
    in_plan: Flags  # (n,) who is in the trial as it was planned
    planned: int  # customers at the end

    def counted(self, who: Entrants, window_days: int, day: int) -> Flags:
        """Return whose window is over on a day, and what came of them is known."""
        over = who.assigned_on.astype(np.int64) + window_days <= min(day, self.last_day)
        return self.in_plan & over & np.isfinite(who.outcome)


def course_of(who: Entrants, terms: Terms, *, until: int) -> Course:
    """Return how far a trial has come.

    Parameters
    ----------
    who
        Everybody drawn by `until`.
    terms
        Of the trial.
    until
        The day number of today.

    Returns
    -------
    Course
        ``planned_end`` from the day on which the window is over of everybody drawn up
        to the day that reached the planned number; later entrants do not count. A
        trial that nobody planned a number for ends where it was stopped. ``stopped``
        when it was stopped before its planned end.

    """
    everybody = np.ones(len(who.assigned_on), dtype=bool)
    stop = terms.stopped_on if terms.stopped_on is not None else until
    is_stopped = terms.stopped_on is not None and terms.stopped_on <= until
    if terms.planned is None:
        basis: Basis = "planned_end" if is_stopped else "running"
        count = max(len(everybody), 1)
        return Course(basis, terms.stopped_on, min(stop, until), everybody, count)
    if len(everybody) < terms.planned:
        basis = "stopped" if is_stopped else "running"
        return Course(basis, None, min(stop, until), everybody, terms.planned)
    full_on = int(np.sort(who.assigned_on)[terms.planned - 1])
    ends_on = full_on + terms.window_days
    in_plan = who.assigned_on <= full_on
    if is_stopped and stop < ends_on:
        return Course("stopped", ends_on, stop, in_plan, terms.planned)
    basis = "planned_end" if ends_on <= until else "running"
    return Course(basis, ends_on, min(ends_on, until), in_plan, terms.planned)


def read_trial(who: Entrants, terms: Terms, *, until: int) -> Reading:
    """Return what a trial says on a day, and what it said in the weeks before.

    Every customer counts in the arm that was drawn, whatever was done (intention to
    treat), once its window is over.

    Parameters
    ----------
    who
        Everybody drawn by `until`; outcomes are read only where the window is over.
    terms
        What was fixed at the start.
    until
        The day number of today.

    Returns
    -------
    Reading
        At the planned end, ``low`` and ``high`` are the ordinary interval of 95 %;
        while it runs, or when it was stopped before, the always-valid one of 99 %. A
        verdict reached while it runs stands until the planned end says otherwise.

    Notes
    -----
    A false ``proven`` has a chance of at most 0.5 % while the trial runs, however often
    it is looked at, and 2.5 % at its end: 3 % together. So has a false ``harmful``.
    Source: docs/definitions/trials.md; counted in tests/truth.

    """
    course = course_of(who, terms, until=until)
    looks = _looks(who, terms, course)
    last = looks[-1] if looks else _look(who, terms, course, day=course.last_day)
    verdict, decided_on = _decided(looks, terms)
    low, high = last.low, last.high
    counted = course.counted(who, terms.window_days, course.last_day)
    if course.basis == "planned_end":
        found = _estimate(who.rows(counted), fewest=FEWEST_IN_ARM)
        last = replace(
            last,
            estimate=found if isinstance(found, Difference) else None,
            reason=found if isinstance(found, str) else None,
        )
        low = high = None
        if isinstance(found, Difference):
            low, high = found.interval(CONFIDENCE)
            at_end = _verdict(low, high, terms)
            if at_end != "not_enough":
                is_new = at_end != verdict
                decided_on = course.ends_on if is_new else decided_on
                verdict = at_end
    return Reading(
        basis=course.basis,
        ends_on=course.ends_on,
        counted=counted,
        look=last,
        low=low,
        high=high,
        verdict=verdict,
        decided_on=decided_on,
        looks=looks,
    )


def compared(
    who: Entrants, course: Course, *, window_days: int
) -> tuple[Difference | str, float | None, float | None]:
    """Return the difference of another measure, with the interval to report.

    Parameters
    ----------
    who
        The entrants with that measure as their outcome.
    course
        How far the trial has come.
    window_days
        Of the trial.

    Returns
    -------
    tuple
        The difference, or why there is none; the ordinary interval at the planned end,
        else the always-valid one.

    """
    mine = course.counted(who, window_days, course.last_day)
    is_end = course.basis == "planned_end"
    found = _estimate(
        who.rows(mine), fewest=FEWEST_IN_ARM if is_end else FEWEST_TO_LOOK
    )
    if isinstance(found, str):
        return found, None, None
    if is_end:
        return found, *found.interval(CONFIDENCE)
    n = found.n_treated + found.n_held_out
    low, high = always_valid(found.effect, found.error, n=n, planned=course.planned)
    return found, low, high


def _looks(who: Entrants, terms: Terms, course: Course) -> tuple[Look, ...]:
    """Return the looks of each week in which somebody's window ended, and of today."""
    finished = np.sort(who.assigned_on[course.in_plan]) + terms.window_days
    finished = finished[finished <= course.last_day]
    if not len(finished):
        return ()
    first = int(finished[0])
    sundays = np.arange(first + (_SUNDAY - first) % 7, course.last_day + 1, 7)
    days = np.unique(np.append(sundays, course.last_day))
    so_far = np.searchsorted(finished, days, side="right")
    is_new = np.diff(so_far, prepend=0) > 0
    return tuple(_look(who, terms, course, day=int(day)) for day in days[is_new])


def _look(who: Entrants, terms: Terms, course: Course, *, day: int) -> Look:
    mine = who.rows(course.counted(who, terms.window_days, day))
    n_treated = int(np.count_nonzero(mine.treated))
    n_held_out = len(mine.treated) - n_treated
    found = _estimate(mine, fewest=FEWEST_TO_LOOK)
    if isinstance(found, str):
        return Look(day, n_treated, n_held_out, None, None, None, found)
    low, high = always_valid(
        found.effect, found.error, n=n_treated + n_held_out, planned=course.planned
    )
    return Look(day, n_treated, n_held_out, found, low, high, None)


def _estimate(mine: Entrants, *, fewest: int) -> Difference | str:
    """Return the difference, or why there is none."""
    n_treated = int(np.count_nonzero(mine.treated))
    if min(n_treated, len(mine.treated) - n_treated) < fewest:
        return "too_few_customers"
    if is_yes_or_no(mine.outcome):
        events = int(mine.outcome.sum())
        if min(events, len(mine.outcome) - events) < FEWEST_EVENTS:
            return "too_few_events"
    found = adjusted_difference(mine.outcome, mine.treated, mine.covariates)
    return "no_spread" if found is None else found


def is_yes_or_no(outcome: Floats) -> bool:
    """Return whether an outcome either happens or not."""
    return bool(np.isin(outcome, (0.0, 1.0)).all())


def _decided(looks: tuple[Look, ...], terms: Terms) -> tuple[Verdict, int | None]:
    """Return the first verdict of the looks, and its day."""
    for look in looks:
        if look.low is None or look.high is None:
            continue
        verdict = _verdict(look.low, look.high, terms)
        if verdict != "not_enough":
            return verdict, look.day
    return "not_enough", None


def _verdict(low: float, high: float, terms: Terms) -> Verdict:
    return verdict_of(low, high, is_good=terms.is_good, smallest=terms.smallest_effect)
