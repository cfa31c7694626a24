"""What is said of trials, in the reader's language."""

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy, pgettext_lazy

from banso.analytics.trials.registry import State
from banso.kernel.labels import Label
from banso.webkit import formatting

Words = Mapping[str, str | Promise]

VERDICTS: Final[Words] = {
    "proven": pgettext_lazy("verdict of a trial", "Proven"),
    "harmful": pgettext_lazy("verdict of a trial", "Harmful"),
    "no_effect": pgettext_lazy("verdict of a trial", "No effect"),
    "not_enough": pgettext_lazy("verdict of a trial", "Not enough data"),
}
WHOM: Final[Words] = {
    "target_these": pgettext_lazy("whom to treat", "Those it helps most first"),
    "treat_everybody": pgettext_lazy("whom to treat", "Everybody"),
    "treat_nobody": pgettext_lazy("whom to treat", "Nobody"),
    "not_enough_data": pgettext_lazy("whom to treat", "Not known yet"),
}
# What a figure above 0 says, by the outcome of the trial.
GOOD: Final[Words] = {
    "churn": gettext_lazy("Above 0 is good here: more customers stay."),
    "contraction": gettext_lazy("Above 0 is good here: fewer customers contract."),
    "expansion": gettext_lazy("Above 0 is good: more customers expand."),
}
RAIL_VERDICTS: Final[Words] = {
    "worse": pgettext_lazy("guard-rail", "Got worse"),
    "changed": pgettext_lazy("guard-rail", "Changed"),
    "no_worse": pgettext_lazy("guard-rail", "No harm seen"),
    "not_enough": pgettext_lazy("guard-rail", "Not enough data"),
}
STATES: Final[Mapping[State, str | Promise]] = {
    "trial": pgettext_lazy("status of a play", "On trial"),
    "proven": pgettext_lazy("status of a play", "Proven"),
    "declining": pgettext_lazy("status of a play", "Declining"),
    "retired": pgettext_lazy("status of a play", "Retired"),
}
PROPOSALS: Final[Words] = {
    "proven": gettext_lazy("A trial proved its effect."),
    "harmful": gettext_lazy("A trial showed that it does harm."),
    "no_effect": gettext_lazy("A trial showed no effect that matters."),
    "proof_is_old": gettext_lazy("Its proof is older than a year: try it again."),
    "no_longer_told": gettext_lazy("The signal no longer tells who is concerned."),
    "not_proven": gettext_lazy("The new trial ended without a proof."),
}
OUTCOMES: Final[Words] = {
    "churn": gettext_lazy("Churn"),
    "expansion": gettext_lazy("Expansion"),
    "contraction": gettext_lazy("Contraction"),
}
RAILS: Final[Words] = {
    "churn": gettext_lazy("Churn"),
    "contraction": gettext_lazy("Contraction"),
    "expansion": gettext_lazy("Expansion"),
    "score": gettext_lazy("Health score"),
    "tickets_90": gettext_lazy("Tickets within 90 days"),
}
# Whether more or less of a guard-rail is better.
BETTER: Final[Mapping[str, str]] = {
    "churn": "less",
    "contraction": "less",
    "expansion": "more",
    "score": "more",
    "tickets_90": "less",
}
COLUMNS: Final[Words] = {
    "touch": gettext_lazy("Touch model"),
    "size": gettext_lazy("Size"),
    "industry": gettext_lazy("Industry"),
    "plan": gettext_lazy("Plan"),
    "product": gettext_lazy("Product"),
}
# In which both sides of an estimate from history are made alike.
KNOWN_BEFORE: Final[Words] = {
    "tenure_days": gettext_lazy("Days under contract"),
    "days_to_renewal": gettext_lazy("Days to the renewal"),
    "mrr": gettext_lazy("MRR"),
    "currency": gettext_lazy("Currency"),
    "calendar": gettext_lazy("When it was"),
}
BASES: Final[Words] = {
    "running": pgettext_lazy("trial", "Running"),
    "stopped": pgettext_lazy("trial", "Stopped early"),
    "planned_end": pgettext_lazy("trial", "Ended as planned"),
}
ARMS: Final[Words] = {
    "treated": gettext_lazy("With the play"),
    "held_out": gettext_lazy("Held out"),
}
REASONS: Final[Words] = {
    "too_few_customers": gettext_lazy("too few customers"),
    "too_few_events": gettext_lazy("too few with the outcome"),
    "no_spread": gettext_lazy("all have the same value"),
    "not_measured": gettext_lazy("nothing measures it"),
}
DEPARTURES: Final[Words] = {
    "other_arm": gettext_lazy("the arm is not the one drawn"),
    "repeated_place": gettext_lazy("the place was given twice"),
    "missing_place": gettext_lazy("nobody has this place"),
}
_SHARES: Final = ("churn", "expansion", "contraction")


def said(label: Label) -> str:
    """Return a label in the reader's language."""
    return label.in_language(get_language() or "en")


def share(value: float | None) -> str:
    """Return a share with one decimal place."""
    return formatting.ratio(value, places=1)


def level(measure: str, value: float | None) -> str:
    """Return a mean of a measure: a share, or a number."""
    if measure in _SHARES:
        return share(value)
    return formatting.quantity(value)


def change(measure: str, value: float | None) -> str:
    """Return a difference with its sign: points of a share, or a number."""
    if value is None:
        return formatting.MISSING
    size = value * 100 if measure in _SHARES else value
    return f"{size:+.1f}".replace("-", "−")


def interval(measure: str, low: float | None, high: float | None) -> str:
    """Return an interval of a difference; nothing without."""
    if low is None or high is None:
        return ""
    between = "〜" if (get_language() or "en").startswith("ja") else " to "
    return f"{change(measure, low)}{between}{change(measure, high)}"
