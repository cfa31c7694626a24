"""The adjusted difference, by hand and against a fit written out in full."""

import numpy as np
import pytest

from banso.analytics.trials.adjusting import adjusted_difference, plain_difference


def test_plain_difference_by_hand() -> None:
    """3 of 10 against 6 of 10: variances 2.1/9/10 and 2.4/9/10, together .05."""
    outcome = np.array([1] * 3 + [0] * 7 + [1] * 6 + [0] * 4, dtype=float)
    treated = np.arange(20) < 10

    found = plain_difference(outcome, treated)

    assert found is not None
    assert found.effect == pytest.approx(-0.3)
    assert found.error == pytest.approx(0.05**0.5)
    low, high = found.interval(0.95)  # t of 18 freedoms: 2.10092
    assert (low, high) == pytest.approx((-0.76977, 0.16977), abs=1e-4)


def test_too_few_or_all_alike_is_nothing() -> None:
    treated = np.arange(30) < 9

    assert plain_difference(np.arange(30.0), treated) is None
    assert plain_difference(np.ones(30), np.arange(30) < 15) is None


def test_adjusted_difference_is_lins_regression() -> None:
    """Both arms fitted on their own, and compared at the mean of all customers."""
    rng = np.random.default_rng(4)
    n = 200
    x = rng.normal(size=n)
    treated = rng.permutation(np.arange(n) < 80)
    outcome = 2 * x + treated * (0.5 + 0.3 * x) + rng.normal(size=n)

    found = adjusted_difference(outcome, treated, x[:, None])
    plain = plain_difference(outcome, treated)

    at_mean = {}
    for arm in (True, False):
        mine = treated == arm
        slope, start = np.polyfit(x[mine], outcome[mine], 1)
        at_mean[arm] = start + slope * x.mean()
    assert found is not None
    assert plain is not None
    assert found.effect == pytest.approx(at_mean[True] - at_mean[False])
    assert found.error < 0.7 * plain.error
    assert found.variance_saved == pytest.approx(1 - (found.error / plain.error) ** 2)


def test_covariates_that_say_nothing_new_or_are_too_many_are_left_out() -> None:
    rng = np.random.default_rng(5)
    n = 60
    x = rng.normal(size=n)
    treated = np.arange(n) % 2 == 0
    outcome = x + rng.normal(size=n)
    junk = np.column_stack([x, 2 * x + 1, np.full(n, 3.0), np.full(n, np.nan)])

    alone = adjusted_difference(outcome, treated, x[:, None])
    beside = adjusted_difference(outcome, treated, junk)
    few_events = adjusted_difference((np.arange(n) < 4) * 1.0, treated, x[:, None])

    assert beside == alone
    assert few_events == plain_difference((np.arange(n) < 4) * 1.0, treated)


def test_unknown_covariates_get_the_mean() -> None:
    rng = np.random.default_rng(6)
    x = rng.normal(size=100)
    treated = np.arange(100) % 2 == 0
    outcome = x + rng.normal(size=100)
    gaps = np.where(np.arange(100) < 20, np.nan, x)
    filled = np.where(np.isnan(gaps), np.nanmean(gaps), gaps)

    found = adjusted_difference(outcome, treated, gaps[:, None])
    same = adjusted_difference(outcome, treated, filled[:, None])

    assert found is not None
    assert same is not None
    assert found.effect == pytest.approx(same.effect)
