"""Services become facts: page by page, only what changed, wherever it was stopped."""

import datetime as dt
import signal
import subprocess
import sys
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from lakes import new_project
from saas_projects import AT, define, facts, read
from service_servers import TOKEN, HubSpot, Stripe, serving

from banso.connectors.readers import SourceFailed, SourceUnreachable
from banso.connectors.sources import SOURCES_FILE, parse_sources
from banso.runs.project import Project

HOUR = dt.timedelta(hours=1)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    monkeypatch.setenv("TOKEN", TOKEN)
    return new_project(tmp_path / "company")


@pytest.fixture
def stripe(project: Project) -> Iterator[Stripe]:
    with serving(Stripe()) as served:
        define(project, "stripe", "api_key", served)
        assert isinstance(served, Stripe)
        yield served


@pytest.fixture
def hubspot(project: Project) -> Iterator[HubSpot]:
    with serving(HubSpot()) as served:
        define(project, "hubspot", "access_token", served)
        assert isinstance(served, HubSpot)
        yield served


def stamp(*parts: int) -> int:
    return int(dt.datetime(*parts, tzinfo=dt.UTC).timestamp())


def customer(number: int, **more: Any) -> dict[str, Any]:
    return {
        "id": f"cus_{number}",
        "object": "customer",
        "name": f"会社{number}",
        "email": f"a{number}@example.com",
        "address": {"country": "JP"},
        "created": stamp(2026, 1, 31, 20),  # the 1st of February in Tokyo
        **more,
    }


def subscription(**more: Any) -> dict[str, Any]:
    price = {
        "id": "price_1",
        "nickname": "Pro",
        "unit_amount": 120_000,
        "recurring": {
            "interval": "year",
            "interval_count": 1,
            "usage_type": "licensed",
        },
    }
    return {
        "id": "sub_1",
        "object": "subscription",
        "customer": "cus_1",
        "status": "active",
        "currency": "jpy",
        "start_date": stamp(2026, 2, 1),
        "current_period_end": stamp(2027, 2, 1),
        "items": {"data": [{"price": price, "quantity": 3}]},
        **more,
    }


def fill(stripe: Stripe) -> None:
    stripe.objects = {
        "customers": [customer(n) for n in range(8, 0, -1)],
        "subscriptions": [subscription()],
        "charges": [
            {
                "id": "ch_1",
                "object": "charge",
                "customer": "cus_1",
                "amount": 9_900,
                "amount_refunded": 900,
                "currency": "usd",
                "status": "succeeded",
                "captured": True,
                "invoice": "in_1",
                "created": stamp(2026, 2, 1),
            }
        ],
    }


def test_stripe_fills_customers_subscriptions_and_charges(project, stripe):
    fill(stripe)

    done = read(project)

    assert all(each.failure is None for each in done.values())
    customers = facts(project, "customers")
    assert len(customers) == 8
    assert customers[0]["name"] == "会社1"
    assert customers[0]["created_on"] == dt.date(2026, 2, 1)
    (line,) = facts(project, "subscriptions")
    # 3 seats of 120,000 yen a year, and yen has no smaller unit
    assert (line["mrr"], line["currency"], line["seats"]) == (30_000, "JPY", 3)
    assert (line["plan"], line["renews_on"]) == ("Pro", dt.date(2027, 2, 1))
    (charge,) = facts(project, "charges")
    assert (charge["amount"], charge["currency"]) == (Decimal(90), "USD")
    assert charge["kind"] == "recurring"


def test_stripe_gives_only_what_its_events_tell_of_the_next_time(project, stripe):
    fill(stripe)
    read(project)
    stripe.asked.clear()
    ended = subscription(status="canceled", ended_at=stamp(2026, 11, 27, 12))
    stripe.change("subscriptions", "customer.subscription.deleted", ended, AT + HOUR)
    renamed = customer(5, name="改名した会社")
    stripe.change("customers", "customer.updated", renamed, AT + HOUR)

    done = read(project, at=AT + 2 * HOUR)

    assert (done["customers"].rows, done["customers"].total("changed")) == (1, 1)
    assert facts(project, "subscriptions")[0]["ended_on"] == dt.date(2026, 11, 27)
    assert facts(project, "customers")[4]["name"] == "改名した会社"
    assert "GET /v1/customers" not in stripe.asked
    assert read(project, at=AT + 3 * HOUR)["customers"].rows == 0


