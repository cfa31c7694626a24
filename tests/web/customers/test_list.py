"""The list of customers: what it shows, to whom, in which order."""

import datetime as dt
import html
import re
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.web.customers.conftest import AS_OF, AddCustomer

from banso.web.customers.models import CustomerNow, PublishedRelease

pytestmark = pytest.mark.django_db
LIST = "/customers/?view=0"


def names(client: Client, url: str) -> list[str]:
    page = client.get(url).content.decode()
    found = re.findall(r'<th scope="row" class="c-name"><a [^>]*>([^<]*)</a>', page)
    return [html.unescape(name) for name in found]


def next_page(client: Client, url: str) -> str:
    page = client.get(url).content.decode()
    found = re.search(r'rel="next" href="([^"]+)"', page)
    return html.unescape(found[1]) if found else ""


def test_row_says_how_the_customer_stands(
    aoi: Client, add_customer: AddCustomer
) -> None:
    add_customer(
        "C1", name="青空物流", score=69.9, score_before=80.0, change=-10.1,
        worst_element="adoption.trend", worst_points=-8.2, mrr=Decimal(24_900),
        currency="JPY", renews_on=dt.date(2026, 12, 1), coverage=0.44, touch="high",
        owner="chika@example.com", last_active_on=dt.date(2026, 11, 20),
    )  # fmt: skip

    page = aoi.get(LIST).content.decode()

    for text in (
        "青空物流", '<span class="c-score">69</span>', "band-watch", "Trend of use",
        "−10", "¥24,900", "1 Dec 26", "in 9 days", "from 44% of the data", "Chika",
        "High touch", "2 days ago",
    ):  # fmt: skip
        assert text in page
    assert ">70<" not in page


def test_japanese(
    cast: object, chika: Client, add_customer: AddCustomer, signed_in: object
) -> None:
    add_customer("C1", owner="chika@example.com", worst_element="adoption.depth",
                 worst_points=-3.0, change=-3.0)  # fmt: skip
    chika.cookies["banso_language"] = "ja"

    page = chika.get(LIST).content.decode()

    for text in ("顧客", "健康度", "契約更新", "注意", "活用度", "2026年11月22日時点"):
        assert text in page


def test_logged_out_redirects(visitor: Client) -> None:
    assert visitor.get(LIST).status_code == 302
    assert visitor.get("/customers.csv").status_code == 302


def test_scope(
    aoi: Client, ben: Client, chika: Client, add_customer: AddCustomer
) -> None:
    add_customer("A", owner="aoi@example.com")
    add_customer("C", owner="chika@example.com")
    add_customer("N", owner="")

    assert names(aoi, f"{LIST}&sort=name") == ["Customer A", "Customer C", "Customer N"]
    assert names(ben, LIST) == ["Customer A"]  # of the team
    assert names(chika, LIST) == ["Customer C"]  # her own
    assert names(chika, f"{LIST}&owner=aoi@example.com&q=Customer") == []
    assert "aoi@example.com" not in chika.get(LIST).content.decode()


def test_before_the_first_run_the_next_command_is_said(aoi: Client) -> None:
    page = aoi.get(LIST).content.decode()

    assert "<code>banso load FOLDER</code>" in page
    assert "<code>banso run</code>" in page


@pytest.mark.parametrize(
    "sort",
    ["score", "-score", "change", "-change", "mrr", "-mrr", "renews", "-renews",
     "active", "-active", "name", "-name", "owner", "-owner"],
)  # fmt: skip
def test_pages_are_complete_without_repeats(
    aoi: Client, add_customer: AddCustomer, sort: str
) -> None:
    for number in range(123):  # many ties, and every third without any value
        known = number % 3 > 0
        add_customer(
            f"C{number:03d}", name=f"Name {number % 40}", owner=f"o{number % 2}",
            score=float(number % 5) if known else None,
            change=float(number % 4) if known else None,
            mrr=Decimal(number % 4) if known else None,
            renews_on=AS_OF + dt.timedelta(number % 6) if known else None,
            last_active_on=AS_OF - dt.timedelta(number % 6) if known else None,
        )  # fmt: skip
    url, pages = f"/customers/?sort={sort}&view=0", []

    while url:
        page = aoi.get(url).content.decode()
        pages.append(re.findall(r'href="/customers/(C\d+)/"', page))
        url = next_page(aoi, url)

    seen = [key for page in pages for key in page]
    assert [len(page) for page in pages] == [50, 50, 23]
    assert sorted(seen) == sorted(set(seen)) == [f"C{n:03d}" for n in range(123)]
    if sort.lstrip("-") in ("score", "change", "mrr", "renews", "active"):
        assert all(int(key[1:]) % 3 == 0 for key in seen[-41:])  # unknown come last


