"""Handing work over: one customer's or all of a person's, with nothing lost."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeVar

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F, Model, Q, QuerySet
from django.shortcuts import get_object_or_404

from banso.web.audit import operations as audit
from banso.web.customers import queries as customers
from banso.web.work.claims import in_scope, visible_plays
from banso.web.work.models import Action, HandOver, OpenPlay, Task, WorkItem
from banso.web.work.people import HandOverToNobody, taker_of_work
from banso.webkit.permissions import Staff, may

Kept = TypeVar("Kept", bound=Model)
_LIVE = (WorkItem.State.OPEN, WorkItem.State.SNOOZED, WorkItem.State.IN_PLAY)


@dataclass(frozen=True)
class Handed:
    """What is handed over, and to whom."""

    giver: str  # the e-mail of who had it
    taker: Staff
    customer_id: str = ""  # empty: at all customers
    play_id: int | None = None  # only this play
    note: str = ""
    is_standing: bool = False  # also what opens later at the giver's customers


@transaction.atomic
def hand_over(handed: Handed, *, by: Staff, at: dt.datetime) -> HandOver:
    """Give what one person has to do to another; the brief keeps what it was.

    Signals that are open at the giver's customers or delegated to the giver, plays that
    the giver owns and tasks that the giver has to do go to the taker: as they stand,
    with their notes, their due dates and their snoozes. What `by` does not see stays.

    Raises
    ------
    HandOverToNobody
        The taker is the giver, or may not sign in any more.
    Http404
        The user does not see the customer or the play.
    PermissionDenied
        It is somebody else's work, and the user may not hand that over.

    """
    giver = handed.giver.strip().lower()
    check_giver(giver, by=by)
    if handed.customer_id:
        customers.get_customer(handed.customer_id, visible_to=by)
    if handed.play_id is not None:
        get_object_or_404(visible_plays(by), pk=handed.play_id)
    if handed.taker.email == giver:
        raise HandOverToNobody(f"{giver} cannot take over from {giver}.")
    only = Q(customer_id=handed.customer_id) if handed.customer_id else Q()
    items = _keys(
        WorkItem.objects.filter(
            _of_giver(giver), only, in_scope(by), closed_on__isnull=True,
            state__in=_LIVE,
        ),
        keep=handed.play_id is None,
    )  # fmt: skip
    of_play = Q() if handed.play_id is None else Q(pk=handed.play_id)
    plays = _keys(
        OpenPlay.objects.filter(
            only, of_play, in_scope(by), owner__email=giver,
            status=OpenPlay.Status.OPEN,
        )
    )  # fmt: skip
    in_play = Q() if handed.play_id is None else Q(open_play_id=handed.play_id)
    tasks = _keys(
        Task.objects.filter(
            only, in_play, in_scope(by), assignee__email=giver, state=Task.State.OPEN
        )
    )
    taker = taker_of_work(handed.taker)
    _give(items, plays, tasks, taker=taker)
    kept = HandOver.objects.create(
        at=at,
        by_id=by.pk,
        giver=giver,
        taker_id=taker.pk,
        customer_id=handed.customer_id,
        note=handed.note.strip(),
        items=items,
        plays=plays,
        tasks=tasks,
        is_standing=handed.is_standing and handed.play_id is None,
    )
    _note(kept, by=by)
    audit.record(
        "work_handed_over",
        subject=audit.Subject("user", "", giver),
        by=by,
        at=at,
        details={
            "taker": taker.name,
            "plays": len(plays),
            "tasks": len(tasks),
            "items": len(items),
        },
    )
    return kept


def check_giver(giver: str, *, by: Staff) -> None:
    """Refuse to hand over somebody else's work to a user who may not.

    Raises
    ------
    PermissionDenied
        The user may hand over their own work alone.

    """
    if giver != by.email and not may(by, "hand_over_work"):
        raise PermissionDenied("hand_over_work")


@transaction.atomic
def end_standing(hand_over_id: int, *, by: Staff, at: dt.datetime) -> HandOver:
    """Let what opens from now on be its owner's again; what was handed over stays."""
    kept = HandOver.objects.select_for_update().get(pk=hand_over_id)
    if kept.ended_at is None:
        kept.ended_at = at
        kept.save(update_fields=["ended_at"])
        subject = audit.Subject("user", "", kept.giver)
        audit.record("hand_over_ended", subject=subject, by=by, at=at)
    return kept


def stand_in() -> None:
    """Give new openings at the customers of who handed all over to who took it."""
    standing = HandOver.objects.filter(is_standing=True, ended_at__isnull=True)
    for each in standing.order_by("pk"):
        only = Q(customer_id=each.customer_id) if each.customer_id else Q()
        WorkItem.objects.filter(
            only,
            owner=each.giver,
            assignee__isnull=True,
            closed_on__isnull=True,
            state=WorkItem.State.OPEN,
            decided_at__isnull=True,
        ).update(assignee_id=each.taker_id)


def _of_giver(giver: str) -> Q:
    return Q(assignee__email=giver) | Q(assignee__isnull=True, owner=giver)


def _keys(found: QuerySet[Kept], *, keep: bool = True) -> list[int]:
    """Return the keys of rows, locked; none when they are not to be handed over."""
    if not keep:
        return []
    locked = found.select_for_update(of=("self",)).order_by("pk")
    return list(locked.values_list("pk", flat=True))


def _give(
    items: list[int], plays: list[int], tasks: list[int], *, taker: Staff
) -> None:
    """Write who has what from now on, some keys at a time."""
    later = F("version") + 1
    for some in _in_parts(items):
        WorkItem.objects.filter(pk__in=some).update(assignee_id=taker.pk, version=later)
    for some in _in_parts(plays):
        OpenPlay.objects.filter(pk__in=some).update(owner_id=taker.pk, version=later)
    for some in _in_parts(tasks):
        Task.objects.filter(pk__in=some).update(assignee_id=taker.pk, version=later)


def _note(kept: HandOver, *, by: Staff) -> None:
    """Write down at each customer that its work went to somebody else, and why."""
    keys: set[str] = set()
    for kind, wanted in (
        (WorkItem, kept.items), (OpenPlay, kept.plays), (Task, kept.tasks),
    ):  # fmt: skip
        for some in _in_parts(wanted):
            found = kind.objects.filter(pk__in=some, customer_id__isnull=False)
            keys.update(map(str, found.values_list("customer_id", flat=True)))
    Action.objects.bulk_create(
        [
            Action(
                customer_id=key,
                at=kept.at,
                kind="handed_over",
                by_id=by.pk,
                result=kept.taker.email,
                note=kept.note,
            )
            for key in sorted(keys)
        ],
        batch_size=500,
    )


def _in_parts(keys: list[int]) -> Iterator[list[int]]:
    for start in range(0, len(keys), 500):
        yield keys[start : start + 500]
