"""Where MRR came from and went: bridge, movements by period, levels, segments."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import altair as alt

from banso.charts.chart import (
    MAX_POINTS,
    MISSING,
    Chart,
    finished,
    inline,
    legend_above,
    number_axis,
    thinned,
    time_of,
)
from banso.kernel.labels import Label

Say = Callable[[float], str]

STEPS: Final[Mapping[str, Label]] = {
    "opening": Label("期首MRR", "Opening MRR"),
    "new": Label("新規", "New"),
    "reactivation": Label("復活", "Reactivation"),
    "expansion": Label("拡大", "Expansion"),
    "contraction": Label("縮小", "Contraction"),
    "churn": Label("解約", "Churn"),
    "exchange": Label("為替", "Exchange"),
    "transfer": Label("付け替え", "Transfer"),
    "closing": Label("期末MRR", "Closing MRR"),
}
_LEVELS: Final = ("opening", "closing")
_FLOWS: Final = ("new", "reactivation", "expansion", "contraction", "churn")
_TONES: Final = ("up", "other", "down", "level")  # in the order of the bands' colors
_STEP: Final = Label("内訳", "Step")
_AMOUNT: Final = Label("金額", "Amount")
_PERIOD: Final = Label("期間", "Period")
MOST_PERIODS: Final = 36
_CUT: Final = Label(
    "横軸は0から始まっていません。", " The axis does not begin at nought."
)


@dataclass(frozen=True)
class Step:
    """One bar of the bridge: a level, or a movement with its sign."""

    key: str  # of `STEPS`
    amount: float
    url: str = ""  # of the rows behind it


@dataclass(frozen=True)
class PeriodMoves:
    """The movements of one period."""

    label: str
    moves: Mapping[str, float]  # by kind, signed
    urls: Mapping[str, str]


@dataclass(frozen=True)
class Curve:
    """A line over time."""

    label: str
    points: Sequence[tuple[dt.date, float | None]]
    is_dashed: bool = False


@dataclass(frozen=True)
class LevelShape:
    """How lines over time are named and said."""

    key: str
    title: str
    say: Say
    said_period: Callable[[dt.date], str]
    axis_format: str = ""  # of d3: ".0%" for ratios
    from_zero: bool = False


def bridge_chart(
    steps: Sequence[Step], *, period: str, say: Say, language: str
) -> Chart:
    """Return the way from the opening to the closing MRR of a period.

    Parameters
    ----------
    steps
        The opening first, the closing last; between them what moved.
    period
        Its name, e.g. ``Nov 2026``.
    say
        An amount of money as people read it.
    language
        ``ja`` or ``en``.

    """
    title = Label(f"{period}のMRRの動き", f"MRR movements of {period}")
    bars = _bars(steps, say, language)
    sentence = _bridge_sentence(steps, period, say, language)
    if _window(bars)[0] > 0:
        sentence += _CUT.in_language(language)
    return Chart(
        key="bridge",
        title=title.in_language(language),
        sentence=sentence,
        columns=(_STEP.in_language(language), _AMOUNT.in_language(language)),
        rows=tuple((_name(s.key, language), say(s.amount)) for s in steps),
        spec=_bridge_spec(bars, language),
    )


def _bars(steps: Sequence[Step], say: Say, language: str) -> list[Mapping[str, object]]:
    bars: list[Mapping[str, object]] = []
    at = 0.0
    for step in steps:
        start = 0.0 if step.key in _LEVELS else at
        end = step.amount if step.key in _LEVELS else at + step.amount
        at = end
        bars.append(
            {
                "step": _name(step.key, language),
                "start": start,
                "end": end,
                "tip": max(start, end),
                "tone": _tone(step),
                "said": say(step.amount),
                "url": step.url,
            }
        )
    return bars


def _bridge_spec(
    bars: Sequence[Mapping[str, object]], language: str
) -> Mapping[str, object]:
    low, high = _window(bars)
    across = alt.Scale(domain=[low, high], nice=False, zero=False)
    names = [str(bar["step"]) for bar in bars]
    down = alt.Y("step:N", title=None, sort=names, axis=alt.Axis(labelLimit=140))
    rows = (
        alt.Chart(inline(bars), name="steps")
        .mark_bar(clip=True, height={"band": 0.7})
        .encode(
            y=down,
            x=alt.X("start:Q", title=None, scale=across, axis=number_axis(language)),
            x2=alt.X2("end:Q"),
            color=alt.Color(
                "tone:N",
                legend=None,
                scale=alt.Scale(domain=list(_TONES), range="ordinal"),
            ),
            href=alt.Href("url:N"),
            tooltip=[
                alt.Tooltip("step:N", title=_STEP.in_language(language)),
                alt.Tooltip("said:N", title=_AMOUNT.in_language(language)),
            ],
        )
    )
    texts = (
        alt.Chart(inline(bars), name="amounts")
        .mark_text(align="left", dx=5, style="main", fontSize=11)
        .encode(y=down, x=alt.X("tip:Q", title=None, scale=across), text="said:N")
    )
    return finished(alt.layer(rows, texts), height=34 * len(bars))


def _window(bars: Sequence[Mapping[str, object]]) -> tuple[float, float]:
    """Return the part of the scale that shows the movements, with room for texts.

    From nought when the movements are large beside the levels; else near them, as a
    bridge is drawn: its levels say their amounts.
    """
    edges = [float(str(bar["end"])) for bar in bars]
    low, high = min(edges), max(edges)
    spread = (high - low) or abs(high) or 1.0
    start = low - 0.35 * spread
    if low >= 0 and (start <= 0 or spread > low):
        start = 0.0
    return start, high + 0.3 * (high - start)


def _tone(step: Step) -> str:
    if step.key in _LEVELS:
        return "level"
    if step.key in ("exchange", "transfer"):
        return "other"
    return "up" if step.amount >= 0 else "down"


def _bridge_sentence(
    steps: Sequence[Step], period: str, say: Say, language: str
) -> str:
    first, last = steps[0].amount, steps[-1].amount
    gained = sum(s.amount for s in steps[1:-1] if s.amount > 0)
    lost = -sum(s.amount for s in steps[1:-1] if s.amount < 0)
    if language.startswith("ja"):
        return (
            f"{period}のMRRは{say(first)}から{say(last)}になりました"
            f"（増加{say(gained)}、減少{say(lost)}）。"
        )
    return (
        f"In {period} MRR went from {say(first)} to {say(last)}: {say(gained)} gained"
        f" and {say(lost)} lost."
    )


def movements_chart(
    periods: Sequence[PeriodMoves], *, say: Say, language: str
) -> Chart:
    """Return the movements of each period, gains above nought and losses below.

    Parameters
    ----------
    periods
        Ascending; the last 36 are shown.
    say
        An amount of money as people read it.
    language
        ``ja`` or ``en``.

    """
    shown = periods[-MOST_PERIODS:]
    labels = [each.label for each in shown]  # a period in which nothing moved, too
    names = [_name(kind, language) for kind in _FLOWS]
    values = [
        {
            "period": each.label,
            "kind": _name(kind, language),
            "amount": each.moves[kind],
            "said": say(each.moves[kind]),
            "url": each.urls.get(kind, ""),
        }
        for each in shown
        for kind in _FLOWS
        if each.moves[kind]
    ]
    bars = (
        alt.Chart(inline(values), name="moves")
        .mark_bar()
        .encode(
            x=alt.X(
                "period:N",
                title=None,
                scale=alt.Scale(domain=labels),
                axis=alt.Axis(labelAngle=0, labelOverlap="greedy", labelSeparation=8),
            ),
            y=alt.Y("amount:Q", title=None, axis=number_axis(language)),
            color=alt.Color(
                "kind:N",
                title=None,
                scale=alt.Scale(domain=names, range="category"),
                legend=alt.Legend(orient="top", columns=3),
            ),
            href=alt.Href("url:N"),
            tooltip=[
                alt.Tooltip("period:N", title=_PERIOD.in_language(language)),
                alt.Tooltip("kind:N", title=_STEP.in_language(language)),
                alt.Tooltip("said:N", title=_AMOUNT.in_language(language)),
            ],
        )
    )
    return Chart(
        key="movements",
        title=Label("期間ごとのMRRの動き", "MRR movements by period").in_language(
            language
        ),
        sentence=_moves_sentence(shown, say, language),
        columns=(_PERIOD.in_language(language), *names),
        rows=tuple(
            (each.label, *(say(each.moves[kind]) for kind in _FLOWS))
            for each in reversed(shown)
        ),
        spec=finished(alt.layer(bars), height=240),
    )


def _moves_sentence(periods: Sequence[PeriodMoves], say: Say, language: str) -> str:
    if not periods:
        return (
            "まだ動きはありません。"
            if language.startswith("ja")
            else "Nothing moved yet."
        )
    sums = [sum(each.moves[kind] for kind in _FLOWS) for each in periods]
    grew = sum(value > 0 for value in sums)
    best = max(range(len(sums)), key=lambda place: sums[place])
    label, amount = periods[best].label, say(sums[best])
    if language.startswith("ja"):
        return (
            f"{len(sums)}期間のうち{grew}期間でMRRが増えました。"
            f"差し引きが最も大きいのは{label}の{amount}です。"
        )
    return (
        f"MRR grew in {grew} of {len(sums)} periods; the best was {label} with"
        f" {amount} net."
    )


def curves_chart(curves: Sequence[Curve], shape: LevelShape, *, language: str) -> Chart:
    """Return lines over time, at most six of them.

    Parameters
    ----------
    curves
        Each ascending by day; a null leaves a gap. The sentence is about the first.
    shape
        Their name and form.
    language
        ``ja`` or ``en``.

    """
    days = sorted({day for curve in curves for day, _value in curve.points})
    shown = thinned(days, MAX_POINTS // max(1, len(curves)))
    by_day = [dict(curve.points) for curve in curves]

    def said(value: float | None) -> str:
        return MISSING if value is None else shape.say(value)

    rows = tuple(
        (shape.said_period(day), *(said(points.get(day)) for points in by_day))
        for day in reversed(shown)
    )
    is_known = any(v is not None for points in by_day for v in points.values())
    return Chart(
        key=shape.key,
        title=shape.title,
        sentence=_curve_sentence(curves, shape, language),
        columns=(_PERIOD.in_language(language), *(curve.label for curve in curves)),
        rows=rows if is_known else (),
        spec=_curves_spec(curves, shape, shown, language),
    )


def _curves_spec(
    curves: Sequence[Curve],
    shape: LevelShape,
    days: Sequence[dt.date],
    language: str,
) -> Mapping[str, object]:
    names = [curve.label for curve in curves]
    kept = set(days)
    values = [
        {
            "day": day.isoformat(),
            "line": curve.label,
            "value": value,
            "period": shape.said_period(day),
            "said": shape.say(value),
        }
        for curve in curves
        for day, value in curve.points
        if day in kept and value is not None
    ]
    dashes = [[5, 4] if curve.is_dashed else [1, 0] for curve in curves]
    axis = number_axis(language, shape.axis_format)
    # one legend for color and dashes: both have to ask for the same
    legend = legend_above() if len(curves) > 1 else None
    lines = (
        alt.Chart(inline(values), name="curves")
        .mark_line(strokeWidth=2, point={"size": 50, "opacity": 0})
        .encode(
            x=time_of("day", language, days),
            y=alt.Y(
                "value:Q",
                title=None,
                axis=axis,
                scale=alt.Scale(zero=shape.from_zero, nice=True),
            ),
            color=alt.Color(
                "line:N",
                title=None,
                scale=alt.Scale(domain=names, range="category"),
                legend=legend,
            ),
            strokeDash=alt.StrokeDash(
                "line:N",
                title=None,
                scale=alt.Scale(domain=names, range=dashes),
                legend=legend,
            ),
            tooltip=[
                alt.Tooltip("line:N", title=" "),
                alt.Tooltip("period:N", title=_PERIOD.in_language(language)),
                alt.Tooltip("said:N", title=" "),
            ],
        )
    )
    return finished(alt.layer(lines), height=220)


def _curve_sentence(curves: Sequence[Curve], shape: LevelShape, language: str) -> str:
    japanese = language.startswith("ja")
    known = [
        (day, value)
        for day, value in (curves[0].points if curves else ())
        if value is not None
    ]
    if not known:
        return (
            f"{shape.title}の値はまだありません。"
            if japanese
            else f"{shape.title}: no value yet."
        )
    (first_day, first), (last_day, last) = known[0], known[-1]
    label, when = curves[0].label, shape.said_period(last_day)
    if first_day == last_day:
        return (
            f"{when}の{label}は{shape.say(last)}です。"
            if japanese
            else f"{label} is {shape.say(last)} in {when}."
        )
    begin = shape.said_period(first_day)
    if japanese:
        return (
            f"{label}は{begin}の{shape.say(first)}から{when}の{shape.say(last)}に"
            "なりました。"
        )
    return (
        f"{label} went from {shape.say(first)} in {begin} to {shape.say(last)} in"
        f" {when}."
    )


def _name(key: str, language: str) -> str:
    return STEPS[key].in_language(language)
