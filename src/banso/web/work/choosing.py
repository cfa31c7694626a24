"""Which cards stand on the page of today: whose, in which order, and which later."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.db.models import Min, Q, QuerySet

from banso.web.accounts import queries as accounts
from banso.web.work.claims import visible_items
from banso.web.work.models import KnownSignal, Reach, WorkItem
from banso.webkit.permissions import Role, Scope, Staff

PAGE_SIZE: Final = 15
LATER_SIZE: Final = 20
MINE: Final = "mine"
ALL: Final = "all"
_LIVE: Final = (WorkItem.State.OPEN.value, WorkItem.State.SNOOZED.value)


@dataclass(frozen=True)
class Chosen:
    """Customers in order, and how many there are in all."""

    ready: Sequence[str]
    ready_count: int
    has_more: bool
    later: Sequence[str]
    later_count: int


@dataclass(frozen=True)
class Wanted:
    """What the address asks for."""

    whose: str  # `MINE`, `ALL`, or the e-mail of an owner
    kind: str = ""  # of signal; empty: all
    start: int = 0

    @classmethod
    def read(cls, asked: Mapping[str, str], user: Staff) -> "Wanted":
        """Return what an address asks for; what cannot be is left out.

        A CSM begins with the own cards, others with all that they see.
        """
        begin = MINE if user.role == Role.CSM or user.scope == Scope.OWN else ALL
        at = asked.get("at", "")
        return cls(
            whose=asked.get("whose", "").strip().lower()[:254] or begin,
            kind=asked.get("kind", "").strip()[:40],
            start=min(int(at), 100_000) if at.isdecimal() and len(at) < 7 else 0,
        )


def live_items(user: Staff, wanted: Wanted) -> QuerySet[WorkItem]:
    """Return the openings that a page is made of: nobody has done them yet."""
    items = visible_items(user).filter(closed_on__isnull=True, state__in=_LIVE)
    hidden = hidden_signals(user)
    if hidden:
        items = items.exclude(signal__in=hidden)
    if wanted.kind:
        items = items.filter(kind=wanted.kind)
    if wanted.whose == ALL:
        return items
    email = user.email if wanted.whose == MINE else wanted.whose
    person = accounts.find_user_by_email(email)
    own = Q(owner=email, assignee__isnull=True)
    return items.filter(own if person is None else own | Q(assignee_id=person.pk))


def hidden_signals(user: Staff) -> list[str]:
    """Return the signals that are not meant for a user's role."""
    limited = KnownSignal.objects.exclude(seen_by=[]).values_list("key", "seen_by")
    return [key for key, roles in limited if user.role not in roles]


def is_ready(today: dt.date) -> Q:
    """Return which openings are to be acted on now.

    Not snoozed, within their window, and at a customer that is not at rest.
    """
    resting = Reach.objects.filter(rest_until__gt=today).values("customer_id")
    return (
        (Q(state=WorkItem.State.OPEN) | Q(snoozed_until__lte=today))
        & (Q(urgency__isnull=True) | Q(urgency__gt=0))
        & ~Q(customer_id__in=resting)
    )


def choose(user: Staff, wanted: Wanted, *, today: dt.date) -> Chosen:
    """Return the customers whose cards stand on a page, the most worth first."""
    items = live_items(user, wanted)
    customers = items.order_by().values("customer_id")
    grouped = customers.annotate(
        best=Min("sort_worth", filter=is_ready(today)), any=Min("sort_worth")
    )
    ready = grouped.filter(best__isnull=False)
    ordered = ready.order_by("best", "customer_id").values_list(
        "customer_id", flat=True
    )
    first = list(ordered[wanted.start : wanted.start + PAGE_SIZE + 1])
    later = grouped.filter(best__isnull=True)
    waiting = later.order_by("any", "customer_id").values_list("customer_id", flat=True)
    return Chosen(
        ready=first[:PAGE_SIZE],
        ready_count=ready.count(),
        has_more=len(first) > PAGE_SIZE,
        later=list(waiting[:LATER_SIZE]),
        later_count=later.count(),
    )
