"""Carrying out plays: starting, step after step, and what came of it; tasks by hand."""

import datetime as dt
from dataclasses import dataclass
from typing import Final

from django.db import transaction
from django.db.models import F

from banso.kernel.errors import BansoError
from banso.web.accounts import queries as accounts
from banso.web.customers import operations as writing
from banso.web.customers import queries as customers
from banso.web.work import people, rules
from banso.web.work.claims import (
    Claims,
    claimed_items,
    claimed_play,
    claimed_task,
    company_day,
    hold_openings,
)
from banso.web.work.models import KnownPlay, OpenPlay, Task, WorkItem
from banso.web.work.recording import Deed, note_new_task, note_play, note_task
from banso.web.work.steps import Step, step_after, steps_of
from banso.webkit.permissions import Staff

MOST_MINUTES: Final = 24 * 60
_OPENINGS: Final = (WorkItem.State.OPEN, WorkItem.State.SNOOZED)


class NoSuchPlay(BansoError):
    """Refuse to start a play that is no longer defined."""

    code = "no_such_play"


class NotOneCustomer(BansoError):
    """Refuse to start one play about openings of several customers."""

    code = "not_one_customer"


class NoteRequired(BansoError):
    """Refuse to end a step without the note that its play asks for."""

    code = "note_required"


class AnswerRequired(BansoError):
    """Refuse to end a step that branches without saying which way."""

    code = "answer_required"


class StepsLeft(BansoError):
    """Refuse to finish a play that has a step to be done; it may be stopped."""

    code = "steps_left"


@dataclass(frozen=True)
class Outcome:
    """What somebody says of a task that is done."""

    note: str = ""
    minutes: int | None = None  # that it took; None: not known
    then: str = ""  # where the branch leads that was taken


@transaction.atomic
def start_play(claims: Claims, *, play: str, by: Staff, at: dt.datetime) -> OpenPlay:
    """Start a play at a customer, in answer to openings of signals.

    Openings at the same customer that propose the same play are answered with it. When
    the play is open there already, the openings join it: nothing is done twice.

    Parameters
    ----------
    claims
        Openings of one customer; the most worth is what the play is noted to answer.
    play
        The key of a play that is defined.
    by, at
        Who, and when. The play belongs to whom it was delegated, else to `by`.

    Raises
    ------
    NoSuchPlay
        No play of that key is defined any more.
    NotOneCustomer
        The openings are of several customers.
    ItemTaken, SignalClosed
        See `claims.claimed_items`; nothing was changed.

    """
    claimed = WorkItem.objects.filter(pk__in=list(claims)).values("customer_id")
    hold_openings(customer_id__in=claimed, closed_on__isnull=True)
    items = claimed_items(claims, by=by)
    first = items[0]
    if {item.customer_id for item in items} != {first.customer_id}:
        raise NotOneCustomer("A play is of one customer.")
    known = KnownPlay.objects.filter(pk=play, is_current=True).first()
    if known is None:
        raise NoSuchPlay(f"There is no play {play!r}.", play=play)
    # locked: it may be about to be stopped, and would take along what joins it
    locked = OpenPlay.objects.select_for_update()
    running = locked.filter(
        customer_id=first.customer_id, play=play, status=OpenPlay.Status.OPEN
    ).first()
    if running is None:
        running = _begin(first, known, Deed(by, at))
    beside = WorkItem.objects.select_for_update().filter(
        customer_id=first.customer_id,
        play=play,
        state__in=_OPENINGS,
        closed_on__isnull=True,
    )
    taken = {item.pk: item for item in (*beside.order_by("pk"), *items)}
    for item in taken.values():
        item.state, item.open_play = WorkItem.State.IN_PLAY, running
        item.decided_by_id, item.decided_at = by.pk, at
        item.snoozed_until, item.why = None, ""
        item.version += 1
        item.save()
    return running


@transaction.atomic
def do_step(
    task_id: int, *, version: int, outcome: Outcome, by: Staff, at: dt.datetime
) -> Task:
    """End a step of a play, and let the next one begin.

    Raises
    ------
    NoteRequired, AnswerRequired
        The play asks for something that is not there.
    TaskMoved, PlayMoved, TaskHanded
        Somebody did it, stopped its play or handed it over; nothing was changed.

    """
    task = claimed_task(task_id, version, by=by)
    play = task.open_play
    if play is None:
        return _end(task, outcome, Deed(by, at))
    play = OpenPlay.objects.select_for_update().get(pk=play.pk)
    steps = steps_of(play.steps)
    step = next(each for each in steps if each.key == task.step)
    if step.note_required and not outcome.note.strip():
        raise NoteRequired(f"{task} asks for a note.")
    branch = next((b for b in step.branches if b.then == outcome.then), None)
    if step.branches and branch is None:
        raise AnswerRequired(f"{task} asks which way.")
    task.answer = None if branch is None else dict(branch.label)
    _end(task, outcome, Deed(by, at))
    after = step_after(steps, step.key, then=branch.then if branch else "")
    if after is not None:
        _take_turn(play, after, Deed(by, at))
    play.version += 1
    play.save(update_fields=["version"])
    return task


