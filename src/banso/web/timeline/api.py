"""Contacts and notes for programs."""

from typing import Final

from ninja import Query, Router
from ninja.errors import ValidationError

from banso.web.timeline import operations, pages, queries
from banso.web.timeline.forms import EntryForm
from banso.web.timeline.schemas import EntriesOut, EntriesQuery, EntryIn, EntryOut
from banso.webkit.api.paging import checked, paged
from banso.webkit.permissions import allowed
from banso.webkit.requests import StaffRequest

router = Router(tags=["Contacts and notes"])
_SHOWN: Final = (
    "entry_id", "customer_id", "kind", "at", "text", "contact", "minutes", "by",
    "is_planned",
)  # fmt: skip


@router.get("entries", response=EntriesOut, operation_id="listEntries")
@allowed("see_customers")
def entries(request: StaffRequest, asked: Query[EntriesQuery]) -> object:
    """List what was recorded of all customers that the user sees."""
    wanted = {"show": asked.show, "q": asked.q, "at": checked(asked.cursor)}
    found = queries.list_entries(request.user, wanted, at=request.now)
    items = [{n: getattr(told, n) for n in _SHOWN} for told in found.page.rows]
    return paged(request, items, found.page.next)


@router.post(
    "customers/{key:customer_id}/entries",
    response=EntryOut,
    operation_id="recordEntry",
)
@allowed("record_contacts")
def record(request: StaffRequest, customer_id: str, body: EntryIn) -> object:
    """Record a note on a customer, or a contact that took place or is to.

    Names after @ are told of it, as on the page.
    """
    page = pages.form_page(customer_id, visible_to=request.user, at=request.now)
    given = body.model_dump() | {"at": body.at or request.now}
    form = EntryForm(given, now=request.now)
    if not form.is_valid():
        raise ValidationError(
            [
                {"type": "value_invalid", "loc": ("body", "body", name), "msg": said}
                for name, wrong in form.wrong().items()
                for said in wrong
            ]
        )
    entry = operations.record_entry(
        customer_id=page.draft.customer_id,
        content=form.content(page.draft),
        by=request.user,
        at=request.now,
    )
    return {
        **{name: getattr(entry, name) for name in _SHOWN if hasattr(entry, name)},
        "entry_id": entry.pk,
        "contact": entry.contact_name,
        "by": request.user.name,
    }
