"""The real example shows what is known of it (examples/open-university/README.md)."""

import datetime as dt
from pathlib import Path

import pytest
from lakes import NOW

from banso.demo.examples import find_example
from banso.runs.loading import load
from banso.runs.project import create_project
from banso.runs.publishing import apply_definitions
from banso.runs.results import open_session
from banso.runs.running import run

pytestmark = pytest.mark.long

REGISTRATIONS = 13_529
BEFORE_THE_START = 13  # left before their course began: a negative period


@pytest.fixture(scope="module")
def learners(tmp_path_factory: pytest.TempPathFactory):
    project = create_project(
        tmp_path_factory.mktemp("learners") / "p",
        name="Open University",
        timezone="Europe/London",
        currency="GBP",
        language="en",
    )
    example = find_example("open-university")
    load(project, Path(example.folder), at=NOW)
    apply_definitions(project, by="test", why="start", at=NOW)
    run(project, as_of=dt.date(2013, 12, 1), at=NOW)
    with open_session(project) as session:
        yield session


def rows(session, sql: str) -> list[dict]:
    return session.read_only(sql).read_all().to_pylist()


def test_every_registration_is_there_or_in_quarantine(learners) -> None:
    (loaded,) = rows(learners, "SELECT count(*) AS n FROM subscriptions")
    (waiting,) = rows(
        learners,
        "SELECT count(*) AS n FROM quarantine WHERE reason = 'negative_period'",
    )

    assert loaded["n"] == REGISTRATIONS - BEFORE_THE_START
    assert waiting["n"] == BEFORE_THE_START


def test_churn_of_both_presentations_is_as_known(learners) -> None:
    found = rows(
        learners,
        """
        SELECT plan, avg(CAST(ended_reason = 'churned' AS DOUBLE)) AS churned
        FROM subscriptions GROUP BY plan
        """,
    )

    churned = {row["plan"]: row["churned"] for row in found}
    assert churned["2013B"] == pytest.approx(0.288, abs=0.002)
    assert churned["2013J"] == pytest.approx(0.269, abs=0.002)


def test_future_ends_are_not_known_on_the_as_of_date(learners) -> None:
    (counted,) = rows(
        learners,
        """
        SELECT count(*) AS active,
               count(*) FILTER (ended_on IS NOT NULL) AS knowing
        FROM customer_now WHERE status = 'active'
        """,
    )

    assert counted["active"] == 7_422
    assert counted["knowing"] == 0
