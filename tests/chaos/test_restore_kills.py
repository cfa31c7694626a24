"""Kills −9 of a restore: no half of a project, nothing left over, and it can be again.

Each one is killed just before another one of its changes of files.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from held_bytes import places_of
from lakes import new_project, put

# every so manieth change of files; 1 tries them all
STEP = int(os.environ.get("BANSO_RESTORE_KILL_STEP", "7"))
PROGRAM = """
import datetime as dt, json, sys
from pathlib import Path
from dying import run_and_die
from banso.site.backup.restoring import restore
backup, where, step = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
now = dt.datetime(2026, 11, 27, tzinfo=dt.UTC)

def states(folder):
    return sorted(path.name for path in folder.parent.iterdir())

def kill(folder, place):
    folder.parent.mkdir()
    work = lambda: restore(backup, folder, at=now)
    note = where / "count"
    died = run_and_die(work, die_at=place, note=note)
    between = folder.is_dir() and sorted(p.name for p in folder.iterdir())
    ended = 0 if between else run_and_die(work, die_at=0, note=note)
    return died, between, ended, states(folder)

kill(where / "0" / "acme", 0)
total = int((where / "count").read_text())
said = [kill(where / str(n) / "acme", n) for n in range(1, total + 1, step)]
print(json.dumps([total, said]))
"""
BACK_UP = """
import datetime as dt, sys
from pathlib import Path
from banso.runs.project import Project
from banso.site.serving import migrate
project = Project.open(Path(sys.argv[1]))
migrate(project)
from banso.site.backup.backing_up import back_up
back_up(project, Path(sys.argv[2]), at=dt.datetime(2026, 11, 26, tzinfo=dt.UTC))
"""


def python(code: str, *arguments: object) -> str:
    away = ("BANSO_DATABASE_URL", "BANSO_PROJECT", "DJANGO_SETTINGS_MODULE")
    environment = {k: v for k, v in os.environ.items() if k not in away}
    environment["PYTHONPATH"] = os.pathsep.join(filter(None, sys.path))
    ran = subprocess.run(
        [sys.executable, "-c", code, *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        env=environment,
    )
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


@pytest.mark.long
def test_no_kill_leaves_half_a_project(tmp_path: Path) -> None:
    project = new_project(tmp_path / "acme")
    put(project, {"customers": [{"customer_id": "c1", "name": "佐藤花子商店"}]})
    backup, where = tmp_path / "acme.banso.zip", tmp_path / "where"
    where.mkdir()
    python(BACK_UP, project.folder, backup)

    total, said = json.loads(python(PROGRAM, backup, where, STEP))

    whole = sorted(path.name for path in (where / "0" / "acme").iterdir())
    assert total > 20
    for died, between, ended, left in said:
        assert died == 9
        assert between in (False, whole)
        assert ended == 0
        assert [name for name in left if not name.endswith(".lock")] == ["acme"]
    held = places_of(where / "0", ["佐藤花子商店"])
    for number in range(1, total + 1, STEP):
        assert len(places_of(where / str(number), ["佐藤花子商店"])) == len(held)
