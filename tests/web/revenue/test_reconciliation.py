"""Charges against MRR on the web: two sums, the rows behind, and who sees what."""

import csv
import datetime as dt
import html
import io
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from lakes import new_project, put
from page_text import plain
from tests.web.conftest import Cast, PublishForModule, SignIn

from banso.runs.project import Project
from banso.runs.reading import close_reader
from banso.runs.running import run

AS_OF = dt.date(2026, 11, 22)
NOW = dt.datetime(2026, 11, 23, tzinfo=dt.UTC)
PAGE = "/revenue/reconciliation/"
ROWS = "/revenue/reconciliation/rows/"
OCTOBER = "month=2026-10-01&currency=JPY"


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(f"2026-{text}")


def line(customer: str, start: str, mrr: int, **more: Any) -> dict[str, Any]:
    return {
        "subscription_id": f"S-{customer}",
        "customer_id": customer,
        "started_on": day(start),
        "mrr": Decimal(mrr),
        "product": "名刺",
        **more,
    }


def bill(customer: str, charged: str, amount: int, **more: Any) -> dict[str, Any]:
    return {
        "charge_id": f"B-{customer}-{charged}",
        "customer_id": customer,
        "subscription_id": f"S-{customer}",
        "charged_on": day(charged),
        "amount": Decimal(amount),
        "kind": "recurring",
        **more,
    }


