"""What the reader chooses on the page of cohorts."""

from typing import TYPE_CHECKING

from django import forms
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from banso.web.cohorts.queries import CohortsPage


class CohortForm(forms.Form):
    """Whose cohorts the page shows."""

    of = forms.ChoiceField(label=_("What is followed"), required=False)
    name = forms.ChoiceField(label=_("Feature"), required=False)
    group = forms.ChoiceField(label=_("Grouping"), required=False)
    segment = forms.ChoiceField(label=_("Segment"), required=False)

    @classmethod
    def of_page(cls, page: "CohortsPage") -> "CohortForm":
        """Return the form as the page stands, with the choices that it has."""
        asked = page.selection
        form = cls(
            initial={
                "of": asked.of,
                "name": asked.name,
                "group": asked.group,
                "segment": "" if asked.segment is None else f":{asked.segment}",
            }
        )
        offered = {
            "of": page.subjects,
            "name": page.features,
            "group": [("", _("All customers together")), *page.groups],
            "segment": [("", _("Each segment")), *page.segments],
        }
        wanted = {
            "name": asked.of == "features",
            "group": asked.of == "contracts",
            "segment": bool(asked.group),
        }
        for name, choices in offered.items():
            if not wanted.get(name, True):
                del form.fields[name]
            else:
                form.fields[name].choices = choices  # type: ignore[attr-defined]
        return form
