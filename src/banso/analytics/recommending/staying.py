"""Whether customers that took an item up stayed more often than those that did not."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from banso.analytics.figures.estimate import Estimate
from banso.analytics.figures.multiplicity import q_values
from banso.analytics.figures.proportions import (
    clustered_proportion,
    difference_of_proportions,
)
from banso.analytics.recommending.adoptions import Adoptions, Profiles
from banso.analytics.recommending.examples import (
    WITHIN_DAYS,
    History,
    history_of,
    moments,
    people_at,
)

STAYED_DAYS = 180
MOST_ROWS = 20_000
FEWEST_TAKERS = 20  # customers that took it up
FEWEST_LEAVERS = 5  # of both groups together


@dataclass(frozen=True)
class Stayed:
    """How many stayed, among those that took an item up and among the others.

    An association: who takes something up differs in more than that.
    """

    item: int  # position in the items
    takers: Estimate  # share of those that took it up
    others: Estimate  # share of those that had not by then
    difference: Estimate  # takers minus others; a reason when it cannot be said
    q_value: float | None  # over all items


@dataclass(frozen=True)
class _Rows:
    """Customers at moments, 90 days later still there: n rows."""

    customer: NDArray[np.intp]
    open_to: NDArray[np.bool_]  # (n, i) not used at the moment
    took_up: NDArray[np.bool_]  # (n, i) used within the 90 days after it
    stayed: NDArray[np.bool_]  # (n,) there for the next 180 days


def staying(
    adoptions: Adoptions,
    profiles: Profiles,
    *,
    items: Sequence[int],
    seed: int = 0,
) -> tuple[Stayed, ...]:
    """Return, for some items, how many stayed of those that took it up or did not.

    Customers that had not used an item at a past moment, and were there 90 days
    later, are compared from that later day on: by then one group had used it, the
    other had not. So nobody counts as a taker for having stayed long enough to be one.

    Parameters
    ----------
    adoptions
        What is known on the day.
    profiles
        The customers; one that left otherwise than by choice within the 180 days (a
        course that ended) counts as having stayed: it did not choose to leave.
    items
        Positions of the items.
    seed
        Of the choice of customers when they are too many.

    Returns
    -------
    tuple[Stayed, ...]
        One for each item. Shares have Wilson's interval by customer. The difference
        has an interval and a p-value by customer, or the reason ``too_short``,
        ``too_few_takers`` (below 20 customers on either side) or ``too_few_events``
        (below 5 leavers on both together).

    Notes
    -----
    Source: docs/definitions/recommendations.md; Anderson, Cain & Gelber (1983), J Clin
    Oncol 1:710, for the landmark; Newcombe (1998), Stat Med 17:873, for the
    difference. Checked in tests/analytics/recommending.

    """
    history = history_of(adoptions, profiles)
    days = moments(history, known_after=WITHIN_DAYS + STAYED_DAYS)
    if not days:
        return tuple(_unknown(int(item), "too_short") for item in items)
    rows = _rows(history, days, seed)
    found = [_stayed(rows, int(item)) for item in items]
    p = np.array([_p_value(each) for each in found], dtype=np.float64)
    return tuple(
        replace(each, q_value=None if math.isnan(q) else float(q))
        for each, q in zip(found, q_values(p), strict=True)
    )


def _p_value(each: Stayed) -> float:
    p = each.difference.p_value
    return math.nan if p is None else p


def _rows(history: History, days: tuple[int, ...], seed: int) -> _Rows:
    found = []
    for day, here in zip(
        days, people_at(history, days, at_most=MOST_ROWS, seed=seed), strict=True
    ):
        start, end = day + WITHIN_DAYS, day + WITHIN_DAYS + STAYED_DAYS
        left_on = history.left_on[here]
        left = (left_on <= end) & history.by_choice[here]
        known = left_on > start
        there = here[known]
        open_to = history.open_to(there, day)
        took_up = open_to & history.used(there, start)
        found.append((there, open_to, took_up, ~left[known]))
    return _Rows(*(np.concatenate(parts) for parts in zip(*found, strict=True)))


def _stayed(rows: _Rows, item: int) -> Stayed:
    mine = rows.open_to[:, item]
    customer, took_up = rows.customer[mine], rows.took_up[mine, item]
    stayed = rows.stayed[mine]
    takers = clustered_proportion(stayed[took_up], customer[took_up])
    others = clustered_proportion(stayed[~took_up], customer[~took_up])
    n, leavers = len(np.unique(customer)), len(np.unique(customer[~stayed]))
    if takers.n < FEWEST_TAKERS or others.n < FEWEST_TAKERS:
        difference = Estimate.unknown("too_few_takers", n=n, events=leavers)
    elif leavers < FEWEST_LEAVERS:
        difference = Estimate.unknown("too_few_events", n=n, events=leavers)
    else:
        difference = replace(_between(takers, others), n=n, events=leavers)
    return Stayed(item, takers, others, difference, q_value=None)


def _between(takers: Estimate, others: Estimate) -> Estimate:
    """Return the difference, as sure as if each customer had one row.

    The rows of a customer are much alike, so their number would promise too much.
    """
    assert takers.value is not None
    assert others.value is not None
    found = difference_of_proportions(
        round(takers.value * takers.n),
        takers.n,
        round(others.value * others.n),
        others.n,
    )
    return replace(found, value=takers.value - others.value)


def _unknown(item: int, reason: str) -> Stayed:
    none = Estimate.unknown(reason, n=0)
    return Stayed(item, none, none, none, q_value=None)
