"""The yardsticks know no more than what was known on the day."""

from dataclasses import replace

import numpy as np
import pytest
from simulated_points import FIRST_DAY, simulated_points

from banso.analytics.judgement import naive_rules
from banso.analytics.judgement.outcome import churn
from banso.analytics.panel.landmarks import NO_END, Feature, Landmarks

COMPANY = simulated_points(["depth"], [6], customers=400, seed=3)


def cut_after(rows: Landmarks, day: int) -> Landmarks:
    """The same rows with nothing known of what happened after a day."""
    later = rows.leaves_on > day
    return replace(
        rows,
        leaves_on=np.where(later, NO_END, rows.leaves_on).astype(np.int32),
        end_kind=np.where(later, -1, rows.end_kind).astype(np.int8),
    )


def test_who_never_did_anything_was_silent_all_the_time() -> None:
    rows = replace(
        COMPANY.rows(np.arange(2)),
        features=(Feature("silent", "number"),),
        values=np.array([[3.0], [np.nan]]),
        tenure_days=np.array([50, 60], dtype=np.int32),
    )

    rule = naive_rules.recency(rows, feature="silent")

    assert rule.values.tolist() == [3.0, 60.0]


def test_the_last_rate_is_that_of_outcomes_known_by_then() -> None:
    rule = naive_rules.last_rate(COMPANY, outcome=churn(COMPANY), horizon_days=90)

    day = FIRST_DAY + 7 * 80
    known = (COMPANY.as_of <= day - 90) & (COMPANY.as_of > day - 90 - 365)
    overall = COMPANY.churned(90)[known].mean()
    mine = rule.values[COMPANY.as_of == day]
    years = np.unique(mine)
    assert len(years) <= 3
    assert years.min() < overall < years.max()


def test_before_anything_is_known_there_is_no_rate() -> None:
    rule = naive_rules.last_rate(COMPANY, outcome=churn(COMPANY), horizon_days=90)

    early = COMPANY.as_of < FIRST_DAY + 90
    assert np.isnan(rule.values[early]).all()
    assert np.isfinite(rule.values[~early]).all()


@pytest.mark.parametrize("name", ["last_rate", "logistic"])
def test_no_rule_knows_what_comes_later(name: str) -> None:
    day = FIRST_DAY + 7 * 72
    cut = cut_after(COMPANY, day)

    def values(rows: Landmarks) -> np.ndarray:
        if name == "last_rate":
            rule = naive_rules.last_rate(rows, outcome=churn(rows), horizon_days=90)
        else:
            rule = naive_rules.logistic(
                rows, features=["depth"], outcome=churn(rows), horizon_days=90
            )
        return rule.values[COMPANY.as_of <= day]

    assert np.isfinite(values(COMPANY)).any()
    np.testing.assert_array_equal(values(COMPANY), values(cut))


def test_the_logistic_rule_finds_a_planted_driver() -> None:
    rule = naive_rules.logistic(
        COMPANY, features=["depth"], outcome=churn(COMPANY), horizon_days=90
    )

    known = np.isfinite(rule.values)
    depth = COMPANY.column("depth")[known]
    assert np.corrcoef(rule.values[known], depth)[0, 1] < -0.8


def test_segments_have_rates_of_their_own_and_missing_is_one() -> None:
    touch = np.where(COMPANY.customer % 3 == 0, np.nan, COMPANY.customer % 3 - 1.0)
    rows = replace(
        COMPANY,
        features=(Feature("touch", "category", ("high", "tech")),),
        values=touch[:, None],
    )

    rule = naive_rules.last_rate(
        rows, outcome=churn(rows), horizon_days=90, by=["touch"]
    )

    last = rows.as_of == rows.as_of.max()
    assert 3 <= len(np.unique(rule.values[last])) <= 9


# -- bad input ------------------------------------------------------------------------


def test_a_column_without_values_and_a_constant_do_no_harm() -> None:
    rows = replace(
        COMPANY,
        features=(Feature("empty", "number"), Feature("same", "number")),
        values=np.c_[np.full(len(COMPANY), np.nan), np.full(len(COMPANY), 7.0)],
    )

    rule = naive_rules.logistic(
        rows, features=["empty", "same"], outcome=churn(rows), horizon_days=90
    )

    assert np.isfinite(rule.values[rows.as_of == rows.as_of.max()]).all()


@pytest.mark.parametrize("count", [0, 5])
def test_with_few_customers_the_logistic_rule_is_silent(count: int) -> None:
    rows = COMPANY.rows(COMPANY.customer < count)

    rule = naive_rules.logistic(
        rows, features=["depth"], outcome=churn(rows), horizon_days=90
    )

    assert np.isnan(rule.values).all()


def test_where_nobody_leaves_the_rate_is_0_and_the_logistic_rule_silent() -> None:
    rows = cut_after(COMPANY, 0)

    rate = naive_rules.last_rate(rows, outcome=churn(rows), horizon_days=90)
    logistic = naive_rules.logistic(
        rows, features=["depth"], outcome=churn(rows), horizon_days=90
    )

    assert np.nanmax(rate.values) == 0
    assert np.isnan(logistic.values).all()
