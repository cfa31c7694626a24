"""The form of a new token."""

from collections.abc import Sequence

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from banso.web.tokens.operations import DEFAULT_DAYS, MAX_DAYS
from banso.webkit.permissions import READ, TOKEN_SCOPES, WRITE

DAYS = (7, 30, DEFAULT_DAYS, 180, MAX_DAYS)
_GROUPS = {
    "customers": gettext_lazy("Customers"),
    "work": gettext_lazy("Work"),
    "revenue": gettext_lazy("Revenue"),
    "definitions": gettext_lazy("Definitions and drivers"),
    "trials": gettext_lazy("Trials and simulators"),
    "data": gettext_lazy("Data"),
    "administration": gettext_lazy("Administration"),
}  # a group of `permissions.GROUPS` without a label is called by its key


def scope_label(scope: str) -> str:
    """Return what people read for a scope of a token."""
    if scope == READ:
        return _("Read everything but administration")
    if scope == WRITE:
        return _("Read and change everything but administration")
    name, _colon, reach = scope.partition(":")
    words = {"group": str(_GROUPS.get(name, name))}
    if reach == WRITE:
        return _("%(group)s: read and change") % words
    return _("%(group)s: read") % words


def _scopes() -> Sequence[tuple[str, str]]:
    return [(scope, scope_label(scope)) for scope in TOKEN_SCOPES]


def _days() -> Sequence[tuple[int, str]]:
    return [(days, _("%(n)d days") % {"n": days}) for days in DAYS]


class TokenForm(forms.Form):
    """What a new token is for."""

    name = forms.CharField(
        label=gettext_lazy("Name of the token"),
        max_length=80,
        help_text=gettext_lazy("What it is for, e.g. “Notebook” or “Zapier”."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    scopes = forms.MultipleChoiceField(
        label=gettext_lazy("Good for"),
        choices=_scopes,
        initial=[READ],
        help_text=gettext_lazy("Never more than you may yourself."),
        widget=forms.CheckboxSelectMultiple,
    )
    days = forms.TypedChoiceField(
        label=gettext_lazy("Valid for"),
        choices=_days,
        coerce=int,
        initial=DEFAULT_DAYS,
    )
