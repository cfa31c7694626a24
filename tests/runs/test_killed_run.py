"""A run that is killed for good leaves the last state, and the next one completes."""

import datetime as dt
import os
import signal
from pathlib import Path

import pytest
from lakes import NOW, new_project, put
from slow_company import FIRST, random_company

from banso.runs.project import Project
from banso.runs.results import lake_of
from banso.runs.running import run
from banso.warehouse.manifest import Release

pytestmark = pytest.mark.long

AS_OF = FIRST + dt.timedelta(days=130)


def loaded(folder: Path) -> Project:
    company = random_company(21, late=False)
    project = new_project(folder)
    rows = {
        "customers": [{"customer_id": c, "name": c} for c in "abcd"],
        "subscriptions": company.subscriptions,
        "events": [
            {key: value for key, value in row.items() if key != "known_at"}
            for row in company.events
        ],
    }
    put(project, rows)
    return project


@pytest.fixture(scope="module")
def once(tmp_path_factory: pytest.TempPathFactory) -> Release:
    """What a run gives that is left in peace."""
    project = loaded(tmp_path_factory.mktemp("quiet") / "company")
    return run(project, as_of=AS_OF, at=NOW)


def run_and_die(project: Project, step: str) -> int:
    """Run in a copy of this process, killed half-way in a step; return the signal."""

    def die(now: str, done: int, total: int) -> None:
        if now == step and done >= total // 2:
            os.kill(os.getpid(), signal.SIGKILL)

    child = os.fork()
    if child == 0:
        try:
            run(project, as_of=AS_OF, at=NOW, progress=die)
        finally:
            os._exit(0)
    return os.WTERMSIG(os.waitpid(child, 0)[1])


@pytest.mark.parametrize("step", ["roll_up", "metrics", "health", "customers"])
def test_killed_run_is_completed_by_the_next(
    tmp_path: Path, once: Release, step: str
) -> None:
    killed = loaded(tmp_path / "killed")

    assert run_and_die(killed, step) == signal.SIGKILL
    assert lake_of(killed).current().release is None
    again = run(killed, as_of=AS_OF, at=NOW)

    assert again.release_id == once.release_id
    assert [part.sha256 for parts in again.tables.values() for part in parts] == [
        part.sha256 for parts in once.tables.values() for part in parts
    ]
