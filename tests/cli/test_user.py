"""`banso user` and `banso doctor`: who may sign in, and whether all is well."""

import json
import subprocess
import sys
from pathlib import Path

from tests.cli.conftest import Banso

from banso.runs.project import Project

PASSWORD = "correct horse battery"


def add(banso: Banso, project: Project, email: str, *more: str) -> None:
    ran = banso(
        *("user", "add", email, *more, "--password-stdin"),
        *("--project", project.folder),
        stdin=PASSWORD,
    )
    assert ran.status == 0, ran.err


def test_people_are_added_listed_and_deactivated(
    banso_apart: Banso, project: Project
) -> None:
    where = ("--project", project.folder)
    add(banso_apart, project, "aoi@example.com", "--role", "administrator")
    add(banso_apart, project, "chika@example.com", "--name", "千佳", "--team", "東")

    ran = banso_apart("user", "deactivate", "chika@example.com", *where)
    assert ran.status == 0, ran.err

    users = json.loads(banso_apart("user", "list", "--json", *where).out)
    assert [user["email"] for user in users] == [
        "aoi@example.com",
        "chika@example.com",
    ]
    chika = users[1]
    assert (chika["role"], chika["scope"], chika["team"]) == ("csm", "own", "東")
    assert chika["active"] is False


def test_a_password_is_made_when_there_is_nobody_to_ask(
    banso_apart: Banso, project: Project
) -> None:
    ran = banso_apart("user", "add", "ben@example.com", "--project", project.folder)

    assert ran.status == 0
    assert "Password: " in ran.out


def test_refusals_are_explained(banso_apart: Banso, project: Project) -> None:
    where = ("--project", project.folder)

    weak = banso_apart(
        "user", "add", "a@example.com", "--password-stdin", *where, stdin="x"
    )
    nobody = banso_apart("user", "deactivate", "b@example.com", *where)

    assert (weak.status, nobody.status) == (2, 2)
    assert "at least 10 characters" in weak.err
    assert "Nobody signs in as b@example.com." in nobody.err


def test_doctor_says_what_is_missing(
    banso_apart: Banso, project: Project, tmp_path: Path
) -> None:
    fresh = banso_apart("doctor", "--json", "--project", project.folder)
    nowhere = banso_apart("doctor", "--project", tmp_path)

    states = {each["subject"]: each["state"] for each in json.loads(fresh.out)}
    assert fresh.status == 0
    assert states["release"] == states["app database"] == "note"
    assert states["project"] == states["versions"] == "fine"
    assert nowhere.status == 1
    assert "✗ project: " in nowhere.out


def test_doctor_finds_a_lost_file(banso_apart: Banso, computed: Project) -> None:
    lost = next((computed.lake_folder / "parts" / "customers").rglob("*.parquet"))
    lost.unlink()

    ran = banso_apart("doctor", "--project", computed.folder)

    assert ran.status == 1
    assert "1 files missing: " in ran.out


def test_a_database_that_does_not_answer_is_named(
    banso_apart: Banso, project: Project
) -> None:
    settings = project.folder / "banso.toml"
    url = 'database_url = "postgresql://banso@127.0.0.1:1/none"'
    settings.write_text(f"{settings.read_text()}\n[app]\n{url}\n")

    ran = banso_apart("user", "list", "--project", project.folder)

    assert ran.status == 2
    assert ran.err.startswith("error: The app database cannot be used: ")
    assert "BANSO_DATABASE_URL" in ran.err


LOADED = """
import sys
from banso.cli.main import run
assert run(["user", "list", "--project", sys.argv[1]]) == 0
print(sorted({"ibis", "pandas", "numpy", "scipy"} & set(sys.modules)), file=sys.stderr)
"""


def test_who_manages_people_waits_for_no_engine(project: Project) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", LOADED, str(project.folder)],
        capture_output=True,
        text=True,
        check=True,
    )

    assert ran.stderr == "[]\n"
