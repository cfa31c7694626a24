"""Kill an erasure −9 before every file operation of its own, and look for the person.

    python benchmarks/erasure_kills.py [--every 1]

A project of two customers has a person in facts, a corrected row, two releases, notes,
attached files and the audit. Once for each operation (a file opened for writing,
renamed, removed or cut by Python), a copy of it is erased from, killed just before that
operation, and brought to its end by the next call. Afterwards no file of the project,
Parquet decoded, may hold the person's ID, name or e-mail, every number of the release
must be as it was, and the audit has one entry.
"""

import argparse
import datetime as dt
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "support"))

import duckdb
from dying import run_and_die
from held_bytes import places_of
from lakes import NOW, new_project
from tests.site.test_person_erasure import FILES, RECORDED, WORDS

from banso.runs.loading import load
from banso.runs.project import Project
from banso.runs.results import lake_of
from banso.runs.running import run

PERSON = "hanako@example.com"
_DAY = dt.timedelta(days=1)


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--every", type=int, default=1, help="only each Nth operation")
    given = parser.parse_args()
    began = time.perf_counter()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        before = _company(folder)
        facts, release = _counts(before), _numbers(before)
        total = _undisturbed(before, folder / "quiet")
        wrong: list[str] = []
        places = range(1, total + 1, given.every)
        for place in places:
            project = _copied(before, folder / "killed")
            note = folder / "count"
            killed = _erase(project, die_at=place, note=note)
            ended = _erase(project, die_at=0, note=note)
            wrong += [f"{place}: {each}" for each in _faults(project, killed, ended)]
            if _counts(project) != facts or _numbers(project) != release:
                wrong.append(f"{place}: other numbers")
            print(f"\r{place} of {total}", end="", flush=True)
    print(
        f"\n{len(places)} kills inside an erasure of {total} file operations,"
        f" {time.perf_counter() - began:.0f} s: {len(wrong)} faults"
    )
    print("\n".join(wrong[:40]))
    return 1 if wrong else 0


def _company(folder: Path) -> Project:
    (folder / "files").mkdir()
    project = new_project(folder / "company")
    for rename, day in ((False, NOW), (True, NOW + _DAY)):
        for name, text in FILES.items():
            said = text.replace("佐藤花子", "佐藤花子（旧姓 山田）") if rename else text
            (folder / "files" / name).write_text(said, encoding="utf-8")
        load(project, folder / "files", at=day)
        run(project, as_of=day.date(), at=day)
    _run_script(RECORDED, project)
    return project


def _undisturbed(before: Project, folder: Path) -> int:
    """Erase without a kill; return how many file operations it had."""
    project = _copied(before, folder)
    note = folder.with_suffix(".count")
    status = _erase(project, die_at=0, note=note)
    faults = list(_faults(project, signal.SIGKILL, status))
    assert not faults, faults
    return int(note.read_text())


def _erase(project: Project, *, die_at: int, note: Path) -> int:
    """Erase in a process of its own; return the signal it died of, or its status."""

    def work() -> None:
        from banso.site.serving import migrate  # noqa: PLC0415 - Django, there only

        migrate(project)
        from banso.site.person_erasure import erase_person  # noqa: PLC0415

        at = NOW + 2 * _DAY
        erase_person(
            project, PERSON, asked_by="person", reason=f"{PERSON} asked", at=at
        )

    return run_and_die(work, die_at=die_at, note=note)


def _faults(project: Project, killed: int, ended: int) -> Iterator[str]:
    if killed != signal.SIGKILL:
        yield f"was not killed ({killed})"
    if ended:
        yield f"did not come to its end ({ended})"
    yield from places_of(project.folder, WORDS)
    if (project.private_folder / "erasing.json").exists():
        yield "still under way"
    with sqlite3.connect(project.private_folder / "app.sqlite3") as db:
        asked = "SELECT count(*) FROM audit_auditentry WHERE action = 'person_erased'"
        (entries,) = db.execute(asked).fetchone()
    if entries != 1:
        yield f"{entries} entries of the audit"


def _counts(project: Project) -> Counter[str]:
    """Return the rows of each table of facts, earlier states of rows too."""
    found: Counter[str] = Counter()
    for name, table in lake_of(project).current().facts.items():
        for part in table.parts:
            found[name] += part.rows
    return found


def _numbers(project: Project) -> list[tuple[object, ...]]:
    """Return every result of the release but for who somebody is."""
    lake = lake_of(project)
    release = lake.current().release
    assert release is not None
    found: list[tuple[object, ...]] = []
    with duckdb.connect() as con:
        for name, parts in sorted(release.tables.items()):
            for part in parts:
                path = lake.folder / part.path
                rows = con.execute(f"SELECT * FROM read_parquet('{path}')")
                names = [each[0] for each in rows.description or ()]
                keep = [i for i, each in enumerate(names) if "contact" not in each]
                found += [
                    (name, *(repr(row[i]) for i in keep)) for row in rows.fetchall()
                ]
    return sorted(found)


def _copied(before: Project, folder: Path) -> Project:
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(before.folder, folder)
    return Project.open(folder)


def _run_script(text: str, project: Project) -> None:
    subprocess.run([sys.executable, "-c", text, str(project.folder)], check=True)


if __name__ == "__main__":
    sys.exit(main())
