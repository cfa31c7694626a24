"""The page of the success funnel: the sum, its parts, and the customers behind it."""

import html
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from lakes import NOW
from success_company import END, company, project_with
from tests.web.conftest import PublishForModule

from banso.runs.project import Project
from banso.runs.reading import close_reader
from banso.runs.running import run
from banso.web.customers import operations as customers

pytestmark = pytest.mark.django_db
URL = "/success/"


@pytest.fixture(scope="module")
def computed(tmp_path_factory: pytest.TempPathFactory) -> Project:
    project = project_with(company(), tmp_path_factory.mktemp("success") / "company")
    run(project, as_of=END, at=NOW)
    return project


@pytest.fixture(scope="module")
def published(computed: Project, publish_for_module: PublishForModule) -> Project:
    publish_for_module(computed, at=NOW)
    return computed


@pytest.fixture
def shown(published: Project, settings: Any) -> Iterator[None]:
    settings.BANSO_PROJECT_FOLDER = published.folder
    yield
    close_reader()


def text_of(page: str) -> str:
    """Return what a reader sees of a page, with single blanks."""
    plain = re.sub(r"<script.*?</script>|<style.*?</style>", " ", page, flags=re.DOTALL)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", plain)).split())


def test_customers_times_rates_are_the_successful(aoi: Client, shown: None) -> None:
    page = text_of(aoi.get(URL).content.decode())

    assert "Customers 4" in page
    assert re.search(
        r"Onboarding rate\S* .*75% 3 onboarded; 95 % interval 30%–95%", page
    )
    assert re.search(r"Adoption rate\S* .*33% of the onboarded", page)
    assert re.search(r"Successful customers 1 ", page)
    assert "Q1 2026 4 75%" in page


@pytest.mark.parametrize(("by", "label"), [("month", "Jan 2026"), ("year", "2026")])
def test_cohorts_by_other_periods(
    aoi: Client, shown: None, by: str, label: str
) -> None:
    page = text_of(aoi.get(URL, {"by": by}).content.decode())

    assert f" {label} 4 75%" in page


def test_each_place_leads_to_its_customers(aoi: Client, shown: None) -> None:
    page = aoi.get(URL).content.decode()
    found = re.findall(r'href="(/customers/\?[^"]*success=(\w+)[^"]*)">(\d+)</a>', page)
    counts = {state: int(count) for _url, state, count in found}
    lists = {
        state: text_of(aoi.get(html.unescape(url)).content.decode())
        for url, state, _count in found
    }

    assert counts == {
        "successful": 1,
        "not_onboarded": 1,
        "not_adopting": 1,
        "left": 1,
        "early": 0,
        "unknown": 0,
    }
    assert all("1 customer " in lists[state] for state in counts if counts[state])
    assert "No customer matches" in lists["early"]
    assert "Success: onboarded, not adopting" in lists["not_adopting"]


def test_history_counts_per_csm(aoi: Client, shown: None) -> None:
    page = text_of(aoi.get(URL).content.decode())

    assert (
        "Successful customers went from 0 on 25 Jan 2026 to 1 on 30 Jun 2026." in page
    )
    assert "Successful customers per CSM was 0.5 on 30 Jun 2026." in page


def test_page_in_japanese(cast: Any, shown: None, signed_in: Any) -> None:
    page = text_of(signed_in(cast.aoi, language="ja").get(URL).content.decode())

    for text in (
        "成功ファネル",
        "オンボーディング成功率",
        "2026年6月30日のCSM1人あたりの成功顧客数は0.5です",
        "到達した導入ステップ数",
    ):
        assert text in page


def test_what_the_data_lack_is_named(
    aoi: Client, settings: Any, tmp_path: Path
) -> None:
    tables = company()
    del tables["milestones"]
    project = project_with(tables, tmp_path / "company")
    run(project, as_of=END, at=NOW)
    settings.BANSO_PROJECT_FOLDER = project.folder
    customers.publish_newest(project, at=NOW)

    page = text_of(aoi.get(URL).content.decode())
    close_reader()

    assert "The data do not tell who succeeds" in page
    assert "reads Milestones reached" in page


def test_page_before_any_run(aoi: Client) -> None:
    assert "banso load FOLDER" in aoi.get(URL).content.decode()


def test_signed_out_visitors_are_sent_to_sign_in(client: Client) -> None:
    assert client.get(URL).status_code == 302
