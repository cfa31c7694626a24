"""Whoever has something to do at a customer sees it, as long as that is so."""

import pytest
from django.http import Http404
from django.test import Client
from tests.web.conftest import Cast, SignIn
from tests.web.work.conftest import NOW, TODAY, Opened, add_customer

from banso.web.accounts.models import User
from banso.web.customers import operations as merging
from banso.web.customers import queries as customers
from banso.web.customers.merging import NoSuchCustomer
from banso.web.work import operations
from banso.web.work.models import WorkItem
from banso.web.work.operations import Dismissal, Handed, Outcome

FORM = "/plays/new-task/C1/"


def claim(item: WorkItem) -> dict[int, int]:
    item.refresh_from_db()
    return {item.pk: item.version}


@pytest.fixture
def lent(cast: Cast, opened: Opened, emi: User) -> WorkItem:
    """Delegate a card at a customer of Chika's to Emi, who sees her own alone."""
    item = opened("C1", cast.chika)
    assert not customers.sees_customer(emi, "C1")
    operations.delegate(claim(item), to=emi, note="", by=cast.chika, at=NOW)
    return item


def test_who_has_a_card_sees_its_customer(
    lent: WorkItem, emi: User, signed_in: SignIn
) -> None:
    client: Client = signed_in(emi)

    assert customers.get_customer("C1", visible_to=emi).pk == "C1"
    assert client.get(FORM).status_code == 200
    assert not customers.visible_customers(emi).exists()  # no list of hers has it


def test_it_is_gone_once_nothing_is_to_be_done(
    lent: WorkItem, emi: User, signed_in: SignIn
) -> None:
    operations.dismiss(claim(lent), reason=Dismissal.KNOWN, why="", by=emi, at=NOW)

    assert signed_in(emi).get(FORM).status_code == 404
    with pytest.raises(Http404):
        customers.get_customer("C1", visible_to=emi)


def test_it_is_gone_once_somebody_else_has_it(
    lent: WorkItem, cast: Cast, emi: User
) -> None:
    operations.hand_over(Handed(giver=emi.email, taker=cast.chika), by=cast.aoi, at=NOW)

    assert not customers.sees_customer(emi, "C1")


def test_a_play_lends_its_customer_until_its_end(
    lent: WorkItem, emi: User, cast: Cast
) -> None:
    play = operations.start_play(claim(lent), play="rescue", by=emi, at=NOW)
    during = customers.sees_customer(emi, "C1")
    operations.stop_play(play.pk, version=play.version, note="x", by=emi, at=NOW)
    operations.delegate(claim(lent), to=cast.chika, note="", by=cast.chika, at=NOW)

    assert during
    assert not customers.sees_customer(emi, "C1")


def test_a_task_lends_its_customer_until_it_is_done(
    cast: Cast, emi: User, release: object
) -> None:
    add_customer("C1", cast.chika.email)
    task = operations.add_task(
        "C1", "Call", due_on=TODAY, assignee=emi, by=cast.chika, at=NOW
    )
    during = customers.sees_customer(emi, "C1")

    operations.complete_task(task.pk, version=1, outcome=Outcome(), by=emi, at=NOW)

    assert during
    assert not customers.sees_customer(emi, "C1")


def test_what_is_lent_is_not_merged(lent: WorkItem, emi: User, release: object) -> None:
    add_customer("C2", emi.email)

    with pytest.raises(Http404):
        merging.merge_customers("C1", "C2", by=emi, at=NOW)
    with pytest.raises(NoSuchCustomer):
        merging.merge_customers("C2", "C1", by=emi, at=NOW)
