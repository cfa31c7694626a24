"""When signals open and close: hand-worked weeks, and a slow state machine beside."""

from dataclasses import dataclass, field

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from banso.analytics.signals.openings import Seen, Standing, Terms, stepped

SUNDAY = 20_000  # any day number that a week is counted from


@dataclass
class SlowSignal:
    """One signal at one customer, as a person would keep it on paper."""

    for_weeks: int
    cooldown_days: int
    opened_on: int | None = None
    closed_on: int | None = None
    held: list[bool] = field(default_factory=list)  # on weekly dates

    def look(self, day, is_weekly, here, when, until) -> None:
        """Take in one date; `when` and `until` are True, False or None (unknown)."""
        holds = here and when is True
        if is_weekly:
            self.held.append(holds)
        if self.opened_on is not None:
            if not here or until is True:
                self.opened_on, self.closed_on = None, day
            return
        if not holds or until is True:
            return
        if self.closed_on is not None and day - self.closed_on <= self.cooldown_days:
            return
        enough = len(self.held) >= self.for_weeks and all(self.held[-self.for_weeks :])
        if self.for_weeks == 1 or enough:
            self.opened_on = day


def spells(weeks, *, for_weeks=1, cooldown_days=0):
    """Return the days of opening and closing of one signal, counted in weeks.

    A week is a pair of `when` and what closes the signal, or None: not there.
    """
    terms = Terms(
        np.array([for_weeks], dtype=np.int16),
        np.array([cooldown_days], dtype=np.int32),
    )
    standing, found = Standing.nothing(1, 1), []
    for week, seen in enumerate(weeks):
        when, closes = seen or (False, False)
        step = stepped(
            standing,
            Seen(
                np.array([[when]]), np.array([[closes]]), np.array([seen is not None])
            ),
            day=SUNDAY + 7 * week,
            is_weekly=True,
            terms=terms,
        )
        standing = step.after
        if step.opened[0, 0]:
            found.append([week, None])
        if step.closed[0, 0]:
            found[-1][1] = week
    return [tuple(spell) for spell in found]


YES, NO, UNKNOWN = (True, False), (False, True), (False, False)


@pytest.mark.parametrize(
    ("weeks", "more", "expected"),
    [
        pytest.param([NO, YES, YES, NO, YES], {}, [(1, 3), (4, None)], id="plain"),
        pytest.param([YES, UNKNOWN, UNKNOWN, NO], {}, [(0, 3)], id="unknown_keeps"),
        pytest.param([UNKNOWN, UNKNOWN], {}, [], id="unknown_opens_nothing"),
        pytest.param([YES, YES, YES], {"for_weeks": 3}, [(2, None)], id="three_weeks"),
        pytest.param(
            [YES, YES, UNKNOWN, YES, YES, YES],
            {"for_weeks": 3},
            [(5, None)],
            id="unknown_ends_a_row",
        ),
        pytest.param([YES, YES, None, YES], {}, [(0, 2), (3, None)], id="leaves"),
        pytest.param([YES, NO] * 4, {"cooldown_days": 14}, [(0, 1), (4, 5)], id="rest"),
        # Closed in week 1, so the 14 days are over after week 3.
        pytest.param(
            [YES, NO, YES, YES, YES],
            {"cooldown_days": 14},
            [(0, 1), (4, None)],
            id="held_all_along",
        ),
        # Hysteresis: `until` may be true while `when` is; then it does not open.
        pytest.param([(True, True), YES], {}, [(1, None)], id="closed_at_once"),
        pytest.param(
            [YES, (False, False), (True, True), YES],
            {},
            [(0, 2), (3, None)],
            id="until",
        ),
    ],
)
def test_weeks_worked_by_hand(weeks, more, expected):
    assert spells(weeks, **more) == expected


def test_a_run_in_the_middle_of_a_week_adds_no_week():
    terms = Terms(np.array([1, 2], dtype=np.int16), np.array([0, 0], dtype=np.int32))
    holds = Seen(np.ones((2, 1), bool), np.zeros((2, 1), bool), np.ones(1, bool))
    start = Standing.nothing(2, 1)

    sunday = stepped(start, holds, day=SUNDAY, is_weekly=True, terms=terms)
    wednesday = stepped(
        sunday.after, holds, day=SUNDAY + 3, is_weekly=False, terms=terms
    )
    first = stepped(start, holds, day=SUNDAY + 3, is_weekly=False, terms=terms)

    assert sunday.opened.ravel().tolist() == [True, False]
    assert not wednesday.opened.any()
    assert first.opened.ravel().tolist() == [True, False]


KNOWN = st.sampled_from([True, False, None])
DATE = st.lists(st.tuples(st.booleans(), KNOWN, KNOWN), min_size=6, max_size=6)


@given(
    dates=st.lists(DATE, min_size=1, max_size=25),
    terms=st.lists(
        st.tuples(st.integers(1, 4), st.sampled_from([0, 6, 7, 20, 60])),
        min_size=2,
        max_size=2,
    ),
    ends_midweek=st.booleans(),
)
def test_all_at_once_is_what_each_is_by_itself(dates, terms, ends_midweek):
    """Six cells a date: two signals at three customers."""
    slow = [SlowSignal(*terms[cell // 3]) for cell in range(6)]
    fast = Standing.nothing(2, 3)
    bounds = Terms(
        np.array([weeks for weeks, _days in terms], dtype=np.int16),
        np.array([days for _weeks, days in terms], dtype=np.int32),
    )
    for number, cells in enumerate(dates):
        is_weekly = not (ends_midweek and number == len(dates) - 1)
        day = SUNDAY + 7 * number - (0 if is_weekly else 4)
        # A customer is there or not for both signals.
        here = [cells[customer][0] for customer in range(3)]
        before = [(each.opened_on, each.closed_on) for each in slow]
        for cell, each in enumerate(slow):
            _here, when, until = cells[cell]
            each.look(day, is_weekly, here[cell % 3], when, until)
        step = stepped(
            fast,
            Seen(
                np.array([c[1] is True for c in cells]).reshape(2, 3),
                np.array([c[2] is True for c in cells]).reshape(2, 3),
                np.array(here),
            ),
            day=day,
            is_weekly=is_weekly,
            terms=bounds,
        )
        fast = step.after

        opened = [each.opened_on == day for each in slow]
        closed = [
            each.closed_on == day and was != each.closed_on
            for each, (_opened, was) in zip(slow, before, strict=True)
        ]
        assert step.opened.ravel().tolist() == opened
        assert step.closed.ravel().tolist() == closed
        assert fast.is_open.ravel().tolist() == [e.opened_on is not None for e in slow]
