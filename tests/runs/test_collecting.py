"""Collected calls in the lake: each once, of the right customer, at the right time."""

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest
from collected import RECEIVED, collect, group, identify, track
from hypothesis import given, settings
from hypothesis import strategies as st
from lakes import NOW, new_project, put

from banso.collect.log import LogWriter
from banso.collect.messages import TYPES, Refusal, checked, kept
from banso.runs.collecting import Collected, collect_state, take_collected
from banso.runs.project import Project
from banso.runs.results import lake_of, open_session
from banso.warehouse.lake import LakeBusy


@pytest.fixture
def project(tmp_path: Path) -> Project:
    project = new_project(tmp_path / "company")
    put(
        project,
        {
            "customers": [{"customer_id": "a", "name": "A", "industry": "law"}],
            "contacts": [{"contact_id": "u1", "customer_id": "a", "name": "Umi"}],
        },
    )
    return project


def take(project: Project) -> Collected:
    return take_collected(project, at=NOW)


def rows(project: Project, table: str) -> dict[str, dict[str, Any]]:
    with open_session(project) as session:
        if not session.has(table):
            return {}
        found = session.to_arrow(session.facts(table)).to_pylist()
    (key, *_) = found[0] if found else ("",)
    return {row[key]: row for row in found}


def events(project: Project) -> dict[str, dict[str, Any]]:
    return rows(project, "events")


def test_event_of_a_contact_that_the_lake_knows_goes_to_its_customer(project):
    collect(project, track("u1", "report_made", messageId="x", properties={"n": 2}))

    took = take(project)

    assert (took.calls, took.new, took.waiting, took.has_more) == (1, 1, 0, False)
    (event,) = events(project).values()
    assert event == {
        "event_id": "app:x",
        "occurred_at": dt.datetime(2026, 11, 18, 9),
        "customer_id": "a",
        "name": "report_made",
        "contact_id": "u1",
        "value": None,
        "properties": '{"n":2}',
        "known_at": None,
    }


def test_nothing_new_writes_nothing(project):
    collect(project, track("u1"))
    version = take(project).version

    again = take(project)

    assert again == Collected()
    assert lake_of(project).current().version == version


def test_message_counts_once_for_good_whatever_it_says_later(project):
    collect(project, track("u1", "first", messageId="x"), track("u1", messageId="x"))
    take(project)
    collect(project, track("u1", "other", messageId="x", timestamp="2026-10-01T00:00Z"))

    took = take(project)

    assert (took.new, took.repeated) == (0, 1)
    assert [event["name"] for event in events(project).values()] == ["first"]


def test_same_message_id_of_another_source_is_another_event(project):
    collect(project, track("u1", messageId="x"))
    collect(project, track("u1", messageId="x"), source="mobile")

    take(project)

    assert sorted(events(project)) == ["app:x", "mobile:x"]


def test_calls_without_message_id_are_all_kept(project):
    call = track("u1", messageId=None)
    collect(project, call, call)

    take(project)

    assert len(events(project)) == 2


def test_event_waits_until_its_user_belongs_to_a_customer(project):
    collect(project, track("u9", messageId="x"))
    first = take(project)
    collect(project, group("a", "u9"))

    second = take(project)

    assert (first.new, first.waiting) == (0, 1)
    assert (second.new, second.waiting) == (1, 0)
    assert events(project)["app:x"]["customer_id"] == "a"


def test_event_waits_until_a_load_brings_its_user(project):
    collect(project, track("u9", messageId="x"))
    take(project)
    put(project, {"contacts": [{"contact_id": "u9", "customer_id": "a"}]})

    took = take(project)

    assert (took.new, took.waiting) == (1, 0)


def test_event_of_an_unknown_customer_is_in_quarantine_until_it_comes(project):
    collect(project, track("u1", messageId="x", context={"groupId": "b"}))
    first = take(project)
    collect(project, group("b", traits={"name": "B"}))

    take(project)

    assert (first.new, first.quarantined) == (0, 1)
    assert events(project)["app:x"]["customer_id"] == "b"


