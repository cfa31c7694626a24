"""Messages, the plays there are, who has what to do, and briefs, for programs."""

from ninja import Query, Router

from banso.web.work import play_records
from banso.web.work.play_schemas import (
    AbsentOut,
    HandedCustomers,
    HandedQuery,
    LibraryOut,
    LoadOut,
    MessagesOut,
)
from banso.webkit.api.paging import Key, following, paged, start_of
from banso.webkit.permissions import allowed
from banso.webkit.personal import Personal, personal, told
from banso.webkit.requests import StaffRequest

router = Router(tags=["Work"])


@router.get(
    "cards/{card_id}/messages", response=MessagesOut, operation_id="getCardMessages"
)
@allowed("see_work")
@personal(Personal.CONTACTS, Personal.CONVERSATIONS)
def card_messages(request: StaffRequest, card_id: Key) -> object:
    """Return the message to start from about a card, in both languages."""
    found = play_records.card_messages(card_id, user=request.user, at=request.now)
    told(request, customers=[str(found["customer_id"])])
    return found


@router.get(
    "tasks/{task_id}/messages", response=MessagesOut, operation_id="getTaskMessages"
)
@allowed("see_work")
@personal(Personal.CONTACTS, Personal.CONVERSATIONS)
def task_messages(request: StaffRequest, task_id: Key) -> object:
    """Return the message to start from of a step of a play that is to be done."""
    found = play_records.task_messages(task_id, user=request.user, at=request.now)
    told(request, customers=[str(found["customer_id"])])
    return found


@router.get("play-library", response=LibraryOut, operation_id="listPlayLibrary")
@allowed("see_work")
def library(request: StaffRequest) -> object:
    """List the plays that can be started, and what came of those that were."""
    return {"items": play_records.library(request.user)}


@router.get("work-load", response=LoadOut, operation_id="getWorkLoad")
@allowed("see_work")
def load(request: StaffRequest) -> object:
    """Return who has how much to do, as far as the user sees it."""
    return {"items": play_records.load(request.user, at=request.now)}


@router.get("absent-people", response=AbsentOut, operation_id="listAbsentPeople")
@allowed("hand_over_work")
def absent(request: StaffRequest) -> object:
    """List who is gone, and whose work waits for a hand-over (`handOver`)."""
    return {"items": play_records.absent(request.user, at=request.now)}


@router.get(
    "hand-overs/{hand_over_id}/brief",
    response=HandedCustomers,
    operation_id="getHandOverBrief",
)
@allowed("see_work")
@personal(Personal.CONVERSATIONS)
def brief(
    request: StaffRequest, hand_over_id: Key, asked: Query[HandedQuery]
) -> object:
    """Return what who takes over has to know, customer by customer."""
    start = start_of(asked.cursor)
    found = play_records.brief_page(
        hand_over_id, user=request.user, start=start, size=asked.limit
    )
    told(
        request,
        customers=(str(c["customer_id"]) for c in found.customers if c["customer_id"]),
    )
    cursor = following(start + asked.limit) if found.has_more else ""
    return paged(request, found.customers, cursor)
