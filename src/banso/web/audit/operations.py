"""Writing the audit; every operation of every feature calls `record`."""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass

from django.db import transaction
from django.db.models import Model

from banso.web.audit import reads
from banso.web.audit.models import AuditEntry
from banso.web.audit.noting import Reader, note_read
from banso.webkit.permissions import Staff
from banso.webkit.requests import sender_address

__all__ = ["Reader", "Subject", "export_reads", "note_read", "record"]


@dataclass(frozen=True)
class Subject:
    """Something that an entry is about and that is no row of the app database."""

    kind: str  # customer, definition, release…
    id: str
    name: str


def record(
    action: str,
    *,
    subject: Model | Subject,
    by: Staff | None,
    at: dt.datetime,
    details: Mapping[str, object] | None = None,
) -> AuditEntry:
    """Write one entry, within the caller's transaction.

    Parameters
    ----------
    action
        A code in the past tense, worded by the ``actions`` of the feature's ``apps``.
    subject
        What was changed; its name is kept as it is now.
    by
        Who did it; None for the command line, a schedule, or a visitor.
    at
        When.
    details
        JSON-like values that the sentence needs. No secrets, no free text of persons.

    """
    if isinstance(subject, Model):
        kind = subject._meta.model_name or ""  # noqa: SLF001 - Django's documented name
        subject = Subject(kind=kind, id=str(subject.pk), name=str(subject))
    return AuditEntry.objects.create(
        at=at,
        by_id=by.pk if by else None,
        action=action,
        subject_kind=subject.kind,
        subject_id=subject.id,
        subject_name=subject.name[:300],
        details=dict(details or {}),
        address=sender_address() or "",
    )


@transaction.atomic
def export_figures(
    lines: Iterable[str],
    *,
    name: str,
    wanted: Mapping[str, str],
    by: Staff,
    at: dt.datetime,
) -> Iterable[str]:
    """Return the lines of a file that somebody takes out, and note who did.

    Parameters
    ----------
    lines
        Made while they are sent.
    name
        Of the page that has them.
    wanted
        What was asked for: the parameters of the address.
    by, at
        Who, and when.

    """
    asked = {k: str(v) for k, v in sorted(wanted.items()) if v}
    record(
        "figures_exported",
        subject=Subject("export", name, name),
        by=by,
        at=at,
        details={"wanted": asked},
    )
    return lines


@transaction.atomic
def export_reads(
    filters: reads.Filters, *, by: Staff | None, at: dt.datetime
) -> Iterator[Sequence[object]]:
    """Return who read personal data as the rows of a file, and note who took it out."""
    wanted = {k: str(v) for k, v in asdict(filters).items() if v}
    record(
        "reads_exported",
        subject=Subject("audit", "reads", ""),
        by=by,
        at=at,
        details={"wanted": wanted},
    )
    return reads.lines(filters)
