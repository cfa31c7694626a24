"""Trials as programs read them."""

import datetime as dt
from typing import Annotated, Literal

from ninja import Schema
from pydantic import Field

from banso.webkit.api.bodies import Body
from banso.webkit.api.paging import Paged, PageQuery


class TrialResultOut(Schema):
    """What a trial says of one measure."""

    trial_id: str
    name: str | None
    signal: str | None
    play: str | None
    started_on: dt.date | None
    stopped_on: dt.date | None
    kind: str
    measure: str
    segment_of: str | None
    segment: str | None
    n_treated: int | None
    n_held_out: int | None
    mean_treated: float | None
    mean_held_out: float | None
    effect: float | None
    low: float | None
    high: float | None
    confidence: float | None
    verdict: str | None
    reason: str | None
    said_ja: str | None
    said_en: str | None


Why = Annotated[str, Field(min_length=1, max_length=500, pattern=r"\S")]
Outcome = Literal["churn", "expansion", "contraction"]
Share = Annotated[float, Field(ge=0.001, le=0.999)]


class TrialOut(Schema):
    """A trial, and what was fixed when it started."""

    trial_id: str
    name: str
    signal: str
    play: str
    outcome: str
    window_days: int | None
    share_held_out: float | None
    smallest_effect: float | None
    planned_per_arm: Annotated[
        int | None, Field(description="Of the smaller arm; of trials started here.")
    ]
    strata: list[str]
    guard_rails: Annotated[
        dict[str, str], Field(description="Measure: whether more or less is better.")
    ]
    started_on: dt.date | None
    started_by: Annotated[str | None, Field(description="null: it came from a file.")]
    stopped_on: dt.date | None
    stopped_why: str
    treated: Annotated[int, Field(description="Customers drawn.")]
    held_out: int


class OneTrialOut(TrialOut):
    """A trial with what it says of each measure."""

    results: list[TrialResultOut]


class DesignIn(Body):
    """Everything that is fixed when a trial starts."""

    signal: Annotated[str, Field(max_length=200)]
    play: Annotated[str, Field(max_length=200)]
    name: Annotated[str, Field(min_length=1, max_length=120, pattern=r"\S")]
    outcome: Outcome
    window_days: Annotated[int, Field(ge=7, le=730)]
    share_held_out: Literal[0.1, 0.2, 0.25, 0.3, 0.4, 0.5] = 0.5  # type: ignore[valid-type]
    rate: Annotated[Share, Field(description="Of the outcome without the play.")]
    expected: Annotated[
        Share, Field(description="With it: the smallest change worth the work.")
    ]
    strata: Annotated[
        list[Literal["touch", "size", "industry", "plan"]],
        Field(default_factory=list, max_length=4),
    ]
    guard_rails: Annotated[
        list[Literal["churn", "contraction", "expansion", "score", "tickets_90"]],
        Field(
            default_factory=list, max_length=5, description="What must not get worse."
        ),
    ]

    @property
    def answers(self) -> dict[str, object]:
        """The answers as the form of the page has them: shares are percentages."""
        said = self.model_dump()
        shares = {key: round(said[key] * 100, 4) for key in ("rate", "expected")}
        return {**said, **shares, "share_held_out": str(self.share_held_out)}


class PreviewOut(Schema):
    """What a trial would take."""

    treated: Annotated[int, Field(description="Customers that each arm needs.")]
    held_out: int
    weeks: Annotated[
        int | None, Field(description="Until all are drawn; null: that never comes.")
    ]
    window_weeks: int
    ends_on: dt.date | None
    reachable: Annotated[
        int | None, Field(description="Customers at most; null: not limited.")
    ]
    in_half_a_year: int


class TrialStopIn(Body):
    """Why a trial is stopped."""

    why: Why


class TrialCustomersQuery(PageQuery):
    """Which page of the customers of a trial."""


class DrawnOut(Schema):
    """A customer who was drawn."""

    customer_id: str
    name: str
    arm: Literal["treated", "held_out"]
    assigned_on: dt.date
    opened_on: dt.date
    stratum: str
    position: int


class DrawnPage(Paged[DrawnOut]):
    """A page of the customers of a trial whom the user sees, as they were drawn."""


class StandingOut(Schema):
    """How a play stands at a signal."""

    signal: str
    play: str
    state: Literal["trial", "proven", "declining", "retired"]
    decided_by: str | None
    decided_at: dt.datetime | None
    why: str
    trial_id: Annotated[str | None, Field(description="The newest trial of both.")]
    verdict: str | None


class StandingsOut(Schema):
    """Every play at a signal that was tried or decided about."""

    items: list[StandingOut]


class PlayDecisionIn(Body):
    """How a play is to stand at a signal."""

    signal: Annotated[str, Field(max_length=200)]
    play: Annotated[str, Field(max_length=200)]
    state: Literal["trial", "proven", "declining", "retired"]
    why: Why


class MarkIn(Body):
    """Why a customer is never held out."""

    why: Why


class MarkOut(Schema):
    """Whether a customer may be held out."""

    is_marked: Annotated[bool, Field(description="It is never held out.")]
    why: str
    by: str | None
    at: dt.datetime | None


class TrialsOut(Schema):
    """What all trials say, over all customers."""

    as_of: dt.date | None
    trials: Annotated[
        list[TrialOut], Field(description="All, also those without a result so far.")
    ]
    items: Annotated[
        list[TrialResultOut], Field(description="By trial, in the order of the page.")
    ]
