"""Stays as arrays: finding, for any customer and day, what became of it."""

import hashlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from banso.analytics.panel.landmarks import NO_END

_STEP = np.int64(1 << 32)
_SURELY = 4.6  # leavings expected: none has a probability of 1 %


@dataclass(frozen=True)
class Stays:
    """Who was there from when to when, as arrays in the order of customer and start."""

    customer: NDArray[np.int64]  # (m,) the number of the customer
    starts: NDArray[np.int32]
    ends: NDArray[np.int32]  # NO_END while a line is open
    leaves_on: NDArray[np.int32]  # NO_END when nothing is known
    end_kind: NDArray[np.int8]
    until: int

    def digest(self, until: int) -> str:
        """Return a digest of what was known of all stays on a day."""
        then = self.starts <= until
        left = np.where(self.leaves_on <= until, self.leaves_on, NO_END)[then]
        kind = np.where(left < NO_END, self.end_kind[then], -1)
        digest = hashlib.sha256()
        for part in (self.customer[then], self.starts[then], left, kind):
            digest.update(np.ascontiguousarray(part).tobytes())
        return digest.hexdigest()

    def watched_since(self) -> int:
        """Return the day from which on leavings would have been written down.

        A file often begins with the customers of its first day: whoever left earlier is
        not in it, and the years before look as if nobody ever left. When the rate of
        later leavings makes it all but impossible (less than 1 %) that nobody left
        before the first one, the days before it are not to be looked at.

        Returns
        -------
        int
            The day of the first leaving, or the first day of all.

        """
        if not len(self.starts):
            return 0
        left = self.leaves_on < NO_END
        if not left.any():
            return int(self.starts.min())
        first = int(self.leaves_on[left].min())
        until = np.minimum(np.minimum(self.ends, self.leaves_on), self.until)
        until = np.maximum(until.astype(np.int64), self.starts)
        before = np.maximum(np.minimum(until, first) - self.starts, 0).sum()
        after = np.maximum(until - np.maximum(self.starts, first), 0).sum()
        expected = before * left.sum() / max(int(after), 1)
        return first if expected > _SURELY else int(self.starts.min())

    def place_of(
        self, customer: NDArray[np.int64], days: NDArray[np.int32]
    ) -> NDArray[np.int64]:
        """Return the stay in which a day lies; -1 when it lies in none."""
        if not len(self.customer):
            return np.full(len(days), -1, dtype=np.int64)
        opened = self.customer * _STEP + self.starts
        place = np.searchsorted(opened, customer * _STEP + days, side="right") - 1
        inside = np.maximum(place, 0)
        there = (
            (place >= 0)
            & (self.customer[inside] == customer)
            & (days < self.ends[inside])
        )
        return np.where(there, place, -1)
