"""What acting on a card asks for."""

import datetime as dt
from collections.abc import Mapping

from django import forms
from django.utils.translation import gettext_lazy as _

from banso.web.accounts import queries as accounts
from banso.web.work.models import OpenPlay, WorkItem
from banso.web.work.operations import LONGEST_SNOOZE
from banso.webkit.permissions import Staff

MOST_CLAIMS = 100
_NOTE = {"rows": 3}


class DelegationForm(forms.Form):
    """To whom, and what to know."""

    to = forms.ChoiceField(label=_("To whom"))
    note = forms.CharField(
        label=_("What to know"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(_NOTE),
    )

    def __init__(self, data: Mapping[str, str] | None = None, *, by: Staff) -> None:
        super().__init__(data)
        people = accounts.list_active(beside=by)
        self.fields["to"].choices = [(each.email, each.name) for each in people]  # type: ignore[attr-defined]


class SnoozeForm(forms.Form):
    """Until when, and why."""

    until = forms.DateField(
        label=_("Until"), widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )
    why = forms.CharField(label=_("Reason"), required=False, max_length=500)

    def __init__(
        self, data: Mapping[str, str] | None = None, *, today: dt.date
    ) -> None:
        super().__init__(data, initial={"until": today + dt.timedelta(days=7)})
        bounds = (today + dt.timedelta(days=1), today + LONGEST_SNOOZE)
        self.fields["until"].widget.attrs |= {
            "min": bounds[0].isoformat(),
            "max": bounds[1].isoformat(),
        }


class DismissalForm(forms.Form):
    """Why nothing is to be done."""

    reason = forms.ChoiceField(
        label=_("Why"), choices=WorkItem.Dismissal, widget=forms.RadioSelect
    )
    why = forms.CharField(
        label=_("Note"), required=False, max_length=500, widget=forms.Textarea(_NOTE)
    )

    def clean(self) -> dict[str, object]:
        """Ask for words where no reason of the list fits."""
        found = super().clean() or {}
        if found.get("reason") == WorkItem.Dismissal.OTHER and not found.get("why"):
            self.add_error("why", _("Say which."))
        return found


class StepForm(forms.Form):
    """What came of a step."""

    then = forms.CharField(required=False, max_length=100)  # of the branch taken
    note = forms.CharField(
        label=_("Note"), required=False, max_length=4000, widget=forms.Textarea(_NOTE)
    )
    minutes = forms.IntegerField(
        label=_("Minutes that it took"), required=False, min_value=0, max_value=1440
    )


class ResultForm(forms.Form):
    """What came of a play."""

    result = forms.ChoiceField(
        label=_("What came of it"),
        choices=OpenPlay.Result,
        widget=forms.RadioSelect,
    )
    note = forms.CharField(
        label=_("What to learn from it"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(_NOTE),
    )


class StopForm(forms.Form):
    """Why a play is stopped."""

    note = forms.CharField(
        label=_("Reason"), max_length=2000, widget=forms.Textarea(_NOTE)
    )


class TaskForm(forms.Form):
    """A task by hand."""

    title = forms.CharField(label=_("What is to be done"), max_length=200)
    due_on = forms.DateField(
        label=_("Due"), widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )
    assignee = forms.ChoiceField(label=_("Who does it"))

    def __init__(
        self, data: Mapping[str, str] | None = None, *, by: Staff, due: dt.date
    ) -> None:
        super().__init__(data, initial={"due_on": due, "assignee": by.email})
        self.fields["assignee"].choices = [  # type: ignore[attr-defined]
            (each.email, each.name) for each in accounts.list_active()
        ]


class HandOverForm(forms.Form):
    """Who takes over, and what to know."""

    to = forms.ChoiceField(label=_("Who takes over"))
    note = forms.CharField(
        label=_("What to know"),
        required=False,
        max_length=4000,
        widget=forms.Textarea({"rows": 4}),
    )
    is_standing = forms.BooleanField(
        label=_("Also what opens from now on"), required=False, initial=True
    )

    def __init__(
        self, data: Mapping[str, str] | None = None, *, giver: str, may_stand: bool
    ) -> None:
        super().__init__(data)
        self.fields["to"].choices = [  # type: ignore[attr-defined]
            (each.email, each.name)
            for each in accounts.list_active()
            if each.email != giver
        ]
        if not may_stand:
            del self.fields["is_standing"]


def read_claims(texts: list[str]) -> dict[int, int]:
    """Return the openings that a form names as ``key:version``; others are left out."""
    claims = {}
    for text in texts[:MOST_CLAIMS]:
        key, _colon, version = text.partition(":")
        if key.isdecimal() and version.isdecimal() and len(text) < 30:
            claims[int(key)] = int(version)
    return claims
