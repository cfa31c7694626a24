"""Never what is used already, and a reason when there is nothing to go by."""

from dataclasses import replace

import numpy as np
import pytest
from simulated_use import (
    DAYS,
    FIRST_DAY,
    SimulatedUse,
    recommendations,
    simulated_use,
)

from banso.analytics.recommending.adoptions import Adoptions, Item, Profiles, Trait
from banso.analytics.recommending.examples import history_of, moments
from banso.analytics.recommending.judging import judged_recommendations
from banso.analytics.recommending.persistence import from_text, to_text
from banso.analytics.recommending.recommending import TooLittle, learn, recommend

END = FIRST_DAY + DAYS
COMPANY = simulated_use(customers=500, seed=4)


def test_nothing_that_was_used_before_is_recommended_and_nobody_who_left() -> None:
    known = COMPANY.as_of(END)
    places = {item: place for place, item in enumerate(known.items)}

    found = recommendations(known, COMPANY.profiles)

    used = set(zip(known.customer, known.item, strict=True))
    assert not used & {(row.customer, places[row.item]) for row in found}
    assert (COMPANY.profiles.left_on[[row.customer for row in found]] > END).all()


def test_ranks_follow_the_chance_and_there_are_at_most_five() -> None:
    found = recommendations(COMPANY.as_of(END), COMPANY.profiles)

    by_customer: dict[int, list[float]] = {}
    for row in found:
        by_customer.setdefault(row.customer, []).append(row.chance)
        assert row.rank == len(by_customer[row.customer]) <= 5
        assert 0 <= row.low <= row.chance <= row.high <= 1
        assert row.peers > 0
    assert all(chances == sorted(chances)[::-1] for chances in by_customer.values())


def test_when_similarity_is_no_better_the_popular_are_recommended() -> None:
    found = recommendations(COMPANY.as_of(END), COMPANY.profiles, is_better=False)

    chance = {row.item: row.chance for row in found}
    assert len(chance) > 1
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

    once = recommendations(known, COMPANY.profiles)

    assert recommendations(twice, COMPANY.profiles) == once


def test_the_same_seed_gives_the_same_list() -> None:
    first = recommendations(COMPANY.as_of(END), COMPANY.profiles, seed=3)

    again = recommendations(COMPANY.as_of(END), COMPANY.profiles, seed=3)

    assert first == again


def test_leaving_after_the_day_changes_nothing() -> None:
    known = COMPANY.as_of(END - 174)
    left = COMPANY.profiles.left_on
    stayed = replace(
        COMPANY.profiles, left_on=np.where(left > END - 174, left.max(), left)
    )

    found = recommendations(known, COMPANY.profiles)

    assert found == recommendations(known, stayed)


def test_what_was_learned_earlier_serves_later_days() -> None:
    then, now = COMPANY.as_of(END - 60), COMPANY.as_of(END)
    places = {item: place for place, item in enumerate(now.items)}
    learned = learn(then, COMPANY.profiles)
    assert not isinstance(learned, TooLittle)

    kept = from_text(to_text(learned))

    assert not isinstance(kept, TooLittle)
    found = recommend(kept, now, COMPANY.profiles, is_better=True)
    again = recommend(learned, now, COMPANY.profiles, is_better=True)
    assert found.chance.tolist() == again.chance.tolist()
    assert found.points.tolist() == again.points.tolist()
    used = set(zip(now.customer, now.item, strict=True))
    pairs = zip(found.customer, found.item, strict=True)
    assert not used & {(who, places[now.items[what]]) for who, what in pairs}


def test_what_speaks_for_an_item_is_what_the_customer_has() -> None:
    known = COMPANY.as_of(END)
    learned = learn(known, COMPANY.profiles)
    assert not isinstance(learned, TooLittle)

    found = recommend(learned, known, COMPANY.profiles, is_better=True)

    used = set(zip(known.customer, known.item, strict=True))
    telling = learned.columns.telling
    told = [
        (who, telling[column])
        for who, columns in zip(found.customer, found.because, strict=True)
        for column in columns
        if 0 <= column < len(telling)
    ]
    assert told
    assert set(told) <= used
    assert ((found.points > 0) == (found.because >= 0)).all()


def test_what_nearly_everybody_has_is_not_recommended_to_the_few_others() -> None:
    known = COMPANY.as_of(END)
    count = len(COMPANY.profiles.first_day)
    rest = np.arange(count) % 25 == 0  # 4 % begin it 40 days after they came
    first = COMPANY.profiles.first_day + np.where(rest, 40, 0)
    there = first < np.minimum(COMPANY.profiles.left_on, END)
    new = replace(
        known,
        items=(*known.items, Item("feature", "log_in")),
        customer=np.r_[known.customer, np.flatnonzero(there)],
        item=np.r_[known.item, np.full(there.sum(), len(known.items))],
        first_day=np.r_[known.first_day, first[there]].astype(np.int32),
        last_day=np.r_[
            known.last_day, np.minimum(COMPANY.profiles.left_on, END)[there]
        ].astype(np.int32),
    )

    found = recommendations(new, COMPANY.profiles)

    assert found
    assert "log_in" not in {row.item.name for row in found}


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


def test_nobody_could_take_up_what_was_not_recorded_before() -> None:
    first = np.array([300, 100, 120], dtype=np.int32)
    known = Adoptions(
        (Item("feature", "old"), Item("feature", "new")),
        customer=np.array([0, 1, 2]),
        item=np.array([1, 0, 0]),
        first_day=first,
        last_day=np.full(3, 400, np.int32),
        as_of=400,
    )
    nobody_left = np.full(3, 10_000, np.int32)
    history = history_of(known, Profiles(np.zeros(3, np.int32), nobody_left))
    everyone = np.arange(3)

    # "old" was first seen on day 100, so from day 190 on it is known who has it not.
    assert history.open_to(everyone, 189).tolist() == [[False, False]] * 3
    assert history.open_to(everyone, 190).tolist() == [
        [True, False], [False, False], [False, False],
    ]  # fmt: skip
    # "new" came on day 300, and who uses it since then is no taker until day 390.
    assert history.open_to(everyone, 295)[:, 1].tolist() == [False] * 3
    assert history.open_to(everyone, 390)[:, 1].tolist() == [False, True, True]


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

    assert recommendations(use.as_of(END), use.profiles) == ()


def test_traits_without_a_value_and_with_one_level_do_no_harm() -> None:
    count = len(COMPANY.profiles.first_day)
    traits = (
        Trait("country", np.zeros(count, dtype=np.int64), ("JP",)),
        Trait("size", np.full(count, -1), ()),
    )

    profiles = replace(COMPANY.profiles, traits=traits)

    assert recommendations(COMPANY.as_of(END), profiles)
