"""One figure of accuracy as a page shows it, with its interval, n and reason."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from banso.runs.reading import Row
from banso.web.forecast import words
from banso.webkit import formatting
from banso.webkit.features import Text

_NUMBERS: Final = frozenset({"auc", "calibration_slope", "log_loss", "brier"})
SUBJECTS: Final[Mapping[str, Text]] = {
    "score": gettext_lazy("Health score"),
    "forecast": gettext_lazy("Forecast"),
    "rule.recency": gettext_lazy("Days since the last use alone"),
    "rule.last_rate": gettext_lazy("Rate of the last year"),
    "rule.logistic": gettext_lazy("Plain logistic regression"),
}


@dataclass(frozen=True)
class Figure:
    """A figure in words."""

    key: str
    value: float | None
    low: float | None
    high: float | None
    text: str
    interval: str  # empty: there is none
    n: int
    events: int
    reason: str  # why there is no number; empty when there is one

    @property
    def tells(self) -> bool:
        """Whether an AUC is above a half without doubt."""
        return self.low is not None and self.low > 0.5

    @property
    def misleads(self) -> bool:
        """Whether an AUC is below a half without doubt."""
        return self.high is not None and self.high < 0.5

    @property
    def note(self) -> str:
        """The interval and n, or why there is no number."""
        if self.reason:
            return _("%(reason)s (n = %(n)s)") % {
                "reason": self.reason,
                "n": formatting.number(self.n),
            }
        parts = [self.interval] if self.interval else []
        parts.append(_("n = %(n)s") % {"n": formatting.number(self.n)})
        return " · ".join(parts)


def figure_of(row: Row) -> Figure:
    """Return a row of ``judged`` or ``weights_judged`` in words."""
    key = str(row["figure"])
    value, low, high = (_number(row[name]) for name in ("value", "low", "high"))
    return Figure(
        key=key,
        value=value,
        low=low,
        high=high,
        text=said(key, value),
        interval=f"{said(key, low)}–{said(key, high)}"
        if low is not None and high is not None
        else "",
        n=int(str(row["n"])),
        events=int(str(row["events"])),
        reason=words.reason(str(row["reason"] or "")),
    )


def said(key: str, value: float | None) -> str:
    """Return the value of a figure in the form that it is read in."""
    if value is None:
        return formatting.MISSING
    if key in _NUMBERS:
        return formatting.number(value, places=2 if key == "auc" else 3)
    if key == "lift_10":
        return f"{formatting.number(value, places=1)}×"
    return formatting.ratio(value, places=1 if value < 0.1 else 0)


def _number(value: object) -> float | None:
    return None if value is None else float(str(value))
