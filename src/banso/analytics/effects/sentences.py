"""What an estimate from history says, in words that cannot be taken for a trial's."""

from collections.abc import Mapping
from typing import Final

from banso.analytics.effects.estimating import PlayEffect, Reason, Verdict
from banso.analytics.trials.sentences import OUTCOMES
from banso.kernel.labels import Label

TITLE: Final = Label(
    "履歴からの推定（試験ではない）", "Estimate from history, not a trial"
)
VERDICTS: Final[Mapping[Verdict, Label]] = {
    "seems_to_help": Label("役立っているように見える", "Seems to help"),
    "seems_to_harm": Label("逆効果のように見える", "Seems to do harm"),
    "nothing_seen": Label("差は見えない", "No difference seen"),
    "not_credible": Label("信頼できる推定にならない", "Not credible"),
    "not_enough": Label("データ不足", "Not enough data"),
}
REASONS: Final[Mapping[Reason, Label]] = {
    "too_few_customers": Label(
        "実施した顧客と、しなかった顧客が30社ずつ必要です",
        "it takes 30 customers with the play and 30 without",
    ),
    "too_few_events": Label(
        "結果の出た顧客と出なかった顧客が10社ずつ必要です",
        "it takes 10 customers with the outcome and 10 without",
    ),
    "no_overlap": Label(
        "実施した顧客に似た「実施しなかった顧客」が足りません",
        "too few customers without the play are like those with it",
    ),
    "unbalanced": Label(
        "重みを付けても、実施前に分かっていたことに大きな違いが残ります",
        "the two sides still differ much in what was known before",
    ),
    "no_placebo": Label(
        "実施前の値がなく、プラセボ検定で確かめられません",
        "nothing known from before can serve as a placebo test",
    ),
    "placebo_failed": Label(
        "プラセボ検定に落ちました。施策が影響しえない、発生の13週間前の値に"
        "すでに差があります",
        "the placebo test failed: the two sides differed 13 weeks before the signal "
        "opened already, where the play cannot have acted",
    ),
}
_FOUND: Final = Label(
    "{days}日以内の{outcome}は、実施した顧客で{treated}、実施しなかった似た顧客で"
    "{others}と推定され、差は{effect}ポイント（95%区間 {low}〜{high}）です。",
    "Within {days} days the {outcome} is {treated} with the play and an estimated "
    "{others} for customers like them without it, a difference of {effect} points "
    "(95% interval {low} to {high}).",
)
_MEANT: Final[Mapping[Verdict, Label]] = {
    "seems_to_help": Label(
        "施策は役立っているように見えます。ただし、確かめるには試験が必要です。",
        "The play seems to help; only a trial can tell for sure.",
    ),
    "seems_to_harm": Label(
        "施策は逆効果のように見えます。ただし、確かめるには試験が必要です。",
        "The play seems to do harm; only a trial can tell for sure.",
    ),
    "nothing_seen": Label(
        "履歴からは、差があるともないとも言えません。",
        "History does not tell whether there is a difference.",
    ),
}
_WITHHELD: Final = Label("数値は出しません（{why}）。", "No figure is given: {why}.")
_FEW: Final = Label(
    "まだ推定できません。実施{treated}社、実施なし{others}社です（{why}）。",
    "Not enough data: {treated} customers with the play, {others} without ({why}).",
)
_UNSEEN: Final = Label(
    "記録されていない事情だけでこの差を説明するには、その事情が実施と結果の両方を"
    "それぞれ{value}倍以上左右する必要があります（区間の端では{end}倍）。",
    "To explain the difference away, something unrecorded would have to go with both "
    "the play and the outcome by a ratio of {value} each ({end} for the end of the "
    "interval).",
)
ASSUMPTIONS: Final = (
    Label(
        "実施するかどうかと結果の両方を左右する事情が、すべて記録されていること"
        "（これは確かめられません）",
        "Whatever moved both the choice to act and the outcome was recorded. This "
        "cannot be checked.",
    ),
    Label(
        "実施した顧客に似た、実施しなかった顧客がいること（重なりを確かめます）",
        "There are customers like those with the play who did not get it (overlap, "
        "checked).",
    ),
    Label(
        "ある顧客への実施が、ほかの顧客の結果を変えないこと",
        "What is done for one customer does not change another's outcome.",
    ),
    Label(
        "シグナルが開いてから4週間以内の実施だけを数え、比べる相手も同じ週まで"
        "契約していたこと",
        "Only what began within four weeks of the signal counts, and those compared "
        "were still under contract in the same week.",
    ),
)


def estimate_in_words(found: PlayEffect, *, outcome: str, window_days: int) -> Label:
    """Return an estimate as a sentence or two, beginning with what it is not.

    Parameters
    ----------
    found
        The estimate, or why there is none.
    outcome
        ``churn``, ``expansion`` or ``contraction``.
    window_days
        Days that were followed.

    """
    ja, en = (
        _sentences(found, outcome, window_days, language) for language in ("ja", "en")
    )
    return Label(f"{TITLE.ja}：{ja}", f"{TITLE.en}. {en}")


def unseen_in_words(value: float | None, end: float | None) -> Label | None:
    """Return what something unseen would have to do; None without an E-value."""
    if value is None or end is None:
        return None
    said = {"value": f"{value:.1f}", "end": f"{end:.1f}"}
    return Label(_UNSEEN.ja.format(**said), _UNSEEN.en.format(**said))


def _sentences(found: PlayEffect, outcome: str, window_days: int, language: str) -> str:
    if found.reason is not None:
        why = REASONS[found.reason].in_language(language)
        form = _FEW if found.verdict == "not_enough" else _WITHHELD
        return form.in_language(language).format(
            why=why,
            treated=f"{found.counts.customers_treated:,}",
            others=f"{found.counts.customers_others:,}",
        )
    figure = _FOUND.in_language(language).format(
        days=window_days,
        outcome=OUTCOMES[outcome].in_language(language),
        treated=_share(found.treated),
        others=_share(found.others),
        effect=_points(found.effect),
        low=_points(found.low),
        high=_points(found.high),
    )
    gap = "" if language == "ja" else " "
    return figure + gap + _MEANT[found.verdict].in_language(language)


def _share(value: float | None) -> str:
    assert value is not None
    return f"{value * 100:.1f}%"


def _points(value: float | None) -> str:
    assert value is not None
    return f"{value * 100:+.1f}".replace("-", "−")
