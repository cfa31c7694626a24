"""Trees as arrays: equal to scikit-learn's, explained by Shapley's definition."""

from itertools import combinations
from math import factorial

import numpy as np
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier

from banso.analytics.forecast.boosting import trees_of
from banso.analytics.forecast.trees import NO_TREES, Trees

ROWS, COLUMNS = 20_000, 6


@pytest.fixture(scope="module")
def fitted():
    random = np.random.default_rng(0)
    codes = random.choice([0.0, 2.0, 3.0, 5.0], ROWS)
    values = np.column_stack([codes, random.normal(size=(ROWS, COLUMNS - 1))])
    values[random.random(values.shape) < 0.1] = np.nan
    both = np.nan_to_num(values[:, 1] * values[:, 2])
    outcome = both + 2 * (codes == 3) + random.normal(size=ROWS) > 1
    machine = HistGradientBoostingClassifier(
        max_iter=40,
        max_leaf_nodes=16,
        categorical_features=np.arange(COLUMNS) < 1,
        early_stopping=False,
    )
    machine.fit(values, outcome)
    return machine, trees_of(machine, categories=1, count=40), values


def test_predictions_equal_scikit_learn_to_the_last_bit(fitted):
    machine, trees, values = fitted

    assert (trees.predict(values) == machine.decision_function(values)).all()


def test_versions_of_the_last_columns_are_predicted_as_rows_of_their_own(fitted):
    _, trees, values = fitted
    others = [values[:, 4:], -values[:, 4:], np.full_like(values[:, 4:], np.nan)]

    found = trees.predict_each(values[:, :4], others)

    for version, last in enumerate(others):
        rows = np.hstack([values[:, :4], last])
        assert (found[:, version] == trees.predict(rows)).all()


def test_fewer_trees_are_the_first_ones(fitted):
    machine, _, values = fitted

    few = trees_of(machine, categories=1, count=3).predict(values[:50])

    staged = next(
        stage
        for at, stage in enumerate(machine.staged_decision_function(values[:50]))
        if at == 2
    )
    assert (few == staged).all()


def test_some_of_the_trees_add_up_with_the_others(fitted):
    _, trees, values = fitted
    rows, usual = values[:50], np.roll(values[:50], 1, axis=0)
    late = trees.reads_columns_from(5)

    apart = [trees.only(chosen) for chosen in (late, ~late)]

    assert 0 < len(apart[0]) < len(trees)
    assert not apart[1].reads_columns_from(5).any()
    parts = [some.contributions(rows, usual) for some in apart]
    assert sum(parts) == pytest.approx(trees.contributions(rows, usual))


def test_contributions_are_shapley_values(fitted):
    _, trees, values = fitted
    rows, usual = values[:5], np.zeros((5, COLUMNS))

    found = trees.contributions(rows, usual)

    for row in range(5):
        expected = _shapley(trees, rows[row], usual[row])
        assert found[row] == pytest.approx(expected, abs=1e-12)


def test_contributions_add_up(fitted):
    _, trees, values = fitted
    usual = np.tile(values[7], (len(values[:500]), 1))

    found = trees.contributions(values[:500], usual).sum(axis=1)

    difference = trees.predict(values[:500]) - trees.predict(usual)
    assert found == pytest.approx(difference, abs=1e-10)


def test_no_trees_predict_nothing():
    assert (NO_TREES.predict(np.ones((3, 2))) == 0).all()
    assert (NO_TREES.contributions(np.ones((3, 2)), np.zeros((3, 2))) == 0).all()


def _shapley(trees: Trees, row, usual):
    everything = range(COLUMNS)
    coalitions = [
        frozenset(taken)
        for size in range(COLUMNS + 1)
        for taken in combinations(everything, size)
    ]
    own = np.array([[at in taken for at in everything] for taken in coalitions])
    predicted = trees.predict(np.where(own, row, usual)).tolist()
    worth = dict(zip(coalitions, predicted, strict=True))
    values = np.zeros(COLUMNS)
    for column in everything:
        for taken in coalitions:
            if column not in taken:
                size = len(taken)
                share = factorial(size) * factorial(COLUMNS - 1 - size)
                gain = worth[taken | {column}] - worth[taken]
                values[column] += share / factorial(COLUMNS) * gain
    return values
