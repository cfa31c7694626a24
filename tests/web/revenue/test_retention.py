"""Retention, the contract continuation rate, and variants side by side."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from page_text import plain
from results import put_results
from tests.web.api.conftest import Program, program
from tests.web.conftest import Cast, SignIn
from tests.web.customer.conftest import NOW

from banso.runs.project import Project
from banso.runs.reading import close_reader, reader_of
from banso.runs.results import lake_of
from banso.runs.retention_reading import RetentionReading
from banso.runs.revenue_reading import RevenueReading
from banso.web.customers import operations as customers

__all__ = ["program"]
PAGE = "/revenue/retention/"


def reading(project: Project, *customers: str) -> RetentionReading:
    release = lake_of(project).current().release
    assert release is not None
    reader = reader_of(project, release.release_id)
    return RetentionReading(RevenueReading(reader, customers or None))


def test_two_customers_of_whom_one_left(aoi: Client, project: Project) -> None:
    """C1 and C2 pay 50,000 in July; C2 leaves on 1 October."""
    page = plain(aoi, f"{PAGE}?window=3&month=2026-10-01")

    assert "3 months up to the end of Oct 2026" in page
    assert "NRR 50.0% MRR kept, growth included" in page
    assert "Logo retention 50.0% 1 / 2 customers; 95 % interval 9%–91%" in page


def test_a_single_month_is_a_point_in_time(aoi: Client, project: Project) -> None:
    page = plain(aoi, f"{PAGE}?window=1&month=2026-09-01")

    assert "1 month up to the end of Sept 2026" in page
    assert "Logo retention 100.0% 2 / 2 customers" in page


def test_retention_by_segment(aoi: Client, project: Project) -> None:
    page = plain(aoi, f"{PAGE}?window=3&month=2026-10-01&grouping=touch")

    assert "High touch 100.0% 100.0% 100.0% 1 / 1" in page
    assert "Not given 0.0% 0.0% 0.0% 0 / 1" in page


def test_a_csm_sees_the_retention_of_the_own_customers(
    chika: Client, project: Project
) -> None:
    page = plain(chika, f"{PAGE}?window=3&month=2026-10-01")

    assert "Figures are of the customers that you see." in page
    assert "NRR 100.0% MRR kept" in page
    assert "1 / 1 customers" in page


def test_own_figures_of_everybody_are_those_of_the_company(project: Project) -> None:
    everybody = ("C1", "C2", "C/3 %2F 100%", "C4")

    for window in (1, 3):
        for grouping in ("", "touch", "plan", "cohort"):
            company = reading(project).retained(window, grouping)
            own = reading(project, *everybody).retained(window, grouping)

            assert set(own) == set(company)
            assert company or window == 12
    revenue, own_revenue = (
        reading(project).revenue,
        reading(project, *everybody).revenue,
    )
    for grain in ("month", "quarter", "year"):
        for grouping in ("", "touch", "product", "cohort"):
            assert own_revenue.totals(grain, grouping) == revenue.totals(
                grain, grouping
            )


def variant_tables() -> dict[str, Any]:
    """Return a year of two customers, of which one counts differently once lost."""
    kept = {"customers_start": 1, "customers_kept": 1, "mrr_start": 50_000,
            "mrr_gross": 40_000, "mrr_kept": 40_000}  # fmt: skip
    lost = {**kept, "customers_kept": 0, "mrr_gross": 0, "mrr_kept": 0}
    standard = {"period": dt.date(2026, 11, 1), "grouping": "", "segment": "",
                "currency": "JPY", "customers_start": 2, "customers_kept": 2,
                "mrr_start": 100_000, "mrr_gross": 90_000, "mrr_kept": 95_000,
                "variant": "standard", "window_months": 12}  # fmt: skip
    row = {"variant": "once_lost", "customer_id": "C1", "currency": "JPY"}
    row |= {f"standard_{name}": value for name, value in kept.items()}
    row |= {f"variant_{name}": value for name, value in lost.items()}
    return {"variant_rows": [row], "retention_figures": [standard]}


@pytest.fixture
def with_variants(project: Project) -> Iterator[None]:
    """Show a release in which a variant differs."""
    lake = lake_of(project)
    release = lake.current().release
    assert release is not None
    put_results(project, variant_tables())
    customers.publish_newest(project, at=NOW)
    yield
    close_reader()
    with lake.writing(at=NOW) as draft:
        draft.put_release(release)
        draft.commit()


def test_variants_stand_beside_the_standard(aoi: Client, with_variants: None) -> None:
    page = plain(aoi, PAGE)

    assert "Variants side by side" in page
    assert "Reactivation is growth in the quick ratio. 95.0%" in page
    assert "55.0% −40.0 pt 50.0% −40.0 pt 50.0% −50.0 pt 1 customer " in page
    assert "It changes movements, not retention." in page
    assert "No rates of exchange are given, so it changes nothing." in page


def test_the_rows_of_a_variant_name_who_counts_differently(
    aoi: Client, with_variants: None
) -> None:
    page = plain(aoi, f"{PAGE}once_lost/?currency=JPY")

    assert "1 customer counts differently in the twelve months up to Nov 2026" in page
    assert "青空商事 ¥50,000 ¥50,000 ¥40,000 ¥0 ¥40,000 ¥0 yes no" in page


def test_rows_of_a_variant_are_of_the_own_customers(
    ben: Client, chika: Client, with_variants: None
) -> None:
    assert "青空商事" in plain(chika, f"{PAGE}once_lost/?currency=JPY")
    assert "青空商事" not in plain(ben, f"{PAGE}once_lost/?currency=JPY")


def test_programs_read_who_counts_differently(
    cast: Cast, program: Program, with_variants: None
) -> None:
    at = "/api/v1/revenue/retention/once_lost/customers"
    found = program(cast.aoi).get(at).json()
    of_ben = program(cast.ben).get(at).json()

    (row,) = found["items"]
    assert (row["customer_id"], row["name"]) == ("C1", "青空商事")
    kept = {"mrr_start": 50_000, "mrr_gross": 40_000, "mrr_kept": 40_000}
    for name, figure in kept.items():
        assert float(row["standard"][name]) == figure
    assert (row["standard"]["is_kept"], row["variant"]["is_kept"]) == (True, False)
    assert float(row["variant"]["mrr_kept"]) == 0
    assert (found["month"], found["customers"]) == ("2026-11-01", 1)
    assert found["standard"]["nrr"] == pytest.approx(0.95)
    assert found["figures"]["nrr"] == pytest.approx(0.55)
    assert (of_ben["items"], of_ben["customers"]) == ([], 0)
    nothing = at.replace("once_lost", "nothing")
    assert program(cast.aoi).get(nothing).status_code == 404


@pytest.mark.parametrize(
    "query",
    ["window=x", "month=x", "month=1900-01-01", "grouping=x", "currency=x", "window=7"],
)
def test_what_an_address_cannot_ask_for_is_no_fault(
    aoi: Client, project: Project, query: str
) -> None:
    assert aoi.get(f"{PAGE}?{query}").status_code == 200


def test_in_japanese(cast: Cast, signed_in: SignIn, project: Project) -> None:
    client = signed_in(cast.aoi, language="ja")

    page = plain(client, f"{PAGE}?window=3&month=2026-10-01")

    assert "2026年10月末までの3か月" in page
    assert "ロゴ継続率 50.0% 1 / 2社、95 %区間 9%–91%" in page


def test_no_such_variant_is_not_found(aoi: Client, project: Project) -> None:
    assert aoi.get(f"{PAGE}nothing/").status_code == 404


def test_the_number_of_queries_does_not_grow(
    aoi: Client, project: Project, django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(6):
        aoi.get(f"{PAGE}?grouping=plan")


def test_before_any_run_the_page_says_what_to_do(aoi: Client, settings: Any) -> None:
    settings.BANSO_PROJECT_FOLDER = None

    assert "banso load FOLDER" in aoi.get(PAGE).content.decode()
    assert aoi.get(f"{PAGE}once_lost/").status_code == 404


def test_who_is_not_signed_in_is_sent_to_sign_in(visitor: Client) -> None:
    assert visitor.get(PAGE).status_code == 302
