"""What is to be done, for programs: cards, plays and tasks, and acting on them."""

from ninja import Query, Router

from banso.web.work import many_api, operations, play_api, records
from banso.web.work.choosing import Wanted
from banso.web.work.schemas import (
    CardOut,
    CardsPage,
    CardsQuery,
    CompletionIn,
    DelegationIn,
    DismissalIn,
    HandOverIn,
    HandOverOut,
    HandOversPage,
    HandOversQuery,
    OpeningIn,
    PlayIn,
    PlayOut,
    PlaysPage,
    PlaysQuery,
    ResultIn,
    SnoozeIn,
    StopIn,
    TaskIn,
    TaskOut,
    TasksPage,
    TasksQuery,
)
from banso.webkit.api.paging import Key, checked, paged
from banso.webkit.permissions import allowed
from banso.webkit.personal import Personal, personal, told
from banso.webkit.requests import StaffRequest

router = Router(tags=["Work"])
router.add_router("", many_api.router, tags=["Work"])
router.add_router("", play_api.router, tags=["Work"])


@router.get("cards", response=CardsPage, operation_id="listCards")
@allowed("see_work")
@personal(Personal.CONVERSATIONS)
def cards(request: StaffRequest, asked: Query[CardsQuery]) -> object:
    """List what somebody should act on, what is worth most first."""
    wanted = Wanted(whose=asked.whose.strip().lower() or "mine", kind=asked.kind)
    page = records.list_cards(
        request.user,
        wanted,
        at=request.now,
        cursor=checked(asked.cursor),
        size=asked.limit,
    )
    told(request, customers=(str(each["customer_id"]) for each in page.rows))
    return paged(request, page.rows, page.next)


@router.get("cards/{card_id}", response=CardOut, operation_id="getCard")
@allowed("see_work")
@personal(Personal.CONVERSATIONS)
def card(request: StaffRequest, card_id: Key) -> object:
    """Return one card, whatever was decided about it."""
    return _of(request, records.card(card_id, visible_to=request.user, at=request.now))


@router.post(
    "cards/{card_id}/delegation", response=CardOut, operation_id="delegateCard"
)
@allowed("do_work")
@personal(Personal.CONVERSATIONS)
def delegation(request: StaffRequest, card_id: Key, body: DelegationIn) -> object:
    """Let somebody else act."""
    operations.delegate(
        {card_id: body.version},
        to=records.person(body.to),
        note=body.note,
        by=request.user,
        at=request.now,
    )
    return _of(request, records.card(card_id, visible_to=request.user, at=request.now))


@router.post("cards/{card_id}/snooze", response=CardOut, operation_id="snoozeCard")
@allowed("do_work")
@personal(Personal.CONVERSATIONS)
def snooze(request: StaffRequest, card_id: Key, body: SnoozeIn) -> object:
    """Put a card aside until a day."""
    operations.snooze(
        {card_id: body.version},
        until=body.until,
        why=body.why,
        by=request.user,
        at=request.now,
    )
    return _of(request, records.card(card_id, visible_to=request.user, at=request.now))


@router.post("cards/{card_id}/dismissal", response=CardOut, operation_id="dismissCard")
@allowed("do_work")
@personal(Personal.CONVERSATIONS)
def dismissal(request: StaffRequest, card_id: Key, body: DismissalIn) -> object:
    """Decide that nothing is to be done, and why."""
    operations.dismiss(
        {card_id: body.version},
        reason=operations.Dismissal(body.reason),
        why=body.why,
        by=request.user,
        at=request.now,
    )
    return _of(request, records.card(card_id, visible_to=request.user, at=request.now))


@router.post("cards/{card_id}/opening", response=CardOut, operation_id="reopenCard")
@allowed("do_work")
@personal(Personal.CONVERSATIONS)
def opening(request: StaffRequest, card_id: Key, body: OpeningIn) -> object:
    """Take back what was decided."""
    operations.reopen({card_id: body.version}, by=request.user, at=request.now)
    return _of(request, records.card(card_id, visible_to=request.user, at=request.now))


@router.post("cards/{card_id}/play", response=PlayOut, operation_id="startPlay")
@allowed("do_work")
@personal(Personal.CONVERSATIONS)
def play_of_card(request: StaffRequest, card_id: Key, body: PlayIn) -> object:
    """Start a play at the customer of a card."""
    started = operations.start_play(
        {card_id: body.version}, play=body.play, by=request.user, at=request.now
    )
    return _of(request, records.play_record(started.pk, visible_to=request.user))


@router.get("plays", response=PlaysPage, operation_id="listPlays")
@allowed("see_work")
@personal(Personal.CONVERSATIONS)
def plays(request: StaffRequest, asked: Query[PlaysQuery]) -> object:
    """List the plays that the user sees, the newest first."""
    page = records.list_plays(
        request.user,
        status=asked.status,
        cursor=checked(asked.cursor),
        size=asked.limit,
    )
    told(request, customers=(str(each["customer_id"]) for each in page.rows))
    return paged(request, page.rows, page.next)


@router.get("plays/{play_id}", response=PlayOut, operation_id="getPlay")
@allowed("see_work")
@personal(Personal.CONVERSATIONS)
def play(request: StaffRequest, play_id: Key) -> object:
    """Return one play with its steps."""
    return _of(request, records.play_record(play_id, visible_to=request.user))


