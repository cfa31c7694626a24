"""What was billed against MRR, as a run writes it and as it is read for some."""

import datetime as dt
from decimal import Decimal
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest
from lakes import new_project, put

from banso.definitions.catalog import Catalog
from banso.definitions.revenue import RevenueRules
from banso.runs.derived import Kitchen
from banso.runs.project import Project
from banso.runs.results import VIEWS, lake_of
from banso.runs.revenue import RevenueRun
from banso.runs.revenue_reconciling import RECONCILIATION, RECONCILIATION_ROWS
from banso.warehouse.session import Session

Rows = dict[str, list[dict[str, Any]]]


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def line(customer: str, start: str, end: str | None, mrr: int, **more: Any) -> Any:
    return {
        "subscription_id": f"S-{customer}",
        "customer_id": customer,
        "started_on": day(start),
        "ended_on": day(end) if end else None,
        "mrr": Decimal(mrr),
        **more,
    }


def bill(
    customer: str,
    charged: str,
    amount: int,
    kind: str | None = "recurring",
    **more: Any,
) -> Any:
    return {
        "charge_id": f"{customer}-{charged}-{kind}",
        "customer_id": customer,
        "subscription_id": f"S-{customer}",
        "charged_on": day(charged),
        "amount": Decimal(amount),
        "kind": kind,
        **more,
    }


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    made = new_project(tmp_path_factory.mktemp("reconciling") / "company")
    lines = [
        line("a", "2024-01-01", None, 100),
        line("b", "2024-02-01", "2024-04-16", 50),
        line("c", "2024-03-01", None, 7, currency="USD"),
    ]
    bills = [
        bill("a", "2024-02-01", 100),
        bill("a", "2024-03-01", 100),
        bill("a", "2024-03-31", 12, "usage"),
        bill("b", "2024-03-01", 50),
        bill("b", "2024-04-01", 50),
        bill("c", "2024-03-01", 84, currency="USD"),
        bill("a", "2024-07-01", 100),  # later than it is looked at
    ]
    customers = [{"customer_id": key, "name": key} for key in "abc"]
    put(made, {"customers": customers, "subscriptions": lines, "charges": bills})
    return made


def computed(project: Project, as_of: str) -> tuple[Rows, Kitchen, dict[str, Any]]:
    catalog = Catalog(metrics=(), health=(), revenue=RevenueRules())
    lake = lake_of(project)
    with Session(lake, lake.current(), views=VIEWS) as session:
        kitchen = Kitchen(session)
        run = RevenueRun(kitchen, catalog, project.currency, day(as_of))
        parts, note = run.parts()
        rows = {
            name: session.to_arrow(kitchen.table(part)).to_pylist()
            for name, part in parts.items()
            if part  # of no variant there is no file
        }
    return rows, kitchen, note


def told(rows: Rows) -> dict[tuple[str, str], dict[str, Decimal]]:
    return {
        (f"{row['period']:%Y-%m}", row["currency"]): {
            name: value
            for name, value in row.items()
            if isinstance(value, Decimal) and value
        }
        for row in rows[RECONCILIATION]
    }


def test_every_month_since_the_first_charge_is_told(project: Project) -> None:
    rows, _kitchen, note = computed(project, "2024-05-10")

    assert note["reconciled_since"] == "2024-02-01"
    assert told(rows) == {
        ("2024-02", "JPY"): {
            "billed_total": 100, "recurring": 100, "mrr": 150, "not_billed": -50,
        },
        ("2024-03", "JPY"): {
            "billed_total": 162, "recurring": 150, "usage": 12, "mrr": 150,
        },
        ("2024-03", "USD"): {
            "billed_total": 84, "recurring": 84, "mrr": 7, "several_months": 77,
        },
        ("2024-04", "JPY"): {
            "billed_total": 50, "recurring": 50, "mrr": 100, "mid_month": 50,
            "not_billed": -100,
        },
        ("2024-04", "USD"): {"mrr": 7, "several_months": -7},
        ("2024-05", "JPY"): {"mrr": 100, "not_billed": -100},
        ("2024-05", "USD"): {"mrr": 7, "several_months": -7},
    }  # fmt: skip


def test_its_mrr_is_that_of_the_periods(project: Project) -> None:
    rows, _kitchen, _note = computed(project, "2024-05-10")

    closing = {
        (f"{row['period']:%Y-%m}", row["currency"]): row["mrr_end"]
        for row in rows["revenue_periods"]
        if (row["grain"], row["grouping"]) == ("month", "")
    }
    for key, figures in told(rows).items():
        assert figures["mrr"] == closing[key]


def test_rows_behind_add_up_to_each_component(project: Project) -> None:
    rows, _kitchen, _note = computed(project, "2024-05-10")

    found = {
        (f"{row['period']:%Y-%m}", row["component"], row["customer_id"]): row["amount"]
        for row in rows[RECONCILIATION_ROWS]
    }
    assert found == {
        ("2024-02", "not_billed", "b"): -50,
        ("2024-03", "several_months", "c"): 77,
        ("2024-04", "several_months", "c"): -7,
        ("2024-05", "several_months", "c"): -7,
        ("2024-04", "mid_month", "b"): 50,
        ("2024-04", "not_billed", "a"): -100,
        ("2024-05", "not_billed", "a"): -100,
    }


def test_a_day_without_a_bill_finds_everything_made(project: Project) -> None:
    first, _kitchen, _note = computed(project, "2024-05-10")

    second, kitchen, _note = computed(project, "2024-05-11")

    assert second == first
    assert kitchen.made <= 2  # due renewals look at the day itself


def test_a_corrected_charge_is_told_by_the_next_run(
    project: Project, tmp_path: Path
) -> None:
    computed(project, "2024-05-10")
    copy = Project.open(copytree(project.folder, tmp_path / "copy"))
    put(copy, {"charges": [bill("a", "2024-03-01", 110)]})

    rows, _kitchen, _note = computed(copy, "2024-05-10")

    march = told(rows)["2024-03", "JPY"]
    assert march["recurring"] == 160
    assert march["other_amount"] == 10


def test_without_charges_nothing_is_written(tmp_path: Path) -> None:
    made = new_project(tmp_path / "company")
    lines = [line("a", "2024-01-01", None, 100)]
    put(made, {"customers": [{"customer_id": "a"}], "subscriptions": lines})

    rows, _kitchen, note = computed(made, "2024-05-10")

    assert not {RECONCILIATION, RECONCILIATION_ROWS} & set(rows)
    assert "reconciled_since" not in note


def test_charges_that_all_lie_ahead_are_none_yet(project: Project) -> None:
    rows, _kitchen, _note = computed(project, "2024-01-20")

    assert RECONCILIATION not in rows
