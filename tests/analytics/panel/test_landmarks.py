"""Landmarks forget what came later, and count what they were followed for."""

import numpy as np
import pytest

from banso.analytics.panel.landmarks import (
    CHURN,
    COMPLETED,
    NO_END,
    Feature,
    Landmarks,
    joined,
)
from banso.analytics.panel.moves import Moves, until_move
from banso.analytics.panel.stay_arrays import Stays


def landmarks(**more: object) -> Landmarks:
    """Return three weeks of one customer that leaves on day 30, and of another."""
    columns: dict[str, object] = {
        "features": (Feature("use", "number"), Feature("plan", "category", ("A", "B"))),
        "values": np.array([[1.0, 1], [2, 1], [3, 1], [4, np.nan], [5, 1], [6, 1]]),
        "customer": np.array([0, 0, 0, 1, 1, 1]),
        "as_of": np.array([7, 14, 21, 7, 14, 21], np.int32),
        "tenure_days": np.array([0, 7, 14, 7, 14, 21], np.int32),
        "leaves_on": np.array([30, 30, 30, NO_END, NO_END, NO_END], np.int32),
        "end_kind": np.array([CHURN] * 3 + [-1] * 3, np.int8),
        "seen_until": 40,
        "weight": np.ones(6),
    }
    return Landmarks(**(columns | more))  # type: ignore[arg-type]


def test_churn_counts_from_the_day_after_to_the_last_day() -> None:
    assert landmarks().churned(9).tolist() == [False, False, True, *[False] * 3]
    assert landmarks().churned(16).tolist() == [False, True, True, *[False] * 3]


def test_completed_is_no_churn() -> None:
    done = np.array([COMPLETED] * 3 + [-1] * 3, np.int8)

    assert not landmarks(end_kind=done).churned(365).any()


def test_followed_only_when_the_outcome_is_known() -> None:
    assert landmarks().followed(26).tolist() == [True, True, False] * 2


def test_earlier_day_knows_neither_later_rows_nor_ends() -> None:
    then = landmarks().known_by(20)

    assert then.as_of.tolist() == [7, 14, 7, 14]
    assert (then.leaves_on == NO_END).all()
    assert (then.end_kind == -1).all()
    assert landmarks().known_by(30).churned(365).sum() == 3
    with pytest.raises(AssertionError):
        landmarks().known_by(41)


def test_levels_that_no_row_has_are_dropped() -> None:
    used = landmarks().with_levels_in_use()

    assert used.features[1].levels == ("B",)
    assert np.nan_to_num(used.column("plan"), nan=-1).tolist() == [0, 0, 0, -1, 0, 0]


def test_thinning_looks_at_no_outcome() -> None:
    rows = landmarks()
    stayed = landmarks(leaves_on=np.full(6, NO_END, np.int32))

    thin, same = rows.thinned(3), stayed.thinned(3)

    assert thin.as_of.tolist() == same.as_of.tolist()
    assert thin.weight.tolist() == [3.0] * len(thin)
    assert len(thin) == 2  # one week in three of each customer


def test_padding_adds_columns_without_values() -> None:
    wide = landmarks().padded(["other", "use"])

    assert wide.keys == ("other", "use")
    assert np.isnan(wide.column("other")).all()
    assert wide.column("use").tolist() == [1, 2, 3, 4, 5, 6]


def test_joined_pieces_are_in_order() -> None:
    rows = landmarks()
    late, early = rows.rows(rows.as_of > 7), rows.rows(rows.as_of == 7)

    assert joined([late, early]).values[:, 0].tolist() == [1, 2, 3, 4, 5, 6]
    with pytest.raises(ValueError, match="same features"):
        joined([late, early.only(["use"])])


