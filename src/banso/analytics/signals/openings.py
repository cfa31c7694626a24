"""When signals open and close: one step per as-of date, for all customers at once."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

NEVER = int(np.iinfo(np.int32).min)


@dataclass(frozen=True)
class Terms:
    """How long conditions must hold, and a signal rests: one entry for each of s."""

    for_weeks: NDArray[np.int16]  # (s,) weekly dates in a row, 1 or more
    cooldown_days: NDArray[np.int32]  # (s,) days after a closing without an opening


@dataclass(frozen=True)
class Seen:
    """What was seen of n customers on one as-of date, of s signals."""

    holds: NDArray[np.bool_]  # (s, n) `when` is true; False where it is unknown
    closes: NDArray[np.bool_]  # (s, n) what closes it is true; False where unknown
    present: NDArray[np.bool_]  # (n,) under contract, and has given no notice


@dataclass(frozen=True)
class Standing:
    """Where s signals stand at n customers after a date."""

    # (s, n) weekly dates in a row on which `when` has held; 0 where one is enough
    weeks: NDArray[np.int16]
    opened_on: NDArray[np.int32]  # (s, n) day number; NEVER while it is not open
    closed_on: NDArray[np.int32]  # (s, n) of the last closing; NEVER before the first

    @classmethod
    def nothing(cls, signals: int, customers: int) -> "Standing":
        """Return how signals stand before the first date."""
        shape = (signals, customers)
        never = np.full(shape, NEVER, dtype=np.int32)
        return cls(np.zeros(shape, dtype=np.int16), never, never.copy())

    @property
    def is_open(self) -> NDArray[np.bool_]:
        """(s, n) whether each signal is open at each customer."""
        return np.asarray(self.opened_on != NEVER)


@dataclass(frozen=True)
class Step:
    """What one as-of date changed."""

    after: Standing
    opened: NDArray[np.bool_]  # (s, n)
    closed: NDArray[np.bool_]  # (s, n) was open before


def stepped(
    before: Standing, seen: Seen, *, day: int, is_weekly: bool, terms: Terms
) -> Step:
    """Return how signals stand after one more as-of date.

    An open signal closes when what closes it is true, or when the customer is not
    there. One that is not open opens when the customer is there, its condition holds
    and has held on ``for_weeks`` weekly dates in a row, nothing closes it on the same
    date, and more than ``cooldown_days`` have passed since it closed. What is unknown
    is neither true nor false: it opens nothing and closes nothing, and it ends a row
    of weeks.

    Parameters
    ----------
    before
        How they stood after the date before.
    seen
        What was seen on this date.
    day
        The day number of the date, later than all before.
    is_weekly
        Whether it is a weekly date. The date of a run in the middle of a week adds no
        week to a row: it opens what needs one week only, and what would have opened
        on the weekly date before but for a cooldown.
    terms
        Of the signals.

    Notes
    -----
    Source: docs/definitions/signals.md. Checked against a state machine for one
    customer in tests/analytics/signals.

    """
    holds = seen.holds & seen.present
    closed = before.is_open & (seen.closes | ~seen.present)
    needed = terms.for_weeks[:, None]
    # More weeks than are needed say nothing more.
    weeks = np.minimum(before.weeks + np.int16(is_weekly), needed)
    weeks = np.where(holds & (needed > 1), weeks, 0).astype(np.int16)
    is_ripe = holds & ((weeks >= needed) | (needed == 1))
    rested = day - before.closed_on.astype(np.int64) > terms.cooldown_days[:, None]
    opened = is_ripe & ~before.is_open & ~seen.closes & rested
    opened_on = np.where(closed, NEVER, before.opened_on)
    after = Standing(
        weeks=weeks,
        opened_on=np.where(opened, day, opened_on).astype(np.int32),
        closed_on=np.where(closed, day, before.closed_on).astype(np.int32),
    )
    return Step(after, opened, closed)
