"""What a trial of drafts asks for."""

from django import forms
from django.utils.translation import gettext_lazy as _

LONGEST = 100_000  # characters of a draft


class TrialForm(forms.Form):
    """One draft of signals or two, to be tried on the past."""

    first = forms.CharField(
        label=_("Draft A"),
        max_length=LONGEST,
        strip=False,
        widget=forms.Textarea({"rows": 16, "spellcheck": "false"}),
    )
    second = forms.CharField(
        label=_("Draft B (optional)"),
        max_length=LONGEST,
        required=False,
        strip=False,
        widget=forms.Textarea({"rows": 16, "spellcheck": "false"}),
    )
    months = forms.IntegerField(
        label=_("Months back"), min_value=1, max_value=120, initial=24
    )
