"""The pages of plays, tasks and hand-overs."""

import datetime as dt

import pytest
from django.test import Client
from django.utils import timezone
from page_text import plain
from tests.web.conftest import Cast, SignIn
from tests.web.work.conftest import NOW, TODAY, Opened

from banso.web.accounts.models import User
from banso.web.customers.models import CustomerNow
from banso.web.work import operations
from banso.web.work.models import HandOver, KnownPlay, OpenPlay, Task, WorkItem


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: NOW)


@pytest.fixture
def play(cast: Cast, opened: Opened) -> OpenPlay:
    """Return a play of Chika's at C1, just started."""
    item = opened("C1", cast.chika)
    return operations.start_play(
        {item.pk: item.version}, play="rescue", by=cast.chika, at=NOW
    )


def now(play: OpenPlay) -> Task:
    return play.tasks.get(state="open")


def do(client: Client, play: OpenPlay, **values: str) -> str:
    task = now(play)
    answer = client.post(
        f"/plays/tasks/{task.pk}/result/",
        {"version": str(task.version), **values},
        follow=True,
    )
    return str(answer.content.decode())


def test_a_play_is_worked_through_to_what_came_of_it(
    chika: Client, play: OpenPlay
) -> None:
    page = f"/plays/{play.pk}/"
    before = plain(chika, page)
    do(chika, play, note="Sent.", minutes="5")
    refused = do(chika, play, then="end")
    do(chika, play, then="end", note="They come back.", minutes="")
    asked = plain(chika, page)
    play.refresh_from_db()
    chika.post(
        f"{page}result/",
        {"version": play.version, "result": "achieved", "note": "Call at once."},
    )
    after = plain(chika, page)

    assert "Use Stopped since 8 Nov 2026 Last used 16 days ago." in before
    assert "Step write" in before
    assert "due 25 Nov 2026" in before
    assert "3 business days after its turn" in before
    assert "Write a note: whoever comes next needs it." in refused
    assert "What came of it" in asked
    assert "Sent." in asked
    assert "Comes back" in asked
    assert "Achieved what it was for 24 Nov 2026, 10:00 · Chika Call at once." in after
    assert Task.objects.get(step="call").minutes is None


def test_a_step_that_somebody_did_is_told(
    chika: Client, aoi: Client, play: OpenPlay
) -> None:
    task = now(play)
    do(chika, play)

    answer = aoi.post(f"/plays/tasks/{task.pk}/result/", {"version": "1"}, follow=True)

    assert "Chika has done this task already (24 Nov 2026, 10:00)." in (
        answer.content.decode()
    )


def test_a_stopped_play_says_why_and_its_signal_is_back(
    chika: Client, play: OpenPlay
) -> None:
    assert chika.post(f"/plays/{play.pk}/stop/", {"version": "1"}).status_code == 422

    chika.post(f"/plays/{play.pk}/stop/", {"version": "1", "note": "They moved."})

    assert "They moved." in plain(chika, f"/plays/{play.pk}/")
    assert WorkItem.objects.get().state == "open"


def test_the_list_shows_what_is_under_way_and_what_is_late(
    chika: Client, play: OpenPlay
) -> None:
    page = plain(chika, "/plays/")
    Task.objects.update(due_on=TODAY - dt.timedelta(days=1))
    late = chika.get("/plays/").content.decode()

    assert "C1 Rescue" in page
    assert "today-overdue" in late
    assert "No play is under way" in plain(chika, "/plays/?owner=nobody@example.com")


def test_load_counts_by_person(chika: Client, play: OpenPlay, opened: Opened) -> None:
    opened("C2", play.owner)
    opened("C2", play.owner, signal="seats_full")

    page = plain(chika, "/plays/?tab=load")

    # customers with signals, plays, tasks due, overdue, planned minutes
    assert "Chika 1 1 1 0 15" in page


def test_library_says_what_each_play_is(chika: Client, play: OpenPlay) -> None:
    page = plain(chika, "/plays/?tab=library")

    assert "Rescue For who is leaving." in page
    assert "Proposed by Use Stopped" in page
    assert "1 under way, 0 achieved" in page


def test_definition_or_customer_may_go_while_a_play_is_under_way(
    chika: Client, play: OpenPlay
) -> None:
    KnownPlay.objects.update(is_current=False)
    CustomerNow.objects.all().delete()

    page = plain(chika, f"/plays/{play.pk}/")
    do(chika, play)

    assert "This play is no longer defined." in page
    assert "does not have this customer any more" in page
    assert now(play).step == "call"
    assert "Rescue" in plain(chika, "/plays/")


