"""Acting on several cards at once, for programs: all of them, or none."""

from collections.abc import Mapping, Sequence

from ninja import Router

from banso.web.work import operations, records
from banso.web.work.many_schemas import (
    CardsActed,
    CardsDelegationIn,
    CardsDismissalIn,
    CardsIn,
    CardsPlayIn,
    CardsSnoozeIn,
)
from banso.web.work.models import WorkItem
from banso.web.work.schemas import PlayOut
from banso.webkit.permissions import allowed
from banso.webkit.personal import Personal, personal, told
from banso.webkit.requests import StaffRequest

router = Router(tags=["Work"])


@router.post("card-delegations", response=CardsActed, operation_id="delegateCards")
@allowed("do_work")
@personal(Personal.CONVERSATIONS)
def delegate(request: StaffRequest, body: CardsDelegationIn) -> object:
    """Let somebody else act on several cards; all of them, or none."""
    items = operations.delegate(
        body.claims(),
        to=records.person(body.to),
        note=body.note,
        by=request.user,
        at=request.now,
    )
    return _stand(request, items)


@router.post("card-snoozes", response=CardsActed, operation_id="snoozeCards")
@allowed("do_work")
@personal(Personal.CONVERSATIONS)
def snooze(request: StaffRequest, body: CardsSnoozeIn) -> object:
    """Put several cards aside until a day; all of them, or none."""
    items = operations.snooze(
        body.claims(), until=body.until, why=body.why, by=request.user, at=request.now
    )
    return _stand(request, items)


@router.post("card-dismissals", response=CardsActed, operation_id="dismissCards")
@allowed("do_work")
@personal(Personal.CONVERSATIONS)
def dismiss(request: StaffRequest, body: CardsDismissalIn) -> object:
    """Decide that nothing is to be done about several cards; all of them, or none."""
    items = operations.dismiss(
        body.claims(),
        reason=operations.Dismissal(body.reason),
        why=body.why,
        by=request.user,
        at=request.now,
    )
    return _stand(request, items)


@router.post("card-openings", response=CardsActed, operation_id="reopenCards")
@allowed("do_work")
@personal(Personal.CONVERSATIONS)
def reopen(request: StaffRequest, body: CardsIn) -> object:
    """Take back what was decided about several cards; all of them, or none."""
    items = operations.reopen(body.claims(), by=request.user, at=request.now)
    return _stand(request, items)


@router.post("card-plays", response=PlayOut, operation_id="startPlayOfCards")
@allowed("do_work")
@personal(Personal.CONVERSATIONS)
def play(request: StaffRequest, body: CardsPlayIn) -> object:
    """Start one play in answer to several cards of a customer."""
    started = operations.start_play(
        body.claims(), play=body.play, by=request.user, at=request.now
    )
    found = records.play_record(started.pk, visible_to=request.user)
    told(request, customers=[str(found["customer_id"])])
    return found


def _stand(request: StaffRequest, items: Sequence[WorkItem]) -> Mapping[str, object]:
    """Return how cards stand by now, in the order in which they were acted on."""
    told(request, customers=(str(item.customer_id) for item in items))
    return {"items": records.cards_of(items, at=request.now)}
