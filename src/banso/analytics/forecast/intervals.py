"""The time after a landmark, divided into intervals; one row per landmark and part."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from banso.analytics.panel.landmarks import BY_CHOICE, Landmarks

Floats = NDArray[np.float64]
EDGES = (0, 30, 60, 90, 180, 270, 365)  # days after the landmark
INTERVALS = len(EDGES) - 1
LENGTHS = np.diff(EDGES)
# How late an interval is, on a scale of about -1 to 1, for effects that wear off.
LATENESS = np.log((np.array(EDGES[:-1]) + np.array(EDGES[1:])) / 150) / 1.2
YEAR = 364  # whole weeks, so that weekly landmarks fill a year evenly
PART_OF_YEAR = 28
MOST_EVENING_OUT = 2.0


@dataclass(frozen=True)
class IntervalRows:
    """Landmarks at risk when an interval begins, whose interval was followed."""

    row: NDArray[np.intp]  # place in the landmarks; rising
    interval: NDArray[np.int8]
    churned: NDArray[np.bool_]  # left by choice within the interval
    competing: NDArray[np.bool_]  # ended otherwise within the interval
    weight: Floats  # rows that this one stands for
    thinned: bool = False

    def __len__(self) -> int:
        """Return how many rows there are."""
        return len(self.row)

    def where(self, mask: NDArray[np.bool_]) -> "IntervalRows":
        """Return the rows of a mask."""
        return IntervalRows(
            self.row[mask],
            self.interval[mask],
            self.churned[mask],
            self.competing[mask],
            self.weight[mask],
            self.thinned,
        )


def interval_rows(
    landmarks: Landmarks, *, intervals: int = INTERVALS, most: int = 0, seed: int = 0
) -> IntervalRows:
    """Return a row for each landmark and interval that it entered and that is known.

    An interval is known when its last day was seen: ``as_of + end <= seen_until``,
    for those who left as for those who stayed, or censoring would look like churn.

    Parameters
    ----------
    landmarks
        Rows in the order of customer and date.
    intervals
        How many of them, from the first.
    most
        About how many rows to keep at most (0: all). Rows without an end are thinned
        first; what is kept carries the weight of what is not, so that no rate moves.
    seed
        Of the thinning.

    """
    parts = [_one_interval(landmarks, number) for number in range(intervals)]
    ends = sum(int(part.churned.sum() + part.competing.sum()) for part in parts)
    rows = sum(len(part) for part in parts)
    thinned = bool(most) and rows > most
    if thinned:
        share_ends = min(1.0, most / 3 / max(ends, 1))
        share_others = min(1.0, (most - ends * share_ends) / max(rows - ends, 1))
        random = np.random.default_rng(seed)
        parts = [_thin(part, share_ends, share_others, random) for part in parts]
    order = np.argsort(np.concatenate([part.row for part in parts]), kind="stable")
    return IntervalRows(
        np.concatenate([part.row for part in parts])[order],
        np.concatenate([part.interval for part in parts])[order],
        np.concatenate([part.churned for part in parts])[order],
        np.concatenate([part.competing for part in parts])[order],
        np.concatenate([part.weight for part in parts])[order],
        thinned,
    )


def _one_interval(landmarks: Landmarks, number: int) -> IntervalRows:
    start, end = EDGES[number], EDGES[number + 1]
    as_of = landmarks.as_of.astype(np.int64)
    leaves_on = landmarks.leaves_on.astype(np.int64)
    row = np.flatnonzero(
        (leaves_on > as_of + start) & (as_of + end <= landmarks.seen_until)
    )
    ended = leaves_on[row] <= as_of[row] + end
    by_choice = np.isin(landmarks.end_kind[row], BY_CHOICE)
    return IntervalRows(
        row,
        np.full(len(row), number, np.int8),
        ended & by_choice,
        ended & ~by_choice,
        landmarks.weight[row].astype(float),
    )


def _thin(
    rows: IntervalRows, ends: float, others: float, random: np.random.Generator
) -> IntervalRows:
    share = np.where(rows.churned | rows.competing, ends, others)
    kept = random.random(len(rows)) < share
    thinned = rows.where(kept)
    return IntervalRows(
        thinned.row,
        thinned.interval,
        thinned.churned,
        thinned.competing,
        thinned.weight / share[kept],
        thinned=True,
    )


def evened_out(landmarks: Landmarks, rows: IntervalRows) -> Floats:
    """Return the weights of rows, evened out so that each part of a year counts alike.

    Fourteen months of history hold two of this season and one of that; without this
    the base rate would lean to the season that was seen twice. An interval whose
    landmarks do not fill a year keeps its weights.
    """
    weight = rows.weight.copy()
    as_of = landmarks.as_of[rows.row].astype(np.int64)
    for number in range(INTERVALS):
        here = np.flatnonzero(rows.interval == number)
        if len(here) == 0:
            continue
        days_back = as_of[here].max() - as_of[here]
        if days_back.max() < YEAR - 7:
            continue
        part = days_back % YEAR // PART_OF_YEAR
        held = np.bincount(part, weights=weight[here], minlength=YEAR // PART_OF_YEAR)
        factor = held.mean() / np.maximum(held, held.mean() / 1e6)
        factor = np.clip(factor, 1 / MOST_EVENING_OUT, MOST_EVENING_OUT)
        before = weight[here].sum()
        weight[here] *= factor[part]
        weight[here] *= before / weight[here].sum()
    return weight