@transaction.atomic
def complete_task(
    task_id: int, *, version: int, outcome: Outcome, by: Staff, at: dt.datetime
) -> Task:
    """End a task; for a step of a play as `do_step` does."""
    return do_step(task_id, version=version, outcome=outcome, by=by, at=at)


@transaction.atomic
def finish_play(
    play_id: int,
    *,
    version: int,
    result: OpenPlay.Result,
    note: str,
    by: Staff,
    at: dt.datetime,
) -> OpenPlay:
    """End a play whose steps are done, with what came of it.

    Raises
    ------
    StepsLeft
        A step is to be done still.
    PlayMoved
        Somebody moved it on, or ended it, in the meantime; nothing was changed.

    """
    play = claimed_play(play_id, version, by=by)
    if play.tasks.filter(state=Task.State.OPEN).exists():
        raise StepsLeft(f"{play} has steps left.")
    _close(play, OpenPlay.Status.FINISHED, Deed(by, at), result=result, note=note)
    play.items.filter(state=WorkItem.State.IN_PLAY).update(
        state=WorkItem.State.DONE, **_decided(by, at)
    )
    note_play("play_finished", play, Deed(by, at))
    return play


@transaction.atomic
def stop_play(
    play_id: int, *, version: int, note: str, by: Staff, at: dt.datetime
) -> OpenPlay:
    """End a play before its end; what it answered is there again, if it still holds.

    Raises
    ------
    PlayMoved
        Somebody moved it on, or ended it, in the meantime; nothing was changed.

    """
    play = claimed_play(play_id, version, by=by)
    play.tasks.filter(state=Task.State.OPEN).update(
        state=Task.State.DROPPED, version=F("version") + 1
    )
    _close(play, OpenPlay.Status.STOPPED, Deed(by, at), result="", note=note)
    play.items.filter(state=WorkItem.State.IN_PLAY).update(
        state=WorkItem.State.OPEN, open_play=None, **_decided(by, at)
    )
    note_play("play_stopped", play, Deed(by, at))
    return play


@transaction.atomic
def add_task(
    customer_id: str,
    title: str,
    *,
    due_on: dt.date,
    assignee: Staff,
    by: Staff,
    at: dt.datetime,
) -> Task:
    """Add a task by hand, at a customer that `by` sees.

    Raises
    ------
    Http404
        The customer is not there, or not the user's to see.
    HandOverToNobody
        The assignee may not sign in any more.

    """
    customer = customers.get_customer(customer_id, visible_to=by)
    text = title.strip()
    task = Task.objects.create(
        customer_id=writing.hold_customer(customer.pk),
        label={"ja": text, "en": text},
        assignee_id=people.taker_of_work(assignee).pk,
        due_on=due_on,
        made_by_id=by.pk,
        made_at=at,
    )
    note_new_task(task, Deed(by, at))
    return task


def _begin(item: WorkItem, known: KnownPlay, deed: Deed) -> OpenPlay:
    """Start a play of who was given the signal, or of who starts it."""
    given = item.assignee and accounts.hold_active(item.assignee)
    play = OpenPlay.objects.create(
        customer_id=item.customer_id,
        play=known.key,
        label=known.label,
        steps=known.steps,
        signal=item.signal,
        opened_on=item.opened_on,
        reason={"ja": item.reason_ja, "en": item.reason_en},
        owner_id=(given or deed.by).pk,
        started_at=deed.at,
        started_by_id=deed.by.pk,
    )
    _take_turn(play, steps_of(known.steps)[0], deed)
    note_play("play_started", play, deed)
    return play


def _take_turn(play: OpenPlay, step: Step, deed: Deed) -> Task:
    due_on = rules.business_day_after(company_day(deed.at), step.due_days)
    return Task.objects.create(
        customer_id=play.customer_id,
        open_play=play,
        step=step.key,
        label=dict(step.label),
        role=step.role,
        channel=step.channel,
        minutes_planned=step.minutes,
        assignee_id=people.who_does(step.role, play.owner).pk,
        due_on=due_on,
        made_by_id=deed.by.pk,
        made_at=deed.at,
    )


def _end(task: Task, outcome: Outcome, deed: Deed) -> Task:
    minutes = outcome.minutes
    task.state, task.note = Task.State.DONE, outcome.note.strip()
    task.minutes = None if minutes is None else min(max(minutes, 0), MOST_MINUTES)
    task.done_by_id, task.done_at = deed.by.pk, deed.at
    task.version += 1
    task.save()
    note_task(task, deed)
    return task


def _close(
    play: OpenPlay, status: OpenPlay.Status, deed: Deed, *, result: str, note: str
) -> None:
    play.status, play.result, play.note = status, result, note.strip()
    play.ended_at, play.ended_by_id = deed.at, deed.by.pk
    play.version += 1
    play.save()


def _decided(by: Staff, at: dt.datetime) -> dict[str, object]:
    """Return who decided about openings, and that it is another decision."""
    return {"decided_by_id": by.pk, "decided_at": at, "version": F("version") + 1}
