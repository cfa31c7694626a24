"""The team, success and scenarios for programs."""

import pytest
from tests.web.api.conftest import program
from tests.web.api.test_writing import send
from tests.web.conftest import Cast
from tests.web.team.test_page import computed, project, published

__all__ = ["computed", "program", "project", "published"]


@pytest.mark.usefixtures("project")
def test_who_sees_some_customers_sees_their_owners_alone(cast: Cast, program):
    everybody = program(cast.aoi).get("/api/v1/team").json()
    own = program(cast.chika).get("/api/v1/team").json()["items"]

    assert everybody["items"][0]["owner"] == "*"
    assert len(everybody["items"]) == 3
    assert [each["owner"] for each in own] == ["chika@example.com"]


@pytest.mark.usefixtures("project")
def test_success_is_told_of_everybody_and_by_cohort(cast: Cast, program):
    page = program(cast.ben).get("/api/v1/success", {"by": "month"}).json()

    assert page["as_of"] == "2026-11-22"
    periods = [each["period"] for each in page["items"]]
    assert periods == sorted(periods)
    assert set(periods) <= {"all", "month"}


def test_before_any_run_there_is_nothing(cast: Cast, program):
    aoi = program(cast.aoi)

    assert aoi.get("/api/v1/team").json()["items"] == []
    assert aoi.get("/api/v1/success").json()["history"] == []


def test_scenario_is_kept_and_deleted_by_who_made_it(cast: Cast, program):
    aoi, chika = program(cast.aoi), program(cast.chika)
    body = {"kind": "fish", "name": "Slow", "query": "months=24"}

    made = send(aoi, "POST", "scenarios", body)
    taken = send(chika, "POST", "scenarios", body)
    at = f"scenarios/{made.json()['scenario_id']}"
    theirs = send(chika, "DELETE", at)
    listed = chika.get("/api/v1/scenarios", {"kind": "fish"}).json()["items"]
    gone = send(aoi, "DELETE", at)

    assert taken.json()["code"] == "scenario_taken"
    assert theirs.json()["code"] == "scenario_not_yours"
    assert listed == [made.json()]
    assert gone.status_code == 204
