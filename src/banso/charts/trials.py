"""How the effect of a trial stood in each week, with the interval that always holds."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import altair as alt

from banso.charts.chart import (
    MAX_POINTS,
    MISSING,
    Chart,
    finished,
    inline,
    said_day,
    thinned,
    time_of,
)
from banso.kernel.labels import Label

HEIGHT: Final = 240
_TITLE: Final = Label("週ごとの効果", "Effect by week")
_COLUMNS: Final = (
    Label("日付", "Day"),
    Label("実施した顧客", "With the play"),
    Label("見送った顧客", "Held out"),
    Label("差", "Difference"),
    Label("いつ見ても正しい99%区間", "99% interval, valid at any time"),
)
_NOTHING: Final = Label(
    "まだ差を計算できる週がありません。", "No week has enough customers yet."
)
_SENTENCE: Final = Label(
    "{day}時点の差は{effect}ポイント（{low}〜{high}）です。",
    "On {day} the difference is {effect} points ({low} to {high}).",
)


@dataclass(frozen=True)
class TrialPoint:
    """A look at a trial; shares, not percent."""

    day: dt.date
    n_treated: int
    n_held_out: int
    effect: float | None
    low: float | None
    high: float | None


def trial_looks(points: Sequence[TrialPoint], *, language: str) -> Chart:
    """Return the effect over the weeks, with its always-valid interval.

    Parameters
    ----------
    points
        By day, ascending; a look without an effect is in the table only.
    language
        ``ja`` or ``en``.

    """
    known = [point for point in points if point.effect is not None]
    return Chart(
        key="trial-looks",
        title=_TITLE.in_language(language),
        sentence=_sentence(known, language),
        columns=tuple(label.in_language(language) for label in _COLUMNS),
        rows=tuple(_row(point, language) for point in points) if known else (),
        spec=_spec(thinned(known, MAX_POINTS // 2), language),
    )


def _sentence(known: Sequence[TrialPoint], language: str) -> str:
    if not known:
        return _NOTHING.in_language(language)
    last = known[-1]
    return _SENTENCE.in_language(language).format(
        day=said_day(last.day, language),
        effect=_points(last.effect),
        low=_points(last.low),
        high=_points(last.high),
    )


def _row(point: TrialPoint, language: str) -> tuple[str, ...]:
    between = "〜" if language.startswith("ja") else " to "
    interval = (
        MISSING
        if point.low is None
        else f"{_points(point.low)}{between}{_points(point.high)}"
    )
    return (
        said_day(point.day, language),
        f"{point.n_treated:,}",
        f"{point.n_held_out:,}",
        _points(point.effect),
        interval,
    )


def _points(value: float | None) -> str:
    return MISSING if value is None else f"{value * 100:+.1f}".replace("-", "−")


def _spec(known: Sequence[TrialPoint], language: str) -> Mapping[str, object]:
    values = [
        {
            "day": point.day.isoformat(),
            "effect": _cut(point.effect),
            "low": _cut(point.low),
            "high": _cut(point.high),
        }
        for point in known
    ]
    base = alt.Chart(inline(values)).encode(
        x=time_of("day", language, [point.day for point in known]),
        tooltip=[
            alt.Tooltip("day:T", title=_COLUMNS[0].in_language(language)),
            alt.Tooltip(
                "effect:Q", title=_COLUMNS[3].in_language(language), format="+.1f"
            ),
            alt.Tooltip("low:Q", title="≥", format="+.1f"),
            alt.Tooltip("high:Q", title="≤", format="+.1f"),
        ],
    )
    axis = alt.Axis(title=None, tickCount=5, gridOpacity=0.5, format="+.0f")
    band = base.mark_area(opacity=0.18, style="main", line=False).encode(
        y=alt.Y("low:Q", axis=axis), y2=alt.Y2("high:Q")
    )
    line = base.mark_line(style="main", strokeWidth=2.5).encode(y=alt.Y("effect:Q"))
    zero = (
        alt.Chart(inline([{"zero": 0}]))
        .mark_rule(strokeDash=[4, 3], opacity=0.6)
        .encode(y=alt.Y("zero:Q"))
    )
    return finished(alt.layer(band, zero, line), height=HEIGHT)


def _cut(value: float | None) -> float | None:
    return None if value is None else round(value * 100, 2)
