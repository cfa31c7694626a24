"""Codes of the results in the reader's language."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from banso.kernel.labels import Label
from banso.webkit import formatting

Word = str | Promise

KINDS: Final[Mapping[str, Word]] = {
    "score": gettext_lazy("Health score"),
    "dimension": gettext_lazy("Dimension of health"),
    "element": gettext_lazy("Element of health"),
    "metric": gettext_lazy("Metric"),
    "attribute": gettext_lazy("Attribute"),
    "milestone": gettext_lazy("Milestone"),
    "survey": gettext_lazy("Survey"),
}
_REASONS: Final[Mapping[str, Word]] = {
    "too_few_customers": gettext_lazy("too few customers"),
    "too_few_events": gettext_lazy("too few of them left"),
    "one_class": gettext_lazy("all of them are in one group"),
    "all_censored": gettext_lazy("nobody left"),
    "no_follow_up": gettext_lazy("nobody was followed long enough"),
    "mostly_missing": gettext_lazy("mostly without a value"),
    "constant": gettext_lazy("the same for everyone compared"),
    "compared_within": gettext_lazy(
        "every comparison is between customers of equal tenure"
    ),
    "goes_with_another": gettext_lazy("nearly the same as another element"),
    "nothing_to_adjust_for": gettext_lazy("there is nothing to hold equal"),
}
_TESTS: Final[Mapping[tuple[str, str], Word]] = {
    ("churn", "difference"): gettext_lazy("Difference of the churn rates"),
    ("churn", "ratio"): gettext_lazy("Ratio of the churn rates"),
    ("churn", "log_rank"): gettext_lazy("Survival curves (log-rank test)"),
    ("churn", "adjusted"): gettext_lazy("Hazard ratio, adjusted"),
    ("churn", "adjusted_difference"): gettext_lazy(
        "Difference of the churn rates, adjusted"
    ),
    ("health", "difference"): gettext_lazy("Difference of the mean health"),
    ("health", "ratio"): gettext_lazy("Ratio of the mean health"),
    ("health", "adjusted"): gettext_lazy("Ratio of the mean health, adjusted"),
    ("health", "adjusted_difference"): gettext_lazy(
        "Difference of the mean health, adjusted"
    ),
}
OUTCOMES: Final[Mapping[str, Word]] = {
    "churn": gettext_lazy("Churn"),
    "health": gettext_lazy("Health"),
}


@dataclass(frozen=True)
class Badge:
    """A finding in two words, with the colour and icon of the frame."""

    text: str
    icon: str
    tone: str  # the class after ``band-``


_VERDICTS: Final[Mapping[tuple[str, str], tuple[Word, str, str]]] = {
    ("churn", "goes_with_more"): (gettext_lazy("More churn"), "trending-up", "at_risk"),
    ("churn", "goes_with_less"): (
        gettext_lazy("Less churn"),
        "trending-down",
        "healthy",
    ),
    ("health", "goes_with_more"): (
        gettext_lazy("Higher health"),
        "trending-up",
        "healthy",
    ),
    ("health", "goes_with_less"): (
        gettext_lazy("Lower health"),
        "trending-down",
        "at_risk",
    ),
}


def verdict(outcome: str, code: str) -> Badge:
    """Return what was found of an outcome."""
    if code == "not_enough_data":
        return Badge(_("Not enough data"), "circle-dashed", "unknown")
    if (outcome, code) in _VERDICTS:
        text, icon, tone = _VERDICTS[outcome, code]
        return Badge(str(text), icon, tone)
    return Badge(_("No difference found"), "equal", "unknown")


def said(label: Label) -> str:
    """Return a label in the reader's language."""
    return label.in_language(get_language() or "en")


def sentences(*parts: str) -> str:
    """Return sentences one after the other; Japanese has no space between them."""
    between = "" if (get_language() or "en").startswith("ja") else " "
    return between.join(part for part in parts if part)


def kind(key: str) -> str:
    """Return what sort of thing an element is."""
    return str(KINDS.get(key, key))


def reason(code: str | None) -> str:
    """Return why there is no number; an unknown code as it is."""
    return str(_REASONS.get(code or "", code or ""))


def outcome(key: str) -> str:
    """Return what is looked at: churn or health."""
    return str(OUTCOMES.get(key, key))


def test(outcome_key: str, key: str) -> str:
    """Return what a comparison is called."""
    return str(_TESTS.get((outcome_key, key), key))


def is_ratio(outcome_key: str, test_key: str) -> bool:
    """Return whether the effect of a test is a factor; 1 is no difference."""
    del outcome_key
    return test_key in ("ratio", "adjusted")


def effect(outcome_key: str, test_key: str, value: float | None) -> str:
    """Return the effect of a test: a factor, percentage points, or points of health."""
    if value is None:
        return formatting.MISSING
    if is_ratio(outcome_key, test_key):
        return f"× {formatting.number(value, places=2)}"
    if test_key == "log_rank":
        return formatting.number(value, places=2)
    if outcome_key == "churn":
        return formatting.ratio_change(value)
    return formatting.change(value, places=1)


def level(outcome_key: str, value: float | None) -> str:
    """Return the churn rate or the mean health of a group."""
    if outcome_key == "churn":
        return formatting.ratio(value, places=1)
    return formatting.number(value, places=1)


def interval(low: str, high: str) -> str:
    """Return an interval; nothing when an end is unknown."""
    if formatting.MISSING in (low, high):
        return ""
    return f"{low} … {high}"


def p_value(value: float | None) -> str:
    """Return a p- or q-value: small ones only as smaller than a thousandth."""
    if value is None:
        return formatting.MISSING
    if value < 0.001:
        return "< 0.001"
    return formatting.number(value, places=3 if value < 0.1 else 2)


def amount(value: float | None, unit: str) -> str:
    """Return a mean of an element in its unit."""
    if unit == "ratio":
        return formatting.ratio(value, places=1)
    if unit == "money":
        return formatting.money(value, settings.BANSO_CURRENCY)
    if unit == "points":
        return formatting.number(value, places=1)
    return formatting.quantity(value)


def signed(value: float | None) -> str:
    """Return an effect in standard deviations with its sign."""
    return formatting.change(value, places=2)


def distance(value: float | None) -> str:
    """Return how far the mix of a category is apart, which has no sign."""
    return formatting.number(value, places=2)


def years_of_use(years: str) -> str:
    """Return a stratum of tenure in words, such as ``1-2`` or ``4+``."""
    first, _dash, end = years.partition("-")
    if years.endswith("+"):
        return _("From year %(n)s on") % {"n": int(years[:-1]) + 1}
    if first.isdigit() and end.isdigit() and int(end) == int(first) + 1:
        return _("Year %(n)s of use") % {"n": end}
    return years
