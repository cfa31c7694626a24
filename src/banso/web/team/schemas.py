"""The measures of the team as programs read them."""

import datetime as dt
from typing import Annotated, Literal

from ninja import Schema
from pydantic import Field


class TeamMemberOut(Schema):
    """How an owner works, or everybody."""

    owner: Annotated[str, Field(description="E-mail; `*`: everybody.")]
    customers: int
    mrr: Annotated[float, Field(description="In the currency of the company.")]
    other_currency: int
    minutes_a_week: float | None
    contacts: int
    timed: int
    cost: float | None
    contacted_28: int
    contacted_90: int
    threads: int
    one_contact: int
    one_csm: int
    ours: int
    theirs: int
    minutes_ours: float
    minutes_theirs: float
    openings: int
    wait: Annotated[
        float | None, Field(description="Business days until the first contact.")
    ]
    wait_low: float | None
    wait_high: float | None
    judged: int
    within: int
    within_share: float | None
    within_low: float | None
    within_high: float | None
    wait_reason: str | None


class TeamOut(Schema):
    """The measures of the owners whose customers the user sees."""

    as_of: dt.date | None
    items: list[TeamMemberOut]


class TeamCheckOut(Schema):
    """One of the four pitfalls, with its figure and limit."""

    pitfall: Literal["bound", "bloated", "reactive", "wandering"]
    figure: float | None
    limit: float
    is_over: Annotated[bool | None, Field(description="Null: nothing can be said.")]
    k: Annotated[int, Field(description="Of `n`, those that count.")]
    n: int
    reason: Annotated[str | None, Field(description="Why there is no figure.")]


class TeamWeekOut(Schema):
    """A week of everybody together."""

    week: dt.date
    minutes_ours: Annotated[float, Field(description="Of contacts that we began.")]
    minutes_theirs: float


class TeamChecksOut(Schema):
    """The checks of the team, and who began contacts week by week."""

    as_of: dt.date | None
    checks: list[TeamCheckOut]
    weeks: list[TeamWeekOut]
