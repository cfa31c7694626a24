"""Cards, plays and tasks as plain values, for programs."""

import datetime as dt
from collections.abc import Mapping, Sequence

from django.http import Http404

from banso.kernel.errors import BansoError
from banso.web.accounts import queries as accounts
from banso.web.customers import queries as customers
from banso.web.work import words
from banso.web.work.choosing import Wanted, is_ready, live_items
from banso.web.work.claims import (
    company_day,
    visible_items,
    visible_plays,
    visible_tasks,
)
from banso.web.work.models import HandOver, KnownSignal, OpenPlay, Task, WorkItem
from banso.web.work.playbook import hand_overs_of
from banso.webkit.paging import Order, Page, page_of
from banso.webkit.permissions import Staff

Record = Mapping[str, object]


class NobodyOfThatEmail(BansoError):
    """Refuse an e-mail of nobody who may act."""

    code = "nobody_of_that_email"


def list_cards(
    user: Staff, wanted: Wanted, *, at: dt.datetime, cursor: str, size: int
) -> Page[Record]:
    """Return a page of the openings that nobody has decided about."""
    items = live_items(user, wanted).select_related("customer", "assignee")
    page = page_of(items, Order("sort_worth"), cursor=cursor, size=size)
    return Page(_cards(page.rows, at), page.previous, page.next)


def card(item_id: int, *, visible_to: Staff, at: dt.datetime) -> Record:
    """Return one opening, whatever was decided about it; 404: none that is seen."""
    items = visible_items(visible_to).select_related("customer", "assignee")
    found = items.filter(pk=item_id).first()
    if found is None:
        raise Http404
    return _cards([found], at)[0]


def cards_of(items: Sequence[WorkItem], *, at: dt.datetime) -> Sequence[Record]:
    """Return openings, as they were just acted on, as programs read them."""
    found = WorkItem.objects.select_related("customer", "assignee").in_bulk(
        [item.pk for item in items]
    )
    return _cards([found[item.pk] for item in items], at)


def list_tasks(
    user: Staff, *, state: str, mine: bool, cursor: str, size: int
) -> Page[Record]:
    """Return a page of tasks by the day that they are due."""
    tasks = visible_tasks(user).filter(state=state).select_related("assignee")
    if mine:
        tasks = tasks.filter(assignee_id=user.pk)
    page = page_of(tasks, Order("due_on"), cursor=cursor, size=size)
    return Page([task_record(task) for task in page.rows], page.previous, page.next)


def task_record(task: Task) -> Record:
    """Return a task as a program reads it."""
    return {
        "id": task.pk,
        "version": task.version,
        "customer_id": task.customer_id,
        "play_id": task.open_play_id,
        "step": task.step,
        "label": words.said(task.label),
        "assignee": task.assignee.email,
        "due_on": task.due_on,
        "state": task.state,
        "channel": task.channel,
        "note": task.note,
        "minutes": task.minutes,
    }


def list_plays(user: Staff, *, status: str, cursor: str, size: int) -> Page[Record]:
    """Return a page of plays with their tasks, the newest first."""
    plays = visible_plays(user).filter(status=status).select_related("owner")
    plays = plays.prefetch_related("tasks__assignee")
    order = Order("pk", descending=True)
    page = page_of(plays, order, cursor=cursor, size=size)
    return Page([_play(play) for play in page.rows], page.previous, page.next)


def play_record(play_id: int, *, visible_to: Staff) -> Record:
    """Return one play with its tasks; 404: none that is seen."""
    plays = visible_plays(visible_to).select_related("owner")
    found = plays.prefetch_related("tasks__assignee").filter(pk=play_id).first()
    if found is None:
        raise Http404
    return _play(found)


def list_hand_overs(user: Staff, *, cursor: str, size: int) -> Page[Record]:
    """Return a page of the hand-overs that concern a user, the newest first."""
    order = Order("pk", descending=True)
    page = page_of(hand_overs_of(user), order, cursor=cursor, size=size)
    return Page([_handed(kept) for kept in page.rows], page.previous, page.next)


def hand_over_record(hand_over_id: int, *, visible_to: Staff) -> Record:
    """Return one hand-over; 404: none that concerns the user."""
    found = hand_overs_of(visible_to).filter(pk=hand_over_id).first()
    if found is None:
        raise Http404
    return _handed(found)


def person(email: str) -> Staff:
    """Return the user of an e-mail who may act.

    Raises
    ------
    NobodyOfThatEmail
        There is none.

    """
    found = accounts.list_active().filter(email=email.strip().lower()).first()
    if found is None:
        raise NobodyOfThatEmail(f"Nobody of {email!r} may act.", email=email)
    return found


def _cards(items: Sequence[WorkItem], at: dt.datetime) -> list[Record]:
    labels = KnownSignal.objects.in_bulk([item.signal for item in items])
    keys = [item.pk for item in items]
    ready = set(
        WorkItem.objects.filter(is_ready(company_day(at)), pk__in=keys).values_list(
            "pk", flat=True
        )
    )
    names = customers.names_of({str(item.customer_id) for item in items})
    found: list[Record] = []
    for item in items:
        signal = labels.get(item.signal)
        found.append(
            {
                "id": item.pk,
                "customer_id": str(item.customer_id),
                "name": names.get(str(item.customer_id), str(item.customer_id)),
                "label": words.said(signal.label) if signal else item.signal,
                "reason": words.reason(item),
                "assignee": item.assignee.email if item.assignee else None,
                "is_ready": item.pk in ready,
                **{name: getattr(item, name) for name in _PLAIN},
            }
        )
    return found


_PLAIN = (
    "version", "owner", "signal", "kind", "opened_on", "state", "snoozed_until", "play",
    "worth", "chance", "amount", "currency", "urgency", "effect",
)  # fmt: skip


def _play(play: OpenPlay) -> Record:
    tasks = sorted(play.tasks.all(), key=lambda task: task.pk)
    return {
        "id": play.pk,
        "version": play.version,
        "customer_id": play.customer_id,
        "play": play.play,
        "label": words.said(play.label),
        "owner": play.owner.email,
        "status": play.status,
        "result": play.result,
        "note": play.note,
        "started_at": play.started_at,
        "ended_at": play.ended_at,
        "tasks": [task_record(task) for task in tasks],
    }


def _handed(kept: HandOver) -> Record:
    return {
        "id": kept.pk,
        "at": kept.at,
        "by": kept.by.email,
        "giver": kept.giver,
        "taker": kept.taker.email,
        "customer_id": kept.customer_id or None,
        "note": kept.note,
        "cards": kept.items,
        "plays": kept.plays,
        "tasks": kept.tasks,
        "is_standing": kept.is_standing and kept.ended_at is None,
        "ended_at": kept.ended_at,
    }
