"""The draw: exact shares, the same again, and what differs from it."""

import hashlib
from collections import Counter
from dataclasses import replace

import pytest

from banso.analytics.trials.drawing import SHARES, Lots, departures, drawn


@pytest.mark.parametrize("share", SHARES)
def test_each_block_has_the_exact_share(share: float) -> None:
    lots = Lots(seed=7, share_held_out=share)
    size = lots.block_size

    for block in range(30):
        places = range(block * size, (block + 1) * size)
        arms = Counter(lots.arm("high", place) for place in places)
        assert arms["held_out"] == round(size * share)


def test_a_place_can_be_worked_out_by_hand() -> None:
    """The two smallest digests of a block of four are held out."""
    digests = [
        hashlib.sha256(f"7:high:2:{place}".encode()).hexdigest() for place in range(4)
    ]
    held_out = sorted(range(4), key=digests.__getitem__)[:2]

    arms = [Lots(7, 0.5).arm("high", 8 + place) for place in range(4)]

    assert [n for n, arm in enumerate(arms) if arm == "held_out"] == sorted(held_out)


def test_every_place_of_a_block_is_as_likely() -> None:
    count = Counter(
        place
        for seed in range(2000)
        for place in range(4)
        if Lots(seed, 0.25).arm("", place) == "held_out"
    )

    assert sum(count.values()) == 2000
    assert all(abs(count[place] - 500) < 80 for place in range(4))  # 4 errors


def test_newcomers_go_on_where_their_stratum_stands() -> None:
    lots = Lots(seed=3, share_held_out=0.5)
    first = drawn([("a", "x"), ("b", "y"), ("c", "x")], lots, already={})
    later = drawn([("d", "x")], lots, already={"x": 2, "y": 1})

    assert [(row.customer_id, row.position) for row in (*first, *later)] == [
        ("a", 0), ("b", 0), ("c", 1), ("d", 2),
    ]  # fmt: skip
    assert departures([*first, *later], lots) == []


def test_a_changed_arm_a_repeated_and_a_missing_place_are_found() -> None:
    lots = Lots(seed=3, share_held_out=0.5)
    rows = drawn([(name, "x") for name in "abcdef"], lots, already={})
    other = "treated" if rows[1].arm == "held_out" else "held_out"
    changed = [rows[0], replace(rows[1], arm=other), rows[2]]
    changed += [replace(rows[3], position=0), rows[4]]

    found = {(each.customer_id, each.what) for each in departures(changed, lots)}

    assert found == {
        ("b", "other_arm"), ("d", "repeated_place"), ("", "missing_place"),
    }  # fmt: skip
