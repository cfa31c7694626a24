"""Keeping scans fast: rewriting months with deletes or many parts, removing orphans."""

# ruff: noqa: S608 - every name and text in the SQL is quoted by columns.py.
import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from banso.tables.registry import TABLES
from banso.tables.spec import TableSpec
from banso.warehouse.bench import Bench
from banso.warehouse.columns import KEY_HASH, KNOWN_AT, LOADED_AT, ROW_HASH
from banso.warehouse.draft import Draft, definition_path
from banso.warehouse.durable import disk_faults
from banso.warehouse.engine import ROW_GROUP
from banso.warehouse.lake import Lake
from banso.warehouse.manifest import HISTORY, SMALL, Manifest, Part, TableVersion
from banso.warehouse.pointer import MANIFESTS, name_of, read_manifest
from banso.warehouse.scans import columns_of, files_sql, live_sql, superseded_sql
from banso.warehouse.staging import sweep
from banso.warehouse.upsert import part_of, part_order

SMALL_PARTS = 8  # a month may have so many parts below one row group
KEPT_MANIFESTS = 10
_HOUR = 3600.0
_WEEK = 7 * 24 * _HOUR
_STORED = f"p.{LOADED_AT}, p.{KEY_HASH}, p.{ROW_HASH}"


def compact(lake: Lake, *, at: dt.datetime) -> Manifest:
    """Rewrite the months whose scan costs more than it must; the answers stay.

    A month with deletes, or with more than eight small parts, becomes one part. Rows
    that were superseded and that time travel can still meet go into a part beside it,
    which nothing else reads.

    Raises
    ------
    LakeBusy
        Another process is writing.
    DiskFull
        There is no space left; nothing was changed.

    """
    with lake.writing(at=at) as draft:
        for table in draft.base.facts.values():
            if table.name in TABLES:
                _compact_table(draft, table)
        return draft.commit()


def join_small(draft: Draft, table: str) -> None:
    """Make one part of the small parts of each slice of `table`, when there are many.

    What each of many small loads calls for: unlike `compact` it leaves large parts and
    those with deletes alone, so that it costs no more than a few loads.
    """
    version = draft.base.facts.get(table)
    if version is None:
        return
    slices: dict[str, list[Part]] = defaultdict(list)
    for part in version.parts:
        if part.rows < ROW_GROUP and not part.deletes and part.made_from != HISTORY:
            slices[_place(part)].append(part)
    many = [small for small in slices.values() if len(small) > SMALL_PARTS]
    if not many:
        return
    joined = {part.path for small in many for part in small}
    parts = [part for part in version.parts if part.path not in joined]
    for small in many:
        parts += _rewritten(draft.bench, version, small)
    parts.sort(key=lambda part: (part.slice, part.path))
    draft.set_table(replace(version, parts=tuple(parts)))


def collect_orphans(lake: Lake, *, keep: Collection[str] = ()) -> tuple[str, ...]:
    """Remove the files that no kept version of the lake names; return their paths.

    The last ten versions are kept. A file younger than an hour stays, because a
    reader may hold an older version, and a derived one stays for a week, because runs
    go on from what an earlier run derived.

    Parameters
    ----------
    lake
        The lake to tidy.
    keep
        Paths of Parquet files (relative to the lake) that are wanted all the same.

    Raises
    ------
    LakeBusy
        Another process is writing.

    """
    with disk_faults(lake.folder), lake.locked() as present:
        sweep(lake.folder)
        kept = _named_files(lake) | set(keep)
        removed = [
            path
            for path in _files(lake.folder)
            if _part_of(path) not in kept
            and present - _written(lake.folder, path) > _least_age(path)
        ]
        # Backwards, so that a note goes before the file that it says is there.
        for path in reversed(removed):
            (lake.folder / path).unlink()
        return tuple(removed)


def drop_unnamed(lake: Lake) -> None:
    """Remove at once what the current version does not name, but for derived files.

    For who holds the lake's lock: a reader of an older version finds its files gone.
    """
    manifest = lake.current()
    kept = {f"{MANIFESTS}/{name_of(manifest)}"}
    for part in manifest.list_parts():
        kept.update(path for path in (part.path, part.deletes) if path)
    for folder in (MANIFESTS, "parts", "deletes"):
        for path in sorted((lake.folder / folder).rglob("*")):
            if path.is_file() and path.relative_to(lake.folder).as_posix() not in kept:
                path.unlink()


