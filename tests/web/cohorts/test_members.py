"""The customers behind a number of a cohort, of a company that was really run."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from driver_results import NOW, small_company
from tests.web.cohorts.test_page import text_of
from tests.web.conftest import Cast, PublishForModule, SignIn

from banso.runs.project import Project
from banso.runs.reading import close_reader

CELL = "/cohorts/customers?by=quarter&age=6&start=2026-04-01"


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """Four customers since April 2026; C1 left in October."""
    return small_company(tmp_path_factory.mktemp("members") / "project")


@pytest.fixture(scope="module")
def published(company: Project, publish_for_module: PublishForModule) -> Project:
    publish_for_module(company, at=NOW)
    return company


@pytest.fixture
def shown(published: Project, settings: Any, db: None) -> Iterator[None]:
    settings.BANSO_PROJECT_FOLDER = published.folder
    yield
    close_reader()


@pytest.mark.usefixtures("shown")
def test_who_left_and_who_is_there_are_told_with_their_money(aoi: Client) -> None:
    text = text_of(aoi, CELL)

    assert "Still there at this age: 3 of 4 customers." in text
    assert "Customer 1 Apr 2026 Gone ¥50,000 ¥0" in text
    assert "Customer 2 Apr 2026 Still there ¥50,000 ¥50,000" in text
    assert text.index("Customer 1 Apr") < text.index("Customer 2 Apr")
    assert "Only customers that you see" not in text


@pytest.mark.usefixtures("shown")
def test_an_earlier_age_and_each_state(aoi: Client) -> None:
    before = text_of(aoi, CELL.replace("age=6", "age=5"))
    gone = text_of(aoi, f"{CELL}&state=left")

    assert "Still there at this age: 4 of 4 customers." in before
    assert "Customer 1" in gone
    assert "Customer 2" not in gone


@pytest.mark.usefixtures("shown")
def test_a_cell_of_the_page_leads_there(aoi: Client) -> None:
    page = aoi.get("/cohorts/").content.decode()

    links = re.findall(r'<a href="(/cohorts/customers[^"]+)"', page)
    assert CELL.replace("&", "&amp;") in links
    assert '"href":"/cohorts/customers?' in page  # in the drawing too
    for link in links:
        assert "of 4 customers" in text_of(aoi, link.replace("&amp;", "&"))


@pytest.mark.usefixtures("shown")
def test_a_grouping_that_is_not_there_is_left_out(aoi: Client) -> None:
    text = text_of(aoi, f"{CELL}&group=touch&segment=:high")

    # everybody has the same touch model, which groups nothing
    assert "Still there at this age: 3 of 4 customers." in text


@pytest.mark.usefixtures("shown")
def test_all_cohorts_together_leave_out_those_of_survivors_only(aoi: Client) -> None:
    """Leavings were written down from October on: of April only who stayed is known."""
    text = text_of(aoi, "/cohorts/customers?age=1")

    assert "All cohorts · age 1 months Still there at this age: 0 of 0" in text


@pytest.mark.usefixtures("shown")
def test_customers_out_of_scope_are_neither_listed_nor_counted(chika: Client) -> None:
    text = text_of(chika, CELL)

    assert "Still there at this age: 0 of 0 customers." in text
    assert "Only customers that you see are counted." in text
    assert "Customer 1" not in text


@pytest.mark.usefixtures("shown")
@pytest.mark.parametrize("query", ["", "age=x", "age=1&start=2026-13-01", "age=-1"])
def test_an_address_without_a_cell_is_not_found(aoi: Client, query: str) -> None:
    assert aoi.get(f"/cohorts/customers?{query}").status_code == 404


@pytest.mark.usefixtures("shown")
def test_the_list_is_japanese(cast: Cast, signed_in: SignIn) -> None:
    text = text_of(signed_in(cast.aoi, language="ja"), CELL)

    assert "この時点で残っている顧客: 4社中3社。" in text
    assert "2026年Q2 · 経過6か月" in text


def test_before_any_run_and_signed_out(aoi: Client, visitor: Client) -> None:
    assert aoi.get(CELL).status_code == 404
    assert visitor.get(CELL).status_code == 302
