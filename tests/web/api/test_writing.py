"""What programs write: entries, saved views and hand-overs, as on the pages."""

import json

from django.core.files.uploadedfile import SimpleUploadedFile
from lakes import new_project
from tests.web.conftest import Cast
from tests.web.timeline.conftest import computed, project, published, record

from banso.web.audit.models import AuditEntry

__all__ = ["computed", "project", "published", "record"]


def send(client, method: str, path: str, body: object = None, **headers: str):
    return client.generic(
        method, f"/api/v1/{path}", json.dumps(body or {}), "application/json",
        headers=headers,
    )  # fmt: skip


def test_entry_is_changed_once_and_deleted_by_who_wrote_it(cast: Cast, record, program):
    entry = record("見積もりの相談")
    aoi, chika = program(cast.aoi), program(cast.chika)
    at = f"entries/{entry.pk}"
    shown = chika.get(f"/api/v1/{at}").json()
    body = {
        "kind": "meeting", "at": shown["at"], "text": "契約の相談", "minutes": 45,
        "initiative": "theirs", "contact": "田中 実", "version": shown["version"],
    }  # fmt: skip

    changed = send(chika, "PUT", at, body)
    stale = send(chika, "PUT", at, body)
    foreign = send(aoi, "PUT", at, body)
    misspelt = send(chika, "PUT", at, body | {"minuets": 3})
    deleted = send(chika, "DELETE", at)
    gone = chika.get(f"/api/v1/{at}")

    assert changed.status_code == 200, changed.content
    assert (changed.json()["kind"], changed.json()["minutes"]) == ("meeting", 45)
    assert changed.json()["contact"] == "田中 実"
    assert changed.json()["version"] == shown["version"] + 1
    assert (stale.status_code, stale.json()["code"]) == (409, "entry_changed")
    assert (foreign.status_code, foreign.json()["code"]) == (409, "not_the_author")
    assert misspelt.json()["errors"][0]["place"] == "body.minuets"
    assert deleted.status_code == 204
    assert gone.status_code == 404
    told = AuditEntry.objects.filter(action__in=("entry_changed", "entry_deleted"))
    assert told.count() == 2


def test_held_contact_counts_once(cast: Cast, record, program):
    planned = record("定例")
    planned.is_planned = True
    planned.save()
    chika = program(cast.chika)

    held = send(chika, "POST", f"entries/{planned.pk}/hold")
    again = send(chika, "POST", f"entries/{planned.pk}/hold")
    settled = send(chika, "POST", "customers/C1/settled-question")

    assert held.json()["is_planned"] is False
    assert again.json()["code"] == "not_planned"
    assert settled.status_code == 204


def test_change_with_a_key_is_done_once(cast: Cast, record, program):
    entry = record("定例")
    chika, at = program(cast.chika), f"entries/{entry.pk}"
    body = {"kind": "note", "at": "2026-11-20T09:00:00Z", "text": "x", "version": 1}

    first = send(chika, "PUT", at, body, **{"Idempotency-Key": "a"})
    second = send(chika, "PUT", at, body, **{"Idempotency-Key": "a"})
    gone = send(chika, "DELETE", at, **{"Idempotency-Key": "b"})
    gone_again = send(chika, "DELETE", at, **{"Idempotency-Key": "b"})

    assert first.json() == second.json()
    assert second["Idempotency-Replayed"] == "true"
    assert (gone.status_code, gone_again.status_code) == (204, 204)
    assert AuditEntry.objects.filter(action="entry_changed").count() == 1


