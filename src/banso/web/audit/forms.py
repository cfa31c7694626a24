"""The filters of the audit pages."""

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from banso.web.audit import queries, reads
from banso.webkit.personal import Personal, Way


class FilterForm(forms.Form):
    """What to show of the audit."""

    action = forms.ChoiceField(label=_("Action"), required=False)
    person = forms.CharField(label=_("Person"), required=False, max_length=100)
    subject = forms.CharField(label=_("About"), required=False, max_length=100)
    since = forms.DateField(
        label=_("From"), required=False, widget=forms.DateInput({"type": "date"})
    )
    until = forms.DateField(
        label=_("To"), required=False, widget=forms.DateInput({"type": "date"})
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        actions = [
            (code, queries.action_title(code)) for code in queries.known_actions()
        ]
        self.fields["action"].choices = [("", _("All")), *actions]  # type: ignore[attr-defined]

    def filters(self) -> queries.Filters:
        """Return what the form asks for; a field that cannot be read asks nothing."""
        self.is_valid()
        return queries.Filters(**self.cleaned_data)


class ReadsForm(forms.Form):
    """Which reads of personal data to show."""

    person = forms.CharField(label=_("Read by"), required=False, max_length=100)
    customer = forms.CharField(
        label=pgettext_lazy("audit", "Customer"), required=False, max_length=200
    )
    kind = forms.ChoiceField(
        label=_("What was read"),
        required=False,
        choices=[("", _("All")), *Personal.choices],
    )
    way = forms.ChoiceField(
        label=_("By way of"), required=False, choices=[("", _("All")), *Way.choices]
    )
    since = forms.DateField(
        label=_("From"), required=False, widget=forms.DateInput({"type": "date"})
    )
    until = forms.DateField(
        label=_("To"), required=False, widget=forms.DateInput({"type": "date"})
    )

    def filters(self) -> reads.Filters:
        """Return what the form asks for; a field that cannot be read asks nothing."""
        self.is_valid()
        return reads.Filters(**self.cleaned_data)
