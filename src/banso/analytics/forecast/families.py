"""The families of hazard, fitted on the same rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from banso.analytics.forecast.additive import (
    Additive,
    Known,
    Layout,
    Training,
    fit_additive,
    layout_of,
)
from banso.analytics.forecast.boosting import Boosted, fit_boosted
from banso.analytics.forecast.fixed_ends import (
    FixedEnds,
    completed_at_end,
    fixed_ends,
)
from banso.analytics.forecast.intervals import (
    INTERVALS,
    YEAR,
    IntervalRows,
    evened_out,
    interval_rows,
)
from banso.analytics.forecast.mixing import mean_of
from banso.analytics.forecast.preparation import (
    DAYS_TO_RENEWAL,
    Preparation,
    prepare,
)
from banso.analytics.forecast.requirements import endings
from banso.analytics.forecast.screening import MOST_STRAIGHT, affordable, screened
from banso.analytics.panel.landmarks import Landmarks

MOST_ROWS = 400_000  # of customer, date and interval
ROWS_PER_CUSTOMER = 20  # weekly rows tell nearly the same; more would not help
FEWEST_ROWS = 6_000
SEEN_ENOUGH = 50  # customers followed for an interval, or nothing is said of it
GRACE = 7  # the last weekly date may be short of a whole year by this


FEW_EVENTS = 100  # below, bends and priors of single features would be luck
MANY_EVENTS = 1000  # from here on, they are learned well

Terms = Literal["plain", "additive"]
ROWS_PER_ENDING = 300  # where few have left, more who stayed would tell no more


@dataclass(frozen=True)
class Fitted:
    """One fit of the families on some landmarks, before any choice."""

    preparation: Preparation
    training: Training
    terms: Mapping[Terms, Additive]
    boosted: Boosted | None
    intervals: int
    ends: FixedEnds

    def averaged(self, bends: float) -> Additive:
        """Return the terms, with a share of the log-odds from the additive family."""
        if len(self.terms) == 1:
            return next(iter(self.terms.values()))
        return mean_of(self.terms["plain"], self.terms["additive"], bends)


def affordable_terms(events: int) -> tuple[Terms, ...]:
    """Return which families of terms so many endings can carry, the safest first.

    ``plain``: a straight line for each feature, under one prior. ``additive``: the
    strongest features, each with bends and an effect that may wear off. Where both are
    there, their log-odds are averaged.
    """
    if events < FEW_EVENTS:
        return ("plain",)
    return ("plain", "additive") if events < MANY_EVENTS else ("additive",)


def without_repeats(landmarks: Landmarks) -> Landmarks:
    """Return the landmarks without rows that repeat a customer and date."""
    customer, as_of = landmarks.customer, landmarks.as_of
    same = customer[1:] == customer[:-1]
    if ((customer[1:] > customer[:-1]) | (same & (as_of[1:] > as_of[:-1]))).all():
        return landmarks
    order = np.lexsort((as_of, customer))
    customer, as_of = customer[order], as_of[order]
    repeats = (customer[1:] == customer[:-1]) & (as_of[1:] == as_of[:-1])
    return landmarks.rows(order[np.r_[True, ~repeats]])


def fit_families(
    landmarks: Landmarks, *, seed: int, terms: Sequence[Terms], with_trees: bool
) -> Fitted:
    """Return families (trees on wish) fitted on all that the landmarks know."""
    preparation = prepare(landmarks)
    customers = len(np.unique(landmarks.customer))
    events = endings(landmarks)
    enough = ROWS_PER_ENDING * events if events < MANY_EVENTS else MOST_ROWS
    most = min(ROWS_PER_CUSTOMER * customers, enough, MOST_ROWS)
    most = max(most, FEWEST_ROWS)
    rows = interval_rows(landmarks, most=most, seed=seed)
    intervals = _followed(landmarks, rows)
    rows = rows.where(rows.interval < intervals)
    training = _training(landmarks, preparation, rows)
    has_calendar = followed_days(landmarks) >= 2 * YEAR - GRACE
    layout = layout_of(training, preparation.columns, has_calendar=has_calendar)
    fits: dict[Terms, Additive] = {
        family: _fit_terms(training, layout, events, family) for family in terms
    }
    boosted = None
    if with_trees:
        boosted = fit_boosted(
            training, preparation.columns, has_calendar=has_calendar, seed=seed
        )
    ends = fixed_ends(landmarks, preparation)
    return Fitted(preparation, training, fits, boosted, intervals, ends)


def _fit_terms(
    training: Training, layout: Layout, events: int, family: Terms
) -> Additive:
    most = affordable(events)
    if family == "plain":
        layout, most = layout.plain(), MOST_STRAIGHT
    keep = screened(training, layout, training.rows.churned, most=most)
    layout, varied = layout.narrowed(keep), None
    if events < MANY_EVENTS:
        alone = family == "plain" and events < FEW_EVENTS
        varied = layout.varied(with_sizes=alone)
    return fit_additive(training, layout, training.rows.churned, events, varied)


def followed_days(landmarks: Landmarks) -> int:
    """Return the days from the first landmark to the last day seen."""
    return landmarks.seen_until - int(landmarks.as_of.min()) if len(landmarks) else 0


def _training(
    landmarks: Landmarks, preparation: Preparation, rows: IntervalRows
) -> Training:
    """Return the training rows, with only the landmarks that they need."""
    used, place = np.unique(rows.row, return_inverse=True)
    weight = evened_out(landmarks, rows)
    needed = landmarks.rows(used)
    competing = rows.competing
    if DAYS_TO_RENEWAL in preparation.keys:
        competing = competing & ~completed_at_end(needed)[place]
    ours = IntervalRows(
        place.astype(np.intp),
        rows.interval,
        rows.churned,
        competing,
        rows.weight,
        rows.thinned,
    )
    known = Known(preparation.read(needed), needed.tenure_days, needed.as_of)
    return Training(known, needed.customer, ours, weight)


def _followed(landmarks: Landmarks, rows: IntervalRows) -> int:
    """Return how many intervals were followed for enough customers, from the first."""
    for number in range(INTERVALS):
        seen = landmarks.customer[rows.row[rows.interval == number]]
        if len(np.unique(seen)) < SEEN_ENOUGH:
            return max(number, 1)
    return INTERVALS
