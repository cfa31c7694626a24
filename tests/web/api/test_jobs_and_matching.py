"""Background work and matching for programs."""

import datetime as dt

import pytest
from django.utils import timezone
from tests.web.api.conftest import add_customer, program
from tests.web.api.test_writing import send
from tests.web.conftest import Cast, add_user

from banso.web.audit.models import AuditEntry
from banso.web.jobs import operations as jobs
from banso.web.jobs.models import Job, State
from banso.web.matching.models import MatchPair
from banso.webkit.permissions import Role, Scope

__all__ = ["add_customer", "program"]


@pytest.fixture
def admin(cast: Cast, program):
    return program(cast.aoi, "administration:write", "write")


def test_run_is_asked_for_once_and_can_be_followed(admin):
    first = send(admin, "POST", "runs")
    again = send(admin, "POST", "runs")
    job = first.json()
    seen = admin.get(f"/api/v1/jobs/{job['job_id']}").json()
    listed = admin.get("/api/v1/jobs", {"task": "running.refresh"}).json()["items"]

    assert (first.status_code, job["task"]) == (202, "running.refresh")
    assert again.json()["job_id"] == job["job_id"]
    assert seen == job
    assert [each["job_id"] for each in listed] == [job["job_id"]]
    assert AuditEntry.objects.filter(action="job_asked_for").count() == 2


def test_run_that_waits_for_later_begins_at_once(admin):
    at = timezone.now()
    later = at + dt.timedelta(hours=1)
    waiting = jobs.enqueue(
        "running.refresh", at=at, key="every:running.refresh", after=later
    )

    asked = send(admin, "POST", "runs").json()

    assert asked["job_id"] == waiting.pk
    assert asked["state"] == "waiting"
    waiting.refresh_from_db()
    assert waiting.run_at < later


def test_job_given_up_begins_again_and_one_done_does_not(admin, cast: Cast, program):
    at = timezone.now()
    dead = jobs.enqueue("running.refresh", at=at)
    done = jobs.enqueue("running.refresh", at=at)
    Job.objects.filter(pk=dead.pk).update(state=State.DEAD, error="no disk")
    Job.objects.filter(pk=done.pk).update(state=State.DONE)

    retried = send(admin, "POST", f"jobs/{dead.pk}/attempt")
    refused = send(admin, "POST", f"jobs/{done.pk}/attempt")
    gone = send(admin, "POST", "jobs/999/attempt")
    page = admin.get("/api/v1/jobs", {"limit": 1}).json()
    state = admin.get("/api/v1/background").json()
    ordinary = program(cast.aoi).get("/api/v1/jobs")

    assert retried.json()["state"] == "failing"  # it waits, and has failed before
    assert retried.json()["attempts"] == 0
    assert (refused.status_code, refused.json()["code"]) == (409, "job_not_retried")
    assert gone.status_code == 404
    assert page["items"][0]["job_id"] == done.pk
    assert admin.get(page["next"]).json()["items"][0]["job_id"] == dead.pk
    assert state["counts"]["failing"] == 1
    assert ordinary.json()["code"] == "scope_missing"


@pytest.fixture
def pair(add_customer) -> MatchPair:
    add_customer("C1", name="青空商事")
    add_customer("C2", name="(株)青空商事")
    reason = {"ground": "domain", "what": "aozora.example", "points": 60}
    return MatchPair.objects.create(
        one="C1", other="C2", one_name="青空商事", other_name="(株)青空商事",
        score=60, reasons=[reason], found_at=timezone.now(),
    )  # fmt: skip


def test_pair_is_decided_by_who_sees_all_and_taken_back(
    admin, pair: MatchPair, program
):
    at = f"match-pairs/{pair.pk}/decision"
    shown = admin.get("/api/v1/match-pairs").json()["items"]
    wrong = send(admin, "POST", at, {"verdict": "same", "kept": "C9"})
    decided = send(admin, "POST", at, {"verdict": "same", "kept": "C2"})
    twice = send(admin, "POST", at, {"verdict": "different"})
    listed = admin.get("/api/v1/match-pairs", {"decided": "true"}).json()["items"]
    undone = send(admin, "DELETE", at)

    (open_,) = shown
    assert [each["name"] for each in open_["customers"]] == ["青空商事", "(株)青空商事"]
    assert open_["reasons"][0]["points"] == 60
    assert (wrong.status_code, wrong.json()["code"]) == (422, "not_of_the_pair")
    assert (decided.json()["verdict"], decided.json()["kept"]) == ("same", "C2")
    assert twice.json()["code"] == "pair_decided"
    assert listed == [decided.json()]
    assert undone.json()["verdict"] == "open"

    ops = program(add_user("Emi", Role.OPS, Scope.TEAM, "East"))
    assert ops.get("/api/v1/match-pairs").json()["code"] == "customers_forbid"
    assert send(ops, "POST", at, {"verdict": "different"}).status_code == 404


def test_customer_merged_by_hand_leads_to_the_other(admin, pair: MatchPair):
    itself = send(admin, "POST", "customers/C1/merger", {"kept": "C1"})
    nobody = send(admin, "POST", "customers/C1/merger", {"kept": "C9"})
    merged = send(admin, "POST", "customers/C1/merger", {"kept": "C2"})
    led = admin.get("/api/v1/customers/C1").json()

    assert itself.json()["code"] == "merge_with_itself"
    assert (nobody.status_code, nobody.json()["code"]) == (422, "no_such_customer")
    assert merged.json()["customer_id"] == led["customer_id"] == "C2"
