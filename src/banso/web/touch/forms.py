"""What the reader chooses on the pages of touch models, and an override."""

from collections.abc import Mapping, Sequence

from django import forms
from django.utils.translation import gettext_lazy as _

LARGEST = 100_000


class ProposalForm(forms.Form):
    """Which customers the list shows."""

    show = forms.ChoiceField(label=_("Show"), required=False)
    now = forms.ChoiceField(label=_("Touch model now"), required=False)
    proposed = forms.ChoiceField(label=_("Touch model proposed"), required=False)

    @classmethod
    def of(
        cls,
        offered: Mapping[str, Sequence[tuple[str, str]]],
        asked: Mapping[str, str],
    ) -> "ProposalForm":
        """Return the form as the page stands."""
        form = cls(initial={name: asked.get(name, "") for name in cls.base_fields})
        for name, choices in offered.items():
            form.fields[name].choices = choices  # type: ignore[attr-defined]
        return form


class OverrideForm(forms.Form):
    """What somebody sets by hand, why, and until when."""

    touch = forms.ChoiceField(label=_("Touch model"), required=False)
    owner = forms.ChoiceField(label=_("Owner"), required=False)
    why = forms.CharField(
        label=_("Reason"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Whoever reads the proposals sees it."),
    )
    until = forms.DateField(
        label=_("Last day on which it holds"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("Empty: until somebody ends it."),
    )

    @classmethod
    def of(
        cls,
        touches: Sequence[tuple[str, str]],
        owners: Sequence[tuple[str, str]],
        given: Mapping[str, str] | None = None,
    ) -> "OverrideForm":
        """Return the form with what there is to choose from."""
        form = cls(given)
        as_it_is = ("", _("As it is"))
        form.fields["touch"].choices = [as_it_is, *touches]  # type: ignore[attr-defined]
        form.fields["owner"].choices = [as_it_is, *owners]  # type: ignore[attr-defined]
        return form


class CapacityForm(forms.Form):
    """The assumptions of the capacity plan."""

    basis = forms.ChoiceField(
        label=_("Touch models"),
        required=False,
        choices=[("", _("As they are")), ("proposed", _("As proposed"))],
    )
    growth = forms.FloatField(
        label=_("Growth of customers a year (%)"), min_value=-90, max_value=1000
    )
    months = forms.IntegerField(label=_("Months"), min_value=1, max_value=60)
    people = forms.IntegerField(label=_("CSMs today"), min_value=0, max_value=LARGEST)
    hours_per_week = forms.FloatField(
        label=_("Hours a week for customers, each CSM"), min_value=1, max_value=60
    )
    hours_high = forms.FloatField(
        label=_("Hours a month: high touch"), min_value=0, max_value=200
    )
    hours_low = forms.FloatField(
        label=_("Hours a month: low touch"), min_value=0, max_value=200
    )
    hours_tech = forms.FloatField(
        label=_("Hours a month: tech touch"), min_value=0, max_value=200
    )
