"""Taking what somebody acts on: locked, in scope, and as that person saw it.

Whatever locks several rows locks openings before plays before tasks, each by key: two
people who act at once wait for one another, and never both for each other.
"""

import datetime as dt
from collections.abc import Mapping
from typing import Final

from django.db.models import Q, QuerySet
from django.http import Http404
from django.utils import timezone

from banso.kernel.errors import BansoError
from banso.web.accounts import queries as accounts
from banso.web.work import words
from banso.web.work.models import HandOver, OpenPlay, Task, WorkItem
from banso.webkit import formatting
from banso.webkit.permissions import Scope, Staff

# what somebody acts on, by key, each with the version that was on the screen
Claims = Mapping[int, int]
_HAND_OVERS: Final = 20  # of a person, among which the one of an opening is looked for


class ItemTaken(BansoError):
    """Refuse to act on a signal about which somebody decided in the meantime."""

    code = "item_taken"


class SignalClosed(BansoError):
    """Refuse to act on a signal that a run closed in the meantime."""

    code = "signal_closed"


class PlayMoved(BansoError):
    """Refuse to act on a play that somebody moved on in the meantime."""

    code = "play_moved"


class TaskMoved(BansoError):
    """Refuse to act on a task that somebody did or changed in the meantime."""

    code = "task_moved"


class TaskHanded(BansoError):
    """Refuse to act on a task that somebody else has to do by now."""

    code = "task_handed"


def company_day(at: dt.datetime) -> dt.date:
    """Return the company's day of a moment."""
    return timezone.localtime(at).date()


def in_scope(user: Staff, *, of: str = "customer") -> Q:
    """Return which rows belong to customers that a user sees.

    Parameters
    ----------
    user
        Who looks.
    of
        The path from the row to its customer.

    """
    if user.scope == Scope.ALL:
        return Q()
    emails = accounts.team_emails(user) if user.scope == Scope.TEAM else [user.email]
    return Q(**{f"{of}__owner__in": emails})


def visible_items(user: Staff) -> QuerySet[WorkItem]:
    """Return the openings that a user may see: in scope, or delegated to the user."""
    if user.scope == Scope.ALL:
        return WorkItem.objects.all()
    emails = accounts.team_emails(user) if user.scope == Scope.TEAM else [user.email]
    return WorkItem.objects.filter(Q(owner__in=emails) | Q(assignee_id=user.pk))


def visible_plays(user: Staff) -> QuerySet[OpenPlay]:
    """Return the plays that a user sees: in scope, the user's own, or with a task."""
    if user.scope == Scope.ALL:
        return OpenPlay.objects.all()
    tasks = Task.objects.filter(assignee_id=user.pk, open_play__isnull=False)
    mine = Q(owner_id=user.pk) | Q(pk__in=tasks.values("open_play_id"))
    return OpenPlay.objects.filter(in_scope(user) | mine)


def visible_tasks(user: Staff) -> QuerySet[Task]:
    """Return the tasks that a user may see: in scope, or the user's own."""
    if user.scope == Scope.ALL:
        return Task.objects.all()
    mine = Q(assignee_id=user.pk) | Q(open_play__owner_id=user.pk)
    return Task.objects.filter(in_scope(user) | mine)


def lent_customers(user: Staff) -> set[str]:
    """Return the customers at which a user has a card, a play or a task to do."""
    live = (WorkItem.State.OPEN, WorkItem.State.SNOOZED, WorkItem.State.IN_PLAY)
    items = WorkItem.objects.filter(
        assignee_id=user.pk, closed_on__isnull=True, state__in=live
    )
    plays = OpenPlay.objects.filter(owner_id=user.pk, status=OpenPlay.Status.OPEN)
    tasks = Task.objects.filter(assignee_id=user.pk, state=Task.State.OPEN)
    found = (
        items.order_by()
        .values_list("customer_id")
        .union(
            plays.order_by().values_list("customer_id"),
            tasks.order_by().values_list("customer_id"),
        )
    )
    return {str(key) for (key,) in found if key}