def test_number_of_queries_is_flat(aoi: Client, add_customer: AddCustomer) -> None:
    def queries(url: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert aoi.get(url).status_code == 200
        return len(captured)

    add_customer("C1")
    queries(LIST)
    few = queries(LIST)
    for number in range(2, 70):
        add_customer(f"C{number}", owner=f"o{number}@example.com")

    assert queries(LIST) == few


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("物流", ["株式会社青空物流"]),  # two characters
        ("青空物流", ["株式会社青空物流"]),
        ("ﾎﾃﾙ", ["ホテル みなと"]),  # half width finds full width
        ("㈱青空", ["株式会社青空物流"]),  # a short form finds the long one
        ("ホテル", ["ホテル みなと"]),
        ("みなと ﾎﾃﾙ", ["ホテル みなと"]),
        ("acme", ["ＡＣＭＥ 100%"]),
        ("100%", ["ＡＣＭＥ 100%"]),
        ("0_%", []),
        ("c-3", ["ＡＣＭＥ 100%"]),  # the id
        ('"', []),
        ("社青", ["株式会社青空物流"]),
        ("nothing", []),
    ],
)
def test_search(
    aoi: Client, add_customer: AddCustomer, question: str, found: list[str]
) -> None:
    add_customer("C-1", name="株式会社青空物流")
    add_customer("C-2", name="ホテル みなと")
    add_customer("C-3", name="ＡＣＭＥ 100%")

    assert names(aoi, f"/customers/?q={question.replace('%', '%25')}") == found


def test_search_follows_a_new_name(aoi: Client, add_customer: AddCustomer) -> None:
    add_customer("C1", name="旧商事株式会社")
    CustomerNow.objects.filter(pk="C1").update(name="新商事", search="新商事です\nc1")

    assert names(aoi, "/customers/?q=旧商事") == []
    assert names(aoi, "/customers/?q=新商事") == ["新商事"]

    CustomerNow.objects.all().delete()
    assert names(aoi, "/customers/?q=新商事") == []


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("status=active", "ABCD"),
        ("status=churned", "E"),
        ("status=all", "ABCDE"),
        ("band=at_risk", "A"),
        ("renews=30", "B"),
        ("renews=90", "BC"),
        ("month=2027-01", "C"),
        ("notice=given", "C"),
        ("owner=-", "D"),
        ("plan=Pro&band=at_risk", "A"),
        ("why=stale", "D"),
        ("renews=7000&band=nothing&sort=wrong&month=2027-99", "ABCD"),  # not understood
    ],
)
def test_filters(
    aoi: Client, add_customer: AddCustomer, query: str, found: str
) -> None:
    add_customer("A", band="at_risk", owner="x@y.z", plan="Pro")
    add_customer("B", owner="x@y.z", renews_on=AS_OF + dt.timedelta(30))
    add_customer("C", owner="x@y.z", renews_on=dt.date(2027, 1, 2),
                 notice_on=dt.date(2026, 11, 1))  # fmt: skip
    add_customer("D", band="unknown", score=None, no_score="stale")
    add_customer("E", owner="x@y.z", status="churned", ended_on=dt.date(2026, 10, 1))

    rows = names(aoi, f"/customers/?{query}&view=0")

    assert "".join(sorted(name[-1] for name in rows)) == found


