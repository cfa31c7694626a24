"""Acting on signals: once, in scope, and with nothing lost."""

import datetime as dt

import pytest
from django.http import Http404
from tests.web.conftest import Cast
from tests.web.work.conftest import NOW, TODAY, Opened, add_customer

from banso.kernel.errors import BansoError
from banso.web.accounts.models import User
from banso.web.audit.models import AuditEntry
from banso.web.work import operations
from banso.web.work.models import Action, OpenPlay, Reach, Task, WorkItem
from banso.web.work.operations import Handed, Opening, Outcome

LATER = NOW + dt.timedelta(hours=1)
State = WorkItem.State


def claim(*items: WorkItem) -> dict[int, int]:
    return {item.pk: item.version for item in items}


def open_task(play: OpenPlay) -> Task:
    return play.tasks.get(state=Task.State.OPEN)


def start(item: WorkItem, by: User) -> OpenPlay:
    return operations.start_play(claim(item), play="rescue", by=by, at=NOW)


def test_a_play_goes_from_step_to_step_until_its_end(
    cast: Cast, opened: Opened
) -> None:
    item = opened("C1", cast.chika)

    play = start(item, cast.chika)
    first = open_task(play)
    operations.do_step(
        first.pk, version=1, outcome=Outcome(minutes=10), by=cast.chika, at=NOW
    )
    second = open_task(play)
    operations.do_step(
        second.pk,
        version=1,
        outcome=Outcome(note="They come back.", minutes=25, then="end"),
        by=cast.chika,
        at=LATER,
    )
    play.refresh_from_db()
    done = operations.finish_play(
        play.pk,
        version=play.version,
        result=OpenPlay.Result.ACHIEVED,
        note="Call first.",
        by=cast.chika,
        at=LATER,
    )

    assert (first.due_on, second.due_on) == (
        dt.date(2026, 11, 25),
        dt.date(2026, 11, 26),
    )
    assert Task.objects.get(pk=second.pk).answer == {"ja": "戻る", "en": "Comes back"}
    assert done.status == OpenPlay.Status.FINISHED
    item.refresh_from_db()
    assert item.state == State.DONE
    kinds = list(Action.objects.values_list("kind", "minutes", "channel", "result"))
    assert kinds == [
        ("play_started", None, "", ""),
        ("step_done", 10, "mail", ""),
        ("step_done", 25, "call", "Comes back"),
        ("play_finished", None, "", "achieved"),
    ]
    assert AuditEntry.objects.filter(action="play_finished").exists()


def test_due_days_skip_the_holidays_of_japan(cast: Cast, opened: Opened) -> None:
    friday = dt.datetime(2026, 11, 20, 1, tzinfo=dt.UTC)  # the 23rd is a holiday

    play = operations.start_play(
        claim(opened("C1", cast.chika)), play="rescue", by=cast.chika, at=friday
    )

    assert open_task(play).due_on == TODAY


def test_a_step_for_the_lead_goes_to_the_lead_of_the_team(
    cast: Cast, opened: Opened, dai: User
) -> None:
    play = start(opened("C1", cast.chika), cast.chika)
    operations.do_step(
        open_task(play).pk, version=1, outcome=Outcome(), by=cast.chika, at=NOW
    )
    operations.do_step(
        open_task(play).pk,
        version=1,
        outcome=Outcome(note="Hesitates.", then="offer"),
        by=cast.chika,
        at=NOW,
    )

    assert open_task(play).assignee == dai
    operations.do_step(open_task(play).pk, version=1, outcome=Outcome(), by=dai, at=NOW)
    assert not play.tasks.filter(state=Task.State.OPEN).exists()


def test_a_step_asks_for_its_note_and_its_answer(cast: Cast, opened: Opened) -> None:
    play = start(opened("C1", cast.chika), cast.chika)
    operations.do_step(
        open_task(play).pk, version=1, outcome=Outcome(), by=cast.chika, at=NOW
    )
    call = open_task(play)

    for outcome, refusal in (
        (Outcome(then="end"), operations.NoteRequired),
        (Outcome(note="x"), operations.AnswerRequired),
        (Outcome(note="x", then="nowhere"), operations.AnswerRequired),
    ):
        with pytest.raises(refusal):
            operations.do_step(
                call.pk, version=1, outcome=outcome, by=cast.chika, at=NOW
            )

    with pytest.raises(operations.StepsLeft):
        operations.finish_play(
            play.pk,
            version=OpenPlay.objects.get().version,
            result=OpenPlay.Result.UNCLEAR,
            note="",
            by=cast.chika,
            at=NOW,
        )
    assert open_task(play).version == 1


