"""Where nothing goes with churn, the table of drivers finds nothing."""

from dataclasses import replace

import numpy as np
import pytest
from simulated_companies import Company, landmarks_of, without

from banso.analytics.drivers.table import driver_table
from banso.analytics.panel.landmarks import Landmarks

QUIET = Company(customers=150, numbers=6, categories=2, every_weeks=4)
SEASON = replace(QUIET, season=1.0)
TREND = replace(QUIET, trend=1.5)
TENURE = replace(QUIET, tenure=2.0, yearly_churn=0.4)
ALL_AT_ONCE = replace(
    QUIET, season=0.7, trend=1.0, tenure=1.5, renewals=True, yearly_churn=0.4
)


def findings(landmarks: Landmarks) -> tuple[int, int]:
    """Return how many tests were done and how many have q < 0.05."""
    rows = driver_table(landmarks, kinds={}, adjust_for=["category_0"])
    q = [row.q_value for row in rows if row.q_value is not None]
    assert not any(row.is_kept for row in rows if (row.q_value or 1.0) >= 0.05)
    return len(q), sum(value < 0.05 for value in q)


def test_at_most_five_percent_of_200_companies_have_a_false_discovery() -> None:
    counts = [findings(landmarks_of(QUIET, seed=seed)) for seed in range(200)]

    tests, false = np.array(counts).T
    assert (tests > 0).all()
    assert (false > 0).mean() <= 0.05
    assert false.sum() / tests.sum() <= 0.05


@pytest.mark.parametrize(
    "company",
    [SEASON, TREND, TENURE, ALL_AT_ONCE],
    ids=["season", "trend", "tenure", "all at once"],
)
def test_what_goes_with_time_is_not_taken_for_a_driver(company: Company) -> None:
    counts = [findings(landmarks_of(company, seed=900 + seed)) for seed in range(40)]

    tests, false = np.array(counts).T
    assert (tests > 0).mean() > 0.9
    assert (false > 0).mean() <= 0.05


def test_time_would_be_taken_for_a_driver_without_strata() -> None:
    """The trap is set: leavers differ when dates and tenures are mixed."""
    landmarks = landmarks_of(replace(ALL_AT_ONCE, customers=600), seed=3)
    left = landmarks.churned(84)

    number = landmarks.column("number_0")
    gap = number[~left].mean() - number[left].mean()

    assert gap / number.std() > 0.15


def test_weekly_rows_of_a_customer_are_not_taken_for_customers() -> None:
    weekly = replace(QUIET, customers=100, every_weeks=1, persistence=0.95)
    counts = [findings(landmarks_of(weekly, seed=seed)) for seed in range(30)]

    assert (np.array(counts)[:, 1] > 0).mean() <= 0.05


def test_blanks_and_outliers_are_no_drivers() -> None:
    false = 0
    for seed in range(40):
        landmarks = without(landmarks_of(QUIET, seed=seed), 0.5, seed=seed)
        heavy = np.where(landmarks.values > 1, np.exp(3 * landmarks.values), 0.0)
        values = np.where(np.isnan(landmarks.values), np.nan, heavy)
        values[:, -2:] = landmarks.values[:, -2:]  # the categories
        false += findings(replace(landmarks, values=values))[1] > 0

    assert false <= 2
