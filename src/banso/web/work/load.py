"""Who has how much to do, and whose work nobody does any more."""

import datetime as dt
from dataclasses import dataclass
from typing import Final, TypeVar

from django.db.models import Count, Model, Q, QuerySet, Sum, TextField
from django.db.models.functions import Coalesce

from banso.web.accounts import queries as accounts
from banso.web.customers import queries as customers
from banso.web.work.claims import visible_items, visible_plays, visible_tasks
from banso.web.work.models import Colleague, OpenPlay, Task, WorkItem
from banso.webkit.permissions import Staff

Row = TypeVar("Row", bound=Model)
AHEAD_DAYS: Final = 7
_LIVE: Final = (WorkItem.State.OPEN.value, WorkItem.State.SNOOZED.value)


@dataclass
class Load:
    """What one person has to do."""

    email: str
    name: str
    is_here: bool = True  # may sign in, and has not left
    left_on: dt.date | None = None
    cards: int = 0  # customers with something open
    plays: int = 0
    tasks_due: int = 0  # within seven days, or overdue
    overdue: int = 0
    minutes: int = 0  # planned for all open tasks

    @property
    def has_work(self) -> bool:
        """Whether anything waits for this person."""
        return bool(self.cards or self.plays or self.tasks_due or self.minutes)


@dataclass(frozen=True)
class Absent:
    """Somebody who is gone, and whose work waits for a hand-over."""

    email: str
    name: str
    left_on: dt.date | None
    cards: int
    plays: int
    tasks: int


def team_load(user: Staff, *, today: dt.date) -> list[Load]:
    """Return what everybody has to do, as far as a user sees it, the most first."""
    loads = _people(user, today)
    items = visible_items(user).filter(closed_on__isnull=True, state__in=_LIVE)
    for email, count in _customers_of(items).items():
        if email in loads:
            loads[email].cards = count
    plays = visible_plays(user).filter(status=OpenPlay.Status.OPEN)
    for email, count in _by(plays, "owner__email").items():
        loads[email].plays = count
    tasks = visible_tasks(user).filter(state=Task.State.OPEN)
    soon = today + dt.timedelta(days=AHEAD_DAYS)
    counted = (
        tasks.order_by()
        .values_list("assignee__email")
        .annotate(
            due=Count("pk", filter=Q(due_on__lte=soon)),
            overdue=Count("pk", filter=Q(due_on__lt=today)),
            minutes=Sum("minutes_planned"),
        )
    )
    for email, due, overdue, minutes in counted:
        load = loads[email]
        load.tasks_due, load.overdue, load.minutes = due, overdue, minutes or 0
    busy = [load for load in loads.values() if load.has_work]
    return sorted(busy, key=lambda load: (load.is_here, -load.minutes, load.name))


def absent_people(user: Staff, *, today: dt.date) -> list[Absent]:
    """Return who is gone and has work that a user sees, by name."""
    gone = _gone(today)
    if not gone:
        return []
    items = visible_items(user).filter(closed_on__isnull=True, state__in=_LIVE)
    cards = _customers_of(
        items.filter(
            Q(assignee__email__in=gone) | Q(assignee__isnull=True, owner__in=gone)
        )
    )
    plays = visible_plays(user).filter(
        status=OpenPlay.Status.OPEN, owner__email__in=gone
    )
    tasks = visible_tasks(user).filter(state=Task.State.OPEN, assignee__email__in=gone)
    by_plays, by_tasks = _by(plays, "owner__email"), _by(tasks, "assignee__email")
    found = [
        Absent(
            email=email,
            name=name,
            left_on=left_on,
            cards=cards.get(email, 0),
            plays=by_plays.get(email, 0),
            tasks=by_tasks.get(email, 0),
        )
        for email, (name, left_on) in gone.items()
    ]
    waiting = [each for each in found if each.cards or each.plays or each.tasks]
    return sorted(waiting, key=lambda each: each.name)


def _gone(today: dt.date) -> dict[str, tuple[str, dt.date | None]]:
    """Return who may not sign in any more or has left: name and last day, by e-mail."""
    left = Colleague.objects.filter(left_on__lte=today)
    gone: dict[str, tuple[str, dt.date | None]] = {
        email: (name, None) for email, name in accounts.inactive_users().items()
    }
    for each in left:
        gone[each.pk] = (each.name or gone.get(each.pk, (each.pk,))[0], each.left_on)
    return gone


def _people(user: Staff, today: dt.date) -> dict[str, Load]:
    """Return everybody who may have work: users, and owners whom only facts know."""
    gone = _gone(today)
    names = {**accounts.names_by_email(), **customers.owner_names(user)}
    return {
        email: Load(
            email=email,
            name=gone.get(email, (name,))[0] or name,
            is_here=email not in gone,
            left_on=gone[email][1] if email in gone else None,
        )
        for email, name in {**{e: n for e, (n, _day) in gone.items()}, **names}.items()
        if email
    }


def _customers_of(items: QuerySet[WorkItem]) -> dict[str, int]:
    """Return at how many customers there are openings, by whose these are."""
    whose = items.order_by().annotate(
        whose=Coalesce("assignee__email", "owner", output_field=TextField())
    )
    counted = whose.values_list("whose").annotate(n=Count("customer", distinct=True))
    return dict(counted)


def _by(rows: QuerySet[Row], person: str) -> dict[str, int]:
    """Return how many rows there are by a person's e-mail."""
    return dict(rows.order_by().values_list(person).annotate(n=Count("pk")))
