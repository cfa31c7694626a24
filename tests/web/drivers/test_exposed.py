"""Who is in the first group of a question today, as far as a user may see them."""

import pytest
from django.test import Client
from tests.web.api.conftest import Program, program
from tests.web.conftest import Cast, SignIn
from tests.web.drivers.conftest import Show
from tests.web.drivers.test_page import text_of

__all__ = ["program"]
SMALL = "/drivers/questions/small/"
NOBODY = "/drivers/questions/onboarding_failed/"
QUESTIONS = "/api/v1/questions"
TITLE = "Who is in the first group today"


@pytest.mark.usefixtures("shown_as_run")
def test_they_are_named_with_health_mrr_and_owner(aoi: Client) -> None:
    """Customer 1 has left; the others are small."""
    text = text_of(aoi, SMALL)

    assert TITLE in text
    assert "Satisfies the condition on 22 Nov 2026" in text
    for number in (2, 3, 4):
        assert f"Customer {number}" in text
    assert "Customer 1" not in text
    assert "¥50,000" in text
    assert aoi.get(SMALL).content.decode().count('href="/customers/C') == 3


@pytest.mark.usefixtures("shown_as_run")
def test_nobody_is_named_outside_a_users_scope(chika: Client) -> None:
    text = text_of(chika, SMALL)

    assert "None of your customers is in it today." in text
    assert "Customer 2" not in text


@pytest.mark.usefixtures("shown_as_run")
def test_where_nobody_satisfies_the_condition_it_says_so(aoi: Client) -> None:
    assert "None of your customers is in it today." in text_of(aoi, NOBODY)


@pytest.mark.usefixtures("shown_as_run")
def test_it_speaks_japanese(cast: Cast, signed_in: SignIn) -> None:
    text = text_of(signed_in(cast.aoi, language="ja"), SMALL)

    assert "現在、条件に当てはまる顧客" in text
    assert TITLE not in text


def test_results_that_are_older_than_the_list_have_none(
    aoi: Client, show: Show
) -> None:
    show({"exposed_now": None})

    assert TITLE not in text_of(aoi, SMALL)


@pytest.mark.usefixtures("shown_as_run")
def test_programs_read_how_many_of_their_customers_are_in_it(
    cast: Cast, program: Program
) -> None:
    at = "/api/v1/questions/small"

    assert program(cast.aoi).get(at).json()["exposed_now"] == 3
    assert program(cast.chika).get(at).json()["exposed_now"] == 0


@pytest.mark.usefixtures("shown")
def test_programs_read_what_was_found(cast: Cast, program: Program) -> None:
    aoi = program(cast.aoi)
    listed = {each["question"]: each for each in aoi.get(QUESTIONS).json()["items"]}
    found = aoi.get(f"{QUESTIONS}/onboarding_failed").json()
    in_japanese = program(cast.aoi, language="ja").get(QUESTIONS).json()

    churn = [row for row in found["figures"] if row["outcome"] == "churn"]
    assert [(row["grp"], row["n"], row["value"]) for row in churn] == [
        ("exposed", 612, 0.1046),
        ("others", 2210, 0.0801),
    ]
    assert listed["onboarding_failed"]["figures"] == found["figures"]
    difference = found["tests"][0]
    assert (difference["test"], difference["q_value"]) == ("difference", 0.11)
    assert found["conclusions"][0]["verdict"] == "no_difference_found"
    assert "no clear difference" in found["conclusions"][0]["text"]
    assert {row["grp"] for row in found["curves"]} == {"exposed", "others"}
    said = {each["question"]: each for each in in_japanese["items"]}
    assert "はっきりしません" in said["onboarding_failed"]["conclusions"][0]["text"]
    assert listed["small"]["conclusions"][0]["verdict"] == "not_enough_data"
    assert aoi.get(f"{QUESTIONS}/nothing").status_code == 404
