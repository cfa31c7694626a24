"""Who took something up stayed more often, or not: by hand, and with nothing there."""

import math

import numpy as np
import pytest
from simulated_use import DAYS, FIRST_DAY, simulated_use

from banso.analytics.figures.intervals import wilson
from banso.analytics.panel.landmarks import NO_END
from banso.analytics.recommending.adoptions import Adoptions, Item, Profiles
from banso.analytics.recommending.staying import staying

# One moment only: day 210 = 480 - 90 - 180; takers are looked at from day 300 on.
AS_OF = 480
MOMENT, START, END = 210, 300, 480


def known(
    first_days: list[int], left_on: list[int], by_choice: list[bool] | None = None
) -> tuple[Adoptions, Profiles]:
    """Return customers with the day of their first use; 0 for none before day 481.

    One more customer uses it from day 100 on, so that it is known who does not.
    """
    first = np.array([100, *first_days], dtype=np.int32)
    left = np.array([NO_END, *left_on], dtype=np.int32)
    users = np.flatnonzero(first > 0)
    adoptions = Adoptions(
        (Item("feature", "scan"),),
        customer=users,
        item=np.zeros(len(users), dtype=np.int64),
        first_day=first[users],
        last_day=np.full(len(users), AS_OF, np.int32),
        as_of=AS_OF,
    )
    chosen = None if by_choice is None else np.array([True, *by_choice])
    return adoptions, Profiles(np.zeros(len(first), np.int32), left, (), chosen)


def test_shares_are_counted_among_those_there_ninety_days_later() -> None:
    takers = [250] * 25
    others = [0] * 30 + [310] * 10  # takes it up too late to count as a taker
    left = [400] * 5 + [NO_END] * 20 + [350] * 16 + [NO_END] * 24
    before = [250, 0]  # left before day 300: in no group

    adoptions, profiles = known(takers + others + before, [*left, 290, START])
    (found,) = staying(adoptions, profiles, items=[0])

    assert (found.takers.value, found.takers.n) == (20 / 25, 25)
    assert (found.others.value, found.others.n) == (24 / 40, 40)
    assert found.difference.value == pytest.approx(0.2)
    assert found.difference.events == 21
    # Wilson's intervals of 20 of 25 and 24 of 40, put together (Newcombe).
    low1, high1 = wilson(20 / 25, 25)
    low0, high0 = wilson(24 / 40, 40)
    assert found.difference.low == pytest.approx(
        0.2 - math.hypot(0.8 - low1, high0 - 0.6)
    )
    assert found.difference.high == pytest.approx(
        0.2 + math.hypot(high1 - 0.8, 0.6 - low0)
    )
    # As chi²: 44 of 65 stayed.
    error = (44 / 65 * 21 / 65 * (1 / 25 + 1 / 40)) ** 0.5
    assert found.difference.p_value == pytest.approx(math.erfc(0.2 / error / 2**0.5))
    assert found.q_value == found.difference.p_value


def test_leaving_on_the_last_day_counts_and_a_day_later_not() -> None:
    first = [250] * 30 + [0] * 30
    left = [END] * 6 + [END + 1] * 24 + [NO_END] * 30

    (found,) = staying(*known(first, left), items=[0])

    assert found.takers.value == 24 / 30


def test_who_completed_did_not_choose_to_leave() -> None:
    first = [250] * 30 + [0] * 30
    left = [400] * 10 + [NO_END] * 20 + [400] * 6 + [NO_END] * 24

    (found,) = staying(*known(first, left, [False] * 10 + [True] * 50), items=[0])

    assert (found.takers.value, found.takers.n) == (1.0, 30)
    assert (found.others.value, found.others.n) == (24 / 30, 30)


@pytest.mark.parametrize(
    ("first", "left", "reason"),
    [
        ([250] * 19 + [0] * 30, [400] * 10 + [NO_END] * 39, "too_few_takers"),
        ([250] * 30 + [0] * 30, [400] * 4 + [NO_END] * 56, "too_few_events"),
        ([250] * 30, [400] * 10 + [NO_END] * 20, "too_few_takers"),  # nobody else
    ],
)
def test_too_few_have_a_reason(first: list[int], left: list[int], reason: str) -> None:
    (found,) = staying(*known(first, left), items=[0])

    assert (found.difference.value, found.difference.reason) == (None, reason)
    assert found.q_value is None


def test_a_short_history_has_a_reason() -> None:
    adoptions, profiles = known([], [])

    found = staying(
        Adoptions(
            adoptions.items, adoptions.customer, adoptions.item,
            adoptions.first_day, adoptions.first_day, as_of=300,
        ),
        profiles,
        items=[0],
    )  # fmt: skip

    assert found[0].difference.reason == "too_short"


def test_where_taking_up_says_nothing_nothing_is_found() -> None:
    found = 0
    for seed in range(20):
        use = simulated_use(customers=500, is_planted=False, seed=seed)
        rows = staying(use.as_of(FIRST_DAY + DAYS), use.profiles, items=range(30))
        found += any(row.q_value is not None and row.q_value <= 0.05 for row in rows)

    assert found <= 3
