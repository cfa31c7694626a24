"""The filter of the quarantine."""

from django import forms
from django.utils.translation import gettext_lazy as _

from banso.runs.quarantine_reading import Summary, Wanted
from banso.tables.registry import TABLES
from banso.web.data.reasons import title_of
from banso.web.data.standing import here


class FilterForm(forms.Form):
    """Which findings to show."""

    table = forms.ChoiceField(label=_("Table"), required=False)
    reason = forms.ChoiceField(label=_("Reason"), required=False)
    source = forms.ChoiceField(label=_("File"), required=False)
    waiting_for = forms.CharField(
        label=_("Waits for customer"), required=False, max_length=200
    )

    def __init__(self, data: object, *, summary: Summary) -> None:
        super().__init__(data)  # type: ignore[arg-type]
        groups = summary.groups
        offered = {
            "table": [(n, here(TABLES[n].label)) for n in TABLES],
            "reason": [(r, title_of(r)) for r in sorted({g.reason for g in groups})],
            "source": [(s, s) for s in sorted({g.source for g in groups})],
        }
        present = {g.table for g in groups}
        offered["table"] = [each for each in offered["table"] if each[0] in present]
        for name, choices in offered.items():
            self.fields[name].choices = [("", _("All")), *choices]  # type: ignore[attr-defined]

    def wanted(self) -> Wanted:
        """Return what the form asks for; what it does not offer asks nothing."""
        self.is_valid()
        return Wanted(**self.cleaned_data)
