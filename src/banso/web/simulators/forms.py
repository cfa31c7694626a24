"""The sliders of the simulators, and the name of a scenario."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from banso.webkit import formatting

Unit = Literal["money", "share", "months", "count"]
HIGHEST: Final = 1e12  # of any amount in an address
_IN_FULL: Final = 10_000
_STEPS: Final = 200  # of a slider of money, about


class ScenarioForm(forms.Form):
    """Under which name a scenario is kept."""

    name = forms.CharField(label=_("Name of the scenario"), max_length=80)
    query = forms.CharField(required=False, max_length=2000, widget=forms.HiddenInput)


@dataclass(frozen=True)
class Slider:
    """One assumption: where it may lie, and where it begins."""

    name: str
    label: str | Promise
    unit: Unit
    start: float
    highest: float
    lowest: float = 0.0
    step: float = 1.0
    is_own: bool = False  # the start is counted from the company's own data


@dataclass(frozen=True)
class Setting:
    """A slider as it stands."""

    slider: Slider
    value: float
    currency: str

    @property
    def text(self) -> str:
        """The value as people read it."""
        match self.slider.unit:
            case "money":
                return said_money(self.value, self.currency)
            case "share":
                return formatting.ratio(self.value, places=1)
            case _:
                return formatting.quantity(self.value)

    @property
    def highest(self) -> float:
        """The right end: further out when the address asks for more."""
        return max(self.slider.highest, self.value)

    @property
    def places(self) -> Mapping[str, str]:
        """Value, ends and step as an address and a browser read them."""
        numbers = {
            "value": self.value,
            "lowest": self.slider.lowest,
            "highest": self.highest,
            "step": self.slider.step,
        }
        return {name: plain(number) for name, number in numbers.items()}


def money_slider(
    name: str,
    label: str | Promise,
    start: float,
    *,
    scale: float,
    is_own: bool = False,
    times: float = 3.0,
) -> Slider:
    """Return a slider of money whose right end is a round number.

    Parameters
    ----------
    name, label, start
        Of the slider.
    scale
        An amount of the size that is to be reached, when the start is 0.
    is_own
        The start is counted from the company's own data.
    times
        How far to the right it goes, in starts.

    """
    highest = _round_up(max(start, scale) * times)
    step = _round_up(highest / _STEPS)
    start = round(start / step) * step if not is_own else start
    return Slider(name, label, "money", start, highest, step=step, is_own=is_own)


def said_money(value: float, currency: str) -> str:
    """Return an amount: in full below ten thousand, compact from there on."""
    if abs(value) < _IN_FULL:
        return formatting.money(value, currency)
    return formatting.compact_money(value, currency)


def plain(value: float) -> str:
    """Return a number as an address holds it, in any language."""
    return f"{value:.10g}"


def settings_of(
    sliders: Sequence[Slider], asked: Mapping[str, str], currency: str
) -> list[Setting]:
    """Return the sliders as an address asks for them; what it leaves out starts."""
    return [
        Setting(slider, _value(slider, asked.get(slider.name, "")), currency)
        for slider in sliders
    ]


def _value(slider: Slider, text: str) -> float:
    """Return a number within the slider's bounds; its start for anything else."""
    try:
        value = float(text)
    except ValueError:
        return slider.start
    if not math.isfinite(value):
        return slider.start
    top = HIGHEST if slider.unit in {"money", "count"} else slider.highest
    return min(max(value, slider.lowest), top)


def _round_up(value: float) -> float:
    """Return the next of 1, 2, 5 times a power of ten."""
    if value <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(value))
    return next(step * power for step in (1, 2, 5, 10) if step * power >= value * 0.999)
