"""What belongs to a customer out of scope, or to somebody else, is not there.

Each operation with the number of a thing in its address is asked for a real one.
"""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from lakes import new_project
from tests.web.api.test_every_operation import OPERATIONS, program
from tests.web.conftest import Cast, add_user
from tests.web.work.conftest import Opened, opened, release

from banso.web.customers import view_operations
from banso.web.timeline import operations as timeline
from banso.web.timeline.models import Attachment
from banso.web.tokens.models import Token
from banso.web.touch import operations as touch
from banso.web.work import operations as work
from banso.webkit.permissions import Role, Scope

__all__ = ["opened", "release"]
ENTRY = {"kind": "note", "text": "x", "at": "2026-11-20T09:00:00Z", "version": 1}
BODIES = {
    "delegateCard": {"version": 1, "to": "aoi@example.com"},
    "snoozeCard": {"version": 1, "until": "2026-12-20"},
    "dismissCard": {"version": 1, "reason": "known"},
    "reopenCard": {"version": 1},
    "startPlay": {"version": 1, "play": "rescue"},
    "finishPlay": {"version": 1, "result": "achieved"},
    "stopPlay": {"version": 1},
    "completeTask": {"version": 1},
    "changeEntry": ENTRY,
    "changeView": {"name": "Mine now", "filters": {}},
}
# things that belong to nobody's scope: administrators and operations have them
OF_NOBODY = {
    "{endpoint_id}", "{delivery_id}", "{table}", "{metric}", "{signal}", "{digest}",
    "{job_id}", "{pair_id}", "{draft_id}", "{key:trial_id}", "{source}", "{key_id}",
    "{user_id}", "{scenario_id}", "{element}", "{question}", "{variant}",
}  # fmt: skip


@pytest.fixture
def theirs(cast: Cast, opened: Opened, settings, tmp_path) -> dict[str, object]:
    """Return the keys of things of Aoi's at a customer of hers, by place."""
    settings.BANSO_PROJECT_FOLDER = new_project(tmp_path / "project").folder
    at = timezone.now()
    card, second = opened("C1", cast.aoi), opened("C2", cast.aoi)
    play = work.start_play({second.pk: 1}, play="rescue", by=cast.aoi, at=at)
    content = timeline.Content("note", at, None, "", "", "", "内緒")
    entry = timeline.record_entry(
        customer_id="C1", content=content, by=cast.aoi, at=at,
        files=[SimpleUploadedFile("plan.txt", b"plan")],
    )  # fmt: skip
    view = view_operations.save_view(
        view_operations.ViewContent("Mine", "private", ""), by=cast.aoi, at=at
    )
    kept = work.hand_over(
        work.Handed(giver=cast.aoi.email, taker=cast.ben, customer_id="C1"),
        by=cast.aoi, at=at,
    )  # fmt: skip
    program(cast.aoi, ("read",))
    assignment = touch.override(
        "C1", touch.Override(touch="high", owner="", why="x"), by=cast.aoi, at=at
    )
    return {
        "{assignment_id}": assignment.pk,
        "{token_id}": Token.objects.get().pk,
        "{card_id}": card.pk,
        "{play_id}": play.pk,
        "{task_id}": play.tasks.get().pk,
        "{entry_id}": entry.pk,
        "{attachment_id}": Attachment.objects.get().pk,
        "{view_id}": view.pk,
        "{hand_over_id}": kept.pk,
        "{key:customer_id}": "C1",
        "{key:contact_id}": "P1",
    }


def asked(theirs):
    """Yield each operation with the number of a thing in its address, and that."""
    for each in OPERATIONS:
        path = each.path
        if "{" not in path or any(place in path for place in OF_NOBODY):
            continue
        for place, key in theirs.items():
            path = path.replace(place, str(key))
        assert "{" not in path, f"let `theirs` have what {each.path} names"
        yield each, path, BODIES.get(each.name, {})


def test_things_of_others_are_not_there(cast: Cast, theirs, settings):
    settings.BANSO_API_REQUESTS_A_MINUTE = 100_000
    lead = add_user("Dai", Role.LEAD, Scope.OWN, "West")
    client = program(lead, ("write", "administration:write"))
    wrong = []
    for each, path, body in asked(theirs):
        if "customer_id" in each.path:
            continue  # `test_customer_out_of_scope_is_not_there`
        if each.name == "addAttachments":  # a form with files
            answer = client.post(path, {"files": [SimpleUploadedFile("a.txt", b"a")]})
        else:
            answer = client.generic(
                each.method, path, json.dumps(body), "application/json"
            )
        if answer.status_code != 404:
            wrong.append((each.name, answer.status_code, answer.content.decode()))
    assert not wrong
    assert Attachment.objects.count() == 1


def test_body_that_names_a_customer_or_play_of_others_is_refused(cast: Cast, theirs):
    chika = program(cast.chika, ("write",))

    def hand_over(**what: object) -> tuple[int, str]:
        body = {"to": "aoi@example.com", **what}
        said = chika.post("/api/v1/hand-overs", body, content_type="application/json")
        return said.status_code, said.json().get("code", "")

    assert hand_over(customer_id="C1") == (404, "not_found")
    assert hand_over(play_id=theirs["{play_id}"]) == (404, "not_found")
    assert hand_over(giver="aoi@example.com", to="chika@example.com")[0] == 403
    assert hand_over(to="chika@example.com") == (422, "hand_over_to_nobody")
    assert hand_over()[0] == 200
