"""What to suggest to whom: the page, its file, and the card of a customer."""

import csv
import io
import re
from typing import Any

import pytest
from django.test import Client
from page_text import plain
from recommendation_results import judged, not_judged, note, told
from tests.web.conftest import Cast, SignIn
from tests.web.customer.conftest import SLASHED
from tests.web.recommendations.conftest import Show, tables

PAGE = "/recommendations/"
CUSTOMER = "/customers/C1/"


def suggested(client: Client, url: str) -> list[str]:
    """Return the customers of the table of suggestions, in its order."""
    body = client.get(url).content.decode()
    return re.findall(r'<th scope="row"><a href="/customers/([^/]+)/"', body)


def test_how_often_it_was_right_stands_beside_the_most_popular(
    aoi: Client, show: Show
) -> None:
    show(tables())

    page = plain(aoi, PAGE)

    assert "Tried on 31 Mar 2026: five suggestions for customers like each one" in page
    assert "were right more often than the five most popular, by +16" in page
    assert "For customers like this one 46% 41%–51% 310" in page
    assert "The most popular 30% 25%–35% 310" in page


def test_no_better_than_the_most_popular_is_said_plainly(
    aoi: Client, show: Show
) -> None:
    rows = [told("C1", 1, "scan", basis="popular", reason="no_better", because="[]")]
    show(
        {
            **tables(),
            "recommendations": rows,
            "recommendations_judged": judged(reason="no_better"),
        }
    )

    page, card = plain(aoi, PAGE), plain(aoi, CUSTOMER)

    assert "were not right more often than the five most popular" in page
    assert "So the most popular are suggested." in page
    assert "Popular with all" in page
    assert "These are the most popular of what it does not use" in card
    assert "68% of 25 customers without it took it up within 90 days" in card


def test_what_cannot_be_judged_yet_has_n_and_need(aoi: Client, show: Show) -> None:
    show({**tables(), "recommendations_judged": not_judged()})

    page = plain(aoi, PAGE)

    assert "It cannot be judged yet" in page
    assert "Not enough data (n = 120 days of use, needs 264)." in page
    assert "Hit rate at 5 Interval" not in page


def test_items_say_who_uses_them_and_whether_takers_stayed(
    aoi: Client, show: Show
) -> None:
    show(tables())

    page = plain(aoi, PAGE)

    assert "scan Feature 120 / 400 20% 16%–25% Those who took it up stayed more" in page
    assert "92% of 41, against 81% of 203 that did not, over 180 days." in page
    assert "This is an association. 1 customer" in page
    assert "No difference found in who stayed: 92% of 41" in page
    assert "not enough data (n = 7 customers on the smaller side, needs 20). –" in page


def test_suggestions_are_filtered_and_sorted(aoi: Client, show: Show) -> None:
    show(tables())
    slashed = "C%252F3%20%25252F%20100%2525"

    assert suggested(aoi, PAGE) == ["C1", slashed, "C1"]
    assert suggested(aoi, f"{PAGE}?sort=chance") == ["C1", slashed, "C1"]
    assert suggested(aoi, f"{PAGE}?item=feature:scan") == ["C1"]
    assert suggested(aoi, f"{PAGE}?kind=plan") == []
    assert len(suggested(aoi, f"{PAGE}?sort=-customer")) == 3
    assert "1 suggestion " in plain(aoi, f"{PAGE}?item=feature:scan")


@pytest.mark.parametrize(
    "query", ["sort=x", "item=x", "kind=x", "at=x", "at=99", "sort=-x'", "item=a:b:c"]
)
def test_what_an_address_cannot_ask_for_is_no_fault(
    aoi: Client, show: Show, query: str
) -> None:
    show(tables())

    assert aoi.get(f"{PAGE}?{query}").status_code == 200


def test_only_customers_in_scope_are_there(chika: Client, show: Show) -> None:
    show(tables())

    assert suggested(chika, PAGE) == ["C1", "C1"]
    assert "2 suggestions" in plain(chika, PAGE)
    text = chika.get("/recommendations/export").getvalue().decode()
    assert SLASHED not in text


