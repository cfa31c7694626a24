"""A small company whose release says something about drivers."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import pytest
from driver_results import NOW, Row, results, small_company, write_results

from banso.runs.project import Project
from banso.runs.reading import close_reader
from banso.runs.results import lake_of
from banso.warehouse.manifest import Release
from banso.web.customers import operations as customers

Show = Callable[[Mapping[str, Sequence[Row] | None]], None]


@pytest.fixture(scope="session")
def as_run(company: Project) -> Release:
    """Return what the run itself left, before any test wrote results."""
    release = lake_of(company).current().releases[0]
    assert "drivers" in release.tables
    return release


@pytest.fixture(scope="session")
def company(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """Make the company once; each test publishes the results that it needs."""
    return small_company(tmp_path_factory.mktemp("drivers") / "project")


@pytest.fixture
def show(company: Project, as_run: Release, settings: Any, db: None) -> Iterator[Show]:
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


@pytest.fixture
def shown_as_run(as_run: Release, company: Project, show: Show) -> None:
    """Show what the run left."""
    with lake_of(company).writing(at=NOW) as draft:
        draft.put_release(as_run)
        draft.commit()
    customers.publish_release(company, as_run, at=NOW)
