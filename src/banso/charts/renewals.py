"""The landing of due renewals by month: what was expected, and what came."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import altair as alt

from banso.charts.chart import MISSING, Chart, finished, inline
from banso.kernel.labels import Label

_MONTH: Final = Label("月", "Month")
_EXPECTED: Final = Label("見込み", "Expected")
_INTERVAL: Final = Label("95 % 区間", "95 % interval")
_CAME: Final = Label("実績", "Came")


@dataclass(frozen=True)
class Landfall:
    """A month: the share of the due MRR that was expected to renew, and that did."""

    label: str
    expected: float | None  # null: nothing was foretold
    low: float | None
    high: float | None
    came: float | None  # null: the month is not over


def landing_chart(months: Sequence[Landfall], *, title: str, language: str) -> Chart:
    """Return the expected share that renews with its interval, and what came.

    Parameters
    ----------
    months
        Ascending.
    title
        What the share is.
    language
        ``ja`` or ``en``.

    """
    labels = (_MONTH, _EXPECTED, _INTERVAL, _CAME)
    return Chart(
        key="landing",
        title=title,
        sentence=_sentence(months, language),
        columns=tuple(label.in_language(language) for label in labels),
        rows=tuple(
            (each.label, _said(each.expected), _span(each), _said(each.came))
            for each in months
        ),
        spec=_spec(months, language),
    )


def _spec(months: Sequence[Landfall], language: str) -> Mapping[str, object]:
    values = [
        {
            "month": each.label,
            "expected": each.expected,
            "low": each.low,
            "high": each.high,
            "came": each.came,
        }
        for each in months
    ]
    shown = [v for each in months for v in (each.low, each.came) if v is not None]
    start = min([*shown, 0.9]) // 0.1 * 0.1
    along = alt.X(
        "month:N",
        title=None,
        sort=[each.label for each in months],
        axis=alt.Axis(labelAngle=0, labelOverlap="greedy", labelSeparation=8),
    )
    scale = alt.Scale(domain=[start, 1.0], nice=False, clamp=True)

    def share(field: str) -> alt.Y:
        axis = alt.Axis(format=".0%", tickCount=5, gridOpacity=0.5)
        return alt.Y(f"{field}:Q", title=None, scale=scale, axis=axis)

    tips = [
        alt.Tooltip("month:N", title=_MONTH.in_language(language)),
        alt.Tooltip("expected:Q", title=_EXPECTED.in_language(language), format=".1%"),
        alt.Tooltip("low:Q", title=_INTERVAL.in_language(language), format=".1%"),
        alt.Tooltip("high:Q", title=" ", format=".1%"),
        alt.Tooltip("came:Q", title=_CAME.in_language(language), format=".1%"),
    ]
    names = [_EXPECTED.in_language(language), _CAME.in_language(language)]

    def said(name: str) -> alt.Color:
        return alt.Color(
            datum=name,
            scale=alt.Scale(domain=names, range="category"),
            legend=alt.Legend(orient="top", title=None),
        )

    told = [value for value in values if value["expected"] is not None]
    past = [value for value in values if value["came"] is not None]
    span = (
        alt.Chart(inline(told), name="interval")
        .mark_bar(style="series", opacity=0.22, width={"band": 0.6})
        .encode(x=along, y=share("low"), y2=alt.Y2("high:Q"), tooltip=tips)
    )
    middle = (
        alt.Chart(inline(told), name="expected")
        .mark_tick(thickness=2.5, orient="horizontal", width={"band": 0.6})
        .encode(x=along, y=share("expected"), color=said(names[0]), tooltip=tips)
    )
    came = (
        alt.Chart(inline(past), name="came")
        .mark_point(filled=True, shape="diamond", size=60, opacity=1)
        .encode(x=along, y=share("came"), color=said(names[1]), tooltip=tips)
    )
    return finished(alt.layer(span, middle, came), height=240)


def _sentence(months: Sequence[Landfall], language: str) -> str:
    japanese = language.startswith("ja")
    ahead = [each for each in months if each.came is None and each.expected is not None]
    if not ahead:
        return "見込みはまだありません。" if japanese else "Nothing is foretold yet."
    first = ahead[0]
    said, span = _said(first.expected), _span(first)
    if japanese:
        return (
            f"{first.label}は、期日を迎える金額の{said}（{span}）が"
            "更新される見込みです。"
        )
    return f"In {first.label} {said} ({span}) of the MRR that falls due should renew."


def _said(value: float | None) -> str:
    return MISSING if value is None else f"{value:.1%}"


def _span(each: Landfall) -> str:
    if each.low is None or each.high is None:
        return MISSING
    return f"{each.low:.0%}–{each.high:.0%}"