def test_the_file_holds_what_the_page_shows(aoi: Client, show: Show) -> None:
    show(tables())

    answer = aoi.get("/recommendations/export?bom=1&item=feature:%3Dshare")

    text = answer.getvalue().decode()
    assert text.startswith("\ufeff")
    rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))
    assert [row["customer_id"] for row in rows] == [SLASHED, "C1"]
    assert {row["item"] for row in rows} == {"'=share"}  # no formula
    assert rows[1]["chance"] == "0.31"


def test_who_only_reads_exports_nothing(ben: Client, show: Show) -> None:
    show(tables())

    assert ben.get("/recommendations/export").status_code == 403
    assert "CSV for Excel" not in plain(ben, PAGE)


def test_who_is_not_signed_in_is_sent_to_sign_in(visitor: Client, show: Show) -> None:
    show(tables())

    assert visitor.get(PAGE).status_code == 302


def test_the_card_of_a_customer_says_why(aoi: Client, show: Show) -> None:
    show(tables())

    page = plain(aoi, CUSTOMER)

    assert "What to suggest next" in page
    assert (
        "68% of 25 customers like this one took it up within 90 days and kept" in page
    )
    assert "Speaks for it export Industry: 卸売業" in page
    assert "against 81% of 203 that did not" in page


def test_a_customer_without_suggestions_has_no_card(aoi: Client, show: Show) -> None:
    show({**tables(), "recommendations": [told(SLASHED, 1, "scan")]})

    assert "What to suggest next" not in plain(aoi, CUSTOMER)


def test_in_japanese(cast: Cast, signed_in: SignIn, show: Show) -> None:
    show(tables())
    client = signed_in(cast.aoi, language="ja")

    page, card = plain(client, PAGE), plain(client, CUSTOMER)

    assert "誰に勧めるか" in page
    assert "似た顧客に合わせた5件は、人気順の5件より" in page
    assert "似た顧客25社の68%が90日以内に使い始め、使い続けました" in card
    assert "これは関連であり、因果とは限りません。" in card


@pytest.mark.parametrize(
    ("analyses", "said"),
    [
        ({"reason": "no_contracts"}, "It is not known who is a customer when"),
        ({}, "These results are older than this page"),
        (
            {"recommendations": note(reason="too_few_adoptions", have=3, need=20)},
            "n = 3 customers that took something up and kept it, needs 20",
        ),
    ],
)
def test_where_there_is_nothing_the_page_says_why(
    aoi: Client, show: Show, analyses: dict[str, Any], said: str
) -> None:
    show(dict.fromkeys(tables()), analyses)

    assert said in plain(aoi, PAGE)
    assert "What to suggest next" not in plain(aoi, CUSTOMER)


def test_before_any_run_the_page_says_what_to_do(aoi: Client, settings: Any) -> None:
    settings.BANSO_PROJECT_FOLDER = None

    assert aoi.get(PAGE).status_code == 200


def test_the_number_of_queries_does_not_grow(
    aoi: Client, show: Show, django_assert_max_num_queries: Any
) -> None:
    many = [told("C1", rank, f"item_{rank}") for rank in range(1, 60)]
    show({**tables(), "recommendations": many})

    with django_assert_max_num_queries(8):
        assert suggested(aoi, PAGE) == ["C1"] * 50
    with django_assert_max_num_queries(8):
        assert suggested(aoi, f"{PAGE}?at=50") == ["C1"] * 9


def test_where_both_suggest_the_same_no_difference_is_shown(
    aoi: Client, show: Show
) -> None:
    rows = judged(reason="no_better")
    rows[-1] |= {"value": 0.0, "low": 0.0, "high": 0.0}
    show({**tables(), "recommendations_judged": rows})

    page = plain(aoi, PAGE)

    assert "were right exactly when the five most popular were" in page
    assert "±0.0" not in page
