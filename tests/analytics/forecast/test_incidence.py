"""From hazards to chances: by hand, between edges, with other ends."""

import numpy as np
import pytest

from banso.analytics.forecast.incidence import (
    across_end,
    incidence,
    log_odds,
    logistic,
)

HAZARD = np.array([[0.1, 0.2, 0.05, 0.3, 0.1, 0.2]])
OTHER = np.array([[0.05, 0.0, 0.1, 0.0, 0.2, 0.0]])


def chance(days: float, hazard=HAZARD, other=OTHER) -> float:
    return float(incidence(hazard, other, np.array([days])).chance[0])


def test_sixty_days_by_hand():
    # Of 100, 10 leave and 5 end otherwise; of the 85 left, a fifth leaves.
    assert chance(60) == pytest.approx(0.10 + 0.85 * 0.2)


def test_within_an_interval_the_daily_hazard_is_constant():
    alone = chance(15, other=np.zeros((1, 6)))

    assert alone == pytest.approx(1 - 0.9**0.5)


def test_all_ends_together_never_exceed_certainty():
    certain = np.full((1, 6), 1.0)

    assert chance(365, certain, certain * 0.5) <= 1.0
    assert chance(365, certain, np.zeros((1, 6))) == pytest.approx(1.0)


@pytest.mark.parametrize("days", [10, 30, 75, 90, 200, 365])
def test_the_slope_is_that_of_small_changes(days):
    found = incidence(HAZARD, OTHER, np.array([float(days)]))
    small = 1e-6
    for part in range(6):
        odds = log_odds(HAZARD)
        odds[0, part] += small
        moved = incidence(logistic(odds), OTHER, np.array([float(days)]))
        change = (log_odds(moved.chance) - log_odds(found.chance)) / small
        assert found.slope[0, part] == pytest.approx(change[0], abs=1e-5)


def test_half_goes_on_after_the_contract_ends_by_hand():
    # Of 100, 10 leave until day 30, when the contract ends. Of the 90 left half
    # goes on, and a fifth of these leaves.
    hazard, none = np.array([[0.1, 0.2]]), np.zeros((1, 2))
    ends = np.array([30.0]), 0.5

    found = across_end(hazard, none, np.array([60.0]), ends)
    until = across_end(hazard, none, np.array([30.0]), ends)

    assert found.chance == pytest.approx(0.10 + 0.90 * 0.5 * 0.2)
    assert until.chance == pytest.approx(0.10)


@pytest.mark.parametrize("end", [33.0, 90.0, 400.0, np.inf])
def test_the_slope_across_an_end_is_that_of_small_changes(end):
    ends, days = (np.array([end]), 0.3), np.array([200.0])
    found = across_end(HAZARD, OTHER, days, ends)
    small = 1e-6
    for part in range(6):
        odds = log_odds(HAZARD)
        odds[0, part] += small
        moved = across_end(logistic(odds), OTHER, days, ends)
        change = (log_odds(moved.chance) - log_odds(found.chance)) / small
        assert found.slope[0, part] == pytest.approx(change[0], abs=1e-5)
