"""The case of docs/definitions/effects.md, and each reason to give no figure."""

import numpy as np
import pytest
from numpy.typing import NDArray

from banso.analytics.drivers.standardising import Covariates
from banso.analytics.effects.balance import balance_of
from banso.analytics.effects.episodes import Episodes
from banso.analytics.effects.estimating import PlayEffect, Seen, play_effect
from banso.analytics.effects.sensitivity import e_value, e_value_of_interval
from banso.analytics.effects.sentences import estimate_in_words
from banso.analytics.effects.weighing import weights_of_others

# touch, with the play, customers, of whom leave
HIGH_WITH = ("high", True, 120, 24)
LOW_WITH = ("low", True, 60, 6)
HIGH_WITHOUT = ("high", False, 60, 24)
LOW_WITHOUT = ("low", False, 240, 48)
BY_HAND = (HIGH_WITH, LOW_WITH, HIGH_WITHOUT, LOW_WITHOUT)
Group = tuple[str, bool, int, int]
Floats = NDArray[np.float64]


def episodes(treated: NDArray[np.bool_]) -> Episodes:
    """Return a row for each customer, all in the first week."""
    count = len(treated)
    nothing = np.zeros(count, dtype=np.intp)
    return Episodes(
        firing=np.arange(count),
        lag=nothing,
        customer=np.arange(count),
        known_on=nothing.astype(np.int32),
        follows=nothing.astype(np.int32) + 7,
        treated=treated,
        begins_later=np.zeros(count, dtype=bool),
        begins_late=np.zeros(count, dtype=bool),
    )


def found(groups: tuple[Group, ...], *, placebo: float | None = 0.0) -> PlayEffect:
    """Return the estimate; `placebo` is by how much those with the play differed."""
    high = np.concatenate([[g[0] == "high"] * g[2] for g in groups]).astype(float)
    treated = np.concatenate([[g[1]] * g[2] for g in groups])
    left = np.concatenate([np.arange(g[2]) < g[3] for g in groups]).astype(float)
    # Rows of a group are dealt, so that a group left out is like the whole.
    order = np.random.default_rng(1).permutation(len(left))
    earlier = np.full((len(left), 1), np.nan)
    if placebo is not None:
        noise = np.random.default_rng(2).normal(size=len(left))
        earlier = (noise + placebo * treated)[:, None]
    seen = Seen(
        left[order],
        Covariates(high[order, None], ("touch",), frozenset({"touch"})),
        earlier[order],
        ("score",),
    )
    return play_effect(episodes(treated[order]), seen, is_good=False)


def test_the_case_by_hand() -> None:
    result = found(BY_HAND)

    assert result.verdict == "seems_to_help"
    assert result.naive == pytest.approx(30 / 180 - 72 / 300)  # −7.3 points
    assert result.treated == pytest.approx(30 / 180)
    assert result.others == pytest.approx((120 * 0.4 + 60 * 0.2) / 180, abs=0.003)
    assert result.effect == pytest.approx(-1 / 6, abs=0.003)
    assert result.e_value == pytest.approx(2 + 2**0.5, abs=0.06)
    assert result.low is not None
    assert result.high is not None
    # By the formula of stratified shares ±10.1 points; groups of customers say more.
    assert result.low == pytest.approx(-1 / 6 - 0.101, abs=0.02)
    assert result.high == pytest.approx(-1 / 6 + 0.101, abs=0.02)
    assert (result.counts.customers_treated, result.counts.customers_others) == (
        180,
        300,
    )


def test_the_balance_of_the_case_by_hand() -> None:
    (balance,) = found(BY_HAND).balance

    # (2/3 − 1/5) ÷ √((2/3·1/3 + 1/5·4/5) ÷ 2); levels are told by the larger one
    assert abs(balance.difference_before) == pytest.approx(1.0675, abs=0.0005)
    assert abs(balance.difference_after) < 0.03


