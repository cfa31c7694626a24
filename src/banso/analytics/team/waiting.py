"""How long customers waited for a contact after a signal opened."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from banso.analytics.figures.intervals import wilson
from banso.analytics.survival.curves import survival_curve

Days = NDArray[np.int64]
WITHIN: Final = 3  # business days
_FEWEST: Final = 10  # openings, below which nothing is said


@dataclass(frozen=True)
class Waiting:
    """What is known of the waits of some openings."""

    openings: int
    median: float | None = None  # business days; null: not reached, or too few
    low: float | None = None
    high: float | None = None
    judged: int = 0  # openings that were followed for `WITHIN` business days
    within: int = 0  # of those, contacted by then
    share: float | None = None
    share_low: float | None = None
    share_high: float | None = None
    reason: str | None = None  # too_few_openings


def waits(
    opened: Days, customer: Days, contacts: tuple[Days, Days], *, business: Days
) -> tuple[Days, NDArray[np.bool_]]:
    """Return how many business days each opening waited, and whether that is over.

    A contact on the day of the opening does not count: that day's run had not told
    anybody yet.

    Parameters
    ----------
    opened, customer
        (n,) the day of each opening, as a place in `business`, and whose it is.
    contacts
        Day and customer of each contact, in any order; any number of them.
    business
        (d,) how many business days there were up to and including each day; the last
        day is the as-of date.

    Returns
    -------
    (n,) business days until the first contact, else until the as-of date; and whether
    there was a contact.

    """
    day, of = contacts
    order = np.lexsort((day, of))
    span = np.int64(len(business) + 1)
    keys = of[order] * span + day[order]
    place = np.searchsorted(keys, customer * span + opened, side="right")
    inside = np.minimum(place, max(len(keys) - 1, 0))
    if len(keys):
        is_over = (place < len(keys)) & (keys[inside] // span == customer)
        until = np.where(is_over, keys[inside] % span, len(business) - 1)
    else:
        is_over = np.zeros(len(opened), dtype=np.bool_)
        until = np.full(len(opened), len(business) - 1)
    return business[until] - business[opened], is_over


def waiting(durations: Days, is_over: NDArray[np.bool_], followed: Days) -> Waiting:
    """Return the median wait and the share of those contacted soon, with intervals.

    Openings that still wait count as such: the median is that of Kaplan and Meier,
    its interval that of Brookmeyer and Crowley, the share's Wilson's. With fewer than
    ten openings nothing is said.

    Parameters
    ----------
    durations, is_over
        As `waits` gives them.
    followed
        (n,) business days from each opening to the as-of date. The share is of those
        followed long enough, whether they were contacted or not.

    Notes
    -----
    See docs/definitions/team-measures.md; checked in tests/analytics/team.

    """
    n = len(durations)
    if n < _FEWEST:
        return Waiting(n, reason="too_few_openings")
    curve = survival_curve(durations.astype(np.float64), is_over)
    is_judged = followed >= WITHIN
    judged = int(is_judged.sum())
    within = int((is_judged & is_over & (durations <= WITHIN)).sum())
    low, high = wilson(within / judged, judged) if judged else (None, None)
    return Waiting(
        openings=n,
        median=curve.median if curve.reason is None else None,
        low=curve.median_interval[0] if curve.reason is None else None,
        high=curve.median_interval[1] if curve.reason is None else None,
        judged=judged,
        within=within,
        share=within / judged if judged else None,
        share_low=low,
        share_high=high,
    )
