"""Writing down what somebody did: the log that returns to the facts, and the audit."""

import datetime as dt
from dataclasses import dataclass

from banso.web.audit import operations as audit
from banso.web.customers import queries as customers
from banso.web.webhooks import operations as webhooks
from banso.web.work import reach
from banso.web.work.claims import company_day
from banso.web.work.models import Action, OpenPlay, Task, WorkItem
from banso.webkit.permissions import Staff


@dataclass(frozen=True)
class Deed:
    """What somebody did to what, and when."""

    by: Staff
    at: dt.datetime


def note_item(
    kind: str, item: WorkItem, deed: Deed, *, result: str = "", note: str = ""
) -> None:
    """Write down a decision about an opening."""
    Action.objects.create(
        customer_id=item.customer_id or "",
        at=deed.at,
        kind=kind,
        by_id=deed.by.pk,
        play=item.play,
        signal=item.signal,
        opened_on=item.opened_on,
        result=result,
        note=note,
    )
    audit.record(
        f"item_{kind}",
        subject=audit_subject(item.customer_id),
        by=deed.by,
        at=deed.at,
        details={"signal": item.signal},
    )


def note_play(kind: str, play: OpenPlay, deed: Deed) -> None:
    """Write down that a play began or ended."""
    Action.objects.create(
        customer_id=play.customer_id or "",
        at=deed.at,
        kind=kind,
        by_id=deed.by.pk,
        play=play.play,
        signal=play.signal,
        opened_on=play.opened_on,
        result=play.result,
        note=play.note,
    )
    audit.record(
        kind,
        subject=audit_subject(play.customer_id),
        by=deed.by,
        at=deed.at,
        details={"play": play.play},
    )
    said = {**_of_play(play), "result": play.result or None}
    webhooks.tell(kind.replace("play_", "play."), [said], at=deed.at)


def note_task(task: Task, deed: Deed) -> None:
    """Write down that a task was done, and rest the customer that was contacted."""
    play = task.open_play
    Action.objects.create(
        customer_id=task.customer_id or "",
        at=deed.at,
        kind="task_done" if play is None else "step_done",
        by_id=deed.by.pk,
        play=play.play if play is not None else "",
        signal=play.signal if play is not None else "",
        opened_on=play.opened_on if play is not None else None,
        step=task.step,
        channel=task.channel,
        minutes=task.minutes,
        result=(task.answer or {}).get("en", ""),
        note=task.note,
    )
    audit.record(
        "task_done",
        subject=audit_subject(task.customer_id),
        by=deed.by,
        at=deed.at,
        details={"task": str(task)[:100]},
    )
    said = {
        "task_id": task.pk,
        "customer_id": task.customer_id,
        "step": task.step or None,
        "play": None if play is None else _of_play(play),
    }
    webhooks.tell("task.done", [said], at=deed.at)
    if task.channel and task.customer_id:
        reach.note_contact(task.customer_id, on=company_day(deed.at))


def note_new_task(task: Task, deed: Deed) -> None:
    """Write down that a task was made by hand; the facts hear of it once it is done."""
    audit.record(
        "task_added",
        subject=audit_subject(task.customer_id),
        by=deed.by,
        at=deed.at,
        details={"task": str(task)[:100]},
    )


def _of_play(play: OpenPlay) -> dict[str, object]:
    return {
        "play_id": play.pk,
        "customer_id": play.customer_id,
        "play": play.play,
        "signal": play.signal,
        "opened_on": play.opened_on,
    }


def audit_subject(customer_id: str | None) -> audit.Subject:
    """Return the customer as the audit names it."""
    name = customers.name_of(customer_id) if customer_id else ""
    return audit.Subject("customer", customer_id or "", name or customer_id or "–")
