"""A kill, a power cut or a full disk leaves the last good state; a retry completes."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from banso.tables.registry import TABLES
from banso.warehouse.durable import DiskFull
from banso.warehouse.lake import Lake, LakeBusy
from banso.warehouse.session import Session
from banso.warehouse.staging import workspace

EVENTS = """
    SELECT 'e' || i AS event_id, 'c' || i % 3 AS customer_id, 'login' AS "name",
        TIMESTAMP '2026-01-01 00:00:00' + to_days(CAST(i % 50 AS INTEGER))
            AS occurred_at
    FROM range({rows}) AS t(i)
"""

# A writer that kills itself at its n-th step on the disk (a sync, rename or removal).
WRITER = """
import datetime as dt, os, signal, sys
from pathlib import Path
from banso.tables.registry import TABLES
from banso.warehouse.lake import Lake

folder, staged, fatal = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
steps = iter(range(1, 10_000))

def watched(call):
    def step(*args, **kwargs):
        if next(steps) == fatal:
            os.kill(os.getpid(), signal.SIGKILL)
        return call(*args, **kwargs)
    return step

os.fsync, os.rename = watched(os.fsync), watched(os.rename)
os.replace, os.unlink = watched(os.replace), watched(os.unlink)
print("ready", flush=True)
with Lake(folder).writing(at=dt.datetime(2026, 11, 2, tzinfo=dt.UTC)) as draft:
    draft.upsert(TABLES["events"], staged)
    draft.commit()
print("done", next(steps), flush=True)
"""

# A writer that takes the lock and then takes its time.
HOLDER = """
import sys, time
from pathlib import Path
from banso.warehouse.lake import Lake

with Lake(Path(sys.argv[1])).locked():
    print("held", flush=True)
    time.sleep(60)
