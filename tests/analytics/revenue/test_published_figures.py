"""Revenue against figures that others published or worked out."""

import csv
import datetime as dt
from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from revenue_tables import Revenue, stored

from banso.analytics.revenue.movements import KINDS
from banso.definitions.revenue import Reading

ROOT = Path(__file__).parents[3]
SHARED = ROOT.parent / "shared" / "data" / "mrr_golden"
JAN, FEB, MAR = (dt.date(2024, month, 1) for month in (1, 2, 3))


# -- worked examples, made of contracts by hand ---------------------------------------


def example(**flows: int) -> Revenue:
    """Return a company that makes these flows in February 2024, from a start MRR.

    Each flow is a customer of its own; one customer pays the rest of the start.
    """
    start, growth = flows.pop("start"), flows.pop("expansion", 0)
    loss, gone = flows.pop("contraction", 0), flows.pop("churn", 0)
    rows = [
        *span("grower", JAN, FEB, 1000),
        *span("grower", FEB, None, 1000 + growth),
        *span("shrinker", JAN, FEB, 1000 + loss),
        *span("shrinker", FEB, None, 1000),
        *span("leaver", JAN, FEB, gone),
        *span("rest", JAN, None, start - 2000 - loss - gone),
        *span("new", FEB, None, flows.pop("new", 0)),
        *span("back", dt.date(2023, 1, 1), dt.date(2023, 6, 1), 1),
        *span("back", FEB, None, flows.pop("reactivation", 0)),
    ]
    return Revenue(stored("subscriptions", rows), until=dt.date(2024, 2, 29))


def span(
    customer: str, start: dt.date, end: dt.date | None, mrr: int
) -> Iterator[Mapping[str, Any]]:
    if mrr > 0:
        yield {
            "customer_id": customer,
            "subscription_id": f"{customer}-{start}",
            "started_on": start,
            "ended_on": end,
            "mrr": Decimal(mrr),
        }


def figures(company: Revenue, **reading: Any) -> tuple[Any, Any]:
    company.reading = Reading(**reading)
    totals = {row["period"]: row for row in company.totals()}
    kept = {row["period"]: row for row in company.retention(1)}
    return totals[FEB], kept[FEB]


def test_quick_ratio_without_reactivation() -> None:
    """https://pitchkit.net/resources/glossary/quick-ratio: 28,000 over 8,000."""
    company = example(
        start=100_000, new=20_000, expansion=8000, contraction=3000, churn=5000
    )

    totals, _kept = figures(company, quick_ratio="without_reactivation")

    assert totals["quick_ratio"] == 3.5


def test_bridge_with_reactivation() -> None:
    """https://mowt.pages.dev/tools/mrr-calculator: 50,000 becomes 58,000."""
    company = example(
        start=50_000,
        new=8000,
        expansion=4000,
        reactivation=1000,
        contraction=2000,
        churn=3000,
    )

    totals, kept = figures(company)

    assert totals["mrr_start"] == 50_000
    assert totals["mrr_end"] == 58_000
    assert {kind: totals[kind] for kind in KINDS} == {
        "new": 8000,
        "expansion": 4000,
        "contraction": -2000,
        "churn": -3000,
        "reactivation": 1000,
    }
    assert totals["quick_ratio"] == 2.6
    assert (kept["grr"], kept["nrr"]) == (0.90, 0.98)


def test_nrr_that_takes_no_contraction_off() -> None:
    """100 % - (churned - expansion) / start, as Baremetrics words it: 1.02, not .98.

    https://changelog.baremetrics.com/new-metric-net-revenue-retention-2BOJIA
    """
    company = example(start=50_000, expansion=4000, contraction=2000, churn=3000)

    _totals, kept = figures(company, contraction="ignored")

    assert kept["nrr"] == 1.02
    assert figures(company)[1]["nrr"] == 0.98


def test_nrr_in_which_every_reactivation_counts() -> None:
    company = example(
        start=50_000, expansion=4000, reactivation=1000, contraction=2000, churn=3000
    )

    _totals, kept = figures(company, reactivation="all")

    assert kept["nrr"] == 1.00  # (50,000 + 4,000 + 1,000 - 2,000 - 3,000) / 50,000


# -- 55 customers over 30 months, worked out by two other programs --------------------


def read(name: str) -> list[dict[str, str]]:
    with (SHARED / name).open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def golden() -> Revenue:
    if not SHARED.is_dir():
        pytest.skip("the data set mrr_golden is not beside this checkout")
    rows = [
        {
            "customer_id": row["customer_id"],
            "subscription_id": row["subscription_id"],
            "started_on": dt.date.fromisoformat(row["start_date"]),
            "ended_on": dt.date.fromisoformat(row["end_date"]),
            "mrr": Decimal(row["monthly_amount"]),
        }
        for row in read("subscription_periods.csv")
    ]
    return Revenue(stored("subscriptions", rows), until=dt.date(2020, 2, 29))


@pytest.mark.shared
def test_every_movement_of_every_customer(golden: Revenue) -> None:
    found = {
        (f"{row['period']:%Y-%m-01}", row["customer_id"], row["kind"]): row["amount"]
        for row in golden.movements()
    }

    assert found == {
        (row["month"], row["customer_id"], row["category"]): Decimal(row["change"])
        for row in read("expected_customer_month.csv")
        if row["category"]
    }


@pytest.mark.shared
def test_every_month_of_the_bridge(golden: Revenue) -> None:
    totals = {f"{row['period']:%Y-%m-01}": row for row in golden.totals()}
    kept = {f"{row['period']:%Y-%m-01}": row for row in golden.retention(1)}

    for row in read("expected_waterfall.csv"):
        month, mine = row["month"], totals[row["month"]]
        for kind in KINDS:
            assert mine[kind] == Decimal(row[kind]), (month, kind)
        assert mine["mrr_start"] == Decimal(row["start"]), month
        assert mine["mrr_end"] == Decimal(row["end"]), month
        assert mine["quick_ratio"] == number(row["quick_ratio"]), month
        before = kept.get(month, {"grr": None, "nrr": None})
        assert before["grr"] == pytest.approx(number(row["grr_month"])), month
        assert before["nrr"] == pytest.approx(number(row["nrr_month"])), month


@pytest.mark.shared
def test_every_month_of_trailing_retention(golden: Revenue) -> None:
    kept = {f"{row['period']:%Y-%m-01}": row for row in golden.retention(12)}
    expected = read("expected_retention12.csv")

    assert set(kept) == {row["month"] for row in expected}
    for row in expected:
        mine = kept[row["month"]]
        assert mine["mrr_start"] == Decimal(row["base"]), row
        assert mine["nrr"] == pytest.approx(float(row["nrr12"]), abs=1e-12), row
        assert mine["grr"] == pytest.approx(float(row["grr12"]), abs=1e-12), row
        logo = pytest.approx(float(row["logo12"]), abs=1e-12)
        assert mine["logo_retention"] == logo, row


def number(text: str) -> float | None:
    return float(text) if text else None
