"""Rows that a program sends into the lake, by the same rules as files."""

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow.parquet as pq

from banso.connectors.discovery import Discovery, Source
from banso.connectors.layout import missing_columns
from banso.kernel.errors import BansoError
from banso.runs.loading import LAKE_MEMORY, MEMORY, Loading, LoadSummary, TableSummary
from banso.runs.project import Project
from banso.runs.results import lake_of
from banso.tables.registry import TABLES
from banso.warehouse.durable import make_folder
from banso.warehouse.engine import connect
from banso.warehouse.staging import workspace

GivenRow = Mapping[str, object]  # values as JSON has them


class ColumnsMissing(BansoError):
    """Refuse rows of which none has a column that every row needs."""

    code = "columns_missing"


@dataclass(frozen=True)
class RowFault:
    """Why a row was not taken in; one row may have several."""

    row: int  # its place among the rows sent, from 0
    column: str  # empty: the whole row is meant
    value: str
    reason: str  # code of the quarantine
    detail: str  # an English sentence
    waiting_for: str  # the customer that the row waits for; empty for most


@dataclass(frozen=True)
class LoadedRows:
    """What became of the rows."""

    summary: TableSummary
    faults: tuple[RowFault, ...]
    version: int  # of the lake


def load_rows(
    project: Project, table: str, rows: Sequence[GivenRow], *, at: dt.datetime
) -> LoadedRows:
    """Add rows to a table, or replace those with the same keys: one new version.

    A faulty row goes to the quarantine and is named; the others are taken in.

    Parameters
    ----------
    project
        Whose lake, time zone and currency.
    table
        A table of the contract.
    rows
        At least one; a column of one's own is an attribute.
    at
        The present, aware.

    Raises
    ------
    ColumnsMissing
        No row has a column that every row of the table needs.
    LakeBusy
        Another process is writing.

    """
    spec = TABLES[table]
    names = tuple({name: None for row in rows for name in row})
    if missing := missing_columns(spec, names, None):
        raise ColumnsMissing(
            f"{table} needs {', '.join(missing)}.",
            table=table,
            missing=", ".join(missing),
        )
    lake = lake_of(project)
    make_folder(lake.folder)
    with (
        lake.writing(at=at, memory=LAKE_MEMORY) as draft,
        workspace(lake.folder) as folder,
        connect(spill=folder, memory=MEMORY) as con,
    ):
        path = folder / f"api-{at:%Y%m%dT%H%M%S%f}.jsonl"
        _write(rows, path)
        work = Loading(project, lake, draft, con, folder=folder)
        work.plan(Discovery((Source(path, table),)))
        summary = work.carry_out(at=at)
        faults = _faults(folder / table / "faults.parquet")
    return LoadedRows(_of_table(summary, table), faults, summary.version)


def _write(rows: Sequence[GivenRow], path: Path) -> None:
    with path.open("w", encoding="utf-8", errors="replace", newline="\n") as file:
        for row in rows:
            file.write(json.dumps(row, ensure_ascii=False) + "\n")


def _faults(path: Path) -> tuple[RowFault, ...]:
    if not path.exists():
        return ()
    found = pq.read_table(path).to_pylist()
    faults = [
        RowFault(
            row=each["line"] - 1,
            column=each["column"] or "",
            value=each["value"] or "",
            reason=each["reason"],
            detail=each["detail"] or "",
            waiting_for=each["waiting_for"] or "",
        )
        for each in found
        if not each["waiting"]
    ]
    return tuple(sorted(faults, key=lambda fault: (fault.row, fault.column)))


def _of_table(summary: LoadSummary, table: str) -> TableSummary:
    return next(each for each in summary.tables if each.table == table)
