"""Ways to fool oneself that the table of drivers must not fall for."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from simulated_companies import Company, landmarks_of

from banso.analytics.drivers.rows import DriverRow
from banso.analytics.drivers.table import driver_table
from banso.analytics.panel.landmarks import NO_END, Feature, Landmarks

QUIET = Company(customers=500, every_weeks=4, numbers=3)
Floats = NDArray[np.float64]


def with_column(landmarks: Landmarks, values: Floats, key: str = "more") -> Landmarks:
    return replace(
        landmarks,
        features=(*landmarks.features, Feature(key, "number")),
        values=np.column_stack([landmarks.values, values]),
    )


def of_all(landmarks: Landmarks) -> dict[str, DriverRow]:
    rows = driver_table(landmarks, kinds={})
    return {row.element: row for row in rows if row.stratum == "all"}


def test_codes_for_blank_are_no_numbers() -> None:
    """Who will leave was asked less often: 999, or -1, would be a driver."""
    landmarks = landmarks_of(QUIET, seed=2)
    random = np.random.default_rng(2)
    leaver = landmarks.leaves_on != NO_END
    unasked = random.random(len(landmarks)) < np.where(leaver, 0.5, 0.2)
    months = random.integers(0, 25, len(landmarks)).astype(float)

    for code in (999.0, -1.0):
        coded = np.where(unasked, code, months)
        row = of_all(with_column(landmarks, coded))["more"]
        empty = of_all(with_column(landmarks, np.where(unasked, np.nan, months)))

        assert row == empty["more"]
        assert 0.2 < row.missing_share < 0.6
        assert (row.q_value or 0.0) > 0.05


def test_a_code_among_numbers_like_it_is_a_number() -> None:
    landmarks = landmarks_of(QUIET, seed=2)
    spread = np.random.default_rng(2).uniform(0, 2_000, len(landmarks)).round()
    spread[::50] = 999.0

    assert of_all(with_column(landmarks, spread))["more"].missing_share == 0


def test_whole_life_features_tell_the_future_and_dated_ones_do_not() -> None:
    """How much was used in all of a life is told by how long it was.

    The same use, summed up to each date alone, tells nothing: so it is the dating of
    the rows that keeps the future out.
    """
    landmarks = landmarks_of(QUIET, seed=3)
    last = np.minimum(landmarks.leaves_on, landmarks.seen_until)
    whole_life = (last - landmarks.as_of + landmarks.tenure_days).astype(float)
    until_then = landmarks.tenure_days.astype(float)
    noise = np.random.default_rng(3).normal(0, 5, len(landmarks))

    revealing = of_all(with_column(landmarks, whole_life + noise))["more"]
    dated = of_all(with_column(landmarks, until_then + noise))["more"]

    assert (revealing.q_value or 1.0) < 1e-6
    assert (dated.q_value or 0.0) > 0.05


def test_a_season_is_no_driver() -> None:
    """What is high when many leave goes with the season, not with who leaves."""
    seasonal = replace(QUIET, season=1.5)
    landmarks = landmarks_of(seasonal, seed=4)
    wave = np.sin(2 * np.pi * landmarks.as_of / 365.25)
    noise = np.random.default_rng(4).normal(0, 0.3, len(landmarks))

    row = of_all(with_column(landmarks, wave + noise))["more"]

    assert (row.q_value or 0.0) > 0.05
