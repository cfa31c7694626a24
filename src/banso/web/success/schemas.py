"""The success funnel as programs read it."""

import datetime as dt
from typing import Annotated, Literal

from ninja import Schema
from pydantic import Field


class SuccessQuery(Schema):
    """Cohorts of which length."""

    by: Literal["month", "quarter", "year"] = "quarter"


class FunnelOut(Schema):
    """How far the customers of a cohort have come; rates are 0 to 1."""

    period: Annotated[str, Field(description="`all`: everybody together.")]
    cohort: dt.date
    customers: Annotated[int, Field(description="Had the time to be onboarded.")]
    early: int
    unknown: int
    not_onboarded: int
    onboarded: int
    left: int
    not_adopting: int
    successful: int | None
    onboarding_rate: float | None
    onboarding_low: float | None
    onboarding_high: float | None
    adoption_rate: float | None
    adoption_low: float | None
    adoption_high: float | None


class SuccessMonthOut(Schema):
    """The successful customers of a date."""

    as_of: dt.date
    successful: int | None
    csms: Annotated[int | None, Field(description="Who were at work.")]
    successful_per_csm: float | None


class SuccessOut(Schema):
    """The success funnel over all customers; empty while success is not defined."""

    as_of: dt.date | None
    items: list[FunnelOut]
    history: list[SuccessMonthOut]
