"""How long customers were followed, and whether their end was seen."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from banso.analytics.figures.samples import FEWEST_CUSTOMERS, FEWEST_EVENTS

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class FollowUp:
    """Rows with a duration and an event mark; rows without either are left out."""

    durations: Floats  # (n,) at least 0
    events: NDArray[np.bool_]  # (n,) the end was seen; False: followed until then
    keep: NDArray[np.bool_]  # (rows given,) which of them these are
    reason: str | None  # why nothing can be said, whatever is asked

    def __len__(self) -> int:
        """Return how many rows there are."""
        return len(self.durations)

    @property
    def seen(self) -> int:
        """How many ends were seen."""
        return int(np.count_nonzero(self.events))


def follow_up(
    durations: NDArray[np.generic],
    events: NDArray[np.generic],
    *others: NDArray[np.generic] | None,
) -> FollowUp:
    """Return the rows with a duration, an event mark and all of `others`.

    Parameters
    ----------
    durations
        (n,) time from the start to the end or to the last day seen, in any unit.
        NaN is left out; 0 is allowed.
    events
        (n,) True or 1 when the end was seen, False or 0 when it was not (censored).
        NaN is left out.
    others
        (n,) numbers that a row must have to count; null is ignored.

    Returns
    -------
    FollowUp
        ``negative_duration`` when somebody ended before the start: the dates are
        wrong, and leaving those rows out would hide it. ``too_few_customers`` without
        rows, ``too_few_events`` when all are censored.

    """
    length = np.asarray(durations, dtype=np.float64)
    mark = np.asarray(events, dtype=np.float64)
    assert length.ndim == 1, "one duration per row"
    assert length.shape == mark.shape, "one event mark per duration"
    keep = np.isfinite(length) & np.isfinite(mark)
    for other in others:
        if other is not None:
            assert len(other) == len(length), "as many rows as durations"
            keep &= np.isfinite(np.asarray(other, dtype=np.float64))
    assert ((mark[keep] == 0) | (mark[keep] == 1)).all(), "an event mark is 0 or 1"
    kept, seen = length[keep], mark[keep] == 1
    return FollowUp(kept, seen, keep, _reason(kept, seen))


def stratum_codes(
    strata: NDArray[np.generic] | None, keep: NDArray[np.bool_]
) -> NDArray[np.intp]:
    """Return the kept rows' strata as numbers 0..; all 0 when there are none."""
    if strata is None:
        return np.zeros(int(np.count_nonzero(keep)), dtype=np.intp)
    assert strata.shape == keep.shape, "one stratum per row"
    codes: NDArray[np.intp] = np.unique(strata[keep], return_inverse=True)[1]
    return codes


def too_few(rows: FollowUp, clusters: int) -> str | None:
    """Return why a test of these rows would promise more than it holds, if so."""
    if clusters < FEWEST_CUSTOMERS:
        return "too_few_customers"
    return "too_few_events" if rows.seen < FEWEST_EVENTS else None


def _reason(durations: Floats, events: NDArray[np.bool_]) -> str | None:
    if not len(durations):
        return "too_few_customers"
    if (durations < 0).any():
        return "negative_duration"
    if not events.any():
        return "too_few_events"
    return None