def test_events_count_for_the_customer_of_their_time_in_any_order(project):
    collect(
        project,
        group("b", traits={"name": "B"}),
        group("b", "u9", timestamp="2026-11-10T00:00:00Z"),
        track("u9", messageId="late", timestamp="2026-11-05T00:00:00Z"),
        track("u9", messageId="new", timestamp="2026-11-12T00:00:00Z"),
        group("a", "u9", timestamp="2026-11-01T00:00:00Z"),
    )

    take(project)

    found = events(project)
    assert found["app:late"]["customer_id"] == "a"
    assert found["app:new"]["customer_id"] == "b"


def test_alias_lets_what_was_anonymous_be_of_the_user(project):
    anonymous = {"userId": None, "anonymousId": "browser-1"}
    collect(project, track("", messageId="x", **anonymous))
    first = take(project)
    collect(project, {"type": "alias", "userId": "u1", "previousId": "browser-1"})
    second = take(project)
    collect(project, track("", messageId="y", **anonymous))
    take(project)

    assert (first.waiting, second.waiting) == (1, 0)
    assert {row["contact_id"] for row in events(project).values()} == {"u1"}


def test_identify_joins_its_anonymous_id_and_makes_the_contact(project):
    collect(
        project,
        track("", messageId="x", userId=None, anonymousId="browser-1"),
        identify(
            "u9",
            anonymousId="browser-1",
            traits={"firstName": "葵", "lastName": "森", "company": {"id": "a"}},
        ),
    )

    take(project)

    assert events(project)["app:x"]["contact_id"] == "u9"
    assert rows(project, "contacts")["u9"]["name"] == "葵 森"


def test_contact_without_customer_comes_when_its_customer_is_known(project):
    collect(project, identify("u9", traits={"email": "u9@example.com"}))
    take(project)
    before = rows(project, "contacts")
    collect(project, group("a", "u9"))
    take(project)

    assert "u9" not in before
    assert rows(project, "contacts")["u9"]["email"] == "u9@example.com"


def test_traits_change_only_what_they_name(project):
    collect(project, group("a", traits={"employees": 120, "unknown": "x"}))

    take(project)

    customer = rows(project, "customers")["a"]
    assert (customer["name"], customer["industry"]) == ("A", "law")
    assert customer["size"] == "120"
    assert "unknown" not in customer


def test_older_trait_does_not_replace_a_newer_one(project):
    collect(project, group("a", traits={"name": "New"}))
    take(project)
    collect(
        project,
        group("a", timestamp="2025-01-01T00:00:00Z", traits={"name": "Old"}),
    )
    take(project)

    assert rows(project, "customers")["a"]["name"] == "New"


def test_new_customer_is_called_by_its_id_until_it_has_a_name(project):
    collect(project, group("b"))
    take(project)
    first = rows(project, "customers")["b"]["name"]
    collect(project, group("b", traits={"name": "B"}))
    take(project)

    assert (first, rows(project, "customers")["b"]["name"]) == ("b", "B")


def test_clock_of_the_sender_is_set_right(project):
    sent = "2026-11-18T12:00:00Z"  # it was 11:06:40
    collect(
        project,
        track("u1", messageId="x", timestamp="2026-11-18T11:30:00Z"),
        track("u1", messageId="ahead", timestamp="2030-01-01T00:00:00Z"),
        sent=sent,
    )

    take(project)

    found = events(project)
    assert found["app:x"]["occurred_at"] == dt.datetime(2026, 11, 18, 10, 36, 40)
    received = dt.datetime.fromtimestamp(RECEIVED / 1e6, dt.UTC).replace(tzinfo=None)
    assert found["app:ahead"]["occurred_at"] == received


