"""The page of lifetime value: figures, what is missing, models beside what came."""

import csv
import datetime as dt
import html
import io
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest
from django.test import Client
from driver_results import NOW, small_company
from results import put_results
from tests.web.conftest import Cast, SignIn

from banso.runs.project import Project
from banso.runs.reading import close_reader
from banso.runs.results import lake_of
from banso.web.customers import operations as customers

PAGE = "/lifetime/"
Row = dict[str, Any]
Show = Callable[..., None]


def row(figure: str, value: float | None = None, **more: Any) -> Row:
    """Return a figure of all customers, with an interval of a tenth either way."""
    facts: Row = {
        "grouping": "all",
        "segment": "",
        "figure": figure,
        "value": value,
        "low": None if value is None else value * 0.9,
        "high": None if value is None else value * 1.1,
        "n": 50,
        "events": 7,
        "reason": None,
        "currency": None,
    }
    return facts | more


def figures(*, with_costs: bool = True, **more: Any) -> list[Row]:
    lack: Row = {}
    if not with_costs:
        lack = {**dict.fromkeys(("value", "low", "high")), "reason": "no_costs"}
    money = {"currency": "JPY"}
    return [
        row("margin", 0.8) | {"low": 0.8, "high": 0.8} | lack | more,
        row("acquisition_cost", 5_000.0) | {"low": 5e3, "high": 5e3} | lack | more,
        row("revenue_12", 1_200.0, **money) | more,
        row("revenue_24", 8_000.0, **money) | more,
        row("value_24", 6_400.0, **money) | lack | more,
        row("value_to_cost_24", 1.28) | lack | more,
        row("payback_months", 17.0) | {"low": 17.0, "high": 17.0} | lack | more,
        row("renewal_1", 0.9) | more,
        row("years", reason="too_few_events", events=2) | more,
    ]


def renewals(expected: float) -> list[Row]:
    kinds = [
        (1, "renewed", 0.8),
        (1, "fitted", 0.82),
        (0, "later_renewed", 0.8),
        (0, "forecast", expected),
    ]
    return [
        {
            **row("", value),
            "renewal": renewal,
            "kind": kind,
        }
        for renewal, kind, value in kinds
    ]


def curves() -> list[Row]:
    return [
        {
            "grouping": "all",
            "segment": "",
            "month": month,
            "at_risk": 40,
            "value": 100.0 * month,
            "low": 90.0 * month,
            "high": 110.0 * month,
            "currency": "JPY",
        }
        for month in range(1, 31)
    ]


def purchases(**more: Any) -> dict[str, list[Row]]:
    judged = {
        "currency": "GBP",
        "known_until": dt.date(2010, 5, 31),
        "weeks": 26,
        "n": 2703,
        "expected": 175.0,
        "observed": 100.0,
        "expected_value": 9_000.0,
        "observed_value": 8_000.0,
        "correlation": 0.22,
        "correlation_low": 0.19,
        "correlation_high": 0.25,
        "nobody_leaves": True,
        "reason": None,
    }
    units = {"alive": 0.75, "purchases": 4.4, "amount": 424.0, "value": 2_100.0}
    return {
        "buying": [
            row(name, value, currency="GBP", grouping=grouping, segment=segment)
            for grouping, segment in (("all", ""), ("country", "UK"))
            for name, value in units.items()
        ],
        "buying_judged": [judged | more],
        "buying_weeks": [
            {
                "currency": "GBP",
                "week": dt.date(2010, 5, 24) + dt.timedelta(weeks=week),
                "is_later": week > 0,
                "expected": 8.0,
                "observed": 5.0,
            }
            for week in range(3)
        ],
        "buying_tenths": [
            {
                "currency": "GBP",
                "tenth": tenth,
                "customers": 270,
                "expected": tenth / 2,
                "observed": tenth / 4,
            }
            for tenth in (1, 2)
        ],
    }


STARTING = [{"currency": "JPY", "mrr": 1.0}, {"currency": "USD", "mrr": 1.0}]
NOTHING = ("lifetime", "lifetime_curves", "renewal_years", "starting_point", "buying")
JUDGED = ("buying_judged", "buying_weeks", "buying_tenths")


def contracts(
    *, with_costs: bool = True, expected: float = 0.85
) -> dict[str, list[Row]]:
    plan = {"grouping": "plan", "segment": "基本"}
    abroad = {"grouping": "plan", "segment": "Abroad", "currency": "USD"}
    return {
        "starting_point": STARTING,
        "lifetime": [
            *figures(with_costs=with_costs),
            *figures(with_costs=with_costs, **plan),
            *figures(with_costs=with_costs, **abroad),
        ],
        "lifetime_curves": curves(),
        "renewal_years": renewals(expected),
    }


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Project:
    return small_company(tmp_path_factory.mktemp("lifetime") / "project")


@pytest.fixture
def show(company: Project, settings: Any, db: None) -> Iterator[Show]:
    """Return a function that lets the page show a release with these tables alone."""
    release = lake_of(company).current().release
    assert release is not None

    def shown(found: Mapping[str, Any]) -> None:
        put_results(company, {**dict.fromkeys((*NOTHING, *JUDGED)), **found})
        settings.BANSO_PROJECT_FOLDER = company.folder
        assert customers.publish_newest(company, at=NOW) is not None

    yield shown
    close_reader()
    with lake_of(company).writing(at=NOW) as draft:
        draft.put_release(release)
        draft.commit()


def text_of(client: Client, address: str = PAGE) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    body = re.sub(r"(?s)<script.*?</script>", " ", answer.content.decode())
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", body)))


