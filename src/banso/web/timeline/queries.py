"""Reading what people recorded: of a customer, over all of them, and as facts."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from django.db.models import Prefetch, Q, QuerySet
from django.http import Http404
from django.utils import timezone

from banso.kernel.consent import Purpose
from banso.tables.recorded import record_key
from banso.web.consents import queries as consents
from banso.web.customers import queries as customers
from banso.web.timeline.drafts import Draft, draft_of, new_draft
from banso.web.timeline.mentions import mentioned, people_who_see
from banso.web.timeline.models import Attachment, Entry, Mention
from banso.web.timeline.search import containing
from banso.web.timeline.telling import ENTRY, Told, told
from banso.webkit.paging import Order, Page, page_of
from banso.webkit.permissions import Scope, Staff
from banso.webkit.searching import words_of

# what the functions give; other features import it from here
__all__ = [
    "ENTRY",
    "Draft",
    "Told",
    "count_contacts",
    "count_entries",
    "count_mentions",
    "draft_of",
    "entries_of",
    "entry_facts",
    "get_attachment",
    "get_entry",
    "has_entries",
    "list_contacts",
    "list_entries",
    "list_mentions",
    "list_planned",
    "mentioned",
    "new_draft",
    "people_who_see",
    "told_to",
]

MOST_SHOWN: Final = 500  # of one customer at once
SHOWN: Final = ("all", "mentions", "mine", "planned")
_NEWEST: Final = Order("at", descending=True, key="id")


def get_entry(entry_id: int, *, visible_to: Staff, lock: bool = False) -> Entry:
    """Return an entry, or answer 404: deleted, not there, or not the user's to see."""
    entries = Entry.objects.filter(pk=entry_id, deleted_at__isnull=True)
    entry = (entries.select_for_update(of=("self",)) if lock else entries).first()
    if entry is None:
        raise Http404
    customers.get_customer(entry.customer_id, visible_to=visible_to)
    return entry


def told_to(user: Staff, entry_id: int) -> Told:
    """Return an entry in the words of a user, or answer 404."""
    get_entry(entry_id, visible_to=user)
    entry = _with_all(Entry.objects.filter(pk=entry_id)).get()
    return told(entry, reader=user, names=_names([entry]))


def get_attachment(attachment_id: int, *, visible_to: Staff) -> Attachment:
    """Return a file of an entry that the user may see, or answer 404."""
    found = Attachment.objects.filter(pk=attachment_id).first()
    if found is None:
        raise Http404
    get_entry(found.entry_id, visible_to=visible_to)
    return found


def entries_of(
    customer_id: str,
    *,
    visible_to: Staff,
    until: dt.datetime,
    words: Sequence[str] = (),
) -> Sequence[Told]:
    """Return what was recorded of a customer up to a moment, the newest first.

    Parameters
    ----------
    customer_id
        Of whom; the caller has seen to it that the user may see it.
    visible_to
        The reader: what is their own can be changed.
    until
        Included.
    words
        As `words_of` gives them; all must be there.

    """
    entries = Entry.objects.filter(customer_id=customer_id, at__lte=until)
    found = containing(_with_all(entries), words).order_by("-at", "-id")
    return [told(entry, reader=visible_to) for entry in found[:MOST_SHOWN]]


def count_contacts(customer_id: str) -> int:
    """Return how many contacts were recorded of a customer, deleted ones among them."""
    entries = Entry.objects.filter(customer_id=customer_id)
    return entries.exclude(kind=Entry.Kind.NOTE).count()


def count_entries(customer_id: str) -> int:
    """Return how many entries there are of a customer, without deleted ones."""
    entries = Entry.objects.filter(customer_id=customer_id)
    return entries.filter(deleted_at__isnull=True).count()


def has_entries(customer_id: str) -> bool:
    """Return whether anything was ever recorded of a customer."""
    return Entry.objects.filter(customer_id=customer_id).exists()


def list_planned(
    user: Staff, *, at: dt.datetime, customer_id: str = "", limit: int = 20
) -> Sequence[Told]:
    """Return the contacts that are to come, and those of the user to be confirmed.

    Parameters
    ----------
    user
        Who sees the customers.
    at
        The present.
    customer_id
        Of one customer only; empty: of all that the user sees.
    limit
        At most so many, the earliest first.

    """
    entries = Entry.objects.filter(is_planned=True, deleted_at__isnull=True)
    if customer_id:
        entries = entries.filter(customer_id=customer_id)
    else:
        entries = _seen(entries, user, lent=True).filter(by_id=user.pk)
    found = list(_with_all(entries).order_by("at", "id")[:limit])
    names = _names(found)
    return [told(entry, reader=user, now=at, names=names) for entry in found]


def list_contacts(user: Staff, customer_id: str, *, limit: int) -> Sequence[Told]:
    """Return the last contacts with a customer that took place, the newest first."""
    entries = Entry.objects.filter(
        customer_id=customer_id, is_planned=False, deleted_at__isnull=True
    ).exclude(kind=Entry.Kind.NOTE)
    found = _with_all(entries).order_by("-at", "-id")[:limit]
    return [told(entry, reader=user) for entry in found]


