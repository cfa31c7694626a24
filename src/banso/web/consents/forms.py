"""What somebody records of what a person allows."""

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from banso.kernel.consent import Purpose
from banso.web.consents import words
from banso.web.consents.models import Decision
from banso.web.consents.operations import Said


class DecisionForm(forms.Form):
    """One purpose, yes or no, and how it was said."""

    purpose = forms.ChoiceField(label=pgettext_lazy("consent", "Purpose"))
    granted = forms.TypedChoiceField(
        label=pgettext_lazy("consent", "Decision"),
        choices=[
            ("no", pgettext_lazy("consent", "Refuses or withdraws")),
            ("yes", pgettext_lazy("consent", "Allows")),
        ],
        coerce=lambda value: value == "yes",
    )
    decided_at = forms.DateTimeField(
        label=_("Said on"),
        required=False,
        widget=forms.DateTimeInput(
            attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"
        ),
        help_text=_("Empty: now."),
    )
    basis = forms.ChoiceField(
        label=pgettext_lazy("consent", "Basis"),
        required=False,
        choices=[("", "–"), *Decision.Basis.choices],
    )
    source = forms.CharField(
        label=_("Where or how it was said"),
        max_length=200,
        required=False,
        help_text=_("For instance: call, mail, form of the web site."),
    )
    reason = forms.CharField(
        label=_("Reason"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, data: object = None, **more: object) -> None:
        super().__init__(data, **more)  # type: ignore[arg-type]
        self.fields["purpose"].choices = words.purposes()  # type: ignore[attr-defined]

    def said(self) -> Said:
        """Return what was said, once it is valid."""
        given = self.cleaned_data
        return Said(
            purpose=Purpose(given["purpose"]),
            granted=given["granted"],
            decided_at=given["decided_at"],
            basis=given["basis"],
            source=given["source"].strip(),
            reason=given["reason"].strip(),
        )
