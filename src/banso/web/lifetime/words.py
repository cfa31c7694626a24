"""Figures of lifetime value in the reader's language, or why there is none."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from banso.runs.reading import Row
from banso.webkit import formatting
from banso.webkit.features import Text

_IN_FULL: Final = 10_000
REASONS: Final[Mapping[str, Text]] = {
    "no_costs": gettext_lazy("no table costs"),
    "several_currencies": gettext_lazy("several currencies"),
    "no_follow_up": gettext_lazy("not followed so long"),
    "not_reached": gettext_lazy("not reached in the months seen"),
    "no_revenue": gettext_lazy("no revenue"),
    "no_maximum": gettext_lazy("the data cannot tell how customers differ"),
    "too_short": gettext_lazy("history too short"),
}
# The heads of the columns, by figure.
HEADS: Final[Mapping[str, Text]] = {
    "revenue": gettext_lazy("Revenue per customer"),
    "value": gettext_lazy("Margin"),
    "acquisition_cost": gettext_lazy("CAC"),
    "payback_months": gettext_lazy("Payback"),
    "value_to_cost": gettext_lazy("LTV/CAC"),
    "renewal_1": gettext_lazy("First renewal (model)"),
    "years": gettext_lazy("Expected years"),
}
BUYING_HEADS: Final[Mapping[str, Text]] = {
    "alive": gettext_lazy("Chance to buy again"),
    "purchases": gettext_lazy("Purchases"),
    "amount": gettext_lazy("Amount of a purchase"),
    "value": gettext_lazy("Value of the purchases"),
}
NEEDS: Final[Mapping[str, int]] = {
    "too_few_customers": 10,
    "too_few_events": 5,
    "too_few_repeats": 10,
}


@dataclass(frozen=True)
class Figure:
    """A figure as people read it; `note` is its interval, or empty."""

    text: str
    note: str
    n: str
    is_known: bool

    @property
    def on_tile(self) -> str:
        """What stands in large letters."""
        return self.text if self.is_known else formatting.MISSING

    @property
    def under_tile(self) -> str:
        """The interval, or why there is no figure."""
        return self.note if self.is_known else self.text


def figure(row: Row | None, unit: str, currency: str = "") -> Figure:
    """Return a row of a result table in words.

    Parameters
    ----------
    row
        With ``value``, ``low``, ``high``, ``n``, ``events`` and ``reason``.
    unit
        ``money``, ``share``, ``ratio``, ``months`` or ``count``.
    currency
        Of money.

    """
    if row is None:
        return Figure(formatting.MISSING, "", "", is_known=False)
    n = formatting.number(number(row["n"]) or 0)
    if row["value"] is None:
        return Figure(reason(row), "", n, is_known=False)
    value = said(number(row["value"]), unit, currency)
    span = _span(number(row["low"]), number(row["high"]), unit, currency)
    return Figure(value, span, n, is_known=True)


def _span(low: float | None, high: float | None, unit: str, currency: str) -> str:
    """Return an interval; nothing without one."""
    if low is None or high is None or low == high:
        return ""
    ends = [said(end, unit, currency) for end in (low, high)]
    if ends[0] == ends[1] and unit == "share":  # narrower than a percentage point
        ends = [formatting.ratio(end, places=2) for end in (low, high)]
    return "" if ends[0] == ends[1] else "–".join(ends)


def reason(row: Row) -> str:
    """Return why there is no figure, with n and what is needed."""
    code = str(row["reason"])
    if code in NEEDS:
        have = row["n"] if code == "too_few_customers" else row["events"]
        facts = {"n": formatting.number(number(have) or 0), "need": NEEDS[code]}
        return _("not enough data (n = %(n)s, needs %(need)s)") % facts
    return str(REASONS.get(code, code))


def said(value: float | None, unit: str, currency: str = "") -> str:
    """Return a number in its unit."""
    if value is None:
        return formatting.MISSING
    match unit:
        case "money":
            if abs(value) < _IN_FULL:
                return formatting.money(value, currency)
            return formatting.compact_money(value, currency)
        case "share":
            return formatting.ratio(value)
        case "months":
            return _("%(n)s months") % {"n": formatting.number(value)}
        case _:
            return formatting.quantity(round(value, 2))


def number(value: object) -> float | None:
    """Return a value of a row as a number."""
    return None if value is None else float(str(value))
