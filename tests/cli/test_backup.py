"""A backup is taken while everything runs, and restored elsewhere it is the same."""

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import pytest
from tests.cli.conftest import Banso, Ran, run_apart, write_facts

from banso.runs.project import Project
from banso.runs.results import lake_of
from banso.warehouse.pointer import POINTER

WORK = """
import datetime as dt, sys
from pathlib import Path
from django.core.files.uploadedfile import SimpleUploadedFile
from banso.runs.project import Project
from banso.site.serving import migrate
migrate(Project.open(Path(sys.argv[1])))
from banso.web.accounts.models import User
from banso.web.timeline import attachments
from banso.web.timeline.models import Entry
now = dt.datetime.now(dt.UTC)
first = int(sys.argv[2])
aoi = User.objects.get(email="aoi@example.com")
for number in range(first, first + int(sys.argv[3])):
    entry = Entry.objects.create(customer_id="c1", kind="note", at=now, created_at=now,
        by=aoi, text=f"note {number}")
    file = SimpleUploadedFile("見積.txt", f"file {number}".encode())
    attachments.keep_files(entry.pk, [file])
"""
LOADING = """
import datetime as dt, sys
from pathlib import Path
from banso.runs.loading import load
from banso.runs.project import Project
project, folder = Project.open(Path(sys.argv[1])), Path(sys.argv[2])
for number in range(1000):
    path = folder / "events.csv"
    path.write_text("occurred_at,customer_id,name\\n"
        f"2026-05-{number % 28 + 1:02d}T09:{number // 28:02d}:00,c2,open\\n")
    load(project, path, at=dt.datetime.now(dt.UTC))
"""
ADD = ("user", "add", "aoi@example.com", "--role", "administrator")
RESULTS = ("health", "metrics", "customer_now", "movements")


def python(code: str, *arguments: object, **given: str) -> subprocess.Popen[bytes]:
    environment = {k: v for k, v in os.environ.items() if k != "BANSO_DATABASE_URL"}
    return subprocess.Popen(
        [sys.executable, "-c", code, *map(str, arguments)], env=environment | given
    )


def notes_in(project: Project) -> list[tuple[str, str]]:
    with sqlite3.connect(project.private_folder / "app.sqlite3") as database:
        return database.execute(
            "SELECT e.text, a.sha256 FROM timeline_entry e"
            " JOIN timeline_attachment a ON a.entry_id = e.id ORDER BY e.id"
        ).fetchall()


@pytest.mark.long
def test_a_drill(computed: Project, tmp_path: Path) -> None:
    assert run_apart(*ADD, "--project", computed.folder).status == 0
    assert python(WORK, computed.folder, 0, 5).wait() == 0
    files = tmp_path / "more"
    files.mkdir()

    going = [
        python(LOADING, computed.folder, files),
        python(WORK, computed.folder, 5, 10_000),
        subprocess.Popen(
            [
                *(sys.executable, "-m", "banso.cli.main", "run"),
                *("--as-of", "2026-06-29", "--project", str(computed.folder)),
            ],
            stderr=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
        ),
    ]
    until = time.monotonic() + 60
    while len(notes_in(computed)) < 8 and time.monotonic() < until:
        time.sleep(0.05)
    backups = [tmp_path / "early.banso.zip", tmp_path / "late.banso.zip"]
    made = [run_apart("backup", b, "--project", computed.folder) for b in backups]
    for process in going:
        process.kill()
        process.wait()
    checked = run_apart("backup", "--check", backups[1])
    restored = run_apart("restore", backups[1], tmp_path / "elsewhere")

    assert [ran.status for ran in made] == [0, 0], made
    assert checked.status == 0, checked.err
    assert restored.status == 0, restored.err
    again = Project.open(tmp_path / "elsewhere")
    _same_work(computed, again)
    _same_numbers(computed, again)
    doctor = run_apart("doctor", "--deep", "--project", again.folder)
    assert doctor.status == 0, doctor.out
    assert "✗" not in doctor.out


def _same_work(before: Project, after: Project) -> None:
    kept = notes_in(after)
    assert len(kept) >= 8
    assert kept == notes_in(before)[: len(kept)]
    for _, sha256 in kept:
        assert (after.private_folder / "attachments" / sha256[:2] / sha256).is_file()


def _same_numbers(before: Project, after: Project) -> None:
    manifest = lake_of(after).current()
    assert manifest == lake_of(before).manifest(manifest.version)
    for path in {part.path for part in manifest.list_parts()}:
        there, here = (lake_of(each).folder / path for each in (before, after))
        assert there.read_bytes() == here.read_bytes()
    for result in RESULTS:
        ran = run_apart("export", result, "--project", after.folder)
        assert ran.status == 0
        assert ran.out.count("\n") > 1


