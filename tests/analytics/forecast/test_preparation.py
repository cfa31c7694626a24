"""Features before the fit: what is dropped, pooled, blank."""

from dataclasses import replace

import numpy as np
import pytest
from known_hazards import Hazards, known_company, with_column

from banso.analytics.forecast.preparation import prepare
from banso.analytics.panel.landmarks import Feature


@pytest.fixture(scope="module")
def landmarks():
    return known_company(Hazards(200), seed=0).landmarks


def dropped(landmarks) -> dict[str, tuple[str, str]]:
    return {note.key: (note.reason, note.detail) for note in prepare(landmarks).dropped}


def test_what_says_nothing_is_dropped_with_its_reason(landmarks):
    rows = len(landmarks)
    random = np.random.default_rng(0)
    rare = np.where(random.random(rows) < 0.96, np.nan, 1.0 + random.random(rows))
    for key, values in (
        ("constant", np.full(rows, 3.0)),
        ("blank", np.full(rows, np.nan)),
        ("rare", rare),
        ("twin", landmarks.column("steady_use")),
        ("lifetime", landmarks.tenure_days.astype(float)),
    ):
        landmarks = with_column(landmarks, Feature(key, "number"), values)

    assert dropped(landmarks) == {
        "constant": ("constant", ""),
        "blank": ("mostly_missing", ""),
        "rare": ("mostly_missing", ""),
        "twin": ("duplicate", "steady_use"),
        "lifetime": ("duplicate", "tenure_days"),
    }


def test_rare_and_unseen_levels_are_one(landmarks):
    random = np.random.default_rng(1)
    codes = random.choice(
        [0.0, 1.0, 2.0, 3.0], len(landmarks), p=[0.6, 0.39, 0.005, 0.005]
    )
    feature = Feature("country", "category", ("jp", "us", "is", "fo"))
    prepared = prepare(with_column(landmarks, feature, codes))

    later = with_column(
        landmarks.rows(np.arange(4)),
        Feature("country", "category", ("mt", "us", "jp")),
        np.array([0.0, 1.0, 2.0, np.nan]),
    )
    found = prepared.read(later)[:, prepared.keys.index("country")]

    assert found[:3].tolist() == [2.0, 1.0, 0.0]  # pooled, us, jp: by name, not code
    assert np.isnan(found[3])
    assert ("country", "levels_pooled", "2") in {
        (note.key, note.reason, note.detail) for note in prepared.changed
    }


def test_tails_are_pulled_in_and_infinity_is_not_known(landmarks):
    wild = landmarks.column("steady_use").copy()
    wild[:3] = [1e12, -1e12, np.inf]
    rows = with_column(landmarks, Feature("wild", "number"), wild)

    found = prepare(rows).read(rows)[:, -1]

    assert np.abs(found[:2]).max() < 10
    assert np.isnan(found[2])


def test_the_order_of_the_features_does_not_matter(landmarks):
    prepared = prepare(landmarks)
    turned = landmarks.only(landmarks.keys[::-1])

    assert np.array_equal(
        prepared.read(landmarks), prepared.read(turned), equal_nan=True
    )


def test_nothing_is_learned_from_other_rows(landmarks):
    some = landmarks.rows(landmarks.customer < 100)
    spoiled = replace(landmarks, values=landmarks.values.copy())
    spoiled.values[landmarks.customer >= 100] = 1e9

    assert prepare(some) == prepare(spoiled.rows(spoiled.customer < 100))
