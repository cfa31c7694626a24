"""One customer's results as programs read them."""

import datetime as dt
from decimal import Decimal
from typing import Annotated, Literal

from ninja import Schema
from pydantic import Field


class Span(Schema):
    """From which as-of date to which; both included."""

    since: dt.date | None = None
    until: dt.date | None = None


class Compared(Schema):
    """The two dates that are compared."""

    since: Annotated[
        dt.date | None, Field(description="Default: 28 days before `until`.")
    ] = None
    until: Annotated[
        dt.date | None, Field(description="Default: the newest as-of date.")
    ] = None


class OnDate(Schema):
    """An as-of date."""

    as_of: Annotated[
        dt.date | None, Field(description="Default: the newest as-of date.")
    ] = None


class HealthDay(Schema):
    """Health on one as-of date."""

    as_of: dt.date
    model: str | None
    score: float | None
    band: str
    coverage: float


class HealthHistory(Schema):
    """Health on all as-of dates, ascending."""

    customer_id: str
    items: list[HealthDay]


class Part(Schema):
    """One element of health."""

    dimension: str
    element: str
    score: Annotated[float | None, Field(description="0 to 100.")]
    weight: Annotated[
        float, Field(description="After redistribution; 0 without a score.")
    ]
    points: float
    reason: Annotated[str | None, Field(description="Why it has no score.")]


class Parts(Schema):
    """What a score is made of."""

    customer_id: str
    as_of: dt.date
    score: float | None
    items: list[Part]


class ScaleCorner(Schema):
    """A value, and the score that it gives."""

    value: float
    score: Annotated[float, Field(description="0 to 100.")]


class RankRule(Schema):
    """That the score is a rank among customers."""

    higher_is: Literal["better", "worse"]
    peers: Annotated[
        list[str], Field(description="Columns that peers have in common; none: all.")
    ]


class ElementScore(Schema):
    """Why an element of health has its score, and what it did to the whole."""

    customer_id: str
    since: dt.date
    until: dt.date
    dimension: str
    dimension_label: str
    element: str
    label: str
    metric: str
    unit: str
    value_before: float | None
    value: float | None
    scale: Annotated[
        list[ScaleCorner],
        Field(description="Between two corners on a line; none: by rank."),
    ]
    by_rank: RankRule | None
    nominal_weight: Annotated[
        float | None, Field(description="When nothing is missing.")
    ]
    score_before: float | None
    score: float | None
    weight_before: float | None
    weight: float
    points: float
    effect: Annotated[
        float | None, Field(description="In points of health; null: not to be told.")
    ]
    reason: Annotated[str | None, Field(description="Why it has no score.")]


class MovementLine(Schema):
    """What one element did to the score."""

    dimension: str
    element: str
    kind: Literal["changed", "came", "went"]
    before: float | None
    after: float | None
    effect: Annotated[float, Field(description="In points of health.")]


class MovementOut(Schema):
    """Why a score moved; null scores: it cannot be told."""

    customer_id: str
    since: dt.date
    until: dt.date
    before: float | None
    after: float | None
    shifted: Annotated[
        float | None, Field(description="Points by weight that moved among elements.")
    ]
    items: list[MovementLine]


class MetricValue(Schema):
    """A metric on one date."""

    metric: str
    as_of: dt.date
    value: float | None


class MetricValues(Schema):
    """Metrics of a customer."""

    customer_id: str
    items: list[MetricValue]


class ContractLineOut(Schema):
    """A contract line, or a span of one with another price."""

    subscription_id: str
    product: str | None
    plan: str | None
    revenue_model: str | None
    seats: int | None
    mrr: Annotated[Decimal | None, Field(description="In `currency`, a month.")]
    currency: str
    started_on: dt.date
    ended_on: Annotated[dt.date | None, Field(description="Not included.")]
    renews_on: dt.date | None
    cancelled_on: Annotated[dt.date | None, Field(description="When notice was given.")]
    ended_reason: str | None
    state: Literal["running", "upcoming", "ended"]


class ContractsOut(Schema):
    """What a customer has under contract."""

    customer_id: str
    as_of: dt.date
    items: list[ContractLineOut]


class ContactOut(Schema):
    """A person at a customer."""

    contact_id: str
    name: str | None
    email: str | None
    role: str | None
    layer: str | None
    created_on: dt.date | None
    left_on: dt.date | None
    is_here: Annotated[bool, Field(description="Did not leave by the as-of date.")]
    last_active_on: Annotated[
        dt.date | None,
        Field(description="Null too for who refuses that its own use is looked at."),
    ]
    may_be_contacted: bool


class ContactsOut(Schema):
    """The people of a customer."""

    customer_id: str
    as_of: dt.date
    withheld: Annotated[
        int, Field(description="How many more refuse that other tools get their data.")
    ]
    items: list[ContactOut]


class Happening(Schema):
    """Something that happened."""

    at: dt.datetime
    kind: str
    title: str
    text: str
    by: str


class Timeline(Schema):
    """What happened, the newest first."""

    customer_id: str
    items: list[Happening]
    cursor: str | None
    next: str | None


class TimelineQuery(Schema):
    """Which part of the timeline."""

    kind: Annotated[
        str, Field(max_length=40, description="events, interactions, notes, work …")
    ] = ""
    q: Annotated[str, Field(max_length=200)] = ""
    cursor: Annotated[
        str, Field(max_length=60, pattern=r"^([0-9]{8}T[0-9]{12}-[0-9]{1,5})?$")
    ] = ""


class OpenSignalOut(Schema):
    """A signal that is open."""

    key: str
    label: str
    kind: str
    since: dt.date
    reason: str


class OpenSignals(Schema):
    """The signals that are open at a customer."""

    customer_id: str
    items: list[OpenSignalOut]
