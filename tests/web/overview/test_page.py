"""The overview: sums over what a user sees, each leading to the customers behind it."""

import datetime as dt
import html
import re
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.web.customers.conftest import AS_OF, AddCustomer

from banso.web.customers.figures import Cell, Figures, added
from banso.web.customers.models import OwnerFigures, PublishedRelease
from banso.web.overview import queries

pytestmark = pytest.mark.django_db
URL = "/overview/"


def figures(*cells: Cell, at_risk: int = 1) -> Figures:
    history = {"healthy": [2, 2], "watch": [0, 1], "at_risk": [1, at_risk],
               "unknown": [0, 0]}  # fmt: skip
    return Figures(tuple(cells), history)


def cell(part: str, band: str, customers: int, mrr: int | None, **more: Any) -> Cell:
    money = None if mrr is None else Decimal(mrr)
    return Cell(part, more.get("of", ""), band, more.get("currency", "JPY"), customers,
                money)  # fmt: skip


@pytest.fixture
def published(add_customer: AddCustomer) -> None:
    """Publish sums for Aoi's, Chika's and nobody's customers."""
    PublishedRelease.objects.update(dates=["2026-11-15", "2026-11-22"])
    by_owner = {
        "aoi@example.com": figures(
            cell("now", "healthy", 3, 300_000), cell("now", "at_risk", 1, 100_000),
            cell("before", "healthy", 4, 350_000),
            cell("renewal_within", "at_risk", 1, 100_000, of="30"),
            cell("renewal_within", "healthy", 2, 200_000, of="60"),
            cell("renewal_month", "at_risk", 1, 100_000, of="2026-12"),
            cell("renewal_month", "healthy", 2, 200_000, of="2027-01"),
        ),
        "chika@example.com": figures(
            cell("now", "watch", 5, 700, currency="USD"), cell("notice", "watch", 2, 9),
        ),
        "": figures(cell("now", "unknown", 7, None, currency="")),
    }  # fmt: skip
    for owner, sums in {**by_owner, "*": added(by_owner.values())}.items():
        OwnerFigures.objects.create(
            pk=owner, name="", customers=1, figures=sums.as_json()
        )


def links(client: Client) -> dict[str, str]:
    page = client.get(URL).content.decode()
    found = re.findall(r'<a href="(/customers/\?[^"]*)">([^<]+)</a>', page)
    return {html.unescape(url): text for url, text in found}


def test_sums_lead_to_the_customers_behind_them(aoi: Client, published: None) -> None:
    page = aoi.get(URL).content.decode()
    urls = links(aoi)

    assert "As of 22 Nov 2026" in page
    assert urls["/customers/?view=0"] == "16"
    assert urls["/customers/?band=healthy&sort=-mrr&view=0"] == "3"
    assert urls["/customers/?band=at_risk&sort=-mrr&view=0"] == "1"
    assert urls["/customers/?owner=-&view=0"] == "7"
    assert urls["/customers/?notice=given&sort=-mrr&view=0"] == "2"
    assert urls["/customers/?renews=30&sort=renews&view=0"] == "1"
    assert urls["/customers/?renews=60&sort=renews&view=0"] == "3"  # both
    assert urls["/customers/?month=2026-12&sort=renews&view=0"] == "1"
    assert "¥400K" in page.replace("400.0", "400")
    assert "US$700" in page or "$700" in page
    assert "are not in it" in page  # the seven without a currency
    assert page.count('href="/definitions/"') >= 2  # how is this computed?


def test_scope(ben: Client, chika: Client, published: None) -> None:
    team, own = ben.get(URL).content.decode(), chika.get(URL).content.decode()

    assert links(ben)["/customers/?view=0"] == "4"
    assert links(chika)["/customers/?view=0"] == "5"
    assert "Without an owner" not in team + own
    assert "Own customers" in own


def test_movers_say_what_moved(
    aoi: Client, ben: Client, published: None, add_customer: AddCustomer
) -> None:
    add_customer("F", name="落ちた会社", owner="chika@example.com", score=50.0,
                 score_before=72.0, change=-22.0, worst_element="adoption.trend",
                 worst_points=-12.0)  # fmt: skip
    add_customer("R", name="Riser", change=9.0, score_before=30.9, score=39.9,
                 best_element="adoption.depth", best_points=8.0)  # fmt: skip
    add_customer("S", name="Still", change=0.4)
    add_customer("G", name="Gone", status="churned", change=-80.0)

    page = aoi.get(URL).content.decode()

    assert "落ちた会社" in page
    assert "Trend of use" in page
    assert "72 → 50" in page
    assert "30 → 39" in page
    assert "Depth of use" in page
    assert "Still" not in page
    assert "Gone" not in page
    assert "落ちた会社" not in ben.get(URL).content.decode()


def test_customers_without_a_score_and_why(
    aoi: Client, published: None, add_customer: AddCustomer
) -> None:
    for key in "AB":
        add_customer(key, band="unknown", score=None, no_score="stale")

    page = aoi.get(URL).content.decode()

    assert "Its data is too old" in page
    assert links(aoi)["/customers/?why=stale&sort=-mrr&view=0"] == "2"


def test_japanese(cast: Any, published: None, signed_in: Any) -> None:
    page = signed_in(cast.aoi, language="ja").get(URL).content.decode()

    for text in (
        "概況",
        "2026年11月22日時点",
        "契約中の顧客",
        "今後の契約更新",
        "危険",
    ):
        assert text in page


def test_old_results_are_said_to_be_old(aoi: Client, published: None) -> None:
    PublishedRelease.objects.update(as_of=dt.date(2013, 12, 15))

    assert "The results are as of 15 Dec 2013." in aoi.get(URL).content.decode()


def test_before_the_first_run(aoi: Client) -> None:
    page = aoi.get(URL).content.decode()

    assert "<code>banso run</code>" in page


def test_logged_out_redirects(visitor: Client) -> None:
    assert visitor.get(URL).status_code == 302


def test_home_leads_here(aoi: Client, published: None) -> None:
    assert aoi.get("/").headers["Location"] == URL


def test_number_of_queries_is_flat(
    aoi: Client, published: None, add_customer: AddCustomer
) -> None:
    def number() -> int:
        with CaptureQueriesContext(connection) as captured:
            aoi.get(URL)
        return len(captured)

    number()
    few = number()
    for key in range(60):
        add_customer(f"C{key}", change=float(key), owner=f"o{key}@example.com")

    assert number() == few


def test_no_customers_at_all(cast: Any, published: None) -> None:
    OwnerFigures.objects.all().delete()

    overview = queries.overview_for(
        cast.aoi, now=dt.datetime.combine(AS_OF, dt.time(), dt.UTC), language="en"
    )

    assert overview is not None
    assert overview.total.customers == 0
    assert overview.bands[0].share is None
