"""Plays, tasks and decisions as the stream of a customer and a brief tell them."""

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone, translation
from page_text import plain
from tests.web.conftest import Cast, SignIn
from tests.web.customer.conftest import computed
from tests.web.work.conftest import NOW, TODAY, Opened
from tests.web.work.test_publishing import row, show

from banso.web.accounts.models import User
from banso.web.customers import operations as customers
from banso.web.work import operations, queries
from banso.web.work.models import KnownPlay, WorkItem
from banso.web.work.operations import Dismissal, Handed, Outcome

__all__ = ["computed", "show"]
HOUR = dt.timedelta(hours=1)
STREAM = "/customers/C1/timeline/"


def claim(item: WorkItem) -> dict[int, int]:
    item.refresh_from_db()
    return {item.pk: item.version}


def told(customer_id: str, reader: User, **asked: Any) -> list[tuple[str, str, str]]:
    with translation.override(asked.pop("language", "en")):
        found = queries.deeds_of(
            customer_id,
            visible_to=reader,
            until=asked.pop("until", NOW + 99 * HOUR),
            limit=asked.pop("limit", 40),
            **asked,
        )
        return [(deed.title, deed.more, deed.text) for deed in found]


@pytest.fixture
def worked(cast: Cast, opened: Opened, emi: User) -> WorkItem:
    """Let everything happen at one customer that may, an hour after another."""
    item = opened("C1", cast.chika)
    chika, moments = cast.chika, iter(NOW + n * HOUR for n in range(99))
    operations.delegate(claim(item), to=emi, note="please", by=chika, at=next(moments))
    operations.snooze(
        claim(item), until=dt.date(2026, 12, 1), why="EBR", by=chika, at=next(moments)
    )
    operations.reopen(claim(item), by=chika, at=next(moments))
    play = operations.start_play(claim(item), play="rescue", by=chika, at=next(moments))
    operations.do_step(
        play.tasks.get().pk, version=1, outcome=Outcome(note="Wrote.", minutes=12),
        by=chika, at=next(moments),
    )  # fmt: skip
    operations.add_task(
        "C1", "Send minutes", due_on=TODAY, assignee=chika, by=chika, at=next(moments)
    )
    operations.hand_over(
        Handed(giver=emi.email, taker=chika, note="Mind the CEO."),
        by=cast.aoi, at=next(moments),
    )  # fmt: skip
    play.refresh_from_db()
    operations.stop_play(
        play.pk, version=play.version, note="Too early", by=chika, at=next(moments)
    )
    operations.dismiss(
        claim(item), reason=Dismissal.KNOWN, why="agreed", by=chika, at=next(moments)
    )
    return item


def test_everything_that_was_done_is_told_the_newest_first(
    cast: Cast, worked: WorkItem
) -> None:
    assert told("C1", cast.chika) == [
        (
            "Dismissed the signal: Use Stopped",
            "We know, and nothing needs to be done",
            "agreed",
        ),
        ("Stopped the play: Rescue", "", "Too early"),
        ("Handed over to Chika", "", "Mind the CEO."),
        ("Added a task: Send minutes", "Chika, due 24 Nov 2026", ""),
        ("Did a step: Step write", "12 min", "Wrote."),
        ("Started the play: Rescue", "in answer to: Use Stopped", ""),
        ("Opened the signal again: Use Stopped", "", ""),
        ("Snoozed the signal: Use Stopped", "until 1 Dec 2026", "EBR"),
        ("Delegated the signal: Use Stopped", "to Emi", "please"),
    ]
    (newest,) = told("C1", cast.chika, language="ja", limit=1)
    assert newest[0] == "シグナルを見送り：use_stopped（日本語）"


def test_words_are_looked_for_in_titles_notes_and_names(
    cast: Cast, worked: WorkItem
) -> None:
    assert [each[0] for each in told("C1", cast.chika, searched=["ceo"])] == [
        "Handed over to Chika"
    ]
    assert len(told("C1", cast.chika, searched=["rescue"], limit=None)) == 2
    assert told("C1", cast.chika, searched=["nowhere"], limit=None) == []


