"""Whom to write to at a customer: only who lets us, and why not who comes first."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext as _

from banso.kernel.consent import Purpose
from banso.web.consents import queries as consents
from banso.web.work.models import Reach


@dataclass(frozen=True)
class Addressee:
    """Who is to be contacted at a customer, as consent allows now."""

    name: str = ""  # empty: nobody is known, or nobody may be
    note: str = ""  # who was passed over, in words; empty: nobody

    @property
    def is_refused(self) -> bool:
        """Whether people are known and not one of them may be contacted."""
        return not self.name and bool(self.note)


NOBODY: Final = Addressee()


def addressees(
    customer_ids: Iterable[str], *, at: dt.datetime
) -> Mapping[str, Addressee]:
    """Return whom to contact at each of some customers."""
    found = list(Reach.objects.filter(pk__in=set(customer_ids)))
    ids = {contact for reach in found for contact, _name in reach.people}
    gate = consents.gate_for(ids, at=at)
    return {reach.customer_id: _addressee(reach.people, gate) for reach in found}


def addressee_at(customer_id: str, *, at: dt.datetime) -> Addressee:
    """Return whom to contact at a customer."""
    return addressees([customer_id], at=at).get(customer_id, NOBODY)


def shared_addressee(customer_id: str, *, at: dt.datetime) -> Addressee:
    """Return whom to contact at a customer, as programs may know it.

    It is whom the page names; who refuses that other tools get its data has no name.
    """
    reach = Reach.objects.filter(pk=customer_id).first()
    if reach is None:
        return NOBODY
    gate = consents.gate_for({contact for contact, _name in reach.people}, at=at)
    whom = _addressee(reach.people, gate)
    hidden = [
        name for contact, name in reach.people if not gate.may(contact, Purpose.SHARING)
    ]
    is_told = any(name and name in whom.note for name in hidden)
    return Addressee(
        "" if whom.name in hidden else whom.name, "" if is_told else whom.note
    )


def _addressee(people: Iterable[tuple[str, str]], gate: consents.Gate) -> Addressee:
    refused: list[str] = []
    for contact, name in people:
        if gate.may(contact, Purpose.CONTACT):
            if not refused:
                return Addressee(name)
            note = _("%(refused)s does not want to be contacted: turn to %(name)s.")
            return Addressee(name, note % {"refused": refused[0], "name": name})
        refused.append(name)
    if not refused:
        return NOBODY
    return Addressee("", _("Nobody known there wants to be contacted."))
