"""Judging by hand: few customers, and the figures that follow."""

from dataclasses import replace

import numpy as np
import pytest

from banso.analytics.judgement.binning import calibration_rows
from banso.analytics.judgement.evaluation import evaluation_rows
from banso.analytics.judgement.judged import Judged
from banso.analytics.judgement.judging import judge
from banso.analytics.judgement.outcome import Outcome, churn
from banso.analytics.judgement.ranks import ranks_on_date
from banso.analytics.judgement.subject import Subject, strata
from banso.analytics.panel.landmarks import (
    CHURN,
    COMPLETED,
    NO_END,
    Feature,
    Landmarks,
)

DAY = 20_000


def landmarks(
    leaves_after: list[int | None],
    *,
    days: list[int] | None = None,
    tenure: int = 100,
    kind: int = CHURN,
    followed: int = 400,
) -> Landmarks:
    """One row a customer (or a row for each of `days`); ends so many days after DAY."""
    days = days or [0]
    count = len(leaves_after)
    rows = [(c, d) for c in range(count) for d in days]
    ends = [None if leaves_after[c] is None else DAY + leaves_after[c] for c, _ in rows]
    known = [end is not None for end in ends]
    return Landmarks(
        features=(Feature("touch", "category", ("high", "tech")),),
        values=np.array([[c % 2] for c, _ in rows], dtype=float),
        customer=np.array([c for c, _ in rows], dtype=np.int64),
        as_of=np.array([DAY + d for _, d in rows], dtype=np.int32),
        tenure_days=np.array([tenure + d for _, d in rows], dtype=np.int32),
        leaves_on=np.array([NO_END if end is None else end for end in ends], np.int32),
        end_kind=np.array([kind if is_known else -1 for is_known in known], np.int8),
        seen_until=DAY + followed,
        weight=np.ones(len(rows)),
    )


def score(values: list[float], **more: object) -> Subject:
    subject = Subject("score", "score", np.array(values, dtype=float))
    return replace(subject, **more)  # type: ignore[arg-type]


def judged(rows: Landmarks, subject: Subject, days: int = 90) -> dict[str, Judged]:
    found = judge(
        rows,
        subject,
        outcome=churn(rows),
        horizon_days=days,
        strata=strata(rows)[:1],
    )
    return {row.figure: row for row in found}


# Twenty customers; the six with the lowest scores left, but for one.
LEAVERS = [30] * 5 + [None] * 13 + [60, None]
SCORES = [float(5 * place) for place in range(20)]


def test_low_scores_that_leave_give_a_high_auc() -> None:
    found = judged(landmarks(LEAVERS), score(SCORES))

    # Of 6 × 14 pairs, the leaver at place 18 is above 13 stayers and below one.
    assert found["auc"].value == pytest.approx((5 * 14 + 1) / 84)
    assert found["base_rate"].value == pytest.approx(6 / 20)
    assert (found["auc"].n, found["auc"].events) == (20, 6)


def test_the_worst_tenth_is_measured_against_all() -> None:
    found = judged(landmarks(LEAVERS), score(SCORES))

    assert found["lift_10"].value == pytest.approx(1 / 0.3)


def test_greens_that_left_are_counted_among_greens() -> None:
    found = judged(landmarks(LEAVERS), score(SCORES, bands=(40.0, 70.0)))

    assert found["greens_left"].value == pytest.approx(1 / 6)
    assert found["at_risk"].value == pytest.approx(8 / 20)


def test_an_end_by_another_kind_is_no_churn() -> None:
    found = judged(landmarks(LEAVERS, kind=COMPLETED), score(SCORES))

    assert found["base_rate"].value == 0
    assert found["auc"].reason == "one_class"


def test_the_horizon_bounds_what_counts() -> None:
    found = judged(landmarks([30] * 6 + [91] * 6 + [None] * 8), score(SCORES))

    assert found["base_rate"].value == pytest.approx(6 / 20)


