"""Companies whose customers' points wander from week to week, and drive their leaving.

What drives it is planted, so that a test can ask for it back.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from banso.analytics.panel.landmarks import CHURN, NO_END, Feature, Landmarks

FIRST_DAY = 18_267  # 2020-01-06


def simulated_points(
    keys: Sequence[str],
    effects: Sequence[float],
    *,
    customers: int = 800,
    weeks: int = 104,
    weekly_rate: float = 0.006,
    every: int = 4,
    seed: int = 0,
) -> Landmarks:
    """Return landmarks of customers whose weekly hazard follows from their points.

    Parameters
    ----------
    keys
        Of the elements.
    effects
        By how much the log odds of leaving rise per 100 points fewer, for each.
    customers, weeks
        How many; customers come throughout the first two thirds of the weeks.
    weekly_rate
        The chance to leave in a week with 50 points everywhere.
    every
        A landmark each so many weeks.
    seed
        Of all chance.

    """
    rng = np.random.default_rng(seed)
    count = len(keys)
    starts = np.sort(rng.integers(0, weeks * 2 // 3, customers))
    level = rng.normal(0, 15, (customers, count))
    wander = rng.normal(0, 15, (customers, count))
    leaves_on = np.full(customers, NO_END)
    rows: list[tuple[NDArray[np.intp], int, NDArray[np.float64]]] = []
    for week in range(weeks):
        wander = 0.95 * wander + rng.normal(0, 4.7, wander.shape)
        points = np.clip(50 + level + wander, 0, 100)
        here = np.flatnonzero((starts <= week) & (leaves_on == NO_END))
        day = FIRST_DAY + 7 * week
        if week % every == 0:
            rows.append((here, day, points[here]))
        logits = np.log(weekly_rate) + (50 - points[here]) / 100 @ np.asarray(effects)
        leaving = here[rng.random(len(here)) < 1 / (1 + np.exp(-logits))]
        leaves_on[leaving] = day + rng.integers(1, 7, len(leaving))
    return _landmarks(keys, rows, leaves_on, starts, weeks)


def _landmarks(
    keys: Sequence[str],
    rows: list[tuple[NDArray[np.intp], int, NDArray[np.float64]]],
    leaves_on: NDArray[np.int64],
    starts: NDArray[np.int64],
    weeks: int,
) -> Landmarks:
    customer = np.concatenate([here for here, _day, _points in rows])
    as_of = np.concatenate([np.full(len(here), day) for here, day, _points in rows])
    points = np.concatenate([points for _here, _day, points in rows])
    order = np.lexsort((as_of, customer))
    customer, as_of = customer[order], as_of[order]
    ends = leaves_on[customer]
    return Landmarks(
        features=tuple(Feature(key, "number") for key in keys),
        values=points[order],
        customer=customer.astype(np.int64),
        as_of=as_of.astype(np.int32),
        tenure_days=(as_of - FIRST_DAY - 7 * starts[customer]).astype(np.int32),
        leaves_on=ends.astype(np.int32),
        end_kind=np.where(ends == NO_END, -1, CHURN).astype(np.int8),
        seen_until=FIRST_DAY + 7 * weeks,
        weight=np.ones(len(customer)),
    )
