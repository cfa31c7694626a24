"""The pricing models: on the customers of the release, in the address, in scope."""

import datetime as dt
import html
import re
from collections.abc import Iterator
from shutil import copytree
from typing import Any

import pytest
from django.test import Client
from driver_results import AS_OF, NOW, small_company
from lakes import put
from tests.web.api.conftest import Program, program
from tests.web.conftest import Cast, PublishForModule, SignIn

from banso.runs.project import Project
from banso.runs.reading import close_reader
from banso.runs.running import run
from banso.web.customers import operations as customers
from banso.web.simulators.models import Scenario

__all__ = ["program"]
PAGE = "/simulators/pricing/"


def text_of(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    body = re.sub(r"(?s)<script.*?</script>", " ", answer.content.decode())
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", body)))


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Project:
    return small_company(tmp_path_factory.mktemp("pricing") / "project")


@pytest.fixture(scope="module")
def published(company: Project, publish_for_module: PublishForModule) -> Project:
    publish_for_module(company, at=NOW)
    return company


@pytest.fixture
def own(published: Project, settings: Any, db: None) -> Iterator[None]:
    settings.BANSO_PROJECT_FOLDER = published.folder
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
def test_programs_have_the_models_and_the_customers_of_the_user(
    cast: Cast, program: Program
) -> None:
    """Without a change of level a flat price brings what comes today."""
    at = "/api/v1/simulations/pricing"
    same = program(cast.aoi).get(at, {"query": "kind=flat"}).json()
    twice = program(cast.aoi).get(at, {"query": "kind=flat&level=2"}).json()
    of_chika = program(cast.chika).get(at, {"query": "kind=flat&level=2"}).json()

    flat, dear = (
        next(each for each in found["models"] if each["model"] == "flat")
        for found in (same, twice)
    )
    assert float(flat["revenue"]) == pytest.approx(float(flat["before"]))
    assert float(dear["revenue"]) == pytest.approx(2 * float(dear["before"]))
    assert dear["at_risk"] == len(twice["rising"]) == twice["customers"] > 0
    assert (twice["chosen"]["kind"], twice["assumptions"]["level"]) == ("flat", 2)
    rise = twice["rising"][0]
    assert rise["would_pay"] > rise["pays"] > 0
    assert (of_chika["customers"], of_chika["rising"]) == (twice["customers"], [])
    lacking = [each for each in same["models"] if each["reason"]]
    assert all(each["revenue"] is None for each in lacking)


@pytest.mark.usefixtures("own")
def test_lists_hold_the_customers_in_scope_only(aoi: Client, chika: Client) -> None:
    """Also when what is kept of the release was read for somebody who sees all."""
    everybody = aoi.get(f"{PAGE}?level=2").context["page"]
    page = chika.get(f"{PAGE}?level=2").context["page"]

    assert len(everybody.rising) == everybody.customers > 0
    assert page.customers == everybody.customers  # sums are of the company
    assert not page.rising


@pytest.fixture(scope="module")
def charged(company: Project, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The company with outcomes that were billed, and with costs."""
    folder = tmp_path_factory.mktemp("charged") / "project"
    project = Project.open(copytree(company.folder, folder))
    billed = [
        {"charge_id": f"O{n}-{month}", "customer_id": f"C{n}", "kind": "outcome",
         "charged_on": dt.date(2026, month, 7), "amount": 10, "currency": "JPY",
         "quantity": quantity}
        for n, quantity in ((2, 3), (3, 1), (4, None))
        for month in (9, 10, 11)
    ]  # fmt: skip
    costs = [
        {"month": dt.date(2026, 10, 1), "kind": "serving", "customer_id": "",
         "touch": "", "amount": 120_000, "currency": "JPY"}
    ]  # fmt: skip
    put(project, {"charges": billed, "costs": costs})
    run(project, as_of=AS_OF, at=NOW)
    return project


@pytest.fixture
def shown(charged: Project, settings: Any, db: None) -> Iterator[None]:
    settings.BANSO_PROJECT_FOLDER = charged.folder
    customers.publish_newest(charged, at=NOW)
    yield
    close_reader()


@pytest.mark.usefixtures("shown")
def test_outcomes_that_were_billed_can_be_charged(aoi: Client) -> None:
    """C2 has 3 a month, C3 1, and C4 one charge without a quantity; each pays 50,000.

    November is not over: of September and October together 5 a month, 150,000 / 5 =
    30,000 an outcome.
    """
    page = aoi.get(f"{PAGE}?kind=outcome").context["page"]

    row = next(row for row in page.rows if row.kind == "outcome")
    assert (row.lack, row.price) == ("", "¥30K an outcome")
    assert row.revenue == "¥150K"
    assert [(each.customer_id, each.would_pay) for each in page.rising] == [
        ("C2", "¥90K")
    ]
    assert [each.customer_id for each in page.falling] == ["C3", "C4"]
    assert page.outcomes == [("billed", "outcomes billed")]


@pytest.mark.usefixtures("shown")
def test_the_variable_cost_begins_at_what_serving_cost(aoi: Client) -> None:
    """120,000 in twelve months is 10,000 a month, whatever the unit of usage."""
    for usage in ("events_28", "days_active_28"):
        page = aoi.get(f"{PAGE}?usage={usage}").context["page"]
        slider = next(e for e in page.settings if e.slider.name == "variable_cost")
        flat = next(row for row in page.rows if row.kind == "flat")

        assert slider.slider.is_own
        assert slider.value > 0
        assert (flat.revenue, flat.margin) == ("¥150K", "¥140K")


def test_without_data_no_model_is_offered(aoi: Client) -> None:
    assert text_of(aoi, PAGE).count("Not offered: nobody pays in this currency.") == 8


def test_a_scenario_is_kept(aoi: Client) -> None:
    aoi.post("/simulators/pricing/scenarios", {"name": "A", "query": "kind=flat"})

    assert Scenario.objects.get().kind == "pricing"
    assert 'href="?kind=flat">A</a>' in aoi.get(PAGE).content.decode()


def test_the_page_is_japanese(cast: Cast, signed_in: SignIn) -> None:
    assert "料金モデル" in text_of(signed_in(cast.aoi, language="ja"), PAGE)
