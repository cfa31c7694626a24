"""AUC and lift: against scikit-learn, the definition, a bootstrap and simulation."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

from banso.analytics.figures.ranking import auc, auc_difference, lift_at


def _customers(seed, *, n=200, slope=1.0, digits=1):
    """Return scores with ties, and labels that go with them."""
    rng = np.random.default_rng(seed)
    scores = np.round(rng.normal(size=n), digits)
    labels = rng.random(n) < 1 / (1 + np.exp(1 - slope * scores))
    return scores, labels


@pytest.mark.parametrize("seed", range(6))
def test_it_is_the_auc_of_scikit_learn(seed) -> None:
    scores, labels = _customers(seed)
    weights = np.random.default_rng(seed).uniform(0.5, 3, len(scores))

    assert auc(scores, labels).value == pytest.approx(roc_auc_score(labels, scores))
    assert auc(scores, labels, weights=weights).value == pytest.approx(
        roc_auc_score(labels, scores, sample_weight=weights)
    )


def test_the_example_of_the_page_is_right() -> None:
    # docs/definitions/auc.md, each customer five times to have enough of them
    scores, labels = np.array([8, 5, 5, 3, 1]), np.array([1, 1, 0, 0, 0])

    found = auc(np.tile(scores, 5), np.tile(labels, 5))

    assert found.value == pytest.approx(5.5 / 6)


def test_the_error_is_that_of_delong_by_definition() -> None:
    scores, labels = _customers(1, n=60)
    with_, without = scores[labels], scores[~labels]
    wins = (with_[:, None] > without) + 0.5 * (with_[:, None] == without)
    value = wins.mean()
    variance = wins.mean(axis=1).var(ddof=1) / len(with_)
    variance += wins.mean(axis=0).var(ddof=1) / len(without)

    found = auc(scores, labels)

    reach = 1.959964 * np.sqrt(variance) / (value * (1 - value))
    center = np.log(value / (1 - value))
    assert found.low == pytest.approx(1 / (1 + np.exp(reach - center)), abs=1e-6)
    assert found.high == pytest.approx(1 / (1 + np.exp(-reach - center)), abs=1e-6)


def test_the_error_is_that_of_a_bootstrap_of_customers() -> None:
    rng = np.random.default_rng(3)
    customer = np.repeat(np.arange(120), 5)
    trait = rng.normal(size=120)[customer]
    scores = trait + 0.3 * rng.normal(size=600)
    leaves = rng.random(120)[customer] < 1 / (1 + np.exp(1.5 - trait))
    labels = leaves & (rng.random(600) < 0.8)
    draws = []
    rows_of = np.arange(600).reshape(120, 5)
    for _ in range(1500):
        rows = rows_of[rng.integers(0, 120, 120)].ravel()
        draws.append(roc_auc_score(labels[rows], scores[rows]))

    found = auc(scores, labels, clusters=customer)
    naive = auc(scores, labels)

    assert found.value == pytest.approx(naive.value)
    width = 2 * 1.96 * np.std(draws)
    assert found.high - found.low == pytest.approx(width, rel=0.07)
    assert naive.high - naive.low < 0.7 * width
    assert found.n == 120


def test_repeated_rows_of_a_customer_change_nothing() -> None:
    scores, labels = _customers(4)
    customer = np.arange(len(scores))

    once = auc(scores, labels)
    often = auc(
        np.repeat(scores, 9), np.repeat(labels, 9), clusters=np.repeat(customer, 9)
    )

    assert (often.value, often.low, often.high) == pytest.approx(
        (once.value, once.low, once.high)
    )
    assert often.p_value == pytest.approx(once.p_value)


def test_nine_in_ten_and_more_intervals_hold_the_truth() -> None:
    # For normal scores one standard deviation apart it is Phi(1 / sqrt 2).
    hits, lifts = 0, 0
    rng = np.random.default_rng(8)
    big = rng.normal(size=400_000) + np.repeat([0, 0, 0, 1], 100_000)
    truth = lift_at(big, np.repeat([0, 0, 0, 1], 100_000)).value
    for _ in range(400):
        labels = np.repeat([0, 0, 0, 1], 40)
        scores = rng.normal(size=160) + labels
        found, lift = auc(scores, labels), lift_at(scores, labels)
        hits += found.low <= 0.7602 <= found.high
        lifts += lift.low <= truth <= lift.high

    assert 0.92 <= hits / 400 <= 0.98
    assert 0.92 <= lifts / 400 <= 0.99


def test_noise_is_a_finding_in_one_of_twenty() -> None:
    rng = np.random.default_rng(9)
    customer = np.repeat(np.arange(100), 6)
    found = 0
    for _ in range(400):
        trait = rng.normal(size=100)[customer]
        leaves = (rng.random(100) < 0.3)[customer]
        found += auc(trait, leaves, clusters=customer).p_value < 0.05

    assert 0.02 <= found / 400 <= 0.08


def test_a_perfect_score_still_has_an_interval() -> None:
    labels = np.repeat([0, 1], 10)

    found = auc(np.arange(20), labels)
    reversed_ = auc(-np.arange(20), labels)

    assert (found.value, found.high) == (1, 1)
    assert 0.75 < found.low < 0.9
    assert found.p_value < 1e-3
    assert (reversed_.value, reversed_.low) == (0, 0)
    assert reversed_.high == pytest.approx(1 - found.low)


def test_customers_who_rank_alike_have_no_error() -> None:
    customer = np.repeat(np.arange(20), 3)

    found = auc(np.tile([2, 1, 3], 20), np.tile([1, 0, 0], 20), clusters=customer)

    assert found.reason == "constant"


def test_a_better_score_is_told_from_a_worse_one() -> None:
    scores, labels = _customers(2, n=400, slope=2, digits=6)
    worse = scores + np.random.default_rng(6).normal(size=400) * 2

    found = auc_difference(scores, worse, labels)

    assert found.value == pytest.approx(
        roc_auc_score(labels, scores) - roc_auc_score(labels, worse)
    )
    assert 0 < found.low < found.value < found.high
    assert found.p_value < 0.001


def test_a_score_is_no_better_than_itself() -> None:
    scores, labels = _customers(2)

    found = auc_difference(scores, scores, labels)

    assert (found.value, found.low, found.high, found.p_value) == (0, 0, 0, 1)


def test_a_difference_takes_the_rows_that_have_both_scores() -> None:
    scores, labels = _customers(2)
    other = np.where(np.arange(200) % 4 == 0, np.nan, -scores)
    some = ~np.isnan(other)

    found = auc_difference(scores, other, labels, weights=np.ones(200))

    assert found.n == 150
    assert found.value == pytest.approx(
        2 * roc_auc_score(labels[some], scores[some]) - 1
    )


def test_scores_that_rank_without_doubt_but_not_alike_have_no_error() -> None:
    labels = np.repeat([0, 1], 10)

    found = auc_difference(np.arange(20), -np.arange(20), labels)

    assert (found.value, found.reason) == (None, "separated")


def test_lift_counts_the_top_rows() -> None:
    scores = np.arange(100)
    labels = np.isin(np.arange(100), [99, 98, 97, 96, 95, 94, 50, 40, 30, 20])

    found = lift_at(scores, labels)

    assert found.value == pytest.approx(6.0)  # 6 of the top 10, 10 of all 100
    assert 1 < found.low < 6 < found.high < 10
    assert found.p_value < 0.01


def test_rows_that_tie_at_the_limit_count_in_part() -> None:
    scores = np.repeat([1, 0], [20, 80])
    labels = np.r_[np.repeat([1, 0], [10, 10]), np.repeat([1, 0], [10, 70])]

    found = lift_at(scores, labels)

    assert found.value == pytest.approx(0.5 / 0.2)


def test_a_top_without_events_has_a_lift_of_0_and_an_upper_limit() -> None:
    labels = np.repeat([1, 0], [50, 50])

    found = lift_at(np.arange(100), labels)

    assert (found.value, found.low) == (0, 0)
    assert 0 < found.high < 1


def test_weights_count_as_rows() -> None:
    scores, labels = _customers(7)
    weights = np.random.default_rng(1).integers(1, 4, 200)

    weighed = lift_at(scores, labels, weights=weights)
    repeated = lift_at(
        np.repeat(scores, weights),
        np.repeat(labels, weights),
        clusters=np.repeat(np.arange(200), weights),
    )

    assert weighed.value == pytest.approx(repeated.value)


BAD = {
    "no rows": (np.array([]), np.array([]), "too_few_customers"),
    "five customers": (np.arange(5.0), np.array([0, 1, 0, 1, 1]), "too_few_customers"),
    "one class": (np.arange(30.0), np.zeros(30), "one_class"),
    "few events": (np.arange(30.0), np.arange(30) < 3, "too_few_events"),
    "few without": (np.arange(30.0), np.arange(30) > 3, "too_few_events"),
    "constant": (np.ones(30), np.arange(30) % 2, "constant"),
    "90 % missing": (
        np.where(np.arange(300) % 10 == 0, np.arange(300.0), np.nan),
        np.arange(300) % 20 == 0,
        "mostly_missing",
    ),
    "all missing": (np.full(30, np.nan), np.arange(30) % 2, "mostly_missing"),
}


@pytest.mark.parametrize("case", BAD)
@pytest.mark.parametrize("figure", [auc, lift_at])
def test_what_cannot_be_ranked_has_a_reason(figure, case) -> None:
    scores, labels, reason = BAD[case]

    found = figure(scores, labels)

    assert found.reason == reason
    assert (found.value, found.low, found.high, found.p_value) == (None,) * 4
    assert auc_difference(scores, scores, labels).reason == reason


def test_five_customers_with_many_rows_are_five_customers() -> None:
    scores, labels = _customers(1)

    assert auc(scores, labels, clusters=np.arange(200) % 5).reason == (
        "too_few_customers"
    )


@settings(max_examples=50)
@given(st.integers(0, 10**6), st.integers(20, 120))
def test_only_the_order_of_the_scores_matters(seed, n) -> None:
    scores, labels = _customers(seed, n=n)

    found = auc(scores, labels)
    stretched = auc(np.exp(scores) * 7, labels)
    turned = auc(-scores, labels)

    assert found.reason == stretched.reason == turned.reason
    if found.reason is None:
        assert found.value == pytest.approx(stretched.value)
        assert found.value == pytest.approx(1 - turned.value)
        assert (found.low, found.high) == pytest.approx(
            (1 - turned.high, 1 - turned.low)
        )
        assert 0 <= found.low <= found.value <= found.high <= 1
