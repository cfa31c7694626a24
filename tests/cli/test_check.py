"""`banso check` finds faults in the definitions, from any folder of the project."""

import json

import pytest
from tests.cli.conftest import Banso

from banso.runs.project import Project


def break_health(project: Project) -> None:
    path = project.definitions_folder / "health.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("metric: seat_use", "metric: seat_us", 1))


def test_the_starter_set_is_well(banso: Banso, project: Project) -> None:
    ran = banso("check", "--project", project.folder)

    assert ran.status == 0
    assert ran.out.startswith("All is well: ")


def test_a_fault_is_named_with_its_line(
    banso: Banso, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    break_health(project)
    monkeypatch.chdir(project.definitions_folder / "metrics")

    ran = banso("check")

    assert ran.status == 1
    assert ran.out.startswith("definitions/health.yaml:18: error unknown_metric")
    assert "Did you mean 'seat_use'?" in ran.out


def test_faults_as_json(banso: Banso, project: Project) -> None:
    break_health(project)

    ran = banso("check", "--json", "--project", project.folder)

    assert ran.status == 1
    (issue,) = json.loads(ran.out)["issues"]
    assert (issue["path"], issue["line"]) == ("definitions/health.yaml", 18)
    assert issue["code"] == "unknown_metric"
