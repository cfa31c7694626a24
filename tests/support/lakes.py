"""Small projects with facts in them, for tests of whole runs."""

import datetime as dt
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from banso.runs.project import Project, create_project
from banso.runs.publishing import apply_definitions
from banso.runs.results import lake_of
from banso.tables.registry import TABLES
from banso.tables.spec import Kind

NOW = dt.datetime(2026, 11, 23, 9, tzinfo=dt.UTC)

TYPES = {
    Kind.TEXT: pa.string(),
    Kind.INTEGER: pa.int64(),
    Kind.NUMBER: pa.float64(),
    Kind.MONEY: pa.decimal128(18, 4),
    Kind.DATE: pa.date32(),
    Kind.TIME: pa.timestamp("us"),
    Kind.FLAG: pa.bool_(),
    Kind.JSON: pa.string(),
}

Row = Mapping[str, Any]


def new_project(folder: Path) -> Project:
    """Return a project with the starter definitions, published."""
    project = create_project(
        folder, name="Test", timezone="Asia/Tokyo", currency="JPY", language="ja"
    )
    apply_definitions(project, by="test", why="start", at=NOW)
    return project


def put(project: Project, tables: Mapping[str, Sequence[Row]]) -> None:
    """Upsert rows as they are, without reading files."""
    with TemporaryDirectory() as folder, lake_of(project).writing(at=NOW) as draft:
        for name, rows in tables.items():
            if not rows:
                continue
            path = Path(folder) / f"{name}.parquet"
            pq.write_table(_table(name, rows), path)
            draft.upsert(TABLES[name], path)
        draft.commit()


def _table(name: str, rows: Sequence[Row]) -> pa.Table:
    columns = {column: None for row in rows for column in row}
    fields = []
    for column in columns:
        if column == "known_at":
            fields.append(pa.field(column, pa.timestamp("us")))
        elif column in TABLES[name].by_name:
            kind = TABLES[name].by_name[column].kind
            fields.append(pa.field(column, TYPES[kind]))
        else:
            fields.append(pa.field(column, pa.string()))
    return pa.Table.from_pylist([dict(row) for row in rows], pa.schema(fields))
