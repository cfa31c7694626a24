"""Messages, the plays there are, who has what to do, and briefs, for programs."""

import datetime as dt
from typing import Annotated

from ninja import Schema
from pydantic import Field

from banso.webkit.api.paging import Paged, PageQuery


class MessageDraft(Schema):
    """A message to start from; a placeholder without a value stays as it is written."""

    language: str
    subject: str
    body: str


class MessagesOut(Schema):
    """The message of a step in both languages; none: it has no template."""

    customer_id: str
    step: Annotated[str, Field(description="Of the play that has the message.")]
    contact: Annotated[
        str,
        Field(
            description="Whom to write to; empty: nobody is known, nobody wants to be"
            " contacted, or who does refuses that other tools get its data."
        ),
    ]
    note: Annotated[str, Field(description="Who was passed over, and why.")]
    items: list[MessageDraft]


class LibraryBranch(Schema):
    """An answer to a step, and the step to which it leads; `end`: none."""

    label: str
    then: str


class LibraryStep(Schema):
    """A step of a play."""

    key: str
    label: str
    role: str
    due_days: Annotated[int, Field(description="Business days from its turn.")]
    channel: Annotated[str, Field(description="Empty: no contact.")]
    minutes: int
    note_required: bool
    has_message: bool
    branches: list[LibraryBranch]


class LibraryPlay(Schema):
    """A play that can be started, and what came of those that the user sees."""

    key: str
    label: str
    about: str
    assumed_effect: Annotated[float, Field(description="A share, 0 to 1.")]
    signals: Annotated[list[str], Field(description="That propose it.")]
    counts: Annotated[
        dict[str, int],
        Field(description="open, achieved, not_achieved, unclear, stopped."),
    ]
    steps: list[LibraryStep]


class LibraryOut(Schema):
    """The plays that the definitions hold."""

    items: list[LibraryPlay]


class LoadLine(Schema):
    """What one person has to do."""

    email: str
    name: str
    is_here: Annotated[bool, Field(description="May sign in, and has not left.")]
    left_on: dt.date | None
    customers: Annotated[int, Field(description="With a card that is open.")]
    plays: int
    tasks_due: Annotated[int, Field(description="Within seven days, or overdue.")]
    tasks_overdue: int
    minutes: Annotated[int, Field(description="Planned for all open tasks.")]


class LoadOut(Schema):
    """Who has how much to do; who is gone comes first."""

    items: list[LoadLine]


class AbsentPerson(Schema):
    """Somebody who is gone, and what waits there."""

    email: str
    name: str
    left_on: Annotated[
        dt.date | None, Field(description="Null: may not sign in any more.")
    ]
    customers: int
    plays: int
    tasks: int


class AbsentOut(Schema):
    """Who is gone, and whose work waits for a hand-over."""

    items: list[AbsentPerson]


class BriefCard(Schema):
    """A card that was handed over."""

    id: int
    label: str


class BriefPlay(Schema):
    """A play that was handed over."""

    id: int
    label: str


class BriefTask(Schema):
    """A task that was handed over."""

    id: int
    label: str
    due_on: dt.date


class BriefDeed(Schema):
    """What was done or decided at the customer before."""

    at: dt.datetime
    title: str
    more: str
    text: str
    by: str


class HandedCustomer(Schema):
    """What to know of one customer."""

    customer_id: str | None
    name: str
    cards: list[BriefCard]
    plays: list[BriefPlay]
    tasks: list[BriefTask]
    deeds: Annotated[
        list[BriefDeed],
        Field(description="The last ones, of a brief of few customers."),
    ]
    notes: Annotated[
        list[str], Field(description="On tasks that were done, of a brief of many.")
    ]


class HandedQuery(PageQuery):
    """Which customers of a hand-over."""


class HandedCustomers(Paged[HandedCustomer]):
    """A page of the customers of a hand-over, by name."""
