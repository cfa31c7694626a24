"""Signals that are open at customers, without a run: written as publication does."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from tests.web.conftest import Cast, add_user

from banso.web.accounts.models import User
from banso.web.customers.models import CustomerNow, PublishedRelease
from banso.web.work.models import KnownPlay, KnownSignal, Reach, WorkItem
from banso.webkit.permissions import Role, Scope

AS_OF = dt.date(2026, 11, 22)
NOW = dt.datetime(2026, 11, 24, 1, tzinfo=dt.UTC)  # Tuesday, 10:00 in Tokyo
TODAY = dt.date(2026, 11, 24)
Opened = Callable[..., WorkItem]


def step(key: str, **more: Any) -> dict[str, Any]:
    """Return a step as a play keeps it."""
    return {
        "key": key, "label": {"ja": f"{key}（日本語）", "en": f"Step {key}"},
        "role": "csm", "due_days": 1, "channel": None, "minutes": 15,
        "note_required": False, "template": None, "branches": [], **more,
    }  # fmt: skip


RESCUE = [
    step(
        "write",
        channel="mail",
        template={
            "subject": {"ja": "{customer}様へ", "en": "To {customer}"},
            "body": {
                "ja": "{contact}様\n{reason}\n{sender}",
                "en": "Dear {contact},\n{reason}\n{sender}",
            },
        },
    ),
    step(
        "call",
        due_days=2,
        channel="call",
        note_required=True,
        branches=[
            {"label": {"ja": "戻る", "en": "Comes back"}, "then": "end"},
            {"label": {"ja": "迷う", "en": "Hesitates"}, "then": "offer"},
        ],
    ),
    step("offer", role="lead", due_days=3, minutes=60),
]


def add_customer(customer_id: str, owner: str, **more: Any) -> CustomerNow:
    """Add a customer as publication would, with nothing known but these."""
    number = CustomerNow.objects.count() + 1
    texts = (
        "touch", "industry", "country", "size", "purpose", "parent_id", "partner_id",
        "products", "plan", "ended_reason", "worst_element", "best_element", "no_score",
    )  # fmt: skip
    sorts = {
        field.name: 1e3
        for field in CustomerNow._meta.get_fields()
        if field.name.startswith("sort_")
    }
    values = {
        **dict.fromkeys(texts, ""), **sorts, "number": number, "name": customer_id,
        "search": customer_id.lower(), "status": "active", "owner": owner,
        "currency": "JPY", "mrr": 50_000, "model": "standard", "score": 35.0,
        "band": "at_risk", "digest": "x", "p_churn": 0.23, **more,
    }  # fmt: skip
    return CustomerNow.objects.create(customer_id=customer_id, **values)


@pytest.fixture
def release(db: None) -> PublishedRelease:
    """Publish a release without results, with two signals and a play of three steps."""
    KnownPlay.objects.create(
        key="rescue",
        label={"ja": "引き止め", "en": "Rescue"},
        about={"ja": "離れかけた顧客に。", "en": "For who is leaving."},
        steps=RESCUE,
        assumed_effect=0.1,
    )
    for place, (key, kind) in enumerate(
        (("use_stopped", "churn"), ("seats_full", "upsell"))
    ):
        KnownSignal.objects.create(
            key=key,
            label={"ja": f"{key}（日本語）", "en": key.replace("_", " ").title()},
            kind=kind,
            play="rescue" if kind == "churn" else "",
            within_days=90,
            trend_label={"ja": "操作数", "en": "Actions"},
            figures={
                "precision": {"value": 0.38, "low": 0.34, "high": 0.42},
                "base_rate": {"value": 0.11, "low": 0.1, "high": 0.12},
            },
            months=24,
            place=place,
        )
    return PublishedRelease.objects.create(
        pk=1, release_id="by hand", as_of=AS_OF, made_at=NOW, published_at=NOW,
        facts_digest="", definitions_digest="", presentation=1,
    )  # fmt: skip


@pytest.fixture
def opened(release: PublishedRelease) -> Opened:
    """Return a function that opens a signal at a customer."""

    def at_customer(customer_id: str, owner: User, **more: Any) -> WorkItem:
        if not CustomerNow.objects.filter(pk=customer_id).exists():
            add_customer(customer_id, owner.email)
            Reach.objects.create(customer_id=customer_id, people=[["P1", "田中"]])
        worth = more.pop("worth", 1000.0)
        values = {
            "signal": "use_stopped", "opened_on": dt.date(2026, 11, 8),
            "kind": "churn", "play": "rescue", "reason_ja": "16日使われていません。",
            "reason_en": "Last used 16 days ago.", "owner": owner.email,
            "chance": 0.23, "chance_basis": "forecast", "amount": 600_000.0,
            "currency": "JPY", "urgency": 0.8, "effect": 0.1,
            "effect_basis": "assumed", "trend": [30, 20, None, 5, 0],
            "trend_of": "events_28",
            "sort_worth": 1e15 if worth is None else -worth, **more,
        }  # fmt: skip
        item = WorkItem.objects.create(
            customer_id=customer_id, worth=worth, digest="x", **values
        )
        item.refresh_from_db()
        return item

    return at_customer


@pytest.fixture
def dai(cast: Cast) -> User:
    """Add Dai, the lead of Chika's team, who sees the customers of the team."""
    return add_user("Dai", Role.LEAD, Scope.TEAM, "West")


@pytest.fixture
def emi(cast: Cast) -> User:
    """Add Emi, a CSM of Chika's team."""
    return add_user("Emi", Role.CSM, Scope.OWN, "West")
