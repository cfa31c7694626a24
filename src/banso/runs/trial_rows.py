"""The rows of one trial on a day: its outcome, guard-rails, segments and looks."""

import dataclasses
import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from banso.analytics.figures.intervals import CONFIDENCE
from banso.analytics.trials.adjusting import Difference, plain_difference
from banso.analytics.trials.guard_rails import OUTCOMES, SCORE, GuardRail
from banso.analytics.trials.reading import (
    FEWEST_EVENTS,
    Course,
    Entrants,
    Reading,
    compared,
    course_of,
    is_yes_or_no,
    read_trial,
)
from banso.analytics.trials.segments import shrunken
from banso.analytics.trials.sentences import Said, verdict_in_words
from banso.analytics.trials.sequential import ALPHA
from banso.analytics.trials.verdicts import rail_verdict
from banso.kernel.zones import day_of_number
from banso.runs.trial_entrants import (
    SEGMENTS,
    Drawn,
    Trial,
    TrialEntrants,
    chance_of,
)

MOST_LEVELS: Final = 12
_SEGMENT_SCALE: Final = 0.25  # of the outcome's standard deviation

Floats = NDArray[np.float64]
Kind = Literal["outcome", "guard_rail", "segment"]


@dataclass(frozen=True)
class TrialResult:
    """A row of ``trial_results``: a measure of a trial, for all or for a segment."""

    trial_id: str
    name: str
    signal: str | None
    play: str | None
    window_days: int
    share_held_out: float
    planned: int | None  # customers in both arms
    smallest_effect: float | None
    started_on: dt.date
    stopped_on: dt.date | None
    kind: Kind
    measure: str
    segment_of: str  # the column of the segment; "" for all
    segment: str
    assigned_treated: int  # drawn up to the as-of date
    assigned_held_out: int
    n_treated: int  # whose window is over
    n_held_out: int
    mean_treated: float | None  # a ratio for churn, expansion and contraction
    mean_held_out: float | None
    events_treated: int | None  # null for what is no yes or no
    events_held_out: int | None
    effect: float | None  # treated minus held out
    low: float | None  # the interval to report: see `basis`
    high: float | None
    confidence: float
    low_always: float | None
    high_always: float | None
    variance_saved: float | None  # share that the adjustment took away
    verdict: str
    basis: str  # running, stopped, planned_end
    decided_on: dt.date | None
    ends_on: dt.date | None
    reason: str | None
    said_ja: str
    said_en: str


@dataclass(frozen=True)
class TrialLook:
    """A row of ``trial_looks``: a trial's outcome as it stood in a week."""

    trial_id: str
    look_on: dt.date
    n_treated: int
    n_held_out: int
    effect: float | None
    low: float | None  # always-valid
    high: float | None
    reason: str | None


