"""Aozora Cloud in the sizes that the tests of `banso.demo` look at."""

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest

from banso.demo.aozora import Truth, write_company

LAST_DAY = dt.date(2026, 11, 22)


@dataclass(frozen=True)
class Company:
    """A written company, and questions to it."""

    folder: Path
    truth: Truth

    def ask(self, sql: str) -> list[tuple[Any, ...]]:
        """Run SQL in which ``{table}`` stands for the file of a table."""
        tables = {p.stem: f"'{p}'" for p in self.folder.glob("*.parquet")}
        with duckdb.connect() as con:
            return con.execute(sql.format(**tables)).fetchall()


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Company:
    folder = tmp_path_factory.mktemp("small")
    truth = write_company(folder, customers=400, last_day=LAST_DAY, seed=7, volume=0.2)
    return Company(folder, truth)


@pytest.fixture(scope="session")
def large(tmp_path_factory: pytest.TempPathFactory) -> Company:
    folder = tmp_path_factory.mktemp("large")
    truth = write_company(
        folder, customers=4000, last_day=LAST_DAY, seed=11, volume=0.02
    )
    return Company(folder, truth)
