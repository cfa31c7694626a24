"""Numbers with their unit and choices of the contract, in the reader's language."""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy, ngettext, pgettext_lazy
from django.utils.translation import gettext as _

from banso.kernel.labels import Label
from banso.tables.registry import TABLES
from banso.webkit import formatting

Word = str | Promise

LAYERS: Final[Mapping[str, Word]] = {
    "decision_maker": gettext_lazy("Decision makers"),
    "administrator": gettext_lazy("Administrators"),
    "user": gettext_lazy("Users"),
    "beneficiary": gettext_lazy("Beneficiaries"),
    "": gettext_lazy("Layer not known"),
}
_CHOICES: Final[Mapping[str, Word]] = {
    # kinds of tickets and requests
    "question": gettext_lazy("Question"),
    "bug": gettext_lazy("Bug"),
    "feature": gettext_lazy("Feature"),
    "improvement": gettext_lazy("Improvement"),
    "discount": gettext_lazy("Discount"),
    "cancellation": gettext_lazy("Cancellation"),
    "praise": gettext_lazy("Praise"),
    "other": pgettext_lazy("kind of ticket", "Other"),
    # channels
    "visit": gettext_lazy("Visit"),
    "call": gettext_lazy("Call"),
    "meeting": gettext_lazy("Meeting"),
    "mail": gettext_lazy("Mail"),
    "webinar": gettext_lazy("Webinar"),
    "chat": gettext_lazy("Chat"),
    "in_app": gettext_lazy("In the product"),
    "ours": gettext_lazy("we began"),
    "theirs": gettext_lazy("they began"),
    # acts of the community
    "attended": gettext_lazy("Attended"),
    "spoke": gettext_lazy("Spoke"),
    "organized": gettext_lazy("Organized"),
    "posted": gettext_lazy("Posted"),
    "answered": gettext_lazy("Answered"),
    "referred": gettext_lazy("Referred"),
    # revenue models and charges
    "flat": gettext_lazy("Flat"),
    "seat": gettext_lazy("Per seat"),
    "tiered": gettext_lazy("Tiered"),
    "usage": gettext_lazy("Usage-based"),
    "hybrid": gettext_lazy("Hybrid"),
    "outcome": gettext_lazy("Outcome-based"),
    "one_off": gettext_lazy("One-off"),
    "recurring": gettext_lazy("Recurring"),
    "refund": gettext_lazy("Refund"),
    # layers of one person
    "decision_maker": gettext_lazy("Decision maker"),
    "administrator": gettext_lazy("Administrator"),
    "user": pgettext_lazy("layer of a contact", "User"),
    "beneficiary": gettext_lazy("Beneficiary"),
}
_SURVEYS: Final = {"nps": "NPS", "csat": "CSAT", "ces": "CES"}


def choice(value: object) -> str:
    """Return a choice of the contract in words; anything else as it is."""
    text = "" if value is None else str(value)
    return str(_CHOICES.get(text, text))


def survey(value: object) -> str:
    """Return the name of a survey: the well-known ones in capitals."""
    return _SURVEYS.get(str(value), str(value))


def said(label: Label) -> str:
    """Return a label in the reader's language."""
    return label.in_language(get_language() or "en")


def table(name: str) -> str:
    """Return a table as people know it, then as it is called in files."""
    return _("%(label)s (%(name)s)") % {"label": said(TABLES[name].label), "name": name}


def amount(value: float | Decimal | None, unit: str) -> str:
    """Return the value of a metric with its unit; an en dash when it has none."""
    if value is None:
        return formatting.MISSING
    if unit == "ratio":
        return formatting.ratio(value)
    if unit == "money":
        return formatting.money(value, settings.BANSO_CURRENCY)
    return _with_unit(formatting.quantity(value), float(value), unit)


def difference(value: float | None, unit: str) -> str:
    """Return how much the value of a metric changed, with its sign."""
    if value is None:
        return formatting.MISSING
    if unit == "ratio":
        return formatting.ratio_change(value)
    if unit == "money":
        return formatting.money_change(value, settings.BANSO_CURRENCY)
    if abs(value) < 0.005:
        return "±0"
    sign = "+" if value > 0 else formatting.MINUS
    return sign + formatting.quantity(abs(value))


def _with_unit(text: str, value: float, unit: str) -> str:
    whole = 1 if abs(value) == 1 else 2  # of a fraction, the plural
    match unit:
        case "people":
            return ngettext("%(n)s person", "%(n)s people", whole) % {"n": text}
        case "days":
            return ngettext("%(n)s day", "%(n)s days", whole) % {"n": text}
        case "minutes":
            return ngettext("%(n)s minute", "%(n)s minutes", whole) % {"n": text}
        case "seats":
            return ngettext("%(n)s seat", "%(n)s seats", whole) % {"n": text}
    return text


def days_apart(day: dt.date, today: dt.date) -> str:
    """Return how far a day is from the as-of date: in 12 days, 3 days ago."""
    n = (day - today).days
    if n == 0:
        return _("today")
    if n > 0:
        return ngettext("in %(n)s day", "in %(n)s days", n) % {
            "n": formatting.number(n)
        }
    return ngettext("%(n)s day ago", "%(n)s days ago", -n) % {
        "n": formatting.number(-n)
    }


def tenure(days: int | None) -> str:
    """Return how long a customer is one, in years and months."""
    if days is None:
        return formatting.MISSING
    months = round(days / 30.44)
    if months < 1:
        return ngettext("%(n)s day", "%(n)s days", days) % {"n": days}
    years, months = divmod(months, 12)
    parts = []
    if years:
        parts.append(ngettext("%(n)s year", "%(n)s years", years) % {"n": years})
    if months:
        parts.append(ngettext("%(n)s month", "%(n)s months", months) % {"n": months})
    return " ".join(parts)


def floored(score: float | None) -> str:
    """Return a score as pages show it: rounded down, so that it fits its band."""
    return formatting.MISSING if score is None else str(int(score + 1e-9))


def signed(points: float | None) -> str:
    """Return a difference of points with one place and its sign."""
    return formatting.change(points, places=1)
