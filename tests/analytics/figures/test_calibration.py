"""Whether probabilities mean what they say: against scikit-learn and by hand."""

import numpy as np
import pytest
from sklearn import metrics
from sklearn.linear_model import LogisticRegression

from banso.analytics.figures.calibration import (
    brier,
    calibration,
    log_loss,
    log_loss_difference,
)


def _forecasts(seed, *, n=2000, stretch=1.0, shift=0.0):
    """Return probabilities and labels drawn from them, then stretched and shifted."""
    rng = np.random.default_rng(seed)
    odds = rng.normal(-1, 1, n)
    labels = rng.random(n) < 1 / (1 + np.exp(-odds))
    return 1 / (1 + np.exp(-(odds * stretch + shift))), labels


def test_the_example_of_the_page_is_right() -> None:
    # docs/definitions/calibration.md
    probabilities = np.repeat([0.1, 0.4], [20, 20])
    labels = np.r_[np.repeat([1, 0], [4, 16]), np.repeat([1, 0], [6, 14])]

    found = calibration(probabilities, labels, bins=2)

    low, high = found.bins
    assert (low.n, low.predicted, low.observed) == (20, pytest.approx(0.1), 0.2)
    assert (high.n, high.predicted, high.observed) == (20, pytest.approx(0.4), 0.3)
    assert found.error == pytest.approx(0.1)
    assert brier(probabilities, labels).value == pytest.approx(0.195)
    assert (round(low.low, 3), round(low.high, 3)) == (0.081, 0.416)


def test_true_probabilities_are_calibrated() -> None:
    probabilities, labels = _forecasts(1, n=20_000)

    found = calibration(probabilities, labels)

    assert found.error < 0.02
    assert found.slope_low < 1 < found.slope_high
    assert found.intercept == pytest.approx(0, abs=0.06)
    assert len(found.bins) == 10
    assert {bin_.n for bin_ in found.bins} == {2000}
    assert sum(bin_.low <= bin_.predicted <= bin_.high for bin_ in found.bins) >= 8


def test_too_extreme_probabilities_have_a_slope_below_1() -> None:
    found = calibration(*_forecasts(2, stretch=2))

    assert found.slope == pytest.approx(0.5, abs=0.08)
    assert found.slope_high < 0.7


def test_too_high_probabilities_have_an_intercept_below_0() -> None:
    found = calibration(*_forecasts(3, shift=1))

    assert found.intercept == pytest.approx(-1, abs=0.15)


def test_slope_and_losses_are_those_of_scikit_learn() -> None:
    probabilities, labels = _forecasts(4, stretch=1.4)
    weights = np.random.default_rng(4).uniform(0.5, 2, len(labels))
    odds = np.log(probabilities / (1 - probabilities))[:, None]
    model = LogisticRegression(C=np.inf, tol=1e-10, max_iter=1000)
    model.fit(odds, labels, sample_weight=weights)

    found = calibration(probabilities, labels, weights=weights)

    assert found.slope == pytest.approx(model.coef_[0, 0], rel=1e-5)
    assert brier(probabilities, labels, weights=weights).value == pytest.approx(
        metrics.brier_score_loss(labels, probabilities, sample_weight=weights)
    )
    assert log_loss(probabilities, labels, weights=weights).value == pytest.approx(
        metrics.log_loss(labels, probabilities, sample_weight=weights)
    )


def test_certainty_that_is_wrong_costs_much_but_not_infinitely() -> None:
    probabilities = np.repeat([0.0, 1.0], 20)
    labels = np.repeat([0, 1], 20)
    labels[[0, 20]] = 1, 0

    found = log_loss(probabilities, labels)

    assert found.value == pytest.approx(2 * 36.04 / 40, abs=1e-3)
    assert calibration(probabilities, labels).slope == pytest.approx(0.08, abs=0.01)


