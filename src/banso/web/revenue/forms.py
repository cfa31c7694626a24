"""What the reader chooses on the page of revenue."""

from django import forms
from django.utils.translation import gettext_lazy as _

from banso.web.revenue.queries import RevenuePage


class RevenueForm(forms.Form):
    """The period, the split and the currency."""

    period = forms.ChoiceField(label=_("Period"), required=False)
    grouping = forms.ChoiceField(label=_("Split by"), required=False)
    segment = forms.ChoiceField(label=_("Segment"), required=False)
    currency = forms.ChoiceField(label=_("Currency"), required=False)

    @classmethod
    def of(cls, page: RevenuePage) -> "RevenueForm | None":
        """Return the form as the page stands; without what there is no choice of."""
        if page.choices is None:
            return None
        offered, chosen = page.choices.offered, page.choices.chosen
        form = cls(initial=dict(chosen))
        for name in list(form.fields):
            if name in offered:
                form.fields[name].choices = offered[name]  # type: ignore[attr-defined]
            else:
                del form.fields[name]
        return form
