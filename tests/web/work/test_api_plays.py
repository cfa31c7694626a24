"""Several cards at once, messages, the library, the load and briefs, for programs."""

import datetime as dt

from django.utils import timezone
from tests.web.api.conftest import program
from tests.web.conftest import Cast
from tests.web.work.conftest import Opened
from tests.web.work.test_addressing import know, say

from banso.kernel.consent import Purpose
from banso.web.audit.models import AuditEntry, PersonalRead
from banso.web.work import operations
from banso.web.work.models import Task, WorkItem

__all__ = ["program"]


def post(client, path, **body):
    return client.post(f"/api/v1/{path}", body, content_type="application/json")


def get(client, path, **asked):
    answer = client.get(f"/api/v1/{path}", asked)
    assert answer.status_code == 200, answer.content
    return answer.json()


def claims(*items: WorkItem) -> list[dict[str, int]]:
    return [{"id": item.pk, "version": item.version} for item in items]


def test_several_cards_are_decided_about_together_or_not_at_all(
    cast: Cast, program, opened: Opened
):
    one, other = opened("C1", cast.chika), opened("C2", cast.chika)
    hidden = opened("C3", cast.aoi)
    chika = program(cast.chika)
    until = (timezone.localdate() + dt.timedelta(days=9)).isoformat()

    foreign = post(chika, "card-snoozes", cards=claims(one, hidden), until=until)
    snoozed = post(chika, "card-snoozes", cards=claims(one, other), until=until)
    stale = post(chika, "card-dismissals", cards=claims(one, other), reason="known")
    for item in (one, other):
        item.refresh_from_db()
    opened_again = post(chika, "card-openings", cards=claims(one, other))
    for item in (one, other):
        item.refresh_from_db()
    given = post(
        chika, "card-delegations", cards=claims(other, one), to="aoi@example.com"
    )

    assert foreign.status_code == 404
    assert [card["state"] for card in snoozed.json()["items"]] == ["snoozed"] * 2
    assert (stale.status_code, stale.json()["code"]) == (409, "item_taken")
    assert [card["state"] for card in opened_again.json()["items"]] == ["open"] * 2
    assert {card["assignee"] for card in given.json()["items"]} == {"aoi@example.com"}
    for action in ("item_snoozed", "item_reopened", "item_delegated"):
        assert AuditEntry.objects.filter(action=action).count() == 2


def test_one_play_answers_several_cards_of_one_customer(
    cast: Cast, program, opened: Opened
):
    one = opened("C1", cast.chika)
    other = opened("C1", cast.chika, signal="seats_full", kind="upsell", play="")
    elsewhere = opened("C2", cast.chika)
    chika = program(cast.chika)

    mixed = post(chika, "card-plays", cards=claims(one, elsewhere), play="rescue")
    started = post(chika, "card-plays", cards=claims(one, other), play="rescue")

    assert (mixed.status_code, mixed.json()["code"]) == (422, "not_one_customer")
    assert started.json()["customer_id"] == "C1"
    states = WorkItem.objects.order_by("pk").values_list("state", flat=True)
    assert list(states) == ["in_play", "in_play", "open"]


def test_message_has_no_name_of_who_refuses_other_tools(
    cast: Cast, program, opened: Opened
):
    item = opened("C1", cast.chika)
    know(("P1", "田中"))
    chika = program(cast.chika)
    named = get(chika, f"cards/{item.pk}/messages")
    say("P1", purpose=Purpose.SHARING)
    nameless = get(chika, f"cards/{item.pk}/messages")
    say("P1")
    refused = get(chika, f"cards/{item.pk}/messages")

    assert named["contact"] == "田中"
    assert [draft["language"] for draft in named["items"]] == ["ja", "en"]
    assert "Dear 田中" in named["items"][1]["body"]
    assert nameless["contact"] == ""
    assert "Dear {contact}" in nameless["items"][1]["body"]
    assert refused["items"] == []
    assert PersonalRead.objects.filter(kind="contacts", customer_id="C1").exists()


def test_step_to_be_done_has_its_message(cast: Cast, program, opened: Opened):
    item = opened("C1", cast.chika)
    chika = program(cast.chika)
    play = post(chika, f"cards/{item.pk}/play", version=1, play="rescue").json()
    (task,) = play["tasks"]
    at = f"tasks/{task['id']}/messages"

    found = get(chika, at)
    post(chika, f"tasks/{task['id']}/completion", version=task["version"])
    after = get(chika, at)

    assert (found["step"], found["contact"]) == ("Step write", "田中")
    assert found["items"][0]["subject"] == "C1様へ"
    assert after["items"] == []


def test_library_and_load_are_those_of_the_page(cast: Cast, program, opened: Opened):
    item = opened("C1", cast.chika)
    opened("C2", cast.chika)
    aoi = program(cast.aoi)
    post(program(cast.chika), f"cards/{item.pk}/play", version=1, play="rescue")

    (play,) = get(aoi, "play-library")["items"]
    (load,) = get(aoi, "work-load")["items"]

    assert (play["key"], play["signals"]) == ("rescue", ["Use Stopped"])
    assert play["counts"] == {
        "open": 1, "achieved": 0, "not_achieved": 0, "unclear": 0, "stopped": 0,
    }  # fmt: skip
    assert [step["key"] for step in play["steps"]] == ["write", "call", "offer"]
    assert play["steps"][1]["branches"][0] == {"label": "Comes back", "then": "end"}
    assert (load["email"], load["customers"], load["plays"]) == (
        "chika@example.com", 1, 1,
    )  # fmt: skip


def test_who_is_gone_is_listed_until_the_work_is_handed_over(
    cast: Cast, program, opened: Opened
):
    opened("C1", cast.chika)
    opened("C2", cast.chika)
    cast.chika.is_active = False
    cast.chika.save()
    aoi, ben = program(cast.aoi), program(cast.ben)

    (gone,) = get(aoi, "absent-people")["items"]
    refused = ben.get("/api/v1/absent-people")
    handed = post(
        aoi, "hand-overs", giver=gone["email"], to="aoi@example.com", note="よろしく"
    ).json()
    at = f"hand-overs/{handed['id']}/brief"
    first = get(aoi, at, limit=1)
    second = get(aoi, first["next"].partition("/api/v1/")[2])

    assert (gone["email"], gone["customers"]) == ("chika@example.com", 2)
    assert refused.status_code == 403
    assert get(aoi, "absent-people")["items"] == []
    assert [page["items"][0]["name"] for page in (first, second)] == ["C1", "C2"]
    assert first["items"][0]["cards"][0]["label"] == "Use Stopped"
    assert second["next"] is None


def test_brief_says_what_was_done_there(cast: Cast, program, opened: Opened):
    item = opened("C1", cast.chika)
    now = timezone.now()
    operations.add_task(
        "C1", "電話", due_on=now.date(), assignee=cast.chika, by=cast.chika, at=now
    )
    operations.delegate(
        {item.pk: 1}, to=cast.aoi, note="部長が交代", by=cast.chika, at=now
    )
    chika = program(cast.chika)
    handed = post(chika, "hand-overs", to="aoi@example.com").json()

    (found,) = get(chika, f"hand-overs/{handed['id']}/brief")["items"]

    assert [task["label"] for task in found["tasks"]] == ["電話"]
    assert "部長が交代" in [deed["text"] for deed in found["deeds"]]
    assert Task.objects.get().assignee == cast.aoi
    assert PersonalRead.objects.filter(kind="conversations", customer_id="C1").exists()