@pytest.fixture(scope="session")
def started_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The original of `started`; made once because each command takes a second."""
    folder = tmp_path_factory.mktemp("started") / "acme"
    facts = write_facts(folder.with_name("facts"))
    for command in (
        ("init", folder, "--name", "Acme", "--timezone", "Asia/Tokyo"),
        ("load", facts, "--project", folder),
        (*ADD, "--project", folder),
    ):
        assert run_apart(*command).status < 2
    return folder


@pytest.fixture
def started(started_once: Path, tmp_path: Path) -> Project:
    """A project with facts and somebody who may sign in."""
    return Project.open(shutil.copytree(started_once, tmp_path / "acme"))


def test_a_backup_says_what_it_holds(started: Project, tmp_path: Path) -> None:
    path = tmp_path / "acme.banso.zip"

    made = run_apart("backup", path, "--json", "--project", started.folder)
    checked = run_apart("backup", "--check", path)
    keyless = tmp_path / "keyless.banso.zip"
    run_apart("backup", keyless, "--without-secret-key", "--project", started.folder)
    restored = run_apart("restore", keyless, tmp_path / "keyless", "--json")

    assert json.loads(made.out)["facts"] == 31
    assert json.loads(made.out)["secret_key"] is True
    assert "is whole: Acme of " in checked.out
    assert json.loads(restored.out)["secret_key"] is False
    assert (tmp_path / "keyless/.banso/secret_key").read_bytes() != (
        started.private_folder / "secret_key"
    ).read_bytes()


def test_what_was_accepted_live_is_in_it(started: Project, tmp_path: Path) -> None:
    log = started.private_folder / "collect" / "log"
    log.mkdir(parents=True)
    (log / "00000000.log").write_bytes(b"accepted")
    with sqlite3.connect(log.parent / "memory.sqlite3") as memory:
        memory.execute("PRAGMA journal_mode = WAL")
        memory.execute("CREATE TABLE note (value)")
        memory.execute("INSERT INTO note VALUES ('0:8')")
        memory.commit()
        backup = tmp_path / "acme.banso.zip"
        _make_backup(started, backup)

    assert run_apart("restore", backup, tmp_path / "new").status == 0
    collect = tmp_path / "new/.banso/collect"
    assert (collect / "log/00000000.log").read_bytes() == b"accepted"
    with sqlite3.connect(collect / "memory.sqlite3") as memory:
        assert memory.execute("SELECT value FROM note").fetchall() == [("0:8",)]


def test_a_damaged_lake_is_not_backed_up(started: Project, tmp_path: Path) -> None:
    part = next(iter(lake_of(started).current().list_parts()))
    path = started.lake_folder / part.path
    path.write_bytes(path.read_bytes()[:-1] + b"?")

    ran = run_apart("backup", tmp_path / "a.zip", "--project", started.folder)

    assert ran.status == 2
    assert part.path in ran.err
    assert not (tmp_path / "a.zip").exists()


def test_nothing_is_restored_over_something(started: Project, tmp_path: Path) -> None:
    backup = tmp_path / "acme.banso.zip"
    run_apart("backup", backup, "--project", started.folder)
    cut = tmp_path / "cut.banso.zip"
    cut.write_bytes(backup.read_bytes()[:-1000])

    over = run_apart("restore", backup, started.folder)
    half = run_apart("restore", cut, tmp_path / "half")

    assert over.status == half.status == 2
    assert "is not empty" in over.err
    assert "is no whole backup of Banso" in half.err
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "acme",
        "acme.banso.zip",
        "cut.banso.zip",
    ]


def test_a_killed_backup_leaves_nothing_that_looks_whole(
    started: Project, tmp_path: Path
) -> None:
    folder = started.private_folder / "attachments" / "aa"
    folder.mkdir(parents=True)
    for number in range(40):
        (folder / f"{number}").write_bytes(os.urandom(2_000_000))
    into = tmp_path / "backups"
    into.mkdir()

    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "banso.cli.main", "backup", str(into)),
            *("--project", str(started.folder)),
        ]
    )
    until = time.monotonic() + 60
    while not any(p.stat().st_size > 5_000_000 for p in into.iterdir()):
        assert time.monotonic() < until
        time.sleep(0.002)
    process.send_signal(signal.SIGKILL)
    process.wait()

    left = list(into.iterdir())
    assert [path.suffix for path in left] == [".banso-part"]
    assert run_apart("backup", "--check", left[0]).status == 2
    assert run_apart("backup", into, "--project", started.folder).status == 0
    assert [path.suffix for path in into.iterdir()] == [".zip"]
    assert list((started.lake_folder / "staging").iterdir()) == []


def test_what_an_older_banso_wrote_is_brought_up_to_date(
    started: Project, tmp_path: Path
) -> None:
    database = started.private_folder / "app.sqlite3"
    older = """
