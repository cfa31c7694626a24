"""How far stayers and leavers are apart, element by element."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import altair as alt

from banso.charts.chart import Chart, finished, inline
from banso.kernel.labels import Label

MOST_EFFECTS: Final = 100
_ROW: Final = 38  # pixels
_FADED: Final = 0.35
_INTERVAL: Final = Label(ja="95 % 区間", en="95 % interval")
_ELEMENT: Final = Label(ja="要素", en="Element")
_EFFECT: Final = Label(ja="差（標準偏差）", en="Difference (standard deviations)")
_FOUND: Final = Label(ja="差がある", en="Separates")
_NOT_FOUND: Final = Label(ja="差は見つからない", en="No difference found")


@dataclass(frozen=True)
class DriverEffect:
    """How far stayers and leavers are apart in one element."""

    label: str  # in the reader's language
    effect: float  # stayers minus leavers, in standard deviations
    low: float
    high: float
    is_found: bool  # the q-value is below 0.05


def driver_effects(effects: Sequence[DriverEffect], *, language: str) -> Chart:
    """Return the effects of elements with their intervals, the strongest above.

    Parameters
    ----------
    effects
        In the order in which they are drawn; at most `MOST_EFFECTS` are.
    language
        ``ja`` or ``en``.

    """
    shown = effects[:MOST_EFFECTS]
    rows = tuple(
        (
            each.label,
            _signed(each.effect),
            f"{_signed(each.low)} – {_signed(each.high)}",
            (_FOUND if each.is_found else _NOT_FOUND).in_language(language),
        )
        for each in shown
    )
    return Chart(
        key="driver-effects",
        title=Label(
            ja="続いた顧客と解約した顧客の差", en="Stayers against leavers"
        ).in_language(language),
        sentence=_effects_sentence(shown, language),
        columns=(
            _ELEMENT.in_language(language),
            _EFFECT.in_language(language),
            _INTERVAL.in_language(language),
            Label(ja="判定", en="Finding").in_language(language),
        ),
        rows=rows,
        spec=_effects_spec(shown, language),
    )


def _effects_spec(shown: Sequence[DriverEffect], language: str) -> Mapping[str, object]:
    found, other = _FOUND.in_language(language), _NOT_FOUND.in_language(language)
    values = [
        {
            "place": place,
            "element": each.label,
            "effect": round(each.effect, 3),
            "low": round(each.low, 3),
            "high": round(each.high, 3),
            "finding": found if each.is_found else other,
        }
        for place, each in enumerate(shown)
    ]
    faded = alt.Opacity(
        "finding:O",  # in the order of the scale; opacity cannot show mere names
        title=None,
        sort=[found, other],
        scale=alt.Scale(domain=[found, other], range=[1, _FADED]),
        legend=alt.Legend(orient="top", symbolType="circle", symbolOpacity=1)
        if {each.is_found for each in shown} == {True, False}
        else None,
    )
    base = alt.Chart(inline(values)).encode(
        y=alt.Y("place:O", title=None, axis=None), opacity=faded
    )
    tips = [
        alt.Tooltip("element:N", title=" "),
        alt.Tooltip("effect:Q", title=_EFFECT.in_language(language), format="+.2f"),
        alt.Tooltip("low:Q", title="95 % ≥", format="+.2f"),
        alt.Tooltip("high:Q", title="95 % ≤", format="+.2f"),
        alt.Tooltip("finding:N", title=" "),
    ]
    zero = (
        alt.Chart(inline([{"none": 0}]))
        .mark_rule(strokeDash=[4, 3], style="main", opacity=0.6)
        .encode(x=_effect_axis("none", language))
    )
    line = base.mark_rule(strokeWidth=2, style="series").encode(
        x=_effect_axis("low", language), x2=alt.X2("high:Q"), tooltip=tips
    )
    dot = base.mark_point(filled=True, size=70, style="series").encode(
        x=_effect_axis("effect", language), tooltip=tips
    )
    # The name stands above its line, so that a narrow screen keeps room for both.
    name = base.mark_text(
        style="main",
        align="left",
        baseline="bottom",
        dx=2,
        dy=-7,
        fontSize=12,
        limit=270,
    ).encode(x=alt.value(0), text="element:N", opacity=alt.value(0.8))
    height = max(3 * _ROW, _ROW * len(shown))
    return finished(alt.layer(zero, alt.layer(line, dot, name)), height=height)


def _effect_axis(field: str, language: str) -> alt.X:
    sides = Label(
        ja="← 解約した顧客が高い ｜ 続いた顧客が高い →",
        en="← leavers have more | stayers have more →",
    )
    return alt.X(
        f"{field}:Q",
        title=sides.in_language(language),
        axis=alt.Axis(tickCount=5, gridOpacity=0.5, format="+.1~f"),
    )


def _effects_sentence(shown: Sequence[DriverEffect], language: str) -> str:
    japanese = language.startswith("ja")
    found = [each for each in shown if each.is_found]
    if not shown:
        return (
            "比べられる要素がまだありません。"
            if japanese
            else "There is no element to compare yet."
        )
    if not found:
        return (
            f"図の{len(shown)}個の要素のどれにも、差は見つかりませんでした。"
            if japanese
            else f"No difference was found in any of the elements drawn ({len(shown)})."
        )
    first = max(found, key=lambda each: abs(each.effect))
    size = f"{abs(first.effect):.2f}"
    higher = first.effect > 0
    if japanese:
        whose = "続いた顧客" if higher else "解約した顧客"
        return (
            f"最も差が大きいのは「{first.label}」で、{whose}のほうが標準偏差の{size}倍"
            "高くなっています。"
        )
    whose = "stayers" if higher else "leavers"
    return (
        f"The largest difference is in “{first.label}”: {whose} are {size} standard"
        " deviations higher."
    )


def _signed(value: float) -> str:
    return f"{value:+.2f}".replace("-", "−")