def test_a_second_actor_is_told_who_did_what_and_nothing_is_done_twice(
    cast: Cast, opened: Opened
) -> None:
    item = opened("C1", cast.chika)
    seen = claim(item)
    operations.start_play(seen, play="rescue", by=cast.chika, at=NOW)

    acts = (
        lambda: operations.start_play(seen, play="rescue", by=cast.aoi, at=LATER),
        lambda: operations.dismiss(
            seen, reason=WorkItem.Dismissal.KNOWN, why="", by=cast.aoi, at=LATER
        ),
        lambda: operations.snooze(
            seen, until=TODAY + dt.timedelta(7), why="", by=cast.aoi, at=LATER
        ),
        lambda: operations.delegate(
            seen, to=cast.chika, note="", by=cast.aoi, at=LATER
        ),
    )
    for act in acts:
        with pytest.raises(operations.ItemTaken) as refused:
            act()
        assert refused.value.facts["who"] == "Chika"
        assert "10:00" in str(refused.value.facts["when"])

    assert OpenPlay.objects.count() == Task.objects.count() == 1
    assert list(Action.objects.values_list("kind", flat=True)) == ["play_started"]


def test_a_step_is_done_once(cast: Cast, opened: Opened) -> None:
    play = start(opened("C1", cast.chika), cast.chika)
    task = open_task(play)
    operations.do_step(task.pk, version=1, outcome=Outcome(), by=cast.chika, at=NOW)

    with pytest.raises(operations.TaskMoved) as refused:
        operations.do_step(task.pk, version=1, outcome=Outcome(), by=cast.aoi, at=LATER)

    assert refused.value.facts["who"] == "Chika"
    assert play.tasks.count() == 2


def test_signals_that_propose_the_same_play_are_answered_by_one(
    cast: Cast, opened: Opened
) -> None:
    first, second = opened("C1", cast.chika), opened("C1", cast.chika, signal="late")
    other = opened("C1", cast.chika, signal="seats_full", play="")

    play = start(first, cast.chika)

    states = dict(WorkItem.objects.values_list("signal", "state"))
    assert states == {"use_stopped": "in_play", "late": "in_play", "seats_full": "open"}
    again = operations.start_play(claim(other), play="rescue", by=cast.chika, at=LATER)
    assert again == play
    assert OpenPlay.objects.count() == 1
    assert {item.signal for item in play.items.all()} == {*states}
    assert second.pk


def test_a_stopped_play_puts_back_what_it_answered(cast: Cast, opened: Opened) -> None:
    item = opened("C1", cast.chika)
    play = start(item, cast.chika)

    operations.stop_play(play.pk, version=1, note="Wrong one.", by=cast.chika, at=LATER)

    item.refresh_from_db()
    assert (item.state, item.open_play) == (State.OPEN, None)
    assert play.tasks.get().state == Task.State.DROPPED
    assert start(item, cast.chika) != play


def test_what_is_put_aside_may_be_taken_back(cast: Cast, opened: Opened) -> None:
    item = opened("C1", cast.chika)

    (snoozed,) = operations.snooze(
        claim(item),
        until=TODAY + dt.timedelta(3),
        why="On leave",
        by=cast.chika,
        at=NOW,
    )
    (dismissed,) = operations.dismiss(
        claim(snoozed),
        reason=WorkItem.Dismissal.WRONG_DATA,
        why="Test system",
        by=cast.chika,
        at=NOW,
    )
    (back,) = operations.reopen(claim(dismissed), by=cast.chika, at=LATER)

    assert (back.state, back.snoozed_until, back.dismissed_as) == (State.OPEN, None, "")
    results = list(Action.objects.values_list("kind", "result", "note"))
    assert results == [
        ("snoozed", "2026-11-27", "On leave"),
        ("dismissed", "wrong_data", "Test system"),
        ("reopened", "", ""),
    ]


@pytest.mark.parametrize("days", [-1, 0, 181])
def test_nobody_snoozes_into_the_past_or_for_ever(
    cast: Cast, opened: Opened, days: int
) -> None:
    item = opened("C1", cast.chika)

    with pytest.raises(operations.SnoozeOutOfRange):
        operations.snooze(
            claim(item),
            until=TODAY + dt.timedelta(days),
            why="",
            by=cast.chika,
            at=NOW,
        )


def test_what_is_not_in_scope_is_not_there(cast: Cast, opened: Opened) -> None:
    mine, theirs = opened("C1", cast.chika), opened("C2", cast.aoi)

    for claims in (claim(theirs), claim(mine, theirs), {}):
        with pytest.raises(Http404):
            operations.start_play(claims, play="rescue", by=cast.chika, at=NOW)

    assert not OpenPlay.objects.exists()


def test_who_it_is_delegated_to_may_act_out_of_scope(
    cast: Cast, opened: Opened, emi: User
) -> None:
    item = opened("C1", cast.chika)

    (given,) = operations.delegate(
        claim(item), to=emi, note="I am away", by=cast.chika, at=NOW
    )
    play = start(given, emi)

    assert (given.assignee, given.why) == (emi, "I am away")
    assert play.owner == emi
    assert open_task(play).assignee == emi


