"""The day that parts fitting from judging, and which rows a fit needs."""

import numpy as np
from numpy.typing import NDArray

from banso.analytics.judgement.outcome import Outcome
from banso.analytics.panel.landmarks import Landmarks

FEWEST_CUSTOMERS = 40
FEWEST_FITTED = 30  # customers with the outcome before the split
FEWEST_JUDGED = 10  # … and after it
LATER_SHARE = 1 / 3  # of the customers with the outcome should be after it


def split_day(
    landmarks: Landmarks, outcome: Outcome, *, horizon_days: int
) -> int | str:
    """Return the day by which all that is fitted was known, or why there is none.

    Rows whose horizon ends by that day are fitted, rows from that day on are judged; a
    third of the customers with the outcome are among the latter.

    Parameters
    ----------
    landmarks, outcome, horizon_days
        The rows, and what is to be told.

    Returns
    -------
    int | str
        Days since 1970-01-01; else ``too_few_customers`` (below 40), ``no_follow_up``,
        ``one_class``, ``too_few_events`` (below 30 customers with the outcome before,
        30 without, or 10 after every possible split).

    """
    customers = len(np.unique(landmarks.customer))
    if customers < FEWEST_CUSTOMERS:
        return "too_few_customers"
    followed = landmarks.followed(horizon_days)
    if not followed.any():
        return "no_follow_up"
    happened = outcome.within(landmarks, horizon_days) & followed
    if not happened.any() or happened[followed].all():
        return "one_class"
    first, last = _first_and_last(
        landmarks.customer[happened], landmarks.as_of[happened]
    )
    if customers - len(first) < FEWEST_FITTED:
        return "too_few_events"
    days = np.unique(landmarks.as_of[followed]).astype(np.int64)
    before = np.searchsorted(np.sort(first + horizon_days), days, side="right")
    after = len(last) - np.searchsorted(np.sort(last), days, side="left")
    possible = (before >= FEWEST_FITTED) & (after >= FEWEST_JUDGED)
    if not possible.any():
        return "too_few_events"
    distance = np.abs(after - LATER_SHARE * len(last))
    return int(days[np.where(possible, distance, np.inf).argmin()])


def thinned(
    landmarks: Landmarks, happened: NDArray[np.bool_], *, at_most: int, seed: int
) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    """Return the rows that a fit needs, and how many rows each stands for.

    Whole customers are left out at random, rather those without the outcome: half of
    `at_most` rows are kept for each kind.
    """
    names, code = np.unique(landmarks.customer, return_inverse=True)
    with_outcome = np.bincount(code, happened, len(names)) > 0
    weight = landmarks.weight.copy()
    kept = np.ones(len(landmarks), dtype=bool)
    rng = np.random.default_rng(seed)
    for kind in (with_outcome, ~with_outcome):
        rows = kind[code]
        budget = at_most // 2
        if np.count_nonzero(rows) <= budget:
            continue
        order = rng.permutation(np.flatnonzero(kind))
        sizes = np.bincount(code, minlength=len(names))
        chosen = np.zeros(len(names), dtype=bool)
        chosen[order[np.cumsum(sizes[order]) <= budget]] = True
        kept &= ~rows | chosen[code]
        weight[rows] *= np.count_nonzero(rows) / np.count_nonzero(rows & chosen[code])
    positions = np.flatnonzero(kept)
    return positions, weight[positions]


def _first_and_last(
    customer: NDArray[np.int64], as_of: NDArray[np.int32]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the first and the last day of each customer."""
    order = np.lexsort((as_of, customer))
    customer, days = customer[order], as_of[order].astype(np.int64)
    starts = np.flatnonzero(np.r_[True, customer[1:] != customer[:-1]])
    ends = np.r_[starts[1:], len(days)] - 1
    return days[starts], days[ends]