@dataclass
class ReadTrial:
    """One trial, read on a day."""

    entrants: TrialEntrants
    trial: Trial
    until: int

    @cached_property
    def drawn(self) -> Drawn:
        """Everybody drawn up to the day."""
        return self.entrants.drawn(self.trial)

    @cached_property
    def who(self) -> Entrants:
        """They, with the outcome and what was known before the draw."""
        terms, drawn = self.trial.terms, self.drawn
        outcome = self.entrants.outcome(drawn, self.trial.outcome, terms.window_days)
        return self._with(outcome, [chance_of(self.trial), SCORE, "tenure_days"])

    @cached_property
    def course(self) -> Course:
        """How far the trial has come."""
        return course_of(self.who, self.trial.terms, until=self.until)

    @cached_property
    def reading(self) -> Reading:
        """What it says of its outcome."""
        return read_trial(self.who, self.trial.terms, until=self.until)

    def rows(self) -> Iterator[TrialResult]:
        """Yield the outcome, the guard-rails and the segments."""
        yield self._outcome_row()
        for rail in self.trial.guard_rails:
            yield self._rail_row(rail)
        for column in SEGMENTS:
            yield from self._segment_rows(column)

    def looks(self) -> Iterator[TrialLook]:
        """Yield how the outcome stood in each week."""
        for look in self.reading.looks:
            yield TrialLook(
                trial_id=self.trial.trial_id,
                look_on=day_of_number(look.day),
                n_treated=look.n_treated,
                n_held_out=look.n_held_out,
                effect=None if look.estimate is None else look.estimate.effect,
                low=look.low,
                high=look.high,
                reason=look.reason,
            )

    # -- rows -------------------------------------------------------------------------

    def _outcome_row(self) -> TrialResult:
        reading, estimate = self.reading, self.reading.look.estimate
        sums = _Sums.of(self.who.rows(reading.counted))
        confidence = CONFIDENCE if reading.basis == "planned_end" else 1 - ALPHA
        said = verdict_in_words(
            reading.verdict,
            Said(
                outcome=self.trial.outcome,
                window_days=self.trial.terms.window_days,
                n=sums.n_treated + sums.n_held_out,
                treated=sums.mean_treated,
                held_out=sums.mean_held_out,
                effect=None if estimate is None else estimate.effect,
                low=reading.low,
                high=reading.high,
                confidence=confidence,
                smallest=self.trial.terms.smallest_effect,
                reason=reading.look.reason,
            ),
        )
        return self._row(
            "outcome",
            self.trial.outcome,
            sums,
            _Found(estimate, reading.low, reading.high, reading.look.reason),
            verdict=reading.verdict,
            said=(said.ja, said.en),
        )

    def _rail_row(self, rail: GuardRail) -> TrialResult:
        who = self._measured(rail.measure)
        if who is None:
            nothing = _Found(None, None, None, "not_measured")
            return self._row("guard_rail", rail.measure, _Sums.none(), nothing)
        window = self.trial.terms.window_days
        estimate, low, high = compared(who, self.course, window_days=window)
        counted = who.rows(self.course.counted(who, window, self.course.last_day))
        if isinstance(estimate, str) or low is None or high is None:
            nothing = _Found(None, None, None, str(estimate))
            return self._row("guard_rail", rail.measure, _Sums.of(counted), nothing)
        return self._row(
            "guard_rail",
            rail.measure,
            _Sums.of(counted),
            _Found(estimate, low, high, None),
            verdict=rail_verdict(low, high, is_good=rail.is_good),
        )

    def _segment_rows(self, column: str) -> Iterator[TrialResult]:
        """Yield the shrunken effect of each level that has enough customers."""
        if column not in self.entrants.names:
            return
        counted = self.reading.counted
        level = np.array(self._before[column].to_pylist(), dtype=object)[counted]
        mine = self.who.rows(counted)
        names = sorted({name for name in level if name is not None})
        if not 1 < len(names) <= MOST_LEVELS:
            return
        parts = [mine.rows(level == name) for name in names]
        found = [_enough(part) for part in parts]
        known = [n for n, each in enumerate(found) if isinstance(each, Difference)]
        shrunk: dict[int, tuple[float, float, float]] = {}
        if len(known) > 1:
            told = [each for each in found if isinstance(each, Difference)]
            together = shrunken(
                np.array([each.effect for each in told]),
                np.array([each.error for each in told]),
                scale=_SEGMENT_SCALE * float(mine.outcome.std()),
            )
            values = zip(together.effect, together.low, together.high, strict=True)
            shrunk = {
                n: (float(e), float(lo), float(hi))
                for n, (e, lo, hi) in zip(known, values, strict=True)
            }
        for n, (name, part) in enumerate(zip(names, parts, strict=True)):
            yield self._segment_row(column, name, part, shrunk.get(n))

    def _segment_row(
        self,
        column: str,
        name: str,
        part: Entrants,
        shrunk: tuple[float, float, float] | None,
    ) -> TrialResult:
        found, effect = _Found(None, None, None, "too_few_customers"), None
        if shrunk is not None:
            effect, low, high = shrunk
            found = _Found(None, low, high, None)
        row = self._row("segment", self.trial.outcome, _Sums.of(part), found)
        return dataclasses.replace(
            row,
            segment_of=column,
            segment=name,
            effect=effect,
            confidence=CONFIDENCE,
            low_always=None,
            high_always=None,
        )

    def _row(
        self,
        kind: Kind,
        measure: str,
        sums: "_Sums",
        found: "_Found",
        *,
        verdict: str = "not_enough",
        said: tuple[str, str] = ("", ""),
    ) -> TrialResult:
        reading, is_outcome = self.reading, kind == "outcome"
        is_end = reading.basis == "planned_end"
        treated = int(np.count_nonzero(self.drawn.treated))
        always = reading.look if is_outcome else found
        has_always = is_outcome or not is_end
        estimate, trial, terms = found.estimate, self.trial, self.trial.terms
        return TrialResult(
            trial_id=trial.trial_id,
            name=trial.name,
            signal=trial.signal,
            play=trial.play,
            window_days=terms.window_days,
            share_held_out=trial.share_held_out,
            planned=terms.planned,
            smallest_effect=terms.smallest_effect,
            started_on=trial.started_on,
            stopped_on=_date(terms.stopped_on),
            kind=kind,
            measure=measure,
            segment_of="",
            segment="",
            assigned_treated=treated,
            assigned_held_out=len(self.drawn.treated) - treated,
            n_treated=sums.n_treated,
            n_held_out=sums.n_held_out,
            mean_treated=sums.mean_treated,
            mean_held_out=sums.mean_held_out,
            events_treated=sums.events_treated,
            events_held_out=sums.events_held_out,
            effect=None if estimate is None else estimate.effect,
            low=found.low,
            high=found.high,
            confidence=CONFIDENCE if is_end else 1 - ALPHA,
            low_always=always.low if has_always else None,
            high_always=always.high if has_always else None,
            variance_saved=None if estimate is None else estimate.variance_saved,
            verdict=verdict,
            basis=reading.basis,
            decided_on=_date(reading.decided_on) if is_outcome else None,
            ends_on=_date(reading.ends_on),
            reason=found.reason,
            said_ja=said[0],
            said_en=said[1],
        )

    # -- measures ---------------------------------------------------------------------

    @cached_property
    def _before(self) -> pa.Table:
        return self.entrants.before(self.drawn)

    @cached_property
    def _after(self) -> pa.Table:
        return self.entrants.after(self.drawn, self.trial.terms.window_days)

    def _measured(self, measure: str) -> Entrants | None:
        """Return the entrants with a guard-rail as their outcome; None without it."""
        if measure in OUTCOMES:
            window = self.trial.terms.window_days
            outcome = self.entrants.outcome(self.drawn, measure, window)
            return self._with(outcome, [SCORE, "tenure_days"])
        if measure not in self.entrants.names:
            return None
        return self._with(_numbers(self._after[measure]), [measure, "tenure_days"])

    def _with(self, outcome: Floats, names: Sequence[str]) -> Entrants:
        there = [name for name in names if name in self._before.column_names]
        columns = [_numbers(self._before[name]) for name in there]
        covariates = (
            np.column_stack(columns) if columns else np.empty((len(outcome), 0))
        )
        return Entrants(self.drawn.assigned_on, self.drawn.treated, outcome, covariates)


