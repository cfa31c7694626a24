"""Drivers as programs read them."""

import datetime as dt
from typing import Annotated

from ninja import Schema
from pydantic import Field


class DriverOut(Schema):
    """How those who left differed from those who stayed in one element."""

    element: str
    kind: str
    stratum: str
    n_churned: int | None
    n_renewed: int | None
    mean_churned: float | None
    mean_renewed: float | None
    effect: Annotated[
        float | None,
        Field(description="Stayers minus leavers, in standard deviations."),
    ]
    low: float | None
    high: float | None
    p_value: float | None
    q_value: Annotated[
        float | None, Field(description="Corrected for many comparisons.")
    ]
    direction: str | None
    auc: float | None
    reason: Annotated[str | None, Field(description="Why there is no effect.")]


class DriversOut(Schema):
    """All elements, over all customers. A difference is no effect of a cause."""

    as_of: dt.date | None
    items: list[DriverOut]


class DriversQuery(Schema):
    """Which strata."""

    stratum: Annotated[str, Field(max_length=100)] = "all"


class ConclusionOut(Schema):
    """What can be concluded of one outcome, and what cannot."""

    outcome: Annotated[str, Field(description="churn or health")]
    verdict: str
    text: str


class AnswerFigureOut(Schema):
    """Churn rate or mean health of one group, with its 95 % interval."""

    outcome: str
    grp: Annotated[str, Field(description="exposed or others")]
    n: int
    events: Annotated[int, Field(description="Who left, of churn.")]
    value: float | None
    low: float | None
    high: float | None
    reason: Annotated[str | None, Field(description="Why there is no value.")]


class AnswerTestOut(Schema):
    """One comparison of both groups."""

    outcome: str
    test: str
    effect: float | None
    low: float | None
    high: float | None
    p_value: float | None
    q_value: Annotated[
        float | None, Field(description="Corrected for many comparisons.")
    ]
    n: int
    events: int
    reason: str | None


class CurveOut(Schema):
    """The share of a group that is still there on a day (Kaplan-Meier)."""

    grp: str
    day: int
    at_risk: int
    events: int
    survival: float
    low: float | None
    high: float | None


class QuestionLineOut(Schema):
    """A question with its answer; without figures it is not answered yet."""

    question: str
    label: str
    groups: Annotated[dict[str, str], Field(description="What exposed and others are.")]
    conclusions: list[ConclusionOut]
    figures: list[AnswerFigureOut]


class QuestionOut(QuestionLineOut):
    """A question in full."""

    as_of: dt.date
    where: Annotated[str, Field(description="Who is exposed, as the definitions say.")]
    when: str | None
    after_days: Annotated[int, Field(description="Tenure at which it is looked at.")]
    within_days: Annotated[int, Field(description="How long both are followed.")]
    exposed_now: Annotated[
        int | None,
        Field(
            description="Active customers that the user sees and that are exposed now;"
            " null in a release that does not say."
        ),
    ]
    tests: list[AnswerTestOut]
    curves: list[CurveOut]


class QuestionsOut(Schema):
    """All questions, over all customers."""

    as_of: dt.date | None
    items: list[QuestionLineOut]
