"""What an open signal is worth, by hand."""

import numpy as np
import pytest

from banso.analytics.signals.worth import (
    Stakes,
    chance_column,
    urgency_before,
    urgency_since,
)

NAN = np.nan


@pytest.mark.parametrize(
    ("within_days", "column"),
    [
        (1, "churn_30"),
        (60, "churn_90"),  # as far from 30
        (90, "churn_90"),
        (120, "churn_90"),
        (135, "churn_180"),
        (180, "churn_180"),
        (1000, "churn_365"),
    ],
)
def test_chance_is_that_of_the_nearest_horizon(within_days, column):
    assert chance_column("churn", within_days) == column


def test_urgency_is_whole_for_a_week_and_then_falls_to_the_end():
    ages = np.array([0.0, 7, 8, 48.5, 90, 400])

    found = urgency_since(ages, 90)

    # From day 7 to day 90 in a straight line: day 48.5 is half-way.
    assert found == pytest.approx([1, 1, 82 / 83, 0.5, 0, 0])
    # With four days, two are fresh.
    assert urgency_since(np.array([0.0, 2, 3, 4]), 4) == pytest.approx([1, 1, 0.5, 0])


def test_urgency_of_a_renewal_rises_to_the_last_day_for_notice():
    days = np.array([300.0, 210, 120, 30, 0, NAN])

    found = urgency_before(days, 180, notice_days=30)

    # 120 days before the renewal, 90 are left of 180.
    assert found == pytest.approx([0, 0, 0.5, 1, 1, NAN], nan_ok=True)


def stakes(**given):
    values = {
        "chance": [0.3],
        "mrr": [100_000],
        "size": [NAN],
        "urgency": [0.5],
        "effect": [0.1],
        "rate": [1],
    } | given
    outcome = np.array(values.pop("outcome", ["churn"]), dtype=object)
    arrays = {name: np.array(each, dtype=float) for name, each in values.items()}
    return Stakes(outcome=outcome, **arrays)


def test_worth_of_a_churn_signal_on_paper():
    found = stakes()

    # 12 × 100,000 yen at stake, 30 % likely, half as urgent, a tenth taken away.
    assert found.amount == pytest.approx([1_200_000])
    assert found.worth == pytest.approx([18_000])
    assert found.why_not.tolist() == [None]


def test_expansion_is_worth_what_mrr_usually_rises_by():
    found = stakes(
        outcome=["expansion", "expansion"],
        chance=[0.2, 0.2],
        mrr=[100_000, 100_000],
        size=[0.25, NAN],
        urgency=[1, 1],
        effect=[0.1, 0.1],
        rate=[1, 1],
    )

    assert found.amount == pytest.approx([300_000, NAN], nan_ok=True)
    assert found.worth == pytest.approx([6_000, NAN], nan_ok=True)
    assert found.why_not.tolist() == [None, "few_moves"]


def test_worth_is_in_the_currency_of_the_company_and_the_amount_is_not():
    found = stakes(mrr=[1_000], rate=[150])

    assert found.amount == pytest.approx([12_000])  # dollars
    assert found.worth == pytest.approx([12_000 * 0.3 * 0.5 * 0.1 * 150])  # yen


@pytest.mark.parametrize(
    ("lacking", "reason"),
    [
        ({"effect": [NAN], "chance": [NAN]}, "no_play"),
        ({"mrr": [NAN], "rate": [NAN]}, "no_mrr"),
        ({"rate": [NAN]}, "no_rate"),
        ({"chance": [NAN]}, "no_chance"),
    ],
)
def test_worth_that_cannot_be_had_says_why(lacking, reason):
    found = stakes(**lacking)

    assert np.isnan(found.worth).all()
    assert found.why_not.tolist() == [reason]
