"""Zendesk and Salesforce become facts: what changed, and what was deleted there."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from lakes import new_project
from saas_projects import AT, define, facts, read
from service_servers import TOKEN, Salesforce, Zendesk, serving

from banso.connectors.readers import SourceUnreachable
from banso.connectors.sources import SOURCES_FILE
from banso.runs.project import Project


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    monkeypatch.setenv("TOKEN", TOKEN)
    return new_project(tmp_path / "company")


@pytest.fixture
def zendesk(project: Project) -> Iterator[Zendesk]:
    with serving(Zendesk()) as served:
        define(project, "zendesk", "access_token", served)
        assert isinstance(served, Zendesk)
        yield served


@pytest.fixture
def salesforce(project: Project) -> Iterator[Salesforce]:
    with serving(Salesforce()) as served:
        define(project, "salesforce", "client_id: app, client_secret", served)
        assert isinstance(served, Salesforce)
        yield served


def moment(days: int) -> str:
    return (AT - dt.timedelta(days=days)).isoformat().replace("+00:00", "Z")


def organization(number: int, days: int = 30) -> dict[str, Any]:
    return {
        "id": number,
        "name": f"会社{number}",
        "domain_names": [f"c{number}.co.jp"],
        "created_at": moment(400),
        "updated_at": moment(days),
    }


def ticket(number: int, days: int = 5, **more: Any) -> dict[str, Any]:
    return {
        "id": number,
        "organization_id": 1,
        "requester_id": 70,
        "subject": "ログインできない",
        "description": "昨日から",
        "type": "problem",
        "priority": "high",
        "status": "solved",
        "created_at": moment(days + 2),
        "updated_at": moment(days),
        "metric_set": {"solved_at": moment(days + 1)},
        **more,
    }


def test_zendesk_fills_customers_contacts_and_tickets(project, zendesk):
    zendesk.objects = {
        "organizations": [organization(n, 40 - n) for n in range(1, 6)],
        "users": [
            {
                "id": 70 + n,
                "role": role,
                "organization_id": 1,
                "name": "佐藤",
                "email": f"u{n}@c1.co.jp",
                "active": True,
                "created_at": moment(90),
                "updated_at": moment(20 - n),
            }
            for n, role in enumerate(["end-user", "agent", "end-user"])
        ],
        "tickets": [ticket(n, 9 - n) for n in range(1, 5)],
    }
    zendesk.busy = 1

    done = read(project)

    assert all(each.failure is None for each in done.values())
    assert len(facts(project, "customers")) == 5
    assert [c["contact_id"] for c in facts(project, "contacts")] == ["70", "72"]
    first = facts(project, "tickets")[0]
    assert (first["kind"], first["priority"]) == ("bug", "high")
    assert first["text"] == "ログインできない\n昨日から"
    assert first["closed_at"] == (AT - dt.timedelta(days=9)).replace(tzinfo=None)


def test_zendesk_gives_what_changed_and_what_was_deleted(project, zendesk):
    zendesk.objects = {
        "organizations": [organization(1)],
        "tickets": [ticket(n, 9 - n) for n in range(1, 5)],
    }
    read(project)
    zendesk.objects["tickets"][0] = ticket(1, -1, status="open")
    zendesk.objects["tickets"][1] = ticket(2, -1, status="deleted", subject=None)

    done = read(project, at=AT + dt.timedelta(days=2))["tickets"]

    assert (done.rows, done.withdrawn) == (3, 1)
    left = {row["ticket_id"]: row for row in facts(project, "tickets")}
    assert sorted(left) == ["1", "3", "4"]
    assert left["1"]["closed_at"] is None


def test_zendesk_needs_to_know_whose_it_is(project, zendesk):
    path = project.folder / SOURCES_FILE
    path.write_text(path.read_text().replace(f", base_url: '{zendesk.url}'", ""))

    with pytest.raises(SourceUnreachable, match="subdomain"):
        read(project)


def record(key: str, days: int = 30, **more: Any) -> dict[str, Any]:
    return {
        "attributes": {"type": "x"},
        "Id": key,
        "IsDeleted": False,
        "CreatedDate": "2025-01-31T20:00:00.000+0000",
        "SystemModstamp": moment(days).replace("Z", ".000+0000"),
        **more,
    }


def test_salesforce_fills_customers_contacts_deals_and_tickets(project, salesforce):
    salesforce.objects = {
        "Account": [
            record(
                f"001{n}", 40 - n, Name=f"会社{n}", Owner={"Email": "aoi@example.com"}
            )
            for n in range(1, 6)
        ],
        "Contact": [
            record("003a", AccountId="0011", LastName="佐藤", FirstName="花子")
        ],
        "Opportunity": [
            record(
                "006a",
                AccountId="0012",
                Name="更新",
                CloseDate="2026-06-01",
                IsClosed=True,
                IsWon=True,
                Amount=1200000.0,
                StageName="Closed Won",
            )
        ],
        "Case": [record("500a", AccountId="0011", Subject="不具合", ClosedDate=None)],
    }

    done = read(project)

    assert all(each.failure is None for each in done.values())
    customers = facts(project, "customers")
    assert len(customers) == 5
    assert customers[0]["owner"] == "aoi@example.com"
    assert customers[0]["created_on"] == dt.date(2025, 2, 1)
    assert facts(project, "contacts")[0]["name"] == "佐藤 花子"
    (won,) = facts(project, "deals")
    assert (won["won"], won["amount"]) == (True, 1_200_000)
    assert facts(project, "tickets")[0]["text"] == "不具合"


def test_salesforce_gives_what_changed_and_what_was_deleted(project, salesforce):
    salesforce.objects = {
        "Account": [record("0011", Name="会社1"), record("0012", Name="会社2")],
        "Contact": [record("003a", AccountId="0011"), record("003b", AccountId="0011")],
    }
    read(project)
    salesforce.objects["Account"][1] |= {
        "IsDeleted": True,
        "SystemModstamp": moment(-1),
    }
    salesforce.objects["Contact"][0] |= {
        "IsDeleted": True,
        "SystemModstamp": moment(-1),
    }

    done = read(project, at=AT + dt.timedelta(days=2))

    assert done["contacts"].withdrawn == 1
    assert [c["contact_id"] for c in facts(project, "contacts")] == ["003b"]
    assert len(facts(project, "customers")) == 2


def test_client_credentials_that_do_not_count_are_said_without_them(
    project, salesforce, monkeypatch
):
    monkeypatch.setenv("TOKEN", "not_the_secret")

    with pytest.raises(SourceUnreachable, match="HTTP 401") as refusal:
        read(project)

    assert "not_the_secret" not in repr(refusal.value.facts) + str(refusal.value)
