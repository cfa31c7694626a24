"""The page of drivers: questions, years of use, elements, and what is missing."""

import csv
import html
import io
import re

import pytest
from django.test import Client
from driver_results import driver, drivers, results, unknown
from tests.web.conftest import Cast, SignIn
from tests.web.drivers.conftest import Show

PAGE = "/drivers/"
QUESTION = "/drivers/questions/onboarding_failed/"


def text_of(client: Client, address: str) -> str:
    """Return what stands on a page, without tags and scripts."""
    answer = client.get(address)
    assert answer.status_code == 200
    body = re.sub(r"(?s)<script.*?</script>", " ", answer.content.decode())
    plain = html.unescape(re.sub(r"<[^>]+>", " ", body))
    return re.sub(r"\s+", " ", plain)


def table_rows(client: Client, address: str) -> list[str]:
    body = client.get(address).content.decode()
    table = re.search(r'(?s)<table class="table elements-table">.*?</table>', body)
    assert table is not None
    return re.findall(r'(?s)<th scope="row" class="name">(.*?)<span', table[0])


@pytest.mark.usefixtures("shown")
def test_a_question_is_answered_with_rates_intervals_and_a_sentence(aoi: Client):
    text = text_of(aoi, PAGE)

    assert "Does failed onboarding lead to churn?" in text
    assert "64 of n = 612 left 10.5%" in text
    assert "8.3% … 13.1%" in text
    assert "No difference found" in text
    assert "no clear difference. This is an association." in text
    assert "Onboarding failed: 31.2 · Onboarding succeeded: 62.4" in text
    assert "Lower health" in text


@pytest.mark.usefixtures("shown")
def test_a_question_without_an_answer_says_why(aoi: Client):
    text = text_of(aoi, PAGE)

    assert (
        "A question without an answer Not answered yet: something that it asks" in text
    )
    assert "Not enough data : too few customers" in text.replace("data:", "data :")


@pytest.mark.usefixtures("shown")
def test_names_from_definitions_are_escaped(aoi: Client):
    body = aoi.get(PAGE).getvalue().decode()

    assert "Small &lt;customers&gt;" in body
    assert "<customers>" not in body


@pytest.mark.usefixtures("shown")
def test_the_page_of_a_question_shows_curves_tests_and_how_it_was_asked(aoi: Client):
    text = text_of(aoi, QUESTION)

    assert "Looked at after half a year." in text
    assert "After 363 days, 89.6% of “Onboarding failed”" in text
    assert "Ratio of the churn rates × 1.31 × 0.99 … × 1.72 0.055 0.11 2,822" in text
    assert "Hazard ratio, adjusted × 1.19" in text
    assert "Difference of the churn rates +2.5 pt −0.1 pt … +5.3 pt" in text
    assert "Ratio of the mean health, adjusted × 0.51" in text
    assert "days_active_28 < 5" in text
    assert "had been there for 180 days" in text
    assert "Tenure, Touch model, Plan" in text


@pytest.mark.usefixtures("shown")
def test_a_test_without_a_result_has_its_reason(aoi: Client):
    text = text_of(aoi, "/drivers/questions/small/")

    assert "Difference of the churn rates Not enough data: too few customers – " in text
    assert "There is no curve to draw yet." in text


@pytest.mark.usefixtures("shown")
def test_an_unknown_question_is_not_found(aoi: Client):
    assert aoi.get("/drivers/questions/nothing/").status_code == 404


@pytest.mark.usefixtures("shown")
def test_years_of_use_show_the_score_and_any_element(aoi: Client):
    score, adoption = text_of(aoi, PAGE), text_of(aoi, PAGE + "?element=adoption")

    assert "In year 1, Health score was 58.0 for those who stayed" in score
    assert "In year 1, Adoption was 55.0 for those who stayed" in adoption
    assert "14.0% left within a year. In year 3 it was 8.0%." in score
    assert "Leavers were lower in 2 of 2 years." in score
    other = text_of(aoi, PAGE + "?element=<nothing>")
    assert "In year 1, Health score was 58.0" in other


