"""What is planted in a score is found by its figures, and intervals hold the truth."""

import numpy as np
from simulated_points import simulated_points

from banso.analytics.judgement import naive_rules
from banso.analytics.judgement.evaluation import evaluation_rows
from banso.analytics.judgement.judging import judge
from banso.analytics.judgement.outcome import churn
from banso.analytics.judgement.subject import Subject, strata
from banso.analytics.panel.landmarks import Landmarks

KEYS = ("score", "noise")


def figures(rows: Landmarks, subject: Subject) -> dict[str, object]:
    found = judge(
        rows, subject, outcome=churn(rows), horizon_days=90, strata=strata(rows)[:1]
    )
    return {row.figure: row for row in found}


def subject_of(rows: Landmarks, key: str) -> Subject:
    return Subject(key, "element", rows.column(key))


def test_intervals_by_customer_hold_one_half_where_there_is_nothing() -> None:
    held = []
    for seed in range(60):
        rows = simulated_points(KEYS, (0, 0), customers=300, weeks=78, seed=seed)
        auc = figures(rows, subject_of(rows, "noise"))["auc"]
        held.append(auc.low <= 0.5 <= auc.high)

    assert np.mean(held) >= 0.88


def test_a_planted_score_beats_noise_and_the_last_rate() -> None:
    rows = simulated_points(KEYS, (6, 0), seed=7)

    score = figures(rows, subject_of(rows, "score"))
    noise = figures(rows, subject_of(rows, "noise"))
    rate = figures(
        rows, naive_rules.last_rate(rows, outcome=churn(rows), horizon_days=90)
    )

    assert score["auc"].low > max(noise["auc"].high, rate["auc"].high)
    assert score["lift_10"].low > 1.5
    assert score["caught"].value > 2 * 0.1
    assert noise["lift_10"].low <= 1 <= noise["lift_10"].high


def test_one_date_a_month_gives_the_figures_of_all_weeks() -> None:
    rows = simulated_points(KEYS, (6, 0), every=1, customers=400, seed=8)
    monthly = rows.rows(evaluation_rows(rows))

    every_week = figures(rows, subject_of(rows, "score"))["auc"]
    once = figures(monthly, subject_of(monthly, "score"))["auc"]

    assert len(monthly) < len(rows) / 3.5
    assert abs(every_week.value - once.value) < 0.02
    assert (once.high - once.low) < 1.25 * (every_week.high - every_week.low)


def test_the_logistic_rule_is_calibrated_on_later_dates() -> None:
    rows = simulated_points(KEYS, (4, 0), customers=2000, seed=9)

    rule = naive_rules.logistic(
        rows, features=KEYS, outcome=churn(rows), horizon_days=90
    )

    found = figures(rows, rule)
    assert found["calibration_error"].value < 0.03
    assert found["calibration_slope"].low < 1.15
    assert found["calibration_slope"].high > 0.85
