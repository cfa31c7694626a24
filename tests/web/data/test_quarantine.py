"""Rows that were not taken in: where, why, what to do, page by page, as a file."""

import csv
import io
import re

import pytest
from django.utils import timezone

from banso.runs.loading import load
from banso.web.audit.models import AuditEntry
from banso.web.data.reasons import REASONS

KNOWN_REASONS = {
    *("unparsable_date", "unparsable_time", "unparsable_number", "unparsable_flag"),
    *("unparsable_json", "missing_value", "wrong_choice", "unknown_customer"),
    *("negative_period", "negative_mrr", "duplicate_key", "too_many_fields"),
    *("too_few_fields", "too_long", "erased_person"),
}


def page_of(client, query=""):
    return client.get(f"/data/quarantine/{query}").content.decode()


def places(page):
    return re.findall(r"<code>(\w+\.csv:\d+)</code>", page)


def next_query(page):
    found = re.search(r'rel="next" href="/data/quarantine/([^"]+)"', page)
    return found and found.group(1).replace("&amp;", "&")


def previous_query(page):
    found = re.search(r'rel="prev" href="/data/quarantine/([^"]+)"', page)
    return found and found.group(1).replace("&amp;", "&")


def exported(client, query=""):
    answer = client.get(f"/data/quarantine/export{query}")
    content = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(content)))


def test_every_reason_has_words():
    assert set(REASONS) == KNOWN_REASONS


def test_a_row_shows_place_value_reason_and_what_to_do(cast, aoi, company):
    page = page_of(aoi, "?table=customers")

    assert "customers.csv:2" in page
    assert "gigantic" in page
    assert "This value is not one of those allowed." in page
    assert "Use one of: high, low, tech." in page


def test_reasons_are_worded_in_japanese(cast, signed_in, company):
    page = page_of(signed_in(cast.aoi, language="ja"), "?table=customers")

    assert "次のいずれかにしてください：high、low、tech。" in page


def test_a_row_that_waits_names_the_customer_that_is_missing(cast, aoi, company):
    page = page_of(aoi, "?waiting_for=GHOST-1")

    assert "Load the customer GHOST-1, and it is taken in by itself." in page
    assert len(places(page)) == 40


def test_a_value_that_looks_like_markup_stays_text(cast, aoi, company):
    page = page_of(aoi, "?table=subscriptions")

    assert "&lt;script&gt;alert(2)&lt;/script&gt;" in page
    assert "<script>alert(2)" not in page


def test_pages_go_forth_and_back_without_gap_or_repetition(cast, aoi, company):
    first = page_of(aoi)
    second = page_of(aoi, next_query(first))
    third = page_of(aoi, next_query(second))
    seen = [*places(first), *places(second), *places(third)]

    assert len(seen) == len(set(seen)) == 124
    assert next_query(third) is None
    assert previous_query(first) is None
    assert places(page_of(aoi, previous_query(third))) == places(second)
    assert places(page_of(aoi, previous_query(second))) == places(first)


@pytest.mark.parametrize("cursor", ["x", "%00", "W10", "WyJbMV0iLDEsMF0"])
def test_a_cursor_that_banso_never_made_shows_the_first_page(
    cast, aoi, company, cursor
):
    assert places(page_of(aoi, f"?at={cursor}")) == places(page_of(aoi))


def test_filters_narrow_by_table_reason_and_file(cast, aoi, company):
    by_reason = page_of(aoi, "?reason=negative_mrr")
    by_file = page_of(aoi, "?source=subscriptions.csv")

    assert places(by_reason) == ["subscriptions.csv:3"]
    assert len(places(by_file)) == 3


def test_an_unknown_filter_asks_nothing(cast, aoi, company):
    assert places(page_of(aoi, "?table=nonsense")) == places(page_of(aoi))


def test_the_export_holds_every_row_that_matches(cast, aoi, company):
    rows = exported(aoi)
    some = exported(aoi, "?table=subscriptions")

    assert len(rows) == 124
    assert [row["Column"] for row in some] == ["ended_on", "mrr", "mrr"]
    assert some[1]["Reason"] == "MRR cannot be negative."


def test_no_cell_of_the_export_is_a_formula(cast, aoi, own_company, more):
    rows = "event_id,occurred_at,customer_id,name\nX1,=1+1,C1,opened\n"
    load(own_company, more(events=rows), at=timezone.now())

    (row,) = exported(aoi, "?table=events")

    assert row["Value"] == "'=1+1"


def test_the_export_speaks_the_language_of_its_reader(cast, signed_in, company):
    rows = exported(signed_in(cast.aoi, language="ja"), "?reason=negative_mrr")

    assert rows[0]["理由"] == "MRRに負の値は使えません。"


def test_an_export_is_kept_in_the_audit(cast, aoi, company):
    exported(aoi, "?table=subscriptions")

    entry = AuditEntry.objects.get(action="quarantine_exported")
    assert entry.by == cast.aoi
    assert entry.details == {"wanted": {"table": "subscriptions"}}


def test_raw_rows_are_for_those_who_keep_the_data(cast, ben, chika, company):
    for client in (ben, chika):
        assert client.get("/data/quarantine/").status_code == 403
        assert client.get("/data/quarantine/export").status_code == 403


def test_a_row_leaves_when_its_customer_arrives(cast, aoi, own_company, more):
    arrived = more(customers="customer_id,name\nGHOST-1,Now here\n")
    load(own_company, arrived, at=timezone.now())

    page = page_of(aoi)

    assert "GHOST-1" not in page
    assert "GHOST-2" in page
