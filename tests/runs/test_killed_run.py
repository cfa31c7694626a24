"""A run that is killed for good leaves the last state, and the next one completes."""

import datetime as dt
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from lakes import NOW, new_project, put
from slow_company import FIRST, random_company

from banso.runs.results import lake_of
from banso.runs.running import run

pytestmark = pytest.mark.long

AS_OF = FIRST + dt.timedelta(days=130)
DYING = """
import datetime as dt, os, signal, sys
from pathlib import Path
from banso.runs.project import Project
from banso.runs.running import run

wanted, folder, as_of, at = sys.argv[1:]

def die(step, done, total):
    if step == wanted and done >= total // 2:
        os.kill(os.getpid(), signal.SIGKILL)

run(Project.open(Path(folder)), as_of=dt.date.fromisoformat(as_of),
    at=dt.datetime.fromisoformat(at), progress=die)
"""


@pytest.mark.parametrize("step", ["roll_up", "metrics", "health", "customers"])
def test_killed_run_is_completed_by_the_next(tmp_path: Path, step: str) -> None:
    company = random_company(21, late=False)
    rows = {
        "customers": [{"customer_id": c, "name": c} for c in "abcd"],
        "subscriptions": company.subscriptions,
        "events": [
            {key: value for key, value in row.items() if key != "known_at"}
            for row in company.events
        ],
    }
    killed, quiet = new_project(tmp_path / "killed"), new_project(tmp_path / "quiet")
    put(killed, rows)
    put(quiet, rows)

    died = subprocess.run(
        [
            *(sys.executable, "-c", DYING, step, str(killed.folder)),
            *(AS_OF.isoformat(), NOW.isoformat()),
        ],
        check=False,
    )

    assert died.returncode == -signal.SIGKILL
    assert lake_of(killed).current().release is None
    again, once = (run(each, as_of=AS_OF, at=NOW) for each in (killed, quiet))
    assert again.release_id == once.release_id
    assert [part.sha256 for parts in again.tables.values() for part in parts] == [
        part.sha256 for parts in once.tables.values() for part in parts
    ]