def test_views_of_pages_and_screens_are_events(project):
    page = {"type": "page", "userId": "u1", "name": "Pricing", "messageId": "p"}
    screen = {"type": "screen", "userId": "u1", "messageId": "s"}
    collect(project, page, screen)

    take(project)

    found = events(project)
    assert found["app:p"]["name"] == "Viewed Pricing Page"
    assert found["app:s"]["name"] == "Viewed Screen"


def test_busy_lake_leaves_everything_for_later(project):
    collect(project, track("u1"))

    with lake_of(project).writing(at=NOW), pytest.raises(LakeBusy):
        take(project)

    assert take(project).new == 1


def test_part_that_was_taken_in_but_not_noted_is_taken_in_again(project):
    collect(project, track("u1"), track("u9"), group("b", "u9"))
    folder = project.collect_log.parent
    segments = {path: path.read_bytes() for path in folder.glob("log/*.log")}
    take(project)
    before = events(project)
    for path in folder.glob("memory.sqlite3*"):  # a crash came before it was written
        path.unlink()
    for path, content in segments.items():
        path.write_bytes(content)

    again = take(project)

    assert (again.new, again.repeated) == (0, 2)
    assert events(project) == before


def test_many_small_takings_leave_few_parts(project):
    for number in range(12):
        collect(project, track("u1", messageId=f"x{number}"))
        take(project)

    assert len(lake_of(project).current().facts["events"].parts) < 9
    assert len(events(project)) == 12


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.sampled_from(["2026-01-01", "0001-01-01T00:00:00Z", "\x00", "a", "u1"]),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3)
    ),
    max_leaves=6,
)
TRAITS = ("name", "email", "createdAt", "touch", "layer", "address", "company", "size")
CALLS = st.fixed_dictionaries(
    {
        "type": st.sampled_from(TYPES),
        "userId": st.sampled_from(["u1", "u9", 7, "\x00"]) | st.text(max_size=5),
        "groupId": st.sampled_from(["a", "new", "日本"]) | st.text(max_size=5),
        "previousId": st.sampled_from(["u1", "u9", "browser"]),
        "event": st.text(min_size=1, max_size=9),
    },
    optional={
        "messageId": st.text(max_size=9) | st.integers(),
        "anonymousId": st.sampled_from(["browser", "u1"]),
        "timestamp": st.datetimes().map(lambda at: at.isoformat()),
        "traits": st.dictionaries(st.sampled_from(TRAITS), JSON, max_size=4),
        "properties": st.dictionaries(st.text(max_size=9) | st.just("value"), JSON),
        "context": st.dictionaries(st.sampled_from(["groupId", "traits"]), JSON),
    },
)


@settings(max_examples=4)
@given(calls=st.lists(st.lists(CALLS, min_size=5, max_size=30), min_size=1, max_size=2))
def test_whatever_was_accepted_can_be_taken_in(tmp_path_factory, calls):
    project = new_project(tmp_path_factory.mktemp("any") / "company")
    put(project, {"customers": [{"customer_id": "a", "name": "A"}]})
    for batch in calls:
        raws = [json.dumps(call).encode() for call in batch]
        right = [raw for raw in raws if not isinstance(checked(raw, None), Refusal)]
        log = LogWriter(project.collect_log, now=lambda: 1)
        log.append([kept(right, source="s", received=RECEIVED, sent=None, kind=None)])
        log.close()

        took = take(project)

        assert took.calls == len(right)
        assert take(project).calls == 0


def test_large_backlog_is_taken_in_by_parts(project):
    for number in range(3):
        collect(project, track("u1", messageId=f"x{number}"))

    first = take_collected(project, at=NOW, most=2)
    state = collect_state(project)
    second = take_collected(project, at=NOW, most=2)

    assert (first.new, first.has_more) == (2, True)
    assert state.size > 0
    assert state.oldest == dt.datetime.fromtimestamp(RECEIVED / 1e6, dt.UTC)
    assert (second.new, second.has_more) == (1, False)
    assert collect_state(project).size == 0