def test_many_matches_are_walked_and_counted_to_1000(
    aoi: Client, add_customer: AddCustomer
) -> None:
    add_customer("C0", plan="Pro", owner="x@y.z", name="物流会社")
    first = CustomerNow.objects.get()
    copies = []
    for number in range(1, 1205):
        copy = CustomerNow.objects.get() if number == 1 else copies[-1]
        values = {f.attname: getattr(copy, f.attname) for f in copy._meta.fields}
        values |= {"customer_id": f"C{number}", "number": number + 1,
                   "search": f"{first.search}{number}"}  # fmt: skip
        copies.append(CustomerNow(**values))
    CustomerNow.objects.bulk_create(copies)

    for query in ("plan=Pro&owner=x@y.z", "q=物流", "q=物流会社", "renews="):
        page = aoi.get(f"/customers/?{query}&view=0", follow=True).content.decode()
        assert "More than 1,000 customers" in page
        assert len(names(aoi, f"/customers/?{query}x&view=0&plan=Pro")) in (0, 50)
    assert len(names(aoi, "/customers/?q=物流&plan=Pro&sort=-mrr&view=0")) == 50


def test_empty_parameters_leave_the_address(
    aoi: Client, add_customer: AddCustomer
) -> None:
    response = aoi.get("/customers/?q=&band=at_risk&owner=&view=0")

    assert response.headers["Location"] == "/customers/?band=at_risk&view=0"


def test_markup_in_a_name_is_text(aoi: Client, add_customer: AddCustomer) -> None:
    add_customer("C1", name="<script>alert(1)</script>", owner="<b>x</b>")

    page = aoi.get(LIST).content.decode()

    assert "<script>alert" not in page
    assert "<b>x" not in page


def test_a_release_published_while_reading_is_read_again(
    aoi: Client, add_customer: AddCustomer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A page reads several times and shows one release all the same."""
    from banso.web.customers import views  # noqa: PLC0415

    add_customer("C1", name="Old")
    read = views.list_customers
    calls = []

    def publishing_once(*args: object, **kwargs: object) -> object:
        result = read(*args, **kwargs)  # type: ignore[arg-type]
        if not calls:
            later = dt.datetime(2026, 11, 24, tzinfo=dt.UTC)
            CustomerNow.objects.update(name="New")
            PublishedRelease.objects.update(
                as_of=dt.date(2026, 11, 23), published_at=later
            )
        calls.append(1)
        return result

    monkeypatch.setattr(views, "list_customers", publishing_once)
    page = aoi.get(LIST).content.decode()

    assert "New" in page
    assert "As of 23 Nov 2026" in page
    assert len(calls) == 2


def test_attributes_of_the_company_filter_the_list(
    aoi: Client, add_customer: AddCustomer
) -> None:
    add_customer("C1", name="Kanto One", attributes='{"region": "関東", "in": "x"}')
    add_customer("C2", name="Kansai Two", attributes='{"region": "関西", "in": "x"}')
    add_customer("C3", name="Nowhere", attributes='{"region": null, "in": "y"}')
    PublishedRelease.objects.update(choices={"attr.region": ["関東", "関西"]})

    page = aoi.get(LIST).content.decode()

    assert '<select name="attr.region" id="filter-attr.region">' in page
    assert names(aoi, f"{LIST}&attr.region=関東") == ["Kanto One"]
    assert names(aoi, f"{LIST}&attr.in=x&attr.region=関西") == ["Kansai Two"]
    assert names(aoi, f"{LIST}&attr.region=北海道") == []
    assert len(names(aoi, f"{LIST}&attr.a' b=1")) == 3  # no name of an attribute
    PublishedRelease.objects.update(
        labels={
            "attr.region": {"ja": "地域", "en": "Region"},
            "attr.region=関東": {"ja": "関東", "en": "Kanto"},
        }
    )
    named = aoi.get(LIST).content.decode()
    assert '<label for="filter-attr.region">Region</label>' in named
    assert '<option value="関東">Kanto</option>' in named
    assert '<option value="関西">関西</option>' in named
    asked = aoi.get(f"{LIST}&attr.gone=old").content.decode()
    assert '<option value="old" selected>old</option>' in asked
