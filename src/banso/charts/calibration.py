"""Whether what was predicted is what happened."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import altair as alt

from banso.charts.chart import MAX_POINTS, MISSING, Chart, finished, inline
from banso.kernel.labels import Label

_PREDICTED: Final = Label(ja="予測した確率", en="Predicted")
_OBSERVED: Final = Label(ja="実際の割合", en="Happened")
_CUSTOMERS: Final = Label(ja="顧客数", en="Customers")


@dataclass(frozen=True)
class CalibrationPoint:
    """One bin of predictions: what they promised, and what came of it."""

    n: int
    predicted: float | None  # the mean of the predictions
    observed: float | None  # the share to which it happened
    low: float | None
    high: float | None


def calibration_curve(
    points: Sequence[CalibrationPoint], *, subject: str, language: str
) -> Chart:
    """Return bins of predictions against what happened, with the diagonal.

    Parameters
    ----------
    points
        Ascending by prediction. Bins without a prediction or outcome are left out of
        the drawing.
    subject
        Whose predictions, in the reader's language.
    language
        ``ja`` or ``en``.

    """
    known = [p for p in points if p.predicted is not None and p.observed is not None]
    return Chart(
        key="calibration",
        title=Label(
            ja=f"{subject}：予測と実際", en=f"{subject}: predicted and happened"
        ).in_language(language),
        sentence=_sentence(known, language),
        columns=(
            _PREDICTED.in_language(language),
            _OBSERVED.in_language(language),
            Label(ja="95 % 区間", en="95 % interval").in_language(language),
            _CUSTOMERS.in_language(language),
        ),
        rows=tuple(
            (
                _said(point.predicted),
                _said(point.observed),
                MISSING
                if point.low is None or point.high is None
                else f"{point.low:.1%} – {point.high:.1%}",
                f"{point.n:,}",
            )
            for point in points[:MAX_POINTS]
        )
        if known
        else (),
        spec=_spec(known[: MAX_POINTS - 2], language),
    )


def _spec(known: Sequence[CalibrationPoint], language: str) -> Mapping[str, object]:
    values = [
        {
            "predicted": point.predicted,
            "observed": point.observed,
            "low": point.low,
            "high": point.high,
            "n": point.n,
        }
        for point in known
    ]
    top = _top(known)
    x = alt.X(
        "predicted:Q",
        title=_PREDICTED.in_language(language),
        scale=alt.Scale(domain=[0, top], nice=False, clamp=True),
        axis=alt.Axis(format=".0%", tickCount=5, gridOpacity=0.5),
    )

    def share(field: str) -> alt.Y:
        return alt.Y(
            f"{field}:Q",
            title=_OBSERVED.in_language(language),
            scale=alt.Scale(domain=[0, top], nice=False, clamp=True),
            axis=alt.Axis(format=".0%", tickCount=5, gridOpacity=0.5),
        )

    ends = [{"predicted": end, "observed": end} for end in (0.0, top)]
    diagonal = (
        alt.Chart(inline(ends))
        .mark_line(strokeDash=[4, 3], style="main", opacity=0.6, strokeWidth=1)
        .encode(x=x, y=share("observed"))
    )
    base = alt.Chart(inline(values)).encode(
        x=x,
        tooltip=[
            alt.Tooltip(
                "predicted:Q", title=_PREDICTED.in_language(language), format=".1%"
            ),
            alt.Tooltip(
                "observed:Q", title=_OBSERVED.in_language(language), format=".1%"
            ),
            alt.Tooltip("low:Q", title="95 % ≥", format=".1%"),
            alt.Tooltip("high:Q", title="95 % ≤", format=".1%"),
            alt.Tooltip("n:Q", title=_CUSTOMERS.in_language(language), format=",d"),
        ],
    )
    rule = base.mark_rule(style="series", strokeWidth=2, opacity=0.5).encode(
        y=share("low"), y2=alt.Y2("high:Q")
    )
    dot = base.mark_point(style="series", filled=True, size=60, opacity=1).encode(
        y=share("observed")
    )
    return finished(alt.layer(diagonal, alt.layer(rule, dot)), height=260)


def _top(known: Sequence[CalibrationPoint]) -> float:
    """Return the end of both scales: the tenth above everything that is drawn."""
    values = [
        value
        for point in known
        for value in (point.predicted, point.observed, point.high)
        if value is not None
    ]
    tenths = -(-max(values, default=1.0) * 10 // 1)
    return min(1.0, max(0.1, tenths / 10))


def _sentence(known: Sequence[CalibrationPoint], language: str) -> str:
    japanese = language.startswith("ja")
    if not known:
        return (
            "まだ予測と実際を比べられません。"
            if japanese
            else "Predictions cannot be compared with what happened yet."
        )
    within = [
        point
        for point in known
        if point.low is not None
        and point.high is not None
        and point.predicted is not None
        and point.low <= point.predicted <= point.high
    ]
    apart = _mean_distance(known)
    if japanese:
        return (
            f"予測と実際の差は平均{apart * 100:.1f}ポイントです。"
            f"{len(known)}区分のうち{len(within)}区分で、予測が実際の95 % 区間に"
            "入っています。"
        )
    return (
        f"Predicted and happened are {apart * 100:.1f} points apart on average; in"
        f" {len(within)} of {len(known)} bins the prediction lies within the 95 %"
        " interval of what happened."
    )


def _mean_distance(known: Sequence[CalibrationPoint]) -> float:
    """Return how far both are apart, weighted by the number of customers."""
    total = sum(point.n for point in known)
    if not total:
        return 0.0
    return (
        sum(
            point.n * abs((point.observed or 0.0) - (point.predicted or 0.0))
            for point in known
        )
        / total
    )


def _said(value: float | None) -> str:
    return MISSING if value is None else f"{value:.1%}"
