"""The chance that one customer leaves, over time, with its interval."""

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
    line_with_lone_points,
    said_day,
    thinned,
    time_of,
)
from banso.kernel.labels import Label

_DAY: Final = Label(ja="日付", en="Date")
_CHANCE: Final = Label(ja="90日以内の解約の確率", en="Chance of leaving in 90 days")
_INTERVAL: Final = Label(ja="95 % 区間", en="95 % interval")
_STEPS: Final = (0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1.0)


@dataclass(frozen=True)
class ChancePoint:
    """The chance of leaving as it was said on one as-of date."""

    as_of: dt.date
    chance: float | None  # 0..1
    low: float | None
    high: float | None


def chance_history(points: Sequence[ChancePoint], *, language: str) -> Chart:
    """Return the line of a customer's chance of leaving, with its interval.

    Parameters
    ----------
    points
        Ascending by date, each as it was said on that date. A null leaves a gap.
        Thinned evenly to at most 250.
    language
        ``ja`` or ``en``.

    """
    shown = thinned(points, MAX_POINTS // 2)
    known = [point for point in points if point.chance is not None]
    return Chart(
        key="chance-history",
        title=Label(
            ja="90日以内の解約の確率の推移", en="Chance of leaving in 90 days over time"
        ).in_language(language),
        sentence=_sentence(known, language),
        columns=tuple(
            label.in_language(language) for label in (_DAY, _CHANCE, _INTERVAL)
        ),
        rows=tuple(
            (said_day(p.as_of, language), _said(p.chance), _said_interval(p))
            for p in reversed(shown)
        )
        if known
        else (),
        spec=_spec(shown, language),
    )


def _spec(shown: Sequence[ChancePoint], language: str) -> Mapping[str, object]:
    days = [point.as_of for point in shown]
    top = _top(shown)
    x = time_of("day", language, days)

    def share(field: str) -> alt.Y:
        return alt.Y(
            f"{field}:Q",
            title=None,
            scale=alt.Scale(domain=[0, top], nice=False, clamp=True),
            axis=alt.Axis(
                format=".0%" if top >= 0.1 else ".1%", tickCount=5, gridOpacity=0.5
            ),
        )

    spans = [
        {"day": p.as_of.isoformat(), "low": p.low, "high": p.high}
        for p in shown
        if p.low is not None and p.high is not None
    ]
    band = (
        alt.Chart(inline(spans), name="interval")
        .mark_area(style="series", opacity=0.18)
        .encode(x=x, y=share("low"), y2=alt.Y2("high:Q"))
    )
    line, lone = line_with_lone_points(
        [(p.as_of, None if p.chance is None else round(p.chance, 5)) for p in shown],
        style="series",
        width=2,
        name="chance",
    )
    form = "%Y年%-m月%-d日" if language.startswith("ja") else "%-d %b %Y"
    tips = [
        alt.Tooltip(
            "utcyearmonthdate(day):T", title=_DAY.in_language(language), format=form
        ),
        alt.Tooltip("value:Q", title=_CHANCE.in_language(language), format=".1%"),
    ]
    layers = [
        each.encode(x=x, y=share("value"), tooltip=tips)
        for each in (line, lone)
        if each is not None
    ]
    return finished(alt.layer(band, *layers), height=180)


def _top(shown: Sequence[ChancePoint]) -> float:
    """Return the end of the scale: a round share above all that is drawn."""
    values = [v for p in shown for v in (p.chance, p.high) if v is not None]
    most = max(values, default=0.05)
    return next(step for step in _STEPS if most <= step or step == 1.0)


def _sentence(known: Sequence[ChancePoint], language: str) -> str:
    japanese = language.startswith("ja")
    if not known:
        return "まだ予測がありません。" if japanese else "There is no forecast yet."
    first, last = known[0], known[-1]
    begin, end = said_day(first.as_of, language), said_day(last.as_of, language)
    if len(known) == 1:
        if japanese:
            return f"{end}の90日以内の解約の確率は{_said(last.chance)}です。"
        return (
            f"The chance of leaving within 90 days was {_said(last.chance)} on {end}."
        )
    if japanese:
        return (
            f"90日以内の解約の確率は{begin}の{_said(first.chance)}から"
            f"{end}の{_said(last.chance)}になりました。"
        )
    return (
        f"The chance of leaving within 90 days went from {_said(first.chance)} on"
        f" {begin} to {_said(last.chance)} on {end}."
    )


def _said(value: float | None) -> str:
    return MISSING if value is None else f"{value:.1%}"


def _said_interval(point: ChancePoint) -> str:
    if point.low is None or point.high is None:
        return MISSING
    return f"{point.low:.1%} – {point.high:.1%}"