def test_a_score_of_success_is_judged_the_other_way_round() -> None:
    rows = landmarks([None] * 20)
    grows = np.array([NO_END] * 14 + [DAY + 10] * 6, dtype=np.int32)
    expansion = Outcome("expansion", grows, is_good=True)

    found = judge(
        rows,
        score(SCORES),
        outcome=expansion,
        horizon_days=90,
        strata=strata(rows)[:1],
    )

    assert next(row for row in found if row.figure == "auc").value == 1


def test_leavers_are_caught_when_they_were_worst_long_before() -> None:
    # On day 0 the first two of twenty are worst; six leave after 90 days or more.
    rows = landmarks([95, 100, 110, 115, 120, 120] + [None] * 14)

    found = judged(rows, score(SCORES, bands=(11.0, 70.0)))

    assert found["caught"].value == pytest.approx(2 / 6)
    assert found["caught_at_risk"].value == pytest.approx(3 / 6)
    assert (found["caught"].n, found["caught"].events) == (6, 2)


def test_who_left_too_soon_or_much_later_is_not_among_those_to_catch() -> None:
    rows = landmarks([95, 100, 110, 115, 120, 60, 200] + [None] * 13)

    assert judged(rows, score(SCORES))["caught"].n == 5


def test_a_leaver_without_a_score_was_not_caught() -> None:
    rows = landmarks([95, 100, 110, 115, 120, 120] + [None] * 14)
    values = [np.nan, *SCORES[1:]]

    found = judged(rows, score(values))

    assert found["caught"].n == 6
    assert found["base_rate"].n == 19


def test_the_last_early_enough_date_counts_for_a_leaver() -> None:
    rows = landmarks([100] * 6 + [None] * 14, days=[-20, 0, 14])
    late = [place for place in range(60) if place % 3 == 1 and place < 6]
    values = np.full(60, 50.0)
    values[late] = 0.0  # two leavers sank on day 0, 100 days before

    assert judged(rows, score(list(values)))["caught"].value == pytest.approx(2 / 6)


def test_probabilities_are_also_judged_as_such() -> None:
    chance = [0.9] * 5 + [0.1] * 13 + [0.2, 0.1]

    found = judged(landmarks(LEAVERS), score(chance, high_means="likely"))

    assert found["brier"].value == pytest.approx(
        (5 * 0.01 + 13 * 0.01 + 0.64 + 0.01) / 20
    )
    assert found["calibration_error"].value is not None
    assert found["calibration_error"].low is None
    assert {"calibration_slope", "log_loss"} <= found.keys()


def test_each_year_in_use_and_each_level_is_a_stratum() -> None:
    found = strata(landmarks([None] * 4, days=[0, 300]), by=["touch"])

    assert [(each.key, int(each.members.sum())) for each in found] == [
        ("all", 8), ("tenure:0-1", 4), ("tenure:1-2", 4), ("touch:high", 4),
        ("touch:tech", 4),
    ]  # fmt: skip


def test_points_are_put_into_bins_of_ten() -> None:
    rows = landmarks(LEAVERS)

    found = calibration_rows(rows, score(SCORES), outcome=churn(rows), horizon_days=90)

    assert [(row.bin, row.n, row.observed) for row in found] == [
        (0, 2, 1.0), (1, 2, 1.0), (2, 2, 0.5), (3, 2, 0.0), (4, 2, 0.0),
        (5, 2, 0.0), (6, 2, 0.0), (7, 2, 0.0), (8, 2, 0.0), (9, 2, 0.5),
    ]  # fmt: skip
    assert all(row.predicted is None for row in found)


def test_a_hundred_points_are_in_the_last_bin() -> None:
    rows = landmarks([None] * 4)

    found = calibration_rows(
        rows, score([100.0] * 4), outcome=churn(rows), horizon_days=90
    )

    assert [(row.bin, row.n) for row in found] == [(9, 4)]


def test_probabilities_are_put_into_bins_of_equal_size() -> None:
    rows = landmarks(LEAVERS)
    chance = [0.9] * 5 + [0.1] * 13 + [0.2, 0.1]

    found = calibration_rows(
        rows, score(chance, high_means="likely"), outcome=churn(rows), horizon_days=90
    )

    assert [row.bin for row in found] == list(range(len(found)))
    assert found[0].predicted == pytest.approx(0.1)
    assert found[0].observed == 0
    assert found[-1].observed == 1


