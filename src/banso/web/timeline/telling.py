"""Entries as a person reads them."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from banso.web.timeline.models import Entry
from banso.webkit.permissions import Staff

ENTRY: Final = "entry"  # in the keys of the facts that entries become
ICONS: Final[Mapping[str, str]] = {
    Entry.Kind.NOTE: "sticky-note",
    Entry.Kind.CALL: "phone",
    Entry.Kind.MEETING: "video",
    Entry.Kind.VISIT: "map-pin",
    Entry.Kind.MAIL: "mail",
    Entry.Kind.CHAT: "message-circle",
    Entry.Kind.WEBINAR: "presentation",
}


@dataclass(frozen=True)
class File:
    """An attachment, to be followed."""

    attachment_id: int
    name: str
    size: int  # bytes


@dataclass(frozen=True)
class Told:
    """An entry in words."""

    entry_id: int
    customer_id: str
    customer: str  # the name; empty where the page is about it anyhow
    kind: str
    title: str
    icon: str
    at: dt.datetime
    text: str
    contact: str
    contact_id: str
    initiative: str  # in words; empty: not said
    minutes: int | None
    by: str
    is_own: bool
    is_planned: bool
    is_over: bool  # planned, and its time has come: was it held?
    was_changed: bool
    deleted_by: str  # empty: it was not
    version: int = 1  # that a change starts from
    mentions: Sequence[str] = ()
    files: Sequence[File] = field(default=())

    @property
    def is_note(self) -> bool:
        """Whether it is no contact."""
        return self.kind == Entry.Kind.NOTE


def told(
    entry: Entry,
    *,
    reader: Staff,
    now: dt.datetime | None = None,
    names: Mapping[str, str] | None = None,
) -> Told:
    """Return an entry in the words of the reader.

    Parameters
    ----------
    entry
        With its author, mentions and attachments at hand.
    reader
        Whose own entries can be changed.
    now
        To tell whether what was planned is over.
    names
        Of customers by id, where the page is about many.

    """
    is_deleted = entry.deleted_at is not None
    return Told(
        entry_id=entry.pk,
        customer_id=entry.customer_id,
        customer=(names or {}).get(entry.customer_id, entry.customer_id)
        if names is not None
        else "",
        kind=entry.kind,
        title=str(entry.get_kind_display()),
        icon=ICONS.get(entry.kind, "handshake"),
        at=entry.at,
        text=entry.text,
        contact=entry.contact_name or entry.contact_id,
        contact_id=entry.contact_id,
        initiative=str(entry.get_initiative_display()) if entry.initiative else "",
        minutes=entry.minutes,
        by=entry.by.name,
        is_own=entry.by_id == reader.pk and not is_deleted,
        is_planned=entry.is_planned,
        is_over=entry.is_planned and now is not None and entry.at <= now,
        was_changed=entry.changed_at is not None,
        deleted_by=entry.deleted_by.name if entry.deleted_by else "",
        version=entry.version,
        mentions=[mention.user.name for mention in entry.mentions.all()],
        files=[File(a.pk, a.name, a.size) for a in entry.attachments.all()],
    )
