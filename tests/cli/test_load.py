"""`banso load` takes good rows in, and says what it left out."""

import json
from pathlib import Path

import pytest
from tests.cli.conftest import Banso

from banso.runs.project import Project


def test_each_row_is_accounted_for(
    banso: Banso, project: Project, facts: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(project.folder)

    ran = banso("load", facts)

    assert ran.status == 0
    lines = [line.split() for line in ran.out.splitlines()]
    assert ["customers", "2", "2", "0", "0", "0", "0", "0"] in lines
    assert ["subscriptions", "3", "1", "0", "0", "0", "2", "0"] in lines
    assert "subscriptions.csv:3: started_on: started_on is '2026-02-30'" in ran.out
    assert "Rows put into quarantine: 2. To see all: banso export quarantine" in ran.out
    assert ran.out.endswith("Next: banso run\n")


def test_loading_again_changes_nothing(
    banso: Banso, project: Project, facts: Path
) -> None:
    banso("load", facts, "--project", project.folder)

    ran = banso("load", facts, "--json", "--project", project.folder)

    tables = {each["table"]: each for each in json.loads(ran.out)["tables"]}
    assert tables["customers"]["unchanged"] == 2
    assert tables["events"]["unchanged"] == 28
    assert tables["events"]["new"] == 0


def test_strict_exits_with_1_when_a_row_was_left_out(
    banso: Banso, project: Project, facts: Path
) -> None:
    assert banso("load", facts, "--strict", "--project", project.folder).status == 1


def test_a_proposed_mapping_is_written_and_used(
    banso: Banso, project: Project, tmp_path: Path
) -> None:
    folder = tmp_path / "crm"
    folder.mkdir()
    (folder / "crm.csv").write_text(
        "Account ID,Account Name,Owner\n1,Foo,x@example.com\n"
    )

    proposed = banso("load", folder, "--write-mapping", "--project", project.folder)

    assert proposed.status == 1
    assert 'name: "Account Name"' in (folder / "mapping.yaml").read_text()
    assert "saved as mapping.yaml" in proposed.out
    again = banso("load", folder, "--project", project.folder)
    assert again.status == 0
    assert ["customers", "1", "1"] in [
        row.split()[:3] for row in again.out.splitlines()
    ]


def test_a_mapping_is_never_written_over(
    banso: Banso, project: Project, tmp_path: Path
) -> None:
    folder = tmp_path / "crm"
    folder.mkdir()
    (folder / "crm.csv").write_text("Account ID,Account Name\n1,Foo\n")
    (folder / "mapping.yaml").write_text("schema_version: 1\nfiles: []\n")

    ran = banso("load", folder, "--write-mapping", "--project", project.folder)

    assert ran.status == 2
    assert (folder / "mapping.yaml").read_text() == "schema_version: 1\nfiles: []\n"


def test_a_path_without_anything_is_refused(
    banso: Banso, project: Project, tmp_path: Path
) -> None:
    ran = banso("load", tmp_path / "nothing", "--project", project.folder)

    assert ran.status == 2
    assert ran.err.startswith("error: There is nothing at ")


def test_a_flag_in_a_column_of_dates_is_told_to_be_no_day(
    banso: Banso, project: Project, tmp_path: Path
) -> None:
    (tmp_path / "customers.csv").write_text("customerID,name\na,A\nb,B\n")
    (tmp_path / "subscriptions.csv").write_text(
        "subscription_id,customer_id,started_on,ended_on,mrr\n"
        "1,a,2024-01-01,Yes,10\n2,b,2024-01-01,No,10\n"
    )

    ran = banso("load", tmp_path, "--project", project.folder)

    assert "ended_on is 'Yes'; expected a date such as 2024-01-31. This says" in ran.out
    assert "whether, not when: give the day, or nothing if it did not." in ran.out
    assert "No row of subscriptions could be loaded." in ran.out
    assert "Next:" not in ran.out
