import itertools
import math

import numpy as np
import pytest
from scipy import stats

from banso.analytics.drivers.comparison import compare, distance, pair_share, surplus
from banso.analytics.drivers.matching import Matched
from banso.analytics.drivers.scores import feature_scores
from banso.analytics.panel.landmarks import Feature

NUMBER = Feature("logins", "number")


def one_stratum(left: np.ndarray) -> Matched:
    n = len(left)
    zeros = np.zeros(n, dtype=np.intp)
    return Matched(
        rows=np.arange(n),
        left=left,
        date=zeros,
        stratum=zeros,
        band=zeros,
        half=zeros,
        cluster=np.arange(n),
        window_days=84,
    )


def test_surplus_has_the_moments_of_all_choices_of_leavers() -> None:
    values = np.array([0.0, 1.0, 1.0, 2.0, 5.0, 9.0, 10.0])
    columns = (values - values.mean())[:, None]
    sums = np.array(
        [
            columns[list(chosen), 0].sum()
            for chosen in itertools.combinations(range(7), 2)
        ]
    )

    found = surplus(columns, np.arange(7) < 2, np.zeros(7, dtype=np.intp))

    assert found.total[0] == pytest.approx(columns[:2, 0].sum())
    assert found.variance[0, 0] == pytest.approx((sums**2).mean())
    assert found.third == pytest.approx((sums**3).mean())
    assert found.weight == pytest.approx(2 * 5 / 7)


def test_p_value_is_close_to_that_of_random_choices_even_when_lopsided() -> None:
    random = np.random.default_rng(1)
    values = np.exp(random.standard_normal(120))
    columns = (values - values.mean())[:, None]
    left = np.zeros(120, dtype=bool)
    left[np.argsort(values)[[3, 50, 70, 80, 100, 105, 110, 114, 116, 117]]] = True
    sums = np.array(
        [random.permutation(columns[:, 0])[:10].sum() for _ in range(20_000)]
    )
    total = columns[left, 0].sum()
    expected = 2 * min((sums >= total).mean(), (sums <= total).mean())

    p = surplus(columns, left, np.zeros(120, dtype=np.intp)).p_value

    assert p == pytest.approx(expected, rel=0.25)


def test_p_value_of_a_rare_mark_is_near_the_exact_one() -> None:
    values = (np.arange(400) < 8).astype(float)
    for marked in (2, 3, 4):
        left = np.zeros(400, dtype=bool)
        left[:marked] = left[100 : 140 - marked] = True
        exact = stats.hypergeom.sf(marked - 1, 400, 8, 40)

        scores = feature_scores(NUMBER, values, one_stratum(left))
        zeros = np.zeros(400, dtype=np.intp)
        p = surplus(scores.columns, left, zeros, step=scores.step).p_value

        assert exact < p < exact * 4


def test_auc_is_that_of_mann_and_whitney() -> None:
    random = np.random.default_rng(2)
    values = random.integers(0, 6, 90).astype(float)
    left = random.random(90) < 0.4
    rows = one_stratum(left)
    pairs = stats.mannwhitneyu(values[~left], values[left]).statistic

    found = compare(feature_scores(NUMBER, values, rows))

    assert found.auc == pytest.approx(pairs / (left.sum() * (~left).sum()))
    assert found.mean_left == pytest.approx(values[left].mean())
    assert found.mean_stayed == pytest.approx(values[~left].mean())


def test_auc_by_hand() -> None:
    values = np.array([1.0, 2.0, 2.0, 3.0, 5.0, 8.0])
    rows = one_stratum(np.arange(6) < 2)

    assert pair_share(feature_scores(NUMBER, values, rows).ranks, rows) == 0.9375


def test_effect_is_cohens_d_of_normal_values() -> None:
    random = np.random.default_rng(3)
    left = np.arange(4_000) < 800
    values = random.standard_normal(4_000) - 0.5 * left

    effect = compare(feature_scores(NUMBER, values, one_stratum(left))).effect

    assert effect.value == pytest.approx(0.5, abs=0.08)
    assert effect.low is not None
    assert effect.high is not None
    error = math.sqrt(1 / 800 + 1 / 3200)
    assert effect.high - effect.low == pytest.approx(2 * 1.96 * error, rel=0.1)


def test_effect_does_not_change_with_the_scale() -> None:
    random = np.random.default_rng(4)
    left = random.random(300) < 0.3
    values = random.standard_normal(300)

    plain = compare(feature_scores(NUMBER, values, one_stratum(left))).effect
    other = compare(feature_scores(NUMBER, np.exp(values), one_stratum(left))).effect

    assert plain == other


def test_value_that_says_who_leaves_has_a_finite_effect() -> None:
    left = np.arange(100) < 30
    effect = compare(
        feature_scores(NUMBER, left.astype(float), one_stratum(left))
    ).effect

    assert effect.p_value is not None
    assert effect.p_value < 1e-6
    assert effect.value is not None
    assert math.isfinite(effect.value)


@pytest.mark.parametrize("statistic", [0.1, 3.0, 40.0, 499.0, 501.0])
def test_distance_inverts_the_noncentral_chi_square(statistic: float) -> None:
    found = distance(statistic, 3, weight=10.0)

    assert found.low is not None
    assert found.high is not None
    for limit, p in ((found.low, 0.975), (found.high, 0.025)):
        if limit > 0:
            below = stats.ncx2.cdf(statistic, 3, limit**2 * 10)
            assert below == pytest.approx(p, abs=0.003)
    assert found.p_value == pytest.approx(stats.chi2.sf(statistic, 3))


def test_category_agrees_with_chi_square() -> None:
    random = np.random.default_rng(5)
    codes = random.integers(0, 3, 600).astype(float)
    left = random.random(600) < np.array([0.2, 0.3, 0.4])[codes.astype(int)]
    table = [[np.sum((codes == c) & (left == y)) for c in range(3)] for y in (0, 1)]
    expected = stats.chi2_contingency(table, correction=False)

    feature = Feature("plan", "category", ("a", "b", "c"))
    effect = compare(feature_scores(feature, codes, one_stratum(left))).effect

    assert effect.p_value == pytest.approx(expected.pvalue, rel=0.05)
