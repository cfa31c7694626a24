"""What is said of work, in the reader's language."""

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from banso.web.work.models import Action, WorkItem
from banso.webkit import formatting

ROLES: Final[Mapping[str, str | Promise]] = {
    "csm": gettext_lazy("CSM"),
    "lead": gettext_lazy("Lead of the team"),
    "support": gettext_lazy("Customer support"),
    "sales": gettext_lazy("Sales"),
    "ops": gettext_lazy("CS operations"),
    "product": gettext_lazy("Product team"),
    "community": gettext_lazy("Community team"),
    "executive": gettext_lazy("Executive"),
}
CHANNELS: Final[Mapping[str, tuple[str | Promise, str]]] = {
    "visit": (gettext_lazy("Visit"), "map-pin"),
    "call": (gettext_lazy("Call"), "phone"),
    "meeting": (gettext_lazy("Meeting"), "users"),
    "mail": (gettext_lazy("Mail"), "mail"),
    "webinar": (gettext_lazy("Webinar"), "presentation"),
    "chat": (gettext_lazy("Chat"), "message-circle"),
    "in_app": (gettext_lazy("In the product"), "app-window"),
}


def said(label: Mapping[str, str]) -> str:
    """Return a text that is kept in both languages, in the reader's."""
    return label.get((get_language() or "en")[:2]) or label.get("en") or ""


def role(key: str) -> str:
    """Return what a role of ours is called."""
    return str(ROLES.get(key, key))


def channel(key: str) -> str:
    """Return what a way of contact is called; nothing for none."""
    return str(CHANNELS[key][0]) if key in CHANNELS else key


def channel_icon(key: str) -> str:
    """Return the icon of a way of contact."""
    return CHANNELS[key][1] if key in CHANNELS else "square-check"


def reason(item: WorkItem) -> str:
    """Return why a signal opened."""
    return item.reason_ja if (get_language() or "en")[:2] == "ja" else item.reason_en


def decision(item: WorkItem) -> str:
    """Return the last decision about an opening, in words."""
    state = WorkItem.State(item.state)
    if state is WorkItem.State.SNOOZED:
        day = formatting.day(item.snoozed_until)
        return _("snoozed until %(day)s") % {"day": day}
    if state is WorkItem.State.DISMISSED:
        return _("dismissed")
    if state is WorkItem.State.IN_PLAY:
        return _("started a play")
    if state is WorkItem.State.DONE:
        return _("finished the play")
    if item.assignee is not None:
        return _("delegated to %(name)s") % {"name": item.assignee.name}
    return _("opened again")


def handed_to(name: str) -> str:
    """Return that somebody's work was handed over, in words."""
    return _("handed over to %(name)s") % {"name": name}


def standing(item: WorkItem) -> str:
    """Return how an opening stands that is not to be acted on, with who and when."""
    if item.closed_on is not None:
        return _("It closed on %(day)s: %(why)s.") % {
            "day": formatting.day(item.closed_on),
            "why": WorkItem.Closed(item.closed_why).label,
        }
    if item.state == WorkItem.State.HELD_OUT:
        return _("It is held out: a trial looks what comes of it when nobody acts.")
    if item.decided_by is None:
        return ""
    return _("%(name)s, %(when)s: %(what)s.") % {
        "name": item.decided_by.name,
        "when": formatting.moment(item.decided_at),
        "what": decision(item),
    }


_DEEDS: Final[Mapping[str, str | Promise]] = {
    "play_started": gettext_lazy("started a play"),
    "step_done": gettext_lazy("did a step"),
    "play_finished": gettext_lazy("finished a play"),
    "play_stopped": gettext_lazy("stopped a play"),
    "delegated": gettext_lazy("delegated"),
    "snoozed": gettext_lazy("snoozed"),
    "dismissed": gettext_lazy("dismissed"),
    "reopened": gettext_lazy("opened again"),
    "task_done": gettext_lazy("did a task"),
    "handed_over": gettext_lazy("handed over"),
}


def deed(action: Action) -> str:
    """Return what somebody did, in words."""
    return str(_DEEDS.get(action.kind, action.kind))
