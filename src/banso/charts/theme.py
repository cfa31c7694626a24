"""The colors of a chart outside the web: in reports and notebooks."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

Theme = Literal["light", "dark"]


@dataclass(frozen=True)
class _Colors:
    ink: str
    ink_2: str
    ink_3: str
    line: str
    bands: tuple[str, str, str, str]  # healthy, watch, at risk, unknown
    grounds: tuple[str, str, str]  # healthy, watch, at risk
    lines: tuple[str, ...]


_LIGHT: Final = _Colors(
    ink="#1a2230",
    ink_2="#47525f",
    ink_3="#5f6a78",
    line="#dfe3ea",
    bands=("#2f9a72", "#c3861a", "#cf4a40", "#8c96a3"),
    grounds=("#e0f3ea", "#fdf0d3", "#fde7e4"),
    lines=("#23508f", "#a3540c", "#12736c", "#7a3e9d", "#8c6d00", "#a8326b"),
)
_DARK: Final = _Colors(
    ink="#e6eaf0",
    ink_2="#b3bdc9",
    ink_3="#93a0af",
    line="#2c3440",
    bands=("#3f9c77", "#c4923a", "#cf655b", "#6f7b89"),
    grounds=("#153529", "#3a2c0e", "#431d1b"),
    lines=("#86b5f3", "#f0a868", "#5ccbc1", "#cf9df0", "#dcc04e", "#f394bf"),
)


def theme_config(
    theme: Theme = "light", *, font: str = "Noto Sans CJK JP, sans-serif"
) -> Mapping[str, object]:
    """Return the Vega-Lite configuration of a theme, as the web takes it from its CSS.

    Parameters
    ----------
    theme
        ``light`` or ``dark``.
    font
        A font with Japanese glyphs; a plain ``sans-serif`` may fall back to boxes.

    """
    color = _LIGHT if theme == "light" else _DARK
    grounds = zip(("healthy", "watch", "at_risk"), color.grounds, strict=True)
    return {
        "background": "transparent",
        "font": font,
        "axis": {
            "labelColor": color.ink_3,
            "titleColor": color.ink_2,
            "gridColor": color.line,
            "domainColor": color.line,
            "tickColor": color.line,
        },
        "legend": {"labelColor": color.ink_2, "titleColor": color.ink_2},
        "range": {
            "category": list(color.lines),
            "ordinal": list(color.bands),
        },
        "style": {
            **{f"ground-{band}": {"color": ground} for band, ground in grounds},
            "main": {"color": color.ink},
            "series": {"color": color.lines[0]},
        },
        "view": {"stroke": None},
    }
