"""What the app recorded, into the lake: all of it each time, and nothing else."""

import datetime as dt
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from banso.connectors.discovery import Source
from banso.connectors.reading import TableFile
from banso.kernel.digests import digest_of_bytes, digest_of_value
from banso.runs.loading import LAKE_MEMORY, MEMORY, Loading, LoadSummary, Planned
from banso.runs.project import Project
from banso.runs.results import lake_of
from banso.tables.arrow_types import ARROW_TYPES
from banso.tables.recorded import PREFIX, RECORDED
from banso.tables.registry import TABLES
from banso.warehouse.durable import make_folder
from banso.warehouse.engine import connect
from banso.warehouse.lake import Lake
from banso.warehouse.manifest import Manifest
from banso.warehouse.staging import workspace

Record = Mapping[str, object]
Records = Mapping[str, Iterable[Record]]  # by table

_ROWS = 50_000  # that are held in memory at once
_NOTE = "returned.json"  # what the lake was when the same records came last


@dataclass(frozen=True)
class Recorded:
    """What taking in the app's records did."""

    summary: LoadSummary | None  # None: nothing had changed since the last time
    withdrawn: int = 0  # rows that the app no longer has

    @property
    def quarantined(self) -> int:
        """How many rows were not taken in."""
        tables = self.summary.tables if self.summary else ()
        return sum(each.quarantined for each in tables)


def take_records(project: Project, records: Records, *, at: dt.datetime) -> Recorded:
    """Make the lake hold exactly what the app recorded, in one new version of it.

    Rows are added or replaced by their key; those with a key of the app's that are no
    longer given are withdrawn; those with a fault go to quarantine like any others.
    Where nothing changed, nothing is written.

    Parameters
    ----------
    project
        Whose lake.
    records
        By table: rows with columns of the contract, keys as `tables.recorded` makes
        them, moments aware. A table without rows withdraws those that came before.
    at
        The present, aware.

    Raises
    ------
    LakeBusy
        Another process is writing.
    ValueError
        A row has a column that the contract does not know, or no key of the app's:
        a mistake of the feature that gives it.

    """
    if not records:
        return Recorded(summary=None)
    lake = lake_of(project)
    make_folder(lake.folder)
    with workspace(lake.folder) as folder:
        files = {
            table: _written(folder, table, rows)
            for table, rows in sorted(records.items())
        }
        before = _state(files, lake.current())
        if before == _noted(project):
            return Recorded(summary=None)
        recorded = _load(project, lake, files, at=at)
        _note(project, _state(files, lake.current()))
        return recorded


def _load(
    project: Project, lake: Lake, files: Mapping[str, Path], *, at: dt.datetime
) -> Recorded:
    with (
        lake.writing(at=at, memory=LAKE_MEMORY) as draft,
        workspace(lake.folder) as folder,
        connect(spill=folder, memory=MEMORY) as con,
    ):
        work = Loading(project, lake, draft, con, folder=folder, complete=PREFIX)
        work.planned = [
            Planned(Source(path, table), TableFile(path))
            for table, path in files.items()
        ]
        summary = work.carry_out(at=at)
        return Recorded(summary, work.withdrawn)


def _written(folder: Path, table: str, records: Iterable[Record]) -> Path:
    """Write the records of a table in the order in which they come."""
    assert table in RECORDED, table
    spec = TABLES[table]
    schema = pa.schema([(each.name, ARROW_TYPES[each.kind]) for each in spec.columns])
    path = folder / f"banso-{table}.parquet"
    with pq.ParquetWriter(path, schema, compression="lz4") as writer:
        for rows in _chunks(_checked(table, records)):
            writer.write_table(pa.Table.from_pylist(rows, schema))
    _drop_empty_columns(path, keep=spec.key)
    return path


def _drop_empty_columns(path: Path, *, keep: Iterable[str]) -> None:
    """Leave out the columns without any value: the company does not have them yet."""
    rows = pq.read_table(path)
    named = [
        name
        for name in rows.column_names
        if name in keep or rows[name].null_count < rows.num_rows
    ]
    if rows.num_rows > 0 and len(named) < rows.num_columns:
        pq.write_table(rows.select(named), path, compression="lz4")


def _checked(table: str, records: Iterable[Record]) -> Iterator[Record]:
    spec = TABLES[table]
    for record in records:
        unknown = record.keys() - spec.by_name.keys()
        if unknown or not str(record[spec.key[0]]).startswith(PREFIX):
            message = f"{table}: no record of the contract: {dict(record)}"
            raise ValueError(message)
        yield record


def _chunks(records: Iterator[Record]) -> Iterator[list[Record]]:
    while rows := list(islice(records, _ROWS)):
        yield rows


def _state(files: Mapping[str, Path], manifest: Manifest) -> str:
    """Return what tells whether the same records would change the lake.

    That also depends on what else is there: the tables that they go to, the customers
    that they name, and the quarantine.
    """
    tables = sorted({*files, "customers", "partners", "gatherings"})
    return digest_of_value(
        [
            {
                table: digest_of_bytes(path.read_bytes())
                for table, path in files.items()
            },
            {
                table: [[part.path, part.deletes] for part in version.parts]
                for table in tables
                if (version := manifest.facts.get(table)) is not None
            },
            [part.path for part in manifest.quarantine],
        ]
    )


def _noted(project: Project) -> str:
    try:
        kept = json.loads((project.private_folder / _NOTE).read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return ""
    return str(kept.get("state", "")) if isinstance(kept, dict) else ""


def _note(project: Project, state: str) -> None:
    path = project.private_folder / _NOTE
    beside = path.with_suffix(".new")
    beside.write_text(json.dumps({"state": state}) + "\n", encoding="utf-8")
    beside.replace(path)
