"""What the page of data says of the sources that are read again and again."""

from dataclasses import replace

import pytest
from django.utils import timezone
from tests.web.data.test_tables import text_of

from banso.connectors.sources import SOURCES_FILE
from banso.runs.source_states import Told, find_sources, keep_state, state_of
from banso.web.running import queries

FILE = """\
schema_version: 1
sources:
  - name: crm
    kind: postgres
    url: {env: CRM_URL}
    every: 15 min
    tables:
      - {table: customers, from: public.companies, cursor: updated_at}
"""


@pytest.fixture
def connected(own_company):
    (own_company.folder / SOURCES_FILE).write_text(FILE)
    return own_company


def test_page_without_sources_says_nothing_of_them(cast, aoi, company):
    assert "sources.yaml" not in text_of(aoi.get("/data/"))


def test_each_table_of_a_source_shows_how_far_it_was_read(cast, aoi, connected):
    (source,) = find_sources(connected, "crm")
    state = state_of(connected, source)
    (table,) = state.tables.values()
    read = replace(table, read_at=timezone.now(), newest="2026-11-27 10:00:00+00:00")
    keep_state(connected, source, replace(state, tables={"public.companies": read}))

    text = text_of(aoi.get("/data/"))

    assert "crm public.companies customers" in text
    assert "2026-11-27 10:00:00+00:00 15 min Fine" in text


def test_failure_is_said_in_the_readers_language(cast, signed_in, connected):
    (source,) = find_sources(connected, "crm")
    told = Told("source_unreachable", "…", {"source": "crm", "cause": "refused"})
    keep_state(connected, source, replace(state_of(connected, source), failure=told))

    text = text_of(signed_in(cast.aoi, language="ja").get("/data/"))

    assert "失敗 crm に接続できません: refused" in text


def test_faults_of_the_file_are_shown_and_nothing_is_read(cast, aoi, connected):
    assert queries.a_source_is_due(connected, at=timezone.now())
    path = connected.folder / SOURCES_FILE
    path.write_text(FILE.replace("postgres", "postgers"))

    text = text_of(aoi.get("/data/"))

    assert "sources.yaml:4: error wrong_choice: unknown kind" in text
    assert not queries.a_source_is_due(connected, at=timezone.now())
