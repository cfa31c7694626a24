"""Segment's own Python client sends to the real process, and everything arrives."""

import datetime as dt

import pytest
from collectors import Collector, add_source, free_port
from lakes import new_project
from segment.analytics import Client

from banso.runs.collecting import take_collected
from banso.runs.results import open_session

NOW = dt.datetime(2026, 11, 28, tzinfo=dt.UTC)


@pytest.fixture
def project(tmp_path):
    return new_project(tmp_path / "company")


@pytest.mark.long
def test_everything_that_the_client_sends_is_there_once(project):
    failures: list[object] = []
    write_key = add_source(project)
    with Collector(project, free_port()) as collector:
        collector.wait_until_up()
        client = Client(
            write_key,
            host=collector.address,
            gzip=True,
            on_error=lambda error, _items: failures.append(error),
        )
        client.identify("u1", {"firstName": "葵", "email": "aoi@example.com"})
        client.group("u1", "c1", {"name": "株式会社青", "industry": "law"})
        for number in range(250):
            client.track("u1", "clicked", {"number": number})
        client.track("u1", "paid", {"revenue": 1200}, timestamp=dt.datetime.now(dt.UTC))
        client.page("u1", "docs", "Pricing")
        client.screen("u1", "app", "Home")
        client.alias("browser-1", "u1")
        client.shutdown()
        other = Client(
            "no-key",
            host=collector.address,
            max_retries=0,
            on_error=lambda error, _items: failures.append(error),
        )
        other.track("u1", "clicked")
        other.shutdown()

    taken = take_collected(project, at=NOW)

    assert ["401" in str(failure) for failure in failures] == [True]
    assert (taken.calls, taken.new, taken.quarantined) == (256, 253, 0)
    with open_session(project) as session:
        events = session.to_arrow(session.facts("events")).to_pylist()
        (customer,) = session.to_arrow(session.facts("customers")).to_pylist()
        (contact,) = session.to_arrow(session.facts("contacts")).to_pylist()
    assert {(e["customer_id"], e["contact_id"]) for e in events} == {("c1", "u1")}
    assert {e["name"] for e in events} == {
        "clicked",
        "paid",
        "Viewed Pricing Page",
        "Viewed Home Screen",
    }
    assert [e["value"] for e in events if e["name"] == "paid"] == [1200]
    assert (customer["name"], contact["name"]) == ("株式会社青", "葵")
