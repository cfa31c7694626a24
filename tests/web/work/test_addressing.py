"""Nobody is addressed who refuses: cards, messages and plays say so."""

import datetime as dt

import pytest
from django.test import Client
from django.utils import timezone
from page_text import plain
from tests.web.conftest import Cast
from tests.web.work.conftest import NOW, Opened

from banso.kernel.consent import Purpose
from banso.web.consents.operations import Said, record_decision
from banso.web.consents.queries import Contact
from banso.web.work.models import OpenPlay, Reach, Task


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: NOW)


def say(contact: str, *, granted: bool = False, purpose=Purpose.CONTACT) -> None:
    person = Contact("C1", contact, "田中", "C1")
    at = NOW - dt.timedelta(minutes=1)
    record_decision(person, Said(purpose, granted), by=None, at=at)


def know(*people: tuple[str, str]) -> None:
    Reach.objects.filter(pk="C1").update(people=[list(each) for each in people])


def test_message_turns_to_the_next_who_may_be_contacted_at_once(
    chika: Client, cast: Cast, opened: Opened
) -> None:
    item = opened("C1", cast.chika)
    know(("P1", "田中"), ("P2", "鈴木"))
    assert "Dear 田中" in plain(chika, f"/today/{item.pk}/")

    say("P1")

    page = plain(chika, f"/today/{item.pk}/")
    assert "Dear 鈴木" in page
    assert "田中 does not want to be contacted: turn to 鈴木." in page
    assert "田中 does not want to be contacted" in plain(chika, "/today/")

    say("P1", granted=True)

    assert "Dear 鈴木" in plain(
        chika, f"/today/{item.pk}/"
    )  # the refusal of that moment


def test_no_message_is_offered_where_nobody_may_be_contacted(
    chika: Client, cast: Cast, opened: Opened
) -> None:
    item = opened("C1", cast.chika)
    know(("P1", "田中"))
    say("P1")

    page = plain(chika, f"/today/{item.pk}/")

    assert "Nobody known there wants to be contacted. No message is offered." in page
    assert "Dear" not in page
    assert "Nobody known there wants to be contacted." in plain(chika, "/today/")


def test_refusal_of_another_purpose_lets_a_person_be_contacted(
    chika: Client, cast: Cast, opened: Opened
) -> None:
    item = opened("C1", cast.chika)
    say("P1", purpose=Purpose.SHARING)

    assert "Dear 田中" in plain(chika, f"/today/{item.pk}/")


def test_step_of_a_play_offers_no_message_to_who_refuses(
    chika: Client, cast: Cast, opened: Opened
) -> None:
    item = opened("C1", cast.chika)
    chika.post(
        f"/today/{item.pk}/play/",
        {"play": "rescue", "item": f"{item.pk}:{item.version}"},
    )
    play = OpenPlay.objects.get()
    assert Task.objects.filter(open_play=play).exists()
    assert "Dear 田中" in plain(chika, f"/plays/{play.pk}/")

    say("P1")

    page = plain(chika, f"/plays/{play.pk}/")
    assert "Nobody known there wants to be contacted." in page
    assert "Dear" not in page
