"""Touch models for programs: proposals, accepting them, deciding by hand."""

from ninja import Query, Router

from banso.web.touch import operations, records
from banso.web.touch.schemas import (
    AcceptedOut,
    AssignmentOut,
    AssignmentsPage,
    AssignmentsQuery,
    CapacityOut,
    CapacityQuery,
    ListQuery,
    OverrideIn,
    OwnersOut,
    ProposalsPage,
    TouchAcceptanceIn,
)
from banso.webkit.api.paging import Key, checked, following, paged, start_of
from banso.webkit.permissions import allowed
from banso.webkit.requests import StaffRequest

router = Router(tags=["Touch models"])


@router.get("touch", response=ProposalsPage, operation_id="listTouchProposals")
@allowed("see_touch")
def proposals(request: StaffRequest, asked: Query[ListQuery]) -> object:
    """List what customers have and what the run proposes, and why."""
    start = start_of(asked.cursor)
    found = records.list_proposals(
        asked.asked, visible_to=request.user, start=start, size=asked.limit
    )
    after = following(start + len(found.rows)) if found.has_more else ""
    page = paged(request, found.rows, after)
    return {"state": found.state, "release_id": found.release_id, **page}


@router.get("touch/owners", response=OwnersOut, operation_id="listTouchOwners")
@allowed("see_touch")
def owners(request: StaffRequest) -> object:
    """List who looks after how many customers, today and as proposed."""
    return records.owners(visible_to=request.user)


@router.get("touch/capacity", response=CapacityOut, operation_id="planCapacity")
@allowed("see_touch")
def capacity(request: StaffRequest, asked: Query[CapacityQuery]) -> object:
    """Plan how many people the customers take; nothing is kept."""
    return records.plan_capacity(asked.given, visible_to=request.user)


@router.post(
    "touch/acceptances", response=AcceptedOut, operation_id="acceptTouchProposals"
)
@allowed("assign_touch")
def accept(request: StaffRequest, body: TouchAcceptanceIn) -> object:
    """Accept what is proposed for some customers, from the next run on.

    Customers out of scope, without a proposal, or of which somebody decided meanwhile
    are passed over; none left is refused.
    """
    count = operations.accept_proposals(
        body.customer_ids,
        release_id=body.release_id,
        by=request.user,
        at=request.now,
    )
    return {"count": count}


@router.post(
    "customers/{key:customer_id}/touch",
    response=AssignmentOut,
    operation_id="overrideTouch",
)
@allowed("assign_touch")
def override(request: StaffRequest, customer_id: str, body: OverrideIn) -> object:
    """Set the touch model or the owner of a customer by hand, from the next run on."""
    records.check_override(customer_id, body.touch, body.owner, visible_to=request.user)
    assignment = operations.override(
        customer_id,
        operations.Override(**body.model_dump()),
        by=request.user,
        at=request.now,
    )
    return records.assignment(assignment.pk, visible_to=request.user)


@router.get(
    "touch/assignments", response=AssignmentsPage, operation_id="listTouchAssignments"
)
@allowed("see_touch")
def assignments(request: StaffRequest, asked: Query[AssignmentsQuery]) -> object:
    """List what was decided, and until when it holds."""
    page = records.list_assignments(
        visible_to=request.user,
        holding=asked.holding,
        at=request.now,
        cursor=checked(asked.cursor),
        size=asked.limit,
    )
    return paged(request, page.rows, page.next)


@router.post(
    "touch/assignments/{assignment_id}/end",
    response=AssignmentOut,
    operation_id="endTouchAssignment",
)
@allowed("assign_touch")
def end(request: StaffRequest, assignment_id: Key) -> object:
    """End a decision: from the next run on, what stood before it stands again."""
    operations.end_assignment(assignment_id, by=request.user, at=request.now)
    return records.assignment(assignment_id, visible_to=request.user)
