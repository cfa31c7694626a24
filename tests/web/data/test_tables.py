"""The page of tables: connected or not, fresh or stale, switched off or not."""

import re

from django.utils import timezone

from banso.runs.loading import load
from banso.runs.project import create_project
from banso.tables.registry import TABLES


def text_of(answer):
    """Return the page without tags, with single blanks."""
    text = re.sub(r"<[^>]+>", " ", answer.content.decode())
    return re.sub(r"\s+", " ", text)


def test_every_table_of_the_contract_is_there(cast, aoi, company):
    page = aoi.get("/data/").content.decode()

    assert all(f"/data/{name}/" in page for name in TABLES)


def test_connected_tables_show_rows_days_and_attributes(cast, aoi, company):
    text = text_of(aoi.get("/data/"))

    assert "4 of 22" in text
    assert "Customers customers 4 10 Jan 25 – 10 Apr 25" in text
    assert "segment" in text
    assert "nickname" in text


def test_events_too_old_for_health_are_shown_as_stale(cast, aoi, company):
    text = text_of(aoi.get("/data/"))

    assert "Stale 81 days; believed for 30" in text


def test_rows_dated_after_the_run_do_not_make_a_table_fresh(
    cast, aoi, own_company, more
):
    rows = "event_id,occurred_at,customer_id,name\nE9,2027-03-01T10:00:00,C1,opened\n"
    load(own_company, more(events=rows), at=timezone.now())

    text = text_of(aoi.get("/data/"))

    assert "Stale 81 days; believed for 30" in text
    assert "– 1 Mar 27" in text


def test_what_a_missing_table_would_switch_on_is_said(cast, aoi, company):
    text = text_of(aoi.get("/data/"))

    assert "One row is a support case." in text
    assert "Open tickets Support › Open tickets" in text
    assert "Tickets per person who uses it (28 days)" in text
    assert (
        "Put tickets.csv with the columns ticket_id, customer_id, opened_at into your"
        in text
    )


def test_what_a_missing_column_would_switch_on_is_said(cast, aoi, company):
    text = text_of(aoi.get("/data/"))

    assert "Switched off for lack of a column" in text
    assert "events.contact_id" in text
    assert "subscriptions.seats" in text


def test_everybody_sees_how_many_rows_wait_and_keepers_see_which(
    cast, aoi, ben, company
):
    keeper, reader = aoi.get("/data/"), ben.get("/data/")

    assert "/data/quarantine/" in keeper.content.decode()
    assert "/data/quarantine/" not in reader.content.decode()
    assert "Rows in quarantine 124" in text_of(reader)


def test_the_page_reads_in_japanese(cast, signed_in, company):
    page = signed_in(cast.aoi, language="ja").get("/data/").content.decode()

    assert "接続済みのテーブル" in page
    assert "利用イベント" in page
    assert "期限切れ" in page


def test_an_empty_project_says_how_to_begin(cast, aoi, tmp_path, settings):
    project = create_project(
        tmp_path / "new", name="N", timezone="UTC", currency="EUR", language="en"
    )
    settings.BANSO_PROJECT_FOLDER = project.folder

    pages = [aoi.get(f"/data/{rest}") for rest in ("", "events/", "history/")]

    assert [page.status_code for page in pages] == [200, 200, 200]
    assert "Nothing is connected yet" in text_of(pages[0])
    assert "Not connected yet" in text_of(pages[1])
    assert "Nothing has happened yet" in text_of(pages[2])
    assert "The quarantine is empty" in text_of(aoi.get("/data/quarantine/"))
    assert not (project.folder / ".banso").exists()


def test_what_is_loaded_and_not_yet_computed_is_said(
    cast, aoi, tmp_path, settings, more
):
    project = create_project(
        tmp_path / "new", name="N", timezone="UTC", currency="EUR", language="en"
    )
    settings.BANSO_PROJECT_FOLDER = project.folder
    load(project, more(customers="customer_id,name\nC1,One\n"), at=timezone.now())

    text = text_of(aoi.get("/data/"))

    assert "No definitions are published yet" in text
    assert "Nothing has been computed from these data yet" in text


def test_definitions_of_another_version_leave_the_page_standing(
    cast, aoi, own_company, spoil_definitions
):
    spoil_definitions()

    answer = aoi.get("/data/")

    assert answer.status_code == 200
    assert "written for another version of Banso" in text_of(answer)


def test_the_page_reads_no_row_however_many_there_are(cast, aoi, company, monkeypatch):
    aoi.get("/data/")  # the quarantine is summed up once
    monkeypatch.setattr("banso.warehouse.session.Session.to_arrow", None)

    assert aoi.get("/data/").status_code == 200


def test_a_visitor_is_sent_to_sign_in(cast, visitor, company):
    assert visitor.get("/data/").status_code == 302
