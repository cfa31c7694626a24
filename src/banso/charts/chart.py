"""What a chart is: a specification, one sentence, and the same as a table."""

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

import altair as alt
from babel.dates import format_date

MAX_POINTS: Final = 500
MISSING: Final = "–"

Row = TypeVar("Row")


@dataclass(frozen=True)
class Chart:
    """A chart for a page, a report or a notebook.

    The specification holds no color: marks carry style names (``main``, ``series``,
    ``ground-healthy``…) and scales the ranges ``category`` and ``ordinal`` (the bands),
    which the configuration of a theme fills in (`banso.charts.theme`, or the page's CSS).
    """

    key: str
    title: str
    sentence: str  # what the chart shows, in one sentence
    columns: tuple[str, ...]  # of the table
    rows: tuple[tuple[str, ...], ...]  # formatted; empty: there is nothing to draw
    spec: Mapping[str, object]


def thinned(rows: Sequence[Row], limit: int) -> Sequence[Row]:
    """Return at most `limit` rows, evenly apart, the last one always among them."""
    if len(rows) <= limit:
        return rows
    step = -(-len(rows) // limit)
    return rows[::-1][::step][::-1]


def finished(chart: alt.TopLevelMixin, *, height: int) -> Mapping[str, object]:
    """Return the specification of an Altair chart, as wide as its place.

    Names that Altair counts up while a process runs are not in it, so that the same
    rows give the same bytes.
    """
    spec = chart.to_dict()
    spec.pop("config", None)
    spec.pop("$schema", None)
    spec["$schema"] = "https://vega.github.io/schema/vega-lite/v6.json"
    spec["width"] = "container"
    spec["height"] = height
    spec["autosize"] = {"type": "fit-x", "contains": "padding"}
    result: Mapping[str, object] = json.loads(json.dumps(spec))
    return result


def said_day(day: dt.date, language: str) -> str:
    """Return a day for a table or a sentence: 23 Nov 2026, 2026年11月23日."""
    if language.startswith("ja"):
        return format_date(day, "y年M月d日", locale="ja")
    return format_date(day, "d MMM y", locale="en")


def time_axis(language: str, days: Sequence[dt.date]) -> alt.Axis:
    """Return the axis of time: days in a short history, else months and years."""
    span = (days[-1] - days[0]).days if days else 0
    japanese = language.startswith("ja")
    if span < 62:
        form = "%-m/%-d" if japanese else "%-d %b"
        label = f"utcFormat(datum.value, '{form}')"
        step = alt.TimeIntervalStep(alt.TimeInterval("day"), max(1, span // 8))
    else:
        year, month = ("%Y年", "%-m月") if japanese else ("%Y", "%b")
        label = (
            f"utcmonth(datum.value) == 0 ? utcFormat(datum.value, '{year}')"
            f" : utcFormat(datum.value, '{month}')"
        )
        every = next(n for n in (1, 2, 3, 6, 12, 24, 120) if span / 30 / n <= 12)
        step = alt.TimeIntervalStep(alt.TimeInterval("month"), every)
    return alt.Axis(
        title=None, labelExpr=label, tickCount=step, labelOverlap="greedy", grid=False
    )


def time_of(field: str, language: str, days: Sequence[dt.date]) -> alt.X:
    """Return the horizontal position of a day.

    Days have no zone: reading them in UTC keeps every browser on the same day.
    """
    return alt.X(
        f"{field}:T", axis=time_axis(language, days), scale=alt.Scale(type="utc")
    )
