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
    since: NDArray[np.int64]  # (i,) the first use by anybody
    here_from: NDArray[np.int64]  # (c,)
    left_on: NDArray[np.int64]  # (c,) NO_END when it had not left by as_of
    by_choice: NDArray[np.bool_]  # (c,) of those that left
    as_of: int

    @property
    def days_of_use(self) -> tuple[int, int]:
        """Return for how many days use is known, and how many are needed to learn."""
        since = min(int(self.since.min(initial=NO_END)), self.as_of)
        return self.as_of - since, WITHIN_DAYS + WITHIN_DAYS + LOOK_DAYS

    def here(self, day: int) -> NDArray[np.intp]:
        """Return the positions of the customers that are there on a day."""
        return np.flatnonzero((self.here_from <= day) & (self.left_on > day))

    def used(self, customers: NDArray[np.intp], day: int) -> NDArray[np.bool_]:
        """Return (customers, i): what was used on or before a day."""
        return self.first[customers] <= day

    def open_to(self, customers: NDArray[np.intp], day: int) -> NDArray[np.bool_]:
        """Return (customers, i): what was not used yet, as far as that can be known.

        In the first 90 days after anybody's first use, nobody knows who had used an
        item before it was recorded: then it is open to nobody.
        """
        return ~self.used(customers, day) & (self.since + WITHIN_DAYS <= day)

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
    open_to: NDArray[np.bool_]  # (n, i) may be taken up next
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
    left_on = profiles.left_on.astype(np.int64)
    by_choice = profiles.by_choice
    return History(
        first=first,
        last=last,
        since=first.min(axis=0, initial=NO_END).astype(np.int64),
        here_from=profiles.first_day.astype(np.int64),
        left_on=np.where(left_on > adoptions.as_of, NO_END, left_on),
        by_choice=np.ones(shape[0], np.bool_) if by_choice is None else by_choice,
        as_of=adoptions.as_of,
    )


def telling_items(history: History) -> NDArray[np.intp]:
    """Return the positions of the items that describe a customer: the most used."""
    users = np.count_nonzero(history.first < NO_END, axis=0)
    return np.sort(np.argsort(-users, kind="stable")[:MOST_TELLING])


def moments(
    history: History, *, known_after: int = WITHIN_DAYS + LOOK_DAYS
) -> tuple[int, ...]:
    """Return the days to learn from, the newest first; none when history is short.

    What came of a moment is known so many days after it; before it there must be 90
    days of use.
    """
    used = history.since[history.since < NO_END]
    if not used.size:
        return ()
    newest = history.as_of - known_after
    days = [newest - MOMENT_EVERY * number for number in range(MOST_MOMENTS)]
    return tuple(day for day in days if day >= used.min() + WITHIN_DAYS)


@dataclass(frozen=True)
class Columns:
    """What the columns say of a customer, in their order."""

    telling: NDArray[np.intp]  # positions of the items that describe a customer
    traits: tuple[tuple[str, tuple[str, ...]], ...]  # key and levels


def columns_at(
    history: History,
    profiles: Profiles,
    customers: NDArray[np.intp],
    columns: Columns,
    *,
    day: int,
) -> Floats:
    """Return what is known of customers on a day, as numbers between 0 and 1.

    What they had used, how much of all that is, the years in use and the levels of
    their traits. Linear models of these need no scaling: a rare item weighs little.
    """
    used = history.used(customers, day)[:, columns.telling]
    tenure = day - history.here_from[customers]
    age = np.searchsorted(TENURE_DAYS, tenure, side="right")
    breadth = used.sum(axis=1, keepdims=True) / max(used.shape[1], 1)
    parts = [used.astype(np.float64), breadth, np.eye(len(TENURE_DAYS) + 1)[age]]
    for trait, (_key, levels) in zip(profiles.traits, columns.traits, strict=True):
        codes = trait.codes[customers]
        # A code of -1 is the last row: no level.
        parts.append(np.vstack([np.eye(len(levels)), np.zeros(len(levels))])[codes])
    found: Floats = np.hstack(parts)
    return found


def people_at(
    history: History, days: tuple[int, ...], *, at_most: int, seed: int
) -> list[NDArray[np.intp]]:
    """Return who was there on each day: all, or the same share of everybody."""
    everyone = np.unique(np.concatenate([history.here(day) for day in days]))
    if len(everyone) * len(days) > at_most:
        rng = np.random.default_rng(seed)
        everyone = np.sort(rng.permutation(everyone)[: at_most // len(days)])
    return [np.intersect1d(history.here(day), everyone) for day in days]


def examples_of(
    history: History,
    profiles: Profiles,
    columns: Columns,
    *,
    at_most: int,
    seed: int,
) -> Examples:
    """Return the customers at each moment, at random when they are too many."""
    days = moments(history)
    found = []
    for day, here in zip(
        days, people_at(history, days, at_most=at_most, seed=seed), strict=True
    ):
        known = columns_at(history, profiles, here, columns, day=day)
        open_to = history.open_to(here, day)
        kept = history.kept(here, day) & open_to
        found.append((here, history.used(here, day), open_to, known, kept))
    customer, used, open_to, known, kept = (
        np.concatenate(parts) for parts in zip(*found, strict=True)
    )
    return Examples(customer, used, open_to, known, kept)
