"""What the reader chooses on the page of drivers."""

from django import forms
from django.utils.translation import gettext_lazy as _

from banso.web.drivers.queries import Elements, Years


class YearsForm(forms.Form):
    """What is compared over the years of use."""

    element = forms.ChoiceField(label=_("Compare"), required=False)

    @classmethod
    def of(cls, years: Years | None) -> "YearsForm | None":
        """Return the form as the page stands."""
        if years is None:
            return None
        form = cls(initial={"element": years.chosen})
        form.fields["element"].choices = list(years.choices)  # type: ignore[attr-defined]
        return form


class ElementForm(forms.Form):
    """Which elements the table shows."""

    kind = forms.ChoiceField(label=_("Kind"), required=False)
    stratum = forms.ChoiceField(label=_("Customers"), required=False)
    show = forms.ChoiceField(label=_("Show"), required=False)

    @classmethod
    def of(cls, elements: Elements | None) -> "ElementForm | None":
        """Return the form as the page stands."""
        if elements is None:
            return None
        chosen = elements.selection
        form = cls(
            initial={
                "kind": chosen.kind,
                "stratum": chosen.stratum,
                "show": chosen.show,
            }
        )
        offered = {
            "kind": [("", _("All")), *elements.kinds],
            "stratum": list(elements.strata),
            "show": [("", _("All elements")), ("found", _("Those that separate"))],
        }
        for name, choices in offered.items():
            form.fields[name].choices = choices  # type: ignore[attr-defined]
        return form
