"""The people of a customer, by layer."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from banso.kernel.consent import Purpose
from banso.runs.reading import ReleaseReader, Row
from banso.web.consents import queries as consents
from banso.web.customer import words
from banso.webkit import formatting

SHOWN = 100  # of each layer, those active last first


@dataclass(frozen=True)
class Contact:
    """A person at the customer."""

    contact_id: str
    name: str
    email: str
    role: str
    last_active: str
    last_active_note: str
    since: str
    left: str  # the day; empty: still there
    may_be_contacted: bool
    refused: Sequence[str]  # names of the purposes that the person refused


@dataclass(frozen=True)
class Layer:
    """The people of one layer: those who are there, then those who left."""

    key: str
    title: str
    here: int
    left: int
    contacts: Sequence[Contact]

    @property
    def more(self) -> int:
        """How many are not shown."""
        return self.here + self.left - len(self.contacts)


@dataclass(frozen=True)
class Contacts:
    """Everybody, by layer."""

    is_connected: bool
    has_events: bool
    layers: Sequence[Layer]


def contacts_of(
    reader: ReleaseReader, customer_id: str, *, at: dt.datetime
) -> Contacts:
    """Return the people of a customer, as of the release.

    What they allow is asked at a moment: the present. When somebody was active last
    is not said of who refuses that its own use is looked at.
    """
    as_of = reader.release.as_of
    active = reader.last_event_days(customer_id)
    rows = reader.facts("contacts", customer_id)
    ids = [str(row["contact_id"]) for row in rows]
    gate = consents.gate_for(ids, at=at)
    active = {
        contact: day
        for contact, day in active.items()
        if gate.may(contact, Purpose.USAGE_ANALYSIS)
    }
    layers = []
    for key, title in words.LAYERS.items():
        mine = [row for row in rows if str(row["layer"] or "") == key]
        if not mine:
            continue
        mine.sort(key=lambda row: _place(row, active, as_of))
        gone = sum(has_left(row, as_of) for row in mine)
        layers.append(
            Layer(
                key=key,
                title=str(title),
                here=len(mine) - gone,
                left=gone,
                contacts=[_contact(row, active, as_of, gate) for row in mine[:SHOWN]],
            )
        )
    return Contacts(reader.has("contacts"), reader.has("events"), layers)


def has_left(row: Row, as_of: dt.date) -> bool:
    """Return whether a contact is no longer there on a day."""
    left = row["left_on"]
    return isinstance(left, dt.date) and left <= as_of


def _place(
    row: Row, active: dict[str, dt.date], as_of: dt.date
) -> tuple[bool, int, str]:
    last = active.get(str(row["contact_id"]), dt.date.min)
    return has_left(row, as_of), -last.toordinal(), str(row["name"] or "")


def _contact(
    row: Row, active: dict[str, dt.date], as_of: dt.date, gate: consents.Gate
) -> Contact:
    key = str(row["contact_id"])
    last = active.get(key)
    return Contact(
        contact_id=key,
        name=str(row["name"] or row["contact_id"]),
        email=str(row["email"] or ""),
        role=str(row["role"] or ""),
        last_active=formatting.day(last),
        last_active_note=words.days_apart(last, as_of) if last else "",
        since=formatting.day(row["created_on"]),  # type: ignore[arg-type]
        left=formatting.day(row["left_on"]) if has_left(row, as_of) else "",  # type: ignore[arg-type]
        may_be_contacted=gate.may(key, Purpose.CONTACT),
        refused=consents.refused_names(key, gate),
    )
