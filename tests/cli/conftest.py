"""A project to run commands in, and a way to run them."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from banso.cli.main import run
from banso.runs.project import Project, create_project

AT = dt.datetime(2026, 11, 23, 3, 0, tzinfo=dt.UTC)


@dataclass(frozen=True)
class Ran:
    """What a command left behind."""

    status: int
    out: str
    err: str


Banso = Callable[..., Ran]


@pytest.fixture(autouse=True)
def _plain_surroundings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("BANSO_LANG", "LC_ALL", "LC_MESSAGES", "LANG", "BANSO_PROJECT", "TZ"):
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
