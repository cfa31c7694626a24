"""Signals: the list, the page of one, and the card of a customer."""

import dataclasses
import datetime as dt
import re
from typing import Any

import pytest
from django.test import Client
from page_text import plain
from tests.web.conftest import Cast, SignIn
from tests.web.customer.conftest import SLASHED
from tests.web.signals.conftest import (
    WITH_WORTH,
    Show,
    opened,
    tables,
    tables_with_worth,
    worth,
)

from banso.definitions.reading import read_catalog
from banso.definitions.starter_set import starter_files

LIST = "/signals/"
PAGE = "/signals/use_stopped/"
CUSTOMER = "/customers/C1/"


def open_at(client: Client, url: str) -> list[str]:
    """Return the customers of the table, in its order."""
    body = client.get(url).content.decode()
    return re.findall(r'<th scope="row"><a href="/customers/([^/]+)/"', body)


def test_list_says_where_each_is_open_and_how_often_it_was_right(
    aoi: Client, show: Show
) -> None:
    show(tables())

    page = plain(aoi, LIST)

    assert (
        "Use stopped 2 312 281–343 38% 34%–42% 11% 9.9%–12% 3.4 3.06–3.74"
        " 47 42–52 61% 55%–67%"
    ) in page
    assert "Seats are nearly full 1 3 3–3 – fewer than 10 customers" in page
    assert "The months up to 27 Sept 2026" in page.replace("Sep 2026", "Sept 2026")


def test_what_a_signal_lacks_is_said(aoi: Client, show: Show) -> None:
    show(tables())

    page = plain(aoi, LIST)

    assert "Not on yet" in page
    assert "A promoter nps_last" in page
    assert "It lacks: nps_last" in plain(aoi, "/signals/promoter/")


def test_page_says_when_it_opens_what_it_was_worth_and_who_it_is_about(
    aoi: Client, show: Show
) -> None:
    show(tables())

    page = plain(aoi, PAGE)

    assert "Opens when “Days since last use” is at least 14" in page
    assert "Closes when “Days since last use” is less than 7" in page
    assert "Rests for 28 days after it closed" in page
    assert "Judged by whether the customer left within 180 days" in page
    assert "Over the last 24 months this would have fired 312 times" in page
    assert "Hours a week for each CSM 2.1 1.89–2.31" in page
    assert "15 Nov 2026 Last used 20 days." in page
    assert "2 customers" in page


def test_weeks_and_the_forecast_are_told_in_words(aoi: Client, show: Show) -> None:
    show(tables())

    seats = plain(aoi, "/signals/seats_full/")
    likely = plain(aoi, "/signals/churn_likely/")

    assert "is at least 0.9, on 4 weekly dates in a row" in seats
    assert "“Chance of churn within 90 days” is at least 0.2" in likely
    assert "It is open at none of your customers" in likely


def test_newest_come_first_and_the_table_is_sorted(aoi: Client, show: Show) -> None:
    show(tables())
    slashed = "C%252F3%20%25252F%20100%2525"

    assert open_at(aoi, PAGE) == [slashed, "C1"]
    assert open_at(aoi, f"{PAGE}?sort=since") == ["C1", slashed]
    assert len(open_at(aoi, f"{PAGE}?sort=-mrr")) == 2


@pytest.mark.parametrize("query", ["sort=x", "at=x", "at=99", "sort=-x'"])
def test_what_an_address_cannot_ask_for_is_no_fault(
    aoi: Client, show: Show, query: str
) -> None:
    show(tables())

    assert aoi.get(f"{PAGE}?{query}").status_code == 200


def test_unknown_signal_is_not_found(aoi: Client, show: Show) -> None:
    show(tables())

    assert aoi.get("/signals/nothing_like_it/").status_code == 404


def test_only_customers_in_scope_are_there(chika: Client, show: Show) -> None:
    show(tables())

    assert open_at(chika, PAGE) == ["C1"]
    assert "1 customer " in plain(chika, PAGE)
    assert "Use stopped 1 312" in plain(chika, LIST)


def test_who_is_not_signed_in_is_sent_to_sign_in(visitor: Client, show: Show) -> None:
    show(tables())

    assert visitor.get(LIST).status_code == visitor.get(PAGE).status_code == 302


def test_card_of_a_customer_says_what_is_open_and_why(aoi: Client, show: Show) -> None:
    show(tables())

    page = plain(aoi, CUSTOMER)

    assert "Open signals" in page
    assert "Use stopped Churn Last used 16 days ago. Since 8 Nov 2026" in page
    assert "<b>3 of 3</b>" in page  # as text, whatever stands in it
    assert page.index("Use stopped") < page.index("Seats are nearly full")


