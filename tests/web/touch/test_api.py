"""Touch models for programs: proposals are accepted, set by hand, and ended."""

import pytest
from tests.web.api.conftest import program
from tests.web.api.test_writing import send
from tests.web.conftest import Cast
from tests.web.customer.conftest import SLASHED

from banso.runs.project import Project
from banso.web.audit.models import AuditEntry

__all__ = ["program"]


def test_proposals_are_accepted_as_they_were_read(cast: Cast, program, touch: Project):
    aoi = program(cast.aoi)
    first = aoi.get("/api/v1/touch", {"show": "everybody", "limit": 2}).json()
    rest = aoi.get(first["next"]).json()
    both = ["C1", "C9"]

    stale = send(
        aoi, "POST", "touch/acceptances", {"release_id": "x", "customer_ids": both}
    )
    body = {"release_id": first["release_id"], "customer_ids": both}
    accepted = send(aoi, "POST", "touch/acceptances", body)
    twice = send(aoi, "POST", "touch/acceptances", body)
    (kept,) = aoi.get("/api/v1/touch/assignments").json()["items"]
    ended = send(aoi, "POST", f"touch/assignments/{kept['assignment_id']}/end")
    again = send(aoi, "POST", f"touch/assignments/{kept['assignment_id']}/end")

    told = first["items"] + rest["items"]
    assert [each["customer_id"] for each in told] == ["C1", SLASHED, "C4"]
    assert (told[0]["touch_proposed"], told[0]["need"]) == ("high", 0.25)
    assert stale.json()["code"] == "proposal_outdated"
    assert accepted.json() == {"count": 1}
    assert twice.json()["code"] == "nothing_proposed"
    assert (kept["customer_id"], kept["touch"]) == ("C1", "high")
    assert ended.json()["ended_by"] == "aoi@example.com"
    assert again.json()["code"] == "already_ended"
    done = AuditEntry.objects.filter(action__startswith="touch_")
    assert [e.action for e in done.order_by("pk")] == ["touch_accepted", "touch_ended"]


def test_decision_by_hand_names_what_there_is(cast: Cast, program, touch: Project):
    aoi, chika = program(cast.aoi), program(cast.chika)
    at = "customers/C1/touch"

    made = send(aoi, "POST", at, {"touch": "low", "why": "They asked."})
    unknown = send(aoi, "POST", at, {"touch": "colour", "why": "-"})
    nobody = send(aoi, "POST", at, {"owner": "x@example.com", "why": "-"})
    nothing = send(aoi, "POST", at, {"why": "-"})
    over = send(aoi, "POST", at, {"touch": "low", "why": "-", "until": "2020-01-01"})
    forbidden = send(chika, "POST", at, {"touch": "low", "why": "-"})
    seen = chika.get("/api/v1/touch", {"show": "everybody"}).json()["items"]

    assert (made.json()["kind"], made.json()["touch"]) == ("override", "low")
    assert (unknown.status_code, unknown.json()["code"]) == (422, "no_such_touch")
    assert nobody.json()["code"] == "no_such_touch"
    assert nothing.json()["code"] == "nothing_assigned"
    assert over.json()["code"] == "day_is_over"
    assert forbidden.json()["code"] == "role_forbids"
    assert [each["customer_id"] for each in seen] == ["C1"]


def test_load_of_each_owner_is_that_of_the_page(cast: Cast, program, touch: Project):
    found = program(cast.aoi).get("/api/v1/touch/owners").json()
    by_owner = {each["owner"]: each for each in found["items"]}

    assert found["hours_each"] == pytest.approx(104)
    assert found["waiting"] == 1
    aoi = by_owner["aoi@example.com"]
    assert (aoi["customers"], aoi["by_touch"], aoi["mrr"]) == (1, {"low": 1}, 50_000)
    assert (aoi["hours"], aoi["customers_proposed"]) == (1.0, 2)
    assert by_owner[None]["customers"] == 1
    assert aoi["is_there"]
    assert not by_owner[None]["is_there"]


def test_capacity_is_planned_under_what_is_asked(cast: Cast, program, touch: Project):
    """60 + 2 × 30 = 120 of 104 hours; 240 a year later."""
    aoi = program(cast.aoi)
    asked = {"growth": 100, "months": 12, "people": 1, "hours_per_week": 24,
             "hours_low": 60, "hours_tech": 30}  # fmt: skip
    found = aoi.get("/api/v1/touch/capacity", asked).json()
    begun = aoi.get("/api/v1/touch/capacity").json()
    wrong = aoi.get("/api/v1/touch/capacity", {"months": 900})

    today, *_between, last = found["items"]
    assert (today["hours_needed"], found["hours_there"]) == (120, pytest.approx(104))
    assert (today["head_count"], last["head_count"]) == (2, 3)
    assert last["hours_needed"] == pytest.approx(240)
    assert (last["month"], found["full_from"]) == (12, 0)
    assert begun["assumptions"]["growth"] == 20
    assert begun["assumptions"]["basis"] == "now"
    assert wrong.status_code == 422
