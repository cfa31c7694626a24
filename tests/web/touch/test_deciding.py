"""Accepting proposals, setting by hand, ending: kept, audited, and back as facts."""

import datetime as dt
from collections.abc import Mapping
from urllib.parse import quote

import pytest
from django.test import Client
from page_text import plain
from tests.web.conftest import MONDAY, Cast, SignIn
from tests.web.customer.conftest import AS_OF, SLASHED

from banso.runs.project import Project
from banso.web.accounts.models import User
from banso.web.audit.models import AuditEntry
from banso.web.customers.models import PublishedRelease
from banso.web.touch import operations, queries
from banso.web.touch.models import Assignment

PAGE = "/touch/"
DAY = dt.timedelta(days=1)


def release_id() -> str:
    return PublishedRelease.objects.get().release_id


def accept(client: Client, *chosen: str, **more: str) -> int:
    given = {"customer": list(chosen), "release": release_id(), **more}
    return client.post("/touch/acceptances/", given).status_code


def facts() -> list[Mapping[str, object]]:
    return list(queries.assignment_facts())


def test_accepted_proposal_is_kept_audited_and_becomes_a_fact(
    aoi: Client, touch: Project
) -> None:
    assert accept(aoi, "C1") == 302

    (made,) = facts()
    assert made == {
        "assignment_id": made["assignment_id"],
        "customer_id": "C1",
        "assigned_on": AS_OF,
        "until": None,
        "touch": "high",
        "owner": None,
        "kind": "accepted",
        "why": "Top: High touch.",
        "staff": "aoi@example.com",
    }
    assert str(made["assignment_id"]).startswith("banso:assignment:")
    entry = AuditEntry.objects.get(action="touch_accepted")
    assert (entry.subject_id, entry.details["touch"]) == ("C1", "high")
    page = plain(aoi, PAGE)
    assert "Open proposals 2" in page
    assert (
        "1 more was decided on since the last run and waits for the next one." in page
    )


def test_all_of_the_list_are_those_of_the_filter(aoi: Client, touch: Project) -> None:
    assert accept(aoi, all="1", show="owner") == 302

    (made,) = facts()
    assert (made["customer_id"], made["touch"], made["owner"]) == (
        *("C4", None, "aoi@example.com"),
    )


def test_second_to_accept_is_refused_and_nothing_is_done_twice(
    aoi: Client, touch: Project
) -> None:
    accept(aoi, "C1")

    assert accept(aoi, "C1") == 409
    assert len(facts()) == 1


def test_proposals_of_an_older_run_are_refused(aoi: Client, touch: Project) -> None:
    given = {"customer": "C1", "release": "older"}
    response = aoi.post("/touch/acceptances/", given)

    assert response.status_code == 409
    assert "A newer run has other proposals" in response.content.decode()
    assert facts() == []


def test_without_a_choice_nothing_happens(aoi: Client, touch: Project) -> None:
    response = aoi.post("/touch/acceptances/", {"release": release_id()}, follow=True)

    assert "Choose at least one customer." in response.content.decode()
    assert facts() == []


def test_lead_decides_within_the_own_scope_only(
    dai: User, signed_in: SignIn, touch: Project
) -> None:
    client = signed_in(dai)

    assert accept(client, "C1", SLASHED) == 302
    assert [row["customer_id"] for row in facts()] == ["C1"]
    assert client.get("/touch/override/C4/").status_code == 404
    assert client.post("/touch/override/C4/", {"why": "x"}).status_code == 404


def test_csm_decides_nothing(chika: Client, touch: Project) -> None:
    assert accept(chika, "C1") == 403
    assert chika.get("/touch/override/C1/").status_code == 403


def override(client: Client, customer: str, **given: str) -> str:
    url = f"/touch/override/{quote(customer, safe='')}/"
    response = client.post(url, given, follow=True)
    return response.content.decode()


def test_override_has_a_reason_and_a_last_day(aoi: Client, touch: Project) -> None:
    refused = override(aoi, "C1", touch="low")
    assert "This field is required." in refused
    assert facts() == []

    page = override(aoi, "C1", touch="low", why="社長の友人", until="2099-03-31")

    assert "It takes effect with the next run." in page
    (made,) = facts()
    assert (made["kind"], made["touch"], made["why"]) == (
        "override",
        "low",
        "社長の友人",
    )
    assert made["until"] == dt.date(2099, 3, 31)
    assert "社長の友人" in plain(aoi, "/touch/assignments/")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"why": "x"}, "Choose a touch model or an owner."),
        (
            {"why": "x", "touch": "low", "until": "2020-01-01"},
            "must not be before today",
        ),
        ({"why": "x", "touch": "middle"}, "Select a valid choice"),
    ],
)
def test_override_that_cannot_be_is_told(
    aoi: Client, touch: Project, given: dict[str, str], said: str
) -> None:
    assert said in override(aoi, "C1", **given)
    assert facts() == []


def test_customer_with_an_odd_id_can_be_set_by_hand(
    aoi: Client, touch: Project
) -> None:
    override(aoi, SLASHED, owner="chika@example.com", why="x")

    (made,) = facts()
    assert (made["customer_id"], made["owner"]) == (SLASHED, "chika@example.com")


def test_ended_decision_holds_no_longer_and_ends_only_once(
    cast: Cast, aoi: Client, touch: Project
) -> None:
    accept(aoi, "C1")
    made = Assignment.objects.get()

    assert aoi.post(f"/touch/assignments/{made.pk}/end/").status_code == 302

    (fact,) = facts()
    assert fact["until"] == AS_OF - DAY
    assert AuditEntry.objects.filter(action="touch_ended").exists()
    again = aoi.post(f"/touch/assignments/{made.pk}/end/")
    assert again.status_code == 409
    assert "Aoi ended this assignment already." in again.content.decode()
    assert "ended by Aoi" in plain(aoi, "/touch/assignments/?show=all")


def test_decision_of_a_customer_out_of_scope_is_not_there(
    cast: Cast, dai: User, signed_in: SignIn, touch: Project
) -> None:
    given = operations.Override(touch="low", owner="", why="x")
    made = operations.override("C4", given, by=cast.aoi, at=MONDAY)
    client = signed_in(dai)

    assert client.post(f"/touch/assignments/{made.pk}/end/").status_code == 404
    assert "Soon Inc" not in plain(client, "/touch/assignments/")


def test_decisions_move_with_a_merged_customer(
    cast: Cast, aoi: Client, touch: Project
) -> None:
    accept(aoi, "C1", SLASHED)

    operations.move_assignments(gone=SLASHED, kept="C1")

    assert {row["customer_id"] for row in facts()} == {"C1"}
    assert len(facts()) == 2
