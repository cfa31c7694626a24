"""What people at customers allow, for programs."""

from ninja import Router

from banso.web.consents import operations, queries
from banso.web.consents.schemas import ConsentsOut, DecisionIn
from banso.webkit.permissions import allowed
from banso.webkit.requests import StaffRequest

router = Router(tags=["Consents"])
_AT = "customers/{key:customer_id}/contacts/{key:contact_id}/consents"


@router.get(_AT, response=ConsentsOut, operation_id="getConsents")
@allowed("see_customers")
def consents(request: StaffRequest, customer_id: str, contact_id: str) -> object:
    """Return what a contact allows now, purpose by purpose."""
    contact = queries.get_contact(customer_id, contact_id, visible_to=request.user)
    return queries.record_of(contact, at=request.now)


@router.post(_AT, response=ConsentsOut, operation_id="recordConsent")
@allowed("record_consents")
def record(
    request: StaffRequest, customer_id: str, contact_id: str, body: DecisionIn
) -> object:
    """Record that a contact allows or refuses a purpose; it counts at once."""
    contact = queries.get_contact(customer_id, contact_id, visible_to=request.user)
    said = operations.Said(**body.model_dump())
    operations.record_decision(contact, said, by=request.user, at=request.now)
    return queries.record_of(contact, at=request.now)
