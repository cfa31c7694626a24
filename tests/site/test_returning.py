"""What features recorded goes into the lake before a run, and releases reach them."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest
from django.apps import apps
from lakes import NOW, new_project, put

from banso.runs.project import Project
from banso.runs.results import lake_of, open_session
from banso.runs.running import run
from banso.site.returning import return_facts
from banso.web.customers import operations
from banso.web.customers.models import PublishedRelease
from banso.webkit.features import FactSource, ReleaseHook, release_hooks

pytestmark = pytest.mark.django_db


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    monkeypatch.setenv("BANSO_PROJECT", "")  # put back afterwards
    project = new_project(tmp_path / "company")
    line = {
        "subscription_id": "s",
        "customer_id": "a",
        "started_on": dt.date(2026, 10, 1),
        "mrr": 1000,
    }
    customers = [{"customer_id": "a", "name": "A"}]
    put(project, {"customers": customers, "subscriptions": [line]})
    return project


@pytest.fixture
def declare(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Return a function that lets features declare something more."""

    def declared(feature: str, **given: object) -> None:
        for name, value in given.items():
            monkeypatch.setattr(apps.get_app_config(feature), name, value)

    return declared


def _call(number: int) -> dict[str, object]:
    return {
        "interaction_id": f"banso:test:{number}",
        "customer_id": "a",
        "occurred_at": NOW,
        "channel": "call",
    }


def test_records_of_all_features_go_in(
    project: Project, declare: Callable[..., None]
) -> None:
    for number, feature in enumerate(("signals", "customers")):
        source = FactSource("interactions", lambda n=number: iter([_call(n)]))  # type: ignore[misc]
        declare(feature, facts=(source,))

    return_facts(project, at=NOW)

    with open_session(project) as session:
        rows = session.to_arrow(session.facts("interactions")).to_pylist()
    keys = sorted(row["interaction_id"] for row in rows)
    assert keys == ["banso:test:0", "banso:test:1"]


def test_nothing_recorded_leaves_the_lake(project: Project) -> None:
    version = lake_of(project).current()

    return_facts(project, at=NOW)
    return_facts(project, at=NOW)

    assert lake_of(project).current() == version


def test_features_hear_of_a_release_in_their_order(
    project: Project, declare: Callable[..., None]
) -> None:
    heard: list[tuple[str, str, dt.datetime]] = []

    def hook(name: str, order: int) -> ReleaseHook:
        return ReleaseHook(
            lambda reader, at: heard.append((name, reader.release.release_id, at)),
            order=order,
        )

    declare("customers", on_release=(hook("second", 20),))
    declare("signals", on_release=(hook("first", 10),))
    release = run(project, as_of=NOW.date(), at=NOW)

    operations.publish_release(project, release, at=NOW)

    told = [told for told in heard if told[0] in {"first", "second"}]
    assert told == [
        ("first", release.release_id, NOW),
        ("second", release.release_id, NOW),
    ]
    assert [h.order for h in release_hooks()] == sorted(
        h.order for h in release_hooks()
    )


def test_release_that_a_feature_cannot_take_is_not_shown(
    project: Project, declare: Callable[..., None]
) -> None:
    def fails(_reader: object, _at: dt.datetime) -> None:
        raise RuntimeError

    declare("signals", on_release=(ReleaseHook(fails, order=1),))
    release = run(project, as_of=NOW.date(), at=NOW)

    with pytest.raises(RuntimeError):
        operations.publish_release(project, release, at=NOW)

    assert not PublishedRelease.objects.exists()
