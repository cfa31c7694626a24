"""Targeting singles out customers only where the effect differs among them."""

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from simulated_trials import Planted, arms_of

from banso.analytics.uplift.differing import chance_of_no_difference
from banso.analytics.uplift.targeting import targeting

pytestmark = pytest.mark.long

TRIALS = 200


def test_nobody_is_targeted_where_nothing_differs() -> None:
    """At most 5 %, and what chance adds to 200 trials."""
    found = Counter(
        targeting(arms_of(Planted(customers=600), seed=seed)).verdict
        for seed in range(TRIALS)
    )

    assert found["target_these"] <= 0.05 * TRIALS + 1.64 * np.sqrt(0.0475 * TRIALS)
    assert found["treat_everybody"] >= 0.55 * TRIALS
    assert found["treat_nobody"] == 0


@pytest.mark.parametrize(
    "planted",
    [
        Planted(customers=500, effect=0.0),
        Planted(customers=800, chance=0.8),
        Planted(customers=800, numbers=20, levels=8),
    ],
)
def test_level_of_the_test_is_what_it_says(planted: Planted) -> None:
    said = [
        chance_of_no_difference(arms_of(planted, seed=seed), seed=seed)
        for seed in range(250)
    ]

    share = np.mean([p is not None and p < 0.05 for p in said])
    assert 0.01 <= share <= 0.09


def test_permuted_treatment_is_the_same_for_all() -> None:
    """Also of amounts with a long tail, most of them nothing."""
    found = Counter()
    for seed in range(200):
        random = np.random.default_rng(seed)
        trial = arms_of(Planted(customers=1000, differs=0.2), seed=seed)
        spend = np.where(trial.outcome > 0, random.lognormal(3, 1, 1000), 0.0)
        mixed = replace(trial, outcome=spend, treated=random.permutation(trial.treated))
        p = chance_of_no_difference(mixed, seed=seed)
        found[p is not None and p < 0.05] += 1

    assert found[True] <= 0.05 * 200 + 1.64 * np.sqrt(0.0475 * 200)


def test_planted_difference_is_found() -> None:
    found = Counter(
        targeting(arms_of(Planted(customers=4000, differs=0.1), seed=seed)).verdict
        for seed in range(30)
    )

    assert found["target_these"] >= 26
