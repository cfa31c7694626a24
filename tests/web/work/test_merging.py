"""A customer that is merged into another one: nothing is lost, nothing done twice."""

import datetime as dt

import pytest
from django.test import Client
from page_text import plain
from tests.web.conftest import Cast
from tests.web.work.conftest import NOW, TODAY, Opened, add_customer

from banso.web.audit.models import AuditEntry
from banso.web.customers import operations as customers
from banso.web.customers.merging import AlreadyMerged, MergeWithItself, NoSuchCustomer
from banso.web.customers.models import CustomerAlias
from banso.web.work import operations
from banso.web.work.models import Action, OpenPlay, Reach, Task, WorkItem


def claim(item: WorkItem) -> dict[int, int]:
    return {item.pk: item.version}


def merge(cast: Cast) -> None:
    customers.merge_customers("C1", "C2", by=cast.aoi, at=NOW)


def test_work_goes_along(cast: Cast, opened: Opened) -> None:
    item = opened("C1", cast.chika)
    add_customer("C2", cast.aoi.email)
    play = operations.start_play(claim(item), play="rescue", by=cast.chika, at=NOW)
    task = play.tasks.get()
    operations.do_step(
        task.pk, version=1, outcome=operations.Outcome(), by=cast.chika, at=NOW
    )

    merge(cast)

    item.refresh_from_db()
    play.refresh_from_db()
    assert (item.customer_id, item.owner, item.state) == (
        "C2",
        cast.aoi.email,
        "in_play",
    )
    assert play.customer_id == "C2"
    assert set(Task.objects.values_list("customer_id", flat=True)) == {"C2"}
    assert set(Action.objects.values_list("customer_id", flat=True)) == {"C2"}
    assert Reach.objects.get().days == ["2026-11-24"]
    assert AuditEntry.objects.get(action="customer_merged").details == {"into": "C2"}


def test_of_two_plays_that_are_the_same_one_goes_on_with_the_tasks_of_both(
    cast: Cast, opened: Opened
) -> None:
    for key in ("C1", "C2"):
        item = opened(key, cast.aoi, opened_on=TODAY - dt.timedelta(days=int(key[1])))
        operations.start_play(claim(item), play="rescue", by=cast.aoi, at=NOW)

    merge(cast)

    assert set(OpenPlay.objects.values_list("customer_id", "status")) == {
        ("C2", "open"),
        ("C2", "stopped"),
    }
    kept = OpenPlay.objects.get(status="open")
    assert Task.objects.filter(state="open", open_play=kept).count() == 1
    by_hand = Task.objects.get(state="open", open_play=None)
    assert by_hand.label["en"] == "Step write"
    assert kept.items.count() == 2
    operations.complete_task(
        by_hand.pk,
        version=by_hand.version,
        outcome=operations.Outcome(),
        by=cast.aoi,
        at=NOW,
    )


def test_of_two_openings_that_are_the_same_one_stays_with_what_was_decided(
    cast: Cast, opened: Opened
) -> None:
    decided, other = opened("C1", cast.aoi), opened("C2", cast.aoi)
    operations.dismiss(
        claim(decided),
        reason=WorkItem.Dismissal.KNOWN,
        why="Budget",
        by=cast.aoi,
        at=NOW,
    )

    merge(cast)

    other.refresh_from_db()
    decided.refresh_from_db()
    assert (other.state, other.why, other.decided_by) == (
        "dismissed",
        "Budget",
        cast.aoi,
    )
    assert decided.closed_why == "merged"


def test_the_old_address_leads_to_the_one_that_stays(
    aoi: Client, cast: Cast, opened: Opened
) -> None:
    opened("C1", cast.aoi)
    add_customer("C2", cast.aoi.email)
    merge(cast)

    assert aoi.get("/customers/C1/").url == "/customers/C2/"
    assert aoi.get("/customers/C1/metrics/").url == "/customers/C2/metrics/"


def test_merges_follow_one_another_and_never_in_a_circle(
    cast: Cast, release: object
) -> None:
    for key in ("C1", "C2", "C3"):
        add_customer(key, cast.aoi.email)
    merge(cast)
    customers.merge_customers("C2", "C3", by=cast.aoi, at=NOW)

    assert dict(CustomerAlias.objects.values_list("gone", "kept")) == {
        "C1": "C3",
        "C2": "C3",
    }
    for gone, kept, refusal in (
        ("C3", "C1", AlreadyMerged),
        ("C1", "C3", AlreadyMerged),
        ("C3", "C3", MergeWithItself),
        ("C3", "C9", NoSuchCustomer),
    ):
        with pytest.raises(refusal):
            customers.merge_customers(gone, kept, by=cast.aoi, at=NOW)


def test_the_form_asks_to_be_sure_and_merges(
    aoi: Client, cast: Cast, release: object
) -> None:
    for key in ("C1", "C2"):
        add_customer(key, cast.aoi.email)
    address = "/customer-mergers/C1/"

    assert "This cannot be undone." in plain(aoi, address)
    assert aoi.post(address, {"kept": "C2"}).status_code == 422
    wrong = aoi.post(address, {"kept": "C9", "sure": "on"})
    assert "You see no customer with the ID C9." in wrong.content.decode()
    assert aoi.post(address, {"kept": "C2", "sure": "on"}).url == "/customers/C2/"


def test_only_who_keeps_the_installation_merges(
    chika: Client, ben: Client, visitor: Client, cast: Cast, release: object
) -> None:
    add_customer("C1", cast.chika.email)

    for client, status in ((chika, 403), (ben, 403), (visitor, 302)):
        assert client.get("/customer-mergers/C1/").status_code == status
