"""A run recommends what is next, and nothing that is known, gone or still to come."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from lakes import NOW, new_project, put

from banso.runs.backtesting import trial_of_recommendations
from banso.runs.project import Project
from banso.runs.results import open_session
from banso.runs.running import run

FIRST = dt.date(2023, 1, 1)
AS_OF = dt.date(2024, 7, 10)
CUSTOMERS = 150
LEFT = 149  # gave up in May 2024
NEVER = range(120, CUSTOMERS)


def shares_from(number: int) -> int:
    """Return the day, from the first one, on which a customer takes up sharing."""
    return 100 + number * 42 // 10


def uses(number: int, name: str, start: int, *, until: int) -> Iterator[dict[str, Any]]:
    for day in range(start, until, 14):
        moment = dt.datetime(2023, 1, 1, 3) + dt.timedelta(days=day)
        yield {
            "event_id": f"{number}-{name}-{day}",
            "customer_id": f"C{number:03}",
            "name": name,
            "occurred_at": moment,
        }


def facts(*, until: dt.date) -> dict[str, list[dict[str, Any]]]:
    """Return customers who all log in; one after the other takes up sharing."""
    days = (until - FIRST).days + 1
    events: list[dict[str, Any]] = []
    for number in range(CUSTOMERS):
        end = min(days, 500) if number == LEFT else days
        events += uses(number, "login", number % 14, until=end)
        if number not in NEVER:
            events += uses(number, "share", shares_from(number), until=end)
    return {
        "customers": [
            {"customer_id": f"C{number:03}", "name": f"C{number}"}
            for number in range(CUSTOMERS)
        ],
        "subscriptions": [
            {
                "subscription_id": f"S{number}",
                "customer_id": f"C{number:03}",
                "started_on": FIRST,
                "ended_on": dt.date(2024, 5, 15) if number == LEFT else None,
                "mrr": 100,
                "currency": "JPY",
                "plan": "basic",
            }
            for number in range(CUSTOMERS)
        ],
        "events": events,
    }


def tables(project: Project) -> dict[str, list[dict[str, Any]]]:
    with open_session(project) as session:
        return {
            name: session.to_arrow(session.result(name)).to_pylist()
            for name in (
                "recommendations",
                "recommendation_items",
                "recommendations_judged",
            )
        }


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder: Path = tmp_path_factory.mktemp("recommending")
    project = new_project(folder / "company")
    # What comes later is in the facts, and must not be seen.
    put(project, facts(until=AS_OF + dt.timedelta(days=120)))
    release = run(project, as_of=AS_OF, at=NOW)
    trial = trial_of_recommendations(project)
    return {**tables(project), "note": release.notes["analyses"], "trial": trial}


def test_only_who_is_there_and_has_not_used_it_is_told(found: dict[str, Any]) -> None:
    days = (AS_OF - FIRST).days
    waiting = [n for n in range(120) if shares_from(n) > days]

    told = {row["customer_id"] for row in found["recommendations"]}

    assert told == {f"C{n:03}" for n in [*waiting, *NEVER] if n != LEFT}
    assert {row["item"] for row in found["recommendations"]} == {"share"}


def test_what_everybody_has_is_no_item(found: dict[str, Any]) -> None:
    (row,) = found["recommendation_items"]

    # Neither the log-in nor the plan: all have them.
    assert (row["kind"], row["item"]) == ("feature", "share")
    learned = (dt.date(2024, 6, 30) - FIRST).days
    assert row["users"] == sum(shares_from(n) <= learned for n in range(120))
    assert row["customers"] == CUSTOMERS - 1
    assert row["stayed_reason"] == "too_few_events"  # one left


def test_the_chance_is_the_share_that_took_it_up_and_kept_it(
    found: dict[str, Any],
) -> None:
    # Moments: 174 days before 30 June 2024, and up to three of 91 days before it.
    newest = (dt.date(2024, 6, 30) - FIRST).days - 174
    moments = [newest - 91 * back for back in range(4)]
    first = [m for m in moments if m >= shares_from(0) + 90]
    rows = taken = 0
    for moment in first:
        starts = [shares_from(n) for n in range(120)]
        rows += sum(start > moment for start in starts) + len(NEVER)
        taken += sum(moment < start <= moment + 90 for start in starts)

    (row,) = found["recommendation_items"]

    assert row["chance"] == pytest.approx(taken / rows)
    assert {r["chance"] for r in found["recommendations"]} == {row["chance"]}


def test_one_item_is_no_better_than_the_most_popular(found: dict[str, Any]) -> None:
    judged = {row["method"]: row for row in found["recommendations_judged"]}

    assert judged["similar"]["value"] == judged["popular"]["value"] == 1.0
    assert judged["difference"]["reason"] == "no_better"
    rows = found["recommendations"]
    assert {(row["basis"], row["reason"]) for row in rows} == {("popular", "no_better")}
    assert found["note"]["recommendations"] == {
        "learned_on": "2024-06-30",
        "tried_on": "2023-12-31",
        "too_little": None,
    }


def test_the_backtest_tells_the_days_of_the_trial_and_its_rates(
    found: dict[str, Any],
) -> None:
    trial = found["trial"]

    assert (trial.tried_on, trial.known_by) == (
        dt.date(2023, 12, 31),
        dt.date(2024, 6, 30),
    )
    assert [row["method"] for row in trial.rows] == ["similar", "popular", "difference"]
    assert trial.rows == found["recommendations_judged"]
