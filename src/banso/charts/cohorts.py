"""Cohorts: what is kept at each age, as a heat map and as curves."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import altair as alt

from banso.analytics.cohorts.shares import CohortLine, Kept, Measure
from banso.charts.chart import MISSING, Chart, color_by, finished, inline, thinned
from banso.kernel.labels import Label

# Every month of the first quarter, then fewer: a heat map is read by its columns.
AGES: Final = (0, 1, 2, 3, 6, 9, 12, 18, 24, 30, 36, 48, 60)
MOST_ROWS: Final = 38  # times the ages stays below the points of a chart
MOST_CURVES: Final = 6
_CURVE_AGES: Final = 72
_ROW: Final = 22  # pixels
_INTERVAL: Final = Label(ja="95 % 区間", en="95 % interval")
_COHORT: Final = Label(ja="コホート", en="Cohort")
_CUSTOMERS: Final = Label(ja="顧客数", en="Customers")
_AGE: Final = Label(ja="経過月数", en="Months since the first")
_KEPT: Final[Mapping[Measure, Label]] = {
    "customers": Label(ja="残っている割合（%）", en="Kept, %"),
    "money": Label(ja="最初の月に対する金額（%）", en="Money, % of the first month"),
}
_REASONS: Final[Mapping[str, Label]] = {
    "not_all_reached": Label(ja="未到達の月あり", en="not all have reached it"),
    "too_few_customers": Label(ja="件数不足", en="not enough customers"),
    "several_currencies": Label(ja="複数の通貨", en="several currencies"),
    "no_revenue": Label(ja="最初の月の金額なし", en="no revenue to compare with"),
}
_SIGNS: Final[Mapping[str, str]] = {
    "not_all_reached": "…",
    "too_few_customers": "·",
    "several_currencies": "×",
    "no_revenue": "×",
}


@dataclass(frozen=True)
class NamedLine:
    """A cohort, or a segment, with its name in the reader's language."""

    name: str
    line: CohortLine
    key: str = ""  # of the segment, as it is stored


@dataclass(frozen=True)
class CohortShape:
    """What the chart tells of."""

    measure: Measure
    title: str
    sentence: str
    head: str  # of the names: cohort, plan…
    say: Callable[[float], str]  # a share as people read it
    # The address of the customers behind a cell; null: they are not told.
    behind: Callable[[NamedLine, int], str] | None = None


def cohort_heat_map(
    lines: Sequence[NamedLine], shape: CohortShape, *, language: str
) -> Chart:
    """Return what is kept, by cohort (down) and age (across).

    Parameters
    ----------
    lines
        From the first row to the last; the last `MOST_ROWS` are shown.
    shape
        What is kept, and the words.
    language
        ``ja`` or ``en``.

    """
    shown = lines[-MOST_ROWS:]
    ages = _ages(shown)
    return Chart(
        key="cohort-heat",
        title=shape.title,
        sentence=shape.sentence,
        columns=_columns(shape, ages, language),
        rows=_rows(shown, shape, ages, language) if ages else (),
        spec=_heat_spec(shown, shape, ages, language),
        links=_links(shown, shape, ages),
    )


def cohort_curves(
    lines: Sequence[NamedLine], shape: CohortShape, *, language: str
) -> Chart:
    """Return what is kept by age, one curve for each cohort.

    Parameters
    ----------
    lines
        At most `MOST_CURVES` are drawn, evenly apart, of those with a number after age
        0; the table has the last `MOST_ROWS` of all.
    shape
        What is kept, and the words.
    language
        ``ja`` or ``en``.

    """
    told = lines[-MOST_ROWS:]
    ages = _ages(told)
    drawn = thinned([each for each in lines if _goes_on(each.line)], MOST_CURVES)
    return Chart(
        key="cohort-curves",
        title=shape.title,
        sentence=shape.sentence,
        columns=_columns(shape, ages, language),
        rows=_rows(told, shape, ages, language) if ages else (),
        spec=_curve_spec(drawn, shape, language),
        links=_links(told, shape, ages),
    )


def said_reason(reason: str, language: str) -> str:
    """Return why there is no number."""
    return _REASONS[reason].in_language(language)


def said_interval(cell: Kept, say: Callable[[float], str]) -> str:
    """Return from where to where a share may be; empty without an interval."""
    if cell.low is None or cell.high is None:
        return ""
    return f"{say(cell.low)}–{say(cell.high)}"


def _goes_on(line: CohortLine) -> bool:
    return any(cell.value is not None for cell in line.cells[1:])


def _ages(lines: Sequence[NamedLine]) -> tuple[int, ...]:
    reached = max((len(each.line.cells) for each in lines), default=0)
    return tuple(age for age in AGES if age < reached)


def _columns(shape: CohortShape, ages: Sequence[int], language: str) -> tuple[str, ...]:
    months = "か月" if language.startswith("ja") else " mo"
    said = [f"{age}{months}" for age in ages]
    return (shape.head, _CUSTOMERS.in_language(language), *said)


def _rows(
    lines: Sequence[NamedLine], shape: CohortShape, ages: Sequence[int], language: str
) -> tuple[tuple[str, ...], ...]:
    return tuple(
        (
            each.name,
            f"{each.line.customers:,}",
            *(_said(each.line.at(age), shape, language) for age in ages),
        )
        for each in lines
    )


