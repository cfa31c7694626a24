"""Waits after signals, by hand: weekends, censoring, and who was followed enough."""

import datetime as dt

import numpy as np
import pytest

from banso.analytics.team.checks import checked, wandering
from banso.analytics.team.waiting import waiting, waits
from banso.kernel.business_days import is_business_day

MONDAY = dt.date(2026, 6, 1)  # no holiday in June
BUSINESS = np.cumsum(
    [is_business_day(MONDAY + dt.timedelta(days=n), "JP") for n in range(15)]
)


def wait_of(opened, contacts):
    days = np.array([day for day, _ in contacts], dtype=np.int64)
    of = np.array([customer for _, customer in contacts], dtype=np.int64)
    return waits(np.array([opened]), np.array([1]), (days, of), business=BUSINESS)


@pytest.mark.parametrize(
    ("opened", "contacts", "expected"),
    [
        (0, [(1, 1)], (1, True)),  # Monday to Tuesday
        (4, [(7, 1)], (1, True)),  # Friday to Monday
        (5, [(6, 1)], (0, True)),  # Saturday to Sunday
        (0, [(0, 1), (3, 1)], (3, True)),  # the day of the opening does not count
        (0, [(1, 2)], (10, False)),  # another customer: waits until the last Monday
        (7, [(1, 1)], (5, False)),  # before the opening
        (0, [], (10, False)),
    ],
)
def test_waits_count_business_days_after_the_opening(opened, contacts, expected):
    waited, is_over = wait_of(opened, contacts)

    assert (waited[0], is_over[0]) == expected


def test_median_share_and_interval_by_hand():
    durations = np.array([1, 1, 1, 2, 2, 4, 4, 5, 5, 2])
    is_over = np.array([True] * 9 + [False])
    followed = np.array([10] * 9 + [2])  # the last one is too young to judge

    found = waiting(durations, is_over, followed)

    # At risk 10: after 1 day 7/10; after 2 days 0.7 × 5/7 = 0.5.
    assert found.median == 2
    assert (found.within, found.judged) == (5, 9)
    assert found.share == pytest.approx(5 / 9)
    # Wilson: (5 + 1.9207) / (9 + 3.8415) ± 1.96 × sqrt(5 × 4 / 9 + 0.9604) / 12.8415
    assert found.share_low == pytest.approx(0.2667, abs=5e-4)
    assert found.share_high == pytest.approx(0.8112, abs=5e-4)
    assert found.openings == 10


def test_few_openings_say_nothing():
    found = waiting(np.ones(9, dtype=int), np.ones(9, dtype=bool), np.full(9, 9))

    assert (found.median, found.share) == (None, None)
    assert found.reason == "too_few_openings"


def test_checks_compare_with_their_limit():
    assert checked("bound", 4, 10).is_over is True
    assert checked("bound", 3, 10).is_over is False
    assert checked("reactive", 4, 10).is_over is True
    assert checked("reactive", 5, 10).is_over is False
    assert checked("bloated", 5, 9).reason == "too_few"
    assert checked("bloated", 0, 0, reason="no_costs").is_over is None
    assert (wandering(6).is_over, wandering(7).is_over) == (False, True)
