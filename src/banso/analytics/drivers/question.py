"""Whether customers with something leave more often than those without it."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from banso.analytics.drivers.churn_of_groups import ChurnOfGroups
from banso.analytics.drivers.health_of_groups import HealthOfGroups
from banso.analytics.drivers.standardising import Covariates
from banso.analytics.figures.estimate import Estimate
from banso.analytics.figures.multiplicity import q_values
from banso.analytics.figures.samples import FEWEST_CUSTOMERS
from banso.analytics.survival.curves import survival_curve

Floats = NDArray[np.float64]

Outcome = Literal["churn", "health"]
Group = Literal["exposed", "others"]
Test = Literal["difference", "ratio", "log_rank", "adjusted", "adjusted_difference"]
VerdictCode = Literal[
    "goes_with_more", "goes_with_less", "no_difference_found", "not_enough_data"
]

OUTCOMES: tuple[Outcome, ...] = ("churn", "health")
TESTS_OF_HEALTH: tuple[Test, ...] = (
    "difference",
    "ratio",
    "adjusted",
    "adjusted_difference",
)
TESTS: tuple[Test, ...] = (*TESTS_OF_HEALTH, "log_rank")
LEVEL = 0.05


@dataclass(frozen=True)
class Asked:
    """Customers of a question, each once: ``n`` rows from its landmark on.

    The landmark is the first as-of date on which the customer is ``after_days`` there;
    who left before has no row. Nobody is exposed by what comes later.
    """

    exposed: NDArray[np.bool_]  # (n,) as known on the landmark
    durations: NDArray[np.float64]  # (n,) days from the landmark to the end or cutoff
    churned: NDArray[np.bool_]  # (n,) left by choice; any other end is censoring
    health: NDArray[np.float64]  # (n,) at the end of the follow-up; NaN is unknown
    covariates: NDArray[np.float64]  # (n, k) to adjust for; categories are codes
    names: tuple[str, ...] = ()  # (k,) of the covariates
    categories: frozenset[str] = field(default_factory=frozenset)  # names of codes


@dataclass(frozen=True)
class GroupFigure:
    """Rate of churn, or mean of health, in one group: a row of ``answers``."""

    outcome: Outcome
    grp: Group
    estimate: Estimate


@dataclass(frozen=True)
class GroupTest:
    """A comparison of both groups: a row of ``answer_tests``."""

    outcome: Outcome
    test: Test  # adjusted: hazard ratio of churn, ratio of mean health
    effect: Estimate
    q_value: float | None = None  # over the questions of a release


@dataclass(frozen=True)
class CurvePoint:
    """Survival of one group on one day: a row of ``answer_curves``."""

    grp: Group
    day: int
    at_risk: int
    events: int
    survival: float
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Verdict:
    """What may be concluded of one outcome. It is association, never effect."""

    outcome: Outcome
    code: VerdictCode
    exposed: float | None  # the rate or mean of both groups
    others: float | None
    difference: Estimate  # the one that was judged: adjusted when that can be had
    is_adjusted: bool
    is_explained: bool  # a difference at first sight that adjusting takes away
    most: float | None  # largest difference that the data still allow
    reason: str | None = None  # of not_enough_data


@dataclass(frozen=True)
class Answer:
    """The answer to a question, as far as the data carry it."""

    within_days: int
    figures: tuple[GroupFigure, ...]
    tests: tuple[GroupTest, ...]
    curves: tuple[CurvePoint, ...]
    verdicts: tuple[Verdict, ...]  # churn, health
    adjusted_for: tuple[str, ...]

    def figure(self, outcome: Outcome, grp: Group) -> Estimate:
        """Return the rate or mean of a group."""
        found = [f for f in self.figures if (f.outcome, f.grp) == (outcome, grp)]
        return found[0].estimate

    def test(self, outcome: Outcome, test: Test) -> GroupTest:
        """Return one comparison."""
        return next(t for t in self.tests if (t.outcome, t.test) == (outcome, test))

    def verdict(self, outcome: Outcome) -> Verdict:
        """Return what may be concluded of an outcome."""
        return next(v for v in self.verdicts if v.outcome == outcome)


def answer(asked: Asked, *, within_days: int = 365) -> Answer:
    """Return how churn and health differ between the exposed and the others.

    Parameters
    ----------
    asked
        The customers, each once. A covariate may be NaN: an unknown category is a
        level of its own, an unknown number is the mean with a mark of its own.
    within_days
        Churn is compared within so many days from the landmark.

    Returns
    -------
    Answer
        Figures of both groups, tests, survival curves and a verdict for each outcome.
        What cannot be had carries a reason: ``too_few_customers``, ``one_class`` (all
        exposed, or nobody), ``too_few_events``, ``no_follow_up`` (nobody of a group was
        followed so long), ``mostly_missing`` (health), ``nothing_to_adjust_for``.

    Notes
    -----
    Source: docs/definitions/drivers.md. Checked in tests/analytics/drivers.

    """
    asked = _known(asked)
    covariates = Covariates(asked.covariates, asked.names, asked.categories)
    left = asked.churned & (asked.durations <= within_days)
    churn = ChurnOfGroups(asked.exposed, asked.durations, left, within_days)
    health = HealthOfGroups(asked.exposed, asked.health)
    figures = (
        GroupFigure("churn", "exposed", churn.rate(asked.exposed)),
        GroupFigure("churn", "others", churn.rate(~asked.exposed)),
        GroupFigure("health", "exposed", health.mean(asked.exposed)),
        GroupFigure("health", "others", health.mean(~asked.exposed)),
    )
    of_churn, of_health = churn.compared(covariates), health.compared(covariates)
    tests = (
        *(GroupTest("churn", test, of_churn[test]) for test in TESTS),
        *(GroupTest("health", test, of_health[test]) for test in TESTS_OF_HEALTH),
    )
    return Answer(
        within_days=within_days,
        figures=figures,
        tests=tests,
        curves=(
            *_curve("exposed", asked, asked.exposed),
            *_curve("others", asked, ~asked.exposed),
        ),
        verdicts=tuple(_verdict(outcome, figures, tests) for outcome in OUTCOMES),
        adjusted_for=asked.names,
    )


def corrected(answers: Sequence[Answer]) -> tuple[Answer, ...]:
    """Return the answers of a release with q-values and verdicts that hold together.

    Each kind of test is corrected over all questions (Benjamini-Hochberg), and a
    difference is called one when its q-value is below 0.05.
    """
    shared: dict[tuple[Outcome, Test], list[float]] = {}
    for each in answers:
        for test in each.tests:
            p = test.effect.p_value
            key = (test.outcome, test.test)
            shared.setdefault(key, []).append(math.nan if p is None else p)
    q = {key: q_values(np.array(p)).tolist() for key, p in shared.items()}
    return tuple(_with_q(each, place, q) for place, each in enumerate(answers))


def _known(asked: Asked) -> Asked:
    """Return the customers with a duration."""
    kept = np.isfinite(asked.durations) & (asked.durations >= 0)
    return replace(
        asked,
        exposed=asked.exposed[kept],
        durations=asked.durations[kept].astype(np.float64),
        churned=asked.churned[kept],
        health=asked.health[kept],
        covariates=asked.covariates[kept],
    )


def _curve(
    grp: Group, asked: Asked, group: NDArray[np.bool_]
) -> tuple[CurvePoint, ...]:
    """Return the curve of a group at the days on which somebody left, and its last."""
    if int(group.sum()) < FEWEST_CUSTOMERS:
        return ()
    curve = survival_curve(asked.durations[group], asked.churned[group])
    if curve.reason:
        return ()
    start = CurvePoint(grp, 0, int(group.sum()), 0, 1.0, 1.0, 1.0)
    shown = np.flatnonzero(curve.events > 0).tolist()
    shown += [] if shown[-1] == len(curve.times) - 1 else [len(curve.times) - 1]
    points = (
        CurvePoint(
            grp,
            int(curve.times[at]),
            round(float(curve.at_risk[at])),
            round(float(curve.events[at])),
            float(curve.survival[at]),
            float(curve.low[at]),
            float(curve.high[at]),
        )
        for at in shown
    )
    return (start, *points)


def _verdict(
    outcome: Outcome, figures: Sequence[GroupFigure], tests: Sequence[GroupTest]
) -> Verdict:
    of_test = {test.test: test for test in tests if test.outcome == outcome}
    values = [f.estimate.value for f in figures if f.outcome == outcome]
    plain, adjusted = of_test["difference"], of_test["adjusted_difference"]
    is_adjusted = adjusted.effect.reason is None
    judged = adjusted if is_adjusted else plain
    difference = judged.effect
    low, high = difference.low, difference.high
    known = difference.value is not None and low is not None and high is not None
    differs = _differs(judged)
    code: VerdictCode = "not_enough_data"
    if difference.value is not None and known:
        more = difference.value > 0
        code = "no_difference_found"
        if differs:
            code = "goes_with_more" if more else "goes_with_less"
    return Verdict(
        outcome=outcome,
        code=code,
        exposed=values[0],
        others=values[1],
        difference=difference,
        is_adjusted=is_adjusted,
        is_explained=is_adjusted and not differs and _differs(plain),
        most=max(abs(low or 0.0), abs(high or 0.0)) if known else None,
        reason=difference.reason,
    )


def _differs(test: GroupTest) -> bool:
    p = test.effect.p_value if test.q_value is None else test.q_value
    return p is not None and p < LEVEL


def _with_q(
    each: Answer, place: int, q: Mapping[tuple[Outcome, Test], list[float]]
) -> Answer:
    tests = tuple(
        replace(test, q_value=None if math.isnan(value) else value)
        for test in each.tests
        for value in [q[test.outcome, test.test][place]]
    )
    verdicts = tuple(_verdict(outcome, each.figures, tests) for outcome in OUTCOMES)
    return replace(each, tests=tests, verdicts=verdicts)
