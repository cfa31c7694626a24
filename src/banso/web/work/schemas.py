"""Cards, plays and tasks as programs read them, and what they say of them."""

import datetime as dt
from typing import Annotated, Literal

from ninja import Schema
from pydantic import Field

from banso.webkit.api.bodies import Body
from banso.webkit.api.paging import Paged, PageQuery

Note = Annotated[str, Field(max_length=5_000)]
Version = Annotated[
    int,
    Field(
        ge=1,
        le=2_000_000_000,
        description="As it was read: if somebody acted meanwhile, this is refused.",
    ),
]


class CardOut(Schema):
    """An opening of a signal that somebody should act on."""

    id: int
    version: int
    customer_id: str
    name: str
    owner: str
    signal: str
    label: str
    kind: str
    reason: str
    opened_on: dt.date
    state: str
    snoozed_until: dt.date | None
    assignee: Annotated[
        str | None, Field(description="E-mail of whom it was delegated to.")
    ]
    play: Annotated[str, Field(description="That is proposed; empty: none.")]
    worth: float | None
    chance: float | None
    amount: Annotated[float | None, Field(description="Of a year, in `currency`.")]
    currency: str
    urgency: float | None
    effect: float | None
    is_ready: Annotated[
        bool, Field(description="False: snoozed, out of its window, or at rest.")
    ]


class CardsQuery(Schema):
    """Which cards."""

    whose: Annotated[
        str, Field(max_length=254, description="mine, all, or the e-mail of an owner.")
    ] = "mine"
    kind: Annotated[str, Field(max_length=40, description="Of signal.")] = ""
    limit: Annotated[int, Field(ge=1, le=1000)] = 100
    cursor: Annotated[str, Field(max_length=4000)] = ""


class CardsPage(Schema):
    """A page of cards, those that are worth most first."""

    items: list[CardOut]
    cursor: str | None
    next: str | None


class DelegationIn(Schema):
    """To whom a card is delegated."""

    version: Version
    to: Annotated[str, Field(max_length=254, description="E-mail.")]
    note: Note = ""


class SnoozeIn(Schema):
    """Until when a card is put aside."""

    version: Version
    until: dt.date
    why: Note = ""


class DismissalIn(Schema):
    """Why nothing is to be done."""

    version: Version
    reason: Literal[
        "known", "elsewhere", "wrong_data", "not_relevant", "bad_time", "other"
    ]
    why: Note = ""


class OpeningIn(Schema):
    """That a decision is taken back."""

    version: Version


class PlayIn(Schema):
    """Which play is started."""

    version: Version
    play: Annotated[str, Field(max_length=200)]


class TaskOut(Schema):
    """Something that somebody has to do until a day."""

    id: int
    version: int
    customer_id: str | None
    play_id: int | None
    step: str
    label: str
    assignee: str
    due_on: dt.date
    state: str
    channel: str
    note: str
    minutes: int | None


class TasksQuery(Schema):
    """Which tasks."""

    state: Literal["open", "done", "dropped"] = "open"
    mine: Annotated[bool, Field(description="Only those of the user.")] = True
    limit: Annotated[int, Field(ge=1, le=1000)] = 100
    cursor: Annotated[str, Field(max_length=4000)] = ""


class TasksPage(Schema):
    """A page of tasks, those that are due first first."""

    items: list[TaskOut]
    cursor: str | None
    next: str | None


class TaskIn(Schema):
    """A task to add."""

    title: Annotated[str, Field(min_length=1, max_length=300)]
    due_on: dt.date
    assignee: Annotated[
        str, Field(max_length=254, description="E-mail; empty: the user.")
    ] = ""


class CompletionIn(Schema):
    """What is said of a task that is done."""

    version: Version
    note: Note = ""
    minutes: Annotated[int | None, Field(ge=0, le=1440)] = None
    then: Annotated[
        str, Field(max_length=200, description="Step to which the branch leads.")
    ] = ""


class PlayOut(Schema):
    """A play that somebody carries out."""

    id: int
    version: int
    customer_id: str | None
    play: str
    label: str
    owner: str
    status: str
    result: str
    note: str
    started_at: dt.datetime
    ended_at: dt.datetime | None
    tasks: list[TaskOut]


class PlaysQuery(Schema):
    """Which plays."""

    status: Literal["open", "finished", "stopped"] = "open"
    limit: Annotated[int, Field(ge=1, le=1000)] = 100
    cursor: Annotated[str, Field(max_length=4000)] = ""


class PlaysPage(Schema):
    """A page of plays, the newest first."""

    items: list[PlayOut]
    cursor: str | None
    next: str | None


class ResultIn(Schema):
    """What came of a play."""

    version: Version
    result: Literal["achieved", "not_achieved", "unclear"]
    note: Note = ""


class StopIn(Schema):
    """That a play is stopped before its end."""

    version: Version
    note: Note = ""


class HandOverIn(Body):
    """What is handed over: a play, all at a customer, or all of a person."""

    giver: Annotated[
        str,
        Field(
            max_length=254,
            description="E-mail of who had it; empty: the user. Of others only who may"
            " hand their work over.",
        ),
    ] = ""
    to: Annotated[str, Field(max_length=254, description="E-mail of who takes over.")]
    customer_id: Annotated[
        str | None,
        Field(max_length=200, description="Only at this customer; null: at all."),
    ] = None
    play_id: Annotated[
        int | None,
        Field(ge=1, le=(1 << 63) - 1, description="Only this play; null: all."),
    ] = None
    note: Annotated[str, Field(max_length=4000, description="What to know.")] = ""
    is_standing: Annotated[
        bool, Field(description="Also what opens from now on; never of a single play.")
    ] = False


class HandOverOut(Schema):
    """Work that went from one person to another."""

    id: int
    at: dt.datetime
    by: str
    giver: str
    taker: str
    customer_id: str | None
    note: str
    cards: Annotated[list[int], Field(description="Numbers of what went over.")]
    plays: list[int]
    tasks: list[int]
    is_standing: Annotated[bool, Field(description="What opens goes over still.")]
    ended_at: dt.datetime | None


class HandOversQuery(PageQuery):
    """Which page of hand-overs."""


class HandOversPage(Paged[HandOverOut]):
    """A page of hand-overs, the newest first."""
