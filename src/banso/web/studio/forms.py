"""What the studio asks for."""

import math
from collections.abc import Mapping

from django import forms
from django.utils.translation import gettext_lazy as _

PREFIX = "weight."
HIGHEST = 1000.0


class NoteForm(forms.Form):
    """Something to say about a draft."""

    text = forms.CharField(
        label=_("Note"), max_length=4000, widget=forms.Textarea({"rows": 2})
    )


class DecisionForm(forms.Form):
    """Why somebody decides."""

    why = forms.CharField(label=_("Reason"), max_length=500)


def typed_shares(
    posted: Mapping[str, str], keys: list[str]
) -> tuple[dict[str, float], list[str]]:
    """Return the weights that were typed in, and the keys that hold no such number."""
    shares: dict[str, float] = {}
    wrong: list[str] = []
    for key in keys:
        text = str(posted.get(f"{PREFIX}{key}", "")).strip().rstrip("%").strip()
        try:
            value = float(text.replace("，", ",").replace(",", ".") or 0)
        except ValueError:
            value = math.nan
        if not 0 <= value <= HIGHEST:
            wrong.append(key)
        else:
            shares[key] = value
    return shares, wrong
