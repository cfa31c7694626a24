"""Touch models as plain values, for programs."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Q
from django.utils import timezone

from banso.analytics.touch.capacity import capacity
from banso.kernel.errors import BansoError
from banso.web.customers import queries as customers
from banso.web.touch import pages, queries
from banso.web.touch.models import Assignment
from banso.web.touch.wanted import Wanted
from banso.webkit.paging import Order, Page, page_of
from banso.webkit.permissions import Staff

Record = Mapping[str, object]


class NoSuchTouch(BansoError):
    """Refuse a touch model that is not defined, or an owner who is none of ours."""

    code = "no_such_touch"


@dataclass(frozen=True)
class FoundProposals:
    """Some customers with what they have and what is proposed."""

    state: str
    release_id: str | None
    rows: Sequence[Record] = ()
    has_more: bool = False


def list_proposals(
    asked: Mapping[str, str], *, visible_to: Staff, start: int, size: int
) -> FoundProposals:
    """Return customers that a user sees with what is proposed for them."""
    found = queries.source(visible_to=visible_to)
    if found.reader is None or found.table is None:
        return FoundProposals(found.state, None)
    release_id = found.reader.release.release_id
    decided = queries.decided_ids(release_id)
    rows = list(queries.listed(found, Wanted.read(asked), start, size + 1))
    told = [
        {
            **row,
            "touch_proposed": _or_none(row["touch_proposed"]),
            "is_decided": row["customer_id"] in decided,
        }
        for row in rows[:size]
    ]
    return FoundProposals("ready", release_id, told, len(rows) > size)


def check_override(
    customer_id: str, touch: str, owner: str, *, visible_to: Staff
) -> None:
    """Refuse what the form of the page does not offer; 404 for who is out of scope.

    Raises
    ------
    NoSuchTouch
        The touch model is not defined, or the owner is none of ours.

    """
    customers.get_customer(customer_id, visible_to=visible_to)
    reader = customers.published_reader()
    rules = reader.catalog.touch if reader else None
    touches = {model.key for model in rules.models} if rules else set()
    people = set(queries.people(reader)) if reader else set()
    given = owner.strip().lower()
    for name, known in ((touch, touches), (given, people)):
        if name and name not in known:
            raise NoSuchTouch(f"There is no {name!r}.", name=name)


def list_assignments(
    *, visible_to: Staff, holding: bool, at: dt.datetime, cursor: str, size: int
) -> Page[Record]:
    """Return a page of decisions on customers that a user sees, the newest first."""
    release, today = customers.published_release(), timezone.localdate(at)
    day = min(release.as_of, today) if release else today
    seen = customers.visible_customers(visible_to)
    rows = Assignment.objects.filter(customer_id__in=seen.values("pk"))
    if holding:
        rows = rows.filter(Q(until=None) | Q(until__gte=day))
    order = Order("pk", descending=True)
    found = rows.select_related("by", "ended_by")
    page = page_of(found, order, cursor=cursor, size=size)
    return Page([_assignment(each) for each in page.rows], page.previous, page.next)


def assignment(assignment_id: int, *, visible_to: Staff) -> Record:
    """Return a decision, or answer 404."""
    return _assignment(queries.get_assignment(assignment_id, visible_to=visible_to))


def _assignment(each: Assignment) -> Record:
    names = (
        "customer_id", "kind", "touch", "owner", "why", "assigned_on", "until", "at",
    )  # fmt: skip
    return {
        "assignment_id": each.pk,
        "by": each.by.email,
        "ended_by": each.ended_by.email if each.ended_by else None,
        **{name: getattr(each, name) for name in names},
    }


def _or_none(value: object) -> object:
    return value or None


def owners(*, visible_to: Staff) -> Record:
    """Return who looks after how many customers, today and as proposed."""
    found = queries.source(visible_to=visible_to)
    if found.reader is None or found.table is None:
        return {"state": found.state, "hours_each": None, "waiting": 0, "items": []}
    people = queries.people(found.reader)
    there = queries.hours_there(found.reader)
    return {
        "state": "ready",
        "hours_each": there / len(people) if there and people else None,
        "waiting": int(found.table.changes_owner.sum()),
        "items": [
            {
                "owner": load.owner or None,
                "is_there": load.owner in people,
                "customers": load.customers,
                "by_touch": load.by_touch,
                "mrr": load.value / 12,
                "hours": load.hours,
                "customers_proposed": load.customers_proposed,
                "hours_proposed": load.hours_proposed,
            }
            for load in found.table.loads()
        ],
    }


def plan_capacity(given: Mapping[str, object], *, visible_to: Staff) -> Record:
    """Return the capacity plan; what is not given is assumed as on the page."""
    found = queries.source(visible_to=visible_to)
    if found.reader is None or found.table is None:
        return {
            "state": found.state,
            "assumptions": {},
            "people": None,
            "hours_there": None,
            "full_from": None,
            "items": [],
        }
    assumptions = {**pages.assumed(found), **given}
    plan = pages.plan_of(found, assumptions)
    planned = capacity(plan)
    return {
        "state": "ready",
        "assumptions": {**assumptions, "basis": assumptions["basis"] or "now"},
        "people": plan.people,
        "hours_there": planned.hours_there,
        "full_from": planned.full_from,
        "items": [
            {
                "month": each.month,
                "customers": each.customers,
                "hours": each.hours,
                "hours_needed": each.hours_needed,
                "needed": each.needed,
                "head_count": each.head_count,
                "bound": each.bound,
            }
            for each in planned.months
        ],
    }
