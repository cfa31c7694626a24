"""Moves of what a customer pays: the next rise or fall after each landmark."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from banso.analytics.panel.landmarks import CHURN, COMPLETED, NO_END, Landmarks

_STEP = np.int64(1 << 32)


@dataclass(frozen=True)
class Moves:
    """The days on which what a customer pays rose or fell, in order."""

    customer: NDArray[np.int64]  # (m,)
    day: NDArray[np.int32]
    rose: NDArray[np.bool_]

    def next_after(self, landmarks: Landmarks, *, rose: bool) -> NDArray[np.int32]:
        """Return the day of the next move of each row's customer; NO_END for none."""
        wanted = self.rose == rose
        keys = self.customer[wanted] * _STEP + self.day[wanted]
        rows = landmarks.customer * _STEP + landmarks.as_of
        place = np.searchsorted(keys, rows, side="right")
        found = np.append(keys, np.int64(-1))[place]
        mine = (found >= 0) & (found // _STEP == landmarks.customer)
        day = np.where(mine, found % _STEP, NO_END)
        known = day <= landmarks.seen_until
        return np.where(known, day, NO_END).astype(np.int32)


def until_move(landmarks: Landmarks, moves: Moves, *, rose: bool) -> Landmarks:
    """Return the landmarks with the next move in the place of the leaving.

    ``end_kind`` is `CHURN` for the move itself; who leaves before it can no longer
    make it, which is an end of another kind (`COMPLETED`).
    """
    day = moves.next_after(landmarks, rose=rose)
    first = day <= landmarks.leaves_on
    ends = np.where(first, day, landmarks.leaves_on).astype(np.int32)
    kind = np.where(first, CHURN, COMPLETED)
    kind = np.where(ends < NO_END, kind, -1).astype(np.int8)
    return replace(landmarks, leaves_on=ends, end_kind=kind)
