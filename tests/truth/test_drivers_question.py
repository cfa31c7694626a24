"""Answers to a question hold what they promise on simulated customers."""

import numpy as np
import pytest

from banso.analytics.drivers.question import Answer, Asked, answer

COMPANIES = 200
DAYS = 365


def asked(seed: int, *, customers: int = 400, ratio: float = 1.0) -> Asked:
    """Return customers whose touch model and size go with exposure and with churn."""
    random = np.random.default_rng(seed)
    touch, size = random.integers(0, 3, customers), random.standard_normal(customers)
    leaning = 0.6 * (touch - 1) + 0.4 * size
    exposed = random.random(customers) < 1 / (1 + np.exp(0.3 - leaning))
    leaves = random.exponential(1 / pace(exposed, leaning, ratio))
    ends = random.uniform(200, 1500, customers)
    return Asked(
        exposed=exposed,
        durations=np.minimum(leaves, ends),
        churned=leaves <= ends,
        health=60 - 12 * leaning + 12 * random.standard_normal(customers),
        covariates=np.column_stack([touch, size]).astype(float),
        names=("touch", "size"),
        categories=frozenset({"touch"}),
    )


def pace(exposed: np.ndarray, leaning: np.ndarray, ratio: float) -> np.ndarray:
    """Return the daily hazard."""
    return 0.2 / DAYS * np.exp(0.8 * leaning) * np.where(exposed, ratio, 1.0)


def true_difference(ratio: float) -> float:
    random = np.random.default_rng(0)
    n = 400_000
    leaning = 0.6 * (random.integers(0, 3, n) - 1) + 0.4 * random.standard_normal(n)
    risks = [
        1 - np.exp(-DAYS * pace(np.full(n, group), leaning, ratio)).mean()
        for group in (True, False)
    ]
    return float(risks[0] - risks[1])


@pytest.fixture(scope="module")
def answers_to_nothing() -> list[Answer]:
    return [answer(asked(seed), within_days=DAYS) for seed in range(COMPANIES)]


def rejected(answers: list[Answer], outcome: str, test: str) -> float:
    found = [a.test(outcome, test).effect.p_value for a in answers]  # type: ignore[arg-type]
    return float(np.mean([p is not None and p < 0.05 for p in found]))


@pytest.mark.parametrize(
    ("outcome", "test"),
    [
        ("churn", "adjusted"),
        ("churn", "adjusted_difference"),
        ("health", "adjusted"),
        ("health", "adjusted_difference"),
    ],
)
def test_adjusted_tests_find_nothing_where_nothing_is(
    answers_to_nothing: list[Answer], outcome: str, test: str
) -> None:
    assert 0.01 <= rejected(answers_to_nothing, outcome, test) <= 0.085


def test_verdict_is_not_led_by_the_covariates(
    answers_to_nothing: list[Answer],
) -> None:
    codes = [found.verdict("churn").code for found in answers_to_nothing]

    assert rejected(answers_to_nothing, "churn", "difference") > 0.15
    assert codes.count("no_difference_found") >= 0.92 * COMPANIES


def test_intervals_of_the_adjusted_difference_cover_the_truth() -> None:
    truth = true_difference(2.0)
    effects = [
        answer(asked(seed, ratio=2.0), within_days=DAYS)
        .test("churn", "adjusted_difference")
        .effect
        for seed in range(COMPANIES)
    ]

    covers = [
        e.low <= truth <= e.high
        for e in effects
        if e.low is not None and e.high is not None
    ]
    assert len(covers) == COMPANIES
    assert 0.90 <= np.mean(covers) <= 0.98
    assert np.mean([e.value for e in effects if e.value]) == pytest.approx(
        truth, abs=0.02
    )


def test_intervals_of_the_hazard_ratio_cover_the_truth() -> None:
    effects = [
        answer(asked(seed, ratio=2.0)).test("churn", "adjusted").effect
        for seed in range(COMPANIES)
    ]

    covers = [
        e.low <= 2.0 <= e.high
        for e in effects
        if e.low is not None and e.high is not None
    ]
    assert 0.90 <= np.mean(covers) <= 0.98
