"""The model card."""

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.web.conftest import Cast, SignIn
from tests.web.forecast.conftest import Show, tables
from tests.web.forecast.test_customer import plain


def test_the_card_says_data_figures_and_limits(aoi: Client, show: Show) -> None:
    show(tables())

    page = plain(aoi, "/forecast/")

    assert "Additive hazard by week" in page
    assert "7 Jan 2024 – 22 Nov 2026" in page
    assert "AUC on later dates, other customers 0.78" in page
    assert "Boosted trees 0.79 0.75–0.83" in page
    assert "Fewer than 100 customers have left" in page
    assert "Nobody was followed for 365 days" in page
    assert "most have no value" in page
    assert "Forecast 0.80 0.78–0.82" in page
    assert "Rate of the last year 0.56" in page
    assert "23 Oct 2026" in page  # the fit before
    assert "Kept out Industry" in page


def test_the_forecast_is_compared_with_each_rule_on_the_same_rows(
    aoi: Client, show: Show
) -> None:
    show(tables())

    page = plain(aoi, "/forecast/")

    assert "Is the forecast better than a naive rule?" in page
    assert "Rate of the last year AUC 0.80 0.55 +0.25 +0.12 – +0.38 better 210" in page
    assert "Log loss 0.2100 0.2300 +0.0200 +0.0100 – +0.0300 better" in page
    assert "Days since the last use alone AUC 0.60 0.70 −0.10" in page
    assert "no better" in page
    assert "the model and the rule never spoke on the same date" in page
    assert page.count("Beside rule.last_rate: better.") == 1


def test_growth_has_cards_of_its_own(aoi: Client, show: Show) -> None:
    show(tables())

    page = plain(aoi, "/forecast/?target=expansion")

    assert "Rises of MRR" in page
    assert "Did the forecasts of the past hold?" in page
    assert "judged over the last five quarters" in page
    assert "Forecast 0.66 0.64–0.68" in page
    assert "Nothing can be compared yet" in page
    assert "Has anything moved since the fit?" not in page


def test_drift_is_told_with_its_table_and_an_advice(aoi: Client, show: Show) -> None:
    show(tables())

    page = plain(aoi, "/forecast/")

    assert "The inputs have moved: 1 feature is above 0.25: " in page
    assert "(0.31)." in page
    assert "0.31 0.04 20 days 12 days has moved" in page
    assert (
        "Since this fit 12.3 customers were expected to leave within 30 days, and 18"
        " did: 1.5 times (1.1–2.3), more than was said." in page
    )
    assert "An earlier refit is advised: set refit to monthly" in page
    assert "no date was followed that long yet" in page
    assert "from 1 Jan 2027 on the next one is used" in page
    assert "knows what is known by 27 Dec 2026" in page


def test_moved_inputs_alone_ask_for_no_refit(aoi: Client, show: Show) -> None:
    show(tables(left=12))

    page = plain(aoi, "/forecast/")

    assert "12 did: 1.0 times (0.7–2.3), as was said." in page
    assert "an earlier refit is not needed yet" in page


def test_no_model_says_what_is_missing(aoi: Client, show: Show) -> None:
    show(tables(basis="rate", reason="too_few_events"))

    page = plain(aoi, "/forecast/")

    assert "Customers who left: 3 of 30" in page
    assert "there will be enough by 1 Aug 2027" in page


def test_in_japanese_and_for_readers(
    cast: Cast, signed_in: SignIn, visitor: Client, show: Show
) -> None:
    show(tables())

    page = plain(signed_in(cast.ben, language="ja"), "/forecast/?target=x&days=y")

    assert "過去の予測は当たったか" in page
    assert "予測は単純な規則を上回っているか" in page
    assert "rule.recencyと比べて：worse。" in page
    assert "解約した顧客が100社未満です" in page
    assert "四半期ごとに学習し直します" in page
    assert "学習し直しを早めることをおすすめします" in page
    assert visitor.get("/forecast/").status_code == 302


def test_queries_do_not_grow(aoi: Client, show: Show) -> None:
    show(tables())

    with CaptureQueriesContext(connection) as queries:
        aoi.get("/forecast/")

    assert len(queries) <= 7
