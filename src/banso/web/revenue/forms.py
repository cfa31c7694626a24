"""What the reader chooses on the pages of revenue."""

from django import forms
from django.utils.translation import gettext_lazy as _

from banso.web.revenue.queries import Choices, RevenuePage
from banso.web.revenue.reconciliation import ReconciliationPage
from banso.web.revenue.retention import RetentionPage


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
        form = cls(initial=dict(page.choices.chosen))
        _offer(form, page.choices)
        return form


class RetentionForm(forms.Form):
    """The month, the split and the currency."""

    month = forms.ChoiceField(label=_("Month"), required=False)
    grouping = forms.ChoiceField(label=_("Split by"), required=False)
    currency = forms.ChoiceField(label=_("Currency"), required=False)

    @classmethod
    def of(cls, page: RetentionPage) -> "RetentionForm | None":
        """Return the form as the page stands; without what there is no choice of."""
        if page.choices is None:
            return None
        form = cls(initial=dict(page.choices.chosen))
        _offer(form, page.choices)
        return form


class ReconciliationForm(forms.Form):
    """The month and the currency."""

    month = forms.ChoiceField(label=_("Month"), required=False)
    currency = forms.ChoiceField(label=_("Currency"), required=False)

    @classmethod
    def of(cls, page: ReconciliationPage) -> "ReconciliationForm | None":
        """Return the form as the page stands; without what there is no choice of."""
        if page.choices is None:
            return None
        form = cls(initial=dict(page.choices.chosen))
        _offer(form, page.choices)
        return form


def _offer(form: forms.Form, choices: Choices) -> None:
    for name in list(form.fields):
        if name in choices.offered:
            offered = choices.offered[name]
            form.fields[name].choices = offered  # type: ignore[attr-defined]
        else:
            del form.fields[name]
