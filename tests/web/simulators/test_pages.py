"""The simulators: sliders in the address, own figures, scenarios, who may do what."""

import datetime as dt
import html
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from driver_results import NOW, small_company
from results import put_results
from tests.web.api.conftest import Program, program
from tests.web.conftest import Cast, PublishForModule, SignIn

from banso.runs.project import Project
from banso.runs.reading import close_reader
from banso.web.audit.models import AuditEntry
from banso.web.simulators.models import Scenario

__all__ = ["program"]
FISH = "/simulators/fish/"
GROWTH = "/simulators/growth/"
# the fish that docs/definitions/fish-model.md works out by hand
BY_HAND = (
    "won=10&base=0&churn=0&shift_months=0&migration_months=0&monthly_price=50"
    "&setup_fee=0&licence_price=1200&maintenance=0&fixed_cost=8000&serving_cost=10"
    "&extra_cost=1000"
)

OWN = {
    "month": dt.date(2026, 10, 1),
    "currency": "JPY",
    "customers": 50,
    "mrr": 5_000_000.0,
    "won": 24,
    "won_mrr": 1_500_000.0,
    "churn": 0.2,
    "customer_churn": 0.19,
    "expansion": 0.04,
    "serving_cost": 1_200_000.0,
}
ABROAD = OWN | {"currency": "USD", "mrr": 4_000.0, "churn": None, "serving_cost": None}


