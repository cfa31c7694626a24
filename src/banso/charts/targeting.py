"""What a treatment adds by fifths of the customers, those first whom it may help."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import altair as alt

from banso.charts.chart import MISSING, Chart, finished, inline
from banso.kernel.labels import Label

HEIGHT: Final = 240
_TITLE: Final = Label("5つのグループの効果", "Effect by five groups")
_GROUP: Final = Label(
    "グループ（効果の見込みが高い順）", "Group (most promising first)"
)
_COLUMNS: Final = (
    _GROUP,
    Label("顧客数", "Customers"),
    Label("効果（ポイント）", "Effect (points)"),
    Label("95%信頼区間", "95% interval"),
)
_SENTENCE: Final = Label(
    "効果が最も高いと見込まれる5分の1では{first}ポイント（{first_low}〜{first_high}）、"
    "最も低い5分の1では{last}ポイント（{last_low}〜{last_high}）です。",
    "In the most promising fifth the effect is {first} points ({first_low} to "
    "{first_high}), in the least promising {last} ({last_low} to {last_high}).",
)
_UNPROVEN: Final = Label(
    "次の5つのグループの差は、対象を絞る根拠になりません。",
    "How these five groups differ is no reason to single anybody out.",
)
_NOTHING: Final = Label(
    "グループ別の効果はありません。", "There is no effect by groups."
)


@dataclass(frozen=True)
class TargetGroup:
    """A fifth of the customers; shares, not percent."""

    number: int  # 1 is expected to gain most
    n: int
    effect: float | None
    low: float | None
    high: float | None


def targeting_groups(
    groups: Sequence[TargetGroup],
    overall: float | None,
    *,
    is_proven: bool,
    language: str,
) -> Chart:
    """Return the effect in each group with its 95 % interval.

    Parameters
    ----------
    groups
        By number. One without an effect is in the table only.
    overall
        The effect for all, a dotted line.
    is_proven
        Whether the order of the groups is worth something; if not, the sentence says so
        and names no figure.
    language
        ``ja`` or ``en``.

    """
    known = [each for each in groups if each.effect is not None]
    return Chart(
        key="trial-targeting",
        title=_TITLE.in_language(language),
        sentence=_sentence(known, is_proven, language),
        columns=tuple(label.in_language(language) for label in _COLUMNS),
        rows=tuple(_row(each, language) for each in groups) if known else (),
        spec=_spec(known, overall, language),
    )


def _sentence(
    known: Sequence[TargetGroup],
    is_proven: bool,  # noqa: FBT001  see `targeting_groups`
    language: str,
) -> str:
    if not known:
        return _NOTHING.in_language(language)
    if not is_proven:
        return _UNPROVEN.in_language(language)
    ends = {"first": known[0], "last": known[-1]}
    said = {name: _points(each.effect) for name, each in ends.items()}
    said |= {f"{name}_low": _points(each.low) for name, each in ends.items()}
    said |= {f"{name}_high": _points(each.high) for name, each in ends.items()}
    return _SENTENCE.in_language(language).format(**said)


def _row(each: TargetGroup, language: str) -> tuple[str, ...]:
    between = "〜" if language.startswith("ja") else " to "
    interval = (
        MISSING
        if each.low is None
        else f"{_points(each.low)}{between}{_points(each.high)}"
    )
    return (str(each.number), f"{each.n:,}", _points(each.effect), interval)


def _spec(
    known: Sequence[TargetGroup], overall: float | None, language: str
) -> Mapping[str, object]:
    values = [
        {
            "group": str(each.number),
            "effect": _cut(each.effect),
            "low": _cut(each.low),
            "high": _cut(each.high),
            "n": each.n,
        }
        for each in known
    ]
    said = [label.in_language(language) for label in _COLUMNS]
    base = alt.Chart(inline(values)).encode(
        x=alt.X(
            "group:N",
            title=said[0],
            axis=alt.Axis(labelAngle=0, grid=False),
            scale=alt.Scale(padding=0.5),
        ),
        tooltip=[
            alt.Tooltip("group:N", title=said[0]),
            alt.Tooltip("n:Q", title=said[1], format=",d"),
            alt.Tooltip("effect:Q", title=said[2], format="+.1f"),
            alt.Tooltip("low:Q", title="95 % ≥", format="+.1f"),
            alt.Tooltip("high:Q", title="95 % ≤", format="+.1f"),
        ],
    )
    axis = alt.Axis(title=None, tickCount=5, gridOpacity=0.5, format="+.0f")
    line = base.mark_rule(style="series", strokeWidth=2.5, opacity=0.55).encode(
        y=alt.Y("low:Q", axis=axis), y2=alt.Y2("high:Q")
    )
    dot = base.mark_point(style="series", filled=True, size=90, opacity=1).encode(
        y=alt.Y("effect:Q")
    )
    layers = [_level(0.0, [4, 3]), line, dot]
    if overall is not None:
        layers.insert(1, _level(overall, [1, 3]))
    return finished(alt.layer(*layers), height=HEIGHT)


def _level(share: float, dash: list[int]) -> alt.Chart:
    """Return a line over all groups."""
    lines = alt.Chart(inline([{"level": _cut(share)}]))
    drawn: alt.Chart = lines.mark_rule(style="main", strokeDash=dash, opacity=0.6)
    return drawn.encode(y=alt.Y("level:Q"))


def _points(value: float | None) -> str:
    return MISSING if value is None else f"{value * 100:+.1f}".replace("-", "−")


def _cut(value: float | None) -> float | None:
    return None if value is None else round(value * 100, 2)
