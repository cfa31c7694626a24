"""Which cards stand on the page of today: whose, in which order, and which later."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.db.models import Exists, OuterRef, Q, QuerySet

from banso.web.accounts import queries as accounts
from banso.web.work.claims import visible_items
from banso.web.work.models import KnownSignal, Reach, WorkItem
from banso.webkit.permissions import Role, Scope, Staff

PAGE_SIZE: Final = 15
LATER_SIZE: Final = 20
MOST: Final = 1_000  # customers that are counted
MOST_LOOKED_AT: Final = 20_000
MINE: Final = "mine"
ALL: Final = "all"
_LIVE: Final = (WorkItem.State.OPEN.value, WorkItem.State.SNOOZED.value)


@dataclass(frozen=True)
class Chosen:
    """Customers in order, and how many there are in all."""

    ready: Sequence[str]
    ready_count: int  # counted to `MOST` + 1
    has_more: bool
    later: Sequence[str]
    later_count: int  # not less than there are in `later`


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
            start=min(int(at), 5_000) if at.isdecimal() and len(at) < 7 else 0,
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
    resting = Reach.objects.filter(pk=OuterRef("customer_id"), rest_until__gt=today)
    return (
        (Q(state=WorkItem.State.OPEN) | Q(snoozed_until__lte=today))
        & (Q(urgency__isnull=True) | Q(urgency__gt=0))
        & Q(~Exists(resting))
    )


def choose(user: Staff, wanted: Wanted, *, today: dt.date) -> Chosen:
    """Return the customers whose cards stand on a page, the most worth first."""
    items = live_items(user, wanted).order_by("sort_worth", "pk")
    if user.scope == Scope.ALL and wanted.whose == ALL:
        return _choose_of_many(items, wanted, today)
    return _choose_of_few(items, wanted, today)


def _choose_of_few(items: QuerySet[WorkItem], wanted: Wanted, today: dt.date) -> Chosen:
    """Choose among the openings of some people, all of which are looked at."""
    ready_ones = set(items.filter(is_ready(today)).values_list("pk", flat=True))
    ready: dict[str, None] = {}
    all_of_them: dict[str, None] = {}
    for key, customer_id in items.values_list("pk", "customer_id"):
        all_of_them[str(customer_id)] = None
        if key in ready_ones:
            ready[str(customer_id)] = None
    later = [key for key in all_of_them if key not in ready]
    cards = list(ready)
    return Chosen(
        ready=cards[wanted.start : wanted.start + PAGE_SIZE],
        ready_count=len(cards),
        has_more=len(cards) > wanted.start + PAGE_SIZE,
        later=later[:LATER_SIZE],
        later_count=len(later),
    )


def _choose_of_many(
    items: QuerySet[WorkItem], wanted: Wanted, today: dt.date
) -> Chosen:
    """Choose among the openings of everybody, of which the first ones are looked at.

    They lie in an index in the order of their worth: the cost does not grow with them.
    """
    ready = items.filter(is_ready(today))
    end = wanted.start + PAGE_SIZE
    cards = _first_customers(ready, end + 1)
    distinct = ready.order_by().values("customer_id").distinct()
    late = _first_customers(items.exclude(is_ready(today)), LATER_SIZE * 4)
    also_ready = set(
        ready.order_by()
        .filter(customer_id__in=late)
        .values_list("customer_id", flat=True)
    )
    later = [key for key in late if key not in also_ready]
    return Chosen(
        ready=cards[wanted.start : end],
        ready_count=distinct[: MOST + 1].count(),
        has_more=len(cards) > end,
        later=later[:LATER_SIZE],
        later_count=len(later),
    )


def _first_customers(items: QuerySet[WorkItem], count: int) -> list[str]:
    """Return the first customers of openings in their order, each once."""
    found: dict[str, None] = {}
    keys = items.values_list("customer_id", flat=True)
    start = 0
    while len(found) < count and start < MOST_LOOKED_AT:
        some = list(keys[start : start + 2 * count])
        found |= dict.fromkeys(map(str, some))
        start += 2 * count
        if len(some) < 2 * count:
            break
    return list(found)[:count]
