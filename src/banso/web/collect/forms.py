"""The forms of sources."""

import datetime as dt

from django import forms
from django.utils.translation import gettext_lazy as _


class SourceForm(forms.Form):
    """What a source is called, and how much it may send."""

    name = forms.CharField(label=_("Name of the source"), max_length=80)
    limit_per_second = forms.IntegerField(
        label=_("Calls a second at most"),
        required=False,
        min_value=1,
        max_value=1_000_000,
        help_text=_("On average. Empty: as many as the machine can take."),
    )


class NewSourceForm(SourceForm):
    """A source to add."""

    key = forms.SlugField(
        label=_("Key of the source"),
        max_length=40,
        help_text=_(
            "Small letters, digits and hyphens. It stands in the ids of the source's"
            " events and cannot be changed."
        ),
    )
    field_order = ("name", "key", "limit_per_second")


class EditSourceForm(SourceForm):
    """A source to change."""

    is_active = forms.BooleanField(label=_("May send"), required=False)


class RotationForm(forms.Form):
    """A new write key, and how long the old ones still count."""

    overlap_hours = forms.TypedChoiceField(
        label=_("The old keys end"),
        coerce=int,
        choices=[
            (0, _("at once")),
            (1, _("in an hour")),
            (24, _("in a day")),
            (168, _("in a week")),
        ],
        initial=24,
    )

    def overlap(self) -> dt.timedelta:
        """Return how long the old keys still count."""
        return dt.timedelta(hours=self.cleaned_data["overlap_hours"])
