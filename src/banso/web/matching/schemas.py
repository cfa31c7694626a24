"""Pairs of customers that may be one, as programs read and decide them."""

import datetime as dt
from decimal import Decimal
from typing import Annotated, Literal

from ninja import Schema
from pydantic import Field

from banso.webkit.api.bodies import Body
from banso.webkit.api.paging import Paged, PageQuery


class SideOut(Schema):
    """One customer of a pair."""

    customer_id: str
    name: str
    status: Annotated[str, Field(description="Empty: no release shows it.")]
    owner: str
    mrr: Decimal | None
    currency: str
    started_on: dt.date | None


class ReasonOut(Schema):
    """One thing that two customers have in common."""

    ground: Annotated[str, Field(description="corporate_number, domain, name, …")]
    what: Annotated[str, Field(description="The number, the domain, the names.")]
    points: int


class PairOut(Schema):
    """Two customers that may be one."""

    pair_id: int
    score: Annotated[int, Field(description="Sum of the points, at most 100.")]
    reasons: list[ReasonOut]
    customers: Annotated[list[SideOut], Field(description="Both.")]
    verdict: Literal["open", "same", "different"]
    kept: Annotated[
        str | None, Field(description="Of one customer: the id that stays.")
    ]
    likely_kept: Annotated[
        str | None,
        Field(description="Who has been a customer longer; of an open pair."),
    ]
    found_at: dt.datetime
    decided_at: dt.datetime | None
    decided_by: Annotated[str | None, Field(description="E-mail.")]


class PairsQuery(PageQuery):
    """Which pairs."""

    decided: Annotated[bool, Field(description="Those decided, the newest first.")] = (
        False
    )


class PairsOut(Paged[PairOut]):
    """A page of pairs; those to decide begin with the most points."""


class PairDecisionIn(Body):
    """What a pair is."""

    verdict: Literal["same", "different"]
    kept: Annotated[
        str,
        Field(max_length=200, description="Of one customer: the id that stays."),
    ] = ""
