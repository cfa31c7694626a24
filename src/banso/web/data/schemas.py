"""Tables and their rows as programs read and send them."""

import datetime as dt
from typing import Annotated, Literal

from ninja import Schema
from pydantic import ConfigDict, Field, JsonValue

from banso.runs.quarantine_reading import Wanted
from banso.webkit.api.paging import Paged, PageQuery
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


class ConnectedOut(Schema):
    """A table of the contract, and how fresh its rows are."""

    table: str
    is_connected: bool
    rows: int
    newest_on: Annotated[
        dt.date | None, Field(description="Day of its newest row; may lie ahead.")
    ]
    loaded_at: Annotated[
        dt.datetime | None, Field(description="When a row was last new or changed.")
    ]
    quarantined: int
    is_stale: Annotated[
        bool, Field(description="Too old for health, which then does without it.")
    ]


class SourceTableOut(Schema):
    """A table of a source that is read again and again."""

    model_config = ConfigDict(populate_by_name=True)

    source: str
    every: Annotated[str | None, Field(description="Null: when somebody asks.")]
    from_: Annotated[str, Field(alias="from", description="Its name there.")]
    table: str
    read_at: Annotated[dt.datetime | None, Field(description="Last, to its end.")]
    rows: int
    failure: str | None


class ConnectionsOut(Schema):
    """What is connected."""

    as_of: dt.date | None
    items: list[ConnectedOut]
    sources: list[SourceTableOut]
    faults: Annotated[list[str], Field(description="Of the file of sources.")]


class CountChangeOut(Schema):
    """How many there were before and after."""

    before: int
    after: int


class TableChangeOut(CountChangeOut):
    """What happened to the rows of a table; equal counts: rows were corrected."""

    table: str


class LakeVersionOut(Schema):
    """One version of the lake, against the one before; all empty: files were joined."""

    version: int
    at: dt.datetime
    tables: list[TableChangeOut]
    quarantine: Annotated[
        CountChangeOut | None, Field(description="Findings; null: they did not change.")
    ]
    published: Annotated[
        str | None, Field(description="Digest of definitions that were published.")
    ]
    as_of: Annotated[dt.date | None, Field(description="Of the release of a run.")]


class HistoryOut(Schema):
    """The last 50 versions that the lake still knows, the newest first."""

    items: list[LakeVersionOut]


class QuarantineQuery(PageQuery):
    """Which findings; all that are given must hold."""

    table: Annotated[str, Field(max_length=100)] = ""
    reason: Annotated[str, Field(max_length=60)] = ""
    source: Annotated[str, Field(max_length=400, description="The file.")] = ""
    waiting_for: Annotated[
        str, Field(max_length=200, description="The customer that rows wait for.")
    ] = ""

    @property
    def wanted(self) -> Wanted:
        """What to show."""
        return Wanted(**self.model_dump(exclude={"limit", "cursor"}))


class FindingOut(Schema):
    """A fault of a row that was not taken in."""

    quarantine_id: str
    table: str
    source: str
    line: int
    column: Annotated[str, Field(description="Empty: the whole row.")]
    value: str
    reason: str
    title: Annotated[str, Field(description="The reason, in words.")]
    advice: str
    detail: str
    waiting_for: str
    raw: Annotated[str, Field(description="The row as JSON.")]
    seen_at: dt.datetime


class QuarantineOut(Paged[FindingOut]):
    """Findings, by table, file and line."""

    rows: Annotated[int, Field(description="Different rows in the whole quarantine.")]


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
