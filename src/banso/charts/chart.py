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
_NARROW: Final = 380  # pixels: there the legend has one column
_WIDEST_LABEL: Final = 260  # pixels, of a legend

Row = TypeVar("Row")


@dataclass(frozen=True)
class Chart:
    """A chart for a page, a report or a notebook.

    The specification holds no color: marks carry style names (``main``, ``series``,
    ``ground-healthy``…) and scales the ranges ``category`` and ``ordinal`` (the bands),
    which a theme's configuration fills in (`banso.charts.theme`, or the page's CSS).
    """

    key: str
    title: str
    sentence: str  # what the chart shows, in one sentence
    columns: tuple[str, ...]  # of the table
    rows: tuple[tuple[str, ...], ...]  # formatted; empty: there is nothing to draw
    spec: Mapping[str, object]
    # Beside each cell the address of what is behind it, or ""; empty: there is none.
    links: tuple[tuple[str, ...], ...] = ()

    @property
    def linked_rows(self) -> tuple[tuple[tuple[str, str], ...], ...]:
        """The rows, each cell with its address, or ""."""
        links = self.links or tuple(("",) * len(row) for row in self.rows)
        return tuple(
            tuple(zip(row, beside, strict=True))
            for row, beside in zip(self.rows, links, strict=True)
        )


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
    # what is written here is checked by tests; checking each page costs 80 ms
    spec = chart.to_dict(validate=False)
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
        step = alt.TimeIntervalStep("day", max(1, span // 8))
    else:
        year, month = ("%Y年", "%-m月") if japanese else ("%Y", "%b")
        label = (
            f"utcmonth(datum.value) == 0 ? utcFormat(datum.value, '{year}')"
            f" : utcFormat(datum.value, '{month}')"
        )
        every = next(n for n in (1, 2, 3, 6, 12, 24, 120) if span / 30 / n <= 12)
        step = alt.TimeIntervalStep("month", every)
    return alt.Axis(
        title=None,
        labelExpr=label,
        tickCount=step,
        labelOverlap="greedy",
        labelSeparation=8,
        grid=False,
    )


def time_of(field: str, language: str, days: Sequence[dt.date]) -> alt.X:
    """Return the horizontal position of a day.

    Days have no zone: reading them in UTC keeps every browser on the same day.
    """
    return alt.X(
        f"{field}:T", axis=time_axis(language, days), scale=alt.Scale(type="utc")
    )


def inline(values: Sequence[Mapping[str, object]]) -> alt.Data:
    """Return rows as the data of a chart, within its specification."""
    return alt.Data(values=list(values))  # type: ignore[no-untyped-call] # altair's


def color_by(
    field: str, names: Sequence[str], *, columns: int = 3, shape: str = "stroke"
) -> alt.Color:
    """Return the colors of curves or points by name, with a legend when several are.

    Parameters
    ----------
    field
        That holds the name.
    names
        In the order of the legend.
    columns
        Of the legend.
    shape
        Of its symbols.

    """
    return alt.Color(
        f"{field}:N",
        title=None,
        scale=alt.Scale(domain=list(names), range="category"),
        legend=legend_above(columns, shape=shape) if len(names) > 1 else None,
    )


def legend_above(columns: int = 3, *, shape: str = "stroke") -> alt.Legend:
    """Return a legend over the chart, in one column where the page is narrow."""
    return alt.Legend(
        orient="top",
        columns=alt.ExprRef(expr=f"width < {_NARROW} ? 1 : {columns}"),
        labelLimit=_WIDEST_LABEL,
        symbolType=shape,
        symbolStrokeWidth=2.5,
    )


def number_axis(language: str, form: str = "") -> alt.Axis:
    """Return the axis of a quantity, in the units that readers count in.

    `form` is a format of d3, such as ``.0%``; without one, large numbers are counted in
    万 and 億, or in K and M.
    """
    if form:
        return alt.Axis(format=form, tickCount=5, gridOpacity=0.5)
    steps = (
        ((1e8, "億"), (1e4, "万"))
        if language.startswith("ja")
        else ((1e9, "B"), (1e6, "M"), (1e4, "K"))
    )
    label = "format(datum.value, ',')"
    for size, unit in reversed(steps):
        divisor = 1e3 if unit == "K" else size
        label = (
            f"abs(datum.value) >= {size:.0f} ?"
            f" format(datum.value / {divisor:.0f}, ',') + '{unit}' : {label}"
        )
    return alt.Axis(labelExpr=label, tickCount=5, gridOpacity=0.5)


def lone_points(
    points: Sequence[tuple[dt.date, float | None]],
) -> list[tuple[dt.date, float]]:
    """Return the points between two gaps: a line alone would not show them."""
    edged = [None, *(value for _day, value in points), None]
    return [
        (day, value)
        for place, (day, value) in enumerate(points)
        if value is not None and edged[place] is None and edged[place + 2] is None
    ]


def line_with_lone_points(
    points: Sequence[tuple[dt.date, float | None]],
    *,
    style: str,
    width: float,
    name: str,
) -> tuple[alt.Chart, alt.Chart | None]:
    """Return a line over ``day`` and ``value``, and its lone points when it has any.

    The line's own points are there for the pointer and are not drawn.
    """
    values = [{"day": day.isoformat(), "value": value} for day, value in points]
    line = alt.Chart(inline(values), name=name).mark_line(
        style=style,
        strokeWidth=width,
        invalid="break-paths-filter-domains",
        point={"size": 60, "opacity": 0, "style": style},
    )
    lone = lone_points(points)
    if not lone:
        return line, None
    dots = [{"day": day.isoformat(), "value": value} for day, value in lone]
    marks = alt.Chart(inline(dots), name=f"{name}_lone").mark_circle(
        style=style, size=22, opacity=1
    )
    return line, marks
