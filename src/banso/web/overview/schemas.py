"""The overview as programs read it."""

import datetime as dt
from decimal import Decimal
from typing import Annotated

from ninja import Schema
from pydantic import Field


class OverviewAmount(Schema):
    """Money in one currency; `XXX`: an amount that is not money."""

    currency: str
    amount: Decimal


class OverviewTotal(Schema):
    """How many customers, and what they pay a month."""

    customers: int
    mrr: Annotated[
        list[OverviewAmount],
        Field(description="A line each currency, never added; the most first."),
    ]


class OverviewBand(Schema):
    """The customers of one band of health."""

    band: str
    now: OverviewTotal
    before: OverviewTotal
    share: Annotated[float | None, Field(description="Of the customers.")]
    mrr_share: Annotated[
        float | None, Field(description="Of MRR; null in several currencies.")
    ]


class OverviewRenewals(Schema):
    """The renewals of a span of time."""

    total: OverviewTotal
    at_risk: OverviewTotal
    customers_by_band: dict[str, int]


class OverviewWithin(OverviewRenewals):
    """The renewals of the next days."""

    days: int


class OverviewMonth(OverviewRenewals):
    """The renewals of a month."""

    month: dt.date


class OverviewLack(Schema):
    """Customers without a score, for one reason."""

    reason: Annotated[str, Field(description="Stable code.")]
    detail: str
    customers: int


class OverviewRange(Schema):
    """The customers with a chance of leaving in a range."""

    low: float
    high: float
    total: OverviewTotal
    share: Annotated[float, Field(description="Of the customers with a chance.")]


class OverviewOutlook(Schema):
    """What is expected to be lost within 90 days: MRR times chance."""

    expected: OverviewTotal
    of_notice: OverviewTotal
    by_rate: Annotated[
        int, Field(description="Customers whose chance is only a rate by tenure.")
    ]
    ranges: list[OverviewRange]


class OverviewOut(Schema):
    """How the active customers stand that the user sees."""

    as_of: dt.date
    before: Annotated[
        dt.date | None, Field(description="The date with which it is compared.")
    ]
    is_old: Annotated[bool, Field(description="More than 7 days have passed since.")]
    total: OverviewTotal
    total_before: OverviewTotal
    several_currencies: Annotated[
        int, Field(description="Customers whose MRR is in none of the sums.")
    ]
    bands: list[OverviewBand]
    renewals_within: list[OverviewWithin]
    renewals_by_month: list[OverviewMonth]
    notice: Annotated[OverviewTotal, Field(description="Who gave notice.")]
    unowned: Annotated[
        OverviewTotal | None,
        Field(description="Whom nobody owns; null for who does not see them."),
    ]
    without_score: list[OverviewLack]
    outlook: OverviewOutlook | None
