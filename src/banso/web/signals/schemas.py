"""Signals as programs read them."""

import datetime as dt
from typing import Annotated

from ninja import Schema
from pydantic import Field


class FigureOut(Schema):
    """How well a signal told, over all customers."""

    figure: str
    value: float | None
    low: float | None
    high: float | None
    n: int
    events: int
    reason: Annotated[str | None, Field(description="Why there is no value.")]
    months: int


class SignalOut(Schema):
    """A signal of the definitions."""

    key: str
    label: str
    kind: str
    within_days: Annotated[int, Field(description="Days in which the outcome follows.")]
    play: Annotated[str, Field(description="That it proposes; empty: none.")]
    open: Annotated[int, Field(description="Customers in scope at which it is open.")]
    lacks: Annotated[list[str], Field(description="What it is off for lack of.")]
    figures: list[FigureOut]


class SignalsOut(Schema):
    """All signals that the user sees."""

    as_of: dt.date | None
    items: list[SignalOut]


class OpenAtOut(Schema):
    """A customer at which a signal is open."""

    customer_id: str
    name: str
    owner: str
    opened_on: dt.date
    reason: str
    score: float | None
    band: str
    chance: float | None
    amount: Annotated[float | None, Field(description="Of a year.")]
    currency: str
    worth: Annotated[
        float | None, Field(description="Chance × amount × urgency × effect.")
    ]


class OpenPage(Schema):
    """A page of customers at which a signal is open."""

    items: list[OpenAtOut]
    cursor: str | None
    next: str | None
