"""Every answer of web and API that tells of people is a declared and noted read.

Addresses are walked, not listed: a page that is added is looked at by itself.
"""

import datetime as dt
import itertools
import json
import re
from collections.abc import Iterator

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.urls import get_resolver
from tests.web.api.test_every_operation import address, operations_of_api, program
from tests.web.conftest import Cast
from tests.web.customer.test_every_address import ELSEWHERE, NUMBER, walk
from tests.web.customer.test_every_address import PLACES as WORDS
from tests.web.work.conftest import RESCUE

from banso.site.api import make_api
from banso.web.accounts.models import User
from banso.web.audit.models import PersonalRead
from banso.web.timeline import operations as timeline
from banso.web.timeline.models import Attachment, Entry
from banso.web.work import operations as work
from banso.web.work.models import KnownPlay, KnownSignal, OpenPlay, Task, WorkItem
from banso.webkit.personal import personal_of

NOW = dt.datetime(2026, 11, 24, 1, tzinfo=dt.UTC)
# Names, addresses and words of people at customers, in facts and in the app.
PEOPLE = (
    "田中", "鈴木", "花村", "hanamura@left.example", "請求書の宛名", "窓口が親切",
    "Note number", "部長が交代した", "議事録の中身",
)  # fmt: skip
ROWS = {
    "entry_id": Entry, "attachment_id": Attachment, "play_id": OpenPlay,
    "task_id": Task, "item_id": WorkItem, "user_id": User, "card_id": WorkItem,
}  # fmt: skip
_DECIDED = (
    "customers/<consent_key:customer_id>/contacts/<consent_key:contact_id>"
    "/consents/decisions/"
)
CHOICES = {
    "customer_id": ("C1", "C2"),
    "table": ("contacts", "tickets", "responses", "interactions", "customers"),
}


def tells(answer: HttpResponse) -> bool:
    streamed = getattr(answer, "streaming", False)
    content = b"".join(answer) if streamed else answer.content
    text = content.decode("utf-8", "replace")
    return any(said in text or json.dumps(said)[1:-1] in text for said in PEOPLE)


@pytest.fixture
def planted(project, cast: Cast) -> None:
    """Let people be named wherever people of ours may name them."""
    content = timeline.Content(
        kind="note", at=NOW, minutes=None, initiative="", contact_id="P1",
        contact_name="田中", text="部長が交代した",
    )  # fmt: skip
    file = SimpleUploadedFile("minutes.txt", "議事録の中身".encode())
    timeline.record_entry(
        customer_id="C1", content=content, files=[file], by=cast.aoi, at=NOW
    )
    steps = {"label": {"ja": "引き止め", "en": "Rescue"}, "steps": RESCUE}
    KnownPlay.objects.update_or_create(
        key="rescue", defaults={**steps, "about": steps["label"], "assumed_effect": 0.1}
    )
    item = WorkItem.objects.filter(customer_id="C1", state="open")[0]
    work.snooze(
        {item.pk: item.version}, until=dt.date(2026, 12, 1), why="部長が交代した",
        by=cast.aoi, at=NOW,
    )  # fmt: skip
    item.refresh_from_db()
    play = work.start_play({item.pk: item.version}, play="rescue", by=cast.aoi, at=NOW)
    said = work.Outcome(note="部長が交代した")
    task = play.tasks.get()
    work.complete_task(task.pk, version=task.version, outcome=said, by=cast.aoi, at=NOW)
    work.add_task(
        "C1", "田中様へ電話", due_on=NOW.date(), assignee=cast.aoi, by=cast.aoi, at=NOW
    )


def filled(route: str, names: dict[str, str]) -> Iterator[str]:
    """Yield a route with something real in each of its places."""
    places = re.findall(r"[<{]([^>}]+)[>}]", route)
    values = []
    for place in places:
        name = place.rpartition(":")[2]
        if name in CHOICES:
            values.append(CHOICES[name])
        elif name in ROWS:
            values.append(tuple(str(row.pk) for row in ROWS[name].objects.all()[:3]))
        else:
            values.append((names.get(name, NUMBER),))
    for chosen in itertools.product(*values):
        given = iter(chosen)
        yield re.sub(r"[<{][^>}]+[>}]", lambda _found, of=given: next(of), route)


def unnoted(client: Client, path: str, view: object) -> str:
    """Return what is wrong with how an answer was noted; empty: nothing."""
    PersonalRead.objects.all().delete()
    answer = client.get(path)
    if answer.status_code != 200 or not tells(answer):
        return ""
    if not personal_of(view):
        return f"{path} is not declared"
    return "" if PersonalRead.objects.exists() else f"{path} was not noted"


