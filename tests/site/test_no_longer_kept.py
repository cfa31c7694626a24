"""What is no longer kept leaves the whole project, whenever it is killed meanwhile."""

import json
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from held_bytes import places_of
from lakes import NOW, new_project
from tests.cli.conftest import run_apart

from banso.runs.loading import load
from banso.runs.project import Project

FILES = {
    "customers.csv": "customer_id,name\nc1,青空商店\nc2,Held\n",
    "tickets.csv": (
        "ticket_id,customer_id,opened_at,text\n"
        "t1,c1,2020-01-05,昔の問い合わせ\nt2,c2,2020-01-05,保全中の問い合わせ\n"
    ),
}
SETTINGS = """
[retention]
texts = "2 years"
reads = "24 months"
webhooks = "3 months"

[[retention.holds]]
customer = "c2"
reason = "case 12"
until = 2099-12-31
"""
BEGIN = """
import datetime as dt, os, signal, sys
from pathlib import Path
from django.core.files.uploadedfile import SimpleUploadedFile
from banso.runs.project import Project
from banso.site.serving import migrate
project = Project.open(Path(sys.argv[1]))
migrate(project)
"""
RECORDED = (
    BEGIN
    + """
from banso.web.accounts.models import User
from banso.web.audit.models import PersonalRead
from banso.web.timeline import attachments
from banso.web.timeline.models import Entry
from banso.web.webhooks.models import Delivery, Endpoint
now = dt.datetime(2020, 6, 4, tzinfo=dt.UTC)
aoi = User.objects.create(email="aoi@example.com", name="Aoi", role="administrator",
    created_at=now)
def note(customer, text, at, file):
    entry = Entry.objects.create(customer_id=customer, kind="call", at=at, by=aoi,
        created_at=at, text=text, contact_name="佐藤花子")
    attachments.keep_files(entry.pk, [SimpleUploadedFile("a.txt", file.encode())])
late = dt.datetime(2026, 11, 1, tzinfo=dt.UTC)
note("c1", "昔の相談", now, "昔の議事録")
note("c1", "近頃の相談", late, "近頃の議事録")
note("c2", "保全中の相談", now, "保全中の議事録")
note("c1", "同じ添付", now, "近頃の議事録")
for day in (now, late):
    PersonalRead.objects.create(key=str(day), day=day.date(), way="web",
        kind="contacts", customer_id="c1", first_at=day, last_at=day)
    Delivery.objects.create(endpoint=Endpoint.objects.create(url="https://e.example",
        made_at=now), event_id="e", kind="k", body="{}", due_at=day, made_at=day,
        ended_at=day)
"""
)
# Applies, and dies after each step in turn; then comes to the end.
APPLYING = (
    BEGIN
    + """
from django.db import connections
from banso.site.retention import apply_retention
now = dt.datetime(2026, 11, 23, tzinfo=dt.UTC)
for last in ("counted", "files", "records", "lake", "shown", ""):
    connections.close_all()
    child = os.fork()
    if not child:
        def progress(step, done, total):
            if step == last:
                os.kill(os.getpid(), signal.SIGKILL)
        apply_retention(project, at=now, progress=progress)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    assert bool(last) == bool(os.WTERMSIG(status)) or last == "lake", (last, status)
    assert os.WEXITSTATUS(status) == 0
"""
)
GONE = ("昔の問い合わせ", "昔の相談", "昔の議事録", "同じ添付")
STAYS = (
    "保全中の問い合わせ",
    "保全中の相談",
    "保全中の議事録",
    "近頃の相談",
    "近頃の議事録",
)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A project with old and new texts, files, reads and deliveries."""
    (tmp_path / "files").mkdir()
    for name, text in FILES.items():
        (tmp_path / "files" / name).write_text(text, encoding="utf-8")
    project = new_project(tmp_path / "company")
    load(project, tmp_path / "files", at=NOW)
    with (project.folder / "banso.toml").open("a", encoding="utf-8") as settings:
        settings.write(SETTINGS)
    script(RECORDED, project)
    return project


def script(text: str, project: Project) -> None:
    done = subprocess.run(
        [sys.executable, "-c", text, str(project.folder)],
        capture_output=True,
        text=True,
        check=False,
        env={k: v for k, v in os.environ.items() if k != "BANSO_DATABASE_URL"},
    )
    assert done.returncode == 0, done.stderr


def asked(project: Project, sql: str) -> list[tuple[object, ...]]:
    with sqlite3.connect(project.private_folder / "app.sqlite3") as database:
        return database.execute(sql).fetchall()


def test_what_is_no_longer_kept_goes_though_killed_at_every_step(
    project: Project,
) -> None:
    where = ("--json", "--project", project.folder)
    before = json.loads(run_apart("retention", "preview", *where).out)
    refused = run_apart("retention", "apply", "--project", project.folder)

    script(APPLYING, project)

    assert {(each["place"], each["rule"], each["rows"]) for each in before} == {
        ("facts/tickets", "texts", 1),
        ("app/timeline_attachment", "texts", 2),
        ("app/timeline_entry", "texts", 2),
        ("app/audit_personalread", "reads", 1),
        ("app/webhooks_delivery", "webhooks", 1),
    }
    assert (refused.status, "Taking out cannot be undone." in refused.err) == (2, True)
    assert places_of(project.private_folder, GONE) == []
    for words in STAYS:
        assert places_of(project.private_folder, (words,)), words
    assert asked(project, "SELECT count(*) FROM timeline_entry") == [(4,)]
    assert asked(project, "SELECT count(*) FROM audit_personalread") == [(1,)]
    assert asked(project, "SELECT count(*) FROM webhooks_delivery") == [(1,)]
    noted = asked(
        project,
        "SELECT details FROM audit_auditentry WHERE action = 'retention_applied'"
        " ORDER BY id",
    )
    first, *later = (json.loads(str(details)) for (details,) in noted)
    assert first == {
        "rows": 7, "files": 1, "by_rule": {"texts": 5, "reads": 1, "webhooks": 1},
    }  # fmt: skip
    # killed between the entry and the lake, its row is told of again
    assert [each["by_rule"] for each in later] == [{"texts": 1}]
    again = run_apart("retention", "apply", "--yes", *where)
    assert json.loads(again.out) == {"due": [], "files": 0}
