"""What a person allows: recorded on its page, seen on others, in the audit."""

import datetime as dt
from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client
from django.utils import timezone
from lakes import put
from page_text import plain
from tests.web.conftest import Cast

from banso.kernel.consent import Purpose
from banso.runs.project import Project
from banso.web.audit.models import AuditEntry
from banso.web.consents import queries
from banso.web.consents.models import Decision
from banso.web.customers.queries import published_reader
from banso.web.running.operations import take_back

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
    before = plain(aoi, LIST)
    assert "22 Nov 2026" in before or "today" in before or "days" in before

    record(aoi, "usage_analysis")

    row = plain(aoi, LIST).partition("田中")[2].partition("鈴木")[0]
    assert "2026" not in row.partition("Analysis of one")[0].replace("27 Nov", "")


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
