"""One metric of one customer over time."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import altair as alt

from banso.charts.chart import (
    MAX_POINTS,
    MISSING,
    Chart,
    finished,
    line_with_lone_points,
    number_axis,
    said_day,
    thinned,
    time_of,
)
from banso.kernel.labels import Label


@dataclass(frozen=True)
class MetricPoint:
    """The value of a metric on one as-of date."""

    as_of: dt.date
    value: float | None


@dataclass(frozen=True)
class MetricShape:
    """How a metric is named and said."""

    key: str
    label: Label
    say: Callable[[float], str]  # a value as people read it, with its unit
    axis_format: str = ""  # of d3, for the scale: ".0%" for ratios


def metric_history(
    points: Sequence[MetricPoint], shape: MetricShape, *, language: str
) -> Chart:
    """Return the line of a metric.

    Parameters
    ----------
    points
        Ascending by date. A null leaves a gap. Thinned evenly to at most 500.
    shape
        The metric's name and form.
    language
        ``ja`` or ``en``.

    """
    shown = thinned(points, MAX_POINTS)
    title = shape.label.in_language(language)

    def said(value: float | None) -> str:
        return MISSING if value is None else shape.say(value)

    known = [point for point in points if point.value is not None]
    rows = tuple((said_day(p.as_of, language), said(p.value)) for p in reversed(shown))
    return Chart(
        key=f"metric-{shape.key}",
        title=title,
        sentence=_sentence(known, title, said, language),
        columns=(Label(ja="日付", en="Date").in_language(language), title),
        rows=rows if known else (),
        spec=_spec(shown, shape, language),
    )


def _spec(
    shown: Sequence[MetricPoint], shape: MetricShape, language: str
) -> Mapping[str, object]:
    line, lone = line_with_lone_points(
        [(p.as_of, p.value) for p in shown], style="series", width=2, name="metric"
    )
    day_form = "%Y年%-m月%-d日" if language.startswith("ja") else "%-d %b %Y"
    tips = [
        alt.Tooltip(
            "utcyearmonthdate(day):T",
            title=Label(ja="日付", en="Date").in_language(language),
            format=day_form,
        ),
        alt.Tooltip(
            "value:Q",
            title=shape.label.in_language(language),
            format=shape.axis_format or ",.6~g",
        ),
    ]
    axis = number_axis(language, shape.axis_format)
    layers = [
        each.encode(
            x=time_of("day", language, [point.as_of for point in shown]),
            y=alt.Y("value:Q", title=None, axis=axis),
            tooltip=tips,
        )
        for each in (line, lone)
        if each is not None
    ]
    return finished(alt.layer(*layers), height=180)


def _sentence(
    known: Sequence[MetricPoint],
    title: str,
    said: Callable[[float | None], str],
    language: str,
) -> str:
    japanese = language.startswith("ja")
    if not known:
        return (
            f"{title}の値はまだありません。" if japanese else f"{title}: no value yet."
        )
    first, last = known[0], known[-1]
    if len(known) == 1:
        day = said_day(last.as_of, language)
        if japanese:
            return f"{day}の{title}は{said(last.value)}です。"
        return f"{title} was {said(last.value)} on {day}."
    if japanese:
        return (
            f"{title}は{said_day(first.as_of, language)}の{said(first.value)}から"
            f"{said_day(last.as_of, language)}の{said(last.value)}になりました。"
        )
    return (
        f"{title} went from {said(first.value)} on {said_day(first.as_of, language)}"
        f" to {said(last.value)} on {said_day(last.as_of, language)}."
    )
