"""Definitions come back from JSON as they were read from YAML, or not at all."""

from pathlib import Path

import pytest
from lakes import new_project

from banso.definitions.catalog import Catalog
from banso.definitions.reading import read_catalog
from banso.runs import kept_catalogs
from banso.runs.kept_catalogs import find_catalog, keep_catalog
from banso.runs.results import lake_of
from banso.warehouse.lake import Lake


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return lake_of(new_project(tmp_path / "company"))


@pytest.fixture
def catalog(lake: Lake) -> Catalog:
    digest = lake.current().definitions[-1].digest
    catalog, _issues = read_catalog(lake.definition_files(digest))
    assert catalog is not None
    return catalog


def test_kept_definitions_are_those_that_were_read(
    lake: Lake, catalog: Catalog
) -> None:
    assert find_catalog(lake, catalog.digest) is None

    keep_catalog(lake, catalog)

    assert find_catalog(lake, catalog.digest) == catalog


def test_changed_file_is_not_believed(lake: Lake, catalog: Catalog) -> None:
    keep_catalog(lake, catalog)
    (path,) = (lake.folder / "derived" / "catalogs").iterdir()
    path.write_text(path.read_text().replace('"window_days":28', '"window_days":27'))

    assert find_catalog(lake, catalog.digest) is None


def test_other_program_reads_the_definitions_anew(
    lake: Lake, catalog: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep_catalog(lake, catalog)

    monkeypatch.setattr(kept_catalogs, "_reader", lambda: "another")

    assert find_catalog(lake, catalog.digest) is None