def _compact_table(draft: Draft, table: TableVersion) -> None:
    months: dict[str, list[Part]] = defaultdict(list)
    for part in table.parts:
        months[_place(part)].append(part)
    parts: list[Part] = []
    for month in months.values():
        costly = _is_costly(month)
        parts += _rewritten(draft.bench, table, month) if costly else month
    if parts != list(table.parts):
        draft.set_table(replace(table, parts=tuple(parts)))


def _place(part: Part) -> str:
    """Return what of a table a part is joined with: its month.

    A small table has one slice; what began in the running month still stays apart, so
    that sums over the months before need not be made anew.
    """
    if part.slice == SMALL and part.first_day is not None:
        return f"{part.slice} {part.first_day:%Y-%m}"
    return part.slice


def _is_costly(month: Sequence[Part]) -> bool:
    current = [part for part in month if part.made_from != HISTORY]
    small = [part for part in current if part.rows < ROW_GROUP]
    return any(part.deletes for part in current) or len(small) > SMALL_PARTS


def _rewritten(
    bench: Bench, table: TableVersion, month: Sequence[Part]
) -> Iterator[Part]:
    """Yield the one or two parts that say the same as the parts of `month`."""
    spec = TABLES[table.name]
    columns = columns_of(table.columns)
    like = Part("", month[0].slice, 0, 0, "", columns=tuple(table.columns.items()))
    live = live_sql(
        bench.root, month, lambda came, at: f"{columns(came, at)}, {_STORED}"
    )
    if live:
        path, written = bench.write_part(
            live,
            order_by=part_order(spec, table.columns),
            under=f"parts/{spec.name}/{like.slice}",
        )
        part = replace(like, path=path, bytes=written.bytes, sha256=written.sha256)
        yield part_of(bench, part, spec=spec)[0]
    past = superseded_sql(
        bench.root,
        month,
        lambda came, at: (
            f"{columns(came, at)}, {_STORED}, d.superseded_known_at, d.superseded_at"
        ),
    )
    if past:
        yield from _history(bench, past, spec=spec, like=like)


def _history(bench: Bench, past: str, *, spec: TableSpec, like: Part) -> Iterator[Part]:
    """Yield a part of rows that no longer count, each with its successor's time."""
    bench.con.execute(f"CREATE OR REPLACE TEMP TABLE past AS {past}")
    order = [KEY_HASH, KNOWN_AT, LOADED_AT, "superseded_known_at", "superseded_at"]
    path, written = bench.write_part(
        "SELECT * FROM past",
        order_by=[*order, ROW_HASH],
        under=f"parts/{spec.name}/{like.slice}",
    )
    if not written.rows:
        return
    deletes, _ = bench.write_part(
        "SELECT file_row_number AS row_no, superseded_known_at, superseded_at"
        f" FROM {files_sql(bench.root, [path])}",
        order_by=["row_no"],
        under=f"deletes/{spec.name}/{like.slice}",
    )
    part = replace(
        like,
        path=path,
        bytes=written.bytes,
        sha256=written.sha256,
        deletes=deletes,
        made_from=HISTORY,
    )
    yield part_of(bench, part, spec=spec)[0]


def _named_files(lake: Lake) -> set[str]:
    """Return the paths of all files that the kept versions name."""
    named: set[str] = set()
    manifest = lake.current()
    for _ in range(KEPT_MANIFESTS):
        named.add(f"{MANIFESTS}/{name_of(manifest)}")
        for part in manifest.list_parts():
            named.update(path for path in (part.path, part.deletes) if path)
        for version in manifest.definitions:
            named.update(definition_path(version, name) for name in version.files)
        parent = manifest.parent
        if parent is None or not (lake.folder / MANIFESTS / parent).exists():
            break
        manifest = read_manifest(lake.folder, parent)
    return named


def _part_of(path: str) -> str:
    """Return the Parquet file that a note beside it (``….parquet.json``) is about."""
    head, parquet, _ = path.partition(".parquet")
    return head + parquet


def _written(root: Path, path: str) -> float:
    """Return when a file was written; a note is as old as what it is about."""
    part = root / _part_of(path)
    return (part if part.exists() else root / path).stat().st_mtime


def _least_age(path: str) -> float:
    return _WEEK if path.startswith("derived/") else _HOUR


def _files(root: Path) -> Iterator[str]:
    for folder in (MANIFESTS, "parts", "deletes", "derived", "definitions"):
        for path in sorted((root / folder).rglob("*")):
            if path.is_file():
                yield path.relative_to(root).as_posix()
    for path in sorted(root.glob("*.tmp")):
        yield path.name
