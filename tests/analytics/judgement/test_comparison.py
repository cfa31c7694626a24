"""The forecast beside a rule: the same rows, by hand."""

from dataclasses import replace

import numpy as np
import pytest
from tests.analytics.judgement.test_judging import DAY, landmarks

from banso.analytics.judgement.comparison import Compared, compared
from banso.analytics.judgement.comparison_sentences import comparison_sentence
from banso.analytics.judgement.outcome import churn
from banso.analytics.judgement.subject import Subject
from banso.analytics.panel.landmarks import Landmarks
from banso.kernel.zones import day_of_number

# Forty customers on two dates, 30 days apart; a quarter left 20 days after the second.
LEAVERS = [50] * 10 + [None] * 30
DAYS = [0, 30]


def said(of_leavers: float, of_others: float, *, second_only: bool = False):
    rows = [(c, d) for c in range(40) for d in DAYS]
    values = np.array([of_leavers if c < 10 else of_others for c, _ in rows])
    if second_only:
        values[[d == 0 for _, d in rows]] = np.nan
    return values


def beside(
    rows: Landmarks, ours: np.ndarray, naive: np.ndarray, **more: object
) -> dict[str, Compared]:
    rule = replace(Subject("rule.last_rate", "rule", naive, "likely"), **more)
    found = compared(
        rows,
        Subject("forecast", "forecast", ours, "likely"),
        [rule],
        outcome=churn(rows),
        horizon_days=90,
    )
    return {row.figure: row for row in found}


def test_both_are_judged_where_both_spoke() -> None:
    rows = landmarks(LEAVERS, days=DAYS)

    found = beside(rows, said(0.5, 0.2, second_only=True), said(0.25, 0.25))

    for row in found.values():
        assert (row.n, row.events, row.dates) == (40, 10, 1)
        assert row.first_date == row.last_date == day_of_number(DAY + 30)
    # (10 ln 2 + 30 ln 1.25) ÷ 40, and (10 ln 4 + 30 ln 4/3) ÷ 40
    ours = (10 * np.log(2) + 30 * np.log(1.25)) / 40
    naive = (10 * np.log(4) + 30 * np.log(4 / 3)) / 40
    assert found["log_loss"].forecast == pytest.approx(ours)
    assert found["log_loss"].naive == pytest.approx(naive)
    assert found["log_loss"].gain == pytest.approx(naive - ours)
    assert found["log_loss"].verdict == "better"


def test_the_same_forecast_is_no_better() -> None:
    rows = landmarks(LEAVERS, days=DAYS)
    luck = np.linspace(0.1, 0.4, 80)

    found = beside(rows, luck, luck)

    assert found["auc"].gain == found["log_loss"].gain == 0
    assert found["auc"].verdict == found["log_loss"].verdict == "no_better"


def test_a_rule_that_knows_makes_the_forecast_worse() -> None:
    rows = landmarks(LEAVERS, days=DAYS)
    doubt = said(0.3, 0.2) + np.linspace(-0.15, 0.15, 80)
    known = said(0.5, 0.1) + np.linspace(-0.05, 0.05, 80)

    found = beside(rows, doubt, known)

    assert found["auc"].verdict == "worse"
    assert found["log_loss"].verdict == "worse"
    assert found["log_loss"].high < 0


def test_a_rule_without_chances_is_compared_by_rank_alone() -> None:
    rows = landmarks(LEAVERS, days=DAYS)
    silence = 100 * (said(0.4, 0.2) + np.linspace(-0.1, 0.1, 80))

    found = beside(rows, said(0.5, 0.2), silence, key="rule.recency", high_means="bad")

    assert list(found) == ["auc"]


def test_no_common_date_and_too_few_leavers_are_reasons() -> None:
    rows = landmarks(LEAVERS, days=DAYS)
    nothing = np.full(80, np.nan)
    few = landmarks([50] * 9 + [None] * 31, days=DAYS)

    apart = beside(rows, nothing, said(0.2, 0.2))
    scarce = beside(few, said(0.5, 0.2), said(0.3, 0.3))

    assert {row.reason for row in apart.values()} == {"not_both"}
    assert {row.reason for row in scarce.values()} == {"too_few_events"}
    assert {row.gain for row in (*apart.values(), *scarce.values())} == {None}
    assert apart["auc"].first_date is None


def test_the_sentence_says_verdict_figures_dates_and_leavers() -> None:
    rows = landmarks(LEAVERS, days=DAYS)
    second = said(0.5, 0.2, second_only=True)

    better = comparison_sentence(
        beside(rows, second, said(0.25, 0.25))["log_loss"],
    )
    unknown = comparison_sentence(beside(rows, second * np.nan, second)["auc"])

    assert better.en == (
        "The forecast's chances of leaving within 90 days were better than those of the"
        " rate of the last year. Log loss 0.3406 against 0.5623 (less is better), a"
        " gain of +0.2217 (95% interval +0.1231 to +0.3203). Both judged on 2024-11-03,"
        " the one date on which both spoke: 40 customers, of whom 10 left."
    )
    assert better.ja.startswith(
        "90日以内に解約する確率は、「直近1年の解約率」より予測のほうが正確でした。"
    )
    assert "40社（うち解約10社）" in better.ja
    assert unknown.en == (
        "Whether the forecast is better than the rate of the last year for leaving"
        " within 90 days cannot be said yet. There is no date yet on which both the"
        " model and the rule spoke and that was followed for 90 days."
    )
