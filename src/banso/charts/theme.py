"""The colors of a chart outside the web: in reports and notebooks."""

from collections.abc import Mapping
from typing import Final, Literal

Theme = Literal["light", "dark"]

_LIGHT: Final = {
    "ink": "#1a2230", "ink_2": "#47525f", "ink_3": "#5f6a78", "line": "#dfe3ea",
    "healthy": "#13714f", "watch": "#875200", "at_risk": "#b3261e", "unknown": "#59636f",
    "healthy_soft": "#e0f3ea", "watch_soft": "#fdf0d3", "at_risk_soft": "#fde7e4",
    "lines": ("#23508f", "#a3540c", "#12736c", "#7a3e9d", "#8c6d00", "#a8326b"),
}  # fmt: skip
_DARK: Final = {
    "ink": "#e6eaf0", "ink_2": "#b3bdc9", "ink_3": "#93a0af", "line": "#2c3440",
    "healthy": "#5fcf9f", "watch": "#f0bd56", "at_risk": "#ff9a8f", "unknown": "#9aa6b4",
    "healthy_soft": "#153529", "watch_soft": "#3a2c0e", "at_risk_soft": "#431d1b",
    "lines": ("#86b5f3", "#f0a868", "#5ccbc1", "#cf9df0", "#dcc04e", "#f394bf"),
}  # fmt: skip


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
    bands = ("healthy", "watch", "at_risk")
    return {
        "background": "transparent",
        "font": font,
        "axis": {
            "labelColor": color["ink_3"],
            "titleColor": color["ink_2"],
            "gridColor": color["line"],
            "domainColor": color["line"],
            "tickColor": color["line"],
        },
        "legend": {"labelColor": color["ink_2"], "titleColor": color["ink_2"]},
        "range": {
            "category": list(color["lines"]),
            "ordinal": [color[band] for band in (*bands, "unknown")],
        },
        "style": {
            **{f"ground-{band}": {"fill": color[f"{band}_soft"]} for band in bands},
            "main": {"stroke": color["ink"], "fill": color["ink"]},
            "series": {"stroke": color["lines"][0], "fill": color["lines"][0]},
            "note": {"fill": color["ink_3"], "stroke": color["ink_3"]},
        },
        "view": {"stroke": None},
    }
