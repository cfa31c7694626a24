"""What a signal would have been worth, in one sentence."""

from collections.abc import Mapping
from typing import Final

from banso.analytics.figures.estimate import Estimate
from banso.definitions.signals import Outcome
from banso.kernel.labels import Label

OUTCOMES: Final[Mapping[Outcome, Label]] = {
    "churn": Label("解約", "leavers"),
    "expansion": Label("拡大", "expansions"),
    "contraction": Label("縮小", "contractions"),
}
REASONS: Final[Mapping[str, Label]] = {
    "never_fired": Label("一度も出ていません", "it never fired"),
    "no_follow_up": Label(
        "見届ける期間を終えたものがまだありません",
        "none has been followed to the end of its horizon yet",
    ),
    "no_outcomes": Label(
        "期間中に結果が起きていません", "the outcome never happened in that time"
    ),
    "other_outcome": Label(
        "評価する結果が違います", "they are judged by different outcomes"
    ),
    "same_cases": Label(
        "両方とも同じ事例で、差がありません", "both have the same cases"
    ),
    "all_or_none": Label(
        "一方はすべて、他方は0件で、誤差の範囲を出せません",
        "one has all cases and the other none, so no margin can be given",
    ),
    "no_csms": Label("担当CSMが分かりません", "no customer has a CSM in charge"),
    "too_few_customers": Label("顧客が10社に満たないため", "fewer than 10 customers"),
    "too_few_events": Label(
        "結果の出た顧客が5社に満たないため", "fewer than 5 customers with the outcome"
    ),
}
_NEVER = Label(
    "過去{months}か月では、一度も出なかったはずです。",
    "Over the last {months} months this would never have fired.",
)
_FIRED = Label(
    "過去{months}か月では、{customers}社で{fired}回出ていたはずです。"
    "的中率は{precision}で、同じ日の全顧客では{base_rate}、リフトは{lift}、"
    "結果までの日数の中央値は{lead}です。"
    "{outcome}の{covered}を事前に捉え、対応は{hours}です。",
    "Over the last {months} months this would have fired {fired} times at {customers} "
    "customers; precision {precision} against a base rate of {base_rate}, "
    "lift {lift}, median lead time {lead}, {covered} of {outcome} covered, {hours}.",
)
_LEAD = Label("{n}日", "{n} days")
_HOURS = {
    "hours_per_csm": Label("CSM1人あたり週{n}時間", "{n} hours a week for each CSM"),
    "hours_per_week": Label("全体で週{n}時間", "{n} hours a week in all"),
}
_MISSING = "–"


def trial_in_words(
    figures: Mapping[str, Estimate], *, months: int, outcome: Outcome
) -> Label:
    """Return how often a signal would have fired, and how often it was right.

    Parameters
    ----------
    figures
        By name (`judging.FIGURES`), all of them; one that cannot be had is "–".
    months
        The months that they are about.
    outcome
        What the signal is judged by.

    """
    fired = figures["fired"]
    if not fired.value:
        return Label(_NEVER.ja.format(months=months), _NEVER.en.format(months=months))
    shown = {
        "months": str(months),
        "fired": f"{fired.value:,.0f}",
        "customers": f"{fired.n:,}",
        **{
            name: figure_in_words(name, figures[name])
            for name in ("precision", "base_rate", "lift", "covered")
        },
    }
    each = figures["hours_per_csm"]
    who = "hours_per_week" if each.reason == "no_csms" else "hours_per_csm"
    lead = figure_in_words("lead_days", figures["lead_days"])
    in_days = Label("{n}", "{n}") if lead == _MISSING else _LEAD
    hours = figure_in_words(who, figures[who])

    def said(language: str) -> str:
        return _FIRED.in_language(language).format(
            **shown,
            lead=in_days.in_language(language).format(n=lead),
            hours=_HOURS[who].in_language(language).format(n=hours),
            outcome=OUTCOMES[outcome].in_language(language),
        )

    return Label(said("ja"), said("en"))


def figure_in_words(name: str, found: Estimate) -> str:
    """Return a figure with its interval; "–" when there is none.

    Numbers read the same in both languages: 38% (32–45%), 47 (40–55), 3.4 (2.8–4.1).
    """
    if found.value is None:
        return _MISSING
    if name in ("precision", "base_rate", "covered"):
        value, low, high = (
            None if part is None else part * 100
            for part in (found.value, found.low, found.high)
        )
        sign = "%"
    else:
        value, low, high, sign = found.value, found.low, found.high, ""
    assert value is not None
    decimals = 0 if name in ("fired", "followed", "lead_days") else 1
    if sign and (value >= 10 or value == 0):
        decimals = 0
    if name.startswith("hours") and value < 1:
        decimals = 2
    text = f"{value:,.{decimals}f}{sign}"
    if low is None or high is None:
        return text
    return f"{text} ({low:,.{decimals}f}–{high:,.{decimals}f}{sign})"
