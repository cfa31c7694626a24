"""Several priors averaged: strong effects stay, noise goes, errors stay honest."""

import numpy as np
import pytest

from banso.analytics.forecast.averaging import Varied, fit_averaged
from banso.analytics.forecast.ridge import Groups, Problem, fit_ridge

WIDTH = 30
ALL = np.arange(WIDTH + 1) > 0
LINES = Varied(ALL, ALL)


def problem(rows: int, seed: int, coefficients, *, copies: int = 1) -> Problem:
    random = np.random.default_rng(seed)
    own = random.normal(size=(rows, WIDTH))
    odds = -2.0 + own @ np.asarray(coefficients)
    outcome = random.random(rows) < 1 / (1 + np.exp(-odds))
    return Problem(
        np.repeat(np.column_stack([np.ones(rows), own]), copies, 0).astype(np.float32),
        np.zeros(rows * copies),
        np.repeat(outcome, copies).astype(float),
        np.ones(rows * copies),
        np.repeat(np.arange(rows), copies),
        Groups(np.r_[-1, np.zeros(WIDTH, np.intp)], np.zeros(1, np.intp)),
    )


def missed(coefficients, truth) -> float:
    return float(np.sum((coefficients[1:] - truth) ** 2))


def test_one_strong_effect_among_many_that_are_none_is_found_better():
    truth = np.zeros(WIDTH)
    truth[0] = 1.0
    ours, learned = [], []
    for seed in range(10):
        given = problem(700, seed, truth)
        ours.append(missed(fit_averaged(given, LINES).coefficients, truth))
        learned.append(missed(fit_ridge(given).coefficients, truth))

    assert np.mean(ours) < 0.7 * np.mean(learned)


def test_many_small_effects_are_found_about_as_well():
    truth = 0.15 * (-1.0) ** np.arange(WIDTH)
    ours, learned = [], []
    for seed in range(10):
        given = problem(700, seed, truth)
        ours.append(missed(fit_averaged(given, LINES).coefficients, truth))
        learned.append(missed(fit_ridge(given).coefficients, truth))

    assert np.mean(ours) < 1.1 * np.mean(learned)


def test_where_few_left_the_truth_is_within_the_errors():
    """Some 30 leavers: the learned prior is often nothing, by luck."""
    truth = 0.2 * (-1.0) ** np.arange(WIDTH)
    random = np.random.default_rng(9)
    looked_at = np.column_stack([np.ones(200), random.normal(size=(200, WIDTH))])
    inside = []
    for seed in range(20):
        fit = fit_averaged(problem(200, seed, truth), LINES)
        off = looked_at @ (fit.coefficients - np.r_[-2.0, truth])
        error = np.sqrt(np.sum((looked_at @ fit.covariance) * looked_at, axis=1))
        inside.append((np.abs(off) < 1.96 * error).mean())

    assert 0.85 <= np.mean(inside) <= 0.99


def test_rows_told_ten_times_tell_no_more():
    truth = np.r_[0.8, -0.4, np.zeros(WIDTH - 2)]

    once = fit_averaged(problem(900, 1, truth), LINES)
    often = fit_averaged(problem(900, 1, truth, copies=10), LINES)

    assert often.coefficients == pytest.approx(once.coefficients, abs=0.02)
    assert np.diag(often.covariance) == pytest.approx(np.diag(once.covariance), rel=0.1)


def test_what_is_no_feature_keeps_its_learned_prior():
    truth = np.zeros(WIDTH)
    nothing = np.zeros(WIDTH + 1, bool)
    given = problem(600, 2, truth)

    fit = fit_averaged(given, Varied(nothing, nothing))

    assert fit.coefficients == pytest.approx(fit_ridge(given).coefficients, abs=0.01)
