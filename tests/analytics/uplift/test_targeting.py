"""Whom to treat, on single trials; how often it is right stands in tests/truth."""

from dataclasses import replace

import numpy as np
import pytest
from simulated_trials import Planted, arms_of

from banso.analytics.panel.landmarks import Feature
from banso.analytics.uplift.arms import effect
from banso.analytics.uplift.scoring import fitted_scoring
from banso.analytics.uplift.sentences import targeting_in_words
from banso.analytics.uplift.targeting import targeting


def test_effect_of_a_share_is_the_difference_of_the_arms() -> None:
    trial = arms_of(Planted(customers=1000), seed=1)
    treated, outcome = trial.treated, trial.outcome

    found = effect(trial)

    expected = outcome[treated].mean() - outcome[~treated].mean()
    assert found.value == pytest.approx(expected)
    assert found.n == 1000


def test_effect_of_an_amount_has_the_interval_of_two_means() -> None:
    trial = arms_of(Planted(customers=1000), seed=1)
    spend = np.random.default_rng(0).lognormal(3, 1, 1000) + 5 * trial.treated
    groups = [spend[trial.treated], spend[~trial.treated]]

    found = effect(replace(trial, outcome=spend))

    error = np.sqrt(sum(group.var(ddof=1) / len(group) for group in groups))
    assert found.high is not None
    assert found.low is not None
    assert found.value == pytest.approx(groups[0].mean() - groups[1].mean())
    assert found.high - found.low == pytest.approx(2 * 1.96 * error, rel=1e-3)


def test_those_are_targeted_whom_it_helps() -> None:
    trial = arms_of(Planted(customers=4000, differs=0.15), seed=2)

    found = targeting(trial)

    assert found.verdict == "target_these"
    assert found.scoring is not None
    assert (found.groups[0].effect.value or 0) > (found.groups[-1].effect.value or 0)
    assert 1 <= found.worth_it <= 5
    new = np.zeros((2, 6))
    new[:, 2] = -2, 2  # what the effect goes with
    low, high = found.scoring.of(new)
    assert high > low
    said = targeting_in_words(found, is_share=True)
    assert said.en.startswith("The effect differs among customers. Begin with")
    assert "ポイント（95%信頼区間 " in said.ja


def test_an_effect_that_is_the_same_for_all_is_for_everybody() -> None:
    found = targeting(arms_of(Planted(customers=3000), seed=3))

    assert found.verdict == "treat_everybody"
    assert found.scoring is None
    said = targeting_in_words(found, is_share=True)
    assert said.en.startswith("Treat everybody; target nobody. Nothing shows that")
    assert said.ja.startswith("対象を絞らず、全顧客に実施してください。")


def test_what_costs_more_than_it_adds_is_for_nobody() -> None:
    found = targeting(arms_of(Planted(customers=3000), seed=3), cost=0.2)

    assert found.verdict == "treat_nobody"


def test_nobody_is_singled_out_by_a_small_trial() -> None:
    found = targeting(arms_of(Planted(customers=150, differs=0.3), seed=1))

    assert found.reason == "too_few_customers"
    assert found.p_same is None
    assert found.verdict in ("treat_everybody", "not_enough_data")
    assert "too little data to ask" in targeting_in_words(found, is_share=True).en


def test_without_features_nothing_differs() -> None:
    trial = arms_of(Planted(customers=1000), seed=4)
    bare = replace(trial, values=np.full((1000, 1), np.nan), features=(_SIZE,))

    found = targeting(bare)

    assert found.p_same is None
    assert found.verdict == "treat_everybody"
    assert found.qini.area.value == pytest.approx(0)


def test_unknown_values_and_new_levels_can_be_scored() -> None:
    trial = arms_of(Planted(customers=1000, differs=0.2), seed=5)
    odd = np.array([[np.nan] * 6, [np.inf, 0, 0, 0, 0, 99]])

    scores = fitted_scoring(trial).of(odd)

    assert np.isfinite(scores).all()


def test_same_trial_same_answer() -> None:
    trial = arms_of(Planted(customers=800), seed=6)

    first, again = targeting(trial, seed=1), targeting(trial, seed=1)

    assert (first.p_same, first.qini, first.groups) == (
        again.p_same,
        again.qini,
        again.groups,
    )


_SIZE = Feature("size", "number")