def test_next_move_takes_the_place_of_the_leaving() -> None:
    moves = Moves(
        customer=np.array([0, 0, 1, 1]),
        day=np.array([14, 35, 15, 41], np.int32),
        rose=np.array([True, True, True, False]),
        before=np.full(4, 100.0),
        step=np.full(4, 10.0),
        currency=np.full(4, "JPY", dtype=object),
    )

    rise = until_move(landmarks(), moves, rose=True)
    fall = until_move(landmarks(), moves, rose=False)

    # A move on the day itself is no longer ahead, and who leaves first cannot rise.
    assert rise.leaves_on.tolist() == [14, 30, 30, 15, 15, NO_END]
    assert rise.end_kind.tolist() == [CHURN, COMPLETED, COMPLETED, CHURN, CHURN, -1]
    # The fall of day 41 is later than anything that is known.
    assert fall.leaves_on.tolist() == [30, 30, 30, NO_END, NO_END, NO_END]


def test_size_of_moves_is_their_sum_over_what_was_paid() -> None:
    count = 44
    moves = Moves(
        customer=np.arange(count),
        day=np.arange(count, dtype=np.int32),
        rose=np.arange(count) != 5,
        before=np.where(np.arange(count) % 2, 300.0, 100.0),
        step=np.where(np.arange(count) % 2, 30.0, 50.0),
        currency=np.array(["JPY"] * 42 + ["USD", None], dtype=object),
    )

    # 41 rises in JPY: 21 of 50 on 100, and 20 of 30 on 300
    assert moves.sizes(rose=True, known_by=100) == {"JPY": 1650 / 8100}
    assert moves.sizes(rose=True, known_by=19) == {}  # 19 of them
    # 20 of them, of which 11 of 50 on 100
    assert moves.sizes(rose=True, known_by=20) == {"JPY": 820 / 3800}
    assert moves.sizes(rose=False, known_by=100) == {}


def test_move_from_nothing_has_no_size() -> None:
    moves = Moves(
        customer=np.arange(21),
        day=np.arange(21, dtype=np.int32),
        rose=np.full(21, fill_value=True),
        before=np.array([0.0] + [100.0] * 20),
        step=np.full(21, 10.0),
        currency=np.full(21, "", dtype=object),
    )

    assert moves.sizes(rose=True, known_by=100) == {"": 0.1}


def test_stay_of_a_day_and_what_was_known() -> None:
    stays = Stays(
        customer=np.array([0, 0, 2]),
        starts=np.array([10, 60, 20], np.int32),
        ends=np.array([30, NO_END, 40], np.int32),
        leaves_on=np.array([25, NO_END, 40], np.int32),
        end_kind=np.array([CHURN, -1, CHURN], np.int8),
        until=100,
    )
    customer = np.array([0, 0, 0, 0, 1, 2, 2])
    days = np.array([9, 10, 30, 60, 20, 39, 40], np.int32)

    assert stays.place_of(customer, days).tolist() == [-1, 0, -1, 1, -1, 2, -1]
    assert stays.digest(24) != stays.digest(25)
    assert stays.digest(41) == stays.digest(59)


def stays_of(starts: list[int], leaves: list[int]) -> Stays:
    count = len(starts)
    leaves_on = np.array(leaves, np.int32)
    return Stays(
        customer=np.arange(count),
        starts=np.array(starts, np.int32),
        ends=leaves_on,
        leaves_on=leaves_on,
        end_kind=np.where(leaves_on < NO_END, CHURN, -1).astype(np.int8),
        until=3000,
    )


def test_years_in_which_nobody_could_be_seen_leaving_are_not_watched() -> None:
    """Of 100 customers one in three left after day 2,000, and none before."""
    leaves = [2000 + 30 * n if n < 33 else NO_END for n in range(100)]

    assert stays_of([0] * 100, leaves).watched_since() == 2000


def test_young_company_without_early_leavers_is_watched_from_the_start() -> None:
    leaves = [2000, 2500, *[NO_END] * 8]

    assert stays_of([1900] * 10, leaves).watched_since() == 1900
    assert stays_of([1900] * 10, [NO_END] * 10).watched_since() == 1900
