"""A planted driver is found, and what merely goes along with it is told apart."""

from dataclasses import replace

import numpy as np
import pytest
from simulated_companies import Company, landmarks_of

from banso.analytics.drivers.rows import DriverRow
from banso.analytics.drivers.table import driver_table
from banso.analytics.panel.landmarks import Feature, Landmarks

PLANTED = Company(
    customers=500, driver=0.8, passengers=3, yearly_churn=0.25, every_weeks=4
)
COMPANIES = 25
PASSENGERS = ("number_1", "number_2", "number_3")


def of_all(landmarks: Landmarks) -> dict[str, DriverRow]:
    rows = driver_table(landmarks, kinds={}, adjust_for=["category_0"])
    return {row.element: row for row in rows if row.stratum == "all"}


@pytest.fixture(scope="module")
def tables() -> list[dict[str, DriverRow]]:
    return [of_all(landmarks_of(PLANTED, seed=seed)) for seed in range(COMPANIES)]


def test_planted_driver_ranks_first(tables: list[dict[str, DriverRow]]) -> None:
    first = [next(iter(table)) == "number_0" for table in tables]

    assert np.mean(first) >= 0.9
    assert all((table["number_0"].q_value or 1) < 0.05 for table in tables)
    assert all(table["number_0"].direction == "higher_stays" for table in tables)


def test_passengers_are_findings_but_not_kept(
    tables: list[dict[str, DriverRow]],
) -> None:
    passengers = [table[key] for table in tables for key in PASSENGERS]

    assert np.mean([(row.q_value or 1) < 0.05 for row in passengers]) > 0.8
    assert np.mean([bool(row.is_kept) for row in passengers]) <= 0.05
    assert np.mean([bool(table["number_0"].is_kept) for table in tables]) >= 0.9


def test_passengers_have_no_effect_with_the_driver_held_equal(
    tables: list[dict[str, DriverRow]],
) -> None:
    adjusted = [
        table[key].adjusted_effect
        for table in tables
        for key in PASSENGERS
        if table["number_0"].is_kept and not table[key].is_kept
    ]

    assert abs(np.mean([value for value in adjusted if value is not None])) < 0.05


def test_adjusted_intervals_of_the_rest_cover_zero(
    tables: list[dict[str, DriverRow]],
) -> None:
    covers = [
        row.adjusted_low <= 0 <= row.adjusted_high
        for table in tables
        for key, row in table.items()
        if key.startswith("number")
        and key not in ("number_0", *PASSENGERS)
        and row.adjusted_low is not None
        and row.adjusted_high is not None
    ]

    assert 0.9 <= np.mean(covers) <= 0.99


def test_driver_shows_steadily_and_long_before_the_end(
    tables: list[dict[str, DriverRow]],
) -> None:
    drivers = [table["number_0"] for table in tables]

    assert np.mean([row.stability or 0 for row in drivers]) > 0.9
    assert np.median([row.lead_days or 0 for row in drivers]) >= 364


def test_driver_is_found_below_season_trend_and_tenure() -> None:
    hidden = replace(
        PLANTED, season=0.7, trend=1.0, tenure=1.5, renewals=True, customers=800
    )
    tables = [of_all(landmarks_of(hidden, seed=seed)) for seed in range(8)]

    assert np.mean([next(iter(table)) == "number_0" for table in tables]) >= 0.8
    assert np.mean([bool(table["number_0"].is_kept) for table in tables]) >= 0.8


def test_symptom_is_dated_to_the_weeks_before_the_end() -> None:
    company = Company(customers=800, every_weeks=4, numbers=2, categories=0)
    leads = []
    for seed in range(8):
        landmarks = landmarks_of(company, seed=seed)
        soon = landmarks.leaves_on.astype(np.int64) - landmarks.as_of <= 70
        values = landmarks.values.copy()
        values[:, 1] -= 2.0 * soon
        row = of_all(replace(landmarks, values=values))["number_1"]
        leads.append(row.lead_days)

    assert np.mean([lead in (28, 56) for lead in leads]) > 0.85


def test_category_that_goes_with_churn_is_found() -> None:
    landmarks = landmarks_of(replace(PLANTED, customers=600), seed=11)
    level = np.digitize(landmarks.column("number_0"), [-0.5, 0.5]).astype(float)
    by_level = replace(
        landmarks,
        features=(
            *landmarks.features,
            Feature("mood", "category", ("low", "mid", "high")),
        ),
        values=np.column_stack([landmarks.values, level]),
    )

    row = of_all(by_level.only(["mood", "category_0", "number_7"]))["mood"]

    assert row.q_value is not None
    assert row.q_value < 0.05
    assert row.is_kept
    assert row.auc is not None
    assert row.auc > 0.55
    assert row.direction == "none"


def test_copy_of_a_driver_goes_with_it() -> None:
    landmarks = landmarks_of(PLANTED, seed=2)
    copy = np.exp(landmarks.column("number_0"))
    doubled = replace(
        landmarks,
        features=(*landmarks.features, Feature("copy", "number")),
        values=np.column_stack([landmarks.values, copy]),
    )

    table = of_all(doubled)

    assert table["number_0"].is_kept
    assert not table["copy"].is_kept
    assert table["copy"].reason == "goes_with_another"
    assert table["copy"].p_value == table["number_0"].p_value
    assert table["copy"].adjusted_effect is None


def test_effect_is_the_standardised_difference() -> None:
    """A driver of log hazard b for a deviation has a difference of about b."""
    steady = Company(
        customers=3_000, driver=0.5, persistence=1.0, numbers=3, every_weeks=12
    )

    row = of_all(landmarks_of(steady, seed=1))["number_0"]

    assert row.low is not None
    assert row.high is not None
    assert row.low < 0.5 < row.high
    assert row.high - row.low < 0.2


def test_same_input_gives_the_same_table() -> None:
    landmarks = landmarks_of(PLANTED, seed=4)

    assert driver_table(landmarks, kinds={}) == driver_table(landmarks, kinds={})
