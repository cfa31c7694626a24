"""What people did goes back into the lake, once, and is there for the next run."""

import datetime as dt
from pathlib import Path

import pytest
from lakes import new_project, put
from tests.web.conftest import Cast
from tests.web.work.conftest import NOW, TODAY, Opened

from banso.runs.project import Project
from banso.runs.results import lake_of, open_session
from banso.runs.running import run
from banso.site.returning import return_facts
from banso.web.work import operations
from banso.web.work.models import WorkItem


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    monkeypatch.setenv("BANSO_PROJECT", "")  # put back afterwards
    project = new_project(tmp_path / "company")
    line = {
        "subscription_id": "s",
        "customer_id": "C1",
        "started_on": dt.date(2026, 10, 1),
        "mrr": 1000,
    }
    customers = [{"customer_id": "C1", "name": "A"}]
    put(project, {"customers": customers, "subscriptions": [line]})
    return project


def rows(project: Project, table: str) -> list[dict[str, object]]:
    with open_session(project) as session:
        return session.to_arrow(session.facts(table)).to_pylist()


def test_a_morning_of_work_is_among_the_facts_of_the_next_run(
    project: Project, cast: Cast, opened: Opened
) -> None:
    item, other = opened("C1", cast.chika), opened("C1", cast.chika, signal="late")
    operations.dismiss(
        {other.pk: other.version},
        reason=WorkItem.Dismissal.KNOWN,
        why="Budget",
        by=cast.chika,
        at=NOW,
    )
    play = operations.start_play(
        {item.pk: item.version}, play="rescue", by=cast.chika, at=NOW
    )
    task = play.tasks.get()
    operations.do_step(
        task.pk,
        version=1,
        outcome=operations.Outcome(note="Sent.", minutes=12),
        by=cast.chika,
        at=NOW,
    )

    return_facts(project, at=NOW)
    version = lake_of(project).current()
    again = return_facts(project, at=NOW + dt.timedelta(hours=1))

    found = {str(row["kind"]): row for row in rows(project, "actions")}
    assert set(found) == {"dismissed", "play_started", "step_done"}
    assert found["dismissed"]["result"] == "known"
    assert found["dismissed"]["note"] == "Budget"
    step = found["step_done"]
    assert (step["step"], step["minutes"], step["staff"]) == (
        "write",
        12.0,
        "chika@example.com",
    )
    assert step["opened_on"] == item.opened_on
    (contact,) = rows(project, "interactions")
    assert (contact["channel"], contact["initiative"]) == ("mail", "ours")
    assert contact["interaction_id"] == step["action_id"]
    assert again.summary is None
    assert lake_of(project).current() == version
    release = run(project, as_of=TODAY, at=NOW)
    assert release.facts["actions"].rows == 3
