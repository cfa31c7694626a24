"""Shares of customers: published intervals, exact tests, and what has no ratio."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from banso.analytics.figures.proportions import (
    clustered_proportion,
    difference_of_proportions,
    proportion,
    proportion_of_totals,
    ratio_of_proportions,
)


@pytest.mark.parametrize(
    ("events", "customers", "low", "high"),
    [  # Newcombe (1998), Stat Med 17:857, table I, method 3
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_a_share_has_the_published_interval(events, customers, low, high) -> None:
    found = proportion(events, customers)

    assert found.value == events / customers
    assert (found.n, found.events) == (customers, events)
    assert found.low == pytest.approx(low, abs=5e-5)
    assert found.high == pytest.approx(high, abs=5e-5)


@pytest.mark.parametrize(
    ("first", "other", "low", "high"),
    [  # Newcombe (1998), Stat Med 17:873, table II, method 10
        ((56, 70), (48, 80), 0.0524, 0.3339),
        ((9, 10), (3, 10), 0.1705, 0.8090),
        ((6, 7), (2, 7), 0.0582, 0.8062),
        ((5, 56), (0, 29), -0.0381, 0.1926),
        ((0, 10), (0, 20), -0.1611, 0.2775),
        ((10, 10), (0, 10), 0.6075, 1.0),
    ],
)
def test_a_difference_has_the_published_interval(first, other, low, high) -> None:
    found = difference_of_proportions(*first, *other)

    assert found.value == pytest.approx(first[0] / first[1] - other[0] / other[1])
    assert found.low == pytest.approx(low, abs=5e-5)
    assert found.high == pytest.approx(high, abs=5e-5)


def test_a_ratio_has_the_published_interval() -> None:
    # Aspirin and heart attacks: Agresti, An Introduction to Categorical Data
    # Analysis, 2.2 and 2.3.
    found = ratio_of_proportions(189, 11_034, 104, 11_037)

    assert found.value == pytest.approx(1.82, abs=0.005)
    assert found.low == pytest.approx(1.43, abs=0.005)
    assert found.high == pytest.approx(2.31, abs=0.005)
    assert found.p_value == pytest.approx(5.7e-7, rel=0.02)


@pytest.mark.parametrize(
    "table", [(3, 4, 1, 4), (1, 30, 9, 40), (0, 5, 4, 5), (2, 900, 0, 1100)]
)
def test_few_expected_events_are_tested_exactly(table) -> None:
    events, customers, other_events, other_customers = table

    found = difference_of_proportions(*table)

    exact = stats.fisher_exact(
        [
            [events, customers - events],
            [other_events, other_customers - other_events],
        ]
    )
    assert found.p_value == pytest.approx(exact.pvalue, rel=1e-9)


def test_many_expected_events_are_tested_by_chi_square() -> None:
    found = difference_of_proportions(56, 70, 48, 80)

    chi = stats.chi2_contingency([[56, 14], [48, 32]], correction=False)
    assert found.p_value == pytest.approx(chi.pvalue, rel=1e-9)


def test_an_empty_group_has_a_reason() -> None:
    assert proportion(0, 0).reason == "too_few_customers"
    assert difference_of_proportions(0, 0, 1, 9).reason == "too_few_customers"
    assert ratio_of_proportions(1, 9, 0, 0).reason == "too_few_customers"
    assert clustered_proportion(np.ones(3), np.ones(3)).reason == "too_few_customers"


def test_a_ratio_needs_events_in_both_groups() -> None:
    assert ratio_of_proportions(3, 9, 0, 9).reason == "too_few_events"
    assert ratio_of_proportions(0, 9, 3, 9).reason == "too_few_events"
    assert ratio_of_proportions(9, 9, 9, 9).reason == "one_class"


def test_more_events_than_customers_is_a_bug() -> None:
    with pytest.raises(AssertionError):
        proportion(3, 2)


@settings(max_examples=60)
@given(st.integers(1, 500), st.integers(1, 500), st.data())
def test_swapping_the_groups_turns_the_difference_round(n1, n0, data) -> None:
    e1, e0 = data.draw(st.integers(0, n1)), data.draw(st.integers(0, n0))

    found = difference_of_proportions(e1, n1, e0, n0)
    turned = difference_of_proportions(e0, n0, e1, n1)

    assert -1 <= found.low <= found.value <= found.high <= 1
    assert found.value == pytest.approx(-turned.value)
    assert (found.low, found.high) == pytest.approx((-turned.high, -turned.low))
    assert found.p_value == pytest.approx(turned.p_value)


def test_rows_of_one_customer_count_as_one() -> None:
    labels = np.array([1, 0, 0, 1, 0, 0, 1, 0, 0, 0])

    alone = clustered_proportion(labels, np.arange(10))
    plain = proportion(3, 10)
    repeated = clustered_proportion(np.repeat(labels, 7), np.repeat(np.arange(10), 7))

    assert (alone.low, alone.high) == pytest.approx((plain.low, plain.high))
    assert repeated.value == pytest.approx(alone.value)
    assert (repeated.low, repeated.high) == pytest.approx((alone.low, alone.high))
    assert (repeated.n, repeated.events) == (10, 3)


def test_customers_alike_within_have_a_wider_interval() -> None:
    rng = np.random.default_rng(5)
    customers = np.repeat(np.arange(60), 10)
    leaves = np.repeat(rng.random(60) < 0.3, 10)

    found = clustered_proportion(leaves, customers)

    assert found.high - found.low > 2 * (
        proportion(int(leaves.sum()), 600).high - proportion(int(leaves.sum()), 600).low
    )
    everybody = clustered_proportion(np.ones(600), customers)
    assert (everybody.value, everybody.high) == (1, 1)
    assert everybody.low == proportion(60, 60).low


def test_sums_by_customer_say_the_same_as_rows() -> None:
    random = np.random.default_rng(7)
    customers = random.integers(0, 40, 500)
    labels = random.random(500) < 0.3
    weights = random.random(500)
    absent = np.zeros(3)  # three more, who have no row

    rows = clustered_proportion(labels, customers, weights=weights)
    sums = proportion_of_totals(
        np.append(np.bincount(customers, weights * labels), absent),
        np.append(np.bincount(customers, weights), absent),
    )

    assert (sums.n, sums.events) == (rows.n, rows.events)
    assert sums.value == pytest.approx(rows.value)
    assert (sums.low, sums.high) == pytest.approx((rows.low, rows.high))


def test_sums_of_one_customer_are_too_few() -> None:
    found = proportion_of_totals(np.array([1.0, 0.0]), np.array([2.0, 0.0]))

    assert (found.value, found.reason, found.n) == (None, "too_few_customers", 1)
