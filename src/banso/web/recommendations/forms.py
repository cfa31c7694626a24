"""What the reader chooses on the page of recommendations."""

from django import forms
from django.utils.translation import gettext_lazy as _

from banso.web.recommendations.queries import RecommendationsPage


class SuggestionForm(forms.Form):
    """Which suggestions the table shows."""

    item = forms.ChoiceField(label=_("Item"), required=False)
    kind = forms.ChoiceField(label=_("Kind"), required=False)

    @classmethod
    def of(cls, page: RecommendationsPage | None) -> "SuggestionForm | None":
        """Return the form as the page stands."""
        if page is None:
            return None
        form = cls(initial={"item": page.selection.item, "kind": page.selection.kind})
        offered = {
            "item": [("", _("All")), *((row.key, row.label) for row in page.items)],
            "kind": [("", _("All")), *page.kinds],
        }
        for name, choices in offered.items():
            form.fields[name].choices = choices  # type: ignore[attr-defined]
        return form
