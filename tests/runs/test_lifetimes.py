"""Cohorts, lifetimes and starting points of a run, by hand, and what is not there."""

import datetime as dt
from decimal import Decimal

import pytest
from lakes import NOW, new_project, put

from banso.runs.publishing import apply_definitions
from banso.runs.results import open_session
from banso.runs.running import run

AS_OF = dt.date(2026, 4, 15)
SPENT = "2026-02-01"


def line(customer: str, started: str, ended: str | None = None, mrr: int = 100) -> dict:
    return {
        "subscription_id": f"{customer}-{started}",
        "customer_id": customer,
        "started_on": dt.date.fromisoformat(started),
        "ended_on": dt.date.fromisoformat(ended) if ended else None,
        "mrr": Decimal(mrr),
        "currency": "JPY",
    }


def cost(kind: str, amount: int) -> dict:
    return {
        "month": dt.date.fromisoformat(SPENT),
        "kind": kind,
        "customer_id": "",
        "touch": "",
        "amount": Decimal(amount),
        "currency": "JPY",
    }


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    """Twelve customers since March 2025, two of whom left; eight came a year later."""
    project = new_project(tmp_path_factory.mktemp("lives") / "company")
    ids = [f"c{number:02}" for number in range(20)]
    old = [line(each, "2025-03-10", mrr=100) for each in ids[:10]]
    gone = [line(each, "2025-03-10", "2025-12-10") for each in ids[10:12]]
    new = [line(each, "2026-02-01", mrr=200) for each in ids[12:]]
    put(
        project,
        {
            "customers": [
                {
                    "customer_id": each,
                    "name": each,
                    "touch": "high" if each < "c12" else "low",
                }
                for each in ids
            ],
            "subscriptions": [*old, *gone, *new],
            "events": [
                {
                    "event_id": f"{each}{month}",
                    "customer_id": each,
                    "occurred_at": dt.datetime(2026, month, 5),
                    "name": "export",
                }
                for each in ids[:3]
                for month in (1, 2, 4)
            ],
            "costs": [cost("acquisition", 4_000), cost("serving", 3_000)],
        },
    )
    run(project, as_of=AS_OF, at=NOW)
    with open_session(project) as session:
        release = session.manifest.release
        yield {
            name: session.to_arrow(session.result(name)).to_pylist()
            for name in release.tables
            if name.startswith(("cohort", "lifetime", "activity", "starting"))
        }


def figure(results, name: str, grouping: str = "all", segment: str = "") -> dict:
    (found,) = [
        row
        for row in results["lifetime"]
        if (row["grouping"], row["segment"], row["figure"]) == (grouping, segment, name)
    ]
    return found


def test_cohorts_hold_every_month_that_is_over(results) -> None:
    march = [r for r in results["cohorts"] if r["cohort"] == dt.date(2025, 3, 1)]

    assert [r["age"] for r in march] == [
        *range(14)
    ]  # the last one is the running month
    assert {r["customers"] for r in march} == {12}
    assert [r["retained_customers"] for r in march[8:11]] == [12, 10, 10]
    assert (march[-1]["retained_mrr"], march[-1]["reason"]) == (None, "month_not_over")


def test_segments_add_up_to_the_whole(results) -> None:
    for row in results["cohorts"]:
        same = [
            each
            for each in results["cohort_segments"]
            if each["grouping"] == "touch"
            and (each["cohort"], each["age"]) == (row["cohort"], row["age"])
        ]
        assert sum(each["customers"] for each in same) == row["customers"]
        if row["retained_mrr"] is not None:
            assert sum(each["retained_mrr"] for each in same) == row["retained_mrr"]


def test_the_year_is_the_one_counted_by_hand(results) -> None:
    (row,) = results["starting_point"]

    # the end of March 2026 beside that of March 2025
    assert (row["customers"], row["mrr"]) == (18, 2_600)
    assert (row["customers_before"], row["mrr_before"]) == (12, 1_200)
    assert (row["won"], row["won_mrr"]) == (8, 1_600)
    assert row["churn"] == pytest.approx(2 / 12)
    assert row["expansion"] == pytest.approx(0)
    assert (row["month"], row["currency"]) == (dt.date(2026, 3, 1), "JPY")


