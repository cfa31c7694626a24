"""The people and the contract of a customer, for programs."""

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from tests.web.api.conftest import program
from tests.web.conftest import Cast

from banso.web.audit.models import PersonalRead

__all__ = ["program"]
pytestmark = pytest.mark.usefixtures("project")
AT = "/api/v1/customers/C1"


def decide(client: Client, contact: str, purpose: str) -> None:
    body = {"purpose": purpose, "granted": False}
    path = f"{AT}/contacts/{contact}/consents"
    answer = client.post(path, body, content_type="application/json")
    assert answer.status_code == 200


def test_contract_lines_are_told_with_their_state(cast: Cast, program: Any) -> None:
    aoi = program(cast.aoi)

    (line,) = aoi.get(f"{AT}/contracts").json()["items"]
    (ended,) = aoi.get("/api/v1/customers/C2/contracts").json()["items"]
    (upcoming,) = aoi.get("/api/v1/customers/C4/contracts").json()["items"]

    assert (line["state"], line["mrr"], line["currency"]) == (
        "running",
        "50000.0000",
        "JPY",
    )
    assert (line["started_on"], line["renews_on"]) == ("2026-06-01", "2026-12-01")
    assert (ended["state"], ended["ended_reason"]) == ("ended", "price")
    assert upcoming["state"] == "upcoming"


def test_people_are_told_and_the_reading_is_noted(cast: Cast, program: Any) -> None:
    found = program(cast.aoi).get(f"{AT}/contacts").json()

    assert found["withheld"] == 0
    tanaka, suzuki = found["items"]
    assert (tanaka["contact_id"], tanaka["name"], tanaka["layer"]) == (
        "P1",
        "田中",
        "user",
    )
    assert tanaka["is_here"]
    assert dt.date.fromisoformat(tanaka["last_active_on"])
    assert (suzuki["is_here"], suzuki["left_on"]) == (False, "2026-10-20")
    read = PersonalRead.objects.get(customer_id="C1")
    assert (read.way, read.kind, read.by) == ("api", "contacts", cast.aoi)


def test_who_refuses_is_left_out_or_told_less(cast: Cast, program: Any) -> None:
    aoi = program(cast.aoi, "write")
    decide(aoi, "P2", "sharing")
    decide(aoi, "P1", "usage_analysis")
    decide(aoi, "P1", "contact")

    found = aoi.get(f"{AT}/contacts").json()

    assert found["withheld"] == 1
    (tanaka,) = found["items"]
    assert tanaka["contact_id"] == "P1"
    assert tanaka["last_active_on"] is None
    assert not tanaka["may_be_contacted"]