@pytest.fixture(scope="module")
def billed(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """Return a project in which October has a bit of everything."""
    made = new_project(tmp_path_factory.mktemp("billed") / "project")
    chika, aoi = "chika@example.com", "aoi@example.com"
    put(made, {
        "customers": [
            {"customer_id": "C1", "name": "青空商事", "owner": chika},
            {"customer_id": "C2", "name": "Left Ltd", "owner": aoi},
            {"customer_id": "C3", "name": "Half Inc", "owner": aoi},
        ],
        "subscriptions": [
            line("C1", "08-01", 50_000),
            line("C2", "08-01", 30_000),
            line("C3", "10-16", 31_000),
        ],
        "charges": [
            bill("C1", "09-01", 50_000), bill("C2", "09-01", 30_000),
            bill("C1", "10-01", 50_000), bill("C3", "10-16", 16_000),
            bill("C1", "10-31", 1_200, kind="usage", subscription_id=None),
            bill("C1", "11-01", 50_000), bill("C3", "11-01", 31_000),
            bill("C2", "11-01", 300, currency="USD"),
        ],
    })  # fmt: skip
    run(made, as_of=AS_OF, at=NOW)
    return made


@pytest.fixture(scope="module")
def published(billed: Project, publish_for_module: PublishForModule) -> Project:
    publish_for_module(billed, at=NOW)
    return billed


@pytest.fixture
def project(published: Project, settings: Any, db: None) -> Iterator[Project]:
    """Let the pages show that release."""
    settings.BANSO_PROJECT_FOLDER = published.folder
    yield published
    close_reader()


def links(client: Client, url: str) -> list[tuple[str, str]]:
    """Return every amount with the address behind it."""
    body = client.get(url).content.decode()
    found = re.findall(r'<td class="num"><a href="([^"]+)">([^<]+)</a>', body)
    return [(amount, html.unescape(address)) for address, amount in found]


def test_both_sums_of_a_month_are_told(aoi: Client, project: Project) -> None:
    page = plain(aoi, f"{PAGE}?{OCTOBER}")

    assert (
        "In Oct 2026 ¥67,200 was billed, ¥66,000 of it recurring: ¥45,000 less" in page
    )
    assert "the largest reason is “Not billed” (−¥30,000)" in page
    assert "Recurring charges ¥66,000 Usage ¥1,200 Billed in all ¥67,200" in page
    assert "MRR at month end ¥111,000 Began or ended within" in page
    assert re.search(r"Not billed [^¥]* −¥30,000 Unexplained [^¥]* 0 Recurring", page)


def test_each_amount_opens_rows_that_add_up_to_it(
    aoi: Client, project: Project
) -> None:
    found = links(aoi, f"{PAGE}?{OCTOBER}")

    assert len(found) > 10
    for amount, url in set(found):
        assert f"{amount}: " in plain(aoi, url), url


def test_rows_behind_name_the_charge_and_the_line(
    aoi: Client, project: Project
) -> None:
    usage = plain(aoi, f"{ROWS}?{OCTOBER}&item=usage")
    half = plain(aoi, f"{ROWS}?{OCTOBER}&item=mid_month")

    assert "¥1,200: 1 charge to 1 customers." in usage
    assert "青空商事 B-C1-10-31 31 Oct 2026 Usage – – ¥1,200" in usage
    assert "−¥15,000: 1 contract line of 1 customers." in half
    assert "Half Inc S-C3 ¥16,000 ¥31,000 −¥15,000" in half


def test_a_running_month_says_until_when(aoi: Client, project: Project) -> None:
    assert "Nov 2026 until 22 Nov 2026" in plain(aoi, f"{PAGE}?currency=JPY")


def test_charges_without_a_rate_are_told_apart(aoi: Client, project: Project) -> None:
    page, dollars = plain(aoi, PAGE), plain(aoi, f"{PAGE}?currency=USD")

    assert "USD is told apart" in page
    assert "In Nov 2026 $300.00 was billed" in re.sub("US", "", dollars)
    assert "No contract on the day" in dollars


def test_a_csm_sees_the_charges_of_the_own_customers(
    chika: Client, project: Project
) -> None:
    page = plain(chika, f"{PAGE}?{OCTOBER}")

    assert "Figures are of the customers that you see." in page
    assert "In Oct 2026 ¥51,200 was billed, ¥50,000 of it recurring: exactly" in page
    for item in ("billed_total", "recurring", "not_billed", "mid_month"):
        rows = plain(chika, f"{ROWS}?{OCTOBER}&item={item}")
        assert "Left Ltd" not in rows
        assert "Half Inc" not in rows
    assert "USD" not in page  # the dollars are another's


def test_who_sees_nobody_is_told_so(
    cast: Cast, signed_in: SignIn, project: Project
) -> None:
    cast.ben.scope = "own"
    cast.ben.save()

    assert "have no revenue in this selection" in plain(signed_in(cast.ben), PAGE)


def test_the_files_hold_the_rows(aoi: Client, project: Project) -> None:
    url = f"{ROWS}export?bom=1&{OCTOBER}&item="

    lines, charges = (
        list(
            csv.DictReader(
                io.StringIO(aoi.get(url + item).getvalue().decode("utf-8-sig"))
            )
        )
        for item in ("not_billed", "billed_total")
    )

    (row,) = lines
    assert (row["customer_id"], row["expected"], row["amount"], row["currency"]) == (
        "C2", "30000.0000", "-30000.0000", "JPY",
    )  # fmt: skip
    assert {row["charge_id"] for row in charges} == {
        "B-C1-10-01", "B-C3-10-16", "B-C1-10-31",
    }  # fmt: skip


def test_who_only_reads_exports_nothing(ben: Client, project: Project) -> None:
    assert ben.get(f"{ROWS}export?{OCTOBER}&item=usage").status_code == 403


def test_in_japanese(cast: Cast, signed_in: SignIn, project: Project) -> None:
    page = plain(signed_in(cast.aoi, language="ja"), f"{PAGE}?{OCTOBER}")

    assert "2026年10月の請求合計は¥67,200、うち定期課金は¥66,000で" in page
    assert "最も大きい理由は「未請求」（−¥30,000）です。" in page


@pytest.mark.parametrize(
    "query", ["month=x", "month=1900-01-01", "currency=x", "currency='", "at=x"]
)
def test_what_an_address_cannot_ask_for_is_no_fault(
    aoi: Client, project: Project, query: str
) -> None:
    assert aoi.get(f"{PAGE}?{query}").status_code == 200
    assert aoi.get(f"{ROWS}?item=usage&{query}").status_code == 200


@pytest.mark.parametrize("item", ["", "mrr", "unexplained", "x"])
def test_a_figure_without_rows_is_not_found(
    aoi: Client, project: Project, item: str
) -> None:
    assert aoi.get(f"{ROWS}?{OCTOBER}&item={item}").status_code == 404


def test_the_number_of_queries_does_not_grow(
    aoi: Client, project: Project, django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(6):
        aoi.get(PAGE)
    with django_assert_max_num_queries(8):
        aoi.get(f"{ROWS}?{OCTOBER}&item=billed_total")


def test_the_tab_is_on_the_other_pages(aoi: Client, project: Project) -> None:
    for url in ("/revenue/", "/revenue/retention/"):
        assert PAGE in aoi.get(url).content.decode()


def test_who_is_not_signed_in_is_sent_to_sign_in(visitor: Client) -> None:
    assert visitor.get(PAGE).status_code == 302
    assert visitor.get(ROWS).status_code == 302