import sys
from pathlib import Path
from banso.runs.project import Project
from banso.site.serving import prepare_django
prepare_django(Project.open(Path(sys.argv[1])))
from django.core.management import call_command
call_command("migrate", "timeline", "0002", verbosity=0)
"""
    assert python(older, started.folder).wait() == 0
    with sqlite3.connect(database) as connection:
        before = _migrations(connection)
    backup = tmp_path / "acme.banso.zip"
    _make_backup(started, backup)

    ran = run_apart("restore", backup, tmp_path / "new")

    assert ran.status == 0, ran.err
    with sqlite3.connect(tmp_path / "new/.banso/app.sqlite3") as connection:
        assert before < _migrations(connection)


def test_what_a_newer_banso_wrote_is_refused(started: Project, tmp_path: Path) -> None:
    with sqlite3.connect(started.private_folder / "app.sqlite3") as connection:
        connection.execute(
            "INSERT INTO django_migrations (app, name, applied)"
            " VALUES ('timeline', '0999_of_tomorrow', '2030-01-01')"
        )
    backup = tmp_path / "acme.banso.zip"
    _make_backup(started, backup)

    ran = run_apart("restore", backup, tmp_path / "new")

    assert ran.status == 2
    assert "was written by a newer Banso" in ran.err
    assert not (tmp_path / "new").exists()


def test_refusals_are_said_in_japanese(
    banso: Banso, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BANSO_LANG", "ja")
    (tmp_path / "a.zip").write_bytes(b"PK")

    ran = banso("backup", "--check", tmp_path / "a.zip")

    assert "Banso の完全なバックアップではありません。" in ran.err


@pytest.fixture
def databases() -> Iterator[tuple[str, str]]:
    """Addresses of two empty databases on PostgreSQL."""
    url = os.environ.get("BANSO_TEST_POSTGRES_URL")
    if not url:
        pytest.skip("needs BANSO_TEST_POSTGRES_URL")
    import psycopg  # noqa: PLC0415  an extra

    names = [f"banso_backup_{uuid4().hex[:8]}" for _ in range(2)]
    with psycopg.connect(url, autocommit=True) as connection:
        for name in names:
            connection.execute(f"CREATE DATABASE {name}")
        source, target = (urlunsplit(urlsplit(url)._replace(path=n)) for n in names)
        yield source, target
        for name in names:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.mark.postgres
def test_a_project_on_postgresql(
    project: Project,
    databases: tuple[str, str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    source, target = databases
    assert _on(source, *ADD, "--project", project.folder).status == 0
    assert python(WORK, project.folder, 0, 3, BANSO_DATABASE_URL=source).wait() == 0
    backup = tmp_path / "acme.banso.zip"

    made = _on(source, "backup", backup, "--project", project.folder)
    over = _on(source, "restore", backup, tmp_path / "over")
    other = run_apart("restore", backup, tmp_path / "other")
    restored = _on(target, "restore", backup, tmp_path / "elsewhere")
    assert restored.status == 0, restored.err
    # keys go on after those that came
    more = python(WORK, tmp_path / "elsewhere", 3, 1, BANSO_DATABASE_URL=target)

    assert made.status == 0, made.err
    assert over.status == other.status == 2
    assert "is not empty" in over.err
    assert "holds a postgresql database" in other.err
    assert more.wait() == 0
    import psycopg  # noqa: PLC0415  an extra

    with psycopg.connect(target) as connection:
        texts = connection.execute("SELECT text FROM timeline_entry ORDER BY id")
        assert [text for (text,) in texts] == [f"note {n}" for n in range(4)]
        (events,) = connection.execute(
            "SELECT count(*) FROM audit_auditentry"
        ).fetchone() or (0,)
        assert events >= 1


def _on(url: str, *arguments: str | Path) -> Ran:
    ran = subprocess.run(
        [sys.executable, "-m", "banso.cli.main", *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "BANSO_DATABASE_URL": url},
    )
    return Ran(ran.returncode, ran.stdout, ran.stderr)


def _make_backup(project: Project, path: Path) -> None:
    ran = run_apart("backup", path, "--project", project.folder)
    assert ran.status == 0, ran.err
    assert (project.lake_folder / POINTER).exists()


def _migrations(connection: sqlite3.Connection) -> set[tuple[str, str]]:
    return set(connection.execute("SELECT app, name FROM django_migrations"))


def test_doctor_reads_everything_when_asked_to(
    started: Project, tmp_path: Path
) -> None:
    part = next(iter(lake_of(started).current().list_parts()))
    path = started.lake_folder / part.path
    path.write_bytes(path.read_bytes()[:-1] + b"?")
    (started.private_folder / "secret_key").chmod(0o644)

    quick = run_apart("doctor", "--json", "--project", started.folder)
    deep = run_apart("doctor", "--deep", "--json", "--project", started.folder)

    def problems(ran: Ran) -> dict[str, str]:
        found = json.loads(ran.out)
        return {f["subject"]: f["remedy"] for f in found if f["state"] == "problem"}

    assert problems(quick).keys() == {"permissions"}
    assert problems(deep).keys() == {"permissions", "checksums"}
    assert all(problems(deep).values())


def test_doctor_knows_the_last_backup(started: Project, tmp_path: Path) -> None:
    before = run_apart("doctor", "--project", started.folder)
    run_apart("backup", tmp_path, "--project", started.folder)
    after = run_apart("doctor", "--project", started.folder)

    assert "- backup: none yet\n  → Make one with `banso backup`" in before.out
    assert "✓ backup: 2" in after.out
    assert ".banso.zip\n" in after.out
