"""How the values that the reason of a signal tells are said."""

from collections.abc import Mapping, Sequence
from typing import Final, Literal

from banso.definitions.metrics import ChangeMetric, Metric, Unit
from banso.definitions.signals import CHANCES
from banso.kernel.labels import Label

Value = float | str | None
Form = Unit | Literal["change"]  # a change is a ratio that is said with its sign
MISSING: Final = "–"
_MINUS: Final = "−"
_FEW = 0.1  # a share below it is said with one decimal
# One, and several; Japanese has one form.
_WITH_UNIT: Final[Mapping[str, tuple[Label, Label]]] = {
    "count": (Label("{n}件", "{n}"), Label("{n}件", "{n}")),
    "people": (Label("{n}人", "{n} person"), Label("{n}人", "{n} people")),
    "days": (Label("{n}日", "{n} day"), Label("{n}日", "{n} days")),
    "minutes": (Label("{n}分", "{n} minute"), Label("{n}分", "{n} minutes")),
    "seats": (Label("{n}席", "{n} seat"), Label("{n}席", "{n} seats")),
}


def forms_of(names: Sequence[str], metrics: Mapping[str, Metric]) -> Mapping[str, Form]:
    """Return how the values of names are said: metrics by their unit.

    Parameters
    ----------
    names
        What the reasons of signals name.
    metrics
        Every metric by its key.

    """
    return {name: _form(name, metrics.get(name)) for name in names}


def value_in_words(value: Value, form: Form) -> Label:
    """Return a value with its unit: 14日 and 14 days; "–" when there is none."""
    if value is None:
        return Label(MISSING, MISSING)
    if isinstance(value, str):
        return Label(value, value)
    if form in ("ratio", "change"):
        text = _share(value, signed=form == "change")
        return Label(text, text)
    text = _quantity(value, decimals=0 if form == "money" else 1)
    one, several = _WITH_UNIT.get(form, (Label("{n}", "{n}"),) * 2)
    template = one if text == "1" else several
    return Label(template.ja.format(n=text), template.en.format(n=text))


def _form(name: str, metric: Metric | None) -> Form:
    if isinstance(metric, ChangeMetric):
        return "change"
    if metric is not None:
        return metric.unit
    if name in CHANCES:
        return "ratio"
    return "days" if name in ("tenure_days", "days_to_renewal") else "number"


def _share(value: float, *, signed: bool) -> str:
    decimals = 1 if 0 < abs(value) < _FEW else 0
    text = f"{abs(value):,.{decimals}%}"
    if value < 0:
        return _MINUS + text
    return f"+{text}" if signed else text


def _quantity(value: float, *, decimals: int) -> str:
    text = f"{abs(value):,.{decimals}f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return _MINUS + text if value < 0 and text != "0" else text