def claimed_items(claims: Claims, *, by: Staff) -> list[WorkItem]:
    """Return the openings that are claimed, locked, the most worth first.

    Raises
    ------
    Http404
        One of them is not there, or not the user's to see.
    ItemTaken
        Somebody decided about one since; nothing was changed.
    SignalClosed
        A run closed one since.

    """
    locked = visible_items(by).select_for_update(of=("self",))
    found = list(locked.filter(pk__in=list(claims)).order_by("pk"))
    if not found or len(found) < len(claims):
        raise Http404
    found.sort(key=lambda item: (item.sort_worth, item.pk))
    for item in found:
        if item.version != claims[item.pk]:
            raise _taken(item)
        if item.closed_on is not None:
            raise SignalClosed(
                f"{item} closed.",
                why=str(WorkItem.Closed(item.closed_why).label),
                day=formatting.day(item.closed_on),
            )
    return found


def hold_openings(**wanted: object) -> None:
    """Lock openings of signals, by key: nobody else decides about them meanwhile."""
    locked = WorkItem.objects.select_for_update().filter(**wanted)
    list(locked.order_by("pk").values_list("pk"))


def claimed_play(play_id: int, version: int, *, by: Staff) -> OpenPlay:
    """Return an open play, locked.

    Raises
    ------
    Http404
        It is not there, or not the user's to see.
    PlayMoved
        Somebody moved it on, or ended it.

    """
    seen = visible_plays(by).filter(pk=play_id)
    if not seen.exists():
        raise Http404
    hold_openings(open_play_id=play_id)
    play = seen.select_for_update(of=("self",)).first()
    if play is None:
        raise Http404
    if play.version != version or play.status != OpenPlay.Status.OPEN:
        raise PlayMoved(f"{play} moved on.", what=play_moved_to(play))
    return play


def claimed_task(task_id: int, version: int, *, by: Staff) -> Task:
    """Return an open task, locked, and its play as well.

    Raises
    ------
    Http404
        It is not there, or not the user's to see.
    TaskMoved, PlayMoved, TaskHanded
        Somebody did it; stopped its play; or it is somebody else's by now.

    """
    seen = visible_tasks(by).filter(pk=task_id)
    play_id = seen.values_list("open_play_id", flat=True).first()
    plays = OpenPlay.objects.select_for_update()
    play = None if play_id is None else plays.filter(pk=play_id).first()
    task = seen.select_for_update(of=("self",)).first()
    if task is None:
        raise Http404
    if task.state == Task.State.DONE:
        who = task.done_by
        raise TaskMoved(
            f"{task} moved on.",
            who=who.name if who is not None else "–",
            when=formatting.moment(task.done_at),
        )
    if task.state == Task.State.DROPPED:
        what = play_moved_to(play) if play is not None else "–"
        raise PlayMoved(f"{task} was dropped.", what=what)
    if task.version != version:
        raise TaskHanded(f"{task} was handed over.", who=task.assignee.name)
    return task


def play_moved_to(play: OpenPlay) -> str:
    """Return how a play stands now, in words."""
    if play.status != OpenPlay.Status.OPEN:
        return str(play.get_status_display())
    now = play.tasks.filter(state=Task.State.OPEN).first()
    return words.said(now.label) if now is not None else str(play.get_status_display())


def _taken(item: WorkItem) -> ItemTaken:
    handed = _handed_since(item)
    if handed is not None:
        return ItemTaken(
            f"Somebody handed {item} over.",
            who=handed.by.name,
            when=formatting.moment(handed.at),
            what=words.handed_to(handed.taker.name),
        )
    who = item.decided_by
    return ItemTaken(
        f"Somebody decided about {item}.",
        who=who.name if who is not None else "–",
        when=formatting.moment(item.decided_at),
        what=words.decision(item),
    )


def _handed_since(item: WorkItem) -> HandOver | None:
    """Return the hand-over that came after the last decision about an opening."""
    given = HandOver.objects.filter(taker_id=item.assignee_id).order_by("-pk")
    if item.assignee_id is None:
        return None
    if item.decided_at is not None:
        given = given.filter(at__gt=item.decided_at)
    newest = given.select_related("by", "taker")[:_HAND_OVERS]
    return next((each for each in newest if item.pk in each.items), None)
