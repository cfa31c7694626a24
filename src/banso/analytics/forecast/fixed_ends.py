"""The day on which a contract ends as agreed, and who goes on after it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from banso.analytics.forecast.additive import AFTERMATH, Known
from banso.analytics.forecast.preparation import DAYS_TO_RENEWAL, Preparation
from banso.analytics.panel.landmarks import BY_CHOICE, Landmarks

Floats = NDArray[np.float64]
NEAR = 60  # days before an end from which it counts as about to be seen
EARLY = 3  # days before it on which an end as agreed may be booked
ENOUGH_ENDS = 5  # seen, or nobody is taken to go on


@dataclass(frozen=True)
class FixedEnds:
    """Agreed ends (renewals) of contracts, and the share that goes on after one."""

    column: int  # the prepared column of days_to_renewal; -1 without
    goes_on: float  # share of those who reach an end and do not complete there
    seen: int  # ends that customers reached

    def days(self, known: Known) -> Floats:
        """Return the days to each row's agreed end, (n,); infinite when not known."""
        if self.column < 0:
            return np.full(len(known.values), np.inf)
        days = known.values[:, self.column]
        return np.where(np.isfinite(days), days, np.inf)


def fixed_ends(landmarks: Landmarks, preparation: Preparation) -> FixedEnds:
    """Return how many customers went on at the agreed ends that were seen.

    Each customer's end counts once. Who left by choice before it did not reach it;
    who leaves by choice at it goes on here, and is told by the hazard. Half an end of
    each kind is added (Jeffreys). With fewer than ENOUGH_ENDS nobody goes on: then a
    chance beyond an end counts only what comes before it.
    """
    if DAYS_TO_RENEWAL not in preparation.keys:
        return FixedEnds(-1, 1.0, 0)
    column = preparation.keys.index(DAYS_TO_RENEWAL)
    ends_on = _ends_on(landmarks)
    days = ends_on - landmarks.as_of
    reached = (days >= 1) & (days <= NEAR) & (landmarks.leaves_on >= ends_on - EARLY)
    reached &= ends_on + AFTERMATH <= landmarks.seen_until
    rows = np.flatnonzero(reached)
    each = np.stack([landmarks.customer[rows], ends_on[rows].astype(np.int64)])
    _, first = np.unique(each, axis=1, return_index=True)
    seen = len(first)
    if seen < ENOUGH_ENDS:
        return FixedEnds(column, 0.0, seen)
    completed = int(completed_at_end(landmarks)[rows[first]].sum())
    return FixedEnds(column, (seen - completed + 0.5) / (seen + 1), seen)


def completed_at_end(landmarks: Landmarks) -> NDArray[np.bool_]:
    """Return which rows ended as agreed: by no choice, when the contract did."""
    ends_on, leaves_on = _ends_on(landmarks), landmarks.leaves_on
    at_end = (leaves_on >= ends_on - EARLY) & (leaves_on <= ends_on + AFTERMATH)
    otherwise = (landmarks.end_kind >= 0) & ~np.isin(landmarks.end_kind, BY_CHOICE)
    return np.asarray(at_end & otherwise, bool)


def _ends_on(landmarks: Landmarks) -> Floats:
    """Return the day number of each row's agreed end; infinite when not known."""
    days = landmarks.column(DAYS_TO_RENEWAL)
    return np.where(np.isfinite(days), landmarks.as_of + days, np.inf)