def test_stripe_is_read_whole_when_its_events_are_no_longer_kept(project, stripe):
    fill(stripe)
    read(project)
    stripe.asked.clear()

    read(project, at=AT + dt.timedelta(days=40))

    assert "GET /v1/customers" in stripe.asked


@pytest.mark.parametrize(
    ("more", "mrr"),
    [
        ({"currency": "usd"}, 300),  # cents
        ({"currency": "kwd"}, 30),  # thousandths
        ({"discount": {"coupon": {"percent_off": 50, "duration": "forever"}}}, 15_000),
        ({"discount": {"coupon": {"percent_off": 50, "duration": "once"}}}, 30_000),
        ({"status": "incomplete_expired"}, 0),
    ],
)
def test_stripes_amounts_become_money_a_month(project, stripe, more, mrr):
    fill(stripe)
    stripe.objects["subscriptions"] = [subscription(**more)]

    read(project)

    assert facts(project, "subscriptions")[0]["mrr"] == mrr


def test_price_in_steps_has_no_mrr_and_says_so_in_quarantine(project, stripe):
    fill(stripe)
    tiered = subscription()
    tiered["items"]["data"][0]["price"]["unit_amount"] = None
    stripe.objects["subscriptions"] = [tiered]

    assert read(project)["subscriptions"].total("quarantined") == 1


def test_service_that_is_asked_too_often_is_waited_for(project, stripe):
    fill(stripe)
    stripe.busy = 1
    begun = dt.datetime.now(dt.UTC)

    done = read(project)

    assert done["customers"].total("new") == 8
    assert dt.datetime.now(dt.UTC) - begun >= dt.timedelta(seconds=1)


def test_wrong_token_is_said_without_the_token(project, stripe, monkeypatch):
    monkeypatch.setenv("TOKEN", "sk_live_secret")

    done = read(project)

    failure = done["customers"].failure
    assert isinstance(failure, SourceUnreachable)
    assert "sk_live" not in repr(failure) + repr(failure.facts)


def test_token_goes_to_no_address_without_encryption(project, stripe):
    path = project.folder / SOURCES_FILE
    path.write_text(path.read_text().replace(stripe.url, "http://stripe.example"))

    with pytest.raises(SourceUnreachable, match="https"):
        read(project)


def company(
    number: int, changed: dt.datetime = AT - 48 * HOUR, **more: Any
) -> dict[str, Any]:
    return {
        "id": str(number),
        "properties": {
            "name": f"会社{number}",
            "domain": f"c{number}.co.jp",
            "createdate": "2025-01-31T20:00:00Z",
            "hs_lastmodifieddate": changed.isoformat(),
            **more,
        },
    }


def person(number: int, company: int | None) -> dict[str, Any]:
    return {
        "id": str(number),
        "properties": {
            "lastname": "佐藤",
            "firstname": "花子",
            "email": f"p{number}@example.com",
            "associatedcompanyid": None if company is None else str(company),
            "createdate": "2025-03-01T00:00:00Z",
            "lastmodifieddate": "2026-11-01T00:00:00Z",
        },
    }


def deal(number: int) -> dict[str, Any]:
    return {
        "id": str(number),
        "properties": {
            "dealname": "更新",
            "createdate": "2026-05-01T00:00:00Z",
            "closedate": "2026-06-01T00:00:00Z",
            "hs_is_closed": "true",
            "hs_is_closed_won": "true",
            "hs_mrr": "1200.5",
            "deal_currency_code": "JPY",
            "hs_primary_associated_company": "1",
            "hs_lastmodifieddate": "2026-06-01T00:00:00Z",
        },
    }


