"""The audit page."""

import datetime as dt

import pytest

from banso.web.audit import operations, queries
from banso.web.audit.models import AuditEntry

MONDAY = dt.datetime(2026, 11, 23, 0, 30, tzinfo=dt.UTC)


def record(number: int, **values):
    subject = operations.Subject("user", str(number), f"Person {number}")
    defaults = {"subject": subject, "by": None, "at": MONDAY}
    return operations.record("user_deactivated", **(defaults | values))


def test_entries_are_paged_to_the_last_and_back(aoi, cast):
    for number in range(120):
        record(number)

    pages, cursor = [], ""
    while True:
        page = queries.entries_page(queries.Filters(), cursor=cursor)
        pages.append([row.sentence for row in page.rows])
        if not page.next:
            break
        cursor = page.next
    back = queries.entries_page(queries.Filters(), cursor=page.previous)

    everything = [sentence for each in pages for sentence in each]
    assert len(everything) == AuditEntry.objects.count()
    assert len(set(everything)) == len(everything)
    assert [row.sentence for row in back.rows] == pages[-2]


def test_filters_narrow_down(aoi, cast):
    record(1, by=cast.ben)
    record(2, at=MONDAY - dt.timedelta(days=9))

    by_ben = aoi.get("/audit/?person=BEN@&action=user_deactivated").content.decode()
    old = aoi.get("/audit/?until=2026-11-20").content.decode()

    assert "Deactivated Person 1." in by_ben
    assert "Deactivated Person 2." not in by_ben
    assert "Deactivated Person 2." in old
    assert "Deactivated Person 1." not in old


@pytest.mark.parametrize(
    "query", ["at=nonsense", "since=yesterday", "action=unknown", "at=W10", "until="]
)
def test_forged_address_shows_a_page(aoi, query):
    assert aoi.get(f"/audit/?{query}").status_code == 200


def test_times_are_those_of_the_company(aoi, cast):
    record(1)

    assert "23 Nov 2026, 09:30" in aoi.get("/audit/").content.decode()


def test_entry_that_no_feature_words_shows_its_code(aoi, cast):
    subject = operations.Subject("thing", "1", "T<script>")
    operations.record("thing_happened", subject=subject, by=None, at=MONDAY)

    page = aoi.get("/audit/").content.decode()

    assert "thing_happened T&lt;script&gt;" in page
