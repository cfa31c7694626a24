"""Contacts and notes as programs record and read them."""

import datetime as dt
from typing import Annotated, Literal

from ninja import Schema
from pydantic import AwareDatetime, Field

from banso.webkit.api.bodies import Body, Version
from banso.webkit.api.paging import Paged


class EntryIn(Body):
    """A note, or a contact that took place or is to."""

    kind: Literal["note", "call", "meeting", "visit", "mail", "chat", "webinar"]
    at: Annotated[
        AwareDatetime | None,
        Field(
            description="With its zone; default: now. Only a call, meeting, visit or"
            " webinar may lie ahead."
        ),
    ] = None
    text: Annotated[str, Field(max_length=20_000)] = ""
    minutes: Annotated[int | None, Field(ge=0, le=1440)] = None
    initiative: Annotated[
        Literal["", "ours", "theirs"], Field(description="Who began.")
    ] = ""
    contact: Annotated[
        str, Field(max_length=200, description="Name of the person there.")
    ] = ""


class ChangeIn(EntryIn):
    """What an entry says from now on, all of it."""

    at: Annotated[AwareDatetime, Field(description="With its zone.")]
    version: Version


class AttachmentOut(Schema):
    """A file of an entry."""

    attachment_id: int
    name: str
    size: Annotated[int, Field(description="Bytes.")]


class EntryOut(Schema):
    """A note or contact that was recorded."""

    entry_id: int
    customer_id: str
    kind: str
    at: dt.datetime
    text: str
    contact: str
    minutes: int | None
    by: str
    is_planned: bool
    version: Annotated[int, Field(description="That a change has to name.")]
    files: list[AttachmentOut]


class EntriesQuery(Schema):
    """Which entries."""

    show: Literal["all", "mentions", "mine", "planned"] = "all"
    q: Annotated[str, Field(max_length=200)] = ""
    cursor: Annotated[str, Field(max_length=4000)] = ""


class EntriesOut(Schema):
    """A page of entries, the newest first."""

    items: list[EntryOut]
    cursor: str | None
    next: str | None


class MentionsOut(Paged[EntryOut]):
    """A page of the entries that mention the user and wait to be read."""

    unread: Annotated[int, Field(description="How many wait in all.")]


class MentionsRead(Schema):
    """How many entries are read by now that were not."""

    read: int
