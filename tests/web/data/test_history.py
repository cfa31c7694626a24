"""What each version of the lake changed."""

import re

from django.utils import timezone

from banso.runs.loading import load


def rows_of(client):
    page = client.get("/data/history/").content.decode()
    body = page[page.index("<tbody>") : page.index("</tbody>")]
    return [re.sub(r"\s+|<[^>]+>", " ", row) for row in body.split("</tr>")[:-1]]


def test_loads_runs_and_publications_are_told_newest_first(cast, aoi, company):
    run, second, first, published = rows_of(aoi)

    assert "Run: new numbers as of 22 Nov 2026." in run
    assert "Quarantine: 0 → 124 findings." in second
    assert "Load: 4 tables changed." in first
    assert "Customers 0 → 4" in " ".join(first.split())
    assert "Definitions published" in published


def test_a_correction_is_told_from_new_rows(cast, aoi, own_company, more):
    rows = "customer_id,name\nC2,みどり商事ホールディングス\n"
    load(own_company, more(customers=rows), at=timezone.now())

    newest = " ".join(rows_of(aoi)[0].split())

    assert "Customers rows corrected" in newest


def test_everybody_may_read_it(cast, ben, company):
    assert ben.get("/data/history/").status_code == 200