def test_a_number_has_its_means_and_an_unknown_one_counts_as_a_difference() -> None:
    values = np.array([1.0, 3.0, 1.0, 1.0, 3.0, np.nan])
    treated = np.array([True, True, False, False, False, False])

    (told,) = balance_of(
        Covariates(values[:, None], ("score",), frozenset()),
        treated,
        ~treated,
        np.array([0.0, 0.0, 1.0, 1.0, 2.0, 1.0]),
    )

    assert (told.treated, told.before, told.after) == (2.0, pytest.approx(5 / 3), 2.0)
    # unknown: 0 of 2 against 1 of 4, weighted 1 of 5; deviation √(3/16 ÷ 2)
    assert told.difference_after == pytest.approx(-0.2 / (3 / 32) ** 0.5)
    assert told.difference_before == pytest.approx(-0.25 / (3 / 32) ** 0.5)


def test_who_got_the_play_later_weighs_nothing_and_others_stand_for_them() -> None:
    """Chances of .2 and .5: one over what no later week brought, by the odds."""
    rows = episodes(np.array([False, False, False, False, True]))
    rows = Episodes(
        firing=np.array([0, 0, 1, 2, 2]),
        lag=np.array([0, 1, 0, 0, 1]),
        customer=rows.customer,
        known_on=rows.known_on,
        follows=rows.follows,
        treated=rows.treated,
        begins_later=np.array([False, False, False, True, False]),
        begins_late=rows.begins_late,
    )

    weights = weights_of_others(np.array([0.2, 0.5, 0.2, 0.2, 0.5]), rows)

    assert weights.tolist() == pytest.approx([0.25 / 0.5, 1.0, 0.25, 0.0, 0.0])


def test_too_few_are_no_estimate() -> None:
    few = found((("high", True, 29, 5), ("high", False, 200, 50)))
    no_events = found((("high", True, 100, 2), ("high", False, 200, 7)))

    assert (few.verdict, few.reason) == ("not_enough", "too_few_customers")
    assert (no_events.verdict, no_events.reason) == ("not_enough", "too_few_events")
    assert few.effect is few.naive is no_events.low is None


def test_a_difference_before_the_play_withholds_the_figure() -> None:
    result = found(BY_HAND, placebo=1.0)

    assert (result.verdict, result.reason) == ("not_credible", "placebo_failed")
    assert result.effect is result.low is result.ratio is None
    assert result.placebos[0].is_failed
    assert result.placebos[0].effect == pytest.approx(1.0, abs=0.3)


def test_without_anything_from_before_there_is_no_figure() -> None:
    result = found(BY_HAND, placebo=None)

    assert (result.verdict, result.reason) == ("not_credible", "no_placebo")


def test_those_whom_nobody_is_like_cannot_be_judged() -> None:
    result = found(
        (("high", True, 150, 30), ("low", True, 60, 6), ("low", False, 300, 60))
    )

    assert result.verdict == "not_credible"
    assert result.reason == "no_overlap"
    assert result.effect is None


def test_the_sentence_says_that_it_is_no_trial_and_never_that_it_is_proven() -> None:
    said = estimate_in_words(found(BY_HAND), outcome="churn", window_days=90)
    held = estimate_in_words(
        found(BY_HAND, placebo=1.0), outcome="churn", window_days=90
    )

    assert said.en.startswith("Estimate from history, not a trial. Within 90 days")
    assert "only a trial can tell" in said.en
    assert said.ja.startswith("履歴からの推定（試験ではない）：90日以内の解約率は")
    for each in (said, held):
        assert "proven" not in each.en.lower()
        assert "証明されました" not in each.ja
    assert "No figure is given" in held.en
    assert "%" not in held.en


def test_e_values_are_those_of_the_paper() -> None:
    assert e_value(3.9) == pytest.approx(7.26, abs=0.005)
    assert e_value(1 / 3.9) == pytest.approx(7.26, abs=0.005)
    assert e_value_of_interval(1.8, 8.7) == pytest.approx(3.0)
    assert e_value_of_interval(0.5, 1.1) == 1.0
