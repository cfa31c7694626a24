"""Which share of two groups is still there after so many days."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import altair as alt

from banso.charts.chart import (
    MAX_POINTS,
    MISSING,
    Chart,
    finished,
    inline,
)
from banso.kernel.labels import Label

HEIGHT: Final = 240
TICKS: Final = 5
_FIRST_LINE: Final = 68  # pixels from the plot to the first line of numbers at risk
_LINE: Final = 17
_DAYS: Final = Label(ja="日数", en="Days")
_STEPS: Final = (1, 2, 5, 7, 10, 14, 30, 60, 90, 180, 365, 730, 1825)


@dataclass(frozen=True)
class SurvivalPoint:
    """How many of a group are still there on one day."""

    day: int  # since the customers of the group are looked at
    at_risk: int  # still there and followed just before the day
    survival: float  # the share that is there after the day
    low: float | None
    high: float | None


@dataclass(frozen=True)
class SurvivalGroup:
    """One curve."""

    label: Label
    points: Sequence[SurvivalPoint]  # ascending; the last one is the last day known

    def at(self, day: int) -> SurvivalPoint | None:
        """Return the point that holds on a day; None when nobody was followed so far.

        Before the first point everybody is there.
        """
        if not self.points or day > self.points[-1].day:
            return None
        known = [point for point in self.points if point.day <= day]
        if known:
            return known[-1]
        return SurvivalPoint(day, self.points[0].at_risk, 1.0, None, None)

    def at_risk(self, day: int) -> str:
        """Return how many are still there and followed just before a day, in words.

        Where points lie on the days of ends only, the next one says how many at least.
        After the last one nobody is followed.
        """
        later = next((point for point in self.points if point.day >= day), None)
        if not self.points:
            return MISSING
        if later is None:
            return "0"
        return f"{later.at_risk:,}" if later.day == day else f"≥ {later.at_risk:,}"

    def until(self, last: int) -> "SurvivalGroup":
        """Return the curve up to a day: from everybody on day 0, to that day."""
        points = [point for point in self.points if point.day <= last]
        if self.points and (not points or points[0].day > 0):
            first = self.points[0].at_risk
            points.insert(0, SurvivalPoint(0, first, 1.0, None, None))
        if points and points[-1].day < last < self.points[-1].day:
            points.append(replace(points[-1], day=last))
        return replace(self, points=points)


def survival_curves(
    groups: Sequence[SurvivalGroup], *, within_days: int, language: str
) -> Chart:
    """Return the survival curves of groups with the numbers at risk below.

    Parameters
    ----------
    groups
        Two, mostly; a group without points is named in the table only.
    within_days
        The day up to which the curves are drawn.
    language
        ``ja`` or ``en``.

    """
    ticks = days_to_name(within_days)
    names = [group.label.in_language(language) for group in groups]
    rows = tuple(_row(group, day, language) for day in ticks for group in groups)
    return Chart(
        key="survival",
        title=Label(
            ja="継続している顧客の割合", en="Share of customers still there"
        ).in_language(language),
        sentence=_sentence(groups, within_days, language),
        columns=tuple(
            label.in_language(language)
            for label in (
                _DAYS,
                Label(ja="グループ", en="Group"),
                Label(ja="継続している割合", en="Still there"),
                Label(ja="95 % 区間", en="95 % interval"),
                Label(ja="対象の顧客数", en="At risk"),
            )
        ),
        rows=rows if any(group.points for group in groups) else (),
        spec=_spec(groups, ticks, names, language),
    )


def days_to_name(within_days: int) -> tuple[int, ...]:
    """Return the days that axis and table name: 0, round ones between, and the last."""
    apart = next((step for step in _STEPS if within_days / step <= TICKS), within_days)
    return (*range(0, within_days - apart // 2, max(1, apart)), within_days)


def _spec(
    groups: Sequence[SurvivalGroup],
    ticks: Sequence[int],
    names: Sequence[str],
    language: str,
) -> Mapping[str, object]:
    drawn = [group.until(ticks[-1]) for group in groups]
    limit = (MAX_POINTS - len(groups) * len(ticks)) // max(1, len(groups)) - 2
    values = [
        {
            "group": name,
            "day": point.day,
            "survival": round(point.survival, 4),
            "low": _cut(point.low),
            "high": _cut(point.high),
            "at_risk": point.at_risk,
        }
        for name, group in zip(names, drawn, strict=True)
        for point in _thin(group.points, limit)
    ]
    color = alt.Color(
        "group:N",
        title=None,
        scale=alt.Scale(domain=list(names), range="category"),
        legend=alt.Legend(
            orient="top",
            symbolType="stroke",
            symbolOpacity=1,
            symbolStrokeWidth=2.5,
            columns=2,
            labelLimit=260,
        ),
    )
    base = alt.Chart(inline(values)).encode(x=_day_axis(ticks, language), color=color)
    floor = _floor(drawn)
    band = base.mark_area(opacity=0.16, interpolate="step-after").encode(
        y=_share("low", floor), y2=alt.Y2("high:Q")
    )
    line = base.mark_line(
        strokeWidth=2,
        interpolate="step-after",
        point={"size": 60, "opacity": 0},
    ).encode(y=_share("survival", floor), tooltip=_tips(language))
    risk = _numbers_at_risk(groups, ticks, names, color, language)
    return finished(alt.layer(alt.layer(band, line), *risk), height=HEIGHT)


def _thin(points: Sequence[SurvivalPoint], limit: int) -> Sequence[SurvivalPoint]:
    """Return points evenly apart, the first and the last one among them."""
    if len(points) <= limit:
        return points
    last = len(points) - 1
    return [points[round(place * last / (limit - 1))] for place in range(limit)]


def _numbers_at_risk(
    groups: Sequence[SurvivalGroup],
    ticks: Sequence[int],
    names: Sequence[str],
    color: alt.Color,
    language: str,
) -> list[alt.Chart]:
    """Return a line of text for each group, below the axis, at the days it names."""
    head = alt.Chart(inline([{}])).mark_text(
        align="left",
        fontSize=11,
        style="main",
        opacity=0.7,
        text=_AT_RISK.in_language(language),
    )
    lines = [head.encode(x=alt.value(0), y=alt.value(HEIGHT + _FIRST_LINE - _LINE))]
    for place, (name, group) in enumerate(zip(names, groups, strict=True)):
        values = [{"group": name, "day": day, "n": group.at_risk(day)} for day in ticks]
        text = alt.Chart(inline(values)).mark_text(fontSize=11, fontWeight=600)
        lines.append(
            text.encode(
                x=_day_axis(ticks, language),
                y=alt.value(HEIGHT + _FIRST_LINE + place * _LINE),
                text="n:N",
                color=color,
            )
        )
    return lines


_AT_RISK: Final = Label(ja="その日まで追えている顧客数", en="Customers at risk")


def _day_axis(ticks: Sequence[int], language: str) -> alt.X:
    return alt.X(
        "day:Q",
        scale=alt.Scale(domain=[0, ticks[-1]], nice=False, clamp=True),
        axis=alt.Axis(
            values=list(ticks),
            title=_DAYS.in_language(language),
            titlePadding=2,
            grid=False,
            labelFlush=True,
        ),
    )


def _share(field: str, floor: float) -> alt.Y:
    return alt.Y(
        f"{field}:Q",
        title=None,
        scale=alt.Scale(domain=[floor, 1], nice=False, clamp=True),
        axis=alt.Axis(format=".0%", tickCount=5, gridOpacity=0.5),
    )


def _floor(groups: Sequence[SurvivalGroup]) -> float:
    """Return where the scale begins: the tenth below everything that is drawn."""
    lowest = min(
        (
            point.survival if point.low is None else point.low
            for group in groups
            for point in group.points
        ),
        default=0.0,
    )
    return max(0.0, math.floor(lowest * 10 - 1e-9) / 10)


def _tips(language: str) -> list[alt.Tooltip]:
    return [
        alt.Tooltip("group:N", title=" "),
        alt.Tooltip("day:Q", title=_DAYS.in_language(language), format=",d"),
        alt.Tooltip(
            "survival:Q",
            title=Label(ja="継続", en="Still there").in_language(language),
            format=".1%",
        ),
        alt.Tooltip("low:Q", title="95 % ≥", format=".1%"),
        alt.Tooltip("high:Q", title="95 % ≤", format=".1%"),
        alt.Tooltip("at_risk:Q", title=_AT_RISK.in_language(language), format=",d"),
    ]


def _row(group: SurvivalGroup, day: int, language: str) -> tuple[str, ...]:
    point = group.at(day)
    said = MISSING if point is None else f"{point.survival:.1%}"
    interval = MISSING
    if point is not None and point.low is not None and point.high is not None:
        interval = f"{point.low:.1%} – {point.high:.1%}"
    name = group.label.in_language(language)
    return (f"{day:,}", name, said, interval, group.at_risk(day))


def _sentence(groups: Sequence[SurvivalGroup], within_days: int, language: str) -> str:
    japanese = language.startswith("ja")
    found = [(group, group.at(_last_day(group, within_days))) for group in groups]
    known = [(group, point) for group, point in found if point is not None]
    if not known:
        return (
            "まだ曲線を描けません。" if japanese else "There is no curve to draw yet."
        )
    day = min(_last_day(group, within_days) for group, _point in known)
    parts = []
    for group, _point in known:
        point = group.at(day)
        assert point is not None, "the day is within every curve"
        name = group.label.in_language(language)
        if japanese:
            parts.append(f"「{name}」の{point.survival:.1%}")
        else:
            parts.append(f"{point.survival:.1%} of “{name}”")
    if japanese:
        return f"{day:,}日後も続いているのは、{'、'.join(parts)}です。"
    verb = "are" if len(parts) > 1 else "is"
    return f"After {day:,} days, {' and '.join(parts)} {verb} still there."


def _last_day(group: SurvivalGroup, within_days: int) -> int:
    last = group.points[-1].day if group.points else within_days
    return min(last, within_days)


def _cut(value: float | None) -> float | None:
    return None if value is None else round(value, 4)
