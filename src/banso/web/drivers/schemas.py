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
