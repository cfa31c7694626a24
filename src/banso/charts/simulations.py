"""What a simulation says, month by month: the fish, and keeping beside winning."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import altair as alt

from banso.analytics.simulators.fish import Fish
from banso.analytics.simulators.growth import BothLevers
from banso.charts.chart import Chart, color_by, finished, inline, number_axis, thinned
from banso.kernel.labels import Label

Say = Callable[[float], str]

_HEIGHT: Final = 280
_TABLE_ROWS: Final = 61
_MONTH: Final = Label(ja="月数", en="Month")
_REVENUE: Final = Label(ja="売上", en="Revenue")
_COST: Final = Label(ja="費用", en="Cost")
_UNCHANGED: Final = Label(ja="移行しない場合の売上", en="Revenue without the shift")
_PRESENT: Final = Label(ja="現状のまま", en="As it is")
_KEEPING: Final = Label(ja="解約を改善", en="Less churn")
_WINNING: Final = Label(ja="獲得を強化", en="More won")


@dataclass(frozen=True)
class MoneyLine:
    """One curve of money, by month from `first`."""

    label: Label
    values: Sequence[float]
    is_dashed: bool = False
    first: int = 1


def fish_chart(found: Fish, *, say: Say, language: str) -> Chart:
    """Return revenue and cost of the shift, with the fish between them.

    Parameters
    ----------
    found
        The simulated fish.
    say
        An amount of money as people read it.
    language
        ``ja`` or ``en``.

    """
    lines = (
        MoneyLine(_REVENUE, [each.revenue for each in found.months]),
        MoneyLine(_COST, [each.cost for each in found.months]),
        MoneyLine(
            _UNCHANGED,
            [each.unchanged_revenue for each in found.months],
            is_dashed=True,
        ),
    )
    body = [
        {"month": each.month, "low": each.revenue, "high": each.cost}
        for each in found.months
        if each.gap > 0
    ]
    return Chart(
        key="fish",
        title=Label(
            ja="サブスクリプション移行中の売上と費用",
            en="Revenue and cost during the shift",
        ).in_language(language),
        sentence=_fish_sentence(found, say, language),
        columns=_columns(lines, language),
        rows=_rows(lines, say),
        spec=_spec(lines, body, language),
    )


def growth_chart(found: BothLevers, *, say: Say, language: str) -> Chart:
    """Return MRR as it is, with a point less churn, and with a point more won.

    Parameters
    ----------
    found
        The simulated growth.
    say
        An amount of money as people read it.
    language
        ``ja`` or ``en``.

    """
    lines = (
        MoneyLine(_PRESENT, found.present.mrr, first=0),
        MoneyLine(_KEEPING, found.keeping.mrr, first=0),
        MoneyLine(_WINNING, found.winning.mrr, first=0, is_dashed=True),
    )
    return Chart(
        key="growth",
        title=Label(ja="MRRの見通し", en="MRR under each assumption").in_language(
            language
        ),
        sentence=_growth_sentence(found, say, language),
        columns=_columns(lines, language),
        rows=_rows(lines, say),
        spec=_spec(lines, [], language),
    )


def _columns(lines: Sequence[MoneyLine], language: str) -> tuple[str, ...]:
    labels = (_MONTH, *(line.label for line in lines))
    return tuple(label.in_language(language) for label in labels)


def _rows(lines: Sequence[MoneyLine], say: Say) -> tuple[tuple[str, ...], ...]:
    months = range(lines[0].first, lines[0].first + len(lines[0].values))
    rows = [
        (str(month), *(say(line.values[place]) for line in lines))
        for place, month in enumerate(months)
    ]
    return tuple(thinned(rows, _TABLE_ROWS))


def _spec(
    lines: Sequence[MoneyLine], body: Sequence[Mapping[str, float]], language: str
) -> Mapping[str, object]:
    names = [line.label.in_language(language) for line in lines]
    values = [
        {"month": line.first + place, "line": name, "value": round(value, 2)}
        for name, line in zip(names, lines, strict=True)
        for place, value in enumerate(line.values)
    ]
    last = max(int(str(each["month"])) for each in values)
    along = alt.X(
        "month:Q",
        title=_MONTH.in_language(language),
        scale=alt.Scale(domain=[lines[0].first, last], nice=False),
        axis=alt.Axis(values=list(range(0, last + 1, 12)), grid=False),
    )
    # with a fish the ground counts; without one, how far the curves are apart
    scale = alt.Scale(zero=bool(body), nice=True)
    up = alt.Y("value:Q", title=None, axis=number_axis(language), scale=scale)
    line = (
        alt.Chart(inline(values), name="lines")
        .mark_line(strokeWidth=2, point={"size": 50, "opacity": 0})
        .encode(
            x=along,
            y=up,
            color=color_by("line", names, columns=2),
            strokeDash=alt.StrokeDash(
                "line:N",
                title=None,  # as above, so that both share one legend
                scale=alt.Scale(
                    domain=names,
                    range=[[5, 4] if each.is_dashed else [1, 0] for each in lines],
                ),
            ),
            tooltip=[
                alt.Tooltip("line:N", title=" "),
                alt.Tooltip("month:Q", title=_MONTH.in_language(language)),
                alt.Tooltip("value:Q", title=" ", format=",.0f"),
            ],
        )
    )
    if not body:
        return finished(alt.layer(line), height=_HEIGHT)
    fish = (
        alt.Chart(inline(body), name="fish")
        .mark_area(style="ground-at_risk", opacity=0.9)
        .encode(x=along, y=alt.Y("low:Q", title=None), y2=alt.Y2("high:Q"))
    )
    return finished(alt.layer(fish, line), height=_HEIGHT)


def _fish_sentence(found: Fish, say: Say, language: str) -> str:
    japanese = language.startswith("ja")
    months = len(found.months)
    if found.begins is None:
        return (
            "売上は費用を下回りません。魚の形は現れません。"
            if japanese
            else "Revenue never falls below cost: there is no fish."
        )
    deep, size = say(found.depth), say(found.size)
    if found.ends is None:
        return (
            f"費用が売上を上回る状態は{months}か月たっても終わりません。最も深い月は{found.deepest}"
            f"か月目の{deep}、ここまでの合計は{size}です。"
            if japanese
            else f"Cost is still above revenue after {months} months. The gap is"
            f" deepest in month {found.deepest} ({deep}) and comes to {size} so far."
        )
    return (
        f"費用が売上を上回るのは{found.begins}か月目から{found.length}か月間です。最も深い月は"
        f"{found.deepest}か月目の{deep}、合計{size}を別に用意する必要があり、{found.ends}か月目に黒字へ戻ります。"
        if japanese
        else f"Cost is above revenue for {found.length} months from month"
        f" {found.begins}. The gap is deepest in month {found.deepest} ({deep}), comes"
        f" to {size} in all, and is closed in month {found.ends}."
    )


def _growth_sentence(found: BothLevers, say: Say, language: str) -> str:
    months = len(found.present.won)
    now, last = say(found.present.mrr[0]), say(found.present.last)
    kept, gained = say(found.kept), say(found.gained)
    if language.startswith("ja"):
        return (
            f"このままならMRRは{months}か月後に{now}から{last}になります。"
            f"解約率の改善はそれを{kept}、獲得の強化は{gained}押し上げます。"
        )
    return (
        f"As it is, MRR goes from {now} to {last} in {months} months. Less churn adds"
        f" {kept} to that, winning more adds {gained}."
    )
