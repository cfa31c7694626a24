"""What is no longer kept leaves the lake, and no number is made of it."""

import datetime as dt
import shutil
from pathlib import Path

import pytest
from held_bytes import places_of
from lakes import NOW, new_project

from banso.runs.loading import load
from banso.runs.project import Project, ProjectFileInvalid
from banso.runs.publishing import apply_definitions
from banso.runs.results import lake_of, open_session
from banso.runs.retention import (
    EXPIRED,
    WordsAreCounted,
    due_in_lake,
    expire_in_lake,
    expiry_of,
)
from banso.runs.retention_rules import Rules, rules_of

TODAY = NOW.date()  # 2026-11-23
FILES = {
    "customers.csv": "customer_id,name\nc1,青空商店\nc2,Acme\nc3,Gone\nc4,Held\n",
    "subscriptions.csv": (
        "subscription_id,customer_id,started_on,ended_on,mrr,currency\n"
        "s1,c1,2023-01-01,,100,JPY\ns2,c3,2023-01-01,2024-01-01,100,JPY\n"
        "s3,c3,2024-02-01,2025-06-30,100,JPY\ns4,c4,2023-01-01,2024-01-01,100,JPY\n"
        "s5,c2,2023-01-01,2026-09-30,100,JPY\n"
    ),
    "contacts.csv": (
        "contact_id,customer_id,name,email,layer,hobby,created_on\n"
        "p1,c1,佐藤花子,hanako@example.com,user,茶,2023-01-02\n"
        "p2,c2,鈴木次郎,jiro@example.com,user,碁,2023-01-02\n"
        "p3,c3,田中三郎,saburo@example.com,decision_maker,釣り,2023-01-02\n"
        "p4,c4,高橋四郎,shiro@example.com,user,山,2023-01-02\n"
    ),
    "tickets.csv": (
        "ticket_id,customer_id,opened_at,contact_id,text\n"
        "t1,c1,2024-11-22T09:30:00,p1,古い相談\n"
        "t2,c1,2024-11-23T00:30:00,p1,新しい相談\n"
        "t3,c4,2023-01-05T00:00:00,p4,保全の相談\n"
    ),
    "requests.csv": (
        "request_id,customer_id,occurred_at,text,contact_id\n"
        "r1,c1,2024-01-01,古い要望,p1\n"
    ),
    "events.csv": (
        "event_id,occurred_at,customer_id,name,contact_id\n"
        "e1,2023-06-01T09:00:00,c3,open,p3\ne2,no time,c1,open,p1\n"
    ),
}
SETTINGS = """
[retention]
texts = "24 months"
contacts = "1 year"
quarantine = "6 months"
apply = "daily"

[[retention.holds]]
customer = "c4"
reason = "case 12"
until = 2027-03-31
"""
METRIC = """
schema_version: 1
metrics:
  - key: asked_why
    unit: count
    kind: count
    table: tickets
    where: text != 'なぜ'
    window_days: 28
    label: {ja: 理由の質問, en: Asked why}
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """Return a project with a customer that left long ago, and one that is held."""
    made = tmp_path_factory.mktemp("retention")
    (made / "files").mkdir()
    for name, text in FILES.items():
        (made / "files" / name).write_text(text, encoding="utf-8")
    project = new_project(made / "company")
    load(project, made / "files", at=NOW - dt.timedelta(days=365))
    tickets = FILES["tickets.csv"].replace("古い相談", "訂正した古い相談")
    (made / "files" / "tickets.csv").write_text(tickets, encoding="utf-8")
    load(project, made / "files" / "tickets.csv", at=NOW - dt.timedelta(days=364))
    with (project.folder / "banso.toml").open("a", encoding="utf-8") as settings:
        settings.write(SETTINGS)
    return project


@pytest.fixture
def project(made: Project, tmp_path: Path) -> Project:
    shutil.copytree(made.folder, tmp_path / "company")
    return Project.open(tmp_path / "company")


def rows(project: Project, table: str) -> dict[str, dict[str, object]]:
    with open_session(project) as session:
        found = session.to_arrow(session.facts(table)).to_pylist()
    return {str(next(iter(row.values()))): row for row in found}


def without(held: dict[str, dict[str, object]], *words: str) -> object:
    return {
        key: {name: value for name, value in row.items() if name not in words}
        for key, row in held.items()
    }


def expired(project: Project, rules: Rules | None = None) -> dict[str, int]:
    expiry = expiry_of(project, rules or rules_of(project), TODAY)
    with lake_of(project).quiet():
        return dict(expire_in_lake(project, expiry, at=NOW).rows)


def test_words_and_names_go_and_what_counts_stays(
    project: Project,
) -> None:
    tables = ("tickets", "requests", "contacts", "events", "subscriptions")
    before = {table: rows(project, table) for table in tables}

    gone = expired(project)

    after = {table: rows(project, table) for table in tables}
    words = ("text", "name", "email", "hobby")
    for table in tables:
        spoken = words if table in ("tickets", "requests", "contacts") else ()
        assert without(before[table], *spoken) == without(after[table], *spoken)
    texts = {key: row["text"] for key, row in after["tickets"].items()}
    assert texts == {"t1": None, "t2": "新しい相談", "t3": "保全の相談"}
    assert after["requests"]["r1"]["text"] == EXPIRED
    names = {key: row["name"] for key, row in after["contacts"].items()}
    assert names == {"p1": "佐藤花子", "p2": "鈴木次郎", "p3": None, "p4": "高橋四郎"}
    left = ("古い相談", "古い要望", "田中三郎", "saburo@example.com", "釣り", "no time")
    assert places_of(project.private_folder, left) == []
    # the ticket's row from before it was corrected counts too
    assert gone == {
        "facts/contacts": 1, "facts/requests": 1, "facts/tickets": 2, "quarantine": 1,
    }  # fmt: skip


def test_preview_says_what_goes_and_then_there_is_nothing(
    project: Project,
) -> None:
    expiry = expiry_of(project, rules_of(project), TODAY)
    due = {each.place: each for each in due_in_lake(project, expiry, at=NOW)}

    assert due["facts/tickets"].oldest == dt.date(2024, 11, 22)
    assert (due["facts/contacts"].kind, due["facts/contacts"].rows) == ("contacts", 1)
    assert {place: each.rows for place, each in due.items()} == expired(project)
    assert expired(project) == {}


def test_hold_ends_with_its_day(project: Project) -> None:
    later = expiry_of(project, rules_of(project), dt.date(2027, 4, 1))

    assert later.left == {"c3", "c4"}
    assert expiry_of(project, rules_of(project), dt.date(2027, 3, 31)).left == {"c3"}


def test_without_rules_everything_is_kept(project: Project) -> None:
    assert expired(project, Rules()) == {}


def test_words_that_a_metric_is_made_of_are_not_taken_out(project: Project) -> None:
    path = project.folder / "definitions" / "metrics" / "own.yaml"
    path.write_text(METRIC, encoding="utf-8")
    apply_definitions(project, by="test", why="own", at=NOW)

    with pytest.raises(WordsAreCounted, match=r"'asked_why' reads tickets\.text"):
        expired(project)
    with_other_rules = Rules(contacts=12)
    assert expired(project, with_other_rules) == {"facts/contacts": 2}


def test_every_fault_of_the_rules_is_named(project: Project) -> None:
    path = project.folder / "banso.toml"
    text = path.read_text(encoding="utf-8").replace('"24 months"', '"soon"')
    text = text.replace('reason = "case 12"\n', 'contact = "p1"\n')
    path.write_text(text.replace("quarantine =", "quarantaine ="), encoding="utf-8")

    with pytest.raises(ProjectFileInvalid) as refusal:
        rules_of(Project.open(project.folder))

    said = str(refusal.value)
    assert "retention.texts: 'soon' is neither a span such as '24 months'" in said
    assert "unknown key retention.quarantaine. Did you mean 'quarantine'?" in said
    assert "names either a customer or a contact" in said
    assert "the reason is missing" in said
