"""Reading the audit, in words."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from banso.web.audit.models import AuditEntry
from banso.webkit.features import installed_features
from banso.webkit.paging import PAGE_SIZE, Order, Page, page_of

NEWEST_FIRST = Order("pk", descending=True)


@dataclass(frozen=True)
class Filters:
    """What to show; empty values show everything."""

    action: str = ""
    person: str = ""  # a part of a user's name or e-mail
    subject: str = ""  # a part of a subject's name
    since: dt.date | None = None
    until: dt.date | None = None  # inclusive


@dataclass(frozen=True)
class Row:
    """An entry as a person reads it."""

    at: dt.datetime
    by: str  # empty: the command line, a schedule, or nobody signed in
    by_email: str
    sentence: str
    address: str


def entries_page(
    filters: Filters, *, cursor: str = "", size: int = PAGE_SIZE
) -> Page[Row]:
    """Return one page of entries, the newest first."""
    page = page_of(_matching(filters), NEWEST_FIRST, cursor=cursor, size=size)
    return Page([_row(entry) for entry in page.rows], page.previous, page.next)


def entries_about(kind: str, subject_id: str, *, limit: int = 50) -> Sequence[Row]:
    """Return the latest entries about one subject, the newest first."""
    entries = AuditEntry.objects.filter(subject_kind=kind, subject_id=subject_id)
    found = entries.select_related("by").order_by("-pk")[:limit]
    return [_row(entry) for entry in found]


def newest_number() -> int:
    """Return the number of the newest entry; 0 when there is none."""
    newest = AuditEntry.objects.order_by("-pk").values_list("pk", flat=True)
    return newest.first() or 0


def known_actions() -> Sequence[str]:
    """Return the actions that occur, for the filter."""
    found = AuditEntry.objects.order_by("action").values_list("action", flat=True)
    return list(found.distinct())


def action_title(action: str) -> str:
    """Return an action as the filter offers it: its sentence about anything."""
    return sentence_of(action, "…", {})


def _matching(filters: Filters) -> QuerySet[AuditEntry]:
    entries = AuditEntry.objects.select_related("by")
    if filters.action:
        entries = entries.filter(action=filters.action)
    if filters.person:
        entries = entries.filter(
            Q(by__name__icontains=filters.person)
            | Q(by__email__icontains=filters.person)
        )
    if filters.subject:
        entries = entries.filter(subject_name__icontains=filters.subject)
    if filters.since:
        entries = entries.filter(at__date__gte=filters.since)
    if filters.until:
        entries = entries.filter(at__date__lte=filters.until)
    return entries


def _row(entry: AuditEntry) -> Row:
    return Row(
        at=entry.at,
        by=entry.by.name if entry.by else "",
        by_email=entry.by.email if entry.by else "",
        sentence=sentence_of(entry.action, entry.subject_name, entry.details),
        address=entry.address,
    )


def sentence_of(action: str, subject: str, details: dict[str, object]) -> str:
    """Return an entry in words; the bare action when no feature words it any more."""
    words = {**details, "subject": subject}
    for feature in installed_features():
        sentence = feature.actions.get(action)
        if callable(sentence):
            return sentence(words)
        if sentence is not None:
            try:
                return str(sentence) % words
            except KeyError:  # an entry of an older version lacks a detail
                break
    return f"{action} {subject}"
