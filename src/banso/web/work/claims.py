"""Taking what somebody acts on: locked, in scope, and as that person saw it."""

import datetime as dt
from collections.abc import Mapping

from django.db.models import Q, QuerySet
from django.http import Http404
from django.utils import timezone

from banso.kernel.errors import BansoError
from banso.web.accounts import queries as accounts
from banso.web.work import words
from banso.web.work.models import OpenPlay, Task, WorkItem
from banso.webkit import formatting
from banso.webkit.permissions import Scope, Staff

# what somebody acts on, by key, each with the version that was on the screen
Claims = Mapping[int, int]


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
    found = list(
        visible_items(by)
        .select_for_update(of=("self",))
        .filter(pk__in=list(claims))
        .order_by("sort_worth", "pk")
    )
    if not found or len(found) < len(claims):
        raise Http404
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


def claimed_play(play_id: int, version: int, *, by: Staff) -> OpenPlay:
    """Return an open play, locked.

    Raises
    ------
    Http404
        It is not there, or not the user's to see.
    PlayMoved
        Somebody moved it on, or ended it.

    """
    play = visible_plays(by).select_for_update(of=("self",)).filter(pk=play_id).first()
    if play is None:
        raise Http404
    if play.version != version or play.status != OpenPlay.Status.OPEN:
        raise PlayMoved(f"{play} moved on.", what=play_moved_to(play))
    return play


def claimed_task(task_id: int, version: int, *, by: Staff) -> Task:
    """Return an open task, locked.

    Raises
    ------
    Http404
        It is not there, or not the user's to see.
    TaskMoved
        Somebody did or changed it.

    """
    task = visible_tasks(by).select_for_update(of=("self",)).filter(pk=task_id).first()
    if task is None:
        raise Http404
    if task.version != version or task.state != Task.State.OPEN:
        who = task.done_by
        raise TaskMoved(
            f"{task} moved on.",
            who=who.name if who is not None else "–",
            when=formatting.moment(task.done_at),
        )
    return task


def play_moved_to(play: OpenPlay) -> str:
    """Return how a play stands now, in words."""
    if play.status != OpenPlay.Status.OPEN:
        return str(play.get_status_display())
    now = play.tasks.filter(state=Task.State.OPEN).first()
    return words.said(now.label) if now is not None else str(play.get_status_display())


def _taken(item: WorkItem) -> ItemTaken:
    who = item.decided_by
    return ItemTaken(
        f"Somebody decided about {item}.",
        who=who.name if who is not None else "–",
        when=formatting.moment(item.decided_at),
        what=words.decision(item),
    )
