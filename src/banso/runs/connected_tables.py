"""What the lake holds of each table, told by its manifest and the files' footers."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import pyarrow.parquet as pq

from banso.runs.project import Project
from banso.runs.results import lake_of, open_session
from banso.tables.registry import TABLES
from banso.tables.spec import Kind, TableSpec
from banso.warehouse.columns import KNOWN_AT, LOADED_AT, MERGED_INTO
from banso.warehouse.manifest import Manifest, Part, TableVersion

Cell = str | int | float | bool | dt.date | dt.datetime | None


@dataclass(frozen=True)
class TableState:
    """One table of the contract, as the lake holds it."""

    spec: TableSpec
    rows: int = 0
    first_day: dt.date | None = None
    last_day: dt.date | None = None
    loaded_at: dt.datetime | None = None  # when a row was last new or changed
    columns: Mapping[str, Kind] = field(
        default_factory=dict
    )  # of the contract, brought
    attributes: Mapping[str, Kind] = field(default_factory=dict)

    @property
    def is_connected(self) -> bool:
        """Whether it has any row."""
        return self.rows > 0


@dataclass(frozen=True)
class Fullness:
    """How much of each column is filled, as shares of 0 to 1."""

    shares: Mapping[str, float]
    is_estimate: bool  # rows that were replaced since are counted too


@dataclass(frozen=True)
class Sample:
    """Some rows of a table, the newest first."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True)
class _Footer:
    rows: int
    filled: Mapping[str, int]  # rows with a value, by column
    loaded_at: dt.datetime | None


def list_tables(project: Project, manifest: Manifest) -> tuple[TableState, ...]:
    """Return every table of the contract in its order, connected or not."""
    root = lake_of(project).folder
    return tuple(
        _state(root, spec, manifest.facts.get(name)) for name, spec in TABLES.items()
    )


def fullness(project: Project, version: TableVersion) -> Fullness:
    """Return how much of each column has a value.

    The footers of the files know it: no row is read, however many there are.
    """
    root = lake_of(project).folder
    footers = [_footer(root / part.path) for part in _live(version)]
    total = sum(footer.rows for footer in footers)
    filled: dict[str, int] = dict.fromkeys(version.columns, 0)
    for footer in footers:
        for name, rows in footer.filled.items():
            filled[name] = filled.get(name, 0) + rows
    shares = {name: rows / total for name, rows in filled.items()} if total else {}
    is_estimate = any(part.deleted_rows for part in version.parts)
    return Fullness(shares, is_estimate)


def newest_rows(
    project: Project, manifest: Manifest, table: str, *, limit: int
) -> Sample:
    """Return the newest rows of a table; only the newest parts are read."""
    version, spec = manifest.facts[table], TABLES[table]
    parts = _newest_parts(version.parts, limit)
    known = (*spec.by_name, *_attributes(spec, version))
    names = [name for name in known if name in version.columns]
    with open_session(project, manifest, memory="512MB", threads=1) as session:
        rows = session.facts(table, parts=parts)
        dated = spec.time if spec.time in version.columns else None
        order = [rows[key] for key in spec.key if key != dated]
        if dated is not None:
            order.insert(0, rows[dated].desc())
        found = session.to_arrow(rows.order_by(order).select(names).limit(limit))
    columns = [map(_aware, found.column(name).to_pylist()) for name in names]
    return Sample(tuple(names), tuple(zip(*columns, strict=True)))


def _aware(value: Cell) -> Cell:
    # a moment in the lake has no zone and is UTC
    return value.replace(tzinfo=dt.UTC) if isinstance(value, dt.datetime) else value


def _state(root: Path, spec: TableSpec, version: TableVersion | None) -> TableState:
    if version is None or not version.rows:
        return TableState(spec)
    parts = _live(version)
    first = [part.first_day for part in parts if part.first_day]
    last = [part.last_day for part in parts if part.last_day]
    loaded = [_footer(root / part.path).loaded_at for part in parts]
    attributes = _attributes(spec, version)
    return TableState(
        spec=spec,
        rows=version.rows,
        first_day=min(first, default=None),
        last_day=max(last, default=None),
        loaded_at=max((at for at in loaded if at), default=None),
        columns={n: k for n, k in version.columns.items() if n not in attributes},
        attributes=attributes,
    )


def _attributes(spec: TableSpec, version: TableVersion) -> dict[str, Kind]:
    return {
        name: kind
        for name, kind in version.columns.items()
        if name not in spec.by_name and name not in {KNOWN_AT, MERGED_INTO}
    }


def _live(version: TableVersion) -> list[Part]:
    return [part for part in version.parts if part.live_rows > 0]


def _newest_parts(parts: Sequence[Part], rows: int) -> list[Part]:
    chosen: list[Part] = []
    newest = sorted(parts, key=lambda part: part.last_day or dt.date.min, reverse=True)
    for part in newest:
        # parts of one month can overlap, so all of the last month are taken
        enough = sum(each.live_rows for each in chosen) >= rows
        if enough and part.slice != chosen[-1].slice:
            break
        if part.live_rows:
            chosen.append(part)
    return chosen


@lru_cache(maxsize=20_000)  # a part never changes
def _footer(path: Path) -> _Footer:
    read = pq.read_metadata(path)
    filled: dict[str, int] = {}
    loaded: list[dt.datetime] = []
    for group in map(read.row_group, range(read.num_row_groups)):
        for column in map(group.column, range(group.num_columns)):
            name, known = column.path_in_schema, column.statistics
            nulls = known.null_count if known and known.has_null_count else 0
            filled[name] = filled.get(name, 0) + group.num_rows - nulls
            if name == LOADED_AT and known and known.has_min_max:
                loaded.append(known.max.replace(tzinfo=dt.UTC))
    return _Footer(read.num_rows, filled, max(loaded, default=None))
