"""Taking rows into a table by key: new ones, corrected ones, and those known before."""

# ruff: noqa: S608 - every name and text in the SQL is quoted by columns.py.
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from shutil import rmtree
from uuid import uuid4

from banso.tables.spec import Kind, TableSpec
from banso.warehouse.bench import Bench
from banso.warehouse.columns import (
    KEY_HASH,
    KNOWN_AT,
    LOADED_AT,
    ROW_HASH,
    name_sql,
    text_sql,
)
from banso.warehouse.engine import ROW_GROUP, one_row
from banso.warehouse.manifest import SMALL, UNDATED, Part, TableVersion
from banso.warehouse.scans import columns_of, files_sql, live_sql, place
from banso.warehouse.staged import Staged, read_staged

_SLICE = "__slice"


@dataclass(frozen=True)
class Upserted:
    """How many rows of a staged file were new, corrected, or already there."""

    new: int
    changed: int
    unchanged: int


def upsert(
    bench: Bench,
    table: TableVersion,
    *,
    spec: TableSpec,
    staged: Path,
    loaded_at: str,
    first_stays: bool = False,
) -> tuple[TableVersion, Upserted]:
    """Return `table` with the rows of the file `staged`, and what that changed.

    Whether a row is there already is decided by two hashes that each part carries
    (key and content, 8 bytes each), so that a load reads nothing else of the past.
    With `first_stays`, a row whose key is there changes nothing: it counts as
    unchanged whatever it says.
    """
    rows = read_staged(bench.con, staged, spec=spec, kinds=table.columns)
    changed, unchanged = _compare(bench, table, rows)
    if changed and first_stays:
        changed, unchanged = 0, _leave_out(bench)
    counts = Upserted(rows.rows - changed - unchanged, changed, unchanged)
    if rows.rows == unchanged:
        return table, counts
    kept = table.parts
    if changed:
        kept = supersede(bench, table, spec=spec, loaded_at=loaded_at)
    # Months are to be left out by a reader; below one row group they only cost him.
    rows = replace(rows, by_month=table.rows + rows.rows > ROW_GROUP)
    written = _write_new(bench, rows, skip=unchanged > 0, loaded_at=loaded_at)
    parts = sorted((*kept, *written), key=lambda part: (part.slice, part.path))
    return TableVersion(table.name, _in_order(rows.kinds, spec), tuple(parts)), counts


def part_order(spec: TableSpec, columns: Mapping[str, Kind]) -> list[str]:
    """Return the columns that parts are sorted by: customer, time, then the key."""
    wanted = ["customer_id", *([spec.time] if spec.time else []), *spec.key]
    return [name for name in dict.fromkeys(wanted) if name in columns]


def part_of(bench: Bench, part: Part, *, spec: TableSpec) -> tuple[Part, int]:
    """Return `part` with what its file and its deletes hold.

    Returns
    -------
    Part, int
        The part, and how many of its deleted rows time travel may still meet.

    """
    time = spec.time if part.slice != UNDATED else None
    found = bench.measure(part.path, part.deletes, time=time)
    measured = replace(
        part,
        rows=found.rows,
        deleted_rows=found.deleted_rows,
        first_day=found.first_day,
        last_day=found.last_day,
        known_at_given=found.known_at_given,
        content=found.content,
    )
    return measured, found.seen_rows


def _in_order(kinds: Mapping[str, Kind], spec: TableSpec) -> Mapping[str, Kind]:
    contract = [column.name for column in spec.columns if column.name in kinds]
    attributes = sorted(name for name in kinds if name not in spec.by_name)
    return {name: kinds[name] for name in (*contract, *attributes)}


def _compare(bench: Bench, table: TableVersion, rows: Staged) -> tuple[int, int]:
    """Fill ``superseded`` and ``unchanged``, and return how many rows each has."""
    live = live_sql(
        bench.root,
        table.parts,
        lambda _columns, numbers: f"p.{KEY_HASH}, p.{ROW_HASH}, {place(numbers)}",
    )
    if not live:
        return 0, 0
    bench.con.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE hits AS
        SELECT s.staged_no, l.{ROW_HASH} = s.{ROW_HASH} AS same, l.part_no, l.row_no
        FROM ({live}) AS l JOIN
            (SELECT staged_no, {rows.hashes} FROM {Staged.VIEW}) AS s
            ON l.{KEY_HASH} = s.{KEY_HASH};
        CREATE OR REPLACE TEMP TABLE unchanged AS
        SELECT staged_no FROM hits WHERE same;
        DELETE FROM hits WHERE same
        """
    )
    unchanged = _count(bench, "unchanged")
    changed = _find_superseded(bench, table, rows) if _count(bench, "hits") else 0
    return changed, unchanged


def _find_superseded(bench: Bench, table: TableVersion, rows: Staged) -> int:
    """Fill ``superseded`` from those hits whose keys, not just hashes, are equal.

    Two keys of 64 bits collide once in some million loads of ten million rows. A row
    that is there unchanged agrees in 128 bits, so only the changed ones are looked at.
    """
    hit = bench.con.execute("SELECT DISTINCT part_no FROM hits").fetchall()
    numbers = sorted(number for (number,) in hit)
    keys = {name: rows.spec.by_name[name].kind for name in rows.spec.key}
    key_columns = columns_of(keys)
    live = live_sql(
        bench.root,
        [table.parts[number] for number in numbers],
        lambda columns, places: (
            f"{key_columns(columns, places)},"
            f" {place([numbers[each] for each in places])}"
        ),
    )
    equal = " AND ".join(f"l.{name_sql(key)} = s.{name_sql(key)}" for key in keys)
    bench.con.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE superseded AS
        SELECT h.part_no, h.row_no, s.{KNOWN_AT}, h.staged_no
        FROM ({live}) AS l
        JOIN hits AS h ON l.part_no = h.part_no AND l.row_no = h.row_no
        JOIN {Staged.VIEW} AS s ON h.staged_no = s.staged_no
        WHERE {equal}
        """
    )
    return _count(bench, "superseded")


