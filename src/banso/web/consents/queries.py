"""The gate: whether people at customers may be used for a purpose, now."""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.http import Http404

from banso.kernel.consent import Decision as Decided
from banso.kernel.consent import Gate, Purpose, Standing
from banso.runs.consents import gate_of, rows_of
from banso.runs.project import Project
from banso.tables.recorded import PREFIX, record_key
from banso.web.consents import words
from banso.web.consents.models import Decision
from banso.web.customers import queries as customers
from banso.webkit import formatting
from banso.webkit.permissions import Staff

__all__ = ["Gate", "Purpose", "Standing", "gate_for", "gate_for_all", "get_contact"]

ENTRY = "consent"  # in the keys of rows that return to the facts


@dataclass(frozen=True)
class Contact:
    """A person at a customer that the user may see."""

    customer_id: str
    contact_id: str
    name: str
    customer: str  # its name


@dataclass(frozen=True)
class Line:
    """One purpose, as it stands for a person."""

    purpose: str
    label: str
    about: str
    granted: bool
    since: str  # the day of the decision; empty: the default holds


@dataclass(frozen=True)
class Past:
    """One decision of the past."""

    day: str
    label: str
    granted: bool
    basis: str
    source: str
    reason: str
    by: str


@dataclass(frozen=True)
class ConsentsPage:
    """What a person allows, and how that came."""

    contact: Contact
    lines: Sequence[Line]
    past: Sequence[Past]  # the latest first


def gate_for(contact_ids: Iterable[str], *, at: dt.datetime) -> Gate:
    """Return the gate for some contacts: what holds of them at a moment.

    What was recorded here counts at once, what was loaded as soon as it is there.
    """
    wanted = {each for each in contact_ids if each}
    gate = _of_facts(at)
    if not wanted:
        return gate
    found = Decision.objects.filter(contact_id__in=wanted, decided_at__lte=at)
    return gate.with_decisions(_decided(found))


def gate_for_all(*, at: dt.datetime) -> Gate:
    """Return the gate for everybody."""
    found = Decision.objects.filter(decided_at__lte=at)
    return _of_facts(at).with_decisions(_decided(found))


def get_contact(customer_id: str, contact_id: str, *, visible_to: Staff) -> Contact:
    """Return a contact of a customer that the user sees; 404: there is none."""
    customer = customers.get_customer(customer_id, visible_to=visible_to)
    reader = customers.published_reader()
    rows = reader.rows_by_key("contacts", [contact_id]) if reader else {}
    row = rows.get(contact_id)
    if row is None or str(row["customer_id"]) != customer.pk:
        raise Http404
    name = str(row["name"] or contact_id)
    return Contact(customer.pk, contact_id, name, customer.name)


def consents_page(
    customer_id: str, contact_id: str, *, visible_to: Staff, at: dt.datetime
) -> ConsentsPage:
    """Return what a contact allows and how that came, or answer 404."""
    contact = get_contact(customer_id, contact_id, visible_to=visible_to)
    gate = gate_for([contact_id], at=at)
    return ConsentsPage(contact, lines_of(contact_id, gate), _past(contact_id))


def lines_of(contact_id: str, gate: Gate) -> list[Line]:
    """Return every purpose as it stands for a contact."""
    lines = []
    for purpose in Purpose:
        now = gate.standing(contact_id, purpose)
        lines.append(
            Line(
                purpose=purpose.value,
                label=words.purpose_name(purpose),
                about=words.purpose_about(purpose),
                granted=now.granted,
                since=formatting.day(now.decided_at) if now.decided_at else "",
            )
        )
    return lines


def record_of(contact: Contact, *, at: dt.datetime) -> Mapping[str, object]:
    """Return what a contact allows as a program reads it."""
    gate = gate_for([contact.contact_id], at=at)
    standings = {each: gate.standing(contact.contact_id, each) for each in Purpose}
    return {
        "customer_id": contact.customer_id,
        "contact_id": contact.contact_id,
        "items": [
            {"purpose": key, "granted": now.granted, "decided_at": now.decided_at}
            for key, now in standings.items()
        ],
    }


def refused_names(contact_id: str, gate: Gate) -> list[str]:
    """Return the names of the purposes that a contact itself refused."""
    found = []
    for purpose in Purpose:
        now = gate.standing(contact_id, purpose)
        if not now.granted and now.decided_at is not None:
            found.append(words.purpose_name(purpose))
    return found


def decision_facts() -> Iterator[Mapping[str, object]]:
    """Yield every decision as a row of ``consents``."""
    found = Decision.objects.order_by("pk").select_related("by")
    for each in found.iterator(chunk_size=5_000):
        yield {
            "consent_id": record_key(ENTRY, each.pk),
            "contact_id": each.contact_id,
            "purpose": each.purpose,
            "decided_at": each.decided_at,
            "granted": each.granted,
            "basis": each.basis or None,
            "source": each.source or None,
            "reason": each.reason or None,
            "staff": each.by.email if each.by else None,
        }


def count_decisions(customer_id: str) -> int:
    """Return how many decisions were recorded of people at a customer."""
    return Decision.objects.filter(customer_id=customer_id).count()


def _of_facts(at: dt.datetime) -> Gate:
    project = _project()
    return Gate() if project is None else gate_of(project, at=at)


def _project() -> Project | None:
    folder = settings.BANSO_PROJECT_FOLDER
    return None if folder is None else Project.open(folder)


def _decided(found: Iterable[Decision]) -> Iterator[Decided]:
    for each in found:
        purpose = Purpose(each.purpose)
        yield Decided(each.contact_id, purpose, each.decided_at, each.granted)


def _past(contact_id: str) -> list[Past]:
    """Return the decisions that were loaded, and those that were recorded here."""
    project = _project()
    loaded = rows_of(project, contact_id) if project else ()
    rows: list[Mapping[str, object]] = [
        row for row in loaded if not str(row["consent_id"]).startswith(PREFIX)
    ]
    mine = Decision.objects.filter(contact_id=contact_id).select_related("by")
    rows += [
        {
            "decided_at": each.decided_at, "purpose": each.purpose,
            "granted": each.granted, "basis": each.basis, "source": each.source,
            "reason": each.reason, "staff": each.by.name if each.by else "",
        }
        for each in mine
    ]  # fmt: skip
    rows.sort(key=lambda row: str(row["decided_at"]), reverse=True)
    return [_told(row) for row in rows]


def _told(row: Mapping[str, object]) -> Past:
    basis = str(row["basis"] or "")
    known = dict(Decision.Basis.choices)
    moment = row["decided_at"]
    assert isinstance(moment, dt.datetime)
    return Past(
        day=formatting.moment(moment),
        label=words.purpose_name(str(row["purpose"])),
        granted=bool(row["granted"]),
        basis=str(known.get(basis, basis)),
        source=str(row["source"] or ""),
        reason=str(row["reason"] or ""),
        by=str(row["staff"] or ""),
    )
