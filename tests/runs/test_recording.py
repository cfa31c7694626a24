"""The app's records in the lake: exactly those that the app has, and no other."""

import datetime as dt
from collections.abc import Mapping
from pathlib import Path

import pytest
from lakes import NOW, new_project, put

from banso.runs.as_of import default_as_of
from banso.runs.project import Project
from banso.runs.recording import Recorded, take_records
from banso.runs.results import lake_of, open_session
from banso.warehouse.lake import LakeBusy

Row = Mapping[str, object]


@pytest.fixture
def project(tmp_path: Path) -> Project:
    project = new_project(tmp_path / "company")
    put(
        project,
        {
            "customers": [{"customer_id": "a", "name": "A"}],
            "interactions": [call("i1", note="theirs", minutes=None)],
        },
    )
    return project


def call(key: str, **given: object) -> Row:
    return {
        "interaction_id": key,
        "customer_id": "a",
        "occurred_at": dt.datetime(2026, 11, 20, 3, tzinfo=dt.UTC),
        "channel": "call",
        "minutes": 30.0,
        "note": "電話",
        **given,
    }


def take(project: Project, *rows: Row) -> Recorded:
    return take_records(project, {"interactions": iter(rows)}, at=NOW)


def notes(project: Project) -> dict[str, str]:
    with open_session(project) as session:
        rows = session.facts("interactions").select("interaction_id", "note")
        found = session.to_arrow(rows).to_pylist()
    return {row["interaction_id"]: row["note"] for row in found}


def reasons(project: Project) -> list[tuple[str, str]]:
    with open_session(project) as session:
        rows = session.to_arrow(session.quarantine()).to_pylist()
    return [(row["reason"], row["source"]) for row in rows]


def test_rows_go_in_once(project: Project) -> None:
    take(project, call("banso:call:1"))
    version = lake_of(project).current()

    again = take(project, call("banso:call:1"))

    assert notes(project) == {"i1": "theirs", "banso:call:1": "電話"}
    assert again.summary is None
    assert lake_of(project).current() == version


def test_same_rows_make_no_new_version_when_nothing_remembers_them(
    project: Project,
) -> None:
    take(project, call("banso:call:1"), call("banso:call:2", customer_id="nobody"))
    version = lake_of(project).current()
    (project.private_folder / "returned.json").unlink()

    again = take(
        project, call("banso:call:1"), call("banso:call:2", customer_id="nobody")
    )

    assert again.quarantined == 1
    assert lake_of(project).current() == version


def test_what_happened_is_kept_in_utc(project: Project) -> None:
    jst = dt.timezone(dt.timedelta(hours=9))
    moment = dt.datetime(2026, 11, 20, 8, 15, tzinfo=jst)

    take(project, call("banso:call:1", occurred_at=moment))

    with open_session(project) as session:
        rows = session.facts("interactions")
        mine = rows.filter(rows.interaction_id == "banso:call:1")
        (row,) = session.to_arrow(mine).to_pylist()
    assert row["occurred_at"] == dt.datetime(2026, 11, 19, 23, 15)
    assert row["minutes"] == 30.0


def test_changed_row_replaces_the_old_one(project: Project) -> None:
    take(project, call("banso:call:1"), call("banso:call:2"))

    took = take(project, call("banso:call:1", note="直した"), call("banso:call:2"))

    assert took.summary is not None
    (counts,) = took.summary.tables
    assert (counts.new, counts.changed, counts.unchanged) == (0, 1, 1)
    assert notes(project)["banso:call:1"] == "直した"


def test_row_that_disappears_is_withdrawn(project: Project) -> None:
    take(project, call("banso:call:1"), call("banso:call:2"))

    one = take(project, call("banso:call:2"))
    none = take(project)

    assert (one.withdrawn, none.withdrawn) == (1, 1)
    assert notes(project) == {"i1": "theirs"}


def test_row_that_comes_back_is_there_again(project: Project) -> None:
    take(project, call("banso:call:1"))
    take(project)

    take(project, call("banso:call:1"))

    assert notes(project) == {"i1": "theirs", "banso:call:1": "電話"}


def test_row_with_a_fault_waits_and_leaves_with_its_record(project: Project) -> None:
    took = take(project, call("banso:call:1", customer_id="b"))

    assert took.quarantined == 1
    assert reasons(project) == [("unknown_customer", "banso-interactions.parquet")]

    take(project)

    assert reasons(project) == []


def test_row_goes_in_when_its_customer_has_come(project: Project) -> None:
    take(project, call("banso:call:1", customer_id="b"))
    put(project, {"customers": [{"customer_id": "b", "name": "B"}]})

    took = take(project, call("banso:call:1", customer_id="b"))

    assert took.quarantined == 0
    assert "banso:call:1" in notes(project)
    assert reasons(project) == []


def test_columns_without_any_value_are_not_brought(project: Project) -> None:
    take(project, call("banso:call:1", initiative=None))

    columns = lake_of(project).current().facts["interactions"].columns
    assert "initiative" not in columns
    assert "minutes" in columns


def test_busy_lake_is_told(project: Project) -> None:
    with lake_of(project).writing(at=NOW), pytest.raises(LakeBusy):
        take(project, call("banso:call:1"))

    assert notes(project) == {"i1": "theirs"}


def test_key_of_a_company_is_no_record(project: Project) -> None:
    with pytest.raises(ValueError, match="no record"):
        take(project, call("i2"))


def test_note_of_today_makes_old_facts_no_younger(project: Project) -> None:
    later = dt.datetime(2028, 3, 1, tzinfo=dt.UTC)

    take(project, call("banso:call:1", occurred_at=later))

    choice = default_as_of(project, later.date())
    assert choice.as_of == dt.date(2026, 11, 20)
