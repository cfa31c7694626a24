"""What an order goes by, against a scoring whose parts are known by hand."""

from dataclasses import dataclass, replace

import numpy as np
import pytest
from numpy.typing import NDArray
from simulated_trials import Planted, arms_of

from banso.analytics.panel.landmarks import Feature
from banso.analytics.uplift.arms import Arms
from banso.analytics.uplift.ordering import ordered_by
from banso.analytics.uplift.scoring import Scoring, fitted_scoring


class _AsIs:
    """Reads values as they are; unknown counts as 0."""

    def transform(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.nan_to_num(values, nan=0.0)


@dataclass(frozen=True)
class _Weights:
    weights: tuple[float, ...]

    def predict(self, columns: NDArray[np.float64]) -> NDArray[np.float64]:
        return columns @ np.array(self.weights)


def test_shares_and_differences_by_hand() -> None:
    """Two independent columns of ±1, score 0.3 a − 0.1 b: shares 0.9 and 0.1.

    The upper half of a has parts of 0.3, the lower of −0.3: 0.6 apart; b −0.2.
    """
    a, b = np.repeat([-1.0, 1.0], 20), np.tile([-1.0, 1.0], 20)
    arms = Arms(
        treated=np.tile([True, True, False, False], 10),
        outcome=np.zeros(40),
        values=np.column_stack([b, a]),
        features=(Feature("b", "number"), Feature("a", "number")),
    )

    found = ordered_by(arms, Scoring(_AsIs(), _Weights((-0.1, 0.3))))

    assert [each.feature for each in found] == ["a", "b"]
    assert [each.share for each in found] == pytest.approx([0.9, 0.1])
    assert [each.difference for each in found] == pytest.approx([0.6, -0.2])


def test_scores_that_are_the_same_for_all_go_by_nothing() -> None:
    arms = arms_of(Planted(customers=40), seed=1)

    assert ordered_by(arms, Scoring(_AsIs(), _Weights((0.0,) * 6))) == ()


def test_planted_number_is_named_first() -> None:
    arms = arms_of(Planted(customers=4000, differs=0.15), seed=2)

    found = ordered_by(arms, fitted_scoring(arms))

    assert found[0].feature == "number_2"
    assert found[0].share > 0.7
    assert found[0].difference > 0
    assert len(found) <= 3


def test_level_that_gains_is_named() -> None:
    arms = arms_of(Planted(customers=4000), seed=2)
    code = arms.values[:, -1]
    random = np.random.default_rng(5)
    stays = 0.4 + 0.3 * arms.treated * (code == 1)
    outcome = (random.random(len(arms)) < stays).astype(float)

    (first, *_) = ordered_by(arms, fitted_scoring(replace(arms, outcome=outcome)))

    assert (first.feature, first.level) == ("plan", "b")
    assert first.difference > 0.1
