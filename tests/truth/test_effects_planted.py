"""Plays in two hundred simulated companies: what history can tell, and when it cannot.

The worse a customer's health, the more likely are both the play and leaving, so a plain
comparison is wrong by some fourteen points.
"""

from collections import Counter
from dataclasses import dataclass

import numpy as np
import pytest
from simulated_plays import Company

from banso.analytics.effects.estimating import PlayEffect, play_effect

COMPANIES = 200
FEWER = 60  # of which it is only asked that nothing is said


@dataclass(frozen=True)
class Told:
    """What was estimated in one company, beside the truth."""

    found: PlayEffect
    truth: float


def told(company: Company, count: int) -> list[Told]:
    result = []
    for seed in range(count):
        drawn = company.drawn(seed)
        episodes = drawn.episodes
        found = play_effect(episodes, drawn.seen(episodes), is_good=False)
        result.append(Told(found, drawn.truth(episodes, company.ratio)))
    return result


def figures(results: list[Told]) -> tuple[np.ndarray, ...]:
    """Return effect, low, high, the plain difference and the truth, where given."""
    rows = [
        (r.found.effect, r.found.low, r.found.high, r.found.naive, r.truth)
        for r in results
        if r.found.reason is None
    ]
    return tuple(np.array(rows, dtype=float).T)


@pytest.fixture(scope="module")
def helping() -> list[Told]:
    return told(Company(ratio=0.4), COMPANIES)


def test_the_interval_holds_the_truth_where_a_plain_comparison_is_biased(
    helping: list[Told],
) -> None:
    effect, low, high, naive, truth = figures(helping)

    assert len(effect) > 0.75 * COMPANIES
    assert truth.mean() == pytest.approx(-0.193, abs=0.01)
    assert (naive - truth).mean() > 0.12  # most of the effect is hidden
    assert abs((effect - truth).mean()) < 0.015
    assert ((low <= truth) & (truth <= high)).mean() >= 0.92


def test_a_play_that_helps_is_seen_to_help(helping: list[Told]) -> None:
    verdicts = Counter(each.found.verdict for each in helping)

    assert verdicts["seems_to_help"] > 0.7 * COMPANIES
    assert verdicts["seems_to_harm"] == 0


def test_a_play_that_does_nothing_is_rarely_seen_to_do_something() -> None:
    results = told(Company(ratio=1.0), COMPANIES)

    effect, low, high, naive, _truth = figures(results)
    verdicts = Counter(each.found.verdict for each in results)

    assert naive.mean() > 0.12  # a plain comparison says that it does harm
    assert abs(effect.mean()) < 0.015
    assert ((low <= 0) & (high >= 0)).mean() >= 0.92
    wrong = verdicts["seems_to_help"] + verdicts["seems_to_harm"]
    assert wrong <= 0.07 * COMPANIES


def test_something_unseen_that_moved_the_past_is_caught_by_the_placebo() -> None:
    results = told(Company(ratio=1.0, unseen=0.6), FEWER)

    reasons = Counter(each.found.reason for each in results)

    assert reasons["placebo_failed"] > 0.7 * FEWER
    assert reasons[None] <= 0.05 * FEWER  # nothing is said in nearly all of them
