"""Acting on what a run found: plays, delegation, rest, and dismissal.

Every function refuses, and changes nothing, when somebody acted on the same thing in
the meantime. Other features import from here what they need of work.
"""

import datetime as dt
from typing import Final

from django.db import transaction

from banso.kernel.errors import BansoError
from banso.web.work.claims import (
    Claims,
    ItemTaken,
    PlayMoved,
    SignalClosed,
    TaskHanded,
    TaskMoved,
    claimed_items,
    company_day,
)
from banso.web.work.handing_over import (
    Handed,
    check_giver,
    end_standing,
    hand_over,
)
from banso.web.work.holding_out import Opening, hold_out, let_go
from banso.web.work.models import OpenPlay, WorkItem
from banso.web.work.people import HandOverToNobody, taker_of_work
from banso.web.work.playing import (
    AnswerRequired,
    NoSuchPlay,
    NoteRequired,
    Outcome,
    StepsLeft,
    add_task,
    complete_task,
    do_step,
    finish_play,
    start_play,
    stop_play,
)
from banso.web.work.reach import note_contact
from banso.web.work.recording import Deed, note_item
from banso.webkit.permissions import Staff

__all__ = [
    "AnswerRequired",
    "CannotReopen",
    "Dismissal",
    "HandOverToNobody",
    "Handed",
    "ItemTaken",
    "NoSuchPlay",
    "NoteRequired",
    "Opening",
    "Outcome",
    "PlayMoved",
    "Result",
    "SignalClosed",
    "SnoozeOutOfRange",
    "StepsLeft",
    "TaskHanded",
    "TaskMoved",
    "add_task",
    "check_giver",
    "complete_task",
    "delegate",
    "dismiss",
    "do_step",
    "end_standing",
    "finish_play",
    "hand_over",
    "hold_out",
    "let_go",
    "note_contact",
    "reopen",
    "snooze",
    "start_play",
    "stop_play",
]

LONGEST_SNOOZE: Final = dt.timedelta(days=180)
State = WorkItem.State
Dismissal = WorkItem.Dismissal
Result = OpenPlay.Result


class SnoozeOutOfRange(BansoError):
    """Refuse to snooze into the past, or for more than half a year."""

    code = "snooze_out_of_range"


class CannotReopen(BansoError):
    """Refuse to open what is open, in a play, or held out."""

    code = "cannot_reopen"


@transaction.atomic
def delegate(
    claims: Claims, *, to: Staff, note: str, by: Staff, at: dt.datetime
) -> list[WorkItem]:
    """Let somebody else act on openings of signals; they leave the page of `by`.

    Raises
    ------
    HandOverToNobody
        The person may not sign in any more.
    ItemTaken, SignalClosed
        See `claims.claimed_items`; nothing was changed.

    """
    items = claimed_items(claims, by=by)
    to = taker_of_work(to)
    for item in items:
        _decide(item, State.OPEN, note, Deed(by, at), assignee_id=to.pk)
        note_item("delegated", item, Deed(by, at), result=to.email, note=note)
    return items


@transaction.atomic
def snooze(
    claims: Claims, *, until: dt.date, why: str, by: Staff, at: dt.datetime
) -> list[WorkItem]:
    """Put openings of signals aside until a day, on which they are there again.

    Raises
    ------
    SnoozeOutOfRange
        The day is not after today, or more than 180 days ahead.
    ItemTaken, SignalClosed
        See `claims.claimed_items`; nothing was changed.

    """
    ahead = until - company_day(at)
    if not dt.timedelta(0) < ahead <= LONGEST_SNOOZE:
        raise SnoozeOutOfRange(f"{until} is out of range.", days=LONGEST_SNOOZE.days)
    items = claimed_items(claims, by=by)
    for item in items:
        _decide(item, State.SNOOZED, why, Deed(by, at), snoozed_until=until)
        note_item("snoozed", item, Deed(by, at), result=until.isoformat(), note=why)
    return items


@transaction.atomic
def dismiss(
    claims: Claims,
    *,
    reason: Dismissal,
    why: str,
    by: Staff,
    at: dt.datetime,
) -> list[WorkItem]:
    """Decide that nothing is to be done about openings of signals, and why.

    They do not come back; the signal may open anew at the customer.

    Raises
    ------
    ItemTaken, SignalClosed
        See `claims.claimed_items`; nothing was changed.

    """
    items = claimed_items(claims, by=by)
    for item in items:
        _decide(item, State.DISMISSED, why, Deed(by, at), dismissed_as=reason)
        note_item("dismissed", item, Deed(by, at), result=reason, note=why)
    return items


@transaction.atomic
def reopen(claims: Claims, *, by: Staff, at: dt.datetime) -> list[WorkItem]:
    """Take back what was decided: the signals are there again, as if untouched.

    Raises
    ------
    CannotReopen
        One of them is in a play, which is to be stopped first, or is held out.
    ItemTaken, SignalClosed
        See `claims.claimed_items`; nothing was changed.

    """
    items = claimed_items(claims, by=by)
    for item in items:
        if item.state in (State.IN_PLAY, State.HELD_OUT):
            raise CannotReopen(f"{item} is {item.state}.")
        _decide(item, State.OPEN, "", Deed(by, at))
        note_item("reopened", item, Deed(by, at))
    return items


def _decide(
    item: WorkItem, state: WorkItem.State, why: str, deed: Deed, **more: object
) -> None:
    """Write a decision; what earlier ones left goes, but for the delegation."""
    item.state, item.why = state, why.strip()
    item.snoozed_until, item.dismissed_as = None, ""
    item.decided_by_id, item.decided_at = deed.by.pk, deed.at
    for name, value in more.items():
        setattr(item, name, value)
    item.version += 1
    item.save(
        update_fields=[
            "state", "why", "snoozed_until", "dismissed_as", "decided_by",
            "decided_at", "assignee", "version",
        ]
    )  # fmt: skip
