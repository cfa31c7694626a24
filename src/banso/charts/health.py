"""The health of one customer over time, and of all customers by band."""

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import altair as alt

from banso.charts.chart import (
    MAX_POINTS,
    MISSING,
    Chart,
    finished,
    inline,
    line_with_lone_points,
    number_axis,
    said_day,
    thinned,
    time_of,
)
from banso.kernel.labels import Label

BANDS: Final[tuple[tuple[str, Label], ...]] = (
    ("healthy", Label(ja="健全", en="Healthy")),
    ("watch", Label(ja="注意", en="Watch")),
    ("at_risk", Label(ja="危険", en="At risk")),
    ("unknown", Label(ja="判定不可", en="Not enough data")),
)
_SCORE: Final = Label(ja="健康度", en="Health")
_DAY: Final = Label(ja="日付", en="Date")
_CUSTOMERS: Final = Label(ja="顧客数", en="Customers")


@dataclass(frozen=True)
class HealthPoint:
    """The health of a customer on one as-of date."""

    as_of: dt.date
    score: float | None  # 0 to 100
    dimensions: Mapping[str, float | None] = field(default_factory=dict)  # by key


@dataclass(frozen=True)
class HealthShape:
    """What of the health model a history needs: its bands and its dimensions' names."""

    healthy: float  # the score from which a customer is healthy
    watch: float
    dimensions: Mapping[str, Label] = field(default_factory=dict)


@dataclass(frozen=True)
class BandCount:
    """How many customers were in each band on one as-of date."""

    as_of: dt.date
    customers: Mapping[str, int]  # by band; a band without customers may be missing