def text_of(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    body = re.sub(r"(?s)<script.*?</script>", " ", answer.content.decode())
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", body)))


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Project:
    project = small_company(tmp_path_factory.mktemp("simulators") / "project")
    put_results(
        project, {"starting_point": [OWN | {"place": 0}, ABROAD | {"place": 1}]}
    )
    return project


@pytest.fixture(scope="module")
def published(company: Project, publish_for_module: PublishForModule) -> Project:
    publish_for_module(company, at=NOW)
    return company


@pytest.fixture
def own(published: Project, settings: Any, db: None) -> Iterator[None]:
    """Let a release say where the company stands."""
    settings.BANSO_PROJECT_FOLDER = published.folder
    yield
    close_reader()


def test_without_data_the_figures_are_said_to_be_an_example(aoi: Client) -> None:
    text = text_of(aoi, FISH)

    assert "These are the figures of an example, not yours" in text
    assert "own data" not in text


@pytest.mark.usefixtures("own")
def test_sliders_begin_with_own_figures_and_say_so(aoi: Client) -> None:
    text = text_of(aoi, GROWTH)

    assert "the twelve months up to Oct 2026, in JPY" in text
    assert "MRR today own data ¥5M" in text
    assert "Churn of MRR a year own data 20.0%" in text
    assert "New MRR a year, share of today's own data 30.0%" in text
    assert "New MRR grows a year by 0.0%" in text
    # 1,200,000 a year for 50 customers
    serving = "Cost of serving a subscriber a month own data ¥2,000"
    assert serving in text_of(aoi, FISH)


@pytest.mark.usefixtures("own")
def test_another_currency_has_its_own_start(aoi: Client) -> None:
    text = text_of(aoi, f"{GROWTH}?currency=USD")

    assert "in USD" in text
    assert "MRR today own data US$4,000.00" in text
    assert "less than a year of history" in text
    assert "Churn of MRR a year own data" not in text


def test_the_address_holds_the_fish_worked_out_by_hand(aoi: Client) -> None:
    text = text_of(aoi, f"{FISH}?{BY_HAND}")

    assert "Depth ¥8,600 a month, in month 1" in text
    assert "Length 22 months break-even in month 23" in text
    assert "To be financed ¥96.8K" in text
    assert "Cost is above revenue for 22 months from month 1." in text


def test_programs_have_the_fish_worked_out_by_hand(
    cast: Cast, program: Program
) -> None:
    found = program(cast.aoi).get("/api/v1/simulations/fish", {"query": BY_HAND}).json()

    assert (found["depth"], found["deepest"], found["ends"]) == (8_600, 1, 23)
    assert found["size"] == pytest.approx(96_800, abs=50)
    assert found["assumptions"]["licence_price"] == 1_200
    assert len(found["months"]) == 60
    assert not found["is_own"]
    assert all(each["size"] < found["size"] for each in found["smaller"])


@pytest.mark.usefixtures("own")
def test_programs_grow_as_the_page_does(
    aoi: Client, cast: Cast, program: Program
) -> None:
    query = "churn=0.1&acquisition=0.3"
    page = aoi.get(f"{GROWTH}?{query}").context["page"]
    found = program(cast.aoi).get("/api/v1/simulations/growth", {"query": query})
    abroad = program(cast.aoi).get("/api/v1/simulations/growth", {"currency": "USD"})

    told = found.json()
    assert told["kept"] == pytest.approx(page.found.kept)
    assert told["gained"] == pytest.approx(page.found.gained)
    assert told["present"]["mrr"][0] == 5_000_000
    assert told["keeping"]["mrr"][-1] - told["present"]["mrr"][-1] == pytest.approx(
        told["kept"]
    )
    assert (told["currency"], told["month"]) == ("JPY", "2026-10-01")
    assert abroad.json()["present"]["mrr"][0] == 4_000


def test_the_link_of_a_page_reproduces_it(aoi: Client) -> None:
    first = aoi.get(f"{FISH}?{BY_HAND}")
    query = first.context["query"]

    again = aoi.get(f"{FISH}?{query}")

    assert again.context["page"].found == first.context["page"].found
    assert again.context["query"] == query


@pytest.mark.parametrize("value", ["", "many", "nan", "inf", "-5", "1e300"])
def test_nonsense_in_the_address_is_no_error(aoi: Client, value: str) -> None:
    for page in (FISH, GROWTH):
        answer = aoi.get(f"{page}?won={value}&churn={value}&mrr={value}&base={value}")
        assert answer.status_code == 200


def test_a_chart_has_its_table_and_its_sentence(aoi: Client) -> None:
    text = text_of(aoi, GROWTH)

    assert "The same as a table" in text
    assert "As it is, MRR goes from ¥10M to" in text


def test_levers_say_what_each_saves(aoi: Client) -> None:
    text = text_of(aoi, f"{FISH}?{BY_HAND}")

    # revenue 550 t against 9,000 + 100 t: 8,550 in month 1, the last gap in month 19
    saved = 96_800 - sum(9_000 - 450 * month for month in range(1, 20))
    assert saved == 11_300
    assert "Charge a tenth more a month ¥85.5K ¥11.3K 19" in text


def test_a_scenario_is_kept_opened_and_deleted_with_an_audit(
    aoi: Client, cast: Cast
) -> None:
    aoi.post("/simulators/fish/scenarios", {"name": "急ぐ場合", "query": BY_HAND})

    scenario = Scenario.objects.get()
    assert (scenario.kind, scenario.query, scenario.by) == ("fish", BY_HAND, cast.aoi)
    body = aoi.get(FISH).content.decode()
    assert f'href="?{html.escape(BY_HAND)}">急ぐ場合</a>' in body
    assert "急ぐ場合" not in aoi.get(GROWTH).content.decode()
    aoi.post(f"/simulators/scenarios/{scenario.pk}/deletion")
    assert not Scenario.objects.exists()
    actions = [*AuditEntry.objects.values_list("action", flat=True)]
    assert {"scenario_saved", "scenario_deleted"} <= set(actions)


def test_a_name_is_taken_once_and_needed(aoi: Client) -> None:
    aoi.post("/simulators/fish/scenarios", {"name": "A", "query": ""})

    again = aoi.post("/simulators/fish/scenarios", {"name": "A", "query": ""})
    nameless = aoi.post("/simulators/fish/scenarios", {"name": "", "query": ""})

    assert again.status_code == 409
    assert "There is a scenario named A already." in again.content.decode()
    assert nameless.status_code == 302
    assert Scenario.objects.count() == 1


def test_only_writers_save_and_others_keep_theirs(
    aoi: Client, ben: Client, chika: Client
) -> None:
    aoi.post("/simulators/growth/scenarios", {"name": "A", "query": ""})
    scenario = Scenario.objects.get()

    assert ben.get(GROWTH).status_code == 200
    assert "Name of the scenario" not in ben.get(GROWTH).content.decode()
    refused = ben.post("/simulators/growth/scenarios", {"name": "B", "query": ""})
    assert refused.status_code == 403
    theirs = chika.post(f"/simulators/scenarios/{scenario.pk}/deletion")
    assert theirs.status_code == 409
    assert aoi.post("/simulators/scenarios/999/deletion").status_code == 404
    assert aoi.post("/simulators/other/scenarios", {"name": "C"}).status_code == 404


def test_a_visitor_is_asked_to_sign_in(visitor: Client, db: None) -> None:
    assert visitor.get(FISH).status_code == 302


def test_the_pages_are_japanese(cast: Cast, signed_in: SignIn) -> None:
    reader = signed_in(cast.aoi, language="ja")

    assert "フィッシュモデル" in text_of(reader, FISH)
    assert "費用が売上を上回る" in text_of(reader, f"{FISH}?{BY_HAND}")
    assert "解約率を1.0ポイント改善" in text_of(reader, GROWTH)
