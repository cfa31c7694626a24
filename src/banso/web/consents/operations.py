"""Recording what people at customers allow and refuse."""

import datetime as dt
from dataclasses import dataclass

from django.db import transaction

from banso.kernel.consent import Purpose
from banso.kernel.errors import BansoError
from banso.web.audit import operations as audit
from banso.web.consents.models import Decision
from banso.web.consents.queries import Contact
from banso.webkit.permissions import Staff


class DecidedLater(BansoError):
    """Refuse a decision that is said to have been made in the future."""

    code = "decided_later"


@dataclass(frozen=True)
class Said:
    """What a person said of one purpose."""

    purpose: Purpose
    granted: bool
    decided_at: dt.datetime | None = None  # when; None: now
    basis: str = ""
    source: str = ""  # where or how it was said
    reason: str = ""


@transaction.atomic
def record_decision(
    contact: Contact, said: Said, *, by: Staff | None, at: dt.datetime
) -> Decision:
    """Keep what a contact allows or refuses; it counts at once.

    Parameters
    ----------
    contact
        Whom; as `queries.get_contact` gives it.
    said
        What, since when, and how it was said.
    by, at
        Who records it (None: the command line), and when.

    Raises
    ------
    DecidedLater
        It is said to be decided after `at`.

    """
    decided_at = said.decided_at or at
    if decided_at > at:
        raise DecidedLater("A decision cannot be made in the future.")
    decision = Decision.objects.create(
        customer_id=contact.customer_id,
        contact_id=contact.contact_id,
        purpose=said.purpose.value,
        granted=said.granted,
        decided_at=decided_at,
        basis=said.basis,
        source=said.source,
        reason=said.reason,
        by_id=by.pk if by else None,
        recorded_at=at,
    )
    action = "consent_granted" if said.granted else "consent_refused"
    subject = audit.Subject("contact", contact.contact_id, contact.name)
    details = {"purpose": said.purpose.value, "decision": decision.pk}
    audit.record(action, subject=subject, by=by, at=at, details=details)
    return decision


def move_decisions(gone: str, kept: str) -> None:
    """Give the decisions at a customer that was merged to the one that stays."""
    Decision.objects.filter(customer_id=gone).update(customer_id=kept)
