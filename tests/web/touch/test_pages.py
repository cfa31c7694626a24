"""The pages of touch models: the spread, proposals, owners and the capacity plan."""

import csv
import io
from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client
from page_text import plain
from results import put_results
from tests.web.conftest import Cast, SignIn
from tests.web.customer.conftest import NOW, SLASHED
from tests.web.touch.conftest import touched

from banso.runs.project import Project
from banso.web.accounts.models import User
from banso.web.customers import operations as customers

PAGE = "/touch/"
PAGES = (PAGE, "/touch/owners/", "/touch/capacity/", "/touch/assignments/")


def test_spread_of_today(aoi: Client, touch: Project) -> None:
    page = plain(aoi, PAGE)

    # 0.1 + 1 + 0.1 hours; 90 minutes in 90 days are 0.5 hours a month
    assert "Hours needed a month 1.2" in page
    assert "Hours there a month 208" in page
    assert "2 CSMs" in page
    assert "Low touch 1 ¥50K 1.0 written down 0.5 0 0.0 hours 0% 100%" in page
    assert "¥30K ¥30K 90% 70%–97% of 20" in page
    # one of both was reached, one has no value in yen
    assert "Tech touch 2 ¥50K without 1 in other currencies 0.2" in page
    assert "Who stayed is no effect of the touch model" in page


def test_proposals_and_what_holds_one_back(aoi: Client, touch: Project) -> None:
    page = plain(aoi, PAGE)

    assert "青空商事 Tech touch High touch Chika Top: High touch. ¥600K 25%" in page
    assert "0.1 → 6.0" in page
    assert "No capacity Top: by its value High touch, but capacity is full." in page
    assert "Soon Inc Tech touch Nobody Aoi" in page
    assert "Open proposals 3" in page
    assert "The rule room holds for nobody: expansion_180 is not connected." in page


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("", 3),
        ("show=touch", 2),
        ("show=owner", 1),
        ("show=held_back", 1),
        ("show=everybody", 3),
        ("now=low", 1),
        ("proposed=high", 1),
        ("show=owner&now=low", 0),
    ],
)
def test_filters(aoi: Client, touch: Project, query: str, count: int) -> None:
    body = aoi.get(f"{PAGE}?{query}").content.decode()

    assert body.count('class="name"') == count


@pytest.mark.parametrize("query", ["show=x", "now='", "at=x", "at=999", "proposed=%00"])
def test_what_an_address_cannot_ask_for_is_no_fault(
    aoi: Client, touch: Project, query: str
) -> None:
    assert aoi.get(f"{PAGE}?{query}").status_code == 200


def test_customers_out_of_scope_are_not_there(
    chika: Client, dai: User, signed_in: SignIn, touch: Project
) -> None:
    for client in (chika, signed_in(dai)):
        page = plain(client, PAGE)
        assert "青空商事" in page
        assert "Soon Inc" not in page
        # costs and sums are of the whole company
        assert "¥30K" not in page
        assert "Hours there" not in page


def test_who_only_reads_sees_and_decides_nothing(ben: Client, touch: Project) -> None:
    assert "Accept all of the list" not in plain(ben, PAGE)
    assert ben.get("/touch/override/C1/").status_code == 403
    assert ben.post("/touch/acceptances/", {"customer": "C1"}).status_code == 403
    assert ben.get("/touch/export.csv").status_code == 403


def test_export_holds_what_the_list_shows(aoi: Client, touch: Project) -> None:
    response = aoi.get("/touch/export.csv?show=touch")
    text = b"".join(response.streaming_content).decode()  # type: ignore[attr-defined]
    found = list(csv.DictReader(io.StringIO(text)))

    assert [row["customer_id"] for row in found] == ["C1", SLASHED]
    assert found[0]["touch_proposed"] == "high"


def test_load_by_person(aoi: Client, touch: Project) -> None:
    page = plain(aoi, "/touch/owners/")

    assert "Each CSM has 104 hours a month for customers." in page
    # Soon Inc goes to Aoi
    assert "Aoi 1 Low touch 1 ¥50K 1.0 1% 2 0.2 hours" in page
    assert "Chika 1 Tech touch 1 ¥50K 0.1 0% 1 6.0 hours" in page
    assert "Nobody 1 Tech touch 1" in page
    assert "1 customer without an owner who is there" in page


def test_capacity_plan_follows_its_address(aoi: Client, touch: Project) -> None:
    asked = "growth=100&months=12&people=1&hours_per_week=24&hours_low=60&hours_tech=30"

    page = plain(aoi, f"/touch/capacity/?{asked}")

    # 60 + 2 × 30 = 120 of 104 hours; 240 a year later
    assert "Hours needed today 120 104 are there" in page
    assert "People needed today 2 1.2, rounded up" in page
    assert "People needed in 12 months 3 240 hours a month" in page
    assert "To hire until then 2" in page
    assert "the 1 of today do not suffice even now" in page


def test_wrong_assumptions_are_told_and_the_plan_stands(
    aoi: Client, touch: Project
) -> None:
    page = plain(aoi, "/touch/capacity/?growth=viel&months=900")

    assert "Enter a number." in page
    assert "People needed in 12 months" in page


def test_in_japanese(cast: Cast, signed_in: SignIn, touch: Project) -> None:
    client = signed_in(cast.aoi, language="ja")

    assert "「上位」に当てはまるため、ハイタッチです。" in plain(client, PAGE)
    for url in (*PAGES, "/touch/override/C1/"):
        page = plain(client, url)
        assert "タッチモデル" in page
        assert "Touch model" not in page


def test_the_number_of_queries_does_not_grow(
    aoi: Client, touch: Project, django_assert_max_num_queries: Any
) -> None:
    aoi.get(PAGE)
    with django_assert_max_num_queries(12):
        few = aoi.get(PAGE)
    many = [touched("C1", n, touch_proposed="high", rule="top") for n in range(60)]
    put_results(touch, {"touch_now": many})
    customers.publish_newest(touch, at=NOW)
    with django_assert_max_num_queries(12):
        page = aoi.get(f"{PAGE}?at=25").content.decode()

    assert few.status_code == 200
    assert page.count('class="name"') == 25


def test_release_without_touch_models_says_what_to_do(
    aoi: Client, project: Project, settings: Any
) -> None:
    put_results(project, {"touch_now": None, "touch_spread": None})
    customers.publish_newest(project, at=NOW)
    assert "These results are older than this page" in plain(aoi, PAGE)

    settings.BANSO_PROJECT_FOLDER = None
    for url in PAGES[:3]:
        assert "banso load FOLDER" in aoi.get(url).content.decode()
    assert aoi.get("/touch/export.csv").status_code == 404


def test_who_is_not_signed_in_is_sent_to_sign_in(visitor: Client) -> None:
    for url in (*PAGES, f"/touch/override/{quote(SLASHED)}/"):
        assert visitor.get(url).status_code == 302
