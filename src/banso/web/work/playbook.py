"""Reading plays and tasks: all of them, one, the library, and hand-overs."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal, TypeVar

from django.db.models import Count, Min, Model, Q, QuerySet
from django.http import Http404

from banso.web.accounts import queries as accounts
from banso.web.customers import queries as customers
from banso.web.work import words
from banso.web.work.addressing import Addressee, addressee_at
from banso.web.work.claims import company_day, visible_plays, visible_tasks
from banso.web.work.drafts import Draft, drafts_of, placeholder_values
from banso.web.work.load import Absent, Load, absent_people, team_load
from banso.web.work.models import (
    HandOver,
    KnownPlay,
    KnownSignal,
    OpenPlay,
    Task,
    WorkItem,
)
from banso.web.work.steps import END, Step, steps_of
from banso.web.work.telling import Deed, deeds_of
from banso.webkit.permissions import Scope, Staff, may

Kept = TypeVar("Kept", bound=Model)
Tab = Literal["open", "load", "library"]
MOST: Final = 200
_TOLD: Final = 50  # customers of a brief up to which it tells what was done there
_DEEDS: Final = 10


@dataclass(frozen=True)
class PlayLine:
    """One play in the list."""

    play: OpenPlay
    customer: str
    now: Task | None  # None: all steps are done
    is_overdue: bool


@dataclass(frozen=True)
class LibraryLine:
    """One play of the definitions."""

    play: KnownPlay
    steps: Sequence[Step]
    signals: Sequence[str]  # that propose it
    counts: Mapping[str, int]  # open, achieved, not_achieved, unclear, stopped


@dataclass(frozen=True)
class PlaysPage:
    """Everything that the page of plays shows."""

    tab: Tab
    today: dt.date
    owner: str
    owners: Sequence[tuple[str, str]]
    lines: Sequence[PlayLine] = ()
    tasks: Sequence[Task] = ()
    load: Sequence[Load] = ()
    most_minutes: int = 0
    library: Sequence[LibraryLine] = ()
    absent: Sequence[Absent] = ()
    hand_overs: Sequence[tuple[HandOver, str]] = ()  # and the name of the giver
    has_more: bool = False

    @property
    def customer_ids(self) -> Iterator[str]:
        """The customers that it tells of."""
        yield from (str(line.play.customer_id) for line in self.lines)
        yield from (str(task.customer_id) for task in self.tasks)


@dataclass(frozen=True)
class StepLine:
    """One step of a play, and what was done of it."""

    step: Step
    task: Task | None  # None: its turn has not come
    is_done: bool
    is_now: bool
    drafts: Sequence[Draft]
    leads: Sequence[tuple[str, str]]  # answer, and the step that it leads to
    is_mine: bool


@dataclass(frozen=True)
class PlayPage:
    """Everything that the page of a play shows."""

    play: OpenPlay
    customer: str
    is_known: bool  # a release has the customer still
    sees_customer: bool
    signal: str
    lines: Sequence[StepLine]
    now: Task | None
    is_defined: bool  # the definitions have it still
    today: dt.date
    addressee: Addressee


@dataclass(frozen=True)
class Brief:
    """What who takes over has to know, customer by customer."""

    hand_over: HandOver
    giver: str
    customers: Sequence["BriefCustomer"]


@dataclass
class BriefCustomer:
    """One customer of a hand-over."""

    customer_id: str
    name: str
    items: list[tuple[WorkItem, str]]
    plays: list[OpenPlay]
    tasks: list[Task]
    deeds: list[Deed]  # the last that were done or decided there, of a brief of few
    notes: list[Task]  # of one of many: tasks that were done, with what was noted


def plays_page(asked: Mapping[str, str], *, user: Staff, at: dt.datetime) -> PlaysPage:
    """Return the plays, the load or the library, as the address asks."""
    today = company_day(at)
    tabs: tuple[Tab, ...] = ("open", "load", "library")
    tab = next((each for each in tabs if each == asked.get("tab")), "open")
    owner = asked.get("owner", "").strip().lower()[:254]
    active = {each.email: each.name for each in accounts.list_active()}
    owners = sorted(active.items(), key=lambda pair: pair[1])
    found: dict[str, object] = {}
    if tab == "library":
        found["library"] = list_library(user)
    elif tab == "load":
        load = team_load(user, today=today)
        found["load"] = load
        found["most_minutes"] = max((each.minutes for each in load), default=0)
        names = accounts.names_by_email()
        found["hand_overs"] = [
            (each, names.get(each.giver, each.giver))
            for each in hand_overs_of(user)[:20]
        ]
    else:
        found |= _open(user, owner, today)
    if may(user, "hand_over_work"):
        found["absent"] = absent_people(user, today=today)
    return PlaysPage(tab, today, owner, owners, **found)  # type: ignore[arg-type]


def play_page(play_id: int, *, user: Staff, at: dt.datetime) -> PlayPage:
    """Return one play, or answer 404."""
    play = (
        visible_plays(user)
        .select_related("customer", "owner", "started_by", "ended_by")
        .filter(pk=play_id)
        .first()
    )
    if play is None:
        raise Http404
    tasks = list(play.tasks.select_related("assignee", "done_by").order_by("pk"))
    now = next((task for task in tasks if task.state == Task.State.OPEN), None)
    key = str(play.customer_id)
    signal = KnownSignal.objects.filter(pk=play.signal).first()
    whom = addressee_at(key, at=at)
    return PlayPage(
        play=play,
        customer=play.customer.name if play.customer else key,
        is_known=bool(customers.name_of(key)),
        sees_customer=customers.sees_customer(user, key),
        signal=words.said(signal.label) if signal else play.signal,
        lines=_step_lines(play, tasks, now, user, whom),
        addressee=whom,
        now=now,
        is_defined=KnownPlay.objects.filter(pk=play.play, is_current=True).exists(),
        today=company_day(at),
    )


def get_task(task_id: int, *, visible_to: Staff) -> Task:
    """Return a task that a user may see, or answer 404."""
    task = (
        visible_tasks(visible_to)
        .select_related("customer", "assignee", "open_play", "done_by", "made_by")
        .filter(pk=task_id)
        .first()
    )
    if task is None:
        raise Http404
    return task


def brief(hand_over_id: int, *, user: Staff) -> Brief:
    """Return a hand-over with everything that it keeps, or answer 404.

    Who took over, who handed over, and who may hand over work see it.
    """
    kept = hand_overs_of(user).filter(pk=hand_over_id).first()
    if kept is None:
        raise Http404
    found: dict[str, BriefCustomer] = {}

    def at_customer(row: OpenPlay | Task | WorkItem) -> BriefCustomer:
        key = str(row.customer_id or "")
        named = row.customer.name if row.customer else key
        return found.setdefault(key, BriefCustomer(key, named, [], [], [], [], []))

    labels = KnownSignal.objects.in_bulk()
    items = WorkItem.objects.select_related("customer").order_by("sort_worth")
    for item in _by_keys(items, kept.items):
        label = labels.get(item.signal)
        at_customer(item).items.append(
            (item, words.said(label.label) if label else item.signal)
        )
    for play in _by_keys(OpenPlay.objects.select_related("customer"), kept.plays):
        at_customer(play).plays.append(play)
    for task in _by_keys(
        Task.objects.select_related("customer", "open_play"), kept.tasks
    ):
        at_customer(task).tasks.append(task)
    keys = [key for key in found if key]
    if len(keys) <= _TOLD:
        for key in keys:
            told = deeds_of(key, visible_to=user, until=kept.at, limit=_DEEDS)
            found[key].deeds += [deed for deed in told if not _is_it(deed, kept)]
    else:
        for task in _noted(keys):
            found[str(task.customer_id)].notes.append(task)
    giver = accounts.find_user_by_email(kept.giver)
    return Brief(
        hand_over=kept,
        giver=giver.name if giver else kept.giver,
        customers=sorted(found.values(), key=lambda each: each.name),
    )


def _is_it(deed: Deed, kept: HandOver) -> bool:
    """Return whether a deed is the hand-over itself, which its brief begins with."""
    return deed.kind == "handed_over" and deed.at == kept.at


def _noted(keys: Sequence[str]) -> Iterator[Task]:
    """Yield the tasks that were done at customers with a note, the newest first."""
    done = Task.objects.filter(state=Task.State.DONE).exclude(note="")
    for start in range(0, len(keys), 500):
        some = done.filter(customer_id__in=keys[start : start + 500])
        yield from some.select_related("done_by").order_by("-done_at")


def _by_keys(rows: QuerySet[Kept], keys: Sequence[int]) -> Iterator[Kept]:
    """Yield rows with their customers, some keys at a time."""
    for start in range(0, len(keys), 500):
        yield from rows.filter(pk__in=keys[start : start + 500])


def hand_overs_of(user: Staff) -> QuerySet[HandOver]:
    """Return the hand-overs that concern a user, or all for who may make any."""
    every = HandOver.objects.select_related("by", "taker")
    if may(user, "hand_over_work") and user.scope == Scope.ALL:
        return every
    own = Q(taker_id=user.pk) | Q(by_id=user.pk) | Q(giver=user.email)
    return every.filter(own)


def _open(user: Staff, owner: str, today: dt.date) -> dict[str, object]:
    plays = visible_plays(user).filter(status=OpenPlay.Status.OPEN)
    tasks = visible_tasks(user).filter(state=Task.State.OPEN, open_play__isnull=True)
    if owner:
        plays = plays.filter(owner__email=owner)
        tasks = tasks.filter(assignee__email=owner)
    due = Min("tasks__due_on", filter=Q(tasks__state=Task.State.OPEN))
    ordered = list(
        plays.select_related("customer", "owner")
        .annotate(due=due)
        .order_by("due", "pk")[: MOST + 1]
    )
    now = {
        task.open_play_id: task
        for task in Task.objects.filter(
            open_play_id__in=[play.pk for play in ordered], state=Task.State.OPEN
        ).select_related("assignee")
    }
    lines = [
        PlayLine(
            play=play,
            customer=play.customer.name if play.customer else str(play.customer_id),
            now=now.get(play.pk),
            is_overdue=play.pk in now and now[play.pk].due_on < today,
        )
        for play in ordered[:MOST]
    ]
    return {
        "lines": lines,
        "has_more": len(ordered) > MOST,
        "tasks": list(tasks.select_related("customer", "assignee")[:MOST]),
    }


def list_library(user: Staff) -> list[LibraryLine]:
    """Return the plays of the definitions, and what came of those a user sees."""
    signals: dict[str, list[str]] = {}
    for signal in KnownSignal.objects.filter(is_current=True).order_by("place"):
        signals.setdefault(signal.play, []).append(words.said(signal.label))
    counts: dict[str, dict[str, int]] = {}
    rows = visible_plays(user).order_by().values_list("play", "status", "result")
    for play, status, result, n in rows.annotate(n=Count("pk")):
        kind = result if status == OpenPlay.Status.FINISHED else status
        found = counts.setdefault(play, {})
        found[kind] = found.get(kind, 0) + n
    return [
        LibraryLine(
            play=play,
            steps=steps_of(play.steps),
            signals=signals.get(play.key, []),
            counts=counts.get(play.key, {}),
        )
        for play in KnownPlay.objects.filter(is_current=True)
    ]


def _step_lines(
    play: OpenPlay,
    tasks: Sequence[Task],
    now: Task | None,
    user: Staff,
    whom: Addressee,
) -> list[StepLine]:
    """Return what was done, what is to be done, and what may follow, in that order."""
    steps = {step.key: step for step in steps_of(play.steps)}
    names = {key: words.said(step.label) for key, step in steps.items()}
    values = placeholder_values(
        customer=play.customer.name if play.customer else "",
        contact=whom.name,
        reason=play.reason or {},
        sender=user.name,
    )

    def line(step: Step, task: Task | None) -> StepLine:
        is_now = task is not None and task is now
        return StepLine(
            step=step,
            task=task,
            is_done=task is not None and task.state == Task.State.DONE,
            is_now=is_now,
            drafts=drafts_of(step, values) if is_now and not whom.is_refused else (),
            leads=[
                (words.said(branch.label), names.get(branch.then, ""))
                for branch in step.branches
                if branch.then == END or branch.then in names
            ],
            is_mine=task is not None and task.assignee_id == user.pk,
        )

    lines = [line(steps[task.step], task) for task in tasks if task.step in steps]
    if play.status == OpenPlay.Status.OPEN and now is not None:
        seen = {task.step for task in tasks}
        ahead = list(steps)[list(steps).index(now.step) + 1 :]
        lines += [line(steps[key], None) for key in ahead if key not in seen]
    return lines
