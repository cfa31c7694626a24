"""The forecast on a customer's page, in the list, in the file, on the overview."""

import csv
import io
import re

from django.test import Client
from forecast_results import judged_row
from tests.web.conftest import Cast, SignIn
from tests.web.forecast.conftest import CHANCES, Show, tables


def plain(client: Client, url: str) -> str:
    response = client.get(url)
    assert response.status_code == 200
    page = re.sub(
        r"<script.*?</script>", " ", response.content.decode(), flags=re.DOTALL
    )
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def test_chances_with_interval_and_basis(aoi: Client, show: Show) -> None:
    show(tables())

    page = plain(aoi, "/customers/C1/")

    assert "18% chance of leaving within 90 days" in page
    assert "95 % interval 9.0%–32% · from the model" in page
    assert "expected loss of MRR ¥9,000" in page
    assert "within 365 days 73% 36%–100%" in page
    assert "by the renewal on 1 Dec 2026 3.1% 1.2%–6.0%" in page
    assert "MRR rises within 30 days 1.3% 0.7%–2.3% within 90 days 4.0%" in page
    assert "Expected rise of MRR within 90 days: ¥500" in page  # 50,000 × .04 × .25
    assert "Expected fall of MRR" not in page  # how far it falls is not known
    assert "MRR falls within 30 days 0.7%" in page
    assert page.count("How well this held so far") == 2


def test_a_chance_of_a_move_that_did_not_hold_is_not_told(
    aoi: Client, show: Show
) -> None:
    shown = tables()
    for row in shown["judged"]:
        of_what = row["outcome"], row["subject"], row["figure"], row["horizon_days"]
        if of_what == ("expansion", "forecast", "auc", 180):
            row |= {"value": 0.4, "low": 0.33, "high": 0.47}
    key = ("forecast", "forecast", "expansion", "all", 365)
    shown["judged"].append(judged_row(key, "calibration_error", 0.2))
    show(shown)

    page = plain(aoi, "/customers/C1/")

    said = "Not told within 180 days and within 365 days: it did not hold in the past."
    assert said in page
    assert "MRR rises within 30 days 1.3% 0.7%–2.3% within 90 days 4.0%" in page


def test_reasons_in_words(aoi: Client, show: Show) -> None:
    show(tables())

    page = plain(aoi, "/customers/C1/")

    assert "28 days): 4 days (usual 20 days), 62% less than 4 weeks ago" in page
    assert "+9 points" in page
    assert "Seats used of seats bought (28 days): 90% (usual 50%) −1.2 points" in page
    assert "no value (usual 8)" in page
    assert "Industry: 卸売業 (usual 製造)" in page


def test_reasons_in_japanese(cast: Cast, signed_in: SignIn, show: Show) -> None:
    show(tables())

    page = plain(signed_in(cast.aoi, language="ja"), "/customers/C1/")

    assert "4日（通常は20日）、4週間前より62%減" in page
    assert "+9ポイント" in page
    assert "90日以内に解約する確率" in page


def test_notice_is_no_forecast(aoi: Client, show: Show) -> None:
    show(tables(notice=["C1"]))

    page = plain(aoi, "/customers/C1/")

    assert "Notice was given" in page
    assert "chance of leaving within 90 days" not in page


def test_too_little_data_says_what_is_missing(aoi: Client, show: Show) -> None:
    show(tables(basis="rate", reason="too_few_events"))

    page = plain(aoi, "/customers/C1/")

    assert "Not enough data for a model: too few have left so far." in page
    assert "Customers who left: 3 of 30" in page
    assert "there will be enough by 1 Aug 2027" in page


def test_no_chance_is_no_number(aoi: Client, show: Show) -> None:
    none = tables(basis="rate", reason="all_censored")
    for row in none["forecast_grid"]:
        row.update({key: None for key in row if key.startswith("churn_")})
    none["forecast_grid"][0]["churn_90"] = 0.5  # of another date: gives the type
    del none["forecast_reasons"], none["forecast_renewals"]
    show(none)

    page = plain(aoi, "/customers/C1/")

    assert "Not enough data for a model: nobody has left so far." in page
    assert "% chance of leaving within 90 days" not in page


def test_a_customer_who_left_has_no_forecast(aoi: Client, show: Show) -> None:
    show(tables())

    assert "chance of leaving within" not in plain(aoi, "/customers/C2/")


def names(client: Client, query: str) -> list[str]:
    page = client.get(f"/customers/?{query}&view=0").content.decode()
    return re.findall(r'class="c-name"><a href="[^"]*">([^<]{1,20})', page)


def test_the_list_shows_sorts_and_filters(aoi: Client, show: Show) -> None:
    show(tables())

    assert names(aoi, "sort=-chance")[0] == "青空商事"
    assert names(aoi, "sort=chance")[-1] == "青空商事"
    assert names(aoi, "sort=-loss")[0] == "青空商事"
    assert names(aoi, "chance=10-100") == ["青空商事"]
    assert names(aoi, "chance=10-20") == ["青空商事"]
    assert names(aoi, "chance=20-100") == []
    assert len(names(aoi, "chance=0-5")) == 1
    assert "18% 9.0%–32% ¥9,000" in plain(aoi, "/customers/?view=0")


def test_who_surely_leaves_is_in_the_highest_range(aoi: Client, show: Show) -> None:
    show(tables(notice=["C1"]))

    assert names(aoi, "chance=50-100") == ["青空商事"]


def test_the_file_has_the_chances(aoi: Client, show: Show) -> None:
    show(tables())

    lines = b"".join(aoi.get("/customers.csv").streaming_content).decode()
    row = next(r for r in csv.DictReader(io.StringIO(lines)) if r["name"] == "青空商事")

    assert float(row["p_churn"]) == CHANCES["C1"]
    assert row["p_churn_basis"] == "model"
    assert float(row["mrr_at_risk"]) == 9_000


def test_the_overview_expects_a_loss(aoi: Client, chika: Client, show: Show) -> None:
    show(tables())

    page = plain(aoi, "/overview/")

    assert "MRR at risk within 90 days" in page
    assert "¥9.6K" in page  # 9,000 and 600
    assert "10 to 20 % 1" in page
    assert "below 5 % 1" in page
    assert "¥9K" in plain(chika, "/overview/")  # hers alone


def test_the_overview_says_that_it_is_only_a_rate(aoi: Client, show: Show) -> None:
    show(tables(basis="rate", reason="too_few_events"))

    assert "the chances are rates by tenure" in plain(aoi, "/overview/")


def test_without_forecasts_nothing_is_shown(aoi: Client, show: Show) -> None:
    show({**dict.fromkeys(tables())})

    assert "Leaves in 90 days" not in plain(aoi, "/customers/?view=0")
    assert "MRR at risk within 90 days" not in plain(aoi, "/overview/")
    assert "There is no forecast yet" in plain(aoi, "/forecast/")
