"""What a person allows: recorded on its page, seen on others, in the audit."""

import csv
import datetime as dt
import io
import json
from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client
from django.utils import timezone
from lakes import put
from page_text import plain
from tests.web.api.conftest import program
from tests.web.conftest import Cast

from banso.kernel.consent import Purpose
from banso.runs.project import Project
from banso.web.audit.models import AuditEntry
from banso.web.consents import queries
from banso.web.consents.models import Decision
from banso.web.customer.willing import IS_UNSAID, without_words
from banso.web.customers.queries import published_reader
from banso.web.running.operations import take_back
from banso.web.timeline.models import Entry
from banso.web.timeline.operations import Content, record_entry

__all__ = ["program"]
pytestmark = pytest.mark.usefixtures("project")
PAGE = "/customers/C1/contacts/P1/consents/"
LIST = "/customers/C1/contacts/"


def record(client: Client, purpose: str = "contact", **more: Any) -> int:
    given = {"purpose": purpose, "granted": "no", **more}
    return client.post(f"{PAGE}decisions/", given).status_code


def test_withdrawal_counts_at_once_and_is_in_the_audit(aoi: Client, cast: Cast) -> None:
    assert record(aoi, reason="電話で", source="call", basis="consent") == 302

    page = plain(aoi, PAGE)
    assert "Contact by a person Refused since" in page
    assert "電話で" in page
    assert "Do not contact" in plain(aoi, LIST)
    (entry,) = AuditEntry.objects.filter(action="consent_refused")
    assert (entry.subject_kind, entry.subject_id) == ("contact", "P1")
    assert entry.by == cast.aoi
    assert "電話で" not in str(entry.details)
    assert "田中 refuses: Contact by a person" in plain(aoi, "/audit/")


def test_person_may_change_its_mind(aoi: Client) -> None:
    record(aoi)
    assert record(aoi, granted="yes") == 302

    assert "Contact by a person Allowed since" in plain(aoi, PAGE)
    assert "Do not contact" not in plain(aoi, LIST)
    assert Decision.objects.count() == 2


def test_decision_of_the_future_and_nonsense_are_refused(aoi: Client) -> None:
    ahead = timezone.localtime() + dt.timedelta(days=2)
    answer = aoi.post(
        f"{PAGE}decisions/",
        {
            "purpose": "contact",
            "granted": "no",
            "decided_at": f"{ahead:%Y-%m-%dT%H:%M}",
        },
    )

    assert answer.status_code == 422
    assert "cannot be made in the future" in answer.content.decode()
    assert record(aoi, purpose="nothing") == 422
    assert not Decision.objects.exists()


def test_only_who_records_contacts_records_and_only_on_own_customers(
    ben: Client, chika: Client
) -> None:
    theirs = "/customers/C2/contacts/P1/consents/"
    assert ben.get(PAGE).status_code == 404  # the team's customers alone
    assert record(ben) == 403
    assert record(chika) == 302
    assert chika.get(theirs).status_code == 404
    of_other = f"/customers/{quote('C4')}/contacts/P1/consents/decisions/"
    assert chika.post(of_other, {"purpose": "news", "granted": "no"}).status_code == 404


def test_last_activity_is_not_said_of_who_refuses_that_its_use_is_looked_at(
    aoi: Client,
) -> None:
    assert "田中 22 Nov 2026 today" in plain(aoi, LIST)

    record(aoi, "usage_analysis")

    assert "田中 – –" in plain(aoi, LIST)


def test_rows_behind_a_number_stay_and_are_of_nobody(aoi: Client) -> None:
    url = "/customers/C1/metrics/events_28/"
    before = plain(aoi, url)
    assert "田中" in before

    record(aoi, "usage_analysis")
    after = plain(aoi, url)

    assert "田中" not in after
    assert before.count("login") == after.count("login")


def test_file_of_rows_names_nobody_who_refuses_sharing(aoi: Client) -> None:
    def contacts() -> list[str]:
        answer = aoi.get("/customers/C1/metrics/events_28/rows.csv")
        text = b"".join(answer.streaming_content).decode("utf-8-sig")
        return [row["contact_id"] for row in csv.DictReader(io.StringIO(text))]

    before = contacts()
    assert "P1" in before
    record(aoi, "sharing")

    after = contacts()

    assert len(after) == len(before)
    assert "P1" not in after


