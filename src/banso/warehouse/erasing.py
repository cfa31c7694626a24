"""Rewriting what the lake holds, past versions too, so that rows say less."""

# ruff: noqa: S608 - every name and text in the SQL is quoted by columns.py.
import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol
from uuid import uuid4

import duckdb
import pyarrow as pa

from banso.kernel.digests import digest_of_value
from banso.tables.registry import TABLES
from banso.tables.spec import TableSpec
from banso.warehouse.bench import WrittenPart, write_sorted
from banso.warehouse.columns import (
    KEY_HASH,
    LOADED_AT,
    ROW_HASH,
    Columns,
    content_hash,
    name_sql,
    names_sql,
    text_sql,
)
from banso.warehouse.compaction import drop_unnamed
from banso.warehouse.draft import Draft
from banso.warehouse.lake import Lake
from banso.warehouse.manifest import Manifest, Part, Release, TableVersion
from banso.warehouse.upsert import part_of

_ROW_NO = "__row_no"


class Change(Protocol):
    """Which rows say too much, and what they are to say."""

    def condition(self, types: Mapping[str, str], spec: TableSpec | None) -> str | None:
        """Return SQL, over the alias ``p``, for rows that may have to change.

        `types` are the columns with their DuckDB types; `spec` is the table of facts,
        or None. None: no row can.
        """

    def changed(self, rows: pa.Table, spec: TableSpec | None) -> pa.Table:
        """Return rows as they are to be; equal ones stay as they are."""

    def findings(self, rows: pa.Table) -> pa.Table:
        """Return the rows of the quarantine that stay, as they are to be."""


@dataclass(frozen=True)
class Rewritten:
    """What rewriting the lake did."""

    rows: Mapping[str, int]  # changed or removed, of the current version by place
    releases: Mapping[str, str]  # the new ID of each release, by the one before
    version: int


def erase(lake: Lake, change: Change, *, at: dt.datetime) -> Rewritten:
    """Change the rows of every version, and remove every file that had them.

    The new version is the only one that stays: those before cannot be asked for any
    more. Numbers of releases that stay do not change. May be called again, also after
    a kill: what was done is found done.

    Parameters
    ----------
    lake
        Nothing is being derived from it meanwhile (see `Lake.quiet`).
    change
        What is to change.
    at
        The present, aware.

    Raises
    ------
    LakeBusy
        Another process is writing.
    DiskFull
        There is no space left; nothing was changed.

    """
    with lake.writing(at=at) as draft:
        work = _Erasing(draft, change)
        before = draft.base
        manifest = work.manifest(before)
        draft.rewrite(manifest)
        draft.commit(forget_before=True)
        drop_unnamed(lake)
        _drop_derived(lake, draft.bench.con, change, keep=manifest)
    ids = {
        old.release_id: new.release_id
        for old, new in zip(before.releases, manifest.releases, strict=True)
        if old.release_id != new.release_id
    }
    return Rewritten(work.rows, ids, draft.base.version)


def count_rows(lake: Lake, change: Change, *, at: dt.datetime) -> Mapping[str, int]:
    """Return how many rows of the current version `erase` would change, by place."""
    with lake.writing(at=at) as draft:
        work = _Erasing(draft, change)
        work.manifest(draft.base)
        return work.rows