"""

posix = pytest.mark.skipif(os.name == "nt", reason="SIGKILL is not known on Windows")


def start_writer(lake: Lake, staged: Path, fatal: int = 0) -> subprocess.Popen[str]:
    arguments = [str(lake.folder), str(staged), str(fatal)]
    return subprocess.Popen(
        [sys.executable, "-c", WRITER, *arguments],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )


def rows_by_name(lake: Lake) -> dict[str, int]:
    with Session(lake) as session:
        events = session.facts("events")
        counted = events.group_by("name").aggregate(rows=events.count())
        return {r["name"]: r["rows"] for r in session.to_arrow(counted).to_pylist()}


@posix
def test_kill_at_each_step_leaves_the_old_or_the_new_version(
    tmp_path, lake, load, stage, at
):
    one_month = EVENTS.replace("% 50", "% 25")  # fewer parts, so fewer steps to try
    load("events", one_month.format(rows=100))
    corrected = one_month.format(rows=120).replace("'login'", "'view'")
    staged = stage(corrected)
    seen = set()
    for fatal in range(1, 100):
        copy = Lake(tmp_path / f"copy-{fatal}")
        shutil.copytree(lake.folder, copy.folder)
        killed = start_writer(copy, staged, fatal)
        killed.communicate()

        version = copy.current().version
        expected = {1: {"login": 100}, 2: {"view": 120}}[version]
        assert rows_by_name(copy) == expected
        seen.add((killed.returncode, version))
        with copy.writing(at=at(3)) as draft:
            draft.upsert(TABLES["events"], staged)
            draft.commit()
        assert rows_by_name(copy) == {"view": 120}
        assert list((copy.folder / "staging").iterdir()) == []
        shutil.rmtree(copy.folder)
        if killed.returncode == 0:
            break

    assert (-signal.SIGKILL, 1) in seen
    assert (-signal.SIGKILL, 2) in seen
    assert (0, 2) in seen


@posix
def test_kill_at_any_time_leaves_the_old_or_the_new_version(lake, load, stage, at):
    load("events", EVENTS.format(rows=100))
    staged = stage(EVENTS.format(rows=200_000).replace("'login'", "'view'"))
    for number in range(6):
        writer = start_writer(lake, staged)
        assert writer.stdout is not None
        writer.stdout.readline()
        time.sleep(0.02 + 0.07 * number)
        writer.kill()
        writer.communicate()

        version = lake.current().version
        assert rows_by_name(lake) == {1: {"login": 100}, 2: {"view": 200_000}}[version]

    with lake.writing(at=at(3)) as draft:
        draft.upsert(TABLES["events"], staged)
        draft.commit()
    assert rows_by_name(lake) == {"view": 200_000}


@posix
def test_nothing_is_named_before_it_is_on_the_disk(lake, load, monkeypatch):
    """What a power cut needs: synced before renamed, the folder after, pointer last."""
    steps: list[tuple[str, str]] = []
    fsync, replace = os.fsync, Path.replace

    def watched_fsync(descriptor: int) -> None:
        steps.append(("sync", str(Path(f"/proc/self/fd/{descriptor}").readlink())))
        fsync(descriptor)

    def watched_replace(self: Path, target: Path) -> Path:
        assert ("sync", str(self)) in steps
        steps.append(("named", str(target)))
        return replace(self, target)

    if not Path("/proc/self/fd").exists():
        pytest.skip("needs /proc to see which file is synced")
    monkeypatch.setattr(os, "fsync", watched_fsync)
    monkeypatch.setattr(Path, "replace", watched_replace)

    load("events", EVENTS.format(rows=123_000))

    named = [path for step, path in steps if step == "named"]
    for path in named:
        after = steps[steps.index(("named", path)) :]
        assert ("sync", str(Path(path).parent)) in after
    relative = [Path(path).relative_to(lake.folder).parts[0] for path in named]
    assert relative == ["parts", "parts", "manifests", "CURRENT"]
    for position, path in enumerate(named[:-1]):
        folder_synced = steps.index(
            ("sync", str(Path(path).parent)), steps.index(("named", path))
        )
        assert folder_synced < steps.index(("named", named[position + 1]))


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Give a disk of 2 MB."""
    folder = tmp_path / "small"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(folder)]
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        pytest.skip("only root can mount a small disk")
    if subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("mounting is not allowed here")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def test_full_disk_leaves_the_last_version_and_says_so(small_disk, load, stage, at):
    lake = Lake(small_disk / "lake")
    load("events", EVENTS.format(rows=100), into=lake)
    before = lake.current()
    too_much = stage(EVENTS.format(rows=500_000).replace("'login'", "'view'"))

    with (
        pytest.raises(DiskFull, match="no space left"),
        lake.writing(at=at(2)) as draft,
    ):
        draft.upsert(TABLES["events"], too_much)

    assert lake.current() == before
    assert rows_by_name(lake) == {"login": 100}
    load("events", EVENTS.format(rows=110), into=lake)
    assert rows_by_name(lake) == {"login": 110}


@posix
def test_limit_on_file_size_leaves_the_last_version(lake, load, stage):
    load("events", EVENTS.format(rows=100))
    staged = stage(EVENTS.format(rows=200_000))
    limited = (
        "import resource\nresource.setrlimit(resource.RLIMIT_FSIZE, (200_000,) * 2)\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", limited + WRITER, str(lake.folder), str(staged), "0"],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )

    assert "DiskFull" in run.stderr
    assert lake.current().version == 1
    assert rows_by_name(lake) == {"login": 100}


@posix
def test_second_writer_is_refused_until_the_first_is_gone(lake, load, stage, at):
    load("events", EVENTS.format(rows=10))
    holder = subprocess.Popen(
        [
            sys.executable,
            "-c",
            HOLDER,
            str(lake.folder),
        ],
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert holder.stdout is not None
    holder.stdout.readline()

    with pytest.raises(LakeBusy), lake.writing(at=at(2)):
        pass

    holder.kill()
    holder.communicate()
    load("events", EVENTS.format(rows=20), day=2)
    assert rows_by_name(lake) == {"login": 20}


def test_writing_inside_writing_is_refused(lake, at):
    with (
        lake.writing(at=at(1)),
        pytest.raises(LakeBusy),
        Lake(lake.folder).writing(at=at(1)),
    ):
        pass


def test_living_workspaces_are_not_swept(lake, load):
    with workspace(lake.folder) as folder:
        load("events", EVENTS.format(rows=10))

        assert folder.is_dir()
    assert not folder.exists()
