"""Purchases without a contract in a run: who counts, and what is written."""

import datetime as dt
from decimal import Decimal
from pathlib import Path

import numpy as np
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from lakes import NOW, new_project, put

from banso.runs.project import create_project
from banso.runs.publishing import apply_definitions
from banso.runs.results import open_session
from banso.runs.running import run

SHARED = Path("/work/shared/data/online_retail_year1")
AS_OF = dt.date(2026, 1, 15)
START = dt.date(2025, 1, 1)


def charge(customer: str, day: int, amount: int = 50, kind: str = "one_off") -> dict:
    return {
        "charge_id": f"{customer}-{day}-{kind}",
        "customer_id": customer,
        "charged_on": START + dt.timedelta(days=day),
        "amount": Decimal(amount),
        "currency": "JPY",
        "kind": kind,
    }


def read(project, names) -> dict:
    with open_session(project) as session:
        return {
            name: session.to_arrow(session.result(name)).to_pylist() for name in names
        }


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    """Shoppers, some more often than others, and one under contract."""
    project = new_project(tmp_path_factory.mktemp("shop") / "company")
    ids = [f"c{number:03}" for number in range(121)]
    chance = np.random.default_rng(3)
    bought = []
    for each in ids:
        day, pace, typical = (
            int(chance.integers(0, 60)),
            chance.gamma(2.0, 15.0),
            chance.gamma(8.0, 10.0),
        )
        leaves = chance.beta(0.5, 4.0)
        while day < 380:
            bought.append(charge(each, day, 1 + int(chance.gamma(4.0, typical))))
            day += 1 + int(chance.exponential(pace))
            if chance.random() < leaves:
                break
    put(
        project,
        {
            "customers": [
                {
                    "customer_id": each,
                    "name": each,
                    "country": "JP" if each < "c060" else "US",
                }
                for each in ids
            ],
            "subscriptions": [
                {
                    "subscription_id": "s",
                    "customer_id": "c120",
                    "started_on": START,
                    "mrr": Decimal(10),
                    "currency": "JPY",
                }
            ],
            "charges": [
                *bought,
                charge("c000", 100, -20, "refund"),
                charge("c001", 100, 900, "recurring"),
            ],
        },
    )
    run(project, as_of=AS_OF, at=NOW)
    return read(project, ("buying", "buying_judged", "buying_weeks", "buying_tenths"))


def test_customers_under_contract_are_left_out(results) -> None:
    whole = [row for row in results["buying"] if row["grouping"] == "all"]

    assert {row["n"] for row in whole} == {120}
    assert [row["figure"] for row in whole] == ["alive", "purchases", "amount", "value"]
    assert all(row["low"] <= row["value"] <= row["high"] for row in whole)


def test_segments_hold_all_customers(results) -> None:
    counts = {
        row["segment"]: row["n"]
        for row in results["buying"]
        if (row["grouping"], row["figure"]) == ("country", "value")
    }

    assert counts == {"JP": 60, "US": 60}


def test_the_second_half_judges_a_model_of_the_first(results) -> None:
    (judged,) = results["buying_judged"]
    weeks = results["buying_weeks"]

    # up to the end of December 52 whole weeks are known
    assert (judged["weeks"], len(weeks), judged["reason"]) == (26, 52, None)
    later = [row for row in weeks if row["is_later"]]
    assert later[0]["week"] == judged["known_until"] + dt.timedelta(days=1)
    assert sum(row["observed"] for row in later) == judged["observed"]
    assert sum(row["customers"] for row in results["buying_tenths"]) == judged["n"]


@pytest.mark.shared
@pytest.mark.skipif(not SHARED.is_dir(), reason="needs Online Retail in /work/shared")
def test_online_retail_out_of_time(tmp_path) -> None:
    """The orders from December 2009 to May 2010, beside those of the 26 weeks after."""
    project = create_project(
        tmp_path / "shop",
        name="Shop",
        timezone="Europe/London",
        currency="GBP",
        language="en",
    )
    events = pq.read_table(SHARED / "events.parquet")
    is_order = pc.and_(
        pc.equal(events["name"], "order"), pc.greater(events["value"], 0)
    )
    orders = events.filter(is_order)
    put(
        project,
        {
            "customers": pq.read_table(SHARED / "customers.parquet").to_pylist(),
            "charges": [
                {
                    "charge_id": row["event_id"],
                    "customer_id": row["customer_id"],
                    "charged_on": row["occurred_at"].date(),
                    "amount": Decimal(str(round(row["value"], 2))),
                    "currency": "GBP",
                    "kind": "one_off",
                }
                for row in orders.to_pylist()
            ],
        },
    )
    apply_definitions(project, by="test", why="start", at=NOW)
    run(project, as_of=dt.date(2010, 12, 9), at=NOW)

    (judged,) = read(project, ("buying_judged",))["buying_judged"]
    cohorts = read(project, ("activity_cohorts",))["activity_cohorts"]

    assert (judged["weeks"], judged["n"], judged["reason"]) == (26, 2703, None)
    assert judged["known_until"] == dt.date(2010, 5, 31)
    # in the season before the second Christmas more came than the model can know
    assert judged["observed"] == 6_487
    assert judged["expected"] / judged["observed"] == pytest.approx(0.969, abs=0.01)
    money = judged["expected_value"] / judged["observed_value"]
    assert money == pytest.approx(0.856, abs=0.01)
    december = [row for row in cohorts if row["cohort"] == dt.date(2009, 12, 1)]
    assert december[0]["began_before"]
    assert december[0]["active_customers"] == december[0]["customers"]