def _links(
    lines: Sequence[NamedLine], shape: CohortShape, ages: Sequence[int]
) -> tuple[tuple[str, ...], ...]:
    if shape.behind is None or not ages:
        return ()
    return tuple(("", "", *(_link(each, age, shape) for age in ages)) for each in lines)


def _link(line: NamedLine, age: int, shape: CohortShape) -> str:
    """Return the address behind a cell; none where not all have reached the age."""
    cell = line.line.at(age)
    if shape.behind is None or cell is None or cell.reason == "not_all_reached":
        return ""
    return shape.behind(line, age)


def _said(cell: Kept | None, shape: CohortShape, language: str) -> str:
    if cell is None:
        return MISSING
    if cell.value is None:
        return said_reason(cell.reason or "", language)
    interval = said_interval(cell, shape.say)
    return (
        f"{shape.say(cell.value)} ({interval})" if interval else shape.say(cell.value)
    )


def _tip(cell: Kept, shape: CohortShape, language: str) -> Mapping[str, object]:
    return {
        "said": _said(cell, shape, language),
        "n": cell.customers,
    }


def _heat_spec(
    lines: Sequence[NamedLine], shape: CohortShape, ages: Sequence[int], language: str
) -> Mapping[str, object]:
    names = [f"{each.name} ({each.line.customers:,})" for each in lines]
    values = [
        {
            "cohort": name,
            "age": age,
            "value": None if cell.value is None else round(cell.value, 4),
            "sign": f"{cell.value * 100:.0f}"
            if cell.value is not None
            else _SIGNS[cell.reason or ""],
            **_tip(cell, shape, language),
            **({"href": link} if (link := _link(each, age, shape)) else {}),
        }
        for name, each in zip(names, lines, strict=True)
        for age in ages
        if (cell := each.line.at(age)) is not None
    ]
    known = [float(str(each["value"])) for each in values if each["value"] is not None]
    kept = _KEPT[shape.measure].in_language(language)
    base = alt.Chart(inline(values)).encode(
        x=alt.X(
            "age:O",
            title=" · ".join((_AGE.in_language(language), kept)),
            axis=alt.Axis(orient="top", labelAngle=0, ticks=False, domain=False),
        ),
        y=alt.Y(
            "cohort:N",
            title=None,
            sort=names,
            axis=alt.Axis(ticks=False, domain=False, labelLimit=150),
        ),
        tooltip=[
            alt.Tooltip("cohort:N", title=_COHORT.in_language(language)),
            alt.Tooltip("age:O", title=_AGE.in_language(language)),
            alt.Tooltip("said:N", title=kept),
            alt.Tooltip("n:Q", title=_CUSTOMERS.in_language(language), format=",d"),
        ],
    )
    cells = base.mark_rect(style="series", invalid="filter").encode(
        opacity=alt.Opacity(
            "value:Q",
            legend=None,
            # never so dark that the number on it is not read
            scale=alt.Scale(domain=_span(known), range=[0.04, 0.5]),
        )
    )
    # three digits fit into a cell of a telephone, too
    fitting = alt.ExprRef(expr=f"min(10, width / {max(1, len(ages))} / 2.1)")
    signs = base.mark_text(style="main", fontSize=fitting).encode(text="sign:N")
    if shape.behind is not None:
        cells, signs = (each.encode(href="href:N") for each in (cells, signs))
    height = _ROW * (len(lines) + 2)
    return finished(alt.layer(cells, signs), height=height)


def _span(known: Sequence[float]) -> list[float]:
    """Return from where to where the shares differ: tenths, at least to 1."""
    lowest = min(known, default=0.0)
    return [max(0.0, math.floor(lowest * 10) / 10 - 0.1), max([1.0, *known])]


def _curve_spec(
    lines: Sequence[NamedLine], shape: CohortShape, language: str
) -> Mapping[str, object]:
    names = [each.name for each in lines]
    values = [
        {
            "cohort": each.name,
            "age": cell.age,
            "value": round(cell.value, 4),
            **_tip(cell, shape, language),
        }
        for each in lines
        for cell in each.line.cells[:_CURVE_AGES]
        if cell.value is not None
    ]
    last = max((int(str(each["age"])) for each in values), default=1)
    curve = (
        alt.Chart(inline(values), name="curves")
        .mark_line(strokeWidth=2, point={"size": 40, "opacity": 0})
        .encode(
            x=alt.X(
                "age:Q",
                title=_AGE.in_language(language),
                scale=alt.Scale(domain=[0, max(1, last)], nice=False),
                axis=alt.Axis(tickMinStep=1, grid=False),
            ),
            y=alt.Y(
                "value:Q",
                title=None,
                axis=alt.Axis(format=".0%", tickCount=5, gridOpacity=0.5),
                scale=alt.Scale(zero=True, nice=True),
            ),
            color=color_by("cohort", names),
            tooltip=[
                alt.Tooltip("cohort:N", title=_COHORT.in_language(language)),
                alt.Tooltip("age:Q", title=_AGE.in_language(language)),
                alt.Tooltip("said:N", title=_INTERVAL.in_language(language)),
                alt.Tooltip("n:Q", title=_CUSTOMERS.in_language(language), format=",d"),
            ],
        )
    )
    return finished(alt.layer(curve), height=300)
