"""Revenue in a run: its result tables, what a day costs, what a correction moves."""

import datetime as dt
from decimal import Decimal
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest
from lakes import new_project, put

from banso.definitions.catalog import Catalog
from banso.definitions.model import Text
from banso.definitions.revenue import Rate, RevenueRules, Variant
from banso.runs.derived import Kitchen
from banso.runs.project import Project
from banso.runs.results import VIEWS, lake_of
from banso.runs.revenue import RevenueRun
from banso.runs.revenue_views import movements_view
from banso.warehouse.session import Session

NAME = Text(ja="別の読み方", en="Another reading")
RULES = RevenueRules(
    variants=(
        Variant(key="at_notice", label=NAME, churn_at="notice"),
        Variant(key="period", label=NAME, currency_rate="period"),
    ),
    groupings=("product", "touch", "region", "cohort"),
)


def line(customer: str, start: str, end: str | None, mrr: int, **more: Any) -> Any:
    return {
        "subscription_id": f"{customer}-{start}",
        "customer_id": customer,
        "started_on": dt.date.fromisoformat(start),
        "ended_on": dt.date.fromisoformat(end) if end else None,
        "mrr": Decimal(mrr),
        **more,
    }


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    made = new_project(tmp_path_factory.mktemp("revenue") / "company")
    lines = [
        line("a", "2024-01-01", None, 100, product="x", term_months=12),
        line("b", "2024-02-01", "2024-05-01", 50, product="y", term_months=3),
        line("c", "2024-03-01", None, 7, product="x", currency="USD"),
    ]
    customers = [{"customer_id": key, "name": key, "touch": "low"} for key in "abc"]
    put(made, {"customers": customers, "subscriptions": lines})
    return made


def computed(
    project: Project, as_of: str, rules: RevenueRules = RULES
) -> tuple[dict[str, list[dict[str, Any]]], Kitchen, dict[str, Any]]:
    catalog = Catalog(metrics=(), health=(), revenue=rules)
    lake = lake_of(project)
    with Session(lake, lake.current(), views=VIEWS) as session:
        kitchen = Kitchen(session)
        day = dt.date.fromisoformat(as_of)
        parts, note = RevenueRun(kitchen, catalog, project.currency, day).parts()
        tables = {name: kitchen.table(part) for name, part in parts.items()}
        if tables:
            by = ("period", "customer_id", "kind", "currency")  # a view has no order
            view = movements_view(tables["movement_lines"])
            tables["movements"] = view.order_by(by)
        rows = {
            name: session.to_arrow(table).to_pylist() for name, table in tables.items()
        }
    return rows, kitchen, note


def moved(rows: dict[str, list[dict[str, Any]]]) -> set[tuple[Any, ...]]:
    return {
        (f"{row['period']:%Y-%m}", row["customer_id"], row["kind"], row["amount"])
        for row in rows["movements"]
    }


def test_result_tables_tell_the_same(project: Project) -> None:
    rows, _kitchen, note = computed(project, "2024-06-15")

    assert moved(rows) == {
        ("2024-01", "a", "new", 100),
        ("2024-02", "b", "new", 50),
        ("2024-05", "b", "churn", -50),
        ("2024-03", "c", "new", 7),
    }
    # a column that customers do not have splits nothing
    assert note["groupings"] == ["", "product", "touch", "cohort"]
    for grouping in note["groupings"]:
        parts = [
            row["mrr_end"]
            for row in rows["revenue_periods"]
            if (row["grouping"], row["grain"]) == (grouping, "month")
            and f"{row['period']:%Y-%m}" == "2024-04"
            and row["currency"] == "JPY"
        ]
        assert sum(parts) == 150, grouping
    (renewal,) = rows["renewals_due"]
    assert (renewal["customer_id"], renewal["renewed"]) == ("b", False)
    kept = {
        (row["period"].month, row["window_months"], row["variant"]): row
        for row in rows["retention_figures"]
        if row["grouping"] == "" and row["currency"] == "JPY"
    }
    assert kept[5, 1, "standard"]["grr"] == pytest.approx(100 / 150)
    assert kept[5, 1, "standard"]["logo_low"] == pytest.approx(0.0945, abs=1e-4)
    # a currency without a rate is named and kept apart
    assert note["unpriced"] == [
        {"currency": "USD", "lines": 1, "first_day": "2024-03-01"}
    ]
    assert note["readings"] == ["standard", "at_notice"]  # no rate, no period rate
    last = {
        row["currency"]: row["mrr_end"]
        for row in rows["revenue_periods"]
        if (row["grouping"], row["grain"]) == ("", "year")
    }
    assert last == {"JPY": 100, "USD": 7}


def test_a_rate_brings_it_into_the_company_currency(project: Project) -> None:
    rate = Rate(currency="USD", since=dt.date(2024, 1, 1), rate=Decimal("150.5"))
    rules = RULES.model_copy(update={"rates": (rate,)})

    rows, _kitchen, note = computed(project, "2024-06-15", rules)

    assert note["unpriced"] == []
    assert ("2024-03", "c", "new", Decimal("1053.5")) in moved(rows)


def test_a_day_on_which_nothing_happened_finds_everything_made(
    project: Project,
) -> None:
    first, _kitchen, _note = computed(project, "2024-06-15")

    second, kitchen, _note = computed(project, "2024-06-16")

    assert second == first
    assert kitchen.made <= 2  # due renewals look at the day itself


def test_a_corrected_row_changes_a_closed_month_and_no_other_row_does(
    project: Project, tmp_path: Path
) -> None:
    before, _kitchen, _note = computed(project, "2024-06-15")
    copy = Project.open(copytree(project.folder, tmp_path / "copy"))
    put(copy, {"subscriptions": [line("b", "2024-02-01", "2024-05-01", 60)]})

    after, _kitchen, _note = computed(copy, "2024-06-15")

    assert moved(after) - moved(before) == {
        ("2024-02", "b", "new", 60),
        ("2024-05", "b", "churn", -60),
    }


def test_without_contracts_there_is_no_revenue(tmp_path: Path) -> None:
    made = new_project(tmp_path / "company")
    put(made, {"customers": [{"customer_id": "a", "name": "a"}]})

    rows, _kitchen, note = computed(made, "2024-06-15")

    assert rows == {}
    assert note == {"reason": "no_contracts"}


def test_the_rows_of_a_variant_lead_to_its_figures(
    project: Project, tmp_path: Path
) -> None:
    made = Project.open(copytree(project.folder, tmp_path / "noticed"))
    notice = dt.date(2025, 2, 10)
    noticed = line("d", "2024-01-01", None, 30, cancelled_on=notice)
    put(made, {"customers": [{"customer_id": "d"}], "subscriptions": [noticed]})

    rows, _kitchen, _note = computed(made, "2025-03-01")

    found = [row for row in rows["variant_rows"] if row["variant"] == "at_notice"]
    assert [row["customer_id"] for row in found] == ["d"]
    (row,) = found
    assert (row["standard_mrr_kept"], row["variant_mrr_kept"]) == (30, 0)
    figures = {
        each["variant"]: each
        for each in rows["retention_figures"]
        if each["grouping"] == ""
        and each["window_months"] == 12
        and each["period"] == dt.date(2025, 3, 1)
        and each["currency"] == "JPY"
    }
    for name in ("mrr_start", "mrr_kept", "mrr_gross", "customers_kept"):
        moved = row[f"variant_{name}"] - row[f"standard_{name}"]
        assert figures["at_notice"][name] == figures["standard"][name] + moved
