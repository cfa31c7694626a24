"""Planted weights come back; where nothing is planted nothing is better."""

from functools import cache

import numpy as np
from simulated_points import simulated_points

from banso.analytics.judgement.outcome import Outcome
from banso.analytics.panel.landmarks import CHURN, COMPLETED, NO_END
from banso.analytics.weights.proposing import Proposal, propose_weights
from banso.analytics.weights.weighting import Weighting

PLACES = tuple((dimension, element) for dimension in "abc" for element in "xy")
KEYS = tuple(f"{dimension}.{element}" for dimension, element in PLACES)
EQUAL = Weighting("standard", PLACES, np.ones(6), np.ones(6))
PLANTED = (6, 3, 0, 0, 0, 0)
COMPANIES = 10


@cache
def proposals(effects: tuple[float, ...]) -> list[Proposal]:
    return [
        propose_weights(simulated_points(KEYS, effects, seed=seed), present=EQUAL)
        for seed in range(COMPANIES)
    ]


def test_planted_weights_are_recovered_and_better_out_of_time() -> None:
    found = proposals(PLANTED)

    shares = np.array([[each.proposed for each in one.elements] for one in found])
    truth = np.array(PLANTED) / sum(PLANTED)
    assert np.abs(shares.mean(axis=0) - truth).max() < 0.03
    assert np.abs(shares - truth).max() < 0.2
    assert (shares[:, 2:] > 0).mean() < 0.15
    assert all(one.reason is None for one in found)


def test_intervals_hold_the_planted_weights() -> None:
    found = [one.elements[0] for one in proposals(PLANTED)]

    held = [each.low <= 2 / 3 <= each.high for each in found]

    assert np.mean(held) >= 0.85
    assert np.mean([each.high - each.low for each in found]) < 0.3


def test_noise_gives_nothing_better() -> None:
    found = proposals((0, 0, 0, 0, 0, 0))

    assert [one.reason for one in found].count(None) <= 1


def test_weights_that_were_right_all_along_are_not_bettered() -> None:
    found = proposals((3, 3, 3, 3, 3, 3))

    assert [one.reason for one in found].count(None) <= 1
    assert all(one.weighting is not None for one in found)


def test_leaving_for_another_reason_does_not_count() -> None:
    rows = simulated_points(KEYS, PLANTED, seed=1)
    rows.end_kind[rows.end_kind == CHURN] = COMPLETED

    assert propose_weights(rows, present=EQUAL).reason == "one_class"


def test_a_score_of_success_gets_weights_of_its_own() -> None:
    # Leaving follows from a.x alone; growth comes to those with many points in c.y.
    rows = simulated_points(KEYS, (6, 0, 0, 0, 0, 0), seed=2)
    rng = np.random.default_rng(0)
    chance = 0.3 / (1 + np.exp(-(rows.column("c.y") - 70) / 8))
    grows = np.where(rng.random(len(rows)) < chance, rows.as_of + 20, NO_END)
    expansion = Outcome("expansion", grows.astype(np.int32), is_good=True)

    staying = propose_weights(rows, present=EQUAL)
    growing = propose_weights(rows, present=EQUAL, outcome=expansion)

    assert staying.elements[0].proposed > 0.8
    assert growing.elements[5].proposed > 0.8
    assert growing.reason is None