def test_a_definition_that_is_gone_leaves_its_key(cast: Cast, worked: WorkItem) -> None:
    KnownPlay.objects.all().delete()

    assert ("Did a step: Step write", "12 min", "Wrote.") in told("C1", cast.chika)
    assert ("Stopped the play: Rescue", "", "Too early") in told("C1", cast.chika)


def test_a_brief_tells_what_was_decided_before(
    aoi: Client, cast: Cast, worked: WorkItem
) -> None:
    operations.add_task(
        "C1", "Call", due_on=TODAY, assignee=cast.chika, by=cast.aoi, at=NOW
    )
    kept = operations.hand_over(
        Handed(giver=cast.chika.email, taker=cast.aoi, note="Now mine."),
        by=cast.aoi, at=NOW + 50 * HOUR,
    )  # fmt: skip

    page = plain(aoi, f"/plays/hand-overs/{kept.pk}/")

    assert "What was done and decided" in page
    assert "Dismissed the signal: Use Stopped" in page
    assert page.count("Now mine.") == 1


@pytest.fixture
def in_stream(cast: Cast, show: Any, monkeypatch: pytest.MonkeyPatch) -> WorkItem:
    """Publish a signal at C1 and start its play, with a step that was a mail."""
    monkeypatch.setattr(timezone, "now", lambda: NOW + HOUR)
    show(row())
    KnownPlay.objects.update_or_create(
        key="rescue",
        defaults={
            "label": {"ja": "引き止め", "en": "Rescue"}, "about": {"ja": "", "en": ""},
            "assumed_effect": 0.1, "is_current": True,
            "steps": [
                {"key": "a", "label": {"ja": "手紙", "en": "Write"}, "channel": "mail"}
            ],
        },
    )  # fmt: skip
    item = WorkItem.objects.get()
    play = operations.start_play(claim(item), play="rescue", by=cast.chika, at=NOW)
    operations.do_step(
        play.tasks.get().pk, version=1,
        outcome=Outcome(note="稟議の件を書いた"), by=cast.chika, at=NOW,
    )  # fmt: skip
    return item


def test_the_stream_of_a_customer_has_plays_and_tasks(
    chika: Client, cast: Cast, signed_in: SignIn, in_stream: WorkItem
) -> None:
    everything = plain(chika, STREAM)
    of_work = plain(chika, f"{STREAM}?kind=work")
    touchpoints = plain(chika, f"{STREAM}?kind=interactions")
    found = plain(chika, f"{STREAM}?q=稟議")

    assert "Started the play: Rescue" in everything
    assert "Did a step: Write" in everything
    assert "Started the play: Rescue" in of_work
    assert "Did a step: Write" in touchpoints
    assert "Started the play" not in touchpoints
    assert "稟議の件を書いた" in found
    assert "Started the play" not in found
    assert "ステップを完了：手紙" in plain(signed_in(cast.chika, language="ja"), STREAM)


def test_the_brief_of_a_customer_has_what_is_under_way(
    chika: Client, cast: Cast, in_stream: WorkItem
) -> None:
    operations.add_task(
        "C1", "Send minutes", due_on=TODAY, assignee=cast.chika, by=cast.chika, at=NOW
    )

    page = plain(chika, "/customers/C1/brief/")

    assert "Under way" in page
    assert "Send minutes" in page
    assert "Did a step: Write" in page


def test_a_merge_says_first_what_it_moves_for_good(
    aoi: Client, cast: Cast, in_stream: WorkItem
) -> None:
    page = plain(aoi, "/customer-mergers/C1/")
    wrong = aoi.post("/customer-mergers/C1/", {"kept": "C2"}).content.decode()

    assert "This cannot be undone." in page
    assert "What moves for good:" in page
    assert "Open signals 1 Plays under way 1" in page
    assert "What was done and decided 2" in page
    assert "(C1) →" in " ".join(wrong.split())
    customers.merge_customers("C1", "C2", by=cast.aoi, at=NOW)
    assert "Nothing was recorded here" in plain(aoi, "/customer-mergers/C1/")
