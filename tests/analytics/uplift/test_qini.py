"""The Qini curve and its coefficient."""

import numpy as np
import pytest

from banso.analytics.panel.landmarks import Feature
from banso.analytics.uplift.arms import Arms
from banso.analytics.uplift.qini import qini, qini_curve

# Eight customers in the order of their scores.
TREATED = np.array([1, 0, 1, 0, 1, 0, 1, 0], dtype=bool)
OUTCOME = np.array([1, 0, 1, 0, 0, 1, 0, 0], dtype=float)
SCORES = np.arange(8.0, 0.0, -1.0)


def arms(treated: np.ndarray, outcome: np.ndarray) -> Arms:
    values = np.zeros((len(treated), 1))
    return Arms(treated, outcome, values, (Feature("size", "number"),))


def test_curve_by_hand() -> None:
    curve = qini_curve(SCORES, arms(TREATED, OUTCOME))

    assert curve.shares == pytest.approx(np.arange(9) / 8)
    # Of 4 treated: 1, 1, 2, 2, 2, then 2 - 1 * 3/3, 2 - 1 * 4/3, 2 - 1 * 4/4.
    assert curve.gains == pytest.approx(
        np.array([0, 1, 1, 2, 2, 2, 1, 2 - 4 / 3, 1]) / 4
    )
    assert curve.area == pytest.approx(0.192708, abs=1e-6)


def test_coefficient_by_hand() -> None:
    found = qini(SCORES, arms(TREATED, OUTCOME))

    # The best order's points: (0, 0), (1/4, 1/2), (7/8, 1/2), (1, 1/4).
    assert found.coefficient.value == pytest.approx(0.192708 / 0.296875, abs=1e-5)


def test_ties_are_treated_together() -> None:
    curve = qini_curve(np.zeros(8), arms(TREATED, OUTCOME))

    assert curve.shares.tolist() == [0, 1]
    assert curve.area == pytest.approx(0)


@pytest.mark.parametrize(
    ("seed", "n", "expected", "points"),
    [
        (1, 500, 0.14536372109087092, 54),
        (2, 2000, 0.11243746064900018, 63),
        (3, 37, 0.1412780232604158, 29),
    ],
)
def test_coefficient_is_that_of_scikit_uplift(
    seed: int, n: int, expected: float, points: int
) -> None:
    """Figures of scikit-uplift 0.5.1: `qini_auc_score` and `qini_curve`."""
    random = np.random.default_rng(seed)
    treated = random.random(n) < 0.4
    scores = np.round(random.standard_normal(n), 1)
    happened = random.random(n) < np.clip(0.3 + treated * 0.1 * scores, 0, 1)
    trial = arms(treated, happened.astype(float))

    assert qini(scores, trial).coefficient.value == pytest.approx(expected, abs=1e-12)
    assert len(qini_curve(scores, trial).shares) == points


def test_interval_is_as_wide_as_the_figure_moves() -> None:
    found, widths = [], []
    for seed in range(300):
        random = np.random.default_rng(seed)
        scores = random.standard_normal(800)
        treated = random.random(800) < 0.4
        chance = 0.4 + 0.1 * treated * scores
        trial = arms(treated, (random.random(800) < chance).astype(float))
        area = qini(scores, trial).area
        assert area.value is not None
        assert area.low is not None
        assert area.high is not None
        found.append(area.value)
        widths.append((area.high - area.low) / (2 * 1.96))

    assert np.mean(widths) == pytest.approx(np.std(found), rel=0.12)


def test_amounts_have_an_area_but_no_coefficient() -> None:
    found = qini(SCORES, arms(TREATED, 12.5 * OUTCOME))

    assert found.area.value == pytest.approx(12.5 * 0.192708, abs=1e-5)
    assert found.coefficient.reason == "not_a_share"


def test_an_arm_without_customers_has_no_figure() -> None:
    found = qini(SCORES, arms(np.ones(8, dtype=bool), OUTCOME))

    assert found.area.reason == found.coefficient.reason == "too_few_customers"