def test_saved_view_leads_round_and_to_the_same_customers(cast: Cast, project, program):
    aoi, ben = program(cast.aoi), program(cast.ben)
    filters = {"status": "all", "owner": "aoi@example.com", "sort": "-name"}

    saved = send(aoi, "POST", "views", {"name": "Aoi", "filters": filters})
    view = saved.json()
    taken = send(aoi, "POST", "views", {"name": "Aoi", "filters": {}})
    refused = send(ben, "POST", "views", {"name": "B", "sharing": "all", "filters": {}})
    wrong = send(aoi, "POST", "views", {"name": "C", "filters": {"bandd": "watch"}})
    hidden = ben.get(f"/api/v1/views/{view['view_id']}")
    changed = send(
        aoi, "PUT", f"views/{view['view_id']}",
        {"name": "Ours", "sharing": "team", "filters": view["filters"]},
    )  # fmt: skip
    send(ben, "PUT", "default-view", {"view_id": view["view_id"]})
    seen = ben.get("/api/v1/views").json()["items"]
    asked = {k: v for k, v in view["filters"].items() if k != "attributes" and v}
    found = aoi.get("/api/v1/customers", asked).json()["items"]
    theirs = send(ben, "DELETE", f"views/{view['view_id']}")
    gone = send(aoi, "DELETE", f"views/{view['view_id']}")

    assert saved.status_code == 200, saved.content
    assert {k: view["filters"][k] for k in filters} == filters
    assert taken.json()["code"] == "view_taken"
    assert refused.json()["code"] == "sharing_refused"
    assert wrong.json()["errors"][0]["place"] == "body.filters.bandd"
    assert hidden.status_code == 404
    assert changed.json()["filters"] == view["filters"]
    assert [(v["name"], v["is_default"], v["may_change"]) for v in seen] == [
        ("Ours", True, False)
    ]
    assert [each["customer_id"] for each in found] == ["C2"]
    assert theirs.json()["code"] == "view_not_yours"
    assert gone.status_code == 204


def test_hand_over_is_kept_and_its_standing_part_ends(cast: Cast, project, program):
    chika = program(cast.chika)

    made = send(
        chika, "POST", "hand-overs",
        {"to": "aoi@example.com", "note": "産休", "is_standing": True},
    )  # fmt: skip
    kept = made.json()
    listed = program(cast.aoi).get("/api/v1/hand-overs").json()["items"]
    others = program(cast.ben).get(f"/api/v1/hand-overs/{kept['id']}")
    ended = send(chika, "POST", f"hand-overs/{kept['id']}/end")

    assert (kept["giver"], kept["taker"]) == ("chika@example.com", "aoi@example.com")
    assert kept["is_standing"] is True
    assert listed == [kept]
    assert others.status_code == 404
    assert ended.json()["is_standing"] is False


def test_text_that_no_database_can_hold_is_refused(cast: Cast, project, program):
    aoi = program(cast.aoi, "write", "administration:write", language="ja")
    task = {"title": "a\0b", "due_on": "2026-12-01"}

    body = send(aoi, "POST", "customers/C1/tasks", task)
    escaped = send(aoi, "POST", "customers/C1/tasks", task | {"title": "a\\u0000b"})
    query = aoi.get("/api/v1/entries", {"q": "a\0b"})
    path = aoi.get("/api/v1/collect-sources/a%00b")
    zone = send(
        aoi,
        "POST",
        "customers/C1/entries",
        {"kind": "note", "text": "x", "at": "2026-11-20T09:00:00"},
    )

    assert (body.status_code, body.json()["errors"][0]["code"]) == (422, "nul_in_text")
    assert escaped.json()["label"] == "a\\u0000b"
    assert query.json()["errors"][0]["place"] == "query.q"
    assert path.status_code == 404
    assert zone.json()["errors"][0]["detail"].startswith("タイムゾーン")


def test_file_of_an_entry_is_read_and_taken_off(
    cast: Cast, project, record, program, tmp_path, settings
):
    settings.BANSO_PROJECT_FOLDER = new_project(tmp_path / "own").folder
    entry = record("見積もり", files=[SimpleUploadedFile("plan.txt", b"<b>plan</b>")])
    aoi, chika = program(cast.aoi), program(cast.chika)

    (file,) = chika.get(f"/api/v1/entries/{entry.pk}").json()["files"]
    at = f"/api/v1/attachments/{file['attachment_id']}"
    read = aoi.get(at)
    theirs = aoi.delete(at)
    gone = chika.delete(at)

    assert (file["name"], file["size"]) == ("plan.txt", 11)
    assert b"".join(read.streaming_content) == b"<b>plan</b>"
    assert read["Content-Disposition"].startswith("attachment")
    assert theirs.json()["code"] == "not_the_author"
    assert (gone.status_code, chika.get(at).status_code) == (204, 404)