def test_costs_make_cac_margin_and_payback(results) -> None:
    assert figure(results, "acquisition_cost")["value"] == pytest.approx(500)
    # April 2025 to March 2026: 12 x 100 for 8 months, 10 x 100 for 4, 8 x 200 for 2
    revenue = 8 * 1_200 + 4 * 1_000 + 2 * 1_600
    margin = figure(results, "margin")["value"]
    assert margin == pytest.approx(1 - 3_000 / revenue)
    first, second = ((12 * 100 + 8 * 200) / 20, 100 * 12 / 20 + 8 * 200 / 20)
    assert figure(results, "revenue_12")["value"] is not None
    curve = [r for r in results["lifetime_curves"] if r["grouping"] == "all"]
    assert [r["value"] for r in curve[:2]] == pytest.approx([first, first + second])
    paid_back = figure(results, "payback_months")["value"]
    assert curve[int(paid_back) - 1]["value"] * margin >= 500
    assert curve[int(paid_back) - 2]["value"] * margin < 500


def test_costs_that_name_no_segment_are_not_shared_out(results) -> None:
    found = figure(results, "value_12", "touch", "high")

    assert (found["value"], found["reason"]) == (None, "no_costs")


def test_what_was_not_seen_so_long_has_a_reason(results) -> None:
    assert figure(results, "revenue_24")["reason"] == "no_follow_up"
    assert figure(results, "renewal_1")["reason"] == "too_few_events"


def test_use_has_cohorts_for_anything_and_for_each_feature(results) -> None:
    rows = results["activity_cohorts"]

    assert {(r["source"], r["name"]) for r in rows} == {
        ("events", ""),
        ("features", "export"),
    }
    january = [r for r in rows if r["name"] == "export"]
    assert [r["active_customers"] for r in january] == [3, 3, 0, None]


def test_without_contracts_there_is_use_alone(tmp_path) -> None:
    project = new_project(tmp_path / "use")
    event = {"event_id": "1", "customer_id": "a", "name": "login"}
    event["occurred_at"] = dt.datetime(2026, 3, 3)
    put(project, {"customers": [{"customer_id": "a", "name": "a"}], "events": [event]})

    release = run(project, as_of=AS_OF, at=NOW)

    assert "activity_cohorts" in release.tables
    assert not {"cohorts", "lifetime", "starting_point"} & set(release.tables)


READING = """
schema_version: 1
revenue:
  standard:
    churn_at: notice
    reactivation: none
    currency_rate: period
    discounts: billed
  rates:
    - {currency: USD, since: 2025-01-01, rate: "100"}
    - {currency: USD, since: 2026-02-01, rate: "150"}
"""


def test_cohorts_and_the_starting_point_read_revenue_as_its_tables_do(tmp_path):
    """Notice, rates by period, billed discounts and no return, all at once."""
    project = new_project(tmp_path / "read")
    (project.definitions_folder / "revenue.yaml").write_text(READING)
    apply_definitions(project, by="test", why="another reading", at=NOW)
    dollars = line("d", "2025-02-01", mrr=2) | {"currency": "USD"}
    noticed = line("n", "2025-02-01", mrr=70)
    noticed["cancelled_on"] = dt.date(2026, 1, 20)
    lines = [
        line("a", "2025-02-01", mrr=100),
        noticed,
        dollars,
        line("r", "2025-02-01", "2025-08-01", mrr=50),
        line("r", "2025-10-01", mrr=60),  # returned
    ]
    discount = {
        "charge_id": "1",
        "customer_id": "a",
        "subscription_id": "a-2025-02-01",
        "charged_on": dt.date(2026, 3, 10),
        "amount": Decimal(-30),
        "currency": "JPY",
        "kind": "discount",
    }
    ids = ["a", "d", "n", "r"]
    put(
        project,
        {
            "customers": [{"customer_id": each, "name": each} for each in ids],
            "subscriptions": lines,
            "charges": [discount],
        },
    )

    run(project, as_of=AS_OF, at=NOW)

    with open_session(project) as session:
        cohorts = session.to_arrow(session.result("cohorts")).to_pylist()
        (start,) = session.to_arrow(session.result("starting_point")).to_pylist()
        kept = session.to_arrow(session.result("retention_figures")).to_pylist()
    march = next(row for row in cohorts if row["age"] == 13)
    # a less the discount, and two dollars at 150; n gave notice, r does not come back
    assert (march["retained_mrr"], march["currency"]) == (70 + 300, "JPY")
    assert (march["customers"], march["retained_customers"]) == (4, 2)
    (year,) = [
        row
        for row in kept
        if (row["grouping"], row["window_months"], row["variant"])
        == ("", 12, "standard")
        and row["period"] == dt.date(2026, 2, 1)
    ]
    february = next(row for row in cohorts if row["age"] == 12)
    assert february["retained_mrr"] == year["mrr_kept"] == 100 + 300
    assert february["retained_customers"] == year["customers_kept"] == 2
    assert (start["customers"], start["mrr"]) == (2, 370)
    assert (start["customers_before"], start["mrr_before"]) == (4, 420)
