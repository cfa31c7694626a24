import itertools
from dataclasses import replace

import numpy as np
import pytest

from banso.analytics.drivers.question import Answer, Asked, answer, corrected
from banso.analytics.drivers.sentences import Groups, conclusion
from banso.kernel.labels import Label

GROUPS = Groups(
    Label("導入に失敗", "Onboarding failed"),
    Label("導入に成功", "Onboarding succeeded"),
    {"touch": Label("タッチモデル", "touch model"), "size": Label("規模", "size")},
)


def asked(seed: int = 1, *, n: int = 800, ratio: float = 1.0, gap: float = 0) -> Asked:
    random = np.random.default_rng(seed)
    touch, size = random.integers(0, 3, n), random.standard_normal(n)
    exposed = random.random(n) < 0.4
    pace = 0.15 / 365 * np.where(exposed, ratio, 1.0) * np.exp(0.3 * size)
    leaves, ends = random.exponential(1 / pace), random.uniform(100, 1200, n)
    return Asked(
        exposed=exposed,
        durations=np.minimum(leaves, ends),
        churned=leaves <= ends,
        health=60 - gap * exposed + 5 * size + 10 * random.standard_normal(n),
        covariates=np.column_stack([touch, size]).astype(float),
        names=("touch", "size"),
        categories=frozenset({"touch"}),
    )


def counted(left: int, exposed: int, other_left: int, others: int) -> Asked:
    """Everybody was followed for two years."""
    churned = np.repeat(
        [True, False, True, False],
        [left, exposed - left, other_left, others - other_left],
    )
    n = exposed + others
    return Asked(
        exposed=np.arange(n) < exposed,
        durations=np.where(churned, 100.0, 730.0),
        churned=churned,
        health=np.full(n, np.nan),
        covariates=np.zeros((n, 0)),
    )


def figures_of(found: Answer) -> list[float | None]:
    return [figure.estimate.value for figure in found.figures] + [
        test.effect.value for test in found.tests
    ]


def test_rates_difference_and_ratio_by_hand() -> None:
    found = answer(counted(50, 200, 40, 400))

    assert found.figure("churn", "exposed").value == 0.25
    assert found.figure("churn", "others").value == 0.1
    assert found.test("churn", "difference").effect.value == pytest.approx(0.15)
    assert found.test("churn", "ratio").effect.value == pytest.approx(2.5)
    assert found.test("churn", "adjusted").effect.reason == "nothing_to_adjust_for"
    assert found.verdict("churn").code == "goes_with_more"
    assert not found.verdict("churn").is_adjusted


def test_other_ends_are_censoring() -> None:
    complete = counted(20, 100, 20, 100)
    # Ten of the exposed complete their purpose on day 50, before anybody leaves.
    durations = complete.durations.copy()
    durations[90:100] = 50.0

    found = answer(replace(complete, durations=durations))

    assert found.figure("churn", "exposed").value == pytest.approx(20 / 90)
    assert found.figure("churn", "exposed").n == 100


def test_curves_start_with_everybody_and_never_rise() -> None:
    found = answer(asked())
    for grp in ("exposed", "others"):
        curve = [point for point in found.curves if point.grp == grp]
        survival = [point.survival for point in curve]

        assert curve[0].day == 0
        assert curve[0].survival == 1.0
        assert survival == sorted(survival, reverse=True)
        assert all(a.at_risk >= b.at_risk for a, b in itertools.pairwise(curve))


def test_planted_hazard_ratio_and_gap_in_health_are_found() -> None:
    found = answer(asked(n=3_000, ratio=2.0, gap=6.0))

    hazard_ratio = found.test("churn", "adjusted").effect
    gap = found.test("health", "adjusted_difference").effect
    assert hazard_ratio.low is not None
    assert hazard_ratio.high is not None
    assert hazard_ratio.low < 2.0 < hazard_ratio.high
    assert gap.low is not None
    assert gap.high is not None
    assert gap.low < -6.0 < gap.high
    assert found.verdict("churn").code == "goes_with_more"
    assert found.verdict("health").code == "goes_with_less"


def test_difference_that_a_covariate_explains_is_none() -> None:
    random = np.random.default_rng(5)
    large = random.random(2_000) < 0.5
    plain = asked(n=2_000)
    exposed = random.random(2_000) < np.where(large, 0.7, 0.2)
    leaves = random.exponential(365 / np.where(large, 0.4, 0.1))
    found = answer(
        replace(
            plain,
            exposed=exposed,
            durations=np.minimum(leaves, 800.0),
            churned=leaves <= 800,
            covariates=large[:, None].astype(float),
            names=("size",),
            categories=frozenset({"size"}),
        )
    )

    verdict = found.verdict("churn")
    assert (found.test("churn", "difference").effect.p_value or 1) < 0.001
    assert verdict.code == "no_difference_found"
    assert verdict.is_explained
    assert "単純に比べると差がありますが" in conclusion(found, "churn", GROUPS).ja