@dataclass
class _Erasing:
    """One rewriting, while it goes through the parts."""

    draft: Draft
    change: Change
    rows: dict[str, int] = field(default_factory=dict)
    _files: dict[str, tuple[str, WrittenPart, int] | None] = field(default_factory=dict)

    def manifest(self, before: Manifest) -> Manifest:
        """Return what is to be the next version."""
        facts = self._tables(before.facts, counted=True)
        quarantine = tuple(
            part for each in before.quarantine if (part := self._quarantined(each))
        )
        releases = tuple(
            self._release(each, counted=each is before.release)
            for each in before.releases
        )
        after = replace(before, facts=facts, quarantine=quarantine, releases=releases)
        return before if after == before else replace(after, erased=before.erased + 1)

    def _tables(
        self, tables: Mapping[str, TableVersion], *, counted: bool
    ) -> Mapping[str, TableVersion]:
        return {
            name: replace(
                table,
                parts=tuple(
                    self._fact(part, TABLES.get(name), name, counted=counted)
                    for part in table.parts
                ),
            )
            for name, table in tables.items()
        }

    def _fact(
        self, part: Part, spec: TableSpec | None, table: str, *, counted: bool
    ) -> Part:
        written = self._file(
            part.path, spec, columns=part.columns, under=str(Path(part.path).parent)
        )
        if written is None:
            return part
        path, file, rows = written
        if counted:
            self._count(f"facts/{table}", rows)
        new = replace(part, path=path, bytes=file.bytes, sha256=file.sha256)
        return part_of(self.draft.bench, new, spec=spec)[0] if spec else new

    def _release(self, release: Release, *, counted: bool) -> Release:
        tables = {
            name: tuple(self._result(part, name, counted=counted) for part in parts)
            for name, parts in release.tables.items()
        }
        facts = self._tables(release.facts, counted=False)
        after = replace(release, tables=tables, facts=facts)
        if after == release:
            return release
        # Who holds the release open, or keeps what it said, turns to the new one.
        release_id = digest_of_value([release.release_id, uuid4().hex])[:16]
        was = replace(self.draft.base, facts=release.facts).facts_digest
        digest = release.facts_digest
        if was == digest:
            digest = replace(self.draft.base, facts=facts).facts_digest
        return replace(after, release_id=release_id, facts_digest=digest)

    def _result(self, part: Part, name: str, *, counted: bool) -> Part:
        written = self._file(part.path, None, columns=(), under=f"derived/{name}")
        if written is None:
            return part
        path, file, rows = written
        if counted:
            self._count(f"release/{name}", rows)
        return replace(part, path=path, bytes=file.bytes, sha256=file.sha256)

    def _quarantined(self, part: Part) -> Part | None:
        bench = self.draft.bench
        rows = _rows_of(bench.con, bench.root / part.path, self.change)
        if rows is None:
            return part
        stay = self.change.findings(rows)
        if stay.equals(rows):
            return part
        same = {repr(row) for row in stay.to_pylist()}
        gone = sum(repr(row) not in same for row in rows.to_pylist())
        self._count("quarantine", gone)
        bench.con.register("looked_at", rows.select([_ROW_NO]))
        bench.con.register("stay", stay.drop_columns([_ROW_NO]))
        scan = f"read_parquet({text_sql(str(bench.root / part.path))})"
        beside = bench.workspace / f"{uuid4().hex}.parquet"
        written = write_sorted(
            bench.con,
            f"SELECT p.* FROM {scan} AS p ANTI JOIN looked_at AS l"
            f" ON p.file_row_number = l.{_ROW_NO} UNION ALL BY NAME SELECT * FROM stay",
            order_by=("table", "source", "line", "column", "quarantine_id"),
            path=beside,
        )
        bench.con.unregister("looked_at")
        bench.con.unregister("stay")
        if not written.rows:
            return None
        path = bench.take_in(beside, written, under="parts/quarantine")
        return replace(
            part,
            path=path,
            rows=written.rows,
            bytes=written.bytes,
            sha256=written.sha256,
        )

    def _file(
        self, path: str, spec: TableSpec | None, *, columns: Columns, under: str
    ) -> tuple[str, WrittenPart, int] | None:
        """Return where a file lies once its rows are changed; None: none has to."""
        if path not in self._files:
            self._files[path] = self._rewritten(path, spec, columns, under)
        return self._files[path]

    def _rewritten(
        self, path: str, spec: TableSpec | None, columns: Columns, under: str
    ) -> tuple[str, WrittenPart, int] | None:
        bench = self.draft.bench
        rows = _rows_of(bench.con, bench.root / path, self.change, spec)
        if rows is None:
            return None
        changed = self.change.changed(rows, spec)
        differs = [repr(one) != repr(other) for one, other in _pairs(rows, changed)]
        if not any(differs):
            return None
        bench.con.register("changed", changed.filter(pa.array(differs)))
        names = [name for name in rows.column_names if name != _ROW_NO]
        beside = bench.workspace / f"{uuid4().hex}.parquet"
        scan = f"read_parquet({text_sql(str(bench.root / path))})"
        # Where a row lies is how deletes name it, so each stays in its place.
        written = write_sorted(
            bench.con,
            f"SELECT {_hashed(names, columns, spec)}, {_ROW_NO} FROM changed"
            f" UNION ALL SELECT {names_sql(names)}, p.file_row_number AS {_ROW_NO}"
            f" FROM {scan} AS p ANTI JOIN changed AS c"
            f" ON p.file_row_number = c.{_ROW_NO}",
            order_by=(_ROW_NO,),
            path=beside,
            columns=names,
        )
        bench.con.unregister("changed")
        return bench.take_in(beside, written, under=under), written, sum(differs)

    def _count(self, place: str, rows: int) -> None:
        self.rows[place] = self.rows.get(place, 0) + rows


def _rows_of(
    con: duckdb.DuckDBPyConnection,
    path: Path,
    change: Change,
    spec: TableSpec | None = None,
) -> pa.Table | None:
    """Return the rows of a file that may have to change, with their places."""
    scan = f"read_parquet({text_sql(str(path))})"
    described = con.execute(f"DESCRIBE SELECT * FROM {scan}").fetchall()
    types = {str(name): str(kind) for name, kind, *_ in described}
    condition = change.condition(types, spec)
    if condition is None:
        return None
    rows = con.sql(
        f"SELECT p.*, CAST(p.file_row_number AS BIGINT) AS {_ROW_NO}"
        f" FROM {scan} AS p WHERE {condition} ORDER BY {_ROW_NO}"
    ).to_arrow_table()
    return rows if rows.num_rows else None


def _pairs(rows: pa.Table, others: pa.Table) -> Iterator[tuple[object, object]]:
    return zip(rows.to_pylist(), others.to_pylist(), strict=True)


def _hashed(names: list[str], columns: Columns, spec: TableSpec | None) -> str:
    """Return the columns of changed rows, with the hashes that they have now."""
    hashes: dict[str, str] = {}
    if spec is not None and {KEY_HASH, ROW_HASH, LOADED_AT} <= set(names):
        keys = tuple(each for each in columns if each[0] in spec.key)
        hashes = {KEY_HASH: content_hash(keys), ROW_HASH: content_hash(columns)}
    return ", ".join(f"{hashes.get(n, name_sql(n))} AS {name_sql(n)}" for n in names)


def _drop_derived(
    lake: Lake, con: duckdb.DuckDBPyConnection, change: Change, *, keep: Manifest
) -> None:
    """Remove what runs derived and no release names, where it says too much."""
    named = {part.path for part in keep.list_parts()}
    for path in sorted((lake.folder / "derived").rglob("*.parquet")):
        if path.relative_to(lake.folder).as_posix() in named:
            continue
        rows = _rows_of(con, path, change)
        if rows is None or change.changed(rows, None).equals(rows):
            continue
        for note in (f"{path}.json", f"{path}.days.json"):  # before what it is about
            Path(note).unlink(missing_ok=True)
        path.unlink()
