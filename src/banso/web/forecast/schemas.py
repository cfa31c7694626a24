"""Forecasts as programs read them."""

import datetime as dt
from typing import Annotated

from ninja import Schema
from pydantic import Field

from banso.webkit.api.paging import PageQuery


class ForecastQuery(PageQuery):
    """Which forecasts."""

    customer_id: Annotated[str, Field(max_length=300)] = ""
    horizon_days: Annotated[int | None, Field(ge=1, le=3650)] = None


class ForecastOut(Schema):
    """What is expected of a customer within a horizon."""

    customer_id: str
    as_of: dt.date
    horizon_days: int
    p_churn: float | None
    low: float | None
    high: float | None
    p_expansion: float | None
    p_contraction: float | None
    mrr_at_risk: float | None
    currency: str | None
    basis: str | None
    reason: Annotated[str | None, Field(description="Why there is none.")]


class ForecastPage(Schema):
    """A page of forecasts by customer and horizon."""

    items: list[ForecastOut]
    cursor: str | None
    next: str | None
