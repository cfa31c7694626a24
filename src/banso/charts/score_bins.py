"""What came of customers by their score: whether few points meant that many left."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import altair as alt

from banso.charts.chart import MISSING, Chart, finished, inline
from banso.charts.health import HealthShape
from banso.kernel.labels import Label

WIDTH: Final = 10  # points of a bin
_SCORE: Final = Label(ja="健康度", en="Health")
_SHARE: Final = Label(ja="解約した割合", en="Share that left")
_ROWS: Final = Label(ja="顧客×月", en="Customer-months")


@dataclass(frozen=True)
class ScoreBin:
    """The customers with a score from `start` to the next bin."""

    start: int  # 0, 10, … 90
    n: int
    observed: float | None  # share of them that left
    low: float | None
    high: float | None


def churn_by_score(
    bins: Sequence[ScoreBin],
    shape: HealthShape,
    *,
    days: int,
    language: str,
    part: str = "",
) -> Chart:
    """Return bars of the share that left, by score, before the bands.

    Parameters
    ----------
    bins
        Ascending; a bin with too few customers may be missing.
    shape
        Where watch and healthy begin.
    days
        Within how many days they left.
    language
        ``ja`` or ``en``.
    part
        What the points are of, when it is a dimension or an element.

    """
    known = [bin_ for bin_ in bins if bin_.observed is not None]
    points = Label(part, part) if part else _SCORE
    return Chart(
        key="churn-by-score",
        title=Label(
            ja=f"{points.ja}別の{days}日以内の解約",
            en=f"Left within {days} days, by {part or 'score'}",
        ).in_language(language),
        sentence=_sentence(known, shape, days, (points, language)),
        columns=(
            points.in_language(language),
            _SHARE.in_language(language),
            Label(ja="95 % 区間", en="95 % interval").in_language(language),
            _ROWS.in_language(language),
        ),
        rows=tuple(
            (
                f"{bin_.start}–{bin_.start + WIDTH}",
                _said(bin_.observed),
                MISSING
                if bin_.low is None or bin_.high is None
                else f"{bin_.low:.1%} – {bin_.high:.1%}",
                f"{bin_.n:,}",
            )
            for bin_ in bins
        )
        if known
        else (),
        spec=_spec(known, shape, points.in_language(language), language),
    )


def _spec(
    known: Sequence[ScoreBin], shape: HealthShape, points: str, language: str
) -> Mapping[str, object]:
    share = _share(_top(known))
    along = _along(points)
    grounds = [
        alt.Chart(inline([{"from": low, "to": high}]), name=f"ground_{band}")
        .mark_rect(style=f"ground-{band}", opacity=0.55)
        .encode(x=along("from"), x2=alt.X2("to:Q"))
        for band, low, high in (
            ("at_risk", 0.0, shape.watch),
            ("watch", shape.watch, shape.healthy),
            ("healthy", shape.healthy, 100.0),
        )
    ]
    values = [_values(bin_) for bin_ in known]
    bars = (
        alt.Chart(inline(values), name="bins")
        .mark_rect(style="series", opacity=0.75)
        .encode(
            x=along("start"),
            x2=alt.X2("end:Q"),
            y=share("observed"),
            y2=alt.Y2("floor:Q"),
            tooltip=_tips(language),
        )
    )
    rules = alt.Chart(inline(values), name="intervals").mark_rule(
        style="main", strokeWidth=1.5
    )
    rules = rules.encode(x=along("middle"), y=share("low"), y2=alt.Y2("high:Q"))
    return finished(alt.layer(*grounds, bars, rules), height=240)


def _values(bin_: ScoreBin) -> dict[str, object]:
    return {
        "start": bin_.start + 0.6,
        "end": bin_.start + WIDTH - 0.6,
        "middle": bin_.start + WIDTH / 2,
        "observed": bin_.observed,
        "low": bin_.low,
        "high": bin_.high,
        "n": bin_.n,
        "floor": 0,
    }


def _along(points: str) -> Callable[[str], alt.X]:
    """Return how a field is placed along the score."""
    scale = alt.Scale(domain=[0, 100], nice=False)

    def along(field: str) -> alt.X:
        return alt.X(
            f"{field}:Q",
            title=points,
            scale=scale,
            axis=alt.Axis(values=[0, 20, 40, 60, 80, 100], grid=False),
        )

    return along


def _share(top: float) -> Callable[[str], alt.Y]:
    """Return how a share is placed, on a scale up to `top`."""

    def share(field: str) -> alt.Y:
        return alt.Y(
            f"{field}:Q",
            title=None,
            scale=alt.Scale(domain=[0, top], nice=False, clamp=True),
            axis=alt.Axis(format=".0%", tickCount=5, gridOpacity=0.5),
        )

    return share


def _tips(language: str) -> list[alt.Tooltip]:
    return [
        alt.Tooltip("observed:Q", title=_SHARE.in_language(language), format=".1%"),
        alt.Tooltip("low:Q", title="95 % ≥", format=".1%"),
        alt.Tooltip("high:Q", title="95 % ≤", format=".1%"),
        alt.Tooltip("n:Q", title=_ROWS.in_language(language), format=",d"),
    ]


def _top(known: Sequence[ScoreBin]) -> float:
    """Return the end of the scale: the twentieth above everything that is drawn."""
    values = [bin_.observed or 0.0 for bin_ in known]
    values += [min(bin_.high or 0.0, 2 * max(values)) for bin_ in known if any(values)]
    twentieths = -(-max(values, default=1.0) * 20 // 1)
    return min(1.0, max(0.05, twentieths / 20))


def _sentence(
    known: Sequence[ScoreBin],
    shape: HealthShape,
    days: int,
    said: tuple[Label, str],
) -> str:
    points, language = said
    japanese = language.startswith("ja")
    poor = _rate([bin_ for bin_ in known if bin_.start < shape.watch])
    good = _rate([bin_ for bin_ in known if bin_.start >= shape.healthy])
    if poor is None or good is None:
        return (
            f"{points.ja}の低い顧客と高い顧客の両方は、まだ十分にいません。"
            if japanese
            else "There are not enough customers with low and with high points yet."
        )
    if japanese:
        return (
            f"{days}日以内に解約したのは、{points.ja}{shape.watch:g}未満で{poor:.1%}、"
            f"{shape.healthy:g}以上で{good:.1%}です。"
        )
    if points is not _SCORE:
        return (
            f"Within {days} days, {poor:.1%} left with “{points.en}” below"
            f" {shape.watch:g} points, and {good:.1%} with {shape.healthy:g} or more."
        )
    return (
        f"Within {days} days, {poor:.1%} left with a score below {shape.watch:g},"
        f" and {good:.1%} with one from {shape.healthy:g}."
    )


def _rate(bins: Sequence[ScoreBin]) -> float | None:
    total = sum(bin_.n for bin_ in bins)
    if not total:
        return None
    return sum((bin_.observed or 0.0) * bin_.n for bin_ in bins) / total


def _said(value: float | None) -> str:
    return MISSING if value is None else f"{value:.1%}"
