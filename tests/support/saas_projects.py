"""Projects whose source is a small server of `service_servers`."""

import datetime as dt
from typing import Any

from service_servers import Served

from banso.connectors.sources import SOURCES_FILE
from banso.runs.project import Project
from banso.runs.results import open_session
from banso.runs.source_reading import TableRead, read_source
from banso.runs.source_states import find_sources

AT = dt.datetime(2026, 11, 27, 12, tzinfo=dt.UTC)


def define(project: Project, kind: str, secret: str, served: Served) -> None:
    text = (
        f"schema_version: 1\nsources:\n  - name: {kind}\n    kind: {kind}\n"
        f"    connection: {{{secret}: {{env: TOKEN}}, base_url: '{served.url}'}}\n"
    )
    (project.folder / SOURCES_FILE).write_text(text)


def read(
    project: Project, *, at: dt.datetime = AT, full: bool = False
) -> dict[str, TableRead]:
    (source,) = find_sources(project, None)
    return {r.table: r for r in read_source(project, source, at=at, full=full)}


def facts(project: Project, table: str) -> list[dict[str, Any]]:
    with open_session(project) as session:
        if not session.has(table):
            return []
        rows = session.to_arrow(session.facts(table)).to_pylist()
    return sorted(rows, key=lambda row: row[f"{table[:-1]}_id"])