def health_history(
    points: Sequence[HealthPoint], shape: HealthShape, *, language: str
) -> Chart:
    """Return the line of a customer's score before the bands, with its dimensions.

    Parameters
    ----------
    points
        Ascending by date. A null leaves a gap. Longer histories are thinned evenly to
        at most 500 marks, the last date always among them.
    shape
        The bands and dimensions of the model that scored the customer.
    language
        ``ja`` or ``en``.

    """
    lines = len(shape.dimensions) + 1
    shown = thinned(points, (MAX_POINTS - 3) // lines)
    names = [label.in_language(language) for label in shape.dimensions.values()]
    score = _SCORE.in_language(language)
    rows = tuple(
        (
            said_day(point.as_of, language),
            _said(point.score),
            *(_said(point.dimensions.get(key)) for key in shape.dimensions),
        )
        for point in reversed(shown)
    )
    return Chart(
        key="health-history",
        title=Label(ja="健康度の推移", en="Health over time").in_language(language),
        sentence=_sentence(points, language),
        columns=(_DAY.in_language(language), score, *names),
        rows=rows if any(p.score is not None for p in points) else (),
        spec=_health_spec(shown, shape, language),
    )


def _health_spec(
    shown: Sequence[HealthPoint], shape: HealthShape, language: str
) -> Mapping[str, object]:
    days = [point.as_of for point in shown]
    x = time_of("day", language, days)
    layers: list[alt.Chart] = _grounds(shape)
    if shape.dimensions:
        layers.append(_dimension_lines(shown, shape, x, language))
    line, lone = line_with_lone_points(
        [(p.as_of, _cut(p.score)) for p in shown], style="main", width=2.5, name="score"
    )
    tips = [
        _day_tip(language),
        alt.Tooltip("value:Q", title=_SCORE.in_language(language), format=".0f"),
    ]
    layers += [
        each.encode(x=x, y=_score_axis("value"), tooltip=tips)
        for each in (line, lone)
        if each is not None
    ]
    return finished(alt.layer(*layers), height=260)


def _score_axis(field_name: str) -> alt.Y:
    return alt.Y(
        f"{field_name}:Q",
        title=None,
        scale=alt.Scale(domain=[0, 100]),
        axis=alt.Axis(values=[0, 20, 40, 60, 80, 100], gridOpacity=0.5),
    )


def _grounds(shape: HealthShape) -> list[alt.Chart]:
    """Return the bands as grounds: from the score where each begins to its end."""
    edges = (
        ("at_risk", 0.0, shape.watch),
        ("watch", shape.watch, shape.healthy),
        ("healthy", shape.healthy, 100.0),
    )
    return [
        alt.Chart(inline([{"from": low, "to": high}]), name=f"ground_{band}")
        .mark_rect(style=f"ground-{band}", opacity=0.55)
        .encode(
            y=_score_axis("from"),
            y2=alt.Y2("to:Q"),
        )
        for band, low, high in edges
    ]


def _dimension_lines(
    shown: Sequence[HealthPoint],
    shape: HealthShape,
    x: alt.X,
    language: str,
) -> alt.Chart:
    """Return one thin line for each dimension; a click in the legend picks one."""
    names = {
        key: label.in_language(language) for key, label in shape.dimensions.items()
    }
    values = [
        {
            "day": point.as_of.isoformat(),
            "score": _cut(point.dimensions.get(key)),
            "dimension": name,
        }
        for key, name in names.items()
        for point in shown
    ]
    picked = alt.selection_point(name="picked", fields=["dimension"], bind="legend")
    lines: alt.Chart = (
        alt.Chart(inline(values), name="dimensions")
        .mark_line(strokeWidth=1.25, invalid="break-paths-filter-domains")
        .encode(
            x=x,
            y=_score_axis("score"),
            color=alt.Color(
                "dimension:N",
                title=None,
                sort=list(names.values()),
                scale=alt.Scale(domain=list(names.values()), range="category"),
                legend=alt.Legend(orient="top", symbolType="stroke", columns=3),
            ),
            opacity=alt.condition(picked, alt.value(0.85), alt.value(0.12)),
            tooltip=[
                _day_tip(language),
                alt.Tooltip("dimension:N", title=" "),
                alt.Tooltip(
                    "score:Q", title=_SCORE.in_language(language), format=".0f"
                ),
            ],
        )
        .add_params(picked)
    )
    return lines


def _sentence(points: Sequence[HealthPoint], language: str) -> str:
    # Rounded down, as pages show it: a 69.6 is not yet in the band that begins at 70.
    known = [(p.as_of, math.floor(p.score)) for p in points if p.score is not None]
    japanese = language.startswith("ja")
    if not known:
        return "まだ健康度がありません。" if japanese else "There is no score yet."
    first_day, (last_day, last) = known[0][0], known[-1]
    low_day, low = min(known, key=lambda each: (each[1], each[0]))
    if len(known) == 1:
        if japanese:
            return f"{said_day(last_day, language)}の健康度は{last}です。"
        return f"Health was {last} on {said_day(last_day, language)}."
    went = _went(known[0], known[-1], language)
    if low_day in (first_day, last_day):
        return went
    if japanese:
        return f"{went}最も低かったのは{said_day(low_day, language)}の{low}です。"
    return f"{went} It was lowest at {low} on {said_day(low_day, language)}."


def _went(first: tuple[dt.date, int], last: tuple[dt.date, int], language: str) -> str:
    (first_day, before), (last_day, after) = first, last
    begin, end = said_day(first_day, language), said_day(last_day, language)
    if language.startswith("ja"):
        return f"健康度は{begin}の{before}から{end}の{after}になりました。"
    return f"Health went from {before} on {begin} to {after} on {end}."


def band_counts(points: Sequence[BandCount], *, language: str) -> Chart:
    """Return the number of customers in each band over time, stacked.

    Parameters
    ----------
    points
        Ascending by date; thinned evenly to at most 500 marks.
    language
        ``ja`` or ``en``.

    """
    shown = thinned(points, MAX_POINTS // len(BANDS))
    names = [label.in_language(language) for _key, label in BANDS]
    rows = tuple(
        (
            said_day(p.as_of, language),
            *(f"{p.customers.get(k, 0):,}" for k, _l in BANDS),
        )
        for p in reversed(shown)
    )
    return Chart(
        key="band-counts",
        title=Label(
            ja="健康状態別の顧客数の推移", en="Customers by health over time"
        ).in_language(language),
        sentence=_bands_sentence(points, language),
        columns=(_DAY.in_language(language), *names),
        rows=rows,
        spec=_bands_spec(shown, names, language),
    )


def _bands_spec(
    shown: Sequence[BandCount], names: Sequence[str], language: str
) -> Mapping[str, object]:
    values = [
        {
            "day": point.as_of.isoformat(),
            "band": name,
            "rank": rank,
            "customers": point.customers.get(key, 0),
        }
        for point in shown
        for rank, ((key, _label), name) in enumerate(zip(BANDS, names, strict=True))
    ]
    customers = _CUSTOMERS.in_language(language)
    chart = (
        alt.Chart(inline(values), name="bands")
        .mark_area(opacity=0.85)
        .encode(
            x=time_of("day", language, [point.as_of for point in shown]),
            y=alt.Y(
                "customers:Q",
                title=None,
                stack="zero",
                axis=number_axis(language),
            ),
            color=alt.Color(
                "band:N",
                title=None,
                scale=alt.Scale(domain=list(names), range="ordinal"),
                legend=alt.Legend(orient="top", columns=2, symbolType="square"),
            ),
            order=alt.Order("rank:Q", sort="descending"),
            tooltip=[
                _day_tip(language),
                alt.Tooltip("band:N", title=" "),
                alt.Tooltip("customers:Q", title=customers, format=",d"),
            ],
        )
    )
    return finished(chart, height=220)


def _bands_sentence(points: Sequence[BandCount], language: str) -> str:
    japanese = language.startswith("ja")
    if not points:
        return "まだ履歴がありません。" if japanese else "There is no history yet."
    first, last = points[0], points[-1]
    before, after = first.customers.get("at_risk", 0), last.customers.get("at_risk", 0)
    if japanese:
        return (
            f"「危険」の顧客は{said_day(first.as_of, language)}の{before:,}社から"
            f"{said_day(last.as_of, language)}の{after:,}社になりました。"
        )
    return (
        f"Customers at risk went from {before:,} on {said_day(first.as_of, language)}"
        f" to {after:,} on {said_day(last.as_of, language)}."
    )


def _day_tip(language: str) -> alt.Tooltip:
    form = "%Y年%-m月%-d日" if language.startswith("ja") else "%-d %b %Y"
    return alt.Tooltip(
        "utcyearmonthdate(day):T", title=_DAY.in_language(language), format=form
    )


def _cut(value: float | None) -> float | None:
    """Return a score with the places that a screen can show."""
    return None if value is None else round(value, 1)


def _said(value: float | None) -> str:
    return MISSING if value is None else f"{value:.0f}"