def test_days_of_silence_have_no_bins() -> None:
    rows = landmarks(LEAVERS)
    silent = score(SCORES, high_means="bad")

    found = calibration_rows(rows, silent, outcome=churn(rows), horizon_days=90)

    assert found == ()


def test_a_score_and_its_strata_are_cut_to_the_same_rows() -> None:
    rows = landmarks(LEAVERS)
    few = np.arange(3)

    assert score(SCORES).rows(few).values.tolist() == [0, 5, 10]
    assert strata(rows)[0].rows(few).members.tolist() == [True] * 3


def test_ranks_are_taken_within_a_date_and_ties_share_them() -> None:
    ranks = ranks_on_date(
        np.array([1.0, 2.0, 2.0, np.nan, 7.0]),
        np.array([1, 1, 1, 1, 2], dtype=np.int32),
        weights=np.ones(5),
    )

    assert ranks[[0, 1, 2, 4]] == pytest.approx([1 / 6, 4 / 6, 4 / 6, 1 / 2])
    assert np.isnan(ranks[3])


def test_the_last_date_of_each_month_is_enough() -> None:
    # 4 October 2024 is day 20000; weekly dates.
    rows = landmarks([None] * 3, days=[0, 7, 14, 21, 28, 35, 42])

    chosen = evaluation_rows(rows)

    assert sorted(set(rows.as_of[chosen] - DAY)) == [21, 42]


def test_too_many_rows_leave_out_whole_customers() -> None:
    rows = landmarks([None] * 50, days=[0, 30, 60])

    chosen = evaluation_rows(rows, at_most=60)

    counts = np.bincount(rows.customer[chosen], minlength=50)
    assert set(counts) == {0, 3}
    assert counts.sum() == 60


# -- bad input ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rows", "values", "reason"),
    [
        (landmarks([None] * 20), SCORES, "one_class"),
        (landmarks([10] * 20), SCORES, "one_class"),
        (landmarks(LEAVERS, followed=30), SCORES, "no_follow_up"),
        (landmarks(LEAVERS), [50.0] * 20, "constant"),
        (landmarks(LEAVERS), [np.nan] * 19 + [3.0], "mostly_missing"),
        (landmarks([10, 10, None, None, None]), SCORES[:5], "too_few_customers"),
        (landmarks([10] * 2 + [None] * 18), SCORES, "too_few_events"),
        (landmarks(LEAVERS, tenure=0).rows(np.zeros(20, bool)), [], "no_follow_up"),
    ],
    ids=[
        "nobody left", "all left", "all censored", "constant", "missing", "five",
        "two leavers", "no rows",
    ],
)  # fmt: skip
def test_what_cannot_be_judged_has_a_reason(
    rows: Landmarks, values: list[float], reason: str
) -> None:
    everyone = [replace(strata(landmarks([None]))[0], members=np.ones(len(rows), bool))]

    found = judge(
        rows,
        score(values),
        outcome=churn(rows),
        horizon_days=90,
        strata=everyone,
    )

    auc = next(row for row in found if row.figure == "auc")
    assert (auc.value, auc.low, auc.high, auc.reason) == (None, None, None, reason)


def test_a_tenure_of_zero_days_is_judged_like_any_other() -> None:
    assert judged(landmarks(LEAVERS, tenure=0), score(SCORES))["auc"].value is not None


def test_rows_that_are_there_twice_do_not_narrow_the_interval() -> None:
    rows = landmarks(LEAVERS)
    twice = rows.rows(np.repeat(np.arange(20), 2))

    once = judged(rows, score(SCORES))["auc"]
    doubled = judged(twice, score(list(np.repeat(SCORES, 2))))["auc"]

    assert doubled.value == pytest.approx(once.value)
    assert (doubled.low, doubled.high) == pytest.approx((once.low, once.high))