def test_repeated_rows_of_a_customer_change_nothing() -> None:
    probabilities, labels = _forecasts(5, n=300)
    customer = np.arange(300)
    again = [np.repeat(one, 5) for one in (probabilities, labels, customer)]

    once = calibration(probabilities, labels, clusters=customer)
    often = calibration(again[0], again[1], clusters=again[2])

    assert often.n == once.n == 300
    assert often.error == pytest.approx(once.error)
    assert (often.slope_low, often.slope_high) == pytest.approx(
        (once.slope_low, once.slope_high)
    )
    for few, many in zip(once.bins, often.bins, strict=True):
        assert (many.low, many.high) == pytest.approx((few.low, few.high))
    losses = brier(probabilities, labels), brier(*again[:2], clusters=again[2])
    assert losses[0].low == pytest.approx(losses[1].low)
    assert losses[0].high == pytest.approx(losses[1].high)


def test_nineteen_of_twenty_intervals_of_a_loss_hold_the_truth() -> None:
    truth = brier(*_forecasts(0, n=400_000)).value
    held = 0
    for seed in range(1, 301):
        found = brier(*_forecasts(seed, n=200))
        held += found.low <= truth <= found.high

    assert 0.91 <= held / 300 <= 0.98


def test_a_bin_of_one_customer_has_the_interval_of_one() -> None:
    probabilities = np.repeat([0.1, 0.9], 30)
    labels = np.tile([0, 0, 1], 20)
    customer = np.r_[np.arange(30), np.full(30, 99)]

    _, last = calibration(probabilities, labels, bins=2, clusters=customer).bins

    assert last.high - last.low > 0.7


def test_equal_probabilities_are_one_bin() -> None:
    labels = np.arange(40) % 4 == 0

    found = calibration(np.full(40, 0.25), labels)

    (only,) = found.bins
    assert (only.n, only.observed, found.error) == (40, 0.25, 0.0)
    assert found.slope is None
    assert found.intercept == pytest.approx(0, abs=1e-9)


def test_probabilities_that_tell_all_labels_apart_have_no_slope() -> None:
    found = calibration(np.linspace(0.1, 0.9, 40), np.arange(40) >= 20)

    assert found.reason is None
    assert found.slope is None


@pytest.mark.parametrize(
    ("probabilities", "labels", "reason"),
    [
        (np.array([]), np.array([]), "too_few_customers"),
        (np.full(5, 0.4), np.array([0, 1, 0, 1, 1]), "too_few_customers"),
        (np.full(30, 0.4), np.ones(30), "one_class"),
        (np.full(30, 0.4), np.arange(30) < 2, "too_few_events"),
        (np.full(30, 1.4), np.arange(30) % 2, "not_probabilities"),
        (np.full(30, np.nan), np.arange(30) % 2, "mostly_missing"),
    ],
)
def test_what_cannot_be_judged_has_a_reason(probabilities, labels, reason) -> None:
    found = calibration(probabilities, labels)

    assert (found.reason, found.bins, found.error, found.slope) == (
        reason,
        (),
        None,
        None,
    )
    assert brier(probabilities, labels).reason == reason
    assert log_loss(probabilities, labels).reason == reason


def test_log_loss_difference_is_that_of_the_two_losses():
    random = np.random.default_rng(4)
    labels = random.random(300) < 0.3
    first, second = random.uniform(0.1, 0.6, 300), random.uniform(0.1, 0.6, 300)
    second[:20] = np.nan

    found = log_loss_difference(first, second, labels)

    ours, other = (log_loss(p[20:], labels[20:]).value for p in (first, second))
    assert ours is not None
    assert other is not None
    assert found.value == pytest.approx(ours - other)
    assert found.n == 280


def test_log_loss_difference_covers_the_truth_with_few_leavers():
    # Customers with a chance of their own on 6 dates; about 18 of 120 leave. Both
    # forecasts are wrong in the same measure, so that the true difference is 0.
    random = np.random.default_rng(7)
    inside = 0
    for _company in range(400):
        up = random.random(120) < 0.5
        labels = np.repeat(random.random(120) < 0.15, 6)
        customers = np.repeat(np.arange(120), 6)
        ours, other = (np.where(up, a, b) for a, b in ((0.15, 0.06), (0.06, 0.15)))
        found = log_loss_difference(
            np.repeat(ours, 6), np.repeat(other, 6), labels, clusters=customers
        )
        assert found.low is not None
        assert found.high is not None
        inside += found.low <= 0 <= found.high

    assert 0.93 <= inside / 400 <= 0.98
