"""Units, and values in them, as a person reads them."""

from collections.abc import Mapping
from typing import Final

from django.conf import settings
from django.utils.translation import pgettext_lazy

from banso.webkit import formatting
from banso.webkit.features import Text

UNITS: Final[Mapping[str, Text]] = {
    "count": pgettext_lazy("unit", "count"),
    "people": pgettext_lazy("unit", "people"),
    "days": pgettext_lazy("unit", "days"),
    "minutes": pgettext_lazy("unit", "minutes"),
    "ratio": pgettext_lazy("unit", "ratio (%)"),
    "points": pgettext_lazy("unit", "points"),
    "money": pgettext_lazy("unit", "money"),
    "seats": pgettext_lazy("unit", "seats"),
    "number": pgettext_lazy("unit", "number"),
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