def _leave_out(bench: Bench) -> int:
    """Count the rows with a key that is there as ``unchanged``; return how many."""
    bench.con.execute(
        """
        INSERT INTO unchanged SELECT staged_no FROM superseded;
        DELETE FROM superseded
        """
    )
    return _count(bench, "unchanged")


def _count(bench: Bench, table: str) -> int:
    (rows,) = one_row(bench.con, f"SELECT count(*) FROM {table}")
    assert isinstance(rows, int)
    return rows


def supersede(
    bench: Bench, table: TableVersion, *, spec: TableSpec, loaded_at: str
) -> tuple[Part, ...]:
    """Return the parts of `table` with the rows of ``superseded`` deleted.

    The temporary table of that name says ``part_no``, ``row_no`` and since when the
    successor was known (``known_at``). A part of which nothing can be read any more is
    left out.
    """
    hit = bench.con.execute("SELECT DISTINCT part_no FROM superseded").fetchall()
    numbers = {number for (number,) in hit}
    kept = []
    for number, part in enumerate(table.parts):
        if number not in numbers:
            kept.append(part)
            continue
        select = (
            f"SELECT row_no, {KNOWN_AT} AS superseded_{KNOWN_AT}, {loaded_at} AS"
            f" superseded_at FROM superseded WHERE part_no = {number}"
        )
        if part.deletes:
            select += (
                f" UNION ALL SELECT * FROM {files_sql(bench.root, [part.deletes])}"
            )
        under = f"deletes/{table.name}/{part.slice}"
        path, _ = bench.write_part(select, order_by=["row_no"], under=under)
        after, seen = part_of(bench, replace(part, deletes=path), spec=spec)
        if after.live_rows or seen:
            kept.append(after)
    return tuple(kept)


def _write_new(bench: Bench, rows: Staged, *, skip: bool, loaded_at: str) -> list[Part]:
    """Write what is not there yet, split by slice and sorted; return the parts.

    One pass splits the rows, then each slice is sorted by itself, so that memory
    does not grow with the history.
    """
    split = bench.workspace / uuid4().hex
    left_out = "ANTI JOIN unchanged AS u ON s.staged_no = u.staged_no"
    bench.con.execute(
        f"""
        COPY (
            SELECT {rows.names}, {KNOWN_AT}, {loaded_at} AS {LOADED_AT},
                {rows.hashes}, {_slice_sql(rows)} AS {_SLICE}
            FROM {Staged.VIEW} AS s {left_out if skip else ""}
        ) TO {text_sql(str(split))}
        (FORMAT parquet, COMPRESSION lz4, PARTITION_BY ({_SLICE}))
        """
    )
    parts = []
    for folder in sorted(split.iterdir()):
        parts.append(_write_slice(bench, rows, folder))
        rmtree(folder)
    return parts


def _write_slice(bench: Bench, rows: Staged, folder: Path) -> Part:
    name = folder.name.removeprefix(f"{_SLICE}=")
    scan = f"read_parquet({text_sql(str(folder / '*.parquet'))},"
    path, written = bench.write_part(
        f"SELECT * FROM {scan} hive_partitioning = false)",
        order_by=part_order(rows.spec, dict(rows.columns)),
        under=f"parts/{rows.spec.name}/{name}",
    )
    part = Part(path, name, written.rows, written.bytes, written.sha256)
    part = replace(part, columns=rows.columns)
    return part_of(bench, part, spec=rows.spec)[0]


def _slice_sql(rows: Staged) -> str:
    """Return SQL for the slice of a row; a date that no calendar has is no date."""
    time = rows.spec.time
    if time is None or time not in dict(rows.columns):
        return text_sql(UNDATED)
    day = name_sql(time)
    dated = f"strftime({day}, '%Y-%m')" if rows.by_month else text_sql(SMALL)
    return (
        f"CASE WHEN {day} BETWEEN DATE '1000-01-01' AND DATE '9999-12-31'"
        f" THEN {dated} ELSE {text_sql(UNDATED)} END"
    )
