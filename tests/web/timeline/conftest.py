"""A small company with a release, and entries on its customers."""

import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from lakes import new_project, put
from tests.web.conftest import Cast, PublishForModule

from banso.runs.project import Project
from banso.runs.reading import close_reader
from banso.runs.running import run
from banso.web.customers import operations as customers
from banso.web.timeline import operations
from banso.web.timeline.models import Entry
from banso.web.timeline.operations import Content

AS_OF = dt.date(2026, 11, 22)
NOW = dt.datetime(2026, 11, 23, 3, tzinfo=dt.UTC)
Record = Callable[..., Entry]
# contacts with C2, on days of November 2026: since the 18th two messages wait
WRITTEN = (
    (10, "mail", "theirs", "answered"),
    (12, "mail", "ours", ""),
    (18, "chat", "theirs", "いつ届きますか"),
    (19, "in_app", "ours", "to everybody"),
    (20, "mail", "theirs", "見積もりはまだですか"),
)


@pytest.fixture(scope="session")
def computed(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """Return a project with one release."""
    project = new_project(tmp_path_factory.mktemp("timeline") / "project")
    owners = {"C1": "chika@example.com", "C2": "aoi@example.com"}
    put(
        project,
        {
            "customers": [
                {"customer_id": key, "name": f"顧客{key}", "owner": owner}
                for key, owner in owners.items()
            ],
            "subscriptions": [
                {
                    "subscription_id": f"S{key}",
                    "customer_id": key,
                    "started_on": dt.date(2026, 6, 1),
                    "mrr": 50_000,
                    "currency": "JPY",
                }
                for key in owners
            ],
            "contacts": [
                {"contact_id": f"P{n}", "customer_id": "C1", "name": name}
                for n, name in enumerate(("田中 実", "佐藤", "佐藤"))
            ]
            + [{"contact_id": "P9", "customer_id": "C2", "name": "小川"}],
            "interactions": [
                {
                    "interaction_id": f"I{n}",
                    "customer_id": "C1",
                    "channel": "call",
                    "occurred_at": dt.datetime(2026, 11, 1, 3, n),
                    "note": f"定例の電話 {n:02d}",
                }
                for n in range(60)
            ]
            + [
                {
                    "interaction_id": f"W{n}",
                    "customer_id": "C2",
                    "channel": channel,
                    "initiative": initiative,
                    "occurred_at": dt.datetime(2026, 11, day, 3),
                    "contact_id": "P9",
                    "note": note,
                }
                for n, (day, channel, initiative, note) in enumerate(WRITTEN)
            ],
        },
    )
    run(project, as_of=AS_OF, at=NOW)
    return project


@pytest.fixture(scope="module")
def published(computed: Project, publish_for_module: PublishForModule) -> Project:
    """Let the pages show that release in all tests of a module."""
    publish_for_module(computed, at=NOW)
    return computed


@pytest.fixture
def project(
    published: Project, settings: Any, db: None, tmp_path: Path
) -> Iterator[Project]:
    """Let the pages show that release."""
    settings.BANSO_PROJECT_FOLDER = published.folder
    customers.publish_newest(published, at=NOW)  # if a test left another one there
    yield published
    close_reader()


@pytest.fixture
def record(project: Project, cast: Cast) -> Record:
    """Return a function that records an entry, by Chika on C1."""

    def recorded(text: str = "", **given: Any) -> Entry:
        who = {name: given.pop(name, each) for name, each in (
            ("by", cast.chika), ("customer_id", "C1"), ("now", NOW), ("files", ()),
        )}  # fmt: skip
        content = Content(
            **{
                "kind": "call", "at": NOW - dt.timedelta(hours=1), "minutes": 30,
                "initiative": "ours", "contact_id": "", "contact_name": "",
                "text": text, **given,
            }
        )  # fmt: skip
        return operations.record_entry(
            customer_id=who["customer_id"], content=content, files=who["files"],
            by=who["by"], at=who["now"],
        )  # fmt: skip

    return recorded
