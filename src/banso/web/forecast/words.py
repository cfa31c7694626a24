"""Codes and values of forecasts and judgements in the reader's language."""

from collections.abc import Mapping
from typing import Final

from django.conf import settings
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from banso.kernel.labels import Label
from banso.webkit import formatting
from banso.webkit.features import Text

_REASONS: Final[Mapping[str, Text]] = {
    "too_few_customers": gettext_lazy("too few customers"),
    "too_few_events": gettext_lazy("too few have left so far"),
    "no_follow_up": gettext_lazy("nobody was followed long enough"),
    "all_censored": gettext_lazy("nobody has left so far"),
    "one_class": gettext_lazy("the same happened to all of them"),
    "constant": gettext_lazy("it is the same for everybody"),
    "mostly_missing": gettext_lazy("most have no value"),
    "no_features": gettext_lazy("there is nothing that tells customers apart"),
    "not_followed": gettext_lazy("nobody was followed for that long"),
    "not_both": gettext_lazy("the model and the rule never spoke on the same date"),
    "no_rows": gettext_lazy("nobody was a customer by then"),
    "no_rate": gettext_lazy("nobody has left so far"),
    "beyond_a_year": gettext_lazy("the renewal is more than a year away"),
    "no_contracts": gettext_lazy("contracts (subscriptions) are not connected"),
    "no_better": gettext_lazy("not better than the present ones out of time"),
    "no_contribution": gettext_lazy("adds nothing beside the others"),
    "known_by_outcome": gettext_lazy("says what happened, not what will"),
    "same_as_other": gettext_lazy("the same as another element"),
    "no_elements": gettext_lazy("no element has points"),
    "duplicate": gettext_lazy("the same as another one"),
    "too_many_levels": gettext_lazy("too many different values"),
    "blank_code": gettext_lazy("a code was read as blank"),
    "levels_pooled": gettext_lazy("rare values were put together"),
}
_LIMITS: Final[Mapping[str, Text]] = {
    "less_than_a_year": gettext_lazy(
        "Less than a year is known: a season may look like a rate."
    ),
    "season_unknown": gettext_lazy(
        "Less than two years are known: seasons are not told apart."
    ),
    "not_validated": gettext_lazy(
        "Too few left in the later part: the choice of the model could not be checked."
    ),
    "few_events": gettext_lazy(
        "Fewer than 100 customers have left: intervals are wide, and the next refit may"
        " change much."
    ),
    "rows_thinned": gettext_lazy(
        "There are so many rows that only some weeks of each customer were used."
    ),
    "few_competing_ends": gettext_lazy(
        "Too few contracts ended for other reasons to forecast these by themselves."
    ),
    "no_end_seen": gettext_lazy(
        "No contract has reached its agreed end yet: a chance beyond it counts only"
        " what comes before."
    ),
    "not_converged": gettext_lazy(
        "How much to shrink the effects had not settled when the fit ended: chances may"
        " move at the next refit although nobody else has left."
    ),
    "no_better_than_last_rate": gettext_lazy(
        "On later dates the rate of the last year, the same for everybody, did as well:"
        " do not act on single chances yet."
    ),
    "no_better_than_recency": gettext_lazy(
        "On later dates the days since the last use alone did as well."
    ),
    "no_better_than_logistic": gettext_lazy(
        "On later dates plain logistic regression did as well."
    ),
}
BASES: Final[Mapping[str, Text]] = {
    "model": gettext_lazy("from the model"),
    "rate": gettext_lazy("from the rate at this tenure"),
    "notice": gettext_lazy("notice was given"),
}
FAMILIES: Final[Mapping[str, Text]] = {
    "plain": gettext_lazy("Few terms, strongly shrunk (ridge)"),
    "averaged": gettext_lazy("Mean of the shrunk and the additive model"),
    "additive": gettext_lazy("Additive hazard by week"),
    "blended": gettext_lazy("Additive hazard by week, blended with boosted trees"),
    "rate": gettext_lazy("Rate by tenure"),
}
TARGETS: Final[Mapping[str, Text]] = {
    "churn": gettext_lazy("Leaving"),
    "expansion": gettext_lazy("Expansion"),
    "contraction": gettext_lazy("Contraction"),
}
RULES: Final[Mapping[str, Text]] = {
    "plain": gettext_lazy("Few terms, shrunk (ridge)"),
    "additive": gettext_lazy("Additive model"),
    "averaged": gettext_lazy("Mean of the shrunk and the additive model"),
    "boosted": gettext_lazy("Boosted trees"),
    "blended": gettext_lazy("Both blended"),
    "last_rate": gettext_lazy("Rate of the last year"),
    "recency": gettext_lazy("Days since the last use alone"),
    "logistic": gettext_lazy("Plain logistic regression"),
}


