"""What customers are worth by month of life, and models beside what came."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import altair as alt

from banso.charts.chart import (
    MAX_POINTS,
    MISSING,
    Chart,
    color_by,
    finished,
    inline,
    number_axis,
    said_day,
    thinned,
    time_of,
)
from banso.kernel.labels import Label

Say = Callable[[float], str]
MOST_CURVES: Final = 6
_POINTS: Final = 60  # of a curve
_HEIGHT: Final = 280
_MONTH: Final = Label(ja="契約からの月数", en="Month of life")
_RENEWAL: Final = Label(ja="更新回数", en="Renewal")
_WEEK: Final = Label(ja="週", en="Week")
_EXPECTED: Final = Label(ja="モデルの予想", en="Expected")
_OBSERVED: Final = Label(ja="実績", en="Observed")
_AT_RISK: Final = Label(ja="対象の顧客数", en="Customers followed")
_INTERVAL: Final = Label(ja="95 % 区間", en="95 % interval")


@dataclass(frozen=True)
class ValueMonth:
    """Revenue of a new customer from its first month to the end of one."""

    month: int
    at_risk: int
    value: float
    low: float
    high: float


@dataclass(frozen=True)
class ValueLine:
    """The customers of one segment."""

    name: str
    months: Sequence[ValueMonth]


@dataclass(frozen=True)
class RenewalPoint:
    """An anniversary: what renewed, beside what a model says; null: not known."""

    renewal: int
    kind: str  # in the reader's language
    value: float
    low: float
    high: float
    n: int


@dataclass(frozen=True)
class PurchaseWeek:
    """All repeat purchases of a week."""

    week: dt.date
    is_later: bool
    expected: float
    observed: float


@dataclass(frozen=True)
class Words:
    """What a chart says, in the reader's language."""

    title: str
    sentence: str


def value_curves(
    lines: Sequence[ValueLine], words: Words, *, say: Say, language: str
) -> Chart:
    """Return the revenue of a new customer so far, by month of life.

    Parameters
    ----------
    lines
        At most `MOST_CURVES` are drawn; one alone with its interval.
    words
        Title and sentence.
    say
        An amount as people read it.
    language
        ``ja`` or ``en``.

    """
    drawn = [each for each in lines if each.months][:MOST_CURVES]
    columns = ("", *(w.in_language(language) for w in (_MONTH, _AT_RISK)))
    rows = [
        (
            each.name,
            str(m.month),
            f"{m.at_risk:,}",
            say(m.value),
            f"{say(m.low)}–{say(m.high)}",
        )
        for each in lines
        for m in each.months
        if m.month % 12 == 0 or m is each.months[-1]
    ]
    return Chart(
        key="value-curves",
        title=words.title,
        sentence=words.sentence,
        columns=(*columns, words.title, _INTERVAL.in_language(language)),
        rows=tuple(rows[:MAX_POINTS]),
        spec=_value_spec(drawn, language),
    )


def renewal_chart(
    points: Sequence[RenewalPoint], words: Words, *, say: Say, language: str
) -> Chart:
    """Return the share that renews at each anniversary, as seen and as modelled."""
    rows = tuple(
        (
            str(each.renewal),
            each.kind,
            say(each.value),
            f"{say(each.low)}–{say(each.high)}",
            f"{each.n:,}",
        )
        for each in points
    )
    return Chart(
        key="renewals",
        title=words.title,
        sentence=words.sentence,
        columns=(
            _RENEWAL.in_language(language),
            "",
            Label(ja="更新した割合", en="Share renewed").in_language(language),
            _INTERVAL.in_language(language),
            Label(ja="顧客数", en="Customers").in_language(language),
        ),
        rows=rows,
        spec=_renewal_spec(points, language),
    )


