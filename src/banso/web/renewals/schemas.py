"""Renewals as programs read them."""

import datetime as dt
from decimal import Decimal
from typing import Annotated, Literal

from ninja import Schema
from pydantic import Field

from banso.webkit.api.paging import PageQuery


class RenewalsQuery(PageQuery):
    """Which renewals that lie ahead."""

    month: Annotated[dt.date | None, Field(description="Any day of it.")] = None
    stage: Literal["", "noticed", "open"] = ""
    owner: Annotated[str, Field(max_length=254, description="“-”: nobody.")] = ""
    touch: Annotated[str, Field(max_length=100)] = ""
    currency: Annotated[str, Field(max_length=3)] = ""


class RenewalOut(Schema):
    """A contract line that falls due."""

    customer_id: str
    customer: str
    owner: str
    touch: str
    subscription: str
    product: str
    plan: str
    currency: str
    due_on: dt.date
    mrr: Decimal
    is_noticed: bool
    p_leave: float | None
    low: float | None
    high: float | None
    basis: str


class RenewalsPage(Schema):
    """A page of renewals, by the day that they are due."""

    items: list[RenewalOut]
    cursor: str | None
    next: str | None
