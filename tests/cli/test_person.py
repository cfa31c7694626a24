"""Everything that is held of a person comes out, and nothing of others."""

import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from tests.cli.conftest import Banso, run_apart

from banso.runs.project import Project

FILES = {
    "customers.csv": "customer_id,name\nc1,青空商店\nc2,Acme\n",
    "contacts.csv": (
        "contact_id,customer_id,name,email\n"
        "p1,c1,佐藤花子,Hanako@example.com\n"
        "p2,c2,佐藤花子,other@example.com\n"
    ),
    "events.csv": (
        "event_id,occurred_at,customer_id,name,contact_id\n"
        "e1,2026-06-01T09:00:00,c1,open,p1\n"
        "e2,2026-06-02T09:00:00,c2,open,p2\n"
        "e3,no time,c1,open,p1\n"
    ),
    "tickets.csv": (
        "ticket_id,customer_id,opened_at,text\n"
        "t1,c1,2026-06-03,佐藤花子さんから電話\n"
        "t2,c2,2026-06-03,佐藤花子さんから電話\n"
        "t3,c9,2026-06-03,hanako@example.com へ返信\n"
    ),
    "deals.csv": (
        "deal_id,customer_id,prospect,opened_on,referred_by_contact_id\n"
        "d1,c2,Blue,2026-06-05,p1\nd2,c2,Red,2026-06-05,p2\n"
    ),
    "gatherings.csv": (
        "gathering_id,held_on,organizer_contact_id\ng1,2026-06-06,p1\ng2,2026-06-07,p2\n"
    ),
}
NOTE = """
import datetime as dt, sys
from pathlib import Path
from django.core.files.uploadedfile import SimpleUploadedFile
from banso.runs.project import Project
from banso.site.serving import migrate
migrate(Project.open(Path(sys.argv[1])))
from banso.web.accounts.models import User
from banso.web.timeline import attachments
from banso.web.timeline.models import Entry
now = dt.datetime(2026, 6, 4, tzinfo=dt.UTC)
aoi = User.objects.get()
for customer, text in (("c1", "佐藤花子さんと打合せ"), ("c2", "佐藤花子さんと打合せ")):
    entry = Entry.objects.create(customer_id=customer, kind="note", at=now,
        created_at=now, by=aoi, text=text)
    file = SimpleUploadedFile("議事録.txt", f"for {customer}".encode())
    attachments.keep_files(entry.pk, [file])
"""


@pytest.fixture
def known(project: Project, tmp_path: Path) -> Project:
    """A project with two people of one name at two customers."""
    folder = tmp_path / "files"
    folder.mkdir()
    for name, text in FILES.items():
        (folder / name).write_text(text, encoding="utf-8")
    where = ("--project", project.folder)
    assert run_apart("load", folder, *where).status < 2
    (folder / "contacts.csv").write_text(
        "contact_id,customer_id,name,email\np1,c1,鈴木花子,hanako@example.com\n",
        encoding="utf-8",
    )
    assert run_apart("load", folder / "contacts.csv", *where).status < 2
    add = ("user", "add", "aoi@example.com", "--role", "administrator")
    assert run_apart(*add, *where).status == 0
    subprocess.run([sys.executable, "-c", NOTE, str(project.folder)], check=True)
    return project


