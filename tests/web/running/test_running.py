"""When the numbers are computed anew by themselves, and what a page is told."""

import datetime as dt

import pytest
from lakes import new_project, put

from banso.runs.project import Project
from banso.runs.publishing import apply_definitions
from banso.runs.results import lake_of
from banso.web.audit import operations as audit
from banso.web.customers.models import PublishedRelease
from banso.web.running import operations, queries

AT = dt.datetime(2026, 11, 23, 9, 5, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)


@pytest.fixture
def project(tmp_path, monkeypatch) -> Project:
    monkeypatch.setenv("BANSO_PROJECT", "")  # put back afterwards
    return new_project(tmp_path / "company")


def lines(day: dt.date):
    line = {
        "subscription_id": "s",
        "customer_id": "a",
        "started_on": day,
        "mrr": 1000,
    }
    return {
        "customers": [{"customer_id": "a", "name": "A"}],
        "subscriptions": [line],
    }


def wanted(project, memory, at=AT, *, each_day=False):
    return queries.run_is_wanted(project, memory, at=at, each_day=each_day)


@pytest.mark.django_db
def test_nothing_is_wanted_of_an_empty_project(project):
    assert not wanted(project, {})


@pytest.mark.django_db
def test_run_follows_what_changed_and_rests_otherwise(project):
    put(project, lines(dt.date(2026, 10, 1)))
    apply_definitions(project, by="test", why="test", at=AT)
    assert wanted(project, {})

    first = operations.refresh(project, at=AT)
    memory = {"record": queries.newest_record(), "day": first.day.isoformat()}

    assert first.has_run
    assert PublishedRelease.objects.get().release_id == first.release.release_id
    assert not wanted(project, memory)
    # another day alone is no reason where nothing comes in live
    assert not wanted(project, memory, AT + DAY)
    assert wanted(project, memory, AT + DAY, each_day=True)

    subject = audit.Subject("thing", "1", "Thing")
    audit.record("done", subject=subject, by=None, at=AT)
    assert wanted(project, memory)
    # which was nothing that counts
    second = operations.refresh(project, at=AT)
    assert (second.has_run, second.release) == (False, first.release)

    memory["record"] = queries.newest_record()
    put(project, lines(dt.date(2026, 10, 2)))
    assert wanted(project, memory)
    third = operations.refresh(project, at=AT)
    assert third.release.facts_digest == lake_of(project).current().facts_digest
    assert not wanted(project, memory)


def test_open_page_is_told_of_newer_numbers(aoi, visitor, ben):
    PublishedRelease.objects.create(
        release_id="r",
        as_of=AT.date(),
        made_at=AT,
        published_at=AT,
        presentation=1,
    )
    before, after = (int((AT + d).timestamp()) for d in (-DAY, DAY))

    assert aoi.get(f"/newer-release?since={after}").status_code == 204
    told = ben.get(f"/newer-release?since={before}")
    assert "Newer numbers are there" in told.content.decode()
    assert aoi.get("/newer-release?since=x").status_code == 400
    assert visitor.get(f"/newer-release?since={before}").status_code == 302
