"""A lake, and rows written into it from SQL."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from banso.tables.registry import TABLES
from banso.warehouse.draft import Draft
from banso.warehouse.lake import Lake
from banso.warehouse.session import Session
from banso.warehouse.upsert import Upserted

Stage = Callable[[str], Path]
Load = Callable[..., Upserted]
Rows = Callable[..., list[tuple[object, ...]]]


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return Lake(tmp_path / "lake")


@pytest.fixture
def at() -> Callable[[int], dt.datetime]:
    return lambda day: dt.datetime(2026, 11, day, 3, tzinfo=dt.UTC)


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    """Write the rows of a query as a staged Parquet file."""
    numbers = iter(range(1_000))

    def write(sql: str) -> Path:
        path = tmp_path / f"staged-{next(numbers)}.parquet"
        duckdb.connect().execute(f"COPY ({sql}) TO '{path}' (FORMAT parquet)")
        return path

    return write


@pytest.fixture
def load(lake: Lake, stage: Stage, at: Callable[[int], dt.datetime]) -> Load:
    """Upsert the rows of a query into a table, and commit."""

    def upsert(
        table: str, sql: str, day: int = 1, into: Lake | None = None
    ) -> Upserted:
        draft: Draft
        with (into or lake).writing(at=at(day), threads=2) as draft:
            counts = draft.upsert(TABLES[table], stage(sql))
            draft.commit()
        return counts

    return upsert


@pytest.fixture
def rows(lake: Lake) -> Rows:
    """Give columns of the rows of a table that count, ordered."""

    def read(table: str, *columns: str) -> list[tuple[object, ...]]:
        with Session(lake) as session:
            shown = session.facts(table).select(*columns).order_by(*columns)
            return [tuple(r.values()) for r in session.to_arrow(shown).to_pylist()]

    return read