@dataclass(frozen=True)
class _Found:
    """An effect with its interval, or why there is none."""

    estimate: Difference | None
    low: float | None
    high: float | None
    reason: str | None


@dataclass(frozen=True)
class _Sums:
    """What was seen in each arm."""

    n_treated: int
    n_held_out: int
    mean_treated: float | None
    mean_held_out: float | None
    events_treated: int | None
    events_held_out: int | None

    @classmethod
    def none(cls) -> "_Sums":
        return cls(0, 0, None, None, None, None)

    @classmethod
    def of(cls, who: Entrants) -> "_Sums":
        ones, zeros = who.outcome[who.treated], who.outcome[~who.treated]
        counts = is_yes_or_no(who.outcome)
        return cls(
            n_treated=len(ones),
            n_held_out=len(zeros),
            mean_treated=float(ones.mean()) if len(ones) else None,
            mean_held_out=float(zeros.mean()) if len(zeros) else None,
            events_treated=int(ones.sum()) if counts else None,
            events_held_out=int(zeros.sum()) if counts else None,
        )


def _enough(part: Entrants) -> Difference | None:
    """Return the difference within a segment, if its customers are enough."""
    events = int(part.outcome.sum())
    if min(events, len(part.outcome) - events) < FEWEST_EVENTS:
        return None
    return plain_difference(part.outcome, part.treated)


def _numbers(column: pa.ChunkedArray) -> Floats:
    return np.asarray(pc.fill_null(column.cast("float64"), np.nan), dtype=np.float64)


def _date(day: int | None) -> dt.date | None:
    return None if day is None else day_of_number(day)
