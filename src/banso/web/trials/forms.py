"""What is asked when a trial is designed, stopped, or decided about."""

from collections.abc import Mapping, Sequence
from typing import Final

from django import forms
from django.utils.translation import gettext_lazy as _

from banso.analytics.trials.drawing import SHARES
from banso.analytics.trials.registry import STATES, State
from banso.web.trials import words
from banso.web.trials.models import StartedTrial

STRATA: Final = ("touch", "size", "industry", "plan")
WHY: Final = 500
Choices = Sequence[tuple[str, str]]


class DesignForm(forms.Form):
    """Everything that is fixed when a trial starts."""

    signal = forms.ChoiceField(label=_("Signal"))
    play = forms.ChoiceField(label=_("Play"))
    name = forms.CharField(label=_("Name of the trial"), max_length=120)
    outcome = forms.ChoiceField(
        label=_("Outcome"),
        choices=StartedTrial.Outcome.choices,
        help_text=_("By what the play is judged. It cannot be changed later."),
    )
    window_days = forms.IntegerField(
        label=_("Window (days)"),
        min_value=7,
        max_value=730,
        help_text=_("How long each customer is followed after the draw."),
    )
    share_held_out = forms.TypedChoiceField(
        label=_("Share held out"),
        coerce=float,
        choices=[(str(share), f"{share:.0%}") for share in reversed(SHARES)],
        help_text=_("Half needs the fewest customers."),
    )
    rate = forms.FloatField(
        label=_("Outcome without the play (%)"), min_value=0.1, max_value=99.9
    )
    expected = forms.FloatField(
        label=_("Outcome with the play (%)"),
        min_value=0.1,
        max_value=99.9,
        help_text=_("The smallest change that would be worth the work."),
    )
    strata = forms.MultipleChoiceField(
        label=_("Draw separately by"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=[(name, words.COLUMNS[name]) for name in STRATA],
    )
    guard_rails = forms.MultipleChoiceField(
        label=_("Must not get worse"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=[(name, words.RAILS[name]) for name in words.RAILS],
    )

    def __init__(
        self,
        answers: Mapping[str, object] | None,  # of a page: with several of a name
        *,
        initial: Mapping[str, object],
        signals: Choices,
        plays: Choices,
    ) -> None:
        super().__init__(answers, initial=dict(initial))
        self.fields["signal"].choices = signals  # type: ignore[attr-defined]
        self.fields["play"].choices = plays  # type: ignore[attr-defined]

    def clean(self) -> dict[str, object]:
        """Refuse a play that is to change nothing, or to make things worse."""
        found = dict(super().clean() or {})
        rate, expected = found.get("rate"), found.get("expected")
        if isinstance(rate, float) and isinstance(expected, float):
            gained = expected - rate
            if found.get("outcome") != "expansion":
                gained = -gained
            if gained <= 0:
                self.add_error(
                    "expected", _("This is no improvement on the outcome without it.")
                )
        return found


class WhyForm(forms.Form):
    """Why somebody decides."""

    why = forms.CharField(label=_("Reason"), max_length=WHY)


class DecisionForm(WhyForm):
    """What is decided of a play at a signal."""

    signal = forms.CharField(widget=forms.HiddenInput)
    play = forms.CharField(widget=forms.HiddenInput)
    state = forms.ChoiceField(
        label=_("Standing"), choices=[(state, words.STATES[state]) for state in STATES]
    )

    @property
    def chosen(self) -> State:
        """The status that a valid form names."""
        return next(s for s in STATES if s == self.cleaned_data["state"])
