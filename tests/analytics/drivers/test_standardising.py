import numpy as np
import pytest

from banso.analytics.drivers.standardising import (
    Covariates,
    group_means,
    risk_pseudo_values,
    standardised,
)
from banso.analytics.survival.curves import survival_curve


def test_pseudo_value_without_censoring_is_whether_the_customer_left() -> None:
    durations = np.array([5.0, 10.0, 10.0, 20.0, 30.0, 30.0])
    events = np.array([True, True, False, True, False, False])

    values = risk_pseudo_values(durations, events, within=10.0)

    assert values == pytest.approx([1, 1, 0, 0, 0, 0])


def test_pseudo_values_average_to_kaplan_meier() -> None:
    random = np.random.default_rng(1)
    durations = np.ceil(random.exponential(300, 400))
    events = random.random(400) < 0.5
    curve = survival_curve(durations, events)

    values = risk_pseudo_values(durations, events, within=365.0)

    assert values.mean() == pytest.approx(1 - (curve.at(365.0).value or 0))


def test_pseudo_values_spread_as_greenwood_says() -> None:
    random = np.random.default_rng(2)
    durations = random.exponential(300, 800)
    events = random.random(800) < 0.5
    left = events & (durations <= 365)
    times = np.sort(durations[left])
    at_risk = np.array([(durations >= time).sum() for time in times])
    survival = np.prod(1 - 1 / at_risk)
    greenwood = survival**2 * np.sum(1 / (at_risk * (at_risk - 1.0)))

    values = risk_pseudo_values(durations, events, within=365.0)

    moves = (values - values.mean()) / 800
    assert moves @ moves == pytest.approx(greenwood, rel=0.01)


def test_everybody_left_has_risk_one() -> None:
    assert (risk_pseudo_values(np.ones(5), np.ones(5, dtype=bool), 9.0) == 1).all()


def test_means_at_equal_covariates_are_weighted_by_all_customers() -> None:
    # Level 1 has 40 of 100 customers; the exposed are mostly there.
    level = np.repeat([0.0, 0.0, 1.0, 1.0], [10, 50, 30, 10])
    exposed = np.repeat([True, False, True, False], [10, 50, 30, 10])
    outcome = np.repeat([2.0, 1.0, 6.0, 3.0], [10, 50, 30, 10])

    covariates = Covariates(level[:, None], ("touch",), frozenset({"touch"}))
    found = standardised(outcome, exposed, covariates)

    assert not isinstance(found, str)
    assert found.exposed == pytest.approx(0.6 * 2 + 0.4 * 6)
    assert found.others == pytest.approx(0.6 * 1 + 0.4 * 3)


def test_plain_means_have_the_error_of_welch() -> None:
    random = np.random.default_rng(3)
    exposed = np.arange(60) < 20
    outcome = random.standard_normal(60) * np.where(exposed, 3, 1)
    groups = outcome[exposed], outcome[~exposed]
    welch = sum(group.var(ddof=1) / len(group) for group in groups) ** 0.5

    found = group_means(outcome, exposed, np.zeros((60, 0))).difference()

    assert found.high is not None
    assert found.value is not None
    assert (found.high - found.value) / 1.96 == pytest.approx(welch, rel=1e-3)


@pytest.mark.parametrize(
    ("values", "categories", "columns"),
    [
        (np.full(60, 2.0), frozenset(), 0),  # constant
        (np.full(60, np.nan), frozenset(), 0),  # unknown throughout
        (np.arange(60.0), frozenset({"x"}), 0),  # each has a level of its own
        (np.repeat([0.0, 1.0, np.nan], 20), frozenset({"x"}), 2),  # unknown is a level
        (np.repeat([0.0, 1.0, np.nan], 20), frozenset(), 2),  # a number, and its mark
        (np.repeat([0.0, 1.0, 2.0], [30, 27, 3]), frozenset({"x"}), 1),  # a rare one
    ],
)
def test_covariates_become_columns(
    values: np.ndarray, categories: frozenset[str], columns: int
) -> None:
    design = Covariates(values[:, None], ("x",), categories).design

    assert design.shape == (60, columns)
    assert np.isfinite(design).all()


def test_copy_of_a_covariate_is_left_out() -> None:
    number = np.random.default_rng(4).standard_normal(50)
    twice = np.column_stack([number, 3 * number + 1])

    assert Covariates(twice, ("x", "y"), frozenset()).design.shape[1] == 1


def test_no_means_when_a_covariate_says_who_is_exposed() -> None:
    exposed = np.arange(80) < 40
    covariates = Covariates(exposed[:, None].astype(float), ("x",), frozenset({"x"}))

    assert standardised(np.arange(80.0), exposed, covariates) == "no_overlap"
    nothing = Covariates(np.zeros((80, 0)), (), frozenset())
    assert standardised(np.arange(80.0), exposed, nothing) == "nothing_to_adjust_for"