@dataclass(frozen=True)
class EntriesPage:
    """What was recorded of all customers that a user sees."""

    page: Page[Told]
    shown: str  # one of `SHOWN`
    unread: int  # mentions
    question: str


def list_entries(
    user: Staff, asked: Mapping[str, str], *, at: dt.datetime
) -> EntriesPage:
    """Return a page of what was recorded, the newest first.

    Parameters
    ----------
    user
        Who sees the customers.
    asked
        ``q`` to search, ``show`` one of `SHOWN`, ``at`` the cursor.
    at
        The present.

    """
    shown = asked.get("show", "")
    shown = shown if shown in SHOWN else "all"
    question = asked.get("q", "").strip()
    entries = _seen(Entry.objects.filter(deleted_at__isnull=True), user)
    if shown == "mentions":
        entries = entries.filter(mentions__user_id=user.pk)
    elif shown == "mine":
        entries = entries.filter(by_id=user.pk)
    if shown == "planned":
        entries = entries.filter(is_planned=True)
    else:
        entries = entries.filter(at__lte=at)
    found = containing(_with_all(entries), words_of(question))
    order = Order("at", key="id") if shown == "planned" else _NEWEST
    page = page_of(found, order, cursor=asked.get("at", ""), size=40)
    names = _names(page.rows)
    rows = [told(entry, reader=user, now=at, names=names) for entry in page.rows]
    return EntriesPage(
        page=Page(rows, page.previous, page.next),
        shown=shown,
        unread=count_mentions(user),
        question=question,
    )


def unread_mentions(user: Staff, *, cursor: str, size: int) -> Page[Told]:
    """Return a page of the entries that wait to be read by whom they mention."""
    waiting = _unread(user).values("entry_id")
    entries = Entry.objects.filter(pk__in=waiting, deleted_at__isnull=True)
    page = page_of(_with_all(entries), _NEWEST, cursor=cursor, size=size)
    names = _names(page.rows)
    rows = [told(entry, reader=user, names=names) for entry in page.rows]
    return Page(rows, page.previous, page.next)


def count_mentions(user: Staff) -> int:
    """Return how many entries that mention a user wait to be read."""
    return _unread(user).count()


def list_mentions(user: Staff, *, limit: int) -> Sequence[Told]:
    """Return the entries that mention a user and wait to be read, the newest first."""
    unread = _unread(user).order_by("-entry__at", "-entry_id")
    keys = list(unread.values_list("entry_id", flat=True)[:limit])
    found = list(_with_all(Entry.objects.filter(pk__in=keys)).order_by("-at", "-id"))
    names = _names(found)
    return [told(entry, reader=user, names=names) for entry in found]


def entry_facts() -> Iterator[Mapping[str, object]]:
    """Yield the contacts that took place as rows of the table of interactions.

    Notes are no contacts; what is planned, or was not confirmed, has not happened.
    """
    entries = Entry.objects.filter(
        deleted_at__isnull=True, is_planned=False, at__lte=timezone.now()
    ).exclude(kind=Entry.Kind.NOTE)
    rows = entries.order_by("pk").values(
        "pk", "customer_id", "at", "contact_id", "kind", "initiative", "by__email",
        "minutes", "text",
    )  # fmt: skip
    for row in rows.iterator(chunk_size=5_000):
        minutes = row["minutes"]
        yield {
            "interaction_id": record_key(ENTRY, row["pk"]),
            "customer_id": row["customer_id"],
            "occurred_at": row["at"],
            "contact_id": row["contact_id"] or None,
            "channel": row["kind"],
            "initiative": row["initiative"] or None,
            "staff": row["by__email"],
            "minutes": None if minutes is None else float(minutes),
            "note": row["text"] or None,
        }


def shared(entries: Sequence[Told], *, at: dt.datetime) -> Mapping[int, Told]:
    """Return entries as programs may have them, by their number.

    Of a contact who refuses that other tools get its data neither name nor text is
    there.
    """
    gate = consents.gate_for({entry.contact_id for entry in entries}, at=at)
    return {
        entry.entry_id: entry
        if gate.may(entry.contact_id, Purpose.SHARING)
        else replace(entry, contact="", contact_id="", text="")
        for entry in entries
    }


def _unread(user: Staff) -> QuerySet[Mention]:
    unread = Mention.objects.filter(user_id=user.pk, read_at__isnull=True)
    if user.scope != Scope.ALL:
        seen = customers.visible_customers(user).values("pk")
        unread = unread.filter(entry__customer_id__in=seen)
    return unread


def _seen(
    entries: QuerySet[Entry], user: Staff, *, lent: bool = False
) -> QuerySet[Entry]:
    """Return the entries on customers in scope, and on those seen for a task."""
    if user.scope == Scope.ALL:
        return entries
    seen = Q(customer_id__in=customers.visible_customers(user).values("pk"))
    if lent:
        seen |= Q(customer_id__in=customers.lent_to(user))
    return entries.filter(seen)


def _with_all(entries: QuerySet[Entry]) -> QuerySet[Entry]:
    mentions = Prefetch("mentions", Mention.objects.select_related("user"))
    found = entries.select_related("by", "deleted_by")
    return found.prefetch_related("attachments", mentions)


def _names(entries: Sequence[Entry]) -> Mapping[str, str]:
    return customers.names_of({entry.customer_id for entry in entries})
