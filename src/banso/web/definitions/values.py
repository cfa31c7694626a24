"""Units, and values in them, as a person reads them."""

from collections.abc import Mapping
from typing import Final

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from banso.webkit import formatting
from banso.webkit.features import Text

UNITS: Final[Mapping[str, Text]] = {
    "count": _("count"),
    "people": _("people"),
    "days": _("days"),
    "minutes": _("minutes"),
    "ratio": _("ratio (%)"),
    "points": _("points"),
    "money": _("money"),
    "seats": _("seats"),
    "number": _("number"),
}


def unit_name(unit: str) -> str:
    """Return what a unit is called; an unknown one by its key."""
    return str(UNITS.get(unit, unit))


def say(value: float | None, unit: str) -> str:
    """Return a value of a metric; the unit is said elsewhere unless it is a sign."""
    if unit == "ratio":
        return formatting.ratio(value)
    if unit == "money":
        return formatting.money(value, settings.BANSO_CURRENCY)
    return formatting.quantity(value)
