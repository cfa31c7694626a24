"""Customers who take up items over two years, with a planted next one."""

from dataclasses import dataclass

import numpy as np

from banso.analytics.panel.landmarks import NO_END
from banso.analytics.recommending.adoptions import Adoptions, Item, Profiles, Trait
from banso.analytics.recommending.recommending import TooLittle, learn, recommend

FIRST_DAY = 18_267  # 2020-01-06
DAYS = 900


@dataclass(frozen=True)
class SimulatedUse:
    """All that ever happened, to be looked at as of a day."""

    items: tuple[Item, ...]
    customer: np.ndarray
    item: np.ndarray
    first_day: np.ndarray
    stops_on: np.ndarray  # the last day of use
    profiles: Profiles

    def as_of(self, day: int) -> Adoptions:
        """Return what was known on a day: a use on it, when it has not stopped."""
        known = self.first_day <= day
        return Adoptions(
            self.items,
            self.customer[known],
            self.item[known],
            self.first_day[known].astype(np.int32),
            np.minimum(self.stops_on[known], day).astype(np.int32),
            day,
        )


def simulated_use(
    *, customers: int = 600, items: int = 30, is_planted: bool = True, seed: int = 0
) -> SimulatedUse:
    """Return customers that start with some items and take up others at random times.

    Planted: who uses item 2 n (n < 5) takes up item 2 n + 1 eight times as soon as
    others do, and the customers of one industry do so with item 20. Item 25 is taken
    up often and dropped after two weeks.
    """
    rng = np.random.default_rng(seed)
    arrives = FIRST_DAY + rng.integers(0, 500, customers)
    left_on = arrives + rng.exponential(1500, customers).astype(int) + 30
    left_on = np.where(left_on > FIRST_DAY + DAYS, NO_END, left_on)
    industry = rng.integers(0, 3, customers)
    first = np.full((customers, items), NO_END)
    at_start = rng.random((customers, items)) < 0.15
    if is_planted:
        at_start[:, 1:10:2] = False
    first[at_start] = np.repeat(arrives, items).reshape(customers, items)[at_start]
    rates = rng.uniform(0.5, 2, items) / 5000
    for place in range(items):
        rate = np.full(customers, rates[place])
        since = arrives.astype(float)
        if is_planted and place < 10 and place % 2:
            before = first[:, place - 1]
            rate = np.where(before < NO_END, 10 / 5000, rate)
            since = np.where(before < NO_END, before, since)
        if is_planted and place == 20:
            rate = np.where(industry == 1, 10 / 5000, rate)
        if is_planted and place == 25:
            rate = np.full(customers, 30 / 5000)
        taken = (since + 1 + rng.exponential(1 / rate)).astype(int)
        taken = np.where(taken < np.minimum(left_on, FIRST_DAY + DAYS), taken, NO_END)
        first[:, place] = np.minimum(first[:, place], taken)
    customer, item = np.nonzero(first < NO_END)
    days = first[customer, item]
    stops = np.minimum(left_on[customer], FIRST_DAY + DAYS)
    is_dropped = rng.random(len(days)) < 0.2
    if is_planted:
        is_dropped |= item == 25
    stops = np.where(is_dropped, np.minimum(days + 14, stops), stops)
    names = [Item("feature", f"item_{place:02}") for place in range(items)]
    trait = Trait("industry", industry, ("retail", "finance", "school"))
    profiles = Profiles(arrives.astype(np.int32), left_on.astype(np.int32), (trait,))
    return SimulatedUse(tuple(names), customer, item, days, stops, profiles)


@dataclass(frozen=True)
class Row:
    """One recommendation."""

    customer: int
    rank: int
    item: Item
    chance: float
    low: float
    high: float
    peers: int


def recommendations(
    known: Adoptions, profiles: Profiles, *, is_better: bool = True, seed: int = 0
) -> tuple[Row, ...]:
    """Return what is learned from, and recommended on, the same day."""
    learned = learn(known, profiles, seed=seed)
    if isinstance(learned, TooLittle):
        return ()
    found = recommend(learned, known, profiles, is_better=is_better)
    names = ("customer", "rank", "item", "chance", "low", "high", "peers")
    columns = [getattr(found, name).tolist() for name in names]
    return tuple(
        Row(customer, rank, known.items[item], *figures)
        for customer, rank, item, *figures in zip(*columns, strict=True)
    )
