"""Tables of a database become facts: what is new, once, wherever it was stopped."""

import datetime as dt
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from lakes import NOW, new_project
from postgres_source import URL, CompanyDatabase, company_database, needs_postgres

from banso.connectors.opening import open_source
from banso.connectors.readers import (
    CursorUnusable,
    SourceColumnMissing,
    SourceTableMissing,
    SourceUnreachable,
)
from banso.connectors.sources import SOURCES_FILE
from banso.runs.project import Project
from banso.runs.results import lake_of, open_session
from banso.runs.source_reading import TableRead, read_source
from banso.runs.source_states import (
    NoSuchSource,
    find_sources,
    is_due,
    state_of,
)

pytestmark = [needs_postgres, pytest.mark.postgres]

FILE = """\
schema_version: 1
sources:
  - name: crm
    kind: postgres
    url: {{env: CRM_URL}}
    every: 15 min
    tables:
      - table: contacts
        from: {schema}.people
        {contacts}
        columns: {{contact_id: id, customer_id: company, name: full_name}}
      - table: customers
        from: {schema}.companies
        {customers}
        columns: {{customer_id: id, name: title}}
"""
TABLES = (
    (
        "CREATE TABLE companies (id int PRIMARY KEY, title text, plan text, uid uuid,"
        " worth numeric, updated_at timestamptz DEFAULT now())"
    ),
    (
        "CREATE TABLE people (id text PRIMARY KEY, company int, full_name text,"
        " gone_at timestamptz, updated_at timestamptz DEFAULT now())"
    ),
)
CURSOR = "cursor: updated_at"


@pytest.fixture
def base(monkeypatch: pytest.MonkeyPatch) -> Iterator[CompanyDatabase]:
    monkeypatch.setenv("CRM_URL", URL)
    with company_database() as database:
        database.run(*TABLES)
        yield database


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return new_project(tmp_path / "company")


def define(
    project: Project,
    base: CompanyDatabase,
    *,
    customers: str = CURSOR,
    contacts: str = CURSOR,
) -> None:
    text = FILE.format(schema=base.schema, customers=customers, contacts=contacts)
    (project.folder / SOURCES_FILE).write_text(text, encoding="utf-8")


def read(
    project: Project, *, full: bool = False, at: dt.datetime | None = None
) -> dict[str, TableRead]:
    (source,) = find_sources(project, "crm")
    at = at or dt.datetime.now(dt.UTC)
    return {each.table: each for each in read_source(project, source, at=at, full=full)}


def facts(project: Project, table: str) -> list[dict[str, Any]]:
    with open_session(project) as session:
        if not session.has(table):
            return []
        rows = session.to_arrow(session.facts(table)).to_pylist()
    return sorted(rows, key=lambda row: row[f"{table[:-1]}_id"])


def add(base: CompanyDatabase, *ids: int, when: str = "now()") -> None:
    for each in ids:
        base.run(
            f"INSERT INTO companies VALUES ({each}, '会社{each}', 'pro',"
            f" gen_random_uuid(), 12.5, {when})"
        )


def test_rows_come_in_under_our_names_customers_first(project, base):
    add(base, 1, 2)
    base.run("INSERT INTO people VALUES ('p1', 2, '佐藤')")
    define(project, base)

    done = read(project)

    assert [row["name"] for row in facts(project, "customers")] == ["会社1", "会社2"]
    (contact,) = facts(project, "contacts")
    assert (contact["customer_id"], contact["name"]) == ("2", "佐藤")
    assert done["contacts"].total("quarantined") == 0
    first = facts(project, "customers")[0]
    assert first["worth"] == 12.5
    assert "updated_at" not in first


def test_only_what_is_new_is_read_with_some_overlap_and_changes_nothing(project, base):
    add(base, 1, 2, when="now() - interval '2 days'")
    add(base, 3)
    define(project, base)
    read(project)

    again = read(project)["customers"]

    assert (again.rows, again.total("unchanged")) == (1, 1)
    version = lake_of(project).current().version
    read(project)
    assert lake_of(project).current().version == version