def test_everything_that_is_held_comes_out(known: Project, tmp_path: Path) -> None:
    out = tmp_path / "hanako.zip"

    ran = run_apart(
        *("person", "export", "hanako@example.com", "--out", out, "--json"),
        *("--project", known.folder),
    )
    twice = run_apart("person", "export", "p1", "--out", out, "--project", known.folder)

    assert ran.status == 0, ran.err
    rows = json.loads(ran.out)["rows"]
    with zipfile.ZipFile(out) as archive:
        held = {
            name: json.loads(archive.read(name))
            for name in archive.namelist()
            if name.endswith(".json")
        }
        index = archive.read("README.ja.txt").decode()
        files = [archive.read(n) for n in archive.namelist() if n.startswith("files/")]
    assert {name: len(rows) for name, rows in held.items()} == {
        f"{name}.json": count for name, count in rows.items()
    }
    now = [each["row"] for each in held["facts/contacts.json"] if each["is_current"]]
    assert [row["contact_id"] for row in now] == ["p1"]
    assert [r["row"]["event_id"] for r in held["facts/events.json"]] == ["e1"]
    assert [r["row"]["ticket_id"] for r in held["facts/tickets.json"]] == ["t1"]
    assert [r["row"]["deal_id"] for r in held["facts/deals.json"]] == ["d1"]
    assert [r["row"]["gathering_id"] for r in held["facts/gatherings.json"]] == ["g1"]
    refused = [r["found_by"] for r in held["quarantine/quarantine.json"]]
    assert sorted(refused) == ["contact_id", "email"]
    assert [r["customer_id"] for r in held["app/timeline_entry.json"]] == ["c1"]
    assert files == [b"for c1"]
    assert "facts/events.json: " in index
    assert out.stat().st_mode & 0o777 == 0o600
    assert twice.status == 2
    assert "is there already" in twice.err
    later = run_apart(
        *("person", "export", "p1", "--out", tmp_path / "later.zip", "--json"),
        *("--project", known.folder),
    )
    assert json.loads(later.out)["rows"]["app/audit_auditentry"] == 1
    where = ("--json", "--project", known.folder)
    run_apart("sql", "SELECT count(*) FROM tickets", *where)
    run_apart("sql", "SELECT count(*) FROM customers", *where)
    of_other = run_apart("person", "reads", "p2", *where)
    reads = json.loads(run_apart("person", "reads", "p1", *where).out)
    of_p1 = {(r["kind"], r["table"], r["contact_id"], r["times"]) for r in reads}
    assert of_p1 == {
        ("conversations", "tickets", "", 1),
        ("use", "tickets", "", 1),
        ("everything", "", "p1", 2),
    }
    assert {r["way"] for r in reads} == {"cli"}
    assert {r["kind"] for r in json.loads(of_other.out)} == {"conversations", "use"}


def test_nobody_is_taken_for_another(known: Project, tmp_path: Path) -> None:
    ran = run_apart(
        *("person", "export", "nobody@example.com", "--out", tmp_path / "a.zip"),
        *("--project", known.folder),
    )

    assert ran.status == 2
    assert "No contact has the ID or e-mail nobody@example.com." in ran.err
    assert not (tmp_path / "a.zip").exists()


def test_who_refuses_is_in_no_export_but_in_its_own(
    banso: Banso, project: Project, tmp_path: Path
) -> None:
    where = ("--project", project.folder)
    (tmp_path / "files").mkdir()
    for name in ("customers.csv", "contacts.csv", "events.csv"):
        (tmp_path / "files" / name).write_text(FILES[name], encoding="utf-8")
    banso("load", tmp_path / "files", *where)
    half = banso("person", "consent", "p1", "sharing", *where)
    refuse = ("person", "consent", "hanako@example.com", "sharing", "--withdraw")

    done = run_apart(*refuse, "--reason", "by mail", "--json", *where)
    people = run_apart("export", "contacts", *where).out
    events = json.loads(run_apart("export", "events", "--json", *where).out)
    own = run_apart(
        *("person", "export", "p1", "--out", tmp_path / "own.zip", "--json", *where)
    )

    assert half.status == 2
    assert "together with --grant or --withdraw" in half.err
    assert done.status == 0, done.err
    standing = {each["purpose"]: each for each in json.loads(done.out)["items"]}
    assert not standing["sharing"]["granted"]
    assert standing["contact"]["granted"]
    assert standing["contact"]["decided_at"] is None
    assert "other@example.com" in people
    assert "Hanako" not in people
    contacts = {row["event_id"]: row["contact_id"] for row in events}
    assert contacts == {"e1": None, "e2": "p2"}
    rows = json.loads(own.out)["rows"]
    assert rows["app/consents_decision"] == 1
    assert rows["app/audit_auditentry"] == 1
    assert rows["facts/contacts"] == 1


def test_a_spreadsheet_runs_nothing_of_an_export(
    banso: Banso, project: Project, tmp_path: Path
) -> None:
    path = tmp_path / "customers.csv"
    path.write_text('customer_id,name\nc1,"=HYPERLINK(""http://e"")"\nc2,＠SUM\n')
    banso("load", path, "--project", project.folder)

    safe = banso("export", "customers", "--project", project.folder)
    exact = banso("export", "customers", "--exact", "--project", project.folder)

    assert "\"'=HYPERLINK(" in safe.out
    assert "'＠SUM" in safe.out
    assert '"=HYPERLINK(' in exact.out
    assert "'＠SUM" not in exact.out
