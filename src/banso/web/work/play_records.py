"""Messages to start from, the plays there are, and who has what to do, as values."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from banso.web.work import playbook, today, words
from banso.web.work.addressing import Addressee, shared_addressee
from banso.web.work.claims import company_day
from banso.web.work.drafts import Draft, drafts_of, placeholder_values
from banso.web.work.load import absent_people, team_load
from banso.web.work.models import Task
from banso.web.work.records import Record
from banso.web.work.steps import Step, steps_of
from banso.webkit.permissions import Staff

_COUNTED: Final = ("open", "achieved", "not_achieved", "unclear", "stopped")


@dataclass(frozen=True)
class Brief:
    """Some customers of a hand-over."""

    customers: Sequence[Record]
    has_more: bool


def card_messages(card_id: int, *, user: Staff, at: dt.datetime) -> Record:
    """Return the message to start from about an opening, or answer 404."""
    item = today.get_item(card_id, visible_to=user)
    key = str(item.customer_id)
    whom = shared_addressee(key, at=at)
    name = item.customer.name if item.customer else key
    drafts, step = today.drafts_for(item, name, user=user, whom=whom)
    return _messages(key, step, whom, drafts)


def task_messages(task_id: int, *, user: Staff, at: dt.datetime) -> Record:
    """Return the message to start from of a step to be done, or answer 404."""
    task = playbook.get_task(task_id, visible_to=user)
    key = str(task.customer_id)
    whom = shared_addressee(key, at=at)
    play = task.open_play
    drafts: Sequence[Draft] = ()
    if play is not None and task.state == Task.State.OPEN and not whom.is_refused:
        steps = {step.key: step for step in steps_of(play.steps)}
        values = placeholder_values(
            customer=task.customer.name if task.customer else "",
            contact=whom.name,
            reason=play.reason or {},
            sender=user.name,
        )
        if task.step in steps:
            drafts = drafts_of(steps[task.step], values)
    return _messages(key, words.said(task.label) if drafts else "", whom, drafts)


def library(user: Staff) -> Sequence[Record]:
    """Return the plays that the definitions hold, and what came of those begun."""
    return [
        {
            "key": line.play.key,
            "label": words.said(line.play.label),
            "about": words.said(line.play.about),
            "assumed_effect": line.play.assumed_effect,
            "signals": line.signals,
            "counts": {name: line.counts.get(name, 0) for name in _COUNTED},
            "steps": [_step(step) for step in line.steps],
        }
        for line in playbook.list_library(user)
    ]


def load(user: Staff, *, at: dt.datetime) -> Sequence[Record]:
    """Return what everybody has to do, as far as a user sees it."""
    return [
        {
            "email": each.email,
            "name": each.name,
            "is_here": each.is_here,
            "left_on": each.left_on,
            "customers": each.cards,
            "plays": each.plays,
            "tasks_due": each.tasks_due,
            "tasks_overdue": each.overdue,
            "minutes": each.minutes,
        }
        for each in team_load(user, today=company_day(at))
    ]


def absent(user: Staff, *, at: dt.datetime) -> Sequence[Record]:
    """Return who is gone and whose work waits for a hand-over."""
    return [
        {
            "email": each.email,
            "name": each.name,
            "left_on": each.left_on,
            "customers": each.cards,
            "plays": each.plays,
            "tasks": each.tasks,
        }
        for each in absent_people(user, today=company_day(at))
    ]


def brief_page(hand_over_id: int, *, user: Staff, start: int, size: int) -> Brief:
    """Return some customers of a hand-over with what to know, by name."""
    brief = playbook.brief(hand_over_id, user=user)
    found = brief.customers[start : start + size]
    has_more = len(brief.customers) > start + size
    return Brief([_at_customer(each) for each in found], has_more)


def _at_customer(found: playbook.BriefCustomer) -> Record:
    return {
        "customer_id": found.customer_id or None,
        "name": found.name,
        "cards": [{"id": item.pk, "label": label} for item, label in found.items],
        "plays": [
            {"id": play.pk, "label": words.said(play.label)} for play in found.plays
        ],
        "tasks": [
            {"id": task.pk, "label": words.said(task.label), "due_on": task.due_on}
            for task in found.tasks
        ],
        "deeds": [
            {
                "at": deed.at,
                "title": deed.title,
                "more": deed.more,
                "text": deed.text,
                "by": deed.by,
            }
            for deed in found.deeds
        ],
        "notes": [task.note for task in found.notes],
    }


def _step(step: Step) -> Record:
    return {
        "key": step.key,
        "label": words.said(step.label),
        "role": step.role,
        "due_days": step.due_days,
        "channel": step.channel,
        "minutes": step.minutes,
        "note_required": step.note_required,
        "has_message": step.template is not None,
        "branches": [
            {"label": words.said(branch.label), "then": branch.then}
            for branch in step.branches
        ],
    }


def _messages(
    customer_id: str, step: str, whom: Addressee, drafts: Sequence[Draft]
) -> Record:
    return {
        "customer_id": customer_id,
        "step": step,
        "contact": whom.name,
        "note": whom.note,
        "items": [
            {"language": each.language, "subject": each.subject, "body": each.body}
            for each in drafts
        ],
    }
