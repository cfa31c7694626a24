"""Contacts and notes for programs."""

from collections.abc import Sequence
from typing import Final

from django.http import FileResponse
from ninja import File, Query, Router, Status, UploadedFile

from banso.web.timeline import operations, pages, queries
from banso.web.timeline.downloads import download
from banso.web.timeline.forms import EntryForm
from banso.web.timeline.schemas import (
    ChangeIn,
    EntriesOut,
    EntriesQuery,
    EntryIn,
    EntryOut,
    MentionsOut,
    MentionsRead,
)
from banso.webkit.api.files import BINARY
from banso.webkit.api.forms import check
from banso.webkit.api.paging import Key, PageQuery, checked, paged
from banso.webkit.permissions import allowed
from banso.webkit.personal import Personal, personal, told
from banso.webkit.requests import StaffRequest

router = Router(tags=["Contacts and notes"])
_SHOWN: Final = (
    "entry_id", "customer_id", "kind", "at", "text", "contact", "minutes", "by",
    "is_planned", "version", "files",
)  # fmt: skip


@router.get("entries", response=EntriesOut, operation_id="listEntries")
@allowed("see_customers")
@personal(Personal.CONVERSATIONS)
def entries(request: StaffRequest, asked: Query[EntriesQuery]) -> object:
    """List what was recorded of all customers that the user sees."""
    wanted = {"show": asked.show, "q": asked.q, "at": checked(asked.cursor)}
    found = queries.list_entries(request.user, wanted, at=request.now)
    return paged(request, _shared(request, found.page.rows), found.page.next)


@router.get("mentions", response=MentionsOut, operation_id="listMentions")
@allowed("see_customers")
@personal(Personal.CONVERSATIONS)
def mentions(request: StaffRequest, asked: Query[PageQuery]) -> object:
    """List the entries that mention the user and wait to be read, the newest first.

    Those that were read too: `listEntries` with `show=mentions`.
    """
    page = queries.unread_mentions(
        request.user, cursor=checked(asked.cursor), size=asked.limit
    )
    found = paged(request, _shared(request, page.rows), page.next)
    return {"unread": queries.count_mentions(request.user), **found}


@router.post("mentions/reading", response=MentionsRead, operation_id="readMentions")
@allowed("read_mentions")
def read_mentions(request: StaffRequest) -> object:
    """Note that the user has read everything that mentions them."""
    return {"read": operations.read_mentions(by=request.user, at=request.now)}


@router.post(
    "customers/{key:customer_id}/entries",
    response=EntryOut,
    operation_id="recordEntry",
)
@allowed("record_contacts")
@personal(Personal.CONVERSATIONS)
def record(request: StaffRequest, customer_id: str, body: EntryIn) -> object:
    """Record a note on a customer, or a contact that took place or is to.

    Names after @ are told of it, as on the page.
    """
    draft = pages.draft_for(customer_id, visible_to=request.user, at=request.now)
    entry = operations.record_entry(
        customer_id=draft.customer_id,
        content=_content(body, draft, request),
        by=request.user,
        at=request.now,
    )
    return queries.told_to(request.user, entry.pk)


@router.get("entries/{entry_id}", response=EntryOut, operation_id="getEntry")
@allowed("see_customers")
@personal(Personal.CONVERSATIONS)
def entry(request: StaffRequest, entry_id: Key) -> object:
    """Return one entry; one that was deleted is not there."""
    return _told(request, entry_id)


@router.put("entries/{entry_id}", response=EntryOut, operation_id="changeEntry")
@allowed("record_contacts")
@personal(Personal.CONVERSATIONS)
def change(request: StaffRequest, entry_id: Key, body: ChangeIn) -> object:
    """Let an entry say something else; only who wrote it may. Its files stay."""
    draft = pages.draft_of_entry(entry_id, visible_to=request.user, at=request.now)
    operations.change_entry(
        entry_id=entry_id,
        content=_content(body, draft, request),
        version=body.version,
        by=request.user,
        at=request.now,
    )
    return _told(request, entry_id)


@router.delete("entries/{entry_id}", response={204: None}, operation_id="deleteEntry")
@allowed("record_contacts")
def delete(request: StaffRequest, entry_id: Key) -> object:
    """Forget what an entry said, with its files; the timeline says that it was there.

    Only who wrote it may.
    """
    operations.delete_entry(entry_id=entry_id, by=request.user, at=request.now)
    return Status(204, None)


@router.post("entries/{entry_id}/hold", response=EntryOut, operation_id="holdEntry")
@allowed("record_contacts")
@personal(Personal.CONVERSATIONS)
def hold(request: StaffRequest, entry_id: Key) -> object:
    """Say that a planned contact took place: from then on it counts as one."""
    operations.hold_entry(entry_id=entry_id, by=request.user, at=request.now)
    return _told(request, entry_id)


@router.post(
    "entries/{entry_id}/attachments",
    response=EntryOut,
    operation_id="addAttachments",
)
@allowed("record_contacts")
@personal(Personal.CONVERSATIONS)
def attach(
    request: StaffRequest, entry_id: Key, files: File[list[UploadedFile]]
) -> object:
    """Add files to an entry, as `multipart/form-data`; only who wrote it may.

    Each of at most 10 MB, five in all, 20 MB in one request. Too many or too large:
    none is kept.
    """
    operations.add_attachments(
        entry_id=entry_id, files=files, by=request.user, at=request.now
    )
    return _told(request, entry_id)


@router.get(
    "attachments/{attachment_id}", operation_id="getAttachment", openapi_extra=BINARY
)
@allowed("see_customers")
@personal(Personal.FILES)
def attachment(request: StaffRequest, attachment_id: Key) -> FileResponse:
    """Send a file of an entry, as it was attached."""
    return download(request, attachment_id)


@router.delete(
    "attachments/{attachment_id}", response={204: None}, operation_id="deleteAttachment"
)
@allowed("record_contacts")
def remove_attachment(request: StaffRequest, attachment_id: Key) -> object:
    """Take a file off an entry; only who wrote the entry may."""
    operations.remove_attachment(
        attachment_id=attachment_id, by=request.user, at=request.now
    )
    return Status(204, None)


@router.post(
    "customers/{key:customer_id}/settled-question",
    response={204: None},
    operation_id="settleQuestion",
)
@allowed("record_contacts")
def settle(request: StaffRequest, customer_id: str) -> object:
    """Note that what the customer wrote until now needs no answer."""
    operations.settle_question(customer_id, by=request.user, at=request.now)
    return Status(204, None)


def _shared(
    request: StaffRequest, rows: Sequence[queries.Told]
) -> list[dict[str, object]]:
    """Return entries as programs may have them, and note whose they are."""
    told(request, customers=(each.customer_id for each in rows))
    shared = queries.shared(rows, at=request.now)
    return [{n: getattr(shared[each.entry_id], n) for n in _SHOWN} for each in rows]


def _told(request: StaffRequest, entry_id: int) -> queries.Told:
    found = queries.told_to(request.user, entry_id)
    told(request, customers=[found.customer_id])
    return found


def _content(
    body: EntryIn, draft: queries.Draft, request: StaffRequest
) -> operations.Content:
    """Return what an entry is to say, by the rules of the page's form."""
    given = body.model_dump() | {"at": body.at or request.now}
    form = EntryForm(given, now=request.now)
    check(form)
    return form.content(draft)