@pytest.mark.usefixtures("shown")
def test_the_table_says_what_each_element_shows(aoi: Client):
    text = text_of(aoi, PAGE)

    assert (
        "Days with use (28 days) Metric Leavers are lower Of 100 pairs, the leaver has"
        " the lower value in 67. +0.62 +0.48 … +0.76" in text
    )
    assert "< 0.001 6.1 / 11.3 182 days same sign in 100% of half-years" in text
    assert "+0.51 Left after the others 212 / 1,840" in text
    assert "Leavers are higher Of 100 pairs, the leaver has the higher value in 58" in (
        text
    )
    assert "Days with use (28 days), change in 12 weeks Metric No difference" in text
    assert "Goes along with others" in text
    assert "Size Attribute Leavers differ 0.31 0.11 … 0.47" in text
    assert "Not enough data mostly without a value" in text
    assert "Tenure Metric Not compared every comparison is between customers of" in text
    assert "4 of 7 elements separate leavers from stayers. 1 of them is left" in text


@pytest.mark.usefixtures("shown")
def test_the_table_can_be_filtered_and_sorted(aoi: Client):
    assert len(table_rows(aoi, PAGE)) == 9
    assert table_rows(aoi, PAGE + "?show=found")[0] == "Days with use (28 days)"
    assert len(table_rows(aoi, PAGE + "?show=found")) == 4
    assert table_rows(aoi, PAGE + "?kind=dimension") == ["Adoption"]
    assert len(table_rows(aoi, PAGE + "?stratum=tenure:2%2B")) == 1
    assert table_rows(aoi, PAGE + "?sort=effect")[0] == "Days since last use"
    assert table_rows(aoi, PAGE + "?sort=-effect")[0] == "Days with use (28 days)"
    assert table_rows(aoi, PAGE + "?sort=-lead")[1] == "Adoption"
    by_name = table_rows(aoi, PAGE + "?sort=element")
    assert by_name == sorted(by_name, key=str.casefold)


@pytest.mark.usefixtures("shown")
@pytest.mark.parametrize("query", ["kind=x", "stratum=x", "sort=x", "at=x", "at=99999"])
def test_what_an_address_cannot_ask_for_is_no_fault(aoi: Client, query: str):
    assert aoi.get(f"{PAGE}?{query}").status_code == 200


def test_a_long_table_has_pages(aoi: Client, show: Show):
    show({**results(), "drivers": [driver(f"thing_{n:03}") for n in range(120)]})

    assert len(table_rows(aoi, PAGE)) == 25
    assert table_rows(aoi, PAGE + "?at=100")[0] == "thing_100"
    assert "120 elements" in text_of(aoi, PAGE)
    assert 'href="/drivers/?at=25"' in aoi.get(PAGE).getvalue().decode()


def test_with_nothing_to_find_the_page_says_so(aoi: Client, show: Show):
    show({**results(), "drivers": [driver("score"), driver("days_active_28")]})

    text = text_of(aoi, PAGE)

    assert "No element separates leavers from stayers in these data: 2 elements" in text
    assert "with up to 212 leavers" in text
    assert "within 0.13 standard deviations of none" in text
    assert "No difference was found in any of the elements drawn (2)." in text


def test_too_few_leavers_are_named_with_the_month_when_there_are_enough(
    aoi: Client, show: Show
):
    few = [unknown("score", "too_few_events", n_churned=4, n_renewed=90)]
    show({**results(), "drivers": few})

    text = text_of(aoi, PAGE)

    assert "Too few customers have left to compare" in text
    assert re.search(
        r"4 leavings are known; at least 10 are needed\. At the pace", text
    )
    assert "Not enough data too few of them left" in text


def test_without_any_leaver_no_month_is_made_up(aoi: Client, show: Show):
    none = [unknown("score", "one_class", n_churned=0, n_renewed=90)]
    show({**results(), "drivers": none})

    assert "When there will be enough cannot be said from so few." in text_of(aoi, PAGE)


def test_a_release_without_history_has_no_table(aoi: Client, show: Show):
    show({name: [] for name in results()})

    text = text_of(aoi, PAGE)
    assert "Too few customers have left to compare" in text
    assert "Not answered yet" in text_of(aoi, QUESTION)


