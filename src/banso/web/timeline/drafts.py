"""The form of an entry before it is sent: empty, filled in, or sent back."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from django.utils import timezone

from banso.runs.reading import ReleaseReader, Row
from banso.web.timeline.mentions import people_who_see
from banso.web.timeline.models import Entry
from banso.web.timeline.telling import ICONS, File

_OFFERED: Final = 200  # contacts
_LAYERS: Final = ("decision_maker", "administrator", "user", "beneficiary")


@dataclass(frozen=True)
class Draft:
    """What the fields of the form show."""

    customer_id: str
    kind: str = Entry.Kind.CALL
    at: str = ""  # as the field of the browser writes it, in the company's zone
    minutes: str = ""
    initiative: str = Entry.Initiative.OURS
    contact: str = ""
    text: str = ""
    version: int = 0
    entry_id: int | None = None  # None: a new one
    contacts: Sequence[tuple[str, str]] = ()  # id and what is offered to type
    people: Sequence[str] = ()  # who can be mentioned
    files: Sequence[File] = ()
    errors: Mapping[str, Sequence[str]] = field(default_factory=dict)

    @property
    def kinds(self) -> Sequence[tuple[str, str, str]]:
        """Key, word and icon of each kind."""
        return [(key, str(word), ICONS[key]) for key, word in Entry.Kind.choices]

    @property
    def initiatives(self) -> Sequence[tuple[str, str]]:
        """Key and word of who may have begun."""
        return [(key, str(word)) for key, word in Entry.Initiative.choices]

    def contact_of(self, typed: str) -> tuple[str, str]:
        """Return id and name of the contact that was typed; no id for others."""
        plain = typed.strip()
        found = [key for key, offered in self.contacts if offered == plain]
        return (found[0] if len(found) == 1 else "", plain)

    def sent_back(
        self, posted: Mapping[str, str], errors: Mapping[str, Sequence[str]]
    ) -> "Draft":
        """Return the draft with what was typed, and what is wrong with it."""
        names = ("kind", "at", "minutes", "initiative", "contact", "text")
        typed = {name: posted.get(name, "")[:20_000] for name in names}
        return replace(self, errors=errors, **typed)  # type: ignore[arg-type]


def new_draft(
    customer_id: str, owner: str, *, reader: ReleaseReader | None, at: dt.datetime
) -> Draft:
    """Return the empty form for a customer that the user may see.

    Parameters
    ----------
    customer_id, owner
        The customer, and who is in charge: that decides who can be mentioned.
    reader
        Of the release, for the contacts.
    at
        The present, which the form begins with.

    """
    people = sorted({name for name, _email in people_who_see(owner).values()})
    return Draft(
        customer_id=customer_id,
        at=_written(at),
        contacts=_contacts(reader, customer_id) if reader else (),
        people=people,
    )


def draft_of(entry: Entry, start: Draft) -> Draft:
    """Return the form of an entry that is there already."""
    return replace(
        start,
        entry_id=entry.pk,
        version=entry.version,
        kind=entry.kind,
        at=_written(entry.at),
        minutes="" if entry.minutes is None else str(entry.minutes),
        initiative=entry.initiative,
        contact=dict(start.contacts).get(entry.contact_id, entry.contact_name),
        text=entry.text,
        files=[File(a.pk, a.name, a.size) for a in entry.attachments.all()],
    )


def _written(moment: dt.datetime) -> str:
    return timezone.localtime(moment).strftime("%Y-%m-%dT%H:%M")


def _contacts(reader: ReleaseReader, customer_id: str) -> Sequence[tuple[str, str]]:
    """Return the contacts who are there, those who decide first; names are unique."""
    as_of = reader.release.as_of
    rows = [
        row
        for row in reader.facts("contacts", customer_id)
        if not (isinstance(row["left_on"], dt.date) and row["left_on"] <= as_of)
    ]
    rows.sort(key=lambda row: (_layer(row), str(row["name"] or ""), _key(row)))
    names = [str(row["name"] or row["email"] or _key(row)) for row in rows]
    offered = []
    for row, name in zip(rows[:_OFFERED], names, strict=False):
        beside = row["email"] or _key(row)
        offered.append(
            (_key(row), f"{name} ({beside})" if names.count(name) > 1 else name)
        )
    return offered


def _layer(row: Row) -> int:
    layer = str(row["layer"] or "")
    return _LAYERS.index(layer) if layer in _LAYERS else len(_LAYERS)


def _key(row: Row) -> str:
    return str(row["contact_id"])
