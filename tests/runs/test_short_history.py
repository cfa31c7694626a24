"""A file of one month says what it can, and what is missing for the rest."""

import datetime as dt
import json
from pathlib import Path

import numpy as np
import pytest
from lakes import NOW, new_project, put

from banso.runs.publishing import apply_definitions
from banso.runs.reading import ReleaseReader, close_reader, reader_of
from banso.runs.running import run

END = dt.date(2025, 6, 30)  # a Monday, and the last day of a quarter
FIRST_LEAVING = dt.date(2025, 6, 3)
CUSTOMERS = 600


def rows() -> dict[str, list[dict[str, object]]]:
    """Return customers of six years; of those that left, only the last month's."""
    random = np.random.default_rng(5)
    monthly = random.random(CUSTOMERS) < 0.5
    left = random.random(CUSTOMERS) < np.where(monthly, 0.3, 0.06)
    left[0] = True
    tenure = random.integers(60, 2000, CUSTOMERS)
    days = random.integers(0, (END - FIRST_LEAVING).days, CUSTOMERS)
    days[0] = (END - FIRST_LEAVING).days
    noise = random.integers(0, 3, CUSTOMERS)
    ids = [f"c{number:03}" for number in range(CUSTOMERS)]
    return {
        "customers": [
            {
                "customer_id": each,
                "name": each,
                "size": "monthly" if monthly[at] else "yearly",
                "country": "abc"[noise[at]],
                "payment": "card",
            }
            for at, each in enumerate(ids)
        ],
        "subscriptions": [
            {
                "subscription_id": each,
                "customer_id": each,
                "started_on": END - dt.timedelta(days=int(tenure[at])),
                "ended_on": END - dt.timedelta(days=int(days[at]))
                if left[at]
                else None,
                "mrr": 10,
                "currency": "JPY",
            }
            for at, each in enumerate(ids)
        ],
    }


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory):
    project = new_project(Path(tmp_path_factory.mktemp("short")) / "company")
    put(project, rows())
    apply_definitions(project, by="test", why="start", at=NOW)
    yield reader_of(project, run(project, as_of=END, at=NOW).release_id)
    close_reader()


def test_what_separates_the_leavers_of_one_month_is_found(
    reader: ReleaseReader,
) -> None:
    table = {row["element"]: row for row in reader.findings("drivers", stratum="all")}
    note = reader.release.notes["analyses"]

    assert table["size"]["q_value"] < 0.001
    assert table["size"]["is_kept"]
    assert table["country"]["q_value"] > 0.05
    assert isinstance(note, dict)
    # From Sunday, 1 June, the last as-of date before the first leaving.
    assert note["window_days"] == 29
    assert note["known_by"] == END.isoformat()
    left = sum(row["ended_on"] is not None for row in rows()["subscriptions"])
    assert table["size"]["n_churned"] == left


def test_only_what_is_missing_is_asked_for(reader: ReleaseReader) -> None:
    cards = reader.findings("forecast_models", target="churn")
    newest = max(cards, key=lambda card: card["fitted_on"])

    assert newest["fitted_on"] == END
    assert newest["reason"] == "no_follow_up"
    assert json.loads(newest["needs"]) == [{"what": "days", "have": 29, "need": 180}]
    assert newest["enough_on"] == END + dt.timedelta(days=180 - 29)


def test_chances_are_told_no_further_than_twice_what_was_followed(
    reader: ReleaseReader,
) -> None:
    now = reader.findings("forecast_grid", as_of=END)
    there = [row for row in now if row["basis"] == "rate"]

    assert len(there) == CUSTOMERS - sum(
        row["ended_on"] is not None for row in rows()["subscriptions"]
    )
    assert all(0.05 < row["churn_30"] < 0.5 for row in there)
    assert all(row["churn_90"] is None for row in there)
    assert not reader.findings("judged", subject="forecast", figure="auc")[0]["value"]


def test_columns_that_wait_to_be_named_are_told(reader: ReleaseReader) -> None:
    note = reader.release.notes["analyses"]

    assert isinstance(note, dict)
    assert note["unused"] == ["payment"]
