"""What people read for stages, touch models and chances of renewals."""

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from banso.web.forecast.queries import chance_text as said_chance
from banso.web.renewals.rows import Renewal
from banso.webkit import formatting
from banso.webkit.features import Text

_STAGES: Final[Mapping[str, Text]] = {
    "noticed": gettext_lazy("Notice given"),
    "open": gettext_lazy("Open"),
}
_TOUCHES: Final[Mapping[str, Text]] = {
    "high": gettext_lazy("High touch"),
    "low": gettext_lazy("Low touch"),
    "tech": gettext_lazy("Tech touch"),
}


def stage_label(key: str) -> str:
    """Return the name of a stage: what the contract says, nothing more."""
    return str(_STAGES[key])


def touch_label(key: str) -> str:
    """Return the name of a touch model."""
    return str(_TOUCHES.get(key, key)) if key else _("Not given")


def months_chart_label() -> str:
    """Return the title of the chart of the months."""
    return _("Contract continuation rate by amount: expected and come")


def chance_text(each: Renewal) -> tuple[str, str]:
    """Return the chance that a renewal does not happen, and its interval or why."""
    if each.is_noticed:
        return formatting.ratio(1.0), _("notice was given")
    if each.p_leave is None:
        return formatting.MISSING, _("there is no forecast")
    if each.basis == "notice":
        return formatting.ratio(1.0), _("the customer leaves")
    low, high = said_chance(each.low), said_chance(each.high)
    return said_chance(each.p_leave), f"{low}–{high}"
