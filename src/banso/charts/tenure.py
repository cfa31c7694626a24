"""Years of use, health and churn: stayers and leavers side by side."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

import altair as alt

from banso.charts.chart import MAX_POINTS, MISSING, Chart, finished, inline
from banso.kernel.labels import Label

_INTERVAL: Final = Label(ja="95 % 区間", en="95 % interval")
_CUSTOMERS: Final = Label(ja="顧客数", en="Customers")
_YEAR: Final = Label(ja="利用年数", en="Year of use")
_CHURN: Final = Label(ja="1年以内の解約率", en="Left within a year")

Outcome = Literal["stayed", "left"]
OUTCOMES: Final[tuple[tuple[Outcome, Label], ...]] = (
    ("stayed", Label(ja="続いた顧客", en="Stayed")),
    ("left", Label(ja="解約した顧客", en="Left")),
)


@dataclass(frozen=True)
class TenureMean:
    """The mean of stayers or of leavers in one year of use."""

    year: int  # 0 is the first year
    outcome: Outcome
    n: int  # customers
    mean: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True)
class TenureShape:
    """What is compared over the years of use."""

    key: str
    label: str  # in the reader's language
    say: Callable[[float], str]  # a value as people read it
    domain: tuple[float, float] | None = None  # None: as the values are
    axis_format: str = ""  # of d3


@dataclass(frozen=True)
class TenureChurn:
    """The share that leaves within a year, by year of use."""

    year: int
    n: int
    rate: float | None
    low: float | None
    high: float | None


def tenure_means(
    means: Sequence[TenureMean], shape: TenureShape, *, language: str
) -> Chart:
    """Return the mean of stayers and leavers by year of use, with intervals.

    Parameters
    ----------
    means
        Both outcomes of each year; an unknown mean is a gap.
    shape
        What is compared.
    language
        ``ja`` or ``en``.

    """
    known = [each for each in means if each.mean is not None]
    labels = {key: label.in_language(language) for key, label in OUTCOMES}
    rows = tuple(
        (
            said_year(each.year, language),
            labels[each.outcome],
            MISSING if each.mean is None else shape.say(each.mean),
            _said_interval(each.low, each.high, shape.say),
            f"{each.n:,}",
        )
        for each in sorted(means, key=lambda each: (each.year, each.outcome == "left"))
    )
    return Chart(
        key=f"tenure-{shape.key.replace('.', '-').replace('@', '-')}",
        title=Label(
            ja=f"利用年数別の{shape.label}", en=f"{shape.label} by year of use"
        ).in_language(language),
        sentence=_means_sentence(known, shape, language),
        columns=(
            _YEAR.in_language(language),
            Label(ja="その後の1年", en="Within the next year").in_language(language),
            shape.label,
            _INTERVAL.in_language(language),
            _CUSTOMERS.in_language(language),
        ),
        rows=rows[:MAX_POINTS] if known else (),
        spec=_means_spec(known[: MAX_POINTS // 2], shape, labels, language),
    )


def said_year(year: int, language: str) -> str:
    """Return a year of use in words: the first one has the number 0."""
    return f"{year + 1}年目" if language.startswith("ja") else f"Year {year + 1}"


def _means_spec(
    known: Sequence[TenureMean],
    shape: TenureShape,
    labels: Mapping[Outcome, str],
    language: str,
) -> Mapping[str, object]:
    names = list(labels.values())
    values = [
        {
            "year": said_year(each.year, language),
            "outcome": labels[each.outcome],
            "mean": each.mean,
            "low": each.low,
            "high": each.high,
            "n": each.n,
        }
        for each in known
    ]
    years = [said_year(year, language) for year in sorted({e.year for e in known})]
    color = alt.Color(
        "outcome:N",
        title=None,
        scale=alt.Scale(domain=names, range="category"),
        legend=alt.Legend(
            orient="top", columns=2, symbolType="circle", symbolOpacity=1
        ),
    )
    base = alt.Chart(inline(values)).encode(
        x=_year_axis(years),
        xOffset=alt.XOffset("outcome:N", scale=alt.Scale(domain=names, padding=1)),
        color=color,
        tooltip=[
            alt.Tooltip("year:N", title=_YEAR.in_language(language)),
            alt.Tooltip("outcome:N", title=" "),
            _number_tip("mean", shape.label, shape),
            _number_tip("low", "95 % ≥", shape),
            _number_tip("high", "95 % ≤", shape),
            alt.Tooltip("n:Q", title=_CUSTOMERS.in_language(language), format=",d"),
        ],
    )
    rule = base.mark_rule(strokeWidth=2.5, opacity=0.55).encode(
        y=_value_axis("low", shape), y2=alt.Y2("high:Q")
    )
    dot = base.mark_point(filled=True, size=80, opacity=1).encode(
        y=_value_axis("mean", shape)
    )
    return finished(alt.layer(rule, dot), height=240)


def _year_axis(years: Sequence[str]) -> alt.X:
    return alt.X(
        "year:N",
        sort=list(years),
        title=None,
        axis=alt.Axis(labelAngle=0, grid=False, labelOverlap=True),
    )


def _value_axis(field: str, shape: TenureShape) -> alt.Y:
    scale = alt.Scale(zero=False, nice=True)
    if shape.domain is not None:
        scale = alt.Scale(domain=list(shape.domain))
    axis = alt.Axis(tickCount=5, gridOpacity=0.5)
    if shape.axis_format:
        axis = alt.Axis(tickCount=5, gridOpacity=0.5, format=shape.axis_format)
    return alt.Y(f"{field}:Q", title=None, scale=scale, axis=axis)


def _number_tip(field: str, title: str, shape: TenureShape) -> alt.Tooltip:
    return alt.Tooltip(f"{field}:Q", title=title, format=shape.axis_format or ",.3~g")


def _means_sentence(
    known: Sequence[TenureMean], shape: TenureShape, language: str
) -> str:
    japanese = language.startswith("ja")
    by_year: dict[int, dict[Outcome, float]] = {}
    for each in known:
        if each.mean is not None:
            by_year.setdefault(each.year, {})[each.outcome] = each.mean
    both = {year: pair for year, pair in by_year.items() if len(pair) == len(OUTCOMES)}
    if not both:
        return (
            f"{shape.label}を続いた顧客と解約した顧客で比べられる年がまだありません。"
            if japanese
            else f"{shape.label}: there is no year yet in which both can be compared."
        )
    lower = [year for year, pair in both.items() if pair["left"] < pair["stayed"]]
    first = min(both)
    stayed, left = (shape.say(both[first][key]) for key, _label in OUTCOMES)
    if japanese:
        return (
            f"{said_year(first, language)}の{shape.label}は、その後の1年に続いた顧客で"
            f"{stayed}、解約した顧客で{left}でした。"
            f"{len(both)}年のうち{len(lower)}年で、解約した顧客のほうが低くなっています。"
        )
    years = "year" if len(both) == 1 else "years"
    return (
        f"In {said_year(first, language).lower()}, {shape.label} was {stayed} for those"
        f" who stayed the year after and {left} for those who left. Leavers were lower"
        f" in {len(lower)} of {len(both)} {years}."
    )


def churn_by_tenure(rates: Sequence[TenureChurn], *, language: str) -> Chart:
    """Return the share that leaves within a year, by year of use, with intervals.

    Parameters
    ----------
    rates
        One for each year of use; an unknown rate is a gap.
    language
        ``ja`` or ``en``.

    """
    known = [each for each in rates if each.rate is not None][:MAX_POINTS]
    title = Label(ja="利用年数別の解約率", en="Churn rate by year of use")
    return Chart(
        key="tenure-churn",
        title=title.in_language(language),
        sentence=_churn_sentence(known, language),
        columns=(
            _YEAR.in_language(language),
            _CHURN.in_language(language),
            _INTERVAL.in_language(language),
            _CUSTOMERS.in_language(language),
        ),
        rows=tuple(
            (
                said_year(each.year, language),
                MISSING if each.rate is None else f"{each.rate:.1%}",
                _said_interval(each.low, each.high, lambda value: f"{value:.1%}"),
                f"{each.n:,}",
            )
            for each in rates[:MAX_POINTS]
        )
        if known
        else (),
        spec=_churn_spec(known, language),
    )


def _churn_spec(known: Sequence[TenureChurn], language: str) -> Mapping[str, object]:
    values = [
        {
            "year": said_year(each.year, language),
            "rate": each.rate,
            "low": each.low,
            "high": each.high,
            "n": each.n,
        }
        for each in known
    ]
    axis = alt.Axis(format=".0%", tickCount=5, gridOpacity=0.5)
    base = alt.Chart(inline(values)).encode(
        x=_year_axis([str(each["year"]) for each in values]),
        tooltip=[
            alt.Tooltip("year:N", title=_YEAR.in_language(language)),
            alt.Tooltip("rate:Q", title=_CHURN.in_language(language), format=".1%"),
            alt.Tooltip("low:Q", title="95 % ≥", format=".1%"),
            alt.Tooltip("high:Q", title="95 % ≤", format=".1%"),
            alt.Tooltip("n:Q", title=_CUSTOMERS.in_language(language), format=",d"),
        ],
    )
    bar = base.mark_bar(style="series", opacity=0.35, width={"band": 0.5}).encode(
        y=alt.Y("rate:Q", title=None, axis=axis)
    )
    rule = base.mark_rule(style="main", strokeWidth=1.5).encode(
        y=alt.Y("low:Q", title=None, axis=axis), y2=alt.Y2("high:Q")
    )
    return finished(alt.layer(bar, rule), height=240)


def _churn_sentence(known: Sequence[TenureChurn], language: str) -> str:
    japanese = language.startswith("ja")
    rates = [(each.year, each.rate) for each in known if each.rate is not None]
    if not rates:
        return (
            "まだ解約率を計算できる年がありません。"
            if japanese
            else "There is no year yet with a churn rate."
        )
    year, share = said_year(rates[0][0], language), f"{rates[0][1]:.1%}"
    if japanese:
        first = f"{year}の初めにいた顧客の{share}が、その後の1年に解約しました。"
    else:
        start = f"Of those there at the start of {year.lower()}"
        first = f"{start}, {share} left within a year."
    if len(rates) == 1:
        return first
    year, share = said_year(rates[-1][0], language), f"{rates[-1][1]:.1%}"
    if japanese:
        return f"{first}{year}では{share}です。"
    return f"{first} In {year.lower()} it was {share}."


def _said_interval(
    low: float | None, high: float | None, say: Callable[[float], str]
) -> str:
    if low is None or high is None:
        return MISSING
    return f"{say(low)} – {say(high)}"
