"""What the reader chooses on the renewal desk."""

from django import forms
from django.utils.translation import gettext_lazy as _

from banso.web.renewals.queries import Desk


class DeskForm(forms.Form):
    """Which renewals the desk shows."""

    month = forms.ChoiceField(label=_("Month"), required=False)
    owner = forms.ChoiceField(label=_("Owner"), required=False)
    touch = forms.ChoiceField(label=_("Touch model"), required=False)
    stage = forms.ChoiceField(label=_("Stage"), required=False)
    currency = forms.ChoiceField(label=_("Currency"), required=False)

    @classmethod
    def of(cls, page: Desk) -> "DeskForm | None":
        """Return the form as the page stands; without what there is no choice of."""
        if not page.offered:
            return None
        form = cls(initial=dict(page.chosen or {}))
        for name in list(form.fields):
            if name in page.offered:
                offered = page.offered[name]
                form.fields[name].choices = offered  # type: ignore[attr-defined]
            else:
                del form.fields[name]
        return form