def test_hubspot_fills_customers_contacts_and_deals(project, hubspot):
    hubspot.objects = {
        "companies": [company(n) for n in range(1, 6)],
        "contacts": [person(7, 1), person(8, None)],
        "deals": [deal(9)],
    }

    done = read(project)

    assert len(facts(project, "customers")) == 5
    (contact,) = facts(project, "contacts")
    assert (contact["name"], contact["customer_id"]) == ("佐藤 花子", "1")
    assert done["contacts"].total("quarantined") == 1  # of no company
    (won,) = facts(project, "deals")
    assert (won["won"], won["mrr"]) == (True, Decimal("1200.5"))
    assert won["closed_on"] == dt.date(2026, 6, 1)


def test_hubspot_gives_only_what_changed_the_next_time(project, hubspot):
    old = AT - 72 * HOUR
    hubspot.objects = {"companies": [company(n, old) for n in range(1, 6)]}
    hubspot.objects["companies"].append(company(6, AT - HOUR))
    read(project)
    hubspot.objects["companies"][0] = company(1, AT + HOUR, name="改名")

    done = read(project, at=AT + 2 * HOUR)["customers"]

    assert (done.rows, done.total("changed"), done.total("unchanged")) == (2, 1, 1)


def test_hubspots_most_results_are_no_end(project, hubspot):
    hubspot.most = 4
    found = [company(n, AT - dt.timedelta(minutes=100 - n)) for n in range(1, 12)]
    hubspot.objects = {"companies": found}
    from banso.connectors import hubspot as module  # noqa: PLC0415

    before, module._MOST = module._MOST, 4
    try:
        read(project)
    finally:
        module._MOST = before

    assert len(facts(project, "customers")) == 11


def test_more_at_one_moment_than_can_be_listed_are_refused(project, hubspot):
    hubspot.most = 4
    hubspot.objects = {"companies": [company(n) for n in range(1, 12)]}
    from banso.connectors import hubspot as module  # noqa: PLC0415

    before, module._MOST = module._MOST, 4
    try:
        failure = read(project)["customers"].failure
    finally:
        module._MOST = before

    assert isinstance(failure, SourceFailed)


def test_service_that_breaks_off_says_so_and_is_read_on_the_next_time(
    project, hubspot, monkeypatch, capsys
):
    monkeypatch.setattr("banso.connectors.services._ATTEMPTS", 2)
    hubspot.objects = {"companies": [company(n) for n in range(1, 6)]}
    hubspot.broken_after = 2

    failure = read(project)["customers"].failure

    assert isinstance(failure, SourceFailed)
    assert "HTTP 500" in failure.message
    hubspot.broken_after = None
    assert read(project)["customers"].total("new") == 5
    assert "WARNING" not in capsys.readouterr().err


def test_killed_reading_of_a_service_goes_on_where_it_was(project, hubspot):
    found = [company(n, AT - dt.timedelta(hours=100 - n)) for n in range(1, 8)]
    hubspot.objects = {"companies": found}
    script = """
import datetime as dt, os, signal, sys
from pathlib import Path
from banso.runs import source_reading
from banso.runs.project import Project
from banso.runs.source_states import find_sources
from banso.warehouse.draft import Draft

source_reading.PORTION = 2
real, commits = Draft.commit, []
def commit(self):
    commits.append(1)
    if len(commits) == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    return real(self)
Draft.commit = commit
project = Project.open(Path(sys.argv[1]))
(source,) = find_sources(project, None)
source_reading.read_source(project, source, at=dt.datetime.fromisoformat(sys.argv[2]))
"""
    arguments = [sys.executable, "-c", script, str(project.folder), AT.isoformat()]
    killed = subprocess.run(arguments, check=False)
    assert killed.returncode == -signal.SIGKILL
    assert len(facts(project, "customers")) == 4

    rest = read(project)["customers"]

    assert len(facts(project, "customers")) == 7
    assert (rest.rows, rest.total("new")) == (4, 3)


def test_service_needs_its_secret_and_databases_their_tables():
    text = (
        "schema_version: 1\nsources:\n  - {name: a, kind: %s, connection: {host: x}}\n"
    )

    for kind, said in (("stripe", "api_key"), ("postgres", "tables")):
        sources, issues = parse_sources(text % kind, path="sources.yaml")
        assert sources is None
        assert said in str(issues[0])
