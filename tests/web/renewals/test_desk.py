"""The renewal desk: what falls due, what is expected, and what came."""

import csv
import io
import re
from typing import Any

import pytest
from django.test import Client
from page_text import plain
from results import put_results
from tests.web.conftest import Cast, SignIn
from tests.web.customer.conftest import NOW, SLASHED
from tests.web.renewals.conftest import renewal, renewals

from banso.runs.project import Project
from banso.web.customers import operations as customers

PAGE = "/renewals/"


def listed(client: Client, url: str) -> list[str]:
    """Return the customers of the list, in its order."""
    body = client.get(url).content.decode()
    found = re.findall(r'class="name"><a href="/customers/([^/]+)/"', body)
    return ["slashed" if "%" in key else key for key in found]


def test_the_landing_is_the_sum_of_who_stays(aoi: Client, desk: None) -> None:
    """C1 stays with 0.9 (50,000), one gave notice (30,000), one has no forecast."""
    page = plain(aoi, PAGE)

    assert "Due within a year 3 ¥100K MRR" in page
    assert "Expected to renew, by count 45.0%" in page
    assert "Expected to renew, by amount ¥45K" in page
    assert "Under notice 1" in page
    assert "1 renewal has no forecast and is left out of what is expected." in page
    assert "Dec 2026 1 ¥50K 0 90.0% 0–1 of 1 ¥45K ¥0–¥50K" in page
    assert "Jan 2027 2 ¥50K 1 0.0% 0–0 of 1 ¥0 ¥0–¥0" in page


def test_each_renewal_has_its_chance_or_the_reason(aoi: Client, desk: None) -> None:
    page = plain(aoi, PAGE)

    assert "青空商事 S-C1 名刺 · Pro ¥50,000 10% 5.0%–20% Open Chika" in page
    assert "100% notice was given Notice given Aoi" in page
    assert "Soon Inc S-C4 名刺 · Pro ¥20,000 – there is no forecast Open Aoi" in page


def test_where_nothing_lies_ahead_no_figure_stands_without_its_interval(
    aoi: Client, desk: None, project: Project
) -> None:
    past = [each for each in renewals() if each["is_past"]]
    put_results(project, {"renewals_foretold": past})
    customers.publish_newest(project, at=NOW)

    page = plain(aoi, PAGE)

    assert "Expected to renew, by count – nothing is foretold" in page
    assert "95 % interval" not in page.split("Expected landing by month")[0]
    assert "Oct 2026 2 ¥100K 85.0%" in page


def test_what_came_stands_beside_what_was_said(aoi: Client, desk: None) -> None:
    page = plain(aoi, PAGE)

    assert "Oct 2026 2 ¥100K 85.0%" in page
    assert re.search(r"of 2 50\.0% 1 ended as agreed ¥85K \S+ ¥40K", page)
    assert "In 1 of 1 months the number that renewed was within the interval" in page


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["C1", "slashed", "C4"]),
        ("month=2027-01-01", ["slashed", "C4"]),
        ("stage=noticed", ["slashed"]),
        ("stage=open", ["C1", "C4"]),
        ("touch=high", ["C1"]),
        ("touch=-", ["slashed", "C4"]),
        ("owner=aoi@example.com", ["slashed", "C4"]),
        ("owner=-", []),
        ("currency=USD", []),
    ],
)
def test_renewals_are_filtered(
    aoi: Client, desk: None, query: str, expected: list[str]
) -> None:
    assert listed(aoi, f"{PAGE}?{query}") == expected


def test_a_csm_sees_the_renewals_of_the_own_customers(
    aoi: Client, chika: Client, desk: None
) -> None:
    everybody = plain(aoi, PAGE)  # what is kept of the release was read for all
    assert "Due within a year 3" in everybody

    page = plain(chika, PAGE)

    assert listed(chika, PAGE) == ["C1"]
    assert "Due within a year 1 ¥50K MRR" in page
    assert "Left Ltd" not in page
    assert SLASHED not in chika.get("/renewals/export").getvalue().decode()


def test_the_file_holds_what_the_list_shows(aoi: Client, desk: None) -> None:
    answer = aoi.get("/renewals/export?bom=1&month=2027-01-01")

    text = answer.getvalue().decode()
    assert text.startswith("\ufeff")
    rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))
    assert [row["customer_id"] for row in rows] == [SLASHED, "C4"]
    assert [row["stage"] for row in rows] == ["noticed", "open"]
    assert [row["p_leave"] for row in rows] == ["1.0", ""]


def test_who_only_reads_exports_nothing(ben: Client, desk: None) -> None:
    assert ben.get("/renewals/export").status_code == 403
    assert "CSV for Excel" not in plain(ben, PAGE)


@pytest.mark.parametrize("query", ["month=x", "stage=x", "owner='", "at=x", "at=99"])
def test_what_an_address_cannot_ask_for_is_no_fault(
    aoi: Client, desk: None, query: str
) -> None:
    assert aoi.get(f"{PAGE}?{query}").status_code == 200


def test_in_japanese(cast: Cast, signed_in: SignIn, desk: None) -> None:
    page = plain(signed_in(cast.aoi, language="ja"), PAGE)

    assert "更新見込み（件数）" in page
    assert "1か月のうち1か月で、更新件数が月初に示した区間に入りました" in page


def test_a_run_tells_what_lies_ahead_also_without_a_forecast(
    aoi: Client, project: Project
) -> None:
    page = plain(aoi, PAGE)

    assert "1 Dec 26 青空商事 S-C1 名刺 · Pro ¥50,000 – there is no forecast" in page


def test_an_older_release_says_that_the_next_run_does_it(
    aoi: Client, desk: None, project: Project
) -> None:
    put_results(project, {"renewals_foretold": None})
    customers.publish_newest(project, at=NOW)

    assert "These results are older than this page" in plain(aoi, PAGE)


def test_the_number_of_queries_does_not_grow(
    aoi: Client, desk: None, project: Project, django_assert_max_num_queries: Any
) -> None:
    many = [
        renewal("C1", "2026-12-01", subscription_id=f"S-{place}") for place in range(60)
    ]
    put_results(project, {"renewals_foretold": many})
    customers.publish_newest(project, at=NOW)

    with django_assert_max_num_queries(8):
        assert listed(aoi, PAGE) == ["C1"] * 25
    with django_assert_max_num_queries(8):
        assert listed(aoi, f"{PAGE}?at=50") == ["C1"] * 10


def test_before_any_run_the_page_says_what_to_do(aoi: Client, settings: Any) -> None:
    settings.BANSO_PROJECT_FOLDER = None

    assert "banso load FOLDER" in aoi.get(PAGE).getvalue().decode()
    assert aoi.get("/renewals/export").status_code == 404


def test_who_is_not_signed_in_is_sent_to_sign_in(visitor: Client) -> None:
    assert visitor.get(PAGE).status_code == 302
