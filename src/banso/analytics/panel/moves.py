"""Moves of what a customer pays: the next rise or fall after each landmark."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from banso.analytics.panel.landmarks import CHURN, COMPLETED, NO_END, Landmarks

_STEP = np.int64(1 << 32)
ENOUGH_MOVES = 20  # in a currency, or nothing is said of how far MRR moves


@dataclass(frozen=True)
class Moves:
    """The days on which what a customer pays rose or fell, in order."""

    customer: NDArray[np.int64]  # (m,)
    day: NDArray[np.int32]
    rose: NDArray[np.bool_]
    before: NDArray[np.float64]  # MRR before the move
    step: NDArray[np.float64]  # how far it moved, 0 or more
    currency: NDArray[np.object_]  # "" for none; None where amounts mean nothing

    def sizes(self, *, rose: bool, known_by: int) -> Mapping[str, float]:
        """Return how far MRR moves when it does, as a share of what it was.

        Parameters
        ----------
        rose
            Whether rises or falls are asked for.
        known_by
            The day number up to which moves are known.

        Returns
        -------
        Mapping
            By currency: the sum of the steps over the sum of MRR before them. Without
            currencies of fewer than 20 moves; a move from nothing has no share.

        """
        mine = (self.rose == rose) & (self.day <= known_by) & (self.before > 0)
        found = {}
        for currency in sorted({c for c in self.currency[mine] if c is not None}):
            here = mine & (self.currency == currency)
            if np.count_nonzero(here) >= ENOUGH_MOVES:
                share = self.step[here].sum() / self.before[here].sum()
                found[str(currency)] = float(share)
        return found

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
