"""The companies on offer, and the real example."""

import datetime as dt
from pathlib import Path

import duckdb
import pytest

from banso.definitions.reading import files_of, read_catalog
from banso.definitions.starter_set import starter_files
from banso.demo.companies import Making, UnknownCompany, find_company, list_companies
from banso.demo.examples import UnknownExample, find_example
from banso.kernel.labels import Label


def test_two_companies_are_on_offer() -> None:
    assert [company.key for company in list_companies()] == ["aozora", "learners"]


def test_aozora_is_written_where_asked(tmp_path: Path) -> None:
    making = Making(last_day=dt.date(2026, 11, 22), customers=20, years=1)

    facts = find_company("aozora").prepare(tmp_path / "facts", making=making)

    assert facts.as_of == making.last_day
    catalog, issues = read_catalog(starter_files() | files_of(facts.definitions)[0])
    assert issues == []
    assert catalog.names.event("login") == Label("ログイン", "Log-in")
    assert (facts.folder / "subscriptions.parquet").is_file()


def test_learners_come_with_their_own_definitions(tmp_path: Path) -> None:
    making = Making(last_day=dt.date(2026, 11, 22))

    facts = find_company("learners").prepare(tmp_path, making=making)
    assert facts.definitions is not None
    catalog, issues = read_catalog(facts.definitions)

    # The day on which a course begins is a column of this example's own.
    assert {issue.code for issue in issues} == {"unknown_column"}
    assert catalog is not None
    assert [model.key for model in catalog.health] == ["learner"]
    assert "first_assignment_missed" in [q.key for q in catalog.drivers.questions]
    assert facts.as_of == dt.date(2013, 12, 1)


def test_many_learners_are_active_on_the_as_of_date() -> None:
    example = find_example("open-university")

    active = duckdb.execute(
        "select count(distinct customer_id) from read_parquet(?) "
        "where started_on <= ? and ended_on > ?",
        [str(example.folder / "subscriptions.parquet"), example.as_of, example.as_of],
    ).fetchone()

    assert active == (7422,)
    assert "CC BY 4.0" in example.citation


def test_unknown_names_are_refused_with_the_nearest() -> None:
    with pytest.raises(UnknownCompany) as company:
        find_company("aozra")
    with pytest.raises(UnknownExample) as example:
        find_example("open-universe")

    assert company.value.hint == "Did you mean 'aozora'?"
    assert example.value.hint == "Did you mean 'open-university'?"
