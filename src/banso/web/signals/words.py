"""What is said of signals, in the reader's language."""

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy, ngettext, pgettext_lazy
from django.utils.translation import gettext as _

from banso.analytics.figures.estimate import Estimate
from banso.analytics.signals.judging import FigureName
from banso.definitions.catalog import Catalog
from banso.definitions.describing import describe_expression
from banso.definitions.expressions import parse_expression
from banso.definitions.health import point_labels
from banso.definitions.question_columns import signal_columns
from banso.definitions.signals import Signal
from banso.kernel.labels import Label
from banso.webkit import formatting

KINDS: Final[Mapping[str, str | Promise]] = {
    "churn": pgettext_lazy("kind of signal", "Churn"),
    "onboarding": pgettext_lazy("kind of signal", "Onboarding"),
    "upsell": pgettext_lazy("kind of signal", "Upsell"),
    "cross_sell": pgettext_lazy("kind of signal", "Cross-sell"),
    "advocacy": pgettext_lazy("kind of signal", "Advocacy"),
    "saving": pgettext_lazy("kind of signal", "Advice to spend less"),
}
OUTCOMES: Final[Mapping[str, str | Promise]] = {
    "churn": gettext_lazy("whether the customer left"),
    "expansion": gettext_lazy("whether MRR rose"),
    "contraction": gettext_lazy("whether MRR fell"),
}
FIGURES: Final[Mapping[FigureName, str | Promise]] = {
    "fired": gettext_lazy("Times it fired"),
    "followed": gettext_lazy("Of these followed to the end"),
    "precision": gettext_lazy("Precision"),
    "base_rate": gettext_lazy("Base rate"),
    "lift": gettext_lazy("Lift"),
    "lead_days": gettext_lazy("Median lead time (days)"),
    "covered": gettext_lazy("Outcomes covered"),
    "hours_per_week": gettext_lazy("Hours a week"),
    "hours_per_csm": gettext_lazy("Hours a week for each CSM"),
}
_SHARES: Final = ("precision", "base_rate", "covered")
_REASONS: Final[Mapping[str, str | Promise]] = {
    "never_fired": gettext_lazy("it never fired"),
    "no_follow_up": gettext_lazy("none was followed to the end yet"),
    "no_outcomes": gettext_lazy("the outcome never happened"),
    "other_outcome": gettext_lazy("they are judged by different outcomes"),
    "same_cases": gettext_lazy("both have the same cases"),
    "all_or_none": gettext_lazy(
        "one has all cases and the other none, so no margin can be given"
    ),
    "no_csms": gettext_lazy("no customer has an owner"),
    "too_few_customers": gettext_lazy("fewer than 10 customers"),
    "too_few_events": gettext_lazy("fewer than 5 customers with the outcome"),
}


def said(label: Label) -> str:
    """Return a label in the reader's language."""
    return label.in_language(get_language() or "en")


def kind(key: str) -> str:
    """Return what a kind of signal is called."""
    return str(KINDS.get(key, key))


def reason(code: str | None) -> str:
    """Return why a figure cannot be had."""
    return str(_REASONS.get(code or "", code or ""))


def value(name: FigureName, found: Estimate) -> str:
    """Return the value of a figure; an en dash when there is none."""
    return _number(name, found.value)


def interval(name: FigureName, found: Estimate) -> str:
    """Return the interval of a figure; nothing without."""
    if found.low is None or found.high is None:
        return ""
    return f"{_number(name, found.low)}–{_number(name, found.high)}"


def _number(name: FigureName, number: float | None) -> str:
    if number is None:
        return formatting.MISSING
    if name in _SHARES:
        return formatting.ratio(number, places=1 if 0 < number < 0.1 else 0)
    if name in ("fired", "followed", "lead_days"):
        return formatting.number(round(number))
    return formatting.quantity(number)


def rules(signal: Signal, catalog: Catalog) -> list[tuple[str, str]]:
    """Return what a definition says, as pairs of a term and a sentence."""
    columns = signal_columns(
        catalog.metrics, catalog.forecast.profile, point_labels(catalog.health)
    )

    def condition(text: str) -> str:
        return said(describe_expression(parse_expression(text), columns))

    weeks = signal.for_weeks
    opens = condition(signal.when)
    if weeks > 1:
        opens = ngettext(
            "%(condition)s, on %(n)s weekly date",
            "%(condition)s, on %(n)s weekly dates in a row",
            weeks,
        ) % {"condition": opens, "n": weeks}
    closes = (
        _("That no longer holds") if signal.until is None else condition(signal.until)
    )
    found = [(_("Opens when"), opens), (_("Closes when"), closes)]
    if signal.cooldown_days:
        days = signal.cooldown_days
        rest = ngettext(
            "%(n)s day after it closed", "%(n)s days after it closed", days
        ) % {"n": days}
        found.append((_("Rests for"), rest))
    judged = ngettext(
        "%(outcome)s within %(n)s day",
        "%(outcome)s within %(n)s days",
        signal.within_days,
    ) % {"outcome": OUTCOMES[signal.outcome], "n": signal.within_days}
    found.append((_("Judged by"), judged))
    play = catalog.play_by_key.get(signal.play or "")
    return found if play is None else [*found, (_("Proposes"), said(play.label.label))]


def is_japanese() -> bool:
    """Return whether the reader reads Japanese."""
    return (get_language() or "en").startswith("ja")