def test_row_committed_late_is_not_missed(project, base):
    add(base, 1)
    define(project, base)
    read(project)
    add(base, 2, when="now() - interval '9 minutes'")

    late = read(project)["customers"]

    assert late.total("new") == 1


def test_row_dated_ahead_hides_nothing_that_comes_until_then(project, base):
    add(base, 1, when="now() + interval '900 years'")
    define(project, base)
    read(project)
    add(base, 2)

    assert read(project)["customers"].total("new") == 1


def test_row_without_a_cursor_is_read_each_time(project, base):
    add(base, 1)
    add(base, 2, when="NULL")
    define(project, base)

    assert read(project)["customers"].total("new") == 2
    add(base, 3, when="NULL")
    assert read(project)["customers"].total("new") == 1


@pytest.mark.parametrize("moment", ["before", "after"])
def test_killed_reading_leaves_neither_gap_nor_double(project, base, moment):
    """Killed between two portions, and between taking in and saying so."""
    add(base, *range(1, 8), when="now() - interval '3 days'")
    define(project, base)
    script = """
import datetime as dt, os, signal, sys
from pathlib import Path
from banso.runs import source_reading
from banso.runs.project import Project
from banso.runs.source_states import find_sources
from banso.warehouse.draft import Draft

source_reading.PORTION = 2
real, moment, commits = Draft.commit, sys.argv[2], []
def commit(self):
    commits.append(1)
    if len(commits) == 2:
        moment == "after" and real(self)
        os.kill(os.getpid(), signal.SIGKILL)
    return real(self)
Draft.commit = commit
import banso.connectors.databases as databases
databases.ROWS = 2
project = Project.open(Path(sys.argv[1]))
(source,) = find_sources(project, "crm")
source_reading.read_source(project, source, at=dt.datetime.now(dt.UTC))
"""
    killed = subprocess.run(
        [sys.executable, "-c", script, str(project.folder), moment], check=False
    )
    assert killed.returncode == -signal.SIGKILL
    taken = {"before": 2, "after": 4}[moment]
    assert len(facts(project, "customers")) == taken

    rest = read(project)["customers"]

    assert len(facts(project, "customers")) == 7
    assert rest.total("new") == 7 - taken


def test_changed_definition_and_full_read_all_rows_again(project, base):
    add(base, 1, 2, when="now() - interval '3 days'")
    add(base, 3)
    define(project, base)
    read(project)
    assert read(project)["customers"].rows == 1

    assert read(project, full=True)["customers"].rows == 3
    define(project, base, customers=f"{CURSOR}\n        ignore: [plan]")
    assert read(project)["customers"].rows == 3


def test_row_that_is_flagged_as_deleted_leaves(project, base):
    add(base, 1)
    base.run("INSERT INTO people VALUES ('p1', 1, 'a'), ('p2', 1, 'b')")
    define(project, base, contacts=f"{CURSOR}\n        deleted: gone_at")
    read(project)
    base.run("UPDATE people SET gone_at = now(), full_name = NULL WHERE id = 'p1'")

    done = read(project)["contacts"]

    assert done.withdrawn == 1
    assert [row["contact_id"] for row in facts(project, "contacts")] == ["p2"]
    assert read(project)["contacts"].withdrawn == 0


def test_row_that_is_no_longer_there_leaves_when_keys_are_compared(project, base):
    add(base, 1)
    base.run("INSERT INTO people VALUES ('p1', 1, 'a'), ('p2', 1, 'b')")
    define(project, base, contacts=f"{CURSOR}\n        deletes: compare")
    read(project)
    base.run("DELETE FROM people WHERE id = 'p1'")

    assert read(project)["contacts"].withdrawn == 1
    assert [row["contact_id"] for row in facts(project, "contacts")] == ["p2"]


