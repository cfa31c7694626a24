"""Which weeks after a firing are compared, counted by hand."""

import numpy as np

from banso.analytics.effects.episodes import (
    LAGS,
    Begun,
    Episodes,
    Firings,
    episodes_of,
)
from banso.analytics.panel.landmarks import NO_END

DAY = 20_000
WINDOW = 90
UNTIL = DAY + 28 + WINDOW


def rows(
    *,
    begun: list[tuple[int, int]],
    customers: list[int],
    opened: list[int] | None = None,
    closed: list[int] | None = None,
    weeks_there: list[int] | None = None,
) -> Episodes:
    """Return the rows of firings; days count from `DAY`."""
    count = len(customers)
    there = np.array([LAGS] * count if weeks_there is None else weeks_there)
    return episodes_of(
        Firings(
            np.array(customers, dtype=np.int64),
            np.array(opened or [0] * count, dtype=np.int32) + DAY,
            np.array(closed or [NO_END - DAY] * count, dtype=np.int32) + DAY,
            np.arange(LAGS)[None, :] < there[:, None],
        ),
        Begun(
            np.array([each for each, _day in begun], dtype=np.int64),
            np.array([day for _each, day in begun], dtype=np.int32) + DAY,
        ),
        window_days=WINDOW,
        until=UNTIL,
    )


def told(found: Episodes) -> list[tuple[int, int, bool, bool, bool]]:
    columns = (
        found.firing, found.lag, found.treated, found.begins_later, found.begins_late,
    )  # fmt: skip
    return list(zip(*(column.tolist() for column in columns), strict=True))


def test_weeks_before_the_play_are_rows_and_those_after_it_are_not() -> None:
    found = rows(customers=[1, 2], begun=[(1, 10)])

    assert told(found) == [
        (0, 0, False, True, False),
        (0, 1, True, False, False),
        *[(1, lag, False, False, False) for lag in range(LAGS)],
    ]
    assert (found.follows - DAY).tolist() == [7, 14, 7, 14, 21, 28]
    assert (found.known_on - DAY).tolist() == [0, 7, 0, 7, 14, 21]


def test_a_week_has_the_seventh_day_and_the_day_of_the_firing_is_in_the_first() -> None:
    found = rows(customers=[1, 2, 3], begun=[(1, 0), (2, 7), (3, 8)])

    assert [(f, lag) for f, lag, treated, *_ in told(found) if treated] == [
        (0, 0),
        (1, 0),
        (2, 1),
    ]


def test_who_is_gone_by_the_end_of_a_week_is_not_compared_in_it() -> None:
    """Whoever got the play in the second week had lived to get it."""
    found = rows(customers=[1, 2], begun=[(1, 12)], weeks_there=[4, 1])

    assert told(found)[-1] == (1, 0, False, False, False)
    assert len(found) == 3


def test_a_play_that_the_customer_left_in_the_same_week_answers_nothing() -> None:
    found = rows(customers=[1], begun=[(1, 12)], weeks_there=[1])

    assert told(found) == [(0, 0, False, False, True)]


def test_a_closed_signal_can_no_longer_be_answered() -> None:
    found = rows(customers=[1, 2], begun=[(2, 20)], closed=[14, 14])

    assert told(found) == [
        (0, 0, False, False, False),
        (0, 1, False, False, False),
        (1, 0, False, False, True),
        (1, 1, False, False, True),
    ]


def test_a_play_begun_before_the_firing_hides_it_for_as_long_as_the_window() -> None:
    assert not len(rows(customers=[1], begun=[(1, -90)]))
    assert len(rows(customers=[1], begun=[(1, -91)])) == LAGS


def test_a_late_start_is_noted_and_what_cannot_be_followed_is_left_out() -> None:
    late = rows(customers=[1], begun=[(1, 29)])
    beyond = rows(customers=[1], begun=[(1, 28 + WINDOW + 1)])
    too_new = rows(customers=[1], begun=[], opened=[1])

    assert late.begins_late.all()
    assert not late.begins_later.any()
    assert not beyond.begins_late.any()
    assert not len(too_new)
