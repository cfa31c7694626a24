"""Trials for programs: started, drawn, stopped and decided as on the pages."""

import datetime as dt
from typing import Any

from tests.web.api.conftest import program
from tests.web.api.test_writing import send
from tests.web.conftest import Cast
from tests.web.customer.conftest import SLASHED
from tests.web.trials.conftest import tables

from banso.web.audit.models import AuditEntry
from banso.web.trials.models import Assignment, StartedTrial

__all__ = ["program"]
DESIGN: dict[str, Any] = {
    "signal": "use_stopped", "play": "revive_use", "name": "Win back",
    "outcome": "churn", "window_days": 180, "share_held_out": 0.5, "rate": 0.38,
    "expected": 0.28, "strata": ["touch"], "guard_rails": ["contraction", "churn"],
}  # fmt: skip


def test_trial_is_seen_before_it_starts_and_stopped_for_a_reason(
    cast: Cast, program, show
):
    show(tables())
    aoi = program(cast.aoi)

    seen = send(aoi, "POST", "trials/preview", DESIGN)
    started = send(aoi, "POST", "trials", DESIGN)
    trial = started.json()
    twice = send(aoi, "POST", "trials", DESIGN)
    listed = aoi.get("/api/v1/trials").json()
    at = f"trials/{trial['trial_id']}"
    blank = send(aoi, "POST", f"{at}/stop", {"why": " "})
    stopped = send(aoi, "POST", f"{at}/stop", {"why": "Wrong signal"})
    again = send(aoi, "POST", f"{at}/stop", {"why": "Wrong signal"})

    assert seen.status_code == 200, seen.content
    assert trial["planned_per_arm"] == min(
        seen.json()["treated"], seen.json()["held_out"]
    )
    assert trial["guard_rails"] == {"contraction": "less"}  # never its own outcome
    assert (trial["smallest_effect"], trial["started_by"]) == (0.1, "aoi@example.com")
    assert (twice.status_code, twice.json()["code"]) == (409, "signal_on_trial")
    assert [each["trial_id"] for each in listed["trials"]] == [
        trial["trial_id"], "coaching",
    ]  # fmt: skip
    assert blank.json()["errors"][0]["place"] == "body.why"
    assert stopped.json()["stopped_why"] == "Wrong signal"
    assert again.json()["code"] == "trial_stopped"
    done = AuditEntry.objects.filter(action__startswith="trial_st")
    assert sorted(each.action for each in done) == ["trial_started", "trial_stopped"]


def test_design_that_the_page_would_send_back_is_refused(cast: Cast, program, show):
    show(tables())
    aoi, chika = program(cast.aoi), program(cast.chika)

    worse = send(aoi, "POST", "trials", DESIGN | {"expected": 0.5})
    unknown = send(aoi, "POST", "trials", DESIGN | {"signal": "colour"})
    forbidden = send(chika, "POST", "trials", DESIGN)

    assert worse.json()["errors"][0]["place"] == "body.expected"
    assert unknown.json()["errors"][0]["place"] == "body.signal"
    assert forbidden.json()["code"] == "role_forbids"
    assert not StartedTrial.objects.exists()


def test_who_was_drawn_is_told_in_scope(cast: Cast, program, show):
    show(tables())
    made = send(program(cast.aoi), "POST", "trials", DESIGN).json()["trial_id"]
    started = StartedTrial.objects.get()
    for place, key in enumerate(("C1", SLASHED)):
        Assignment.objects.create(
            trial=started, customer_id=key, opened_on=dt.date(2026, 11, 23),
            assigned_on=dt.date(2026, 11, 23), arm="treated", stratum="",
            position=place,
        )  # fmt: skip

    address = f"/api/v1/trials/{made}/customers"
    all_ = program(cast.aoi).get(address, {"limit": 1}).json()
    mine = program(cast.chika).get(address).json()["items"]

    assert [each["customer_id"] for each in all_["items"]] == ["C1"]
    assert program(cast.aoi).get(all_["next"]).json()["items"][0]["arm"] == "treated"
    assert [each["customer_id"] for each in mine] == ["C1"]
    assert program(cast.aoi).get(f"/api/v1/trials/{made}").json()["treated"] == 2
    assert program(cast.aoi).get("/api/v1/trials/colour").status_code == 404


def test_play_is_decided_and_customer_marked(cast: Cast, program, show):
    show(tables())
    aoi, chika = program(cast.aoi), program(cast.chika)
    pair = {"signal": "no_habit", "play": "revive_use"}

    decided = send(
        aoi, "POST", "play-standings", pair | {"state": "proven", "why": "+10 points"}
    )
    unknown = send(
        aoi, "POST", "play-standings",
        {"signal": "colour", "play": "x", "state": "proven", "why": "-"},
    )  # fmt: skip
    listed = aoi.get("/api/v1/play-standings").json()["items"]
    marked = send(chika, "PUT", "customers/C1/always-act", {"why": "大事な顧客"})
    seen = aoi.get("/api/v1/customers/C1/always-act").json()
    freed = send(chika, "DELETE", "customers/C1/always-act")

    assert decided.json()["state"] == "proven"
    assert decided.json()["trial_id"] == "coaching"
    assert unknown.status_code == 404
    assert listed == [decided.json()]
    assert marked.json() == seen
    assert (seen["is_marked"], seen["why"]) == (True, "大事な顧客")
    assert freed.json()["is_marked"] is False