def test_an_older_release_asks_for_a_run(aoi: Client, show: Show):
    show(dict.fromkeys(results()))

    text = text_of(aoi, PAGE)

    assert "These results are older than this page" in text
    assert "banso run" in text


@pytest.mark.usefixtures("shown_as_run")
def test_what_a_run_of_four_customers_leaves_is_said_to_be_too_little(aoi: Client):
    page, question = text_of(aoi, PAGE), text_of(aoi, QUESTION)

    assert "Too few customers have left to compare" in page
    assert "1 leavings are known; at least 10 are needed. At the pace so far" in page
    assert "separates leavers" not in page.replace("What separates leavers", "")
    assert "Not enough data" in question, question
    unsaid = (page + question).replace("None of your customers", "")
    assert not re.search(r"\bnan\b|None", unsaid)


@pytest.mark.django_db
def test_before_any_run_the_next_step_is_shown(aoi: Client):
    assert "banso load FOLDER" in text_of(aoi, PAGE)
    assert aoi.get(QUESTION).status_code == 404


@pytest.mark.usefixtures("shown")
def test_the_file_holds_the_rows_of_the_selection(aoi: Client):
    answer = aoi.get("/drivers/export?show=found&sort=-effect")
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    rows = list(csv.DictReader(io.StringIO(answer.getvalue().decode())))

    assert [row["element"] for row in rows] == [
        "days_active_28", "adoption", "days_since_last_event", "size",
    ]  # fmt: skip
    assert rows[0]["label"] == "Days with use (28 days)"
    assert rows[0]["effect"] == "0.62"
    assert rows[3]["mean_churned"] == ""
    assert rows[2]["reason_in_words"] == "nearly the same as another element"
    excel = aoi.get("/drivers/export?bom=1").getvalue().decode()
    assert excel.startswith("\ufefflabel,element,")


@pytest.mark.usefixtures("shown")
def test_everybody_who_signed_in_may_look(ben: Client, chika: Client, visitor: Client):
    for client in (ben, chika):
        assert client.get(PAGE).status_code == 200
        assert client.get("/drivers/export").status_code == 200
    for address in (PAGE, QUESTION, "/drivers/export"):
        assert visitor.get(address).status_code == 302


@pytest.mark.usefixtures("shown")
def test_the_pages_speak_japanese(cast: Cast, signed_in: SignIn):
    client = signed_in(cast.aoi, language="ja")
    page, question = text_of(client, PAGE), text_of(client, QUESTION)

    assert "導入の失敗は解約につながるか" in page
    assert "n = 612のうち64社が解約" in page
    assert "7個の要素のうち4個が、解約した顧客と続いた顧客を分けています。" in page
    assert "利用2年目" not in page
    assert "契約期間、タッチモデル、プラン" in question
    assert "ハザード比（調整済み）" in question
    for english in ("Every 12 weeks", "95 % interval", "Finding", "leavers"):
        assert english not in page + question


def test_the_number_of_queries_does_not_grow_with_rows(
    aoi: Client, show: Show, django_assert_max_num_queries
):
    show({**results(), "drivers": drivers() * 20})

    for address in (PAGE, QUESTION):
        with django_assert_max_num_queries(10):
            aoi.get(address)


@pytest.mark.usefixtures("shown")
def test_no_style_or_script_stands_in_the_page(aoi: Client):
    for address in (PAGE, QUESTION):
        body = aoi.get(address).getvalue().decode()
        assert " style=" not in body
        assert "onclick" not in body
        assert not re.search(r"<script(?![^>]*(src=|application/json))", body)


def test_a_rate_that_is_estimated_says_that_not_all_were_followed(
    aoi: Client, show: Show
):
    rows = [dict(row) for row in results()["answers"] or ()]
    rows[0] |= {"events": 40}
    show({**results(), "answers": rows})

    text = text_of(aoi, PAGE)

    assert "40 of n = 612 left so far, not all followed to the end 10.5%" in text
    assert "177 of n = 2,210 left 8.0%" in text
