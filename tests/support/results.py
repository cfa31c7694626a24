"""Result tables written into a release by hand, through the warehouse."""

import datetime as dt
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
from lakes import NOW

from banso.runs.project import Project
from banso.runs.results import lake_of, open_session
from banso.warehouse.manifest import JSON, Part, Release
from banso.warehouse.session import Session

Row = Mapping[str, Any]
_TYPES = {
    list: pa.list_(pa.float64()),
    str: pa.string(), int: pa.int64(), float: pa.float64(), bool: pa.bool_(),
    dt.date: pa.date32(),
}  # fmt: skip


def put_results(
    project: Project,
    tables: Mapping[str, Sequence[Row] | None],
    *,
    notes: Mapping[str, JSON] | None = None,
) -> Release:
    """Publish the newest release again with these result tables instead of its own.

    None takes a table out.

    Every column needs one value at least, of which its type is taken; a column without
    any is text.
    """
    said = json.dumps([tables, notes], sort_keys=True, default=str)
    release_id = hashlib.sha256(said.encode()).hexdigest()[:16]
    with open_session(project) as session:
        before = session.manifest.release
        assert before is not None
        parts = {
            name: (_part(session, f"{release_id}-{name}", rows),)
            for name, rows in tables.items()
            if rows is not None
        }
    kept = {name: part for name, part in before.tables.items() if name not in tables}
    release = replace(
        before,
        release_id=release_id,
        tables={**kept, **parts},
        notes={**before.notes, **(notes or {})},
    )
    with lake_of(project).writing(at=NOW) as draft:
        draft.put_release(release)
        draft.commit()
    return release


def _part(session: Session, name: str, rows: Sequence[Row]) -> Part:
    path = Path("derived") / "by_hand" / f"{name}.parquet"
    written = session.write_part(_table(rows), path=path, order_by=("place",))
    return Part(
        path=path.as_posix(),
        slice="by_hand",
        rows=written.rows,
        bytes=written.bytes,
        sha256=written.sha256,
    )


def _table(rows: Sequence[Row]) -> pa.Table:
    placed = [{**row, "place": place} for place, row in enumerate(rows)]
    types: dict[str, pa.DataType] = {"place": pa.int64()}
    for row in placed:
        for name, value in row.items():
            if value is not None:
                types[name] = _TYPES[type(value)]
            types.setdefault(name, pa.string())
    return pa.Table.from_pylist(placed, pa.schema(list(types.items())))
