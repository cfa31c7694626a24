"""Who gets which care: worked by hand, and what must always hold."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from banso.analytics.touch.owners import NOBODY, Shared, by_load
from banso.analytics.touch.placing import NONE, Room, by_weight, placed, steady

HIGH, LOW, TECH = 0, 1, 2


def levels(*rows):
    return np.array(rows, dtype=np.int16)


def test_example_of_the_docs():
    value, need = np.array([900.0, 1200, 500, 100]), np.array([0.5, 0, 0.9, 0])
    none = np.zeros(4, dtype=bool)
    room = Room(hours=(40, 20, 1), most=(None, None, None), people=1, hours_per_week=24)

    order = by_weight(value, need, has_place=none, stay_bonus=0.25)
    found = placed(levels(*[HIGH] * 4), order, room, fixed=none)

    assert room.hours_there == 104
    assert order.tolist() == [0, 1, 2, 3]
    assert found.level.tolist() == [HIGH, HIGH, LOW, TECH]
    assert found.lacks_hours.tolist() == [False, False, True, True]
    assert not found.lacks_places.any()


def test_who_has_the_place_keeps_it_against_one_that_counts_hardly_more():
    value, need = np.array([100.0, 120, np.nan]), np.array([0.0, 0, np.nan])
    has_place = np.array([True, False, False])

    kept = by_weight(value, need, has_place=has_place, stay_bonus=0.25)
    lost = by_weight(value, need, has_place=has_place, stay_bonus=0.1)

    assert kept.tolist() == [0, 1, 2]
    assert lost.tolist() == [1, 0, 2]


def test_nobody_has_more_customers_than_allowed():
    room = Room(hours=(1, 0), most=(2, None), people=2, hours_per_week=40)
    fixed = np.array([False, False, False, False, True])

    found = placed(levels(*[HIGH] * 5), np.array([4, 3, 2, 1, 0]), room, fixed=fixed)

    assert found.level.tolist() == [1, HIGH, HIGH, HIGH, HIGH]
    assert found.lacks_places.tolist() == [True, False, False, False, False]
    assert not found.lacks_hours.any()


def test_what_was_set_by_hand_stays_when_hours_are_gone():
    room = Room(hours=(60, 1), most=(None, None), people=1, hours_per_week=24)
    fixed = np.array([True, True, False])

    found = placed(levels(0, 0, 0), np.array([2, 0, 1]), room, fixed=fixed)

    assert found.level.tolist() == [0, 0, 1]
    assert found.lacks_hours.tolist() == [False, False, True]


def test_nothing_is_bounded_where_nobody_is_known():
    room = Room(hours=(60, 1), most=(1, None), people=None, hours_per_week=24)

    none = np.zeros(3, dtype=bool)
    found = placed(levels(0, 0, 0), np.arange(3), room, fixed=none)

    assert found.level.tolist() == [0, 0, 0]
    assert room.hours_there is None


def test_change_waits_until_every_date_calls_for_it():
    called = levels(
        [HIGH, HIGH, TECH, LOW, LOW, HIGH],
        [HIGH, LOW, LOW, TECH, HIGH, HIGH],
        [LOW, TECH, HIGH, TECH, NONE, NONE],
    )
    present = levels(TECH, LOW, LOW, HIGH, NONE, TECH)

    # up by the step that all support, between both: stays, down likewise,
    # nothing yet: as of today, fewer dates for who is newer
    assert steady(called, present).tolist() == [LOW, LOW, LOW, LOW, LOW, HIGH]


def test_rules_that_swing_move_nobody():
    swinging = [[HIGH], [TECH]] * 3
    present = levels(LOW)

    for first in range(5):
        assert steady(levels(*swinging[first : first + 4]), present).tolist() == [LOW]


@given(
    wanted=st.lists(st.integers(0, 2), min_size=1, max_size=30),
    hours=st.lists(st.integers(0, 20), min_size=3, max_size=3),
    people=st.integers(1, 4),
    data=st.data(),
)
def test_hours_are_never_overdrawn_and_nobody_rises_above_the_rules(
    wanted, hours, people, data
):
    hours = sorted(hours, reverse=True)
    most = (data.draw(st.one_of(st.none(), st.integers(1, 5))), None, None)
    room = Room(hours=hours, most=most, people=people, hours_per_week=12)
    order = np.array(data.draw(st.permutations(range(len(wanted)))))

    none = np.zeros(len(wanted), dtype=bool)
    found = placed(levels(*wanted), order, room, fixed=none)

    taken = sum(hours[level] for level in found.level)
    least = hours[2] * len(wanted)
    assert taken <= max(room.hours_there, least) + 1e-6
    assert (found.level >= levels(*wanted)).all()
    if most[0] is not None:
        assert (found.level == HIGH).sum() <= most[0] * people
    moved = found.level != levels(*wanted)
    assert (moved == (found.lacks_hours | found.lacks_places)).all()


def shared(*hours, most=(None,)):
    count = len(hours)
    return Shared(np.zeros(count, dtype=np.int16), np.array(hours), most)


def test_least_load_is_proposed_and_ties_go_by_name():
    owner = np.array([0, NOBODY, NOBODY, NOBODY])
    needs = owner == NOBODY
    asked = np.zeros(4, dtype=np.int64)

    found = by_load(owner, needs, [[0, 1, 2]], asked=asked, shared=shared(5.0, 3, 3, 3))

    # loads before each: 5 0 0, then 5 3 0, then 5 3 3
    assert found.tolist() == [0, 1, 2, 1]


def test_limit_goes_before_hours_and_rules_name_who_may():
    owner = np.array([0, 0, NOBODY, NOBODY])
    asked = np.array([1, 1, 1, 0])
    found = by_load(
        owner,
        owner == NOBODY,
        [[0], [0, 1]],
        asked=asked,
        shared=shared(0.0, 0, 9, 9, most=(2,)),
    )

    assert found.tolist() == [0, 0, 1, 0]


def test_without_candidates_nobody_is_proposed():
    owner = np.array([NOBODY])
    found = by_load(
        owner,
        owner == NOBODY,
        [[]],
        asked=np.zeros(1, dtype=np.int64),
        shared=shared(1.0),
    )

    assert found.tolist() == [NOBODY]
