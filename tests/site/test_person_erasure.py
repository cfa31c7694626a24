"""A person leaves everything that a project holds, whenever it is killed meanwhile."""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from held_bytes import places_of
from lakes import NOW, new_project
from tests.cli.conftest import Ran, run_apart

from banso.runs.loading import load
from banso.runs.project import Project

WORDS = ("person-10", "hanako@example.com", "佐藤花子")
FILES = {
    "customers.csv": "customer_id,name\nc1,青空商店\nc2,Acme\n",
    "contacts.csv": (
        "contact_id,customer_id,name,email\n"
        "person-10,c1,佐藤花子,Hanako@example.com\n"
        "person-11,c1,田中一郎,ichiro@example.com\n"
    ),
    "consents.csv": (
        "contact_id,purpose,decided_at,granted,reason\n"
        "person-10,contact,2026-06-01T09:00:00Z,false,佐藤花子より\n"
    ),
    "events.csv": (
        "event_id,occurred_at,customer_id,name,contact_id\n"
        "e1,2026-06-01T09:00:00,c1,open,person-10\n"
    ),
}
# What people recorded before: notes, files, an audit entry, an answer that is kept.
RECORDED = """
import datetime as dt, sys
from pathlib import Path
from django.core.files.uploadedfile import SimpleUploadedFile
from banso.runs.project import Project
from banso.site.serving import migrate
project = Project.open(Path(sys.argv[1]))
migrate(project)
from banso.web.accounts.models import User
from banso.web.audit.operations import Subject, record
from banso.web.timeline import attachments
from banso.web.timeline.models import Entry
from banso.web.timeline.search import searched_text
now = dt.datetime(2026, 6, 4, tzinfo=dt.UTC)
aoi = User.objects.create(email="aoi@example.com", name="Aoi", role="administrator",
    created_at=now)
def note(customer, text, contact="", file=b""):
    entry = Entry.objects.create(customer_id=customer, kind="note", at=now, by=aoi,
        created_at=now, text=text, contact_id=contact, search=searched_text(text),
        contact_name="佐藤花子" if contact == "person-10" else "")
    if file:
        attachments.keep_files(entry.pk, [SimpleUploadedFile("議事録.txt", file)])
from banso.web.consents.models import Decision
Decision.objects.create(customer_id="c1", contact_id="person-10", purpose="news",
    granted=False, decided_at=now, recorded_at=now, reason="佐藤花子", source="mail")
note("c1", "お子さんの話", "person-10", b"private")
note("c1", "佐藤 花子さんと打合せ。契約は続く", file="佐藤花子".encode("shift_jis"))
note("c1", "田中さんと打合せ", "person-11", b"of others")
note("c2", "佐藤次郎さんと打合せ")
record("person_exported", subject=Subject("contact", "person-10", "person-10"), by=aoi,
    at=now)
from banso.site.backup.backing_up import back_up
back_up(project, project.folder.parent / "before.banso.zip", at=now)
"""
# Erases, and dies after each step in turn; then comes to the end.
ERASING = (
    RECORDED[: RECORDED.index("from banso.web.accounts")]
    + """
import os, signal
from django.db import connections
from banso.site.person_erasure import erase_person
now = dt.datetime(2026, 6, 5, tzinfo=dt.UTC)
steps = ["begun", "taken_in", "lake", "collected", "records", "files", "shown",
    "cleaned", ""]
for last in steps:
    connections.close_all()
    child = os.fork()
    if not child:
        def progress(step, done, total):
            if step == last:
                os.kill(os.getpid(), signal.SIGKILL)
        erase_person(project, "hanako@example.com", asked_by="person",
            reason="佐藤花子 wrote from hanako@example.com", at=now, progress=progress)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    print(last, os.WTERMSIG(status), os.WEXITSTATUS(status))
"""
)
RECORDS = """
SELECT 'entry', customer_id, contact_id, contact_name, text FROM timeline_entry UNION
SELECT 'file', sha256, size, name, '' FROM timeline_attachment UNION
SELECT 'consent', customer_id, contact_id, source, reason FROM consents_decision UNION
SELECT 'audit', action, subject_id, subject_name, details FROM audit_auditentry
"""


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A project with a person in every store, and a backup of it beside it."""
    made = tmp_path_factory.mktemp("person")
    (made / "files").mkdir()
    for name, text in FILES.items():
        (made / "files" / name).write_text(text, encoding="utf-8")
    project = new_project(made / "company")
    load(project, made / "files", at=NOW)
    script(RECORDED, project)
    return project


@pytest.fixture
def made(before: Project, tmp_path: Path) -> Project:
    shutil.copytree(before.folder, tmp_path / "company")
    return Project.open(tmp_path / "company")


def script(text: str, project: Project) -> list[str]:
    """Run Python beside a project; return the lines that it printed."""
    ran = subprocess.run(
        [sys.executable, "-c", text, str(project.folder)],
        capture_output=True,
        text=True,
        check=False,
        env={k: v for k, v in os.environ.items() if k != "BANSO_DATABASE_URL"},
    )
    assert ran.returncode == 0, ran.stderr
    return ran.stdout.splitlines()


def run(project: Project, *arguments: str | Path) -> Ran:
    return run_apart(*arguments, "--project", project.folder)


def records(project: Project) -> list[tuple[str, ...]]:
    with sqlite3.connect(project.private_folder / "app.sqlite3") as db:
        return sorted(tuple(map(str, row)) for row in db.execute(RECORDS))


def test_a_person_leaves_every_store_however_often_it_is_killed(made: Project) -> None:
    asked = run(made, "person", "erase", "person-10", "--reason", "x")
    seen = run(made, "person", "erase", "person-10", "--preview", "--json")
    assert places_of(made.folder, WORDS)

    steps = script(ERASING, made)

    assert asked.status == 2
    assert "there is nobody to ask" in asked.err
    preview = json.loads(seen.out)
    assert preview["files"] == 2
    assert preview["rows"] == {
        "app/audit_auditentry": 1,
        "app/consents_decision": 1,
        "app/timeline_entry": 2,
        "facts/consents": 1,
        "facts/contacts": 1,
        "facts/events": 1,
    }
    assert [step.split()[-2:] for step in steps] == [*[["9", "0"]] * 8, ["0", "0"]]
    assert places_of(made.folder, WORDS) == []
    assert not (made.private_folder / "erasing.json").exists()
    found = records(made)
    entries = {
        text: contact for kind, _c, contact, _n, text in found if kind == "entry"
    }
    assert set(entries) == {
        "",
        "[erased]さんと打合せ。契約は続く",
        "田中さんと打合せ",
        "佐藤次郎さんと打合せ",
    }
    assert entries[""].startswith("erased-")
    consents = [row for row in found if row[0] == "consent"]
    assert consents == [("consent", "c1", entries[""], "", "")]
    assert [size for kind, _sha, size, *_ in found if kind == "file"] == ["9"]
    files = [p for p in (made.private_folder / "attachments").rglob("*") if p.is_file()]
    assert [path.read_bytes() for path in files] == [b"of others"]
    audit = {
        action: (subject, said)
        for kind, action, subject, _n, said in found
        if kind == "audit"
    }
    assert audit["person_exported"][0] == "[erased]"
    assert len([row for row in found if row[1] == "person_erased"]) == 1
    told = json.loads(audit["person_erased"][1])
    assert (told["asked_by"], told["reason"]) == (
        "person",
        "[erased] wrote from [erased]",
    )

    again = run(made, "person", "erase", "person-10", "--reason", "x", "--yes")
    listed = run(made, "person", "erasures", "--json")

    assert again.status == 2
    assert "was erased on 2026-06-05" in again.err
    assert [each["is_done"] for each in json.loads(listed.out)] == [True]


def test_an_older_backup_brings_nobody_back(
    before: Project, made: Project, tmp_path: Path
) -> None:
    done = run(made, "person", "erase", "person-10", "--reason", "x", "--yes")
    assert done.status == 0, done.err
    backup = before.folder.parent / "before.banso.zip"
    erasures = made.private_folder / "erasures.json"

    ran = run_apart(
        *("restore", backup, tmp_path / "again", "--erasures", erasures, "--json")
    )
    wrong = run_apart(
        *("restore", backup, tmp_path / "other", "--erasures", backup, "--json")
    )

    assert ran.status == 0, ran.err
    assert json.loads(ran.out)["erased_again"] == 1
    assert places_of(tmp_path / "again", WORDS) == []
    assert wrong.status == 2
    assert "is no list of erasures" in wrong.err
    assert not (tmp_path / "other").exists()
