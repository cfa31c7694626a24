"""What a trial says, in one sentence."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from banso.analytics.trials.verdicts import Verdict
from banso.kernel.labels import Label

OUTCOMES: Final[Mapping[str, Label]] = {
    "churn": Label("解約率", "share who leave"),
    "expansion": Label("拡大率", "share whose MRR rises"),
    "contraction": Label("縮小率", "share whose MRR falls"),
}
_EFFECTS: Final[Mapping[Verdict, Label]] = {
    "proven": Label(
        "効果が証明されました。{days}日以内の{outcome}は、実施した顧客で{treated}、"
        "見送った顧客で{held_out}で、差は{effect}（{interval}）です。",
        "Proven: within {days} days the {outcome} is {treated} with the play and "
        "{held_out} without, a difference of {effect} ({interval}).",
    ),
    "harmful": Label(
        "逆効果です。{days}日以内の{outcome}は、実施した顧客で{treated}、"
        "見送った顧客で{held_out}で、差は{effect}（{interval}）です。",
        "Harmful: within {days} days the {outcome} is {treated} with the play and "
        "{held_out} without, a difference of {effect} ({interval}).",
    ),
    "no_effect": Label(
        "±{smallest}以内の効果しかありません。{days}日以内の{outcome}の差は"
        "{effect}（{interval}）です。",
        "No effect beyond ±{smallest}: within {days} days the {outcome} differs by "
        "{effect} ({interval}).",
    ),
    "not_enough": Label(
        "まだ判断できるだけのデータがありません。{days}日以内の{outcome}の差は"
        "{effect}（{interval}）で、{n}社の結果が出ています。",
        "Not enough data: within {days} days the {outcome} differs by {effect} "
        "({interval}), with the windows of {n} customers over.",
    ),
}
_NOTHING: Final = Label(
    "まだ判断できるだけのデータがありません。{n}社の結果が出ています（{why}）。",
    "Not enough data: the windows of {n} customers are over ({why}).",
)
REASONS: Final[Mapping[str, Label]] = {
    "too_few_customers": Label(
        "各群30社（計画した終わりでは10社）から判断します",
        "figures begin at 30 customers in each arm, or 10 at the planned end",
    ),
    "too_few_events": Label(
        "結果の出た顧客と出なかった顧客が10社ずつ必要です",
        "it takes 10 customers with the outcome, and 10 without",
    ),
    "no_spread": Label(
        "すべての顧客の値が同じです", "all customers have the same value"
    ),
}
_POINTS = Label("{n}ポイント", "{n} points")


@dataclass(frozen=True)
class Said:
    """The figures that a sentence names; ratios, not percent."""

    outcome: str
    window_days: int
    n: int  # customers whose window is over
    treated: float | None
    held_out: float | None
    effect: float | None
    low: float | None
    high: float | None
    confidence: float
    smallest: float | None
    reason: str | None


def verdict_in_words(verdict: Verdict, said: Said) -> Label:
    """Return what a trial proves, with its figures, as a sentence.

    Parameters
    ----------
    verdict
        Of the trial.
    said
        Its figures; without an effect the sentence says why there is none.

    """
    return Label(_sentence(verdict, said, "ja"), _sentence(verdict, said, "en"))


def _sentence(verdict: Verdict, said: Said, language: str) -> str:
    if said.effect is None or said.low is None or said.high is None:
        why = REASONS[said.reason or "too_few_customers"].in_language(language)
        return _NOTHING.in_language(language).format(n=f"{said.n:,}", why=why)
    outcome = OUTCOMES[said.outcome].in_language(language)
    return (
        _EFFECTS[verdict]
        .in_language(language)
        .format(
            days=said.window_days,
            outcome=outcome,
            n=f"{said.n:,}",
            treated=_share(said.treated),
            held_out=_share(said.held_out),
            effect=_points(said.effect, language),
            interval=_interval(said, language),
            smallest=_points(said.smallest or 0.0, language, signed=False),
        )
    )


def _share(value: float | None) -> str:
    return "–" if value is None else f"{value * 100:.1f}%"


def _points(value: float, language: str, *, signed: bool = True) -> str:
    number = f"{value * 100:+.1f}" if signed else f"{value * 100:.1f}"
    return _POINTS.in_language(language).format(n=number.replace("-", "−"))


def _interval(said: Said, language: str) -> str:
    assert said.low is not None
    assert said.high is not None
    low, high = (f"{v * 100:+.1f}".replace("-", "−") for v in (said.low, said.high))
    percent = f"{said.confidence * 100:.0f}%"
    if language == "ja":
        return f"{percent}区間 {low}〜{high}"
    return f"{percent} interval {low} to {high}"
