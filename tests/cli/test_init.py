"""`banso init` makes a project that the next command finds."""

import json
from pathlib import Path

import pytest
from tests.cli.conftest import Banso

from banso.cli.init import currency_of, machine_timezone
from banso.runs.project import Project


def test_init_makes_a_project_and_says_what_it_took_for_granted(
    banso: Banso, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", "Asia/Tokyo")

    ran = banso("init", tmp_path / "my-company")

    assert ran.status == 0
    project = Project.open(tmp_path / "my-company")
    assert (project.name, project.timezone) == ("my-company", "Asia/Tokyo")
    assert (project.currency, project.language) == ("JPY", "en")
    assert "time zone Asia/Tokyo / currency JPY" in ran.out
    assert "banso load" in ran.out


def test_init_speaks_the_language_of_the_terminal(
    banso: Banso, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LANG", "ja_JP.UTF-8")

    ran = banso("init", tmp_path / "acme")

    assert "プロジェクトを作りました" in ran.out
    assert Project.open(tmp_path / "acme").language == "ja"


def test_init_as_json(banso: Banso, tmp_path: Path) -> None:
    ran = banso(
        *("init", tmp_path, "--name", "青空", "--timezone", "Asia/Tokyo", "--json")
    )

    assert json.loads(ran.out) == {
        "folder": str(tmp_path),
        "name": "青空",
        "timezone": "Asia/Tokyo",
        "currency": "JPY",
        "language": "en",
    }


def test_init_never_touches_a_project(banso: Banso, project: Project) -> None:
    before = (project.folder / "banso.toml").read_bytes()

    ran = banso("init", project.folder, "--name", "Other")

    assert ran.status == 2
    assert "already is a project" in ran.err
    assert (project.folder / "banso.toml").read_bytes() == before


def test_the_currency_is_that_of_the_time_zone(monkeypatch: pytest.MonkeyPatch) -> None:
    assert currency_of("Asia/Tokyo") == "JPY"
    assert currency_of("Europe/Berlin") == "EUR"
    assert currency_of("UTC") == "USD"
    monkeypatch.setenv("LANG", "ja_JP.UTF-8")
    assert currency_of("UTC") == "JPY"


def test_the_machine_has_a_time_zone(monkeypatch: pytest.MonkeyPatch) -> None:
    assert machine_timezone()
    monkeypatch.setenv("TZ", ":Europe/Berlin")
    assert machine_timezone() == "Europe/Berlin"
