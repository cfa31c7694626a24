"""A project in a temporary folder, and a load that tells what it did."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from banso.runs.loading import LoadSummary, TableSummary, load
from banso.runs.project import Project, create_project
from banso.warehouse.lake import Lake
from banso.warehouse.session import Session

AT = dt.datetime(2026, 11, 23, 9, tzinfo=dt.UTC)
CUSTOMERS = "customer_id,name\nc1,青空商事\nc2,海風工業\n"


@dataclass(frozen=True)
class Desk:
    """Where a test puts files, loads them, and looks at what came of it."""

    project: Project
    folder: Path

    def put(self, **files: str | bytes) -> None:
        for name, content in files.items():
            data = content if isinstance(content, bytes) else content.encode()
            (self.folder / name.replace("__", ".")).write_bytes(data)

    def load(
        self,
        path: Path | None = None,
        *,
        table: str | None = None,
        mapping: Path | None = None,
    ) -> LoadSummary:
        return load(
            self.project, path or self.folder, table=table, mapping=mapping, at=AT
        )

    def session(self) -> Session:
        return Session(Lake(self.project.lake_folder))

    def rows(self, table: str) -> list[Mapping[str, object]]:
        with self.session() as session:
            facts = session.facts(table)
            keys = [name for name in facts.columns if name.endswith("_id")]
            rows: list[Mapping[str, object]] = session.to_arrow(
                facts.order_by(keys[:2] or facts.columns[:2])
            ).to_pylist()
        return rows

    def faults(self) -> list[Mapping[str, object]]:
        with self.session() as session:
            faults = session.quarantine().order_by(
                ["table", "source", "line", "column"]
            )
            rows: list[Mapping[str, object]] = session.to_arrow(faults).to_pylist()
        return rows


def of_table(summary: LoadSummary, table: str) -> TableSummary:
    return next(each for each in summary.tables if each.table == table)


@pytest.fixture
def summary_of() -> Callable[[LoadSummary, str], TableSummary]:
    return of_table


def new_desk(folder: Path) -> Desk:
    project = create_project(
        folder / "project",
        name="青空クラウド",
        timezone="Asia/Tokyo",
        currency="JPY",
        language="ja",
    )
    (folder / "files").mkdir()
    return Desk(project, folder / "files")


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return new_desk(tmp_path)
