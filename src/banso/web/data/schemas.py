"""Tables and their rows as programs read and send them."""

import datetime as dt
from typing import Annotated, Literal

from ninja import Schema
from pydantic import Field, JsonValue

from banso.webkit.api.streams import StreamFormat

MAX_ROWS = 10_000


class ColumnOut(Schema):
    """A column of a table."""

    name: str
    type: Annotated[str, Field(description="As Arrow calls it.")]


class TableOut(Schema):
    """A table with rows."""

    name: str
    kind: Literal["facts", "result"]
    columns: list[ColumnOut]
    masked: Annotated[
        list[str], Field(description="Columns that are null to this user.")
    ]


class TablesOut(Schema):
    """The tables that the user can read."""

    release_id: str | None
    as_of: dt.date | None
    items: list[TableOut]


class RowsQuery(Schema):
    """Which rows, and in which form."""

    format: StreamFormat = "ndjson"
    as_of: Annotated[
        dt.date | None, Field(description="Of a result: only the rows of this date.")
    ] = None


class RowsIn(Schema):
    """Rows to add, or to replace by their keys."""

    rows: Annotated[
        list[dict[str, JsonValue]],
        Field(
            min_length=1,
            max_length=MAX_ROWS,
            description="Columns of the contract (docs/reference/tables.md) and of your"
            " own; dates in ISO 8601, money as a number or a text.",
        ),
    ]


class RowFaultOut(Schema):
    """Why a row was not taken in; it waits in the quarantine."""

    row: Annotated[int, Field(description="Its place in `rows`, from 0.")]
    column: Annotated[str, Field(description="Empty: the whole row is meant.")]
    value: str
    reason: Annotated[str, Field(description="Stable code.")]
    title: Annotated[str, Field(description="The reason, in the language asked for.")]
    waiting_for: Annotated[
        str, Field(description="ID of the customer that the row waits for.")
    ]


class LoadedOut(Schema):
    """What became of the rows: all but `quarantined` are taken in."""

    table: str
    rows_read: int
    new: int
    changed: int
    unchanged: int
    repeated: Annotated[int, Field(description="Said again by another row.")]
    quarantined: int
    taken_in: Annotated[
        int, Field(description="Rows of earlier loads that waited and are good now.")
    ]
    version: Annotated[int, Field(description="Of the lake.")]
    faults: list[RowFaultOut]
