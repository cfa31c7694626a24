"""What the page of background work is asked for."""

from django import forms
from django.utils.translation import gettext_lazy as _


class FilterForm(forms.Form):
    """Which jobs to show."""

    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[
            ("", _("All")),
            ("running", _("Under way")),
            ("waiting", _("Waiting")),
            ("failing", _("Failed, will be tried again")),
            ("dead", _("Given up")),
            ("done", _("Done")),
        ],
    )

    def chosen(self) -> str:
        """Return the state to show; empty for all, also when it is none."""
        return str(self.cleaned_data["state"]) if self.is_valid() else ""