@router.post("plays/{play_id}/result", response=PlayOut, operation_id="finishPlay")
@allowed("do_work")
@personal(Personal.CONVERSATIONS)
def result(request: StaffRequest, play_id: Key, body: ResultIn) -> object:
    """Finish a play with what came of it."""
    operations.finish_play(
        play_id,
        version=body.version,
        result=operations.Result(body.result),
        note=body.note,
        by=request.user,
        at=request.now,
    )
    return _of(request, records.play_record(play_id, visible_to=request.user))


@router.post("plays/{play_id}/stop", response=PlayOut, operation_id="stopPlay")
@allowed("do_work")
@personal(Personal.CONVERSATIONS)
def stop(request: StaffRequest, play_id: Key, body: StopIn) -> object:
    """Stop a play before its end; what it answered is open again."""
    operations.stop_play(
        play_id,
        version=body.version,
        note=body.note,
        by=request.user,
        at=request.now,
    )
    return _of(request, records.play_record(play_id, visible_to=request.user))


@router.get("tasks", response=TasksPage, operation_id="listTasks")
@allowed("see_work")
@personal(Personal.CONVERSATIONS)
def tasks(request: StaffRequest, asked: Query[TasksQuery]) -> object:
    """List tasks by the day that they are due."""
    page = records.list_tasks(
        request.user,
        state=asked.state,
        mine=asked.mine,
        cursor=checked(asked.cursor),
        size=asked.limit,
    )
    told(request, customers=(str(each["customer_id"]) for each in page.rows))
    return paged(request, page.rows, page.next)


@router.post(
    "customers/{key:customer_id}/tasks", response=TaskOut, operation_id="addTask"
)
@allowed("do_work")
@personal(Personal.CONVERSATIONS)
def add_task(request: StaffRequest, customer_id: str, body: TaskIn) -> object:
    """Add a task at a customer."""
    assignee = records.person(body.assignee) if body.assignee else request.user
    task = operations.add_task(
        customer_id,
        body.title,
        due_on=body.due_on,
        assignee=assignee,
        by=request.user,
        at=request.now,
    )
    return _of(request, records.task_record(task))


@router.post(
    "tasks/{task_id}/completion", response=TaskOut, operation_id="completeTask"
)
@allowed("do_work")
@personal(Personal.CONVERSATIONS)
def completion(request: StaffRequest, task_id: Key, body: CompletionIn) -> object:
    """End a task, or a step of a play."""
    task = operations.complete_task(
        task_id,
        version=body.version,
        outcome=operations.Outcome(body.note, body.minutes, body.then),
        by=request.user,
        at=request.now,
    )
    return _of(request, records.task_record(task))


@router.get("hand-overs", response=HandOversPage, operation_id="listHandOvers")
@allowed("see_work")
@personal(Personal.CONVERSATIONS)
def hand_overs(request: StaffRequest, asked: Query[HandOversQuery]) -> object:
    """List the hand-overs from, to and by the user; who sees all work, sees all."""
    page = records.list_hand_overs(
        request.user, cursor=checked(asked.cursor), size=asked.limit
    )
    if not any(each["note"] for each in page.rows):
        told(request, kinds=())
    return paged(request, page.rows, page.next)


@router.post("hand-overs", response=HandOverOut, operation_id="handOver")
@allowed("do_work")
@personal(Personal.CONVERSATIONS)
def hand_over(request: StaffRequest, body: HandOverIn) -> object:
    """Give what one person has to do to another, as it stands; nothing is lost.

    Who is in charge of a customer is a fact: send the row of the customer with its new
    owner (`upsertRows`), and hand the work over here.
    """
    handed = operations.Handed(
        giver=body.giver.strip() or request.user.email,
        taker=records.person(body.to),
        customer_id=body.customer_id or "",
        play_id=body.play_id,
        note=body.note,
        is_standing=body.is_standing,
    )
    kept = operations.hand_over(handed, by=request.user, at=request.now)
    return _handed(request, kept.pk)


@router.get(
    "hand-overs/{hand_over_id}", response=HandOverOut, operation_id="getHandOver"
)
@allowed("see_work")
@personal(Personal.CONVERSATIONS)
def hand_over_kept(request: StaffRequest, hand_over_id: Key) -> object:
    """Return what was handed over."""
    return _handed(request, hand_over_id)


@router.post(
    "hand-overs/{hand_over_id}/end",
    response=HandOverOut,
    operation_id="endStandingHandOver",
)
@allowed("do_work")
@personal(Personal.CONVERSATIONS)
def end_hand_over(request: StaffRequest, hand_over_id: Key) -> object:
    """Let what opens from now on be its owner's again; what went over stays so."""
    records.hand_over_record(hand_over_id, visible_to=request.user)
    operations.end_standing(hand_over_id, by=request.user, at=request.now)
    return _handed(request, hand_over_id)


def _handed(request: StaffRequest, hand_over_id: int) -> records.Record:
    found = records.hand_over_record(hand_over_id, visible_to=request.user)
    if found["customer_id"]:
        told(request, customers=[str(found["customer_id"])])
    if not found["note"]:
        told(request, kinds=())
    return found


def _of(request: StaffRequest, found: records.Record) -> records.Record:
    told(request, customers=[str(found["customer_id"])])
    return found
