"""How well the score told, beside naive rules, by parts and strata."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.web.conftest import Cast, SignIn

from banso.runs.project import Project


def text_of(client: Client, url: str) -> str:
    response = client.get(url)
    assert response.status_code == 200
    page = re.sub(
        r"<script.*?</script>", " ", response.content.decode(), flags=re.DOTALL
    )
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def test_the_score_stands_beside_naive_rules(aoi: Client, project: Project) -> None:
    page = text_of(aoi, "/studio/")

    assert "0.71 0.69–0.73 · n = 336" in page
    assert "Plain logistic regression naive rule 0.75" in page
    assert "Greens that left" in page
    assert "What happened until 31 Oct 2026 counts." in page


def test_a_figure_that_cannot_be_had_says_why(aoi: Client, project: Project) -> None:
    page = text_of(aoi, "/studio/")

    assert "most have no value (n = 336)" in page


def test_leaving_and_growth_are_kept_apart(aoi: Client, project: Project) -> None:
    page = text_of(aoi, "/studio/")

    assert "Tell of leaving, not of growth: Regular use" in page
    assert "Tell of growth, not of leaving: Depth of use" in page


def test_each_part_has_its_own_calibration(aoi: Client, project: Project) -> None:
    score, part = (
        aoi.get(f"/studio/?{query}").content.decode()
        for query in ("", "part=engagement.regularity")
    )

    assert "Left within 90 days, by score" in score
    assert "Left within 90 days, by Regular use" in part
    assert '<option value="engagement.regularity" selected>' in part
    assert "left with “Regular use” below 40 points" in part


def test_stratum_and_horizon_are_in_the_address(aoi: Client, project: Project) -> None:
    page = aoi.get("/studio/?days=180&stratum=tenure:0-1").content.decode()

    assert '<option value="tenure:0-1" selected>Year 1 of use</option>' in page
    assert re.search(r'days=180[^"]*" aria-current="true"', page)
    assert "The score by segment" not in page  # only over all customers


@pytest.mark.parametrize("query", ["days=999", "days=x", "stratum=%00", "part=no"])
def test_what_is_not_there_is_as_if_not_asked(
    aoi: Client, project: Project, query: str
) -> None:
    assert "0.69–0.73" in text_of(aoi, f"/studio/?{query}")


def test_in_japanese(cast: Cast, signed_in: SignIn, project: Project) -> None:
    page = text_of(signed_in(cast.aoi, language="ja"), "/studio/")

    assert "単純な規則との比較" in page
    assert "利用1年目" in page


def test_everybody_may_read_and_nobody_unknown(
    ben: Client, visitor: Client, project: Project
) -> None:
    assert ben.get("/studio/").status_code == 200
    assert visitor.get("/studio/").status_code == 302


def test_queries_do_not_grow(aoi: Client, project: Project) -> None:
    with CaptureQueriesContext(connection) as queries:
        aoi.get("/studio/")

    assert len(queries) <= 8


def test_the_customer_page_says_how_good_the_score_is(
    aoi: Client, project: Project
) -> None:
    page = text_of(aoi, "/customers/C1/")

    assert "told leavers from stayers with an AUC of 0.71 (0.69–0.73), n = 336" in page
