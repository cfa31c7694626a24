"""The form of a new endpoint."""

from django import forms
from django.utils.translation import gettext_lazy as _

from banso.web.webhooks.queries import EVENTS


class EndpointForm(forms.Form):
    """Where to, and what."""

    url = forms.CharField(
        label=_("Address"),
        max_length=500,
        widget=forms.URLInput(attrs={"placeholder": "https://"}),
    )
    kinds = forms.MultipleChoiceField(
        label=_("Kinds of events"),
        choices=list(EVENTS.items()),
        initial=list(EVENTS),
        widget=forms.CheckboxSelectMultiple,
    )