ALL, NOBODY = np.ones(800, dtype=bool), np.zeros(800, dtype=bool)
BAD = {
    "five customers": (asked(n=5), "too_few_customers"),
    "no customers": (asked(n=0), "too_few_customers"),
    "all exposed": (replace(asked(), exposed=ALL), "one_class"),
    "nobody exposed": (replace(asked(), exposed=NOBODY), "one_class"),
    "all censored": (replace(asked(), churned=NOBODY), "too_few_events"),
    "followed for a day": (replace(asked(), durations=np.ones(800)), None),
    "tenure zero": (replace(asked(), durations=np.zeros(800)), None),
    "no dates": (replace(asked(), durations=np.full(800, np.nan)), "too_few_customers"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input_has_a_reason(case: str) -> None:
    given, reason = BAD[case]
    found = answer(given)

    assert found.verdict("churn").code == "not_enough_data"
    assert found.verdict("churn").reason == (reason or "no_follow_up")
    for test in found.tests:
        if test.outcome == "churn" and test.test != "log_rank":
            effect = test.effect
            assert (effect.value is None) == (effect.reason is not None)
    assert all(value is None or np.isfinite(value) for value in figures_of(found))
    sentence = conclusion(found, "churn", GROUPS)
    assert "まだ判断できません" in sentence.ja
    assert "cannot be said yet" in sentence.en


@pytest.mark.parametrize(
    ("health", "reason"),
    [
        (np.full(800, np.nan), "mostly_missing"),
        (np.where(np.arange(800) % 20 == 0, 50.0, np.nan), "mostly_missing"),
        (np.full(800, 50.0), "constant"),
    ],
)
def test_health_without_a_comparison(health: np.ndarray, reason: str) -> None:
    found = answer(replace(asked(), health=health))

    assert found.verdict("health").reason == reason
    assert found.verdict("health").code == "not_enough_data"
    assert found.verdict("churn").code != "not_enough_data"


def test_copies_constants_and_blanks_among_covariates_change_nothing() -> None:
    given = asked(ratio=1.5)
    more = np.column_stack(
        [given.covariates, given.covariates[:, 1], np.ones(800), np.full(800, np.nan)]
    )
    plain = answer(given)
    other = answer(
        replace(given, covariates=more, names=("touch", "size", "a", "b", "c"))
    )

    for test in ("adjusted", "adjusted_difference"):
        assert other.test("churn", test).effect.value == pytest.approx(
            plain.test("churn", test).effect.value
        )


def test_questions_are_corrected_together() -> None:
    answers = [answer(asked(seed)) for seed in range(2, 12)]
    p = [found.test("churn", "difference").effect.p_value or 1 for found in answers]

    together = corrected(answers)

    q = [found.test("churn", "difference").q_value or 1 for found in together]
    assert min(q) >= min(p)
    assert all(b >= a for a, b in zip(p, q, strict=True))
    assert min(q) <= 10 * min(p)
    assert all(
        found.verdict("churn").code == "no_difference_found" for found in together
    )


def test_sentence_says_how_much_and_that_it_is_an_association() -> None:
    found = answer(asked(n=3_000, ratio=2.0, gap=6.0))
    churn, health = (conclusion(found, o, GROUPS) for o in ("churn", "health"))

    assert "「導入に失敗」" in churn.ja
    assert "タッチモデル・規模の条件をそろえて" in churn.ja
    assert "ポイント高く" in churn.ja
    assert "関連であり、原因とは限りません" in churn.ja
    assert "points higher (95% interval" in churn.en
    assert "association, not proof of a cause" in churn.en
    assert "点低く" in health.ja
    assert "points lower" in health.en


def test_sentence_says_how_many_times_with_an_interval() -> None:
    """Health 30 against 60 is half; 40 of 200 leave against 20 of 200: twice."""
    given = counted(40, 200, 20, 200)
    jitter = np.tile([-2.0, 2.0], 200)
    health = np.where(given.exposed, 30.0, 60.0) + jitter
    found = answer(replace(given, health=health))

    churn, health_text = (conclusion(found, o, GROUPS) for o in ("churn", "health"))

    assert "「導入に成功」の0.50倍にあたります（95%信頼区間：0.49〜0.51倍）" in (
        health_text.ja
    )
    assert "0.50 times the health of “Onboarding succeeded”" in health_text.en
    # Katz: exp(ln 2 ± 1.96 √(1/40 − 1/200 + 1/20 − 1/200)) = 1.21 to 3.30
    assert "2.00倍です（95%信頼区間：1.21〜3.30倍" in churn.ja
    assert "2.00 times as high (95% interval 1.21 to 3.30" in churn.en


def test_sentence_about_nothing_says_what_would_still_fit() -> None:
    found = answer(asked())

    assert "証明されたわけではなく" in conclusion(found, "churn", GROUPS).ja
    assert "would still fit these data" in conclusion(found, "churn", GROUPS).en


def test_covariate_without_a_label_is_called_by_its_key() -> None:
    given = replace(asked(n=3_000, ratio=2.0), names=("touch", "floors"))
    bare = Groups(GROUPS.exposed, GROUPS.others)

    sentence = conclusion(answer(given), "churn", bare)

    assert "With touch model and floors held equal" in sentence.en
    assert "タッチモデル・floorsの条件をそろえて" in sentence.ja
