"""Lifetime value as programs read it."""

import datetime as dt
from typing import Annotated, Literal

from ninja import Schema
from pydantic import Field

from banso.webkit.api.paging import Paged, PageQuery


class LifetimeAsked(Schema):
    """Whose figures."""

    group: Annotated[
        str,
        Field(max_length=100, description="Beside all: each segment of this group."),
    ] = ""


class LifetimeQuery(PageQuery, LifetimeAsked):
    """Whose figures, and which page of them."""


class LifetimeFigureOut(Schema):
    """A figure of all customers, or of a segment."""

    of: Literal["contracts", "purchases"]
    grouping: Annotated[str, Field(description="`all`, or the group.")]
    segment: str
    currency: Annotated[str | None, Field(description="null: of all, or no money.")]
    figure: Annotated[
        str, Field(description="value_24, revenue_12, renewal_1, payback_months, …")
    ]
    value: float | None
    low: float | None
    high: float | None
    n: int | None
    events: int | None
    reason: Annotated[str | None, Field(description="Why nothing is known.")]


class LifetimePage(Paged[LifetimeFigureOut]):
    """A page of figures."""

    as_of: dt.date | None
    groups: list[str]