def test_hand_over_gives_a_brief_with_everything(
    chika: Client, play: OpenPlay, cast: Cast, opened: Opened, emi: User
) -> None:
    do(chika, play, note="Wants a demo.", minutes="5")
    opened("C2", cast.chika)

    answer = chika.post(
        "/plays/hand-over/",
        {"to": emi.email, "note": "Until spring", "is_standing": "on"},
    )
    page = plain(chika, answer.url)

    kept = HandOver.objects.get()
    assert kept.is_standing
    assert "Chika → Emi" in page
    for text in ("Until spring", "Use Stopped", "Rescue", "Step call", "Wants a demo."):
        assert text in page
    chika.post(f"{answer.url}end/")
    kept.refresh_from_db()
    assert kept.ended_at is not None


def test_only_who_may_hands_over_the_work_of_others(
    chika: Client, ben: Client, play: OpenPlay, dai: User, emi: User, signed_in: SignIn
) -> None:
    of_dai = "/plays/hand-over/?from=dai@example.com"
    assert chika.get(of_dai).status_code == 403
    assert ben.get("/plays/hand-over/").status_code == 403
    lead = signed_in(dai)

    lead.post("/plays/hand-over/", {"from": "chika@example.com", "to": emi.email})

    play.refresh_from_db()
    assert play.owner == emi
    assert "Chika → Emi" in plain(
        lead, f"/plays/hand-overs/{HandOver.objects.get().pk}/"
    )


def test_a_brief_is_for_those_whom_it_concerns(
    chika: Client, ben: Client, cast: Cast, play: OpenPlay, emi: User
) -> None:
    kept = operations.hand_over(
        operations.Handed(giver=cast.aoi.email, taker=emi), by=cast.aoi, at=NOW
    )

    for client in (chika, ben):
        assert client.get(f"/plays/hand-overs/{kept.pk}/").status_code == 404


def test_a_task_by_hand_is_added_and_done(chika: Client, play: OpenPlay) -> None:
    new = "/plays/new-task/C1/"
    assert "New task" in plain(chika, new)
    chika.post(
        new,
        {
            "title": "Send the offer",
            "due_on": "2026-11-30",
            "assignee": "chika@example.com",
        },
    )
    task = Task.objects.get(open_play=None)
    assert "Send the offer" in plain(chika, "/today/")

    chika.post(f"/plays/tasks/{task.pk}/result/", {"version": "1", "note": "Sent."})

    assert "Done · 24 Nov 2026, 10:00 · Chika Sent." in plain(
        chika, f"/plays/tasks/{task.pk}/"
    )


def test_what_is_not_in_scope_is_not_there(
    chika: Client, cast: Cast, opened: Opened
) -> None:
    item = opened("C8", cast.aoi)
    play = operations.start_play(
        {item.pk: item.version}, play="rescue", by=cast.aoi, at=NOW
    )

    for address in (f"/plays/{play.pk}/", f"/plays/tasks/{now(play).pk}/"):
        assert chika.get(address).status_code == 404
    assert (
        chika.post(f"/plays/{play.pk}/stop/", {"version": "1", "note": "x"}).status_code
        == 404
    )
    assert chika.get("/plays/new-task/C8/").status_code == 404
    assert "C8" not in plain(chika, "/plays/")


def test_who_only_reads_cannot_act(ben: Client, play: OpenPlay) -> None:
    assert ben.get("/plays/").status_code == 200
    task = now(play)
    for address in (
        f"/plays/tasks/{task.pk}/result/",
        f"/plays/{play.pk}/result/",
        f"/plays/{play.pk}/stop/",
        "/plays/new-task/C1/",
    ):
        assert ben.post(address).status_code == 403


def test_who_is_not_signed_in_is_sent_to_sign_in(visitor: Client, db: None) -> None:
    assert visitor.get("/plays/").status_code == 302


def test_in_japanese(cast: Cast, signed_in: SignIn, play: OpenPlay) -> None:
    client = signed_in(cast.chika, language="ja")

    assert "引き止め" in plain(client, "/plays/")
    assert "次のステップ" in plain(client, "/plays/")
    assert "担当者ごとの負荷" in plain(client, "/plays/?tab=load")
    assert "write（日本語）" in plain(client, f"/plays/{play.pk}/")
