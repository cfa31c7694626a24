"""Where parts are made: a DuckDB connection, a workspace, and a way into the lake."""

# ruff: noqa: S608 - every name and text in the SQL is quoted by columns.py.
import datetime as dt
import hashlib
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from uuid import uuid4

import duckdb

from banso.warehouse.columns import KNOWN_AT, ROW_HASH, name_sql, names_sql, text_sql
from banso.warehouse.durable import publish
from banso.warehouse.engine import MEMORY, ROW_GROUP, connect, one_row
from banso.warehouse.scans import STILL_SEEN

_SUM = 1 << 64


@dataclass(frozen=True)
class WrittenPart:
    """A Parquet file that is on the disk for good."""

    sha256: str
    rows: int
    bytes: int


@dataclass(frozen=True)
class Measured:
    """What a part holds, as its manifest entry says it."""

    rows: int
    deleted_rows: int
    seen_rows: int  # deleted, but time travel can meet them
    first_day: dt.date | None
    last_day: dt.date | None
    known_at_given: bool
    content: str


@dataclass
class Bench:
    """One writer's connection and workspace, and the files that it made."""

    root: Path  # the lake's folder
    workspace: Path
    opened: ExitStack  # closes what the writer opened
    memory: str = MEMORY
    threads: int | None = None
    made: list[Path] = field(default_factory=list)  # new to the lake, not committed

    @cached_property
    def con(self) -> duckdb.DuckDBPyConnection:
        """The connection; who only publishes a release never needs one."""
        return self.opened.enter_context(
            connect(spill=self.workspace, memory=self.memory, threads=self.threads)
        )

    def write_part(
        self, select: str, *, order_by: Sequence[str], under: str
    ) -> tuple[str, WrittenPart]:
        """Write the rows of `select` below `under`, named by their hash.

        Returns
        -------
        str, WrittenPart
            The path relative to the lake, and what was written there.

        """
        beside = self.workspace / f"{uuid4().hex}.parquet"
        written = write_sorted(self.con, select, order_by=order_by, path=beside)
        return self.take_in(beside, written, under=under), written

    def take_in(self, beside: Path, written: WrittenPart, *, under: str) -> str:
        """Move a finished file into the lake, and return its path there."""
        relative = f"{under}/{written.sha256[:16]}.parquet"
        path = self.root / relative
        if path.exists():  # same content, so it is there already
            beside.unlink()
            return relative
        self.made.append(path)
        publish(beside, path)
        return relative

    def drop_made(self) -> None:
        """Remove the files that were made since the last commit."""
        for path in self.made:
            path.unlink(missing_ok=True)
        self.made.clear()

    def measure(self, path: str, deletes: str | None, *, time: str | None) -> Measured:
        """Read what the manifest says of a part: counts, days, and content.

        The content is a sum over the rows, so that it is the same whichever way they
        are spread over parts, and can be compared between lakes.
        """
        day = f"CAST(p.{name_sql(time)} AS DATE)" if time else "CAST(NULL AS DATE)"
        joined = "(SELECT 0 AS row_no, CAST(NULL AS TIMESTAMP) AS superseded_known_at"
        joined += " LIMIT 0)"
        if deletes:
            joined = f"read_parquet({text_sql(str(self.root / deletes))})"
        seen = f"d.row_no IS NOT NULL AND {STILL_SEEN}"
        row = one_row(
            self.con,
            f"""
            SELECT count(*), count(d.row_no), count(*) FILTER ({seen}),
                min({day}), max({day}), count(p.{KNOWN_AT}) > 0,
                sum(CASE WHEN d.row_no IS NULL THEN {_LIVE}
                    WHEN {seen} THEN {_SEEN} ELSE 0 END)
            FROM read_parquet({text_sql(str(self.root / path))}) AS p
            LEFT JOIN {joined} AS d ON p.file_row_number = d.row_no
            """,
        )
        return _measured(row)


_LIVE = (
    f"CASE WHEN p.{KNOWN_AT} IS NULL THEN p.{ROW_HASH} ELSE md5_number_lower("
    f"concat(p.{ROW_HASH}, '@', epoch_us(p.{KNOWN_AT}))) END"
)
_SEEN = (
    f"md5_number_lower(concat(p.{ROW_HASH}, '@', epoch_us(p.{KNOWN_AT}), '-',"
    " epoch_us(d.superseded_known_at)))"
)


def _measured(row: tuple[object, ...]) -> Measured:
    rows, deleted, seen, first, last, known, content = row
    assert isinstance(rows, int)
    assert isinstance(deleted, int)
    assert isinstance(seen, int)
    return Measured(
        rows=rows,
        deleted_rows=deleted,
        seen_rows=seen,
        first_day=first if isinstance(first, dt.date) else None,
        last_day=last if isinstance(last, dt.date) else None,
        known_at_given=bool(known),
        content=f"{int(str(content or 0)) % _SUM:016x}",
    )


def write_sorted(
    con: duckdb.DuckDBPyConnection,
    select: str,
    *,
    order_by: Sequence[str],
    path: Path,
    columns: Sequence[str] | None = None,
) -> WrittenPart:
    """Write the rows of `select` as Parquet: same rows and full order, same bytes.

    Its `columns` are asked for when they are not given.
    """
    order = f" ORDER BY {names_sql(order_by)}" if order_by else ""
    names = columns or [
        name for name, *_ in con.execute(f"DESCRIBE {select}").fetchall()
    ]
    # DuckDB encodes a column without nulls in two ways, by whether its vectors carry a
    # mask, and that depends on rows which are not even written. CASE makes a new mask.
    plain = ", ".join(
        f"CASE WHEN {column} IS NULL THEN NULL ELSE {column} END AS {column}"
        for column in map(name_sql, names)
    )
    con.execute(
        f"COPY (SELECT {plain} FROM (SELECT * FROM ({select}){order})) TO"
        f" {text_sql(str(path))} (FORMAT parquet, COMPRESSION zstd,"
        f" ROW_GROUP_SIZE {ROW_GROUP})"
    )
    return described(con, path)


def described(con: duckdb.DuckDBPyConnection, path: Path) -> WrittenPart:
    """Return the hash, rows and size of a Parquet file."""
    (rows,) = one_row(
        con, f"SELECT num_rows FROM parquet_file_metadata({text_sql(str(path))})"
    )
    assert isinstance(rows, int)
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return WrittenPart(sha256=digest, rows=rows, bytes=path.stat().st_size)
