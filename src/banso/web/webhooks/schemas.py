"""Webhooks as programs name and read them."""

import datetime as dt
from typing import Annotated, Literal

from ninja import Schema
from pydantic import AwareDatetime, Field

Kind = Literal[
    "signal.opened",
    "signal.closed",
    "play.started",
    "play.finished",
    "play.stopped",
    "task.done",
    "customer.merged",
    "customer.parted",
    "trial.started",
    "trial.stopped",
    "release.published",
]


class EndpointIn(Schema):
    """An address, and what it wants to be told."""

    url: Annotated[str, Field(max_length=500, description="https and public.")]
    kinds: Annotated[list[Kind], Field(min_length=1, max_length=20)]


class EndpointOut(Schema):
    """An endpoint; its secret is told once, when it is made or renewed."""

    endpoint_id: int
    url: str
    kinds: list[str]
    is_on: bool
    gave_up_at: Annotated[
        dt.datetime | None,
        Field(description="It did not hear for a day and was switched off then."),
    ]
    made_at: dt.datetime


class EndpointsOut(Schema):
    """All endpoints, the oldest first."""

    items: list[EndpointOut]


class SecretOut(EndpointOut):
    """An endpoint with the secret that signs from now on."""

    secret: str


class SwitchIn(Schema):
    """Whether events are sent; what happens while they are not is kept."""

    is_on: bool


class ReplayIn(Schema):
    """Which of the events that were given up are sent again."""

    since: Annotated[
        AwareDatetime | None,
        Field(description="Those that happened since; null: all of them."),
    ] = None


class ReplayedOut(Schema):
    """How many events are sent again."""

    count: int


class DeliveryOut(Schema):
    """An event and how far it is."""

    delivery_id: int
    event_id: Annotated[str, Field(description="`webhook-id`; always the same.")]
    kind: str
    state: Literal["waiting", "sent", "failed"]
    attempts: int
    made_at: dt.datetime
    due_at: dt.datetime
    ended_at: dt.datetime | None
    status: Annotated[int | None, Field(description="HTTP status of the last answer.")]
    answer: Annotated[str, Field(description="Its beginning, or why there is none.")]


class DeliveriesOut(Schema):
    """The last 100 events of an endpoint, the newest first."""

    items: list[DeliveryOut]
