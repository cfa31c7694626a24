"""Revenue as programs read it."""

import datetime as dt
from decimal import Decimal
from typing import Annotated, Literal

from ninja import Schema
from pydantic import Field


class PeriodsQuery(Schema):
    """Which periods."""

    grain: Literal["month", "quarter", "year"] = "month"
    grouping: Annotated[
        str, Field(max_length=100, description="Empty: the whole; plan, size, …")
    ] = ""


class PeriodOut(Schema):
    """MRR of a period, and what moved it, in one currency."""

    period: Annotated[dt.date, Field(description="Its first day.")]
    segment: str | None
    currency: str
    amounts: Annotated[
        dict[str, Decimal],
        Field(description="opening, new, expansion, contraction, churn, closing, …"),
    ]
    customers: Annotated[dict[str, int], Field(description="By the same kinds.")]
    arr: Decimal
    cmrr: Decimal
    arpa: float | None
    quick_ratio: float | None


class PeriodsOut(Schema):
    """Periods ascending, over the customers that the user sees."""

    as_of: dt.date | None
    groupings: list[str]
    items: list[PeriodOut]


class RetentionOut(Schema):
    """Retention of a period."""

    period: dt.date
    grouping: str
    segment: str | None
    variant: str
    currency: str
    window_months: int
    customers_start: int
    customers_kept: int
    mrr_start: Decimal
    nrr: float | None
    grr: float | None
    logo_retention: float | None
    logo_low: float | None
    logo_high: float | None
    cmrr: Decimal | None


class RetentionsOut(Schema):
    """Retention of all periods, over all customers."""

    as_of: dt.date | None
    items: list[RetentionOut]