def said(label: Label) -> str:
    """Return a label in the reader's language."""
    return label.in_language(get_language() or "en")


def reason(code: str | None) -> str:
    """Return why there is no number; an unknown code as it is, nothing for none."""
    return str(_REASONS.get(code or "", code or ""))


def limit(code: str) -> str:
    """Return a limit of a model as a sentence."""
    if code.startswith("not_followed_"):
        days = int(code.rsplit("_", 1)[1])
        return _("Nobody was followed for %(n)d days: there is no chance for that.") % {
            "n": days
        }
    return str(_LIMITS.get(code, code))


def need(what: str, have: int, wanted: int) -> str:
    """Return what there is too little of: ``customers | events | days``."""
    facts = {"have": formatting.number(have), "need": formatting.number(wanted)}
    match what:
        case "customers":
            return _("Customers: %(have)s of %(need)s") % facts
        case "events":
            return _("Customers who left: %(have)s of %(need)s") % facts
        case "days":
            return _("Days of history: %(have)s of %(need)s") % facts
    return f"{what}: {facts['have']} / {facts['need']}"


def chance(value: float | None) -> str:
    """Return a chance: small ones with a place, and never 0 % or 100 % by rounding."""
    if value is None:
        return formatting.MISSING
    if 0 < value < 0.001:
        return _("< %(share)s") % {"share": formatting.ratio(0.001, places=1)}
    if 0.999 < value < 1:
        return _("> %(share)s") % {"share": formatting.ratio(0.999, places=1)}
    return formatting.ratio(value, places=1 if value < 0.1 else 0)


def interval(low: float | None, high: float | None) -> str:
    """Return the ends of an interval of a chance; nothing without."""
    if low is None or high is None:
        return ""
    return f"{chance(low)}–{chance(high)}"


def points(value: float) -> str:
    """Return what a reason adds to a chance: +9 points."""
    rounded = round(value * 100, 1 if abs(value) < 0.02 else 0)
    number = formatting.change(rounded, places=1 if abs(value) < 0.02 else 0)
    return ngettext("%(n)s point", "%(n)s points", 1 if abs(rounded) == 1 else 2) % {
        "n": number
    }


def amount(value: float | None, unit: str) -> str:
    """Return the value of a metric; the unit is said elsewhere unless it is a sign."""
    if unit == "ratio":
        return formatting.ratio(value)
    if unit == "money":
        return formatting.money(value, settings.BANSO_CURRENCY)
    return formatting.quantity(value)


def value(number: float | None, key: str, unit: str) -> str:
    """Return a value of a feature with its unit, as a sentence says it."""
    if number is None:
        return formatting.MISSING
    if unit == "days" or key in ("tenure_days", "days_to_renewal"):
        return ngettext("%(n)s day", "%(n)s days", 1 if number == 1 else 2) % {
            "n": formatting.quantity(number)
        }
    if unit == "change":
        return formatting.quantity(number)
    return amount(number, unit)


def within(days: int) -> str:
    """Return a horizon in words."""
    return ngettext("within %(n)d day", "within %(n)d days", days) % {"n": days}
