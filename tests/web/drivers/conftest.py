"""A small company whose release says something about drivers."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import pytest
from driver_results import NOW, Row, results, small_company, write_results

from banso.runs.project import Project
from banso.runs.reading import close_reader
from banso.web.customers import operations as customers

Show = Callable[[Mapping[str, Sequence[Row] | None]], None]


@pytest.fixture(scope="session")
def company(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """Make the company once; each test publishes the results that it needs."""
    return small_company(tmp_path_factory.mktemp("drivers") / "project")


@pytest.fixture
def show(company: Project, settings: Any, db: None) -> Iterator[Show]:
    """Return a function that lets the pages show the company with these results."""
    settings.BANSO_PROJECT_FOLDER = company.folder

    def publish(tables: Mapping[str, Sequence[Row] | None]) -> None:
        release = write_results(company, tables)
        customers.publish_release(company, release, at=NOW)

    yield publish
    close_reader()


@pytest.fixture
def shown(show: Show) -> None:
    """Show the results of a company that has a driver."""
    show(results())
