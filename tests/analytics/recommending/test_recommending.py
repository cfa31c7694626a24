"""Never what is used already, and a reason when there is nothing to go by."""

from dataclasses import replace

import numpy as np
import pytest
from simulated_use import DAYS, FIRST_DAY, SimulatedUse, simulated_use

from banso.analytics.recommending.adoptions import Adoptions, Item, Profiles, Trait
from banso.analytics.recommending.examples import history_of, moments
from banso.analytics.recommending.recommending import judged_recommendations, recommend

END = FIRST_DAY + DAYS
COMPANY = simulated_use(customers=500, seed=4)


def test_nothing_that_was_used_before_is_recommended_and_nobody_who_left() -> None:
    known = COMPANY.as_of(END)
    places = {item: place for place, item in enumerate(known.items)}

    found = recommend(known, COMPANY.profiles, is_better=True)

    used = set(zip(known.customer, known.item, strict=True))
    assert not used & {(row.customer, places[row.item]) for row in found}
    assert (COMPANY.profiles.left_on[[row.customer for row in found]] > END).all()


def test_ranks_follow_the_chance_and_there_are_at_most_five() -> None:
    found = recommend(COMPANY.as_of(END), COMPANY.profiles, is_better=True)

    by_customer: dict[int, list[float]] = {}
    for row in found:
        by_customer.setdefault(row.customer, []).append(row.chance)
        assert row.rank == len(by_customer[row.customer]) <= 5
        assert 0 <= row.low <= row.chance <= row.high <= 1
        assert row.peers > 0
    assert all(chances == sorted(chances)[::-1] for chances in by_customer.values())


def test_when_similarity_is_no_better_the_popular_are_recommended() -> None:
    found = recommend(COMPANY.as_of(END), COMPANY.profiles, is_better=False)

    assert {row.reason for row in found} == {"no_better"}
    chance = {row.item: row.chance for row in found}
    assert all(row.chance == chance[row.item] for row in found)


def test_rows_that_are_there_twice_count_once() -> None:
    known = COMPANY.as_of(END)
    twice = Adoptions(
        known.items,
        np.tile(known.customer, 2),
        np.tile(known.item, 2),
        np.tile(known.first_day, 2),
        np.tile(known.last_day, 2),
        known.as_of,
    )

    once = recommend(known, COMPANY.profiles, is_better=True)

    assert recommend(twice, COMPANY.profiles, is_better=True) == once


def test_the_same_seed_gives_the_same_list() -> None:
    first = recommend(COMPANY.as_of(END), COMPANY.profiles, is_better=True, seed=3)

    again = recommend(COMPANY.as_of(END), COMPANY.profiles, is_better=True, seed=3)

    assert first == again


def test_leaving_after_the_day_changes_nothing() -> None:
    known = COMPANY.as_of(END - 174)
    left = COMPANY.profiles.left_on
    stayed = replace(
        COMPANY.profiles, left_on=np.where(left > END - 174, left.max(), left)
    )

    found = recommend(known, COMPANY.profiles, is_better=True)

    assert found == recommend(known, stayed, is_better=True)


# -- by hand --------------------------------------------------------------------------


def one_customer(first: int, last: int, *, left_on: int = 10_000) -> bool:
    """Return whether a use from `first` to `last` was new after day 100 and kept."""
    known = Adoptions(
        (Item("feature", "a"),),
        np.array([0]),
        np.array([0]),
        np.array([first], dtype=np.int32),
        np.array([last], dtype=np.int32),
        as_of=400,
    )
    profiles = Profiles(np.zeros(1, np.int32), np.array([left_on], dtype=np.int32))
    history = history_of(known, profiles)
    return bool(history.kept(np.array([0]), 100)[0, 0])


@pytest.mark.parametrize(
    ("first", "last", "left_on", "is_kept"),
    [
        (101, 157, 10_000, True),
        (101, 156, 10_000, False),  # dropped before eight weeks had passed
        (100, 300, 10_000, False),  # used already
        (190, 300, 10_000, True),
        (191, 300, 10_000, False),  # later than the next 90 days
        (101, 300, 157, False),  # the customer left on that day
        (101, 300, 158, True),
    ],
)
def test_kept_is_still_used_after_eight_weeks(
    first: int, last: int, left_on: int, *, is_kept: bool
) -> None:
    assert one_customer(first, last, left_on=left_on) is is_kept


def test_moments_are_early_enough_for_their_outcome_to_be_known() -> None:
    history = history_of(COMPANY.as_of(END), COMPANY.profiles)

    days = moments(history)

    assert days == tuple(END - 174 - 91 * number for number in range(4))
    assert min(days) >= history.first.min() + 90


# -- bad input ------------------------------------------------------------------------


def of_customers(count: int) -> SimulatedUse:
    keep = COMPANY.customer < count
    profiles = COMPANY.profiles
    traits = tuple(
        Trait(each.key, each.codes[:count], each.levels) for each in profiles.traits
    )
    return replace(
        COMPANY,
        customer=COMPANY.customer[keep],
        item=COMPANY.item[keep],
        first_day=COMPANY.first_day[keep],
        stops_on=COMPANY.stops_on[keep],
        profiles=Profiles(profiles.first_day[:count], profiles.left_on[:count], traits),
    )


@pytest.mark.parametrize(
    ("use", "then", "reason"),
    [
        (of_customers(5), END - 174, "too_few_adoptions"),
        (of_customers(0), END - 174, "too_short"),
        (COMPANY, END - 100, "too_short"),  # what came of it is not known yet
        (COMPANY, FIRST_DAY + 200, "too_short"),  # nothing to learn from
        (
            replace(COMPANY, stops_on=COMPANY.first_day),
            END - 174,
            "too_few_adoptions",
        ),
    ],
    ids=["five", "none", "too late", "too early", "nothing kept"],
)
def test_what_cannot_be_judged_has_a_reason(
    use: SimulatedUse, then: int, reason: str
) -> None:
    found = judged_recommendations(use.as_of(then), use.as_of(END), use.profiles)

    assert {(row.value, row.low, row.reason) for row in found} == {(None, None, reason)}


@pytest.mark.parametrize("count", [0, 5])
def test_with_few_customers_nothing_is_recommended(count: int) -> None:
    use = of_customers(count)

    assert recommend(use.as_of(END), use.profiles, is_better=True) == ()


def test_traits_without_a_value_and_with_one_level_do_no_harm() -> None:
    count = len(COMPANY.profiles.first_day)
    traits = (
        Trait("country", np.zeros(count, dtype=np.int64), ("JP",)),
        Trait("size", np.full(count, -1), ()),
    )

    profiles = replace(COMPANY.profiles, traits=traits)

    assert recommend(COMPANY.as_of(END), profiles, is_better=True)
