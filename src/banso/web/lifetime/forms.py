"""What the reader chooses on the page of lifetime value."""

from typing import TYPE_CHECKING

from django import forms
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from banso.web.lifetime.queries import LifetimePage


class LifetimeForm(forms.Form):
    """By what customers are grouped, and in which currency they pay."""

    group = forms.ChoiceField(label=_("Grouping"), required=False)
    currency = forms.ChoiceField(label=_("Currency"), required=False)

    @classmethod
    def of_page(cls, page: "LifetimePage") -> "LifetimeForm":
        """Return the form as the page stands; one currency is no choice."""
        form = cls(initial={"group": page.group, "currency": page.currency})
        groups = [("", _("All customers together")), *page.groups]
        form.fields["group"].choices = groups  # type: ignore[attr-defined]
        currencies = [(each, each) for each in page.currencies]
        form.fields["currency"].choices = currencies  # type: ignore[attr-defined]
        if len(currencies) < 2:
            del form.fields["currency"]
        return form
