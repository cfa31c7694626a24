"""The day that a run takes when none is given: the last one that the facts know."""

import datetime as dt
from pathlib import Path

import pytest
from lakes import new_project, put

from banso.runs.as_of import OLD_FACTS_DAYS, default_as_of
from banso.runs.project import Project

TODAY = dt.date(2026, 11, 20)
USED = dt.date(2024, 6, 1)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return new_project(tmp_path / "company")


def load(project: Project, *, ended: dt.date | None, used: dt.date | None) -> None:
    line = {
        "subscription_id": "1",
        "customer_id": "a",
        "started_on": dt.date(2023, 1, 1),
        "ended_on": ended,
        "mrr": 1,
    }
    event = {
        "event_id": "1",
        "customer_id": "a",
        "occurred_at": used and dt.datetime(used.year, used.month, used.day, 3),
        "name": "used",
    }
    put(
        project,
        {
            "customers": [{"customer_id": "a", "name": "A"}],
            "subscriptions": [line],
            "events": [event] if used else [],
        },
    )


def test_fresh_facts_are_computed_as_of_today(project: Project) -> None:
    load(project, ended=None, used=TODAY - dt.timedelta(days=OLD_FACTS_DAYS))

    choice = default_as_of(project, TODAY)

    assert choice.as_of == TODAY
    assert not choice.is_old


def test_old_facts_are_computed_as_of_their_last_day(project: Project) -> None:
    load(project, ended=None, used=USED)

    choice = default_as_of(project, TODAY)

    assert choice.is_old
    assert choice.as_of == choice.newest_fact == USED


def test_a_file_of_contracts_alone_ends_with_the_last_leaving(project: Project) -> None:
    load(project, ended=dt.date(2024, 6, 30), used=None)

    choice = default_as_of(project, TODAY)

    assert choice.as_of == dt.date(2024, 6, 30)


def test_who_left_in_the_month_after_the_last_use_has_left(project: Project) -> None:
    load(project, ended=dt.date(2024, 6, 30), used=USED)

    assert default_as_of(project, TODAY).as_of == dt.date(2024, 6, 30)


@pytest.mark.parametrize("ended", [dt.date(2025, 6, 30), dt.date(2030, 1, 1)])
def test_planned_ends_are_no_facts(project: Project, ended: dt.date) -> None:
    load(project, ended=ended, used=USED)

    assert default_as_of(project, TODAY).as_of == USED


def test_nothing_dated_is_computed_as_of_today(project: Project) -> None:
    put(project, {"customers": [{"customer_id": "a", "name": "A"}]})

    assert default_as_of(project, TODAY).as_of == TODAY