def test_page_that_tells_of_people_is_noted(planted, aoi: Client) -> None:
    signal = KnownSignal.objects.values_list("key", flat=True)[0]
    views = list(walk(get_resolver().url_patterns))
    wrong, noted = [], set()
    for route, view in views:
        if route.startswith((*ELSEWHERE, "simulators")):
            continue
        names = WORDS | ({"key": signal} if route.startswith("signals") else {})
        for path in filled(route, names):
            wrong.append(unnoted(aoi, f"/{path}", view))
            if PersonalRead.objects.exists():
                noted.add(route)

    assert [each for each in wrong if each] == []
    # Every declaration is one that was seen to tell something, but those of forms.
    declared = {route for route, view in views if personal_of(view)}
    assert declared - noted <= {
        "entries/", "data/quarantine/", "data/quarantine/export",
        "plays/<int:play_id>/result/", "plays/<int:play_id>/stop/",
        "plays/hand-overs/<int:hand_over_id>/",
        _DECIDED,
    }  # fmt: skip


def test_operation_that_tells_of_people_is_noted(planted, cast: Cast, settings) -> None:
    settings.BANSO_API_REQUESTS_A_MINUTE = 100_000
    client = program(cast.aoi, ("write", "administration:write"))
    names = {
        "metric": "events_28", "digest": "current", "dimension": "adoption",
        "element": "depth",
    }  # fmt: skip
    views = {
        (method, path): operation.view_func
        for router in make_api()._get_bound_routers()
        for path, view in router.path_operations.items()
        for operation in view.operations
        for method in operation.methods
    }
    wrong = [
        unnoted(client, f"/api/v1/{path}", view)
        for (method, route), view in views.items()
        if method == "GET"
        for path in filled(route, names)
    ]

    assert [each for each in wrong if each] == []
    # what acts answers with the same records as what reads
    told = {
        v.__name__ for (m, _path), v in views.items() if m != "GET" if personal_of(v)
    }
    assert told >= {
        "record",
        "delegation",
        "snooze",
        "result",
        "add_task",
        "completion",
    }
    assert len(list(operations_of_api())) == len(views)


def test_programs_read_who_reads(planted, cast: Cast) -> None:
    client = program(cast.aoi, ("read", "administration:read"))
    client.get("/api/v1/customers/C2/timeline")
    asked = {"customer": "C2", "kind": "answers"}
    (read,) = client.get("/api/v1/audit/reads", asked).json()["items"]

    assert (read["by_email"], read["through"]) == ("aoi@example.com", "T")
    assert (read["way"], read["kind"], read["times"]) == ("api", "answers", 1)


def test_answer_to_what_was_recorded_is_noted(planted, cast: Cast) -> None:
    client = program(cast.aoi, ("write",))
    body = {"kind": "note", "text": "部長が交代した"}
    address_of = address("customers/{key:customer_id}/entries")
    client.post(f"/api/v1/{address_of}", body, content_type="application/json")

    (read,) = PersonalRead.objects.all()
    assert (read.by, read.through, read.way) == (cast.aoi, "T", "api")
    assert (read.kind, read.customer_id, read.times) == ("conversations", "C1", 1)


def test_reads_of_a_day_are_one_row_with_how_often(planted, aoi: Client, cast) -> None:
    for _time in range(3):
        aoi.get("/customers/C1/contacts/", REMOTE_ADDR="192.0.2.7")
    aoi.get("/customers/C1/contacts/", REMOTE_ADDR="192.0.2.8")
    aoi.get("/customers/C9/contacts/")  # there is none: nothing was told

    first, second = PersonalRead.objects.order_by("pk")
    assert (first.by, first.kind, first.customer_id) == (cast.aoi, "contacts", "C1")
    assert (first.address, first.times) == ("192.0.2.7", 3)
    assert first.first_at < first.last_at
    assert (second.address, second.times) == ("192.0.2.8", 1)


def test_who_reads_is_shown_filtered_and_exported(planted, aoi: Client, cast) -> None:
    aoi.get("/customers/C2/contacts/")
    aoi.get("/activity/")
    page = "/audit/reads/"

    everything = aoi.get(page).content.decode()
    of_left = aoi.get(page, {"customer": "left", "kind": "contacts"}).content.decode()
    by_nobody = aoi.get(page, {"person": "chika"}).content.decode()
    file = b"".join(aoi.get(page + "export", {"way": "web"})).decode("utf-8-sig")
    audit = aoi.get("/audit/").content.decode()

    assert "Left Ltd" in everything
    assert "青空商事" in everything  # of the one entry
    assert "Left Ltd" in of_left
    assert "青空商事" not in of_left
    assert "No read matches" in by_nobody
    assert [line.count("aoi@example.com") for line in file.splitlines()] == [0, 1, 1]
    assert "Exported who read personal data." in audit