def test_nobody_is_quoted_who_does_not_want_its_words_used(
    aoi: Client, cast: Cast
) -> None:
    rows = [
        {"contact_id": "P1", "comment": "private", "score": 3},
        {"contact_id": "P2", "comment": "public", "score": 9},
        {"contact_id": None, "comment": "anonymous", "score": 8},
    ]
    record(aoi, "voice_analysis")
    asked = {"at": timezone.now()}

    given = {"responses": rows}
    both = without_words(given, [Purpose.VOICE_ANALYSIS], **asked)["responses"]
    shared = without_words(given, [Purpose.SHARING], **asked)

    assert [row["comment"] for row in both] == [None, "public", "anonymous"]
    assert [bool(row.get(IS_UNSAID)) for row in both] == [True, False, False]
    assert [row["score"] for row in both] == [3, 9, 8]
    assert shared == given


def test_nobody_is_planned_to_be_contacted_who_refuses(aoi: Client, cast: Cast) -> None:
    record(aoi)
    ahead = timezone.now() + dt.timedelta(days=3)
    call = {
        "customer": "C1", "kind": "call", "initiative": "ours", "contact": "田中",
        "at": f"{timezone.localtime(ahead):%Y-%m-%dT%H:%M}",
    }  # fmt: skip

    refused = aoi.post("/entries/", call)
    theirs = aoi.post("/entries/", {**call, "initiative": "theirs"})

    assert refused.status_code == 409
    assert "田中 does not want to be contacted" in refused.content.decode()
    assert theirs.status_code == 302
    assert Entry.objects.count() == 1


def test_programs_get_nothing_of_who_refuses_sharing(
    aoi: Client, cast: Cast, program: Any
) -> None:
    note = Content("note", timezone.now(), None, "", "P1", "田中", "about 田中")
    record_entry(customer_id="C1", content=note, by=cast.aoi, at=timezone.now())
    client = program(cast.aoi)
    tables = "/api/v1/tables"

    def rows(table: str) -> list[dict[str, Any]]:
        answer = client.get(f"{tables}/{table}/rows", {"format": "ndjson"})
        lines = b"".join(answer.streaming_content).splitlines()
        return [json.loads(line) for line in lines]

    events = len(rows("events"))
    people = {row["contact_id"] for row in rows("contacts")}
    assert people > {"P1"}
    record(aoi, "sharing")

    assert {row["contact_id"] for row in rows("contacts")} == people - {"P1"}
    assert {row["contact_id"] for row in rows("events")} == {None, "P2"}
    assert len(rows("events")) == events
    (entry,) = client.get("/api/v1/entries").json()["items"]
    assert (entry["contact"], entry["text"]) == ("", "")
    told = client.get("/api/v1/customers/C1/timeline").json()["items"]
    assert "田中" not in json.dumps(told, ensure_ascii=False)


def test_programs_read_and_record_consents(cast: Cast, program: Any) -> None:
    client = program(cast.aoi)
    url = "/api/v1/customers/C1/contacts/P1/consents"

    answer = client.post(
        url, {"purpose": "news", "granted": True}, content_type="application/json"
    )

    assert answer.status_code == 200
    items = {each["purpose"]: each["granted"] for each in answer.json()["items"]}
    assert items == {**dict.fromkeys(Purpose, True)}
    assert client.get(url).json()["items"] == answer.json()["items"]
    assert AuditEntry.objects.filter(action="consent_granted").count() == 1
    assert client.get(url.replace("P1", "nobody")).status_code == 404


def test_what_was_recorded_returns_to_the_facts_and_what_is_loaded_counts(
    aoi: Client, project: Project
) -> None:
    record(aoi, "sharing", reason="by mail")
    take_back(project, at=timezone.now())
    try:
        page = plain(aoi, PAGE)
        assert page.count("by mail") == 1  # once, though both stores have it
        rows = {
            "consents": [
                {
                    "consent_id": "x1",
                    "contact_id": "P2",
                    "purpose": "news",
                    "decided_at": dt.datetime(2026, 11, 1),
                    "granted": True,
                }
            ]
        }
        put(project, rows)
        gate = queries.gate_for(["P1", "P2"], at=timezone.now())
        assert not gate.may("P1", Purpose.SHARING)
        assert gate.may("P2", Purpose.NEWS)
    finally:
        Decision.objects.all().delete()
        take_back(project, at=timezone.now())
    assert published_reader() is not None


def test_page_is_japanese_for_who_reads_japanese(cast: Cast, signed_in: Any) -> None:
    page = plain(signed_in(cast.aoi, language="ja"), PAGE)

    assert "田中の同意" in page
    assert "個人単位の利用分析" in page