def test_figures_of_contracts_have_intervals(aoi: Client, show: Show) -> None:
    show(contracts())

    text = text_of(aoi)

    assert (
        "A new customer brings ¥8,000 within 24 months (95 % interval ¥7,200–¥8,800),"
        " those who leave included." in text
    )
    assert "¥5,000" in text
    assert "17 months" in text
    assert "1.28 1.15–1.41" in text
    assert "not enough data (n = 2, needs 5)" in text
    assert "no table costs" not in text.lower()


def test_without_costs_only_revenue_is_shown_and_why(aoi: Client, show: Show) -> None:
    show(contracts(with_costs=False))

    text = text_of(aoi)

    assert "There is no table costs: margin, CAC, payback and LTV/CAC are not" in text
    assert "Margin after serving" not in text
    assert "¥8,000" in text
    assert text.count("no table costs") == 5  # four cells of the table, and why


def test_segments_in_the_currency_of_the_page(aoi: Client, show: Show) -> None:
    show(contracts())

    yen = text_of(aoi, f"{PAGE}?group=plan")
    dollars = text_of(aoi, f"{PAGE}?group=plan&currency=USD")

    assert "基本 50 ¥8,000 ¥7,200–¥8,800" in yen
    assert "Abroad" not in yen
    assert "Abroad 50 US$8,000.00" in dollars


@pytest.mark.parametrize(("expected", "warnings"), [(0.85, 0), (0.95, 1)])
def test_renewals_stand_beside_the_forecast_of_then(
    aoi: Client, show: Show, expected: float, warnings: int
) -> None:
    show(contracts(expected=expected))

    text = text_of(aoi)

    assert (
        "Of the 50 anniversaries of the last twelve months 80% renewed (95 % interval"
        f" 72%–88%); the model that knew only what came before expected {expected:.0%}"
        in text
    )
    assert text.count("lies outside the interval of what came") == warnings


def test_an_interval_within_a_percentage_point_is_still_told(
    aoi: Client, show: Show
) -> None:
    nobody = {"value": 0.0, "low": 0.0, "high": 0.0005}
    rows = [each | nobody for each in renewals(expected=0.85)]
    show({**contracts(), "renewal_years": rows})

    assert "0% renewed (95 % interval 0.00%–0.05%)" in text_of(aoi)


def test_purchases_are_judged_out_of_time(aoi: Client, show: Show) -> None:
    show(purchases())

    text = text_of(aoi, f"{PAGE}?group=country")

    assert (
        "From what was known on 31 May 2010, 175 purchases of 2,703 customers were"
        " expected in the 26 weeks after; 100 came: 75% too many were expected." in text
    )
    assert "In money: £9,000.00 were expected, £8,000.00 came" in text
    assert "4.4 3.96–4.84 £424.00" in text
    assert "1 270 0.50 0.25" in text
    assert "(rank correlation 0.22), so purchases × amount is doubtful" in text
    assert "likeliest when nobody ever stops buying" in text
    assert "Customers under contract" not in text


def test_what_cannot_be_judged_says_why(aoi: Client, show: Show) -> None:
    lack = {"expected": None, "observed": None, "expected_value": None}
    show(purchases(reason="too_short", observed_value=None, **lack))

    text = text_of(aoi)

    assert "It cannot be judged yet history too short" in text
    assert "In money" not in text


def test_an_older_release_asks_for_a_run(aoi: Client, show: Show) -> None:
    show({})

    # the company has contracts, so a run would work them out
    assert "These results are older than this page" in text_of(aoi)


@pytest.mark.parametrize("query", ["months=x", "group=x", "currency=x", "months=999"])
def test_nonsense_in_the_address_is_no_error(
    aoi: Client, show: Show, query: str
) -> None:
    show(contracts() | purchases())

    assert "¥8,000" in text_of(aoi, f"{PAGE}?{query}")


def test_the_page_is_japanese(cast: Cast, signed_in: SignIn, show: Show) -> None:
    show(contracts() | purchases())
    reader = signed_in(cast.aoi, language="ja")

    yen, pounds = text_of(reader), text_of(reader, f"{PAGE}?currency=GBP")

    assert "新規顧客1社の売上は、途中で解約する顧客も含めて24か月間で¥8,000です" in yen
    assert "それ以前のデータだけを使ったモデルの予測は85%" in yen
    assert "実績は100件でした。予想は実績より75%多すぎました。" in pounds


def test_the_file_holds_every_figure_and_reason(
    aoi: Client, ben: Client, show: Show
) -> None:
    show(contracts() | purchases())

    answer = aoi.get("/lifetime/export?group=plan&months=12&bom=1")
    text = answer.getvalue().decode()
    rows = [*csv.DictReader(io.StringIO(text.lstrip("\ufeff")))]

    assert text.startswith("\ufeff")
    assert {(each["of"], each["grouping"]) for each in rows} == {
        ("contracts", "all"),
        ("contracts", "plan"),
        ("purchases", "all"),
    }
    (whole,) = [
        each
        for each in rows
        if (each["grouping"], each["figure"]) == ("all", "revenue_24")
    ]
    assert [float(whole[name]) for name in ("value", "low", "high")] == [
        8_000,
        7_200,
        8_800,
    ]
    assert (whole["currency"], whole["n"]) == ("JPY", "50")
    years = next(each for each in rows if each["figure"] == "years")
    assert (years["value"], years["reason"]) == ("", "too_few_events")
    assert ben.get("/lifetime/export").status_code == 403
    assert "CSV for Excel" in text_of(aoi)
    assert "CSV for Excel" not in text_of(ben)


def test_before_any_run_the_page_says_what_to_do(aoi: Client) -> None:
    assert "banso load FOLDER" in text_of(aoi)
    assert aoi.get("/lifetime/export").status_code == 404


def test_a_visitor_is_asked_to_sign_in(visitor: Client, db: None) -> None:
    assert visitor.get(PAGE).status_code == 302