def test_a_contact_lets_the_customer_rest(cast: Cast, opened: Opened) -> None:
    play = start(opened("C1", cast.chika), cast.chika)

    operations.do_step(
        open_task(play).pk, version=1, outcome=Outcome(), by=cast.chika, at=NOW
    )

    reach = Reach.objects.get(pk="C1")
    assert reach.days == ["2026-11-24"]
    assert reach.rest_until == TODAY + dt.timedelta(days=14)  # as tech touch


def test_an_opening_is_held_out_before_anybody_sees_it(
    cast: Cast, opened: Opened
) -> None:
    seen = opened("C1", cast.chika)
    day = dt.date(2026, 11, 22)
    known = Opening("C1", "use_stopped", seen.opened_on)

    assert operations.hold_out([Opening("C9", "late", day), known]) == 2
    assert operations.hold_out([Opening("C9", "late", day), known]) == 2

    assert set(WorkItem.objects.values_list("customer_id", "state")) == {
        ("C1", "held_out"),
        ("C9", "held_out"),
    }
    with pytest.raises(BansoError):
        operations.start_play(claim(seen), play="rescue", by=cast.chika, at=NOW)
    assert operations.let_go([known]) == 1
    seen.refresh_from_db()
    assert start(seen, cast.chika)


def test_what_somebody_decided_about_is_not_held_out(
    cast: Cast, opened: Opened
) -> None:
    item = opened("C1", cast.chika)
    start(item, cast.chika)

    held = operations.hold_out([Opening("C1", "use_stopped", item.opened_on)])

    assert held == 0
    item.refresh_from_db()
    assert item.state == State.IN_PLAY


def test_a_play_that_is_defined_no_more_is_refused_and_goes_on_where_it_runs(
    cast: Cast, opened: Opened
) -> None:
    from banso.web.work.models import KnownPlay  # noqa: PLC0415

    running = start(opened("C1", cast.chika), cast.chika)
    other = opened("C2", cast.chika)
    KnownPlay.objects.update(is_current=False, steps=[])

    with pytest.raises(operations.NoSuchPlay):
        start(other, cast.chika)
    operations.do_step(
        open_task(running).pk, version=1, outcome=Outcome(), by=cast.chika, at=NOW
    )

    assert open_task(running).step == "call"


def test_everything_of_who_leaves_goes_to_who_takes_over(
    cast: Cast, opened: Opened, dai: User, emi: User
) -> None:
    play = start(opened("C1", cast.chika), cast.chika)
    waiting = opened("C2", cast.chika)
    operations.snooze(
        claim(waiting), until=TODAY + dt.timedelta(9), why="EBR", by=cast.chika, at=NOW
    )
    task = operations.add_task(
        "C2",
        "Send the minutes",
        due_on=TODAY,
        assignee=cast.chika,
        by=cast.chika,
        at=NOW,
    )
    cast.chika.is_active = False
    cast.chika.save()

    kept = operations.hand_over(
        Handed(giver=cast.chika.email, taker=emi, note="All yours", is_standing=True),
        by=dai,
        at=LATER,
    )

    play.refresh_from_db()
    waiting.refresh_from_db()
    task.refresh_from_db()
    assert (play.owner, open_task(play).assignee, task.assignee) == (emi, emi, emi)
    assert (waiting.assignee, waiting.state, waiting.why) == (emi, "snoozed", "EBR")
    assert (len(kept.items), len(kept.plays), len(kept.tasks)) == (2, 1, 2)


def test_hand_over_of_one_customer_or_play_leaves_the_rest(
    cast: Cast, opened: Opened, emi: User
) -> None:
    one, two = opened("C1", cast.chika), opened("C2", cast.chika)
    play = start(two, cast.chika)

    operations.hand_over(
        Handed(giver=cast.chika.email, taker=emi, customer_id="C1"),
        by=cast.chika,
        at=NOW,
    )

    one.refresh_from_db()
    play.refresh_from_db()
    assert (one.assignee, play.owner) == (emi, cast.chika)
    operations.hand_over(
        Handed(giver=cast.chika.email, taker=emi, play_id=play.pk),
        by=cast.chika,
        at=NOW,
    )
    play.refresh_from_db()
    two.refresh_from_db()
    assert (play.owner, open_task(play).assignee, two.assignee) == (emi, emi, None)


def test_nothing_is_handed_over_to_nobody(cast: Cast, emi: User) -> None:
    emi.is_active = False
    emi.save()

    for taker in (emi, cast.chika):
        with pytest.raises(operations.HandOverToNobody):
            operations.hand_over(
                Handed(giver=cast.chika.email, taker=taker), by=cast.chika, at=NOW
            )


def test_a_task_is_only_added_where_one_sees_the_customer(
    cast: Cast, release: object
) -> None:
    add_customer("C9", cast.aoi.email)

    with pytest.raises(Http404):
        operations.add_task(
            "C9", "x", due_on=TODAY, assignee=cast.chika, by=cast.chika, at=NOW
        )
