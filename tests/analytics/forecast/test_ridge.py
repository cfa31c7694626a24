"""The penalised logistic: its coefficients, its priors, its errors by customer."""

import numpy as np
import pytest

from banso.analytics.forecast.ridge import Groups, Problem, fit_ridge


def problem(rows: int, seed: int, coefficients, *, copies: int = 1) -> Problem:
    random = np.random.default_rng(seed)
    width = len(coefficients)
    own = random.normal(size=(rows, width))
    odds = -1.5 + own @ np.asarray(coefficients)
    outcome = random.random(rows) < 1 / (1 + np.exp(-odds))
    columns = np.repeat(np.column_stack([np.ones(rows), own]), copies, axis=0)
    return Problem(
        columns.astype(np.float32),
        np.zeros(rows * copies),
        np.repeat(outcome, copies).astype(float),
        np.ones(rows * copies),
        np.repeat(np.arange(rows), copies),
        Groups(np.arange(width + 1) - 1, np.zeros(width, np.intp)),
    )


def test_coefficients_are_found_where_there_is_much_data():
    fit = fit_ridge(problem(40_000, 0, [0.8, -0.4, 0.0]))

    assert fit.converged
    assert fit.coefficients == pytest.approx([-1.5, 0.8, -0.4, 0.0], abs=0.06)
    assert fit.overlap == pytest.approx(1.0, abs=0.1)


def test_rows_told_ten_times_tell_no_more():
    once = fit_ridge(problem(2_000, 1, [0.8, -0.4, 0.0]))
    often = fit_ridge(problem(2_000, 1, [0.8, -0.4, 0.0], copies=10))

    assert often.overlap == pytest.approx(10 * once.overlap, rel=0.05)
    assert often.coefficients == pytest.approx(once.coefficients, abs=0.01)
    errors = [np.sqrt(np.diag(fit.covariance)) for fit in (once, often)]
    assert errors[1] == pytest.approx(errors[0], rel=0.05)


def test_coefficients_are_within_two_errors_as_often_as_they_should():
    truth = np.r_[-1.5, np.random.default_rng(3).normal(size=8) * 0.3]
    inside = []
    for seed in range(40):
        fit = fit_ridge(problem(600, seed, truth[1:], copies=3))
        distance = np.abs(fit.coefficients - truth) / np.sqrt(np.diag(fit.covariance))
        inside.append((distance < 1.96).mean())

    assert 0.92 <= np.mean(inside) <= 0.98


def test_noise_is_pulled_to_nothing():
    sizes = []
    for seed in range(10):
        fit = fit_ridge(problem(800, seed, np.zeros(12)))
        sizes.append(np.abs(fit.coefficients[1:]).mean())

    assert np.mean(sizes) < 0.05  # unpenalised they would be about 0.08


def test_a_column_that_is_never_set_stays_at_nothing():
    given = problem(500, 0, [0.5, 0.0])
    columns = given.columns.copy()
    columns[:, 2] = 0

    fit = fit_ridge(
        Problem(
            columns,
            given.offset,
            given.outcome,
            given.weight,
            given.customer,
            given.groups,
        )
    )

    assert fit.coefficients[2] == 0
    assert np.isfinite(fit.covariance).all()


def test_columns_that_repeat_the_first_one_leave_no_nonsense_behind():
    """Rounding once left a variance below 0, and told an endless strength of it."""
    rows, copies = 3000, 20
    random = np.random.default_rng(1)
    random.normal(size=(rows, 4))
    halves = np.eye(2)[np.arange(rows) % 2]
    outcome = random.random(rows) < 0.02
    same = np.ones((rows, 1))
    columns = [same, halves, 1 - halves, 50 * same, 50 * same, np.zeros((rows, 4))]
    given = np.repeat(np.hstack(columns), copies, axis=0).astype(np.float32)
    width = given.shape[1]

    with np.errstate(over="raise", divide="raise", invalid="raise"):
        fit = fit_ridge(
            Problem(
                given,
                np.zeros(len(given)),
                np.repeat(outcome, copies).astype(float),
                np.ones(len(given)),
                np.repeat(np.arange(rows), copies),
                Groups(np.arange(width) - 1, np.zeros(width - 1, np.intp)),
            )
        )

    odds = given[:: copies * 2] @ fit.coefficients
    assert 1 / (1 + np.exp(-odds.mean())) == pytest.approx(outcome.mean(), rel=0.2)
