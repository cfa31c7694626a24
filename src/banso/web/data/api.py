"""Tables of facts and results for programs: their rows out, and rows of facts in."""

from dataclasses import asdict
from typing import Any, Final

from django.http import StreamingHttpResponse
from django.utils import timezone
from ninja import Query, Router

from banso.web.customers import queries as customers
from banso.web.data import operations, queries
from banso.web.data.quarantine_page import gave, quarantine_page
from banso.web.data.reasons import title_of
from banso.web.data.row_access import list_tables
from banso.web.data.schemas import (
    ConnectionsOut,
    HistoryOut,
    LoadedOut,
    QuarantineOut,
    QuarantineQuery,
    RowsIn,
    RowsQuery,
    TablesOut,
)
from banso.webkit.api.paging import CursorInvalid, paged
from banso.webkit.api.streams import MEDIA_TYPES, streamed
from banso.webkit.permissions import allowed
from banso.webkit.personal import Personal, kinds_of_table, personal, told
from banso.webkit.requests import StaffRequest

router = Router(tags=["Data"])

_STREAM: Final[dict[str, Any]] = {
    "responses": {
        200: {
            "description": "The rows, sent while they are read.",
            "content": {
                kind.partition(";")[0]: {"schema": {"type": "string"}}
                for kind in MEDIA_TYPES.values()
            },
        }
    }
}
_KEY: Final[dict[str, Any]] = {
    "parameters": [
        {
            "in": "header",
            "name": "Idempotency-Key",
            "schema": {"type": "string", "maxLength": 200},
            "required": False,
            "description": "The same key with the same body is done once, within 24"
            " hours; with another body it is refused (422), while it is under way too"
            " (409).",
        }
    ]
}


@router.get("tables", response=TablesOut, operation_id="listTables")
@allowed("see_data")
def tables(request: StaffRequest) -> object:
    """List the tables of facts and results whose rows the user can read."""
    release = customers.published_release()
    return {
        "release_id": release.release_id if release else None,
        "as_of": release.as_of if release else None,
        "items": [
            {
                "name": shown.table.name,
                "kind": "result" if shown.table.is_result else "facts",
                "columns": shown.table.columns,
                "masked": shown.masked,
            }
            for shown in list_tables(visible_to=request.user)
        ],
    }


@router.get("connections", response=ConnectionsOut, operation_id="listConnections")
@allowed("see_data")
def connections(request: StaffRequest) -> object:
    """List the tables of the contract, what is connected, and how fresh it is."""
    return queries.told_connections(today=timezone.localdate(request.now))


@router.get("data-history", response=HistoryOut, operation_id="listDataHistory")
@allowed("see_data")
def history(request: StaffRequest) -> object:
    """List what the last loads, runs and publications changed, the newest first."""
    del request
    return {"items": queries.told_history()}


@router.get("quarantine", response=QuarantineOut, operation_id="listQuarantine")
@allowed("see_quarantine")
@personal(Personal.ROWS)
def quarantine(request: StaffRequest, asked: Query[QuarantineQuery]) -> object:
    """List the rows that were not taken in, and why; a row can have several faults."""
    if asked.cursor and not gave(asked.cursor):
        raise CursorInvalid("The cursor is not one of this list.")
    found = quarantine_page(asked.wanted, cursor=asked.cursor, size=asked.limit)
    told(request, table="quarantine")
    items = [
        {**asdict(row.finding), "title": row.title, "advice": row.advice}
        for row in found.page.rows
    ]
    return {"rows": found.summary.rows, **paged(request, items, found.page.next)}


@router.get(
    "tables/{table}/rows",
    operation_id="readRows",
    summary="Rows of a table",
    openapi_extra=_STREAM,
)
@allowed("see_data")
@allowed("export_customers")
@personal(Personal.ROWS)
def rows(
    request: StaffRequest, table: str, asked: Query[RowsQuery]
) -> StreamingHttpResponse:
    """Send the rows of a table: NDJSON, CSV or Parquet, of the customers in scope.

    Numbers are those of the release that the pages show. What is personal is null to
    whom the page of the table masks it.
    """
    found = operations.export_table(
        table, as_of=asked.as_of, by=request.user, at=request.now
    )
    told(request, kinds=kinds_of_table(table, found.schema.names), table=table)
    return streamed(found.batches(), found.schema, asked.format, name=table)


@router.post(
    "tables/{table}/rows",
    response=LoadedOut,
    operation_id="upsertRows",
    summary="Add or replace rows of facts",
    openapi_extra=_KEY,
)
@allowed("load_rows")
def add(request: StaffRequest, table: str, body: RowsIn) -> object:
    """Add up to 10,000 rows to a table of facts, or replace those with the same keys.

    A faulty row goes to the quarantine and is named; the others are taken in, in one
    new version of the lake. Numbers follow with the next run.
    """
    loaded = operations.add_rows(table, body.rows, by=request.user, at=request.now)
    faults = [
        {
            "row": fault.row,
            "column": fault.column,
            "value": fault.value,
            "reason": fault.reason,
            "title": title_of(fault.reason),
            "waiting_for": fault.waiting_for,
        }
        for fault in loaded.faults
    ]
    summary = {n: getattr(loaded.summary, n) for n in _COUNTS}
    return {**summary, "version": loaded.version, "faults": faults}


_COUNTS: Final = (
    "table", "rows_read", "new", "changed", "unchanged", "repeated", "quarantined",
    "taken_in",
)  # fmt: skip
