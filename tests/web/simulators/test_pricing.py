"""The pricing models: on the customers of the release, in the address, in scope."""

import html
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from driver_results import NOW, small_company
from tests.web.conftest import Cast, SignIn

from banso.runs.project import Project
from banso.runs.reading import close_reader
from banso.web.customers import operations as customers
from banso.web.simulators.models import Scenario

PAGE = "/simulators/pricing/"


def text_of(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    body = re.sub(r"(?s)<script.*?</script>", " ", answer.content.decode())
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", body)))


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Project:
    return small_company(tmp_path_factory.mktemp("pricing") / "project")


@pytest.fixture
def own(company: Project, settings: Any, db: None) -> Iterator[None]:
    settings.BANSO_PROJECT_FOLDER = company.folder
    customers.publish_newest(company, at=NOW)
    yield
    close_reader()


@pytest.mark.usefixtures("own")
def test_each_model_has_its_figures_or_what_it_lacks(aoi: Client) -> None:
    answer = aoi.get(PAGE)
    page = answer.context["page"]

    assert page.customers > 0
    flat = next(row for row in page.rows if row.kind == "flat")
    licence = next(row for row in page.rows if row.kind == "one_off")
    assert flat.revenue == licence.revenue != ""
    assert all(row.lack or row.price for row in page.rows)
    assert "0 customers would pay at least 20% more" in text_of(aoi, PAGE)
    dear = text_of(aoi, f"{PAGE}?level=2")
    assert f"{page.customers} customers would pay at least 20% more" in dear


@pytest.mark.usefixtures("own")
def test_the_link_of_a_page_reproduces_it_with_its_model(aoi: Client) -> None:
    first = aoi.get(f"{PAGE}?kind=flat&level=1.2&limit=0.1")

    again = aoi.get(f"{PAGE}?{first.context['query']}")

    assert "kind=flat" in first.context["query"]
    assert again.context["page"].rows == first.context["page"].rows
    assert again.context["query"] == first.context["query"]


@pytest.mark.usefixtures("own")
@pytest.mark.parametrize("query", ["kind=x", "usage=x&module=x", "level=nan&limit=-1"])
def test_nonsense_in_the_address_is_no_error(aoi: Client, query: str) -> None:
    assert aoi.get(f"{PAGE}?{query}").status_code == 200


@pytest.mark.usefixtures("own")
def test_lists_hold_the_customers_in_scope_only(chika: Client) -> None:
    page = chika.get(f"{PAGE}?level=2").context["page"]

    assert page.customers > 0
    assert not page.rising


def test_without_data_no_model_is_offered(aoi: Client) -> None:
    assert text_of(aoi, PAGE).count("Not offered: nobody pays in this currency.") == 7


def test_a_scenario_is_kept(aoi: Client) -> None:
    aoi.post("/simulators/pricing/scenarios", {"name": "A", "query": "kind=flat"})

    assert Scenario.objects.get().kind == "pricing"
    assert 'href="?kind=flat">A</a>' in aoi.get(PAGE).content.decode()


def test_the_page_is_japanese(cast: Cast, signed_in: SignIn) -> None:
    assert "料金モデル" in text_of(signed_in(cast.aoi, language="ja"), PAGE)