def test_source_that_lost_most_rows_is_not_believed_unless_told(project, base):
    add(base, 1)
    base.run(
        "INSERT INTO people SELECT 'p' || n, 1, 'x' FROM generate_series(1, 50) AS n"
    )
    define(project, base, contacts="deletes: compare")
    read(project)
    base.run("DELETE FROM people")

    wary = read(project)["contacts"]
    assert (wary.withdrawn, [note.code for note in wary.notes]) == (
        0,
        ["source_shrunk"],
    )
    assert read(project, full=True)["contacts"].withdrawn == 50


def test_changes_of_columns_are_told(project, base):
    add(base, 1)
    define(project, base)
    read(project)
    base.run("ALTER TABLE companies ADD area text", "ALTER TABLE companies DROP plan")

    notes = read(project)["customers"].notes

    assert {(n.code, n.facts["column"]) for n in notes} == {
        ("source_column_new", "area"),
        ("source_column_gone", "plan"),
    }


def test_faulty_row_goes_to_quarantine_and_leaves_when_mended(project, base):
    add(base, 1)
    base.run("INSERT INTO companies (id, title) VALUES (2, NULL)")
    define(project, base)

    assert read(project)["customers"].total("quarantined") == 1
    base.run("UPDATE companies SET title = 'mended', updated_at = now() WHERE id = 2")
    read(project)

    with open_session(project) as session:
        assert session.to_arrow(session.quarantine()).num_rows == 0


def test_one_table_that_fails_holds_up_no_other(project, base):
    add(base, 1)
    base.run("DROP TABLE people")
    define(project, base)

    done = read(project)

    assert isinstance(done["contacts"].failure, SourceTableMissing)
    assert done["customers"].total("new") == 1
    (source,) = find_sources(project, "crm")
    state = state_of(project, source)
    assert state.has_failed
    told = state.tables[f"{base.schema}.people"].failure
    assert told is not None
    assert told.code == "source_table_missing"


@pytest.mark.parametrize(
    ("rules", "refusal"),
    [
        ("cursor: updated", SourceColumnMissing),
        ("cursor: title", CursorUnusable),
        ("cursor: id\n        overlap: 10 min", CursorUnusable),
    ],
)
def test_unusable_rules_are_refused_with_what_is_there(project, base, rules, refusal):
    add(base, 1)
    define(project, base, customers=rules)
    read(project)

    assert isinstance(read(project)["customers"].failure, refusal)


def test_source_that_does_not_answer_says_so_without_its_password(
    project, base, monkeypatch
):
    define(project, base)
    monkeypatch.setenv("CRM_URL", "postgresql://banso:hunter%402@127.0.0.1:1/crm")

    with pytest.raises(SourceUnreachable) as refusal:
        read(project)

    (source,) = find_sources(project, "crm")
    kept = repr(state_of(project, source).failure)
    for text in (str(refusal.value), repr(refusal.value.facts), kept):
        assert "hunter" not in text
    assert refusal.value.__cause__ is None
    assert refusal.value.__suppress_context__


def test_source_is_only_read(project, base):
    define(project, base)
    (source,) = find_sources(project, "crm")

    with open_source(source, project.folder) as reader:
        backend = reader._backend  # type: ignore[attr-defined]
        with pytest.raises(Exception, match="read-only"):
            backend.raw_sql(f"DELETE FROM {base.schema}.people")


def test_source_is_due_when_its_span_has_passed(project, base):
    add(base, 1)
    define(project, base)
    (source,) = find_sources(project, "crm")
    assert is_due(project, source, at=NOW)

    read(project, at=NOW)

    assert not is_due(project, source, at=NOW + dt.timedelta(minutes=14))
    assert is_due(project, source, at=NOW + dt.timedelta(minutes=15))


def test_unknown_source_is_refused(project, base):
    define(project, base)

    with pytest.raises(NoSuchSource):
        find_sources(project, "crn")
