"""Intercom becomes facts: companies, people, conversations and how they were rated."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lakes import new_project
from saas_projects import AT, define, facts, read
from service_servers import TOKEN, Intercom, serving

from banso.connectors.intercom import plain_text
from banso.runs.project import Project


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    monkeypatch.setenv("TOKEN", TOKEN)
    return new_project(tmp_path / "company")


@pytest.fixture
def intercom(project: Project) -> Iterator[Intercom]:
    with serving(Intercom()) as served:
        define(project, "intercom", "access_token", served)
        assert isinstance(served, Intercom)
        yield served


def seconds(days: float) -> int:
    return int((AT - dt.timedelta(days=days)).timestamp())


def company(key: str, days: float = 30, **more: Any) -> dict[str, Any]:
    return {
        "type": "company",
        "id": key,
        "company_id": f"own-{key}",
        "name": f"会社{key}",
        "plan": {"name": "Pro"},
        "monthly_spend": 120,
        "created_at": seconds(400),
        "remote_created_at": seconds(500),
        "updated_at": seconds(days),
        **more,
    }


def contact(key: str, of: str | None, days: float = 20, **more: Any) -> dict[str, Any]:
    return {
        "type": "contact",
        "id": key,
        "role": "user",
        "name": "佐藤 花子",
        "email": f"{key}@example.co.jp",
        "created_at": seconds(90),
        "updated_at": seconds(days),
        "companies": {"type": "list", "data": [{"id": of}] if of else []},
        **more,
    }


def conversation(key: str, of: str, days: float = 5, **more: Any) -> dict[str, Any]:
    return {
        "type": "conversation",
        "id": key,
        "title": None,
        "created_at": seconds(days + 2),
        "updated_at": seconds(days),
        "state": "closed",
        "priority": "priority",
        "source": {
            "delivered_as": "customer_initiated",
            "subject": "",
            "body": "<p>ログイン&nbsp;できません</p><p>昨日から<br>です</p>",
            "author": {"type": "user", "id": of},
        },
        "contacts": {"type": "contact.list", "contacts": [{"id": of}]},
        "statistics": {"last_close_at": seconds(days + 1)},
        "conversation_rating": None,
        **more,
    }


def test_intercom_fills_customers_contacts_tickets_and_responses(project, intercom):
    intercom.objects = {
        "companies": [company(str(n), 40 - n) for n in range(1, 6)],
        "contacts": [
            contact("p1", "1"),
            contact("p2", "2", role="lead"),
            contact("p3", None, role="lead"),  # a visitor by chance
        ],
        "conversations": [
            conversation("t1", "p1", 9),
            conversation("t2", "p2", 8, state="open"),
            conversation(
                "t3",
                "p1",
                7,
                conversation_rating={
                    "rating": 2,
                    "remark": "遅い",
                    "created_at": seconds(6),
                    "replied_at": seconds(6),
                    "contact": {"id": "p2"},
                },
            ),
        ],
    }
    intercom.busy = 1

    done = read(project)

    assert all(each.failure is None for each in done.values())
    customers = facts(project, "customers")
    assert len(customers) == 5
    assert (customers[0]["name"], customers[0]["company_id"]) == ("会社1", "own-1")
    assert customers[0]["created_on"] == (AT - dt.timedelta(days=500)).date()
    assert customers[0]["monthly_spend"] == 120
    assert [c["contact_id"] for c in facts(project, "contacts")] == ["p1", "p2"]
    first, second, _third = facts(project, "tickets")
    assert (first["customer_id"], first["priority"]) == ("1", "high")
    assert first["text"] == "ログイン できません\n昨日から\nです"
    assert first["closed_at"] == (AT - dt.timedelta(days=10)).replace(tzinfo=None)
    assert (second["customer_id"], second["closed_at"]) == ("2", None)
    (answer,) = facts(project, "responses")
    assert (answer["survey"], answer["score"], answer["comment"]) == ("csat", 2, "遅い")
    assert (answer["customer_id"], answer["contact_id"]) == ("2", "p2")


def test_only_what_changed_is_read_again(project, intercom):
    intercom.objects = {
        "companies": [company(str(n), 40 - n) for n in range(1, 6)],
        "contacts": [contact(f"p{n}", str(n), 30 - n) for n in range(1, 6)],
        "conversations": [conversation(f"t{n}", f"p{n}", 9 - n) for n in range(1, 5)],
    }
    read(project)
    later = AT + dt.timedelta(days=1)
    intercom.objects["companies"][0]["updated_at"] = seconds(-0.5)
    intercom.objects["companies"][0]["name"] = "新社名"
    # on the day of the newest one that was read, minutes after it
    intercom.objects["contacts"][0]["updated_at"] = seconds(25) + 60
    intercom.objects["contacts"][0]["name"] = "鈴木 一郎"
    intercom.objects["conversations"][3] = conversation("t4", "p4", -0.5, state="open")

    done = read(project, at=later)

    assert {name: each.rows for name, each in done.items()} == {
        "customers": 2,  # the newest one is read again, with what came after it
        "contacts": 2,
        "tickets": 1,  # the newest one itself
        "responses": 0,
    }
    assert facts(project, "customers")[0]["name"] == "新社名"
    assert facts(project, "contacts")[0]["name"] == "鈴木 一郎"
    assert facts(project, "tickets")[3]["closed_at"] is None


@pytest.mark.parametrize(
    ("html", "said"),
    [
        ("<p>a</p>\n<p>b &amp; c</p>", "a\nb & c"),
        ("<div>x<script>y</script><b>z</b></div>", "xz"),
        ("no tags &lt;here&gt;", "no tags <here>"),
        ("<p></p>", ""),
    ],
)
def test_what_somebody_reads_of_a_message(html: str, said: str) -> None:
    assert plain_text(html) == said


@given(st.text())
def test_any_text_is_read(html: str) -> None:
    assert "\n\n" not in plain_text(html)
