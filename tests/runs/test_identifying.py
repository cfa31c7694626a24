"""Customers that people said are one: together in every table, and apart again."""

import datetime as dt
from pathlib import Path

import pytest
from collected import collect, identify, track
from lakes import NOW, new_project

from banso.runs.collecting import take_collected
from banso.runs.identifying import resolved, take_identities
from banso.runs.loading import load
from banso.runs.project import Project
from banso.runs.results import lake_of, open_session

FILES = {
    "customers": "customer_id,name\na,青空商事\nb,㈱青空商事\nc,別会社\n",
    "contacts": "contact_id,customer_id,name\np1,a,佐藤\np2,b,鈴木\n",
    "events": (
        "event_id,customer_id,occurred_at,name\n"
        "e1,a,2026-01-01T00:00,login\ne2,b,2026-01-02T00:00,login\n"
    ),
    "milestones": (
        "customer_id,milestone,reached_on\n"
        "a,kickoff,2026-01-01\nb,kickoff,2026-02-01\nb,golive,2026-03-01\n"
    ),
}


@pytest.fixture
def project(tmp_path: Path) -> Project:
    project = new_project(tmp_path / "company")
    bring(project, tmp_path / "files", FILES)
    return project


def bring(project: Project, folder: Path, files: dict[str, str]) -> None:
    folder.mkdir(exist_ok=True)
    for name, text in files.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    load(project, folder, at=NOW)


def take(project: Project, decided: dict[str, str]) -> int:
    return take_identities(project, decided, at=NOW)


def seen(project: Project) -> dict[str, list[tuple[str, ...]]]:
    columns = {
        "customers": ("customer_id",),
        "contacts": ("contact_id", "customer_id"),
        "events": ("event_id", "customer_id"),
        "milestones": ("customer_id", "milestone", "reached_on"),
    }
    with open_session(project) as session:
        return {
            table: sorted(
                tuple(str(row[name]) for name in names)
                for row in session.to_arrow(session.facts(table)).to_pylist()
            )
            for table, names in columns.items()
        }


def test_facts_of_two_customers_come_together_under_the_one_that_stays(project):
    take(project, {"b": "a"})

    assert seen(project) == {
        "customers": [("a",), ("c",)],
        "contacts": [("p1", "a"), ("p2", "a")],
        "events": [("e1", "a"), ("e2", "a")],
        "milestones": [
            ("a", "golive", "2026-03-01"),
            ("a", "kickoff", "2026-01-01"),  # its own wins
        ],
    }


def test_undone_everything_is_as_it_was(project):
    before = seen(project)
    take(project, {"b": "a"})

    take(project, {})

    assert seen(project) == before
    assert not lake_of(project).current().identities


def test_what_comes_in_later_goes_the_same_way(project, tmp_path):
    take(project, {"b": "a"})
    more = {
        "customers": "customer_id,name\nb,㈱青空商事 改\n",
        "events": "event_id,customer_id,occurred_at,name\ne3,b,2026-01-03T00:00,x\n",
    }

    bring(project, tmp_path / "more", more)

    assert seen(project)["customers"] == [("a",), ("c",)]
    assert ("e3", "a") in seen(project)["events"]
    take(project, {})
    assert ("e3", "b") in seen(project)["events"]
    assert ("b",) in seen(project)["customers"]


def test_loading_the_same_files_again_changes_nothing(project, tmp_path):
    take(project, {"b": "a"})
    version = lake_of(project).current().version

    bring(project, tmp_path / "files", FILES)

    assert lake_of(project).current().version == version


def test_taking_the_same_decisions_again_writes_nothing(project):
    take(project, {"b": "a"})
    version = lake_of(project).current().version

    assert take(project, {"b": "a"}) == 0
    assert lake_of(project).current().version == version


def test_chain_leads_to_its_end_and_a_link_can_be_undone_alone(project):
    take(project, {"b": "a", "a": "c"})
    assert {row[1] for row in seen(project)["events"]} == {"c"}

    take(project, {"b": "a"})

    assert {row[1] for row in seen(project)["events"]} == {"a"}
    assert resolved({"b": "a", "a": "c"}) == {"b": "c", "a": "c"}


def test_live_events_stay_with_the_customer_of_their_contact(project):
    take(project, {"b": "a"})
    collect(
        project,
        identify("p2", traits={"name": "鈴木 一郎"}),
        track("p2", "report_made"),
    )
    take_collected(project, at=NOW)
    live = [row for row in seen(project)["events"] if row[0] not in ("e1", "e2")]
    assert [customer for _, customer in live] == ["a"]

    take(project, {})

    assert ("p2", "b") in seen(project)["contacts"]
    live = [row for row in seen(project)["events"] if row[0] not in ("e1", "e2")]
    assert [customer for _, customer in live] == ["b"]
    columns = lake_of(project).current().facts["contacts"].columns
    assert "merged_into_" not in columns


def test_runs_see_that_facts_changed(project):
    before = lake_of(project).current().facts_digest
    take(project, {"b": "a"})
    assert lake_of(project).current().facts_digest != before
    take(project, {})
    assert lake_of(project).current().facts_digest != ""


def test_time_travel_follows_the_decision_too(project):
    take(project, {"b": "a"})

    with open_session(project) as session:
        rows = session.facts_as_known("events", dt.date(2026, 6, 1))
        assert set(session.to_arrow(rows)["customer_id"].to_pylist()) == {"a"}