def purchase_chart(
    weeks: Sequence[PurchaseWeek], words: Words, *, say: Say, language: str
) -> Chart:
    """Return expected and observed purchases by week, the later ones marked."""
    told = thinned(weeks, MAX_POINTS // 2 - 1)
    later = Label(ja="後半（未知の期間）", en="later, not known to the model")
    rows = tuple(
        (
            said_day(each.week, language),
            later.in_language(language) if each.is_later else MISSING,
            say(each.expected),
            say(each.observed),
        )
        for each in told
    )
    return Chart(
        key="purchases",
        title=words.title,
        sentence=words.sentence,
        columns=(
            _WEEK.in_language(language),
            "",
            _EXPECTED.in_language(language),
            _OBSERVED.in_language(language),
        ),
        rows=rows,
        spec=_purchase_spec(told, language),
    )


def _value_spec(lines: Sequence[ValueLine], language: str) -> Mapping[str, object]:
    names = [each.name for each in lines]
    values = [
        {
            "line": each.name,
            "month": m.month,
            "value": round(m.value, 2),
            "low": round(m.low, 2),
            "high": round(m.high, 2),
            "at_risk": m.at_risk,
        }
        for each in lines
        for m in thinned(each.months, _POINTS)
    ]
    base = alt.Chart(inline(values)).encode(
        x=alt.X(
            "month:Q",
            title=_MONTH.in_language(language),
            axis=alt.Axis(tickMinStep=1, grid=False),
        ),
        color=color_by("line", names),
        tooltip=[
            alt.Tooltip("line:N", title=" "),
            alt.Tooltip("month:Q", title=_MONTH.in_language(language)),
            alt.Tooltip("value:Q", title=" ", format=",.0f"),
            alt.Tooltip("low:Q", title="95 % ≥", format=",.0f"),
            alt.Tooltip("high:Q", title="95 % ≤", format=",.0f"),
            alt.Tooltip("at_risk:Q", title=_AT_RISK.in_language(language), format=",d"),
        ],
    )
    axis = number_axis(language)
    line = base.mark_line(strokeWidth=2, point={"size": 40, "opacity": 0}).encode(
        y=alt.Y("value:Q", title=None, axis=axis)
    )
    if len(lines) > 1:
        return finished(alt.layer(line), height=_HEIGHT)
    band = base.mark_area(opacity=0.15).encode(
        y=alt.Y("low:Q", title=None, axis=axis), y2=alt.Y2("high:Q")
    )
    return finished(alt.layer(band, line), height=_HEIGHT)


def _renewal_spec(
    points: Sequence[RenewalPoint], language: str
) -> Mapping[str, object]:
    names = list(dict.fromkeys(each.kind for each in points))
    values = [
        {
            "renewal": str(each.renewal),
            "kind": each.kind,
            "value": round(each.value, 4),
            "low": round(each.low, 4),
            "high": round(each.high, 4),
            "n": each.n,
        }
        for each in points
    ]
    base = alt.Chart(inline(values)).encode(
        x=alt.X(
            "renewal:N",
            title=_RENEWAL.in_language(language),
            axis=alt.Axis(labelAngle=0, grid=False),
        ),
        xOffset=alt.XOffset("kind:N", scale=alt.Scale(domain=names, padding=1)),
        color=color_by("kind", names, shape="circle"),
        tooltip=[
            alt.Tooltip("kind:N", title=" "),
            alt.Tooltip("value:Q", title=" ", format=".1%"),
            alt.Tooltip("low:Q", title="95 % ≥", format=".1%"),
            alt.Tooltip("high:Q", title="95 % ≤", format=".1%"),
            alt.Tooltip("n:Q", title="n", format=",d"),
        ],
    )
    axis = alt.Axis(format=".0%", tickCount=5, gridOpacity=0.5)
    scale = alt.Scale(zero=False, nice=True)
    rule = base.mark_rule(strokeWidth=2.5, opacity=0.55).encode(
        y=alt.Y("low:Q", title=None, axis=axis, scale=scale), y2=alt.Y2("high:Q")
    )
    dot = base.mark_point(filled=True, size=80, opacity=1).encode(
        y=alt.Y("value:Q", title=None, axis=axis, scale=scale)
    )
    return finished(alt.layer(rule, dot), height=240)


def _purchase_spec(
    weeks: Sequence[PurchaseWeek], language: str
) -> Mapping[str, object]:
    names = [_OBSERVED.in_language(language), _EXPECTED.in_language(language)]
    days = [each.week for each in weeks]
    values = [
        {"week": each.week.isoformat(), "kind": kind, "value": round(value, 2)}
        for each in weeks
        for kind, value in zip(names, (each.observed, each.expected), strict=True)
    ]
    line = (
        alt.Chart(inline(values), name="weeks")
        .mark_line(strokeWidth=2, point={"size": 40, "opacity": 0})
        .encode(
            x=time_of("week", language, days),
            y=alt.Y("value:Q", title=None, axis=number_axis(language)),
            color=color_by("kind", names),
            tooltip=[
                alt.Tooltip("kind:N", title=" "),
                alt.Tooltip("week:T", title=_WEEK.in_language(language)),
                alt.Tooltip("value:Q", title=" ", format=",.1f"),
            ],
        )
    )
    later = [each.week for each in weeks if each.is_later]
    if not later:
        return finished(alt.layer(line), height=_HEIGHT)
    since = (
        alt.Chart(inline([{"week": later[0].isoformat()}]), name="since")
        .mark_rule(style="main", strokeDash=[4, 3], opacity=0.7)
        .encode(x=time_of("week", language, days))
    )
    return finished(alt.layer(line, since), height=_HEIGHT)
