"""Cards, plays and tasks for programs."""

import datetime as dt

from tests.web.api.conftest import program
from tests.web.conftest import Cast
from tests.web.work.conftest import Opened

from banso.web.work.models import WorkItem

__all__ = ["program"]
CARDS = "/api/v1/cards"


def post(client, address, **body):
    return client.post(address, body, content_type="application/json")


def test_cards_are_those_of_the_user_most_worth_first(
    cast: Cast, program, opened: Opened
):
    opened("C1", cast.chika, worth=10.0)
    opened("C2", cast.chika, worth=30.0)
    opened("C3", cast.aoi)
    chika = program(cast.chika)

    first = chika.get(CARDS, {"limit": 1}).json()
    second = chika.get(first["next"]).json()

    (card,) = first["items"]
    assert (card["customer_id"], card["worth"], card["play"]) == ("C2", 30.0, "rescue")
    assert card["label"] == "Use Stopped"
    assert card["is_ready"] is True
    assert [each["customer_id"] for each in second["items"]] == ["C1"]
    assert second["next"] is None
    everything = program(cast.aoi).get(CARDS, {"whose": "all"}).json()
    assert len(everything["items"]) == 3


def test_acts_say_how_the_card_stands_then(cast: Cast, program, opened: Opened):
    item = opened("C1", cast.chika)
    chika, at = program(cast.chika), f"{CARDS}/{item.pk}"
    until = dt.datetime.now(dt.UTC).date() + dt.timedelta(days=9)

    snoozed = post(chika, f"{at}/snooze", version=1, until=until.isoformat())
    reopened = post(chika, f"{at}/opening", version=2)
    given = post(chika, f"{at}/delegation", version=3, to="aoi@example.com", note="Hi")
    aoi = program(cast.aoi)
    dismissed = post(aoi, f"{at}/dismissal", version=4, reason="known", why="We know.")

    assert snoozed.json()["state"] == "snoozed"
    assert snoozed.json()["snoozed_until"] == until.isoformat()
    assert reopened.json()["state"] == "open"
    assert given.json()["assignee"] == "aoi@example.com"
    assert dismissed.json()["state"] == "dismissed"
    assert WorkItem.objects.get().why == "We know."


def test_act_on_what_somebody_decided_is_refused(cast: Cast, program, opened: Opened):
    item = opened("C1", cast.chika)
    chika, at = program(cast.chika), f"{CARDS}/{item.pk}"
    post(chika, f"{at}/dismissal", version=1, reason="known")

    again = post(chika, f"{at}/dismissal", version=1, reason="known")
    nobody = post(chika, f"{at}/delegation", version=2, to="zoe@example.com")
    late = post(chika, f"{at}/snooze", version=2, until="2001-01-01")

    assert (again.status_code, again.json()["code"]) == (409, "item_taken")
    assert (nobody.status_code, nobody.json()["code"]) == (422, "nobody_of_that_email")
    assert (late.status_code, late.json()["code"]) == (422, "snooze_out_of_range")


def test_play_is_carried_out_step_by_step(cast: Cast, program, opened: Opened):
    item = opened("C1", cast.chika)
    chika = program(cast.chika)

    play = post(chika, f"{CARDS}/{item.pk}/play", version=1, play="rescue").json()
    (task,) = play["tasks"]
    done = post(chika, f"/api/v1/tasks/{task['id']}/completion", version=1, minutes=5)
    mine = chika.get("/api/v1/tasks").json()["items"]
    unfinished = post(
        chika, f"/api/v1/plays/{play['id']}/result", version=2, result="achieved"
    )
    stopped = post(chika, f"/api/v1/plays/{play['id']}/stop", version=2, note="No.")

    assert (done.json()["state"], done.json()["minutes"]) == ("done", 5)
    assert [each["step"] for each in mine] == ["call"]
    assert (unfinished.status_code, unfinished.json()["code"]) == (409, "steps_left")
    assert stopped.json()["status"] == "stopped"
    assert len(chika.get("/api/v1/plays", {"status": "stopped"}).json()["items"]) == 1
    assert program(cast.ben).get(f"/api/v1/plays/{play['id']}").status_code == 404


def test_task_is_added_at_a_customer(cast: Cast, program, opened: Opened):
    opened("C1", cast.chika)

    made = post(
        program(cast.chika), "/api/v1/customers/C1/tasks", title="電話",
        due_on="2026-12-01",
    ).json()  # fmt: skip

    assert (made["label"], made["assignee"]) == ("電話", "chika@example.com")
    assert (made["customer_id"], made["due_on"]) == ("C1", "2026-12-01")
