"""`banso connect`, as somebody at a terminal meets it."""

import json
from pathlib import Path

import pytest
from postgres_source import URL, company_database, needs_postgres
from tests.cli.conftest import Banso

from banso.connectors.sources import SOURCES_FILE

FILE = """\
schema_version: 1
sources:
  - name: crm
    kind: postgres
    url: {{env: CRM_URL}}
    tables:
      - {{table: customers, from: {schema}.companies{more}}}
"""


@pytest.fixture(autouse=True)
def _at_home(banso: Banso, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    banso("init", "mine")
    monkeypatch.chdir(tmp_path / "mine")
    monkeypatch.setenv("CRM_URL", URL)


def test_faults_of_the_file_are_named_with_line_and_without_secrets(banso: Banso):
    Path(SOURCES_FILE).write_text(
        "schema_version: 1\nsources:\n  - name: crm\n    kind: postgres\n"
        "    connection: {host: db, password: hunter2}\n    tables:\n"
        "      - {table: custmers, from: companies}\n"
    )

    ran = banso("connect", "read")

    assert ran.status == 2
    assert "sources.yaml:5: error secret_in_definition: 'password'" in ran.err
    assert "Did you mean 'customers'?" in ran.err
    assert "hunter2" not in ran.err + ran.out


def test_source_that_nobody_defined_is_refused(banso: Banso):
    assert "sources.yaml names none" in banso("connect", "read").err
    assert banso("connect", "list").status == 0


def test_secret_that_is_not_there_is_asked_for(banso: Banso, monkeypatch):
    monkeypatch.delenv("CRM_URL")
    Path(SOURCES_FILE).write_text(FILE.format(schema="public", more=""))

    ran = banso("connect", "check", "crm")

    assert ran.status == 2
    assert "The secret in CRM_URL is missing." in ran.err


@needs_postgres
@pytest.mark.postgres
def test_check_proposes_read_takes_in_and_list_says_how_far(banso: Banso):
    with company_database() as base:
        base.run(
            "CREATE TABLE companies (company_id int, company_name text, at date)",
            "INSERT INTO companies VALUES (1, '青空商事', '2026-01-01')",
        )
        path = Path(SOURCES_FILE)
        path.write_text(FILE.format(schema=base.schema, more=""))

        checked = banso("connect", "check")
        assert checked.status == 1
        assert "      customer_id: company_id\n      name: company_name" in checked.out

        more = ", cursor: at, columns: {customer_id: company_id, name: company_name}"
        path.write_text(FILE.format(schema=base.schema, more=more))
        assert banso("connect", "check").status == 0
        ran = banso("connect", "read", "--json")
        (table,) = json.loads(ran.out)["tables"]
        assert (ran.status, table["new"], table["failure"]) == (0, 1, "")
        assert "2026-01-01" in banso("connect", "list").out
