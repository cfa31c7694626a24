"""The logistic regression agrees with scikit-learn, and its bounds hold."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from banso.analytics.judgement.logistic_fit import Penalty, logistic_fit


def example(seed: int = 0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    columns = rng.normal(0, 1, (800, 4))
    chance = 1 / (1 + np.exp(2 - columns @ [1.0, 0.5, 0.0, -0.8]))
    return columns, rng.random(800) < chance, rng.integers(1, 4, 800).astype(float)


def test_a_ridge_gives_what_scikit_learn_gives() -> None:
    columns, labels, weights = example()

    fit = logistic_fit(columns, labels, weights=weights, penalty=Penalty(ridge=2.0))

    other = LogisticRegression(C=0.5, tol=1e-10, max_iter=1000)
    other.fit(columns, labels, sample_weight=weights)
    assert fit.weights == pytest.approx(other.coef_[0], abs=1e-5)
    assert fit.intercept == pytest.approx(other.intercept_[0], abs=1e-5)


def test_a_lasso_gives_what_scikit_learn_gives() -> None:
    columns, labels, weights = example()

    fit = logistic_fit(columns, labels, weights=weights, penalty=Penalty(lasso=60.0))

    other = LogisticRegression(
        C=1 / 60, l1_ratio=1, solver="saga", tol=1e-9, max_iter=20_000
    )
    other.fit(columns, labels, sample_weight=weights)
    assert fit.weights == pytest.approx(other.coef_[0], abs=1e-3)


def test_a_weight_that_must_not_be_negative_is_0() -> None:
    columns, labels, weights = example()

    fit = logistic_fit(
        columns, labels, weights=weights, penalty=Penalty(is_nonnegative=True)
    )

    without = logistic_fit(columns[:, :3], labels, weights=weights, penalty=Penalty())
    assert fit.weights[3] == 0
    assert fit.weights[:3] == pytest.approx(np.maximum(without.weights, 0), abs=0.02)


def test_of_two_equal_columns_the_first_gets_the_weight() -> None:
    columns, labels, weights = example()
    twice = np.c_[columns[:, :1], columns[:, :1]]

    fit = logistic_fit(twice, labels, weights=weights, penalty=Penalty(lasso=5.0))

    assert fit.weights[0] > 0.5
    assert fit.weights[1] == pytest.approx(0, abs=1e-6)


def test_perfectly_separated_outcomes_end_without_a_warning() -> None:
    column = np.arange(100.0)[:, None]

    fit = logistic_fit(
        column, column[:, 0] > 50, weights=np.ones(100), penalty=Penalty(ridge=1e-3)
    )

    assert np.isfinite(fit.weights).all()
    assert (fit.probabilities(column) > 0.5).tolist() == (column[:, 0] > 50).tolist()
