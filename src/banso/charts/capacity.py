"""People needed month by month, beside those who are there."""

from typing import Final

import altair as alt

from banso.analytics.touch.capacity import Capacity
from banso.charts.chart import Chart, color_by, finished, inline
from banso.kernel.labels import Label

_HEIGHT: Final = 240
_MONTH: Final = Label(ja="月数", en="Month")
_NEEDED: Final = Label(ja="必要な人数", en="People needed")
_THERE: Final = Label(ja="現在の人数", en="People today")
_HOURS: Final = Label(ja="必要な工数（時間／月）", en="Hours needed a month")


def capacity_chart(found: Capacity, *, people: int, language: str) -> Chart:
    """Return how many people customers take, month by month.

    Parameters
    ----------
    found
        The plan.
    people
        Who are there today.
    language
        ``ja`` or ``en``.

    """
    needed, there = (each.in_language(language) for each in (_NEEDED, _THERE))
    values = [
        {"month": each.month, "line": name, "value": round(value, 3)}
        for each in found.months
        for name, value in ((needed, each.needed), (there, float(people)))
    ]
    last = found.last.month
    step = 1 if last <= 12 else 6
    along = alt.X(
        "month:Q",
        title=_MONTH.in_language(language),
        scale=alt.Scale(domain=[0, max(last, 1)], nice=False),
        axis=alt.Axis(values=list(range(0, last + 1, step)), grid=False),
    )
    line = (
        alt.Chart(inline(values), name="people")
        .mark_line(strokeWidth=2, point={"size": 50, "opacity": 0})
        .encode(
            x=along,
            y=alt.Y(
                "value:Q",
                title=None,
                axis=alt.Axis(tickCount=5, gridOpacity=0.5),
                scale=alt.Scale(zero=True, nice=True),
            ),
            color=color_by("line", [needed, there]),
            strokeDash=alt.StrokeDash(
                "line:N",
                title=None,
                scale=alt.Scale(domain=[needed, there], range=[[1, 0], [5, 4]]),
            ),
            tooltip=[
                alt.Tooltip("line:N", title=" "),
                alt.Tooltip("month:Q", title=_MONTH.in_language(language)),
                alt.Tooltip("value:Q", title=" ", format=",.1f"),
            ],
        )
    )
    return Chart(
        key="capacity",
        title=Label(ja="必要な人数の見通し", en="People needed").in_language(language),
        sentence=_sentence(found, people, language),
        columns=tuple(
            each.in_language(language) for each in (_MONTH, _HOURS, _NEEDED, _THERE)
        ),
        rows=tuple(
            (
                str(each.month),
                f"{each.hours_needed:,.0f}",
                str(each.head_count),
                str(people),
            )
            for each in found.months
        ),
        spec=finished(alt.layer(line), height=_HEIGHT),
    )


def _sentence(found: Capacity, people: int, language: str) -> str:
    last = found.last
    if language.startswith("ja"):
        end = f"{last.month}か月後に必要なのは{last.head_count}人です"
        if found.full_from is None:
            return f"{end}。現在の{people}人で足ります。"
        if found.full_from == 0:
            return f"{end}。現在の{people}人では、今すでに足りません。"
        return f"{end}。現在の{people}人では{found.full_from}か月後から足りません。"
    end = f"In {last.month} months it takes {last.head_count} people"
    if found.full_from is None:
        return f"{end}; the {people} of today suffice."
    if found.full_from == 0:
        return f"{end}; the {people} of today do not suffice even now."
    return f"{end}; the {people} of today suffice until month {found.full_from - 1}."
