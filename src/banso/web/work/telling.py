"""What people did at a customer, and what is under way there, as others read it."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from banso.web.accounts import queries as accounts
from banso.web.work import words
from banso.web.work.claims import visible_plays
from banso.web.work.models import (
    Action,
    KnownPlay,
    KnownSignal,
    OpenPlay,
    Task,
    WorkItem,
)
from banso.webkit import formatting
from banso.webkit.permissions import Staff
from banso.webkit.searching import normalized

MOST: Final = 2_000  # of one customer at once
_TITLES: Final[Mapping[str, str | Promise]] = {
    "play_started": gettext_lazy("Started the play: %(what)s"),
    "step_done": gettext_lazy("Did a step: %(what)s"),
    "play_finished": gettext_lazy("Finished the play: %(what)s"),
    "play_stopped": gettext_lazy("Stopped the play: %(what)s"),
    "delegated": gettext_lazy("Delegated the signal: %(what)s"),
    "snoozed": gettext_lazy("Snoozed the signal: %(what)s"),
    "dismissed": gettext_lazy("Dismissed the signal: %(what)s"),
    "reopened": gettext_lazy("Opened the signal again: %(what)s"),
    "task_done": gettext_lazy("Did a task: %(what)s"),
    "task_added": gettext_lazy("Added a task: %(what)s"),
    "handed_over": gettext_lazy("Handed over to %(what)s"),
}
_ICONS: Final[Mapping[str, str]] = {
    "play_started": "circle-play",
    "play_finished": "flag",
    "play_stopped": "circle-x",
    "delegated": "user-plus",
    "snoozed": "alarm-clock",
    "dismissed": "x",
    "reopened": "rotate-ccw",
    "task_added": "list-plus",
    "handed_over": "user-plus",
}
_OF_PLAYS: Final = ("play_started", "step_done", "play_finished", "play_stopped")
_OF_SIGNALS: Final = ("delegated", "snoozed", "dismissed", "reopened")


@dataclass(frozen=True)
class Deed:
    """Something that somebody of ours did or decided at a customer, in words."""

    key: str
    kind: str  # as in the table ``actions``, or ``task_added``
    at: dt.datetime
    title: str
    more: str  # to whom, until when, why, what came of it, how long it took
    text: str  # what was noted
    by: str
    icon: str
    channel: str  # of a contact with the customer; empty: it was none
    play_id: int | None  # of the play that the reader may open

    def contains(self, searched: Sequence[str]) -> bool:
        """Return whether all words are in it, as `searching.words_of` gives them."""
        text = normalized(f"{self.title}\n{self.more}\n{self.text}\n{self.by}")
        return all(word in text for word in searched)


@dataclass(frozen=True)
class UnderWay:
    """What is under way at a customer."""

    plays: Sequence[tuple[OpenPlay, Task | None]]  # each with the step whose turn it is
    tasks: Sequence[Task]  # by hand


def deeds_of(
    customer_id: str,
    *,
    visible_to: Staff,
    until: dt.datetime,
    limit: int | None,
    searched: Sequence[str] = (),
) -> list[Deed]:
    """Return what was done and decided at a customer, the newest first.

    Parameters
    ----------
    customer_id
        Of whom; the caller has seen to it that the user may see it.
    visible_to
        The reader: a play is followed where the reader may open it.
    until
        Included.
    limit
        At most so many; None: all, to be searched.
    searched
        Words, all of which must be there.

    """
    many = MOST if limit is None else min(limit, MOST)
    actions = Action.objects.filter(customer_id=customer_id, at__lte=until)
    newest = list(actions.select_related("by").order_by("-at", "-pk")[:many])
    added = _added(customer_id, until)[:many]
    teller = _Teller(customer_id, visible_to, newest)
    found = [
        *(teller.deed(action) for action in newest),
        *(_task_added(task) for task in added),
    ]
    found = [deed for deed in found if deed.contains(searched)]
    return sorted(found, key=lambda deed: (deed.at, deed.key), reverse=True)[:many]


def has_deeds(customer_id: str) -> bool:
    """Return whether anything was ever done or decided at a customer."""
    actions = Action.objects.filter(customer_id=customer_id).values("customer_id")
    tasks = Task.objects.filter(customer_id=customer_id).values("customer_id")
    return actions.order_by().union(tasks.order_by()).exists()


def count_contacts(customer_id: str) -> int:
    """Return how many steps at a customer were a contact: they return to the facts."""
    actions = Action.objects.filter(customer_id=customer_id)
    return actions.exclude(channel="").count()


def under_way(customer_id: str) -> UnderWay:
    """Return the plays and tasks that are open at a customer."""
    open_tasks = Task.objects.filter(customer_id=customer_id, state=Task.State.OPEN)
    tasks = list(open_tasks.select_related("assignee"))
    now = {task.open_play_id: task for task in tasks}
    plays = OpenPlay.objects.filter(
        customer_id=customer_id, status=OpenPlay.Status.OPEN
    ).select_related("owner")
    return UnderWay(
        plays=[(play, now.get(play.pk)) for play in plays],
        tasks=[task for task in tasks if task.open_play_id is None],
    )


def _added(customer_id: str, until: dt.datetime) -> QuerySet[Task]:
    """Return the tasks by hand, the newest first."""
    tasks = Task.objects.filter(customer_id=customer_id, made_at__lte=until, step="")
    return tasks.select_related("made_by", "assignee").order_by("-made_at", "-pk")


def _task_added(task: Task) -> Deed:
    return Deed(
        key=f"task:{task.pk:012d}",
        kind="task_added",
        at=task.made_at,
        title=_title("task_added", words.said(task.label)),
        more=_("%(name)s, due %(day)s")
        % {"name": task.assignee.name, "day": formatting.day(task.due_on)},
        text="",
        by=task.made_by.name,
        icon=_ICONS["task_added"],
        channel="",
        play_id=None,
    )


class _Teller:
    """Tells deeds at one customer: what they were about was asked for all at once."""

    def __init__(
        self, customer_id: str, reader: Staff, actions: Sequence[Action]
    ) -> None:
        plays = OpenPlay.objects.filter(customer_id=customer_id).order_by("-started_at")
        self._runs = list(plays)
        self._seen = set(
            visible_plays(reader)
            .filter(customer_id=customer_id)
            .values_list("pk", flat=True)
        )
        done = Task.objects.filter(customer_id=customer_id, done_at__isnull=False)
        self._tasks = {task.done_at: task for task in done}
        self._signals = KnownSignal.objects.in_bulk({each.signal for each in actions})
        self._plays = KnownPlay.objects.in_bulk({each.play for each in actions})
        self._people = accounts.names_by_email()

    def deed(self, action: Action) -> Deed:
        """Return what somebody did, in words."""
        run = self._run(action)
        minutes = action.minutes
        parts = [self._more(action), *_minutes(minutes)]
        return Deed(
            key=f"action:{action.pk:012d}",
            kind=action.kind,
            at=action.at,
            title=_title(action.kind, self._what(action, run)),
            more=" · ".join(part for part in parts if part),
            text=action.note,
            by=action.by.name,
            icon=_ICONS.get(action.kind) or words.channel_icon(action.channel),
            channel=action.channel,
            play_id=run.pk if run is not None and run.pk in self._seen else None,
        )

    def _run(self, action: Action) -> OpenPlay | None:
        """Return the play that a deed belongs to: the last that had begun by then."""
        if action.kind not in _OF_PLAYS:
            return None
        of_key = (run for run in self._runs if run.play == action.play)
        return next((run for run in of_key if run.started_at <= action.at), None)

    def _what(self, action: Action, run: OpenPlay | None) -> str:
        if action.kind in ("step_done", "task_done"):
            task = self._tasks.get(action.at)
            return words.said(task.label) if task is not None else action.step
        if action.kind in _OF_SIGNALS:
            return self._signal(action.signal)
        if action.kind == "handed_over":
            return self._people.get(action.result, action.result)
        known = self._plays.get(action.play)
        label = run.label if run is not None else known.label if known else {}
        return words.said(label) or action.play

    def _more(self, action: Action) -> str:
        result = action.result
        if action.kind == "delegated":
            name = self._people.get(result, result)
            return _("to %(name)s") % {"name": name}
        if action.kind == "snoozed":
            day = formatting.day(dt.date.fromisoformat(result))
            return _("until %(day)s") % {"day": day}
        if action.kind == "dismissed":
            return _label(WorkItem.Dismissal.choices, result)
        if action.kind == "play_finished":
            return _label(OpenPlay.Result.choices, result)
        if action.kind == "play_started" and action.signal:
            return _("in answer to: %(signal)s") % {
                "signal": self._signal(action.signal)
            }
        if action.kind == "step_done":
            task = self._tasks.get(action.at)
            return words.said(task.answer or {}) if task is not None else result
        return ""

    def _signal(self, key: str) -> str:
        known = self._signals.get(key)
        return words.said(known.label) if known is not None else key


def _title(kind: str, what: str) -> str:
    title = str(_TITLES[kind]) if kind in _TITLES else f"{kind}: %(what)s"
    return title % {"what": what}


def _label(choices: Sequence[tuple[str, str | Promise]], key: str) -> str:
    return str(dict(choices).get(key, key))


def _minutes(minutes: int | None) -> Iterator[str]:
    if minutes is not None:
        yield _("%(n)s min") % {"n": formatting.number(minutes)}
