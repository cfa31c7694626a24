"""The page of cohorts: what is kept, of whom, and what is not known yet."""

import csv
import datetime as dt
import html
import io
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from driver_results import NOW, small_company
from results import put_results
from tests.web.conftest import Cast, PublishForModule, SignIn

from banso.runs.project import Project
from banso.runs.reading import close_reader

PAGE = "/cohorts/"
_LAST = 2026 * 12 + 9  # October, the last month that is over


def cohort(year: int, month: int, kept: list[int], **more: Any) -> list[dict[str, Any]]:
    """Return the rows of a cohort of contracts; each pays 100."""
    reached = _LAST - (year * 12 + month - 1) + 1
    rows = [
        {
            "cohort": dt.date(year, month, 1),
            "age": age,
            "customers": kept[0],
            "retained_customers": kept[min(age, len(kept) - 1)],
            "retained_mrr": float(kept[min(age, len(kept) - 1)] * 100),
            "currency": "JPY",
            "reason": None,
            "is_survivors_only": False,
        }
        | more
        for age in range(reached)
    ]
    not_over = {"retained_customers": None, "retained_mrr": None}
    last = rows[-1] | not_over | {"age": reached, "reason": "month_not_over"}
    return [*rows, last]


def tables() -> dict[str, Any]:
    """Return two quarters two years apart, small cohorts, and the use of a feature."""
    whole = [
        *cohort(2023, 5, [20, 18, 10], is_survivors_only=True),
        *cohort(2025, 4, [12, 12, 12, 9]),
        *cohort(2025, 5, [8, 8, 8, 6]),
        *cohort(2026, 1, [4, 3]),
        *cohort(2026, 10, [30]),
    ]
    plans = [
        *(row | {"grouping": "plan", "segment": "基本"} for row in whole),
        *(
            row | {"grouping": "plan", "segment": ""}
            for row in cohort(2025, 4, [40, 10])
        ),
    ]
    activity = [
        {
            "source": source,
            "name": name,
            "cohort": row["cohort"],
            "age": row["age"],
            "customers": row["customers"],
            "active_customers": row["retained_customers"],
            "amount": None,
            "currency": None,
            "reason": row["reason"],
            "began_before": False,
        }
        for source, name in (("events", ""), ("features", "scan"))
        for row in cohort(2025, 5, [10, 3])
    ]
    return {
        "cohorts": whole,
        "cohort_segments": plans,
        "activity_cohorts": activity,
    }


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Project:
    project = small_company(tmp_path_factory.mktemp("cohorts") / "project")
    put_results(project, tables())
    return project


@pytest.fixture(scope="module")
def published(company: Project, publish_for_module: PublishForModule) -> Project:
    publish_for_module(company, at=NOW)
    return company


@pytest.fixture
def shown(published: Project, settings: Any, db: None) -> Iterator[None]:
    """Let a release hold cohorts."""
    settings.BANSO_PROJECT_FOLDER = published.folder
    yield
    close_reader()


def text_of(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    body = re.sub(r"(?s)<script.*?</script>", " ", answer.content.decode())
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", body)))


@pytest.mark.usefixtures("shown")
def test_one_sentence_tells_a_cohort_beside_an_earlier_one(aoi: Client) -> None:
    text = text_of(aoi, PAGE)

    assert (
        "Of the 20 customers of Q2 2025, 75% are still there after 12 months (95 %"
        " interval 53%–89%). Two years earlier it was 50%." in text
    )


@pytest.mark.usefixtures("shown")
def test_the_table_has_intervals_and_says_what_is_not_known(aoi: Client) -> None:
    text = text_of(aoi, PAGE)

    assert "Q2 2025 20 100% (84%–100%)" in text
    assert "Q1 2026 4 not enough customers" in text
    assert "Q4 2026 (not over) 30 100% (89%–100%) –" in text
    # 18 months after May 2025 are not over, after April 2025 they are
    assert "75% (53%–89%) not all have reached it –" in text
    assert "Who left earlier is not in the data" in text


@pytest.mark.usefixtures("shown")
def test_money_and_curves_are_in_the_address(aoi: Client) -> None:
    text = text_of(aoi, f"{PAGE}?measure=money&form=curves&by=year")

    assert "The 20 customers of 2025 pay 75% of what they paid in their first" in text
    assert "Amounts have no interval" in text
    assert "A curve ends where not all" in text


@pytest.mark.usefixtures("shown")
def test_segments_are_compared_and_each_is_followed(aoi: Client) -> None:
    both = text_of(aoi, f"{PAGE}?group=plan")
    one = text_of(aoi, f"{PAGE}?group=plan&segment=:")

    assert (
        "After 12 months 75% of “基本” are still there, and 25% of “not known”" in both
    )
    assert "of them only those who stayed are known" in both
    assert "2 segments" in both
    assert "Of the 40 customers of Q2 2025, 25% are still there" in one


@pytest.mark.usefixtures("shown")
def test_use_and_features_have_cohorts_without_money(aoi: Client) -> None:
    use = text_of(aoi, f"{PAGE}?of=events&measure=money")
    feature = text_of(aoi, f"{PAGE}?of=features")

    said = "Of the 10 customers who began in Q2 2025, 30% were active in the month 12"
    assert said in use
    assert said in feature
    assert "MRR" not in use.split("How is this computed?")[0]


@pytest.mark.usefixtures("shown")
def test_what_is_not_connected_is_named(aoi: Client) -> None:
    text = text_of(aoi, f"{PAGE}?of=charges")

    assert "There are no cohorts of this kind: connect charges" in text


@pytest.mark.usefixtures("shown")
@pytest.mark.parametrize(
    "query", ["of=x", "group=x&segment=:y", "group=plan&segment=:y", "by=x&measure=x"]
)
def test_nonsense_in_the_address_is_no_error(aoi: Client, query: str) -> None:
    assert "75%" in text_of(aoi, f"{PAGE}?{query}")


@pytest.mark.usefixtures("shown")
def test_the_file_holds_every_age(aoi: Client, ben: Client) -> None:
    answer = aoi.get("/cohorts/export?bom=1&by=month")
    text = answer.getvalue().decode()
    rows = [*csv.DictReader(io.StringIO(text.lstrip("\ufeff")))]
    may = [row for row in rows if row["start"] == "2025-05-01"]

    assert text.startswith("\ufeff")
    assert [row["age_months"] for row in may] == [str(age) for age in range(18)]
    assert {row["reason"] for row in may} == {"too_few_customers"}
    april = next(row for row in rows if row["start"] == "2025-04-01")
    assert Decimal(april["kept"]) == 1
    assert ben.get("/cohorts/export").status_code == 403
    assert "CSV for Excel" not in text_of(ben, PAGE)


@pytest.mark.usefixtures("shown")
def test_the_page_is_japanese(cast: Cast, signed_in: SignIn) -> None:
    text = text_of(signed_in(cast.aoi, language="ja"), PAGE)

    assert (
        "2025年Q2に契約した20社のうち、12か月後も残っているのは75%です（95 %区間"
        " 53%–89%）。2年前のコホートでは50%でした。" in text
    )
    assert "2026年Q4（途中）" in text


def test_before_any_run_the_page_says_what_to_do(aoi: Client) -> None:
    assert "banso load FOLDER" in text_of(aoi, PAGE)
    assert aoi.get("/cohorts/export").status_code == 404


def test_a_visitor_is_asked_to_sign_in(visitor: Client, db: None) -> None:
    assert visitor.get(PAGE).status_code == 302
