"""How far a table of a source was read: kept in the lake, with the rows themselves."""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.compute as pc

from banso.connectors.readers import CursorUnusable, Mark
from banso.connectors.sources import DataSource, SourceTable
from banso.kernel.remarks import Remark
from banso.kernel.spans import seconds_of
from banso.warehouse.manifest import JSON

_TIME_OVERLAP = 600  # seconds
_NUMBER_OVERLAP = 1_000


@dataclass(frozen=True)
class Reached:
    """How far a table was read, and what it looked like."""

    cursor: Mark | None  # the greatest that was taken in
    definition: str  # digest of what the file said
    columns: Mapping[str, str]  # theirs, with their types

    def to_json(self) -> JSON:
        """Return it as the lake keeps it."""
        at = self.cursor
        return {
            "cursor": at if isinstance(at, int | None) else at.isoformat(),
            "definition": self.definition,
            "columns": dict(self.columns),
        }


def reached(mark: JSON) -> Reached | None:
    """Return what the lake kept, or None when it was never read."""
    if not isinstance(mark, dict):
        return None
    columns = mark["columns"]
    assert isinstance(columns, dict)
    return Reached(
        cursor=_cursor(mark["cursor"]),
        definition=str(mark["definition"]),
        columns={name: str(kind) for name, kind in columns.items()},
    )


def mark_name(source: DataSource, table: SourceTable) -> str:
    """Return the name under which the lake keeps how far a table was read."""
    return f"{source.name}/{table.from_}/{table.table}"


def since(source: DataSource, table: SourceTable, cursor: Mark) -> Mark:
    """Return from where to read: some way back, for rows that were committed late.

    Raises
    ------
    CursorUnusable
        The overlap is a span and the cursor a number, or the other way round.

    """
    given = table.overlap
    if isinstance(cursor, int):
        if given is None or given.isdecimal():
            return cursor - int(given or _NUMBER_OVERLAP)
        raise _misfit(source, table, "a number, as the cursor is one")
    seconds = _TIME_OVERLAP if given is None else seconds_of(given)
    if seconds is None:
        raise _misfit(source, table, "a span such as 10 min, as the cursor is a time")
    if isinstance(cursor, dt.datetime):
        return cursor - dt.timedelta(seconds=seconds)
    return cursor - dt.timedelta(days=-(-seconds // 86_400))


def newest(column: pa.ChunkedArray, *, at: dt.datetime, zone: str) -> Mark | None:
    """Return the greatest value of a cursor that does not lie ahead of the present.

    One that does would hide all that comes until then.
    """
    kind = column.type
    if pa.types.is_timestamp(kind):
        column = column.cast(pa.timestamp("us", kind.tz), safe=False)
        if kind.tz:
            limit = at
        else:  # the server's zone, which nobody tells
            zones = (ZoneInfo("UTC"), ZoneInfo(zone))
            limit = max(at.astimezone(each).replace(tzinfo=None) for each in zones)
        column = column.filter(pc.less_equal(column, pa.scalar(limit, column.type)))
    elif pa.types.is_date(kind):
        today = at.astimezone(ZoneInfo(zone)).date()
        column = column.filter(pc.less_equal(column, pa.scalar(today, kind)))
    found = pc.max(column).as_py()
    assert found is None or isinstance(found, int | dt.date)
    return found


def changes_of_columns(
    table: SourceTable, before: Mapping[str, str], now: Mapping[str, str]
) -> Iterator[Remark]:
    """Yield what changed at a source since the last time."""
    facts: dict[str, object] = {"table": table.from_}
    for name in sorted(now.keys() - before.keys()):
        yield Remark(
            "source_column_new",
            f"{table.from_} has a new column '{name}'. Rows that were read before lack"
            " it until all are read again (--full).",
            facts | {"column": name},
        )
    for name in sorted(before.keys() - now.keys()):
        yield Remark(
            "source_column_gone",
            f"{table.from_} no longer has the column '{name}'.",
            facts | {"column": name},
        )
    for name in sorted(before.keys() & now.keys()):
        if before[name] != now[name]:
            yield Remark(
                "source_column_changed",
                f"{table.from_}: the column '{name}' was {before[name]} and is"
                f" {now[name]}.",
                facts | {"column": name, "before": before[name], "now": now[name]},
            )


def _cursor(kept: JSON) -> Mark | None:
    if kept is None or isinstance(kept, int):
        return kept
    assert isinstance(kept, str)
    if len(kept) > len("2026-11-27"):
        return dt.datetime.fromisoformat(kept)
    return dt.date.fromisoformat(kept)


def _misfit(source: DataSource, table: SourceTable, wanted: str) -> CursorUnusable:
    return CursorUnusable(
        f"{source.name}: the overlap '{table.overlap}' of {table.from_} has to be"
        f" {wanted}.",
        source=source.name,
        table=table.from_,
        column=table.cursor,
        kind=str(table.overlap),
    )
