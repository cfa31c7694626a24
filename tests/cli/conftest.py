"""A project to run commands in, and a way to run them."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from banso.cli.main import run
from banso.runs.project import Project, create_project


@dataclass(frozen=True)
class Ran:
    """What a command left behind."""

    status: int
    out: str
    err: str


Banso = Callable[..., Ran]


def _own_database() -> dict[str, str]:
    """Return the environment without the database on which the web is tested."""
    return {k: v for k, v in os.environ.items() if k != "BANSO_DATABASE_URL"}


def run_apart(*arguments: str | Path, stdin: str = "") -> Ran:
    """Run `banso` in a process of its own."""
    ran = subprocess.run(
        [sys.executable, "-m", "banso.cli.main", *map(str, arguments)],
        input=stdin,
        capture_output=True,
        text=True,
        check=False,
        env=_own_database(),
    )
    return Ran(ran.returncode, ran.stdout, ran.stderr)


@pytest.fixture(autouse=True)
def _plain_surroundings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LC_ALL", "LC_MESSAGES", "LANG", "TZ"):
        monkeypatch.delenv(name, raising=False)
    # Each project has a database of its own, also when the web is tested on PostgreSQL.
    for name in ("BANSO_LANG", "BANSO_PROJECT", "BANSO_DATABASE_URL"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def banso(capfdbinary: pytest.CaptureFixture[bytes]) -> Banso:
    """Run `banso` with arguments in this process."""

    def call(*arguments: str | Path) -> Ran:
        capfdbinary.readouterr()
        status = run([str(argument) for argument in arguments])
        out, err = capfdbinary.readouterr()
        return Ran(status, out.decode(), err.decode())

    return call


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A project of a Japanese company with the starter definitions."""
    return create_project(
        tmp_path / "acme",
        name="Acme",
        timezone="Asia/Tokyo",
        currency="JPY",
        language="ja",
    )


@pytest.fixture
def banso_apart() -> Banso:
    """Run `banso` in a process of its own: for what makes Django ready."""
    return run_apart


@pytest.fixture
def facts(tmp_path: Path) -> Path:
    """A folder with files of two customers, and two faults."""
    return write_facts(tmp_path / "facts")


@pytest.fixture
def computed(tmp_path: Path, computed_once: Path) -> Project:
    """A project with those facts loaded and computed as of 30 June 2026."""
    return Project.open(shutil.copytree(computed_once, tmp_path / "computed"))


@pytest.fixture(scope="session")
def computed_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The original of `computed`; made once because that takes seconds."""
    folder = tmp_path_factory.mktemp("cli") / "acme"
    facts = write_facts(folder.with_name("facts"))
    for command in (
        ("init", folder, "--name", "Acme", "--timezone", "Asia/Tokyo"),
        ("load", facts, "--project", folder),
        ("run", "--as-of", "2026-06-30", "--project", folder),
    ):
        ran = run_apart(*command)
        assert ran.status == 0, ran.err
    return folder


def write_facts(folder: Path) -> Path:
    """Write files of two customers, with two faults among the subscriptions."""
    folder.mkdir()
    files = {
        "customers.csv": (
            "customer_id,name,owner,region\n"
            "c1,青空商店,aoi@example.com,関東\n"
            "c2,Acme,ben@example.com,\n"
        ),
        "subscriptions.csv": (
            "subscription_id,customer_id,started_on,mrr\n"
            "s1,c1,2026-01-01,10000\n"
            "s2,c2,2026-02-30,5000\n"
            "s3,c9,2026-03-01,5000\n"
        ),
        "events.csv": "occurred_at,customer_id,name\n"
        + "".join(f"2026-06-{day:02d}T09:00:00,c1,open\n" for day in range(1, 29)),
    }
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder
