"""Whether customers with something leave more often than those without it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from banso.analytics.figures.estimate import Estimate

Outcome = Literal["churn", "health"]
Group = Literal["exposed", "others"]
Test = Literal["difference", "ratio", "log_rank", "adjusted", "adjusted_difference"]
VerdictCode = Literal[
    "goes_with_more", "goes_with_less", "no_difference_found", "not_enough_data"
]


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
    raise NotImplementedError


def corrected(answers: Sequence[Answer]) -> tuple[Answer, ...]:
    """Return the answers of a release with q-values and verdicts that hold together.

    Each kind of test is corrected over all questions (Benjamini-Hochberg), and a
    difference is called one when its q-value is below 0.05.
    """
    raise NotImplementedError
