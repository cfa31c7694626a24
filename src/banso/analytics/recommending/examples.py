"""Past moments to learn from: what customers had used, and what they took up next."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from banso.analytics.panel.landmarks import NO_END
from banso.analytics.recommending.adoptions import Adoptions, Profiles

Floats = NDArray[np.float64]
WITHIN_DAYS = 90  # "next"
STAY_DAYS = 56  # "stay": a use at least so many days after the first…
LOOK_DAYS = 84  # …for which there were at least so many days
MOMENT_EVERY = 91
MOST_MOMENTS = 4
MOST_TELLING = 200  # items, those with the most users
TENURE_DAYS = (180, 365, 730)


@dataclass(frozen=True)
class History:
    """First and last days as two tables of customers × items."""

    first: NDArray[np.int32]  # (c, i) NO_END: never used
    last: NDArray[np.int32]  # (c, i)
    telling: NDArray[np.intp]  # positions of the items that describe a customer
    here_from: NDArray[np.int64]  # (c,)
    left_on: NDArray[np.int64]  # (c,) NO_END when it had not left by as_of
    as_of: int

    def here(self, day: int) -> NDArray[np.intp]:
        """Return the positions of the customers that are there on a day."""
        return np.flatnonzero((self.here_from <= day) & (self.left_on > day))

    def used(self, customers: NDArray[np.intp], day: int) -> NDArray[np.bool_]:
        """Return (customers, i): what was used on or before a day."""
        return self.first[customers] <= day

    def kept(self, customers: NDArray[np.intp], day: int) -> NDArray[np.bool_]:
        """Return (customers, i): what was taken up within 90 days after, and kept."""
        first = self.first[customers].astype(np.int64)
        stay = first + STAY_DAYS
        taken_up = (first > day) & (first <= day + WITHIN_DAYS)
        stayed = (self.last[customers] >= stay) & (self.left_on[customers, None] > stay)
        return taken_up & stayed


@dataclass(frozen=True)
class Examples:
    """Customers at moments: n rows."""

    customer: NDArray[np.intp]  # (n,) position in the profiles
    used: NDArray[np.bool_]  # (n, i) before
    columns: Floats  # (n, p) what is known of the customer at that moment
    kept: NDArray[np.bool_]  # (n, i) taken up next, and kept


def history_of(adoptions: Adoptions, profiles: Profiles) -> History:
    """Return what was known on the day of the adoptions; duplicates count once."""
    shape = (len(profiles.first_day), len(adoptions.items))
    first = np.full(shape, NO_END, dtype=np.int32)
    last = np.full(shape, -1, dtype=np.int32)
    assert (adoptions.last_day <= adoptions.as_of).all(), "nobody knows the future"
    place = (adoptions.customer, adoptions.item)
    np.minimum.at(first, place, adoptions.first_day)
    np.maximum.at(last, place, adoptions.last_day)
    users = np.count_nonzero(first < NO_END, axis=0)
    telling = np.sort(np.argsort(-users, kind="stable")[:MOST_TELLING])
    left_on = profiles.left_on.astype(np.int64)
    left_on = np.where(left_on > adoptions.as_of, NO_END, left_on)
    here_from = profiles.first_day.astype(np.int64)
    return History(first, last, telling, here_from, left_on, adoptions.as_of)


def moments(history: History) -> tuple[int, ...]:
    """Return the days to learn from, the newest first; none when history is short.

    What came of a moment must be known, and there must be 90 days of use before it.
    """
    used = history.first[history.first < NO_END]
    if not used.size:
        return ()
    newest = history.as_of - WITHIN_DAYS - LOOK_DAYS
    days = [newest - MOMENT_EVERY * number for number in range(MOST_MOMENTS)]
    return tuple(day for day in days if day >= used.min() + WITHIN_DAYS)


def columns_at(
    history: History, profiles: Profiles, customers: NDArray[np.intp], *, day: int
) -> Floats:
    """Return what is known of customers on a day, as numbers between 0 and 1.

    What they had used, how much of all that is, the years in use and the levels of
    their traits. Linear models of these need no scaling: a rare item weighs little.
    """
    used = history.used(customers, day)[:, history.telling]
    tenure = day - history.here_from[customers]
    age = np.searchsorted(TENURE_DAYS, tenure, side="right")
    parts = [
        used.astype(np.float64),
        used.mean(axis=1, keepdims=True),
        np.eye(len(TENURE_DAYS) + 1)[age],
    ]
    for trait in profiles.traits:
        codes = trait.codes[customers]
        # A code of -1 is the last row: no level.
        levels = np.vstack([np.eye(len(trait.levels)), np.zeros(len(trait.levels))])
        parts.append(levels[codes])
    return np.hstack(parts)


def examples_of(
    history: History, profiles: Profiles, *, at_most: int, seed: int
) -> Examples:
    """Return the customers at each moment, at random when they are too many."""
    days = moments(history)
    rng = np.random.default_rng(seed)
    everyone = np.unique(np.concatenate([history.here(day) for day in days]))
    if len(everyone) * len(days) > at_most:
        everyone = np.sort(rng.permutation(everyone)[: at_most // len(days)])
    customer, used, columns, kept = [], [], [], []
    for day in days:
        here = np.intersect1d(history.here(day), everyone)
        customer.append(here)
        used.append(history.used(here, day))
        columns.append(columns_at(history, profiles, here, day=day))
        kept.append(history.kept(here, day))
    return Examples(
        np.concatenate(customer), np.vstack(used), np.vstack(columns), np.vstack(kept)
    )
