"""Sources of live events as programs name and read them."""

import datetime as dt
from typing import Annotated, Literal

from ninja import Schema
from pydantic import Field

from banso.webkit.api.bodies import Body

Limit = Annotated[
    int | None,
    Field(
        ge=1, le=1_000_000, description="Calls a second on average; null: any number."
    ),
]
Name = Annotated[str, Field(max_length=80, description="Empty: the key.")]


class WriteKeyOut(Schema):
    """A write key; the whole of it is told once, when it is made."""

    key_id: int
    tail: Annotated[str, Field(description="Its last four characters.")]
    made_at: dt.datetime
    ends_at: Annotated[dt.datetime | None, Field(description="It counts until then.")]


class SourceOut(Schema):
    """A source of live events."""

    key: Annotated[str, Field(description="In the ids of its events.")]
    name: str
    limit_per_second: int | None
    is_active: bool
    made_at: dt.datetime
    last_at: dt.datetime | None
    accepted: int
    refused: int
    write_keys: Annotated[
        list[WriteKeyOut], Field(description="Those that count, or did until lately.")
    ]


class SourcesOut(Schema):
    """All sources by name."""

    address: Annotated[
        str, Field(description="Of the endpoint; empty: this server runs none.")
    ]
    items: list[SourceOut]


class SourceIn(Body):
    """A source to add."""

    key: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")]
    name: Name = ""
    limit_per_second: Limit = None


class SourceChangeIn(Body):
    """What a source is from now on."""

    name: Name = ""
    limit_per_second: Limit = None
    is_active: Annotated[bool, Field(description="It may send.")]


class RotationIn(Body):
    """How long the old write keys still count."""

    overlap_hours: Literal[0, 1, 24, 168] = 24


class MadeOut(SourceOut):
    """A source with a new write key."""

    write_key: Annotated[str, Field(description="It is told this once.")]


class RefusedCallOut(Schema):
    """A call that was refused."""

    source: str
    at: dt.datetime
    message_id: str
    code: str
    words: str


class RefusedCallsOut(Schema):
    """The newest refused calls."""

    items: list[RefusedCallOut]