def test_customer_without_open_signals_has_no_card(aoi: Client, show: Show) -> None:
    row = opened(SLASHED, "use_stopped", dt.date(2026, 11, 15), "x")
    show({**tables(), "signals": [row]})

    assert "Open signals" not in plain(aoi, CUSTOMER)


def test_in_japanese(cast: Cast, signed_in: SignIn, show: Show) -> None:
    show(tables())
    client = signed_in(cast.aoi, language="ja")

    every, page, card = (plain(client, url) for url in (LIST, PAGE, CUSTOMER))

    assert "まだ使えないシグナル" in every
    assert "過去24か月では、180社で312回出ていたはずです。" in page
    assert "「最終利用からの日数」が14以上" in page
    assert "180日以内に顧客が解約したか" in page
    assert "Last used 16 days ago.（日本語）" in card


@pytest.mark.parametrize(
    ("analyses", "said"),
    [
        ({"reason": "no_contracts"}, "It is not known who is a customer when"),
        ({}, "These results are older than this page"),
    ],
)
def test_where_there_is_nothing_the_page_says_why(
    aoi: Client, show: Show, analyses: dict[str, Any], said: str
) -> None:
    show(dict.fromkeys(tables()), analyses)

    assert said in plain(aoi, LIST)
    assert "Open signals" not in plain(aoi, CUSTOMER)
    assert aoi.get(PAGE).status_code == 200


def test_before_any_run_the_list_says_what_to_do(aoi: Client, settings: Any) -> None:
    settings.BANSO_PROJECT_FOLDER = None

    assert aoi.get(LIST).status_code == 200
    assert aoi.get(PAGE).status_code == 404


def test_the_number_of_queries_does_not_grow(
    aoi: Client, show: Show, django_assert_max_num_queries: Any
) -> None:
    days = [dt.date(2026, 1, 4) + dt.timedelta(weeks=n) for n in range(59)]
    many = [opened("C1", "use_stopped", day, "x") for day in days]
    show({**tables(), "signals": many})

    with django_assert_max_num_queries(8):
        assert open_at(aoi, PAGE) == ["C1"] * 50
    with django_assert_max_num_queries(8):
        assert open_at(aoi, f"{PAGE}?at=50") == ["C1"] * 9


def test_worthiest_come_first_with_what_their_worth_is_made_of(
    aoi: Client, show: Show
) -> None:
    show(tables_with_worth(), WITH_WORTH)
    slashed = "C%252F3%20%25252F%20100%2525"

    page = plain(aoi, PAGE)

    assert open_at(aoi, PAGE) == ["C1", slashed]
    assert open_at(aoi, f"{PAGE}?sort=worth") == ["C1", slashed]  # none comes last
    assert open_at(aoi, f"{PAGE}?sort=-since") == [slashed, "C1"]
    assert (
        "¥40.5K chance 30% × US$12K × urgency 75% × effect 10% (assumed)"
    ) in page.replace(" $", " US$")
    assert "– no rate of exchange" in page
    assert "Proposes Revive use" in page


def test_card_is_in_the_order_of_worth_and_says_how_it_is_computed(
    aoi: Client, show: Show
) -> None:
    found = tables_with_worth()
    found["signals"][1] |= worth(90_000.0)
    show(found, WITH_WORTH)

    page = plain(aoi, CUSTOMER)

    assert page.index("Seats are nearly full") < page.index("Use stopped")
    assert "Worth ¥40.5K chance 30% ×" in page
    assert '/signals/#how"' in aoi.get(CUSTOMER).content.decode()


def test_release_from_before_there_was_worth_is_shown_without(
    aoi: Client, show: Show
) -> None:
    show(tables())

    assert 'sort=-worth"' not in aoi.get(PAGE).content.decode()
    assert aoi.get(f"{PAGE}?sort=-worth").status_code == 200


def test_signal_is_seen_only_by_the_roles_that_it_names(
    aoi: Client, chika: Client, show: Show
) -> None:
    starter, _ = read_catalog(starter_files())
    assert starter is not None
    hidden = [
        each.model_copy(update={"seen_by": ("administrator", "ops", "lead")})
        if each.key == "use_stopped"
        else each
        for each in starter.signals
    ]
    catalog = dataclasses.replace(starter, signals=tuple(hidden))
    show(tables_with_worth(), WITH_WORTH, catalog=catalog)

    assert "Use stopped" in plain(aoi, LIST)
    assert "Use stopped" not in plain(chika, LIST)
    assert aoi.get(PAGE).status_code == 200
    assert chika.get(PAGE).status_code == 404
    assert "Seats are nearly full" in plain(chika, CUSTOMER)
    assert "Use stopped" not in plain(chika, CUSTOMER)
