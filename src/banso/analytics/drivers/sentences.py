"""What an answer means, in plain Japanese and English."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from banso.analytics.drivers.question import Answer, Outcome, Verdict
from banso.analytics.figures.estimate import Estimate
from banso.kernel.labels import Label


@dataclass(frozen=True)
class Groups:
    """What both groups of a question, and the covariates, are called."""

    exposed: Label  # "導入に失敗", "Onboarding failed"
    others: Label
    covariates: Mapping[str, Label] = field(default_factory=dict)  # by key


KNOWN = {
    "tenure_days": Label("利用期間", "tenure"),
    "touch": Label("タッチモデル", "touch model"),
    "plan": Label("プラン", "plan"),
    "size": Label("規模", "size"),
    "industry": Label("業種", "industry"),
    "country": Label("国", "country"),
    "product": Label("製品", "product"),
    "purpose": Label("導入目的", "purpose"),
    "mrr": Label("MRR", "MRR"),
}
WHY_NOT = {
    "too_few_customers": Label(
        "どちらかのグループの顧客数が少なすぎます。",
        "One of the groups has too few customers.",
    ),
    "too_few_events": Label(
        "解約した顧客が少なすぎます。",
        "Too few customers have churned.",
    ),
    "one_class": Label(
        "対象の顧客がすべて片方のグループに入っており、比べる相手がいません。",
        "All customers are in one group, so there is nobody to compare with.",
    ),
    "no_follow_up": Label(
        "判定した日から{days}日後まで見届けた顧客がまだいません。",
        "No customer has been followed for {days} days yet.",
    ),
    "mostly_missing": Label(
        "ヘルススコアのない顧客がほとんどです。",
        "Most customers have no health score.",
    ),
    "constant": Label(
        "ヘルススコアが全顧客で同じ値です。",
        "All customers have the same health score.",
    ),
}
OTHERWISE = Label("データが足りません。", "There is not enough data.")

NOT_ENOUGH = {
    "churn": Label(
        "「{exposed}」と「{others}」の解約率の差は、まだ判断できません。{why}",
        "Whether “{exposed}” and “{others}” differ in churn cannot be said yet. {why}",
    ),
    "health": Label(
        "「{exposed}」と「{others}」のヘルススコアの差は、まだ判断できません。{why}",
        "Whether “{exposed}” and “{others}” differ in health cannot be said yet. {why}",
    ),
}
SEEN = {
    "churn": Label(
        "判定した日から{days}日以内の解約率は、「{exposed}」が{a}、「{others}」が{b}でした。",
        "Within {days} days of being looked at, {a} of “{exposed}” churned and "
        "{b} of “{others}”.",
    ),
    "health": Label(
        "ヘルススコアの平均は、「{exposed}」が{a}点、「{others}」が{b}点でした。",
        "Mean health was {a} points for “{exposed}” and {b} for “{others}”.",
    ),
}
DIFFERS_ADJUSTED = {
    "churn": Label(
        "{covariates}の条件をそろえて比べても、「{exposed}」の解約率は"
        "{size}ポイント{more}、この差は偶然とは考えにくいものです"
        "（95%信頼区間：{low}〜{high}ポイント）。",
        "With {covariates} held equal, churn of “{exposed}” is {size} points {more} "
        "(95% interval {low} to {high}); chance alone hardly explains that.",
    ),
    "health": Label(
        "{covariates}の条件をそろえて比べても、「{exposed}」のヘルススコアは"
        "{size}点{more}、この差は偶然とは考えにくいものです"
        "（95%信頼区間：{low}〜{high}点）。",
        "With {covariates} held equal, health of “{exposed}” is {size} points {more} "
        "(95% interval {low} to {high}); chance alone hardly explains that.",
    ),
}
DIFFERS_PLAIN = {
    "churn": Label(
        "「{exposed}」の解約率は{size}ポイント{more}、この差は偶然とは考えにくい"
        "ものです（95%信頼区間：{low}〜{high}ポイント）。"
        "ほかの条件はそろえていません。",
        "Churn of “{exposed}” is {size} points {more} (95% interval {low} to {high}); "
        "chance alone hardly explains that. Nothing else was held equal.",
    ),
    "health": Label(
        "「{exposed}」のヘルススコアは{size}点{more}、この差は偶然とは考えにくい"
        "ものです（95%信頼区間：{low}〜{high}点）。ほかの条件はそろえていません。",
        "Health of “{exposed}” is {size} points {more} (95% interval {low} to {high}); "
        "chance alone hardly explains that. Nothing else was held equal.",
    ),
}
NO_DIFFERENCE = {
    "churn": Label(
        "偶然の範囲を超える差は見つかりませんでした。"
        "ただし「差がない」と証明されたわけではなく、"
        "最大{most}ポイントの差ならこのデータと矛盾しません。",
        "No difference beyond chance was found. That does not prove there is none: "
        "a difference of up to {most} points would still fit these data.",
    ),
    "health": Label(
        "偶然の範囲を超える差は見つかりませんでした。"
        "ただし「差がない」と証明されたわけではなく、"
        "最大{most}点の差ならこのデータと矛盾しません。",
        "No difference beyond chance was found. That does not prove there is none: "
        "a difference of up to {most} points would still fit these data.",
    ),
}
EXPLAINED = Label(
    "単純に比べると差がありますが、{covariates}の条件をそろえると、"
    "はっきりした差ではなくなります。",
    "At first sight the groups differ, but no longer clearly once {covariates} are "
    "held equal.",
)
TIMES = {
    "churn": Label(
        "解約率の比では{times}倍です（95%信頼区間：{times_low}〜{times_high}倍。"
        "ほかの条件はそろえていません）。",
        "As a ratio of the rates, churn is {times} times as high "
        "(95% interval {times_low} to {times_high}; nothing else held equal).",
    ),
    "health": Label(
        "比では、「{others}」の{times}倍にあたります"
        "（95%信頼区間：{times_low}〜{times_high}倍）。",
        "That is {times} times the health of “{others}” "
        "(95% interval {times_low} to {times_high}).",
    ),
}
ASSOCIATION = Label(
    "これは関連であり、原因とは限りません。両グループには、"
    "データにない違いがある可能性もあります。",
    "This is an association, not proof of a cause: the groups may also differ in "
    "things that the data do not hold.",
)
MORE = Label("高く", "higher")
LESS = Label("低く", "lower")


def conclusion(answer: Answer, outcome: Outcome, groups: Groups) -> Label:
    """Return what can be concluded of an outcome, and what cannot.

    Parameters
    ----------
    answer
        Of a question, corrected for the others when there are several.
    outcome
        Churn or health.
    groups
        How the groups are called; a covariate without a label is called by its
        usual name, or by its key.

    Returns
    -------
    Label
        Two to five sentences: the finding with its interval, as a difference and as a
        ratio, what it was adjusted for, and that it is an association. Where the data
        do not carry it, the text says what is missing.

    """
    verdict = answer.verdict(outcome)
    texts = _texts(verdict, ratio=_ratio(answer, verdict))
    return Label(
        ja="".join(
            text.ja.format(**_words(answer, verdict, groups, "ja")) for text in texts
        ),
        en=" ".join(
            text.en.format(**_words(answer, verdict, groups, "en")) for text in texts
        ),
    )


def _ratio(answer: Answer, verdict: Verdict) -> Estimate:
    """Return the ratio that goes with the difference that was judged.

    Of churn it is that of the plain rates: at equal covariates there is a ratio of
    hazards, which nobody reads as one of rates.
    """
    is_equal = verdict.outcome == "health" and verdict.is_adjusted
    return answer.test(verdict.outcome, "adjusted" if is_equal else "ratio").effect


def _texts(verdict: Verdict, *, ratio: Estimate) -> list[Label]:
    outcome = verdict.outcome
    if verdict.code == "not_enough_data":
        return [NOT_ENOUGH[outcome]]
    if verdict.code == "no_difference_found":
        explained = [EXPLAINED] if verdict.is_explained else []
        return [SEEN[outcome], *explained, NO_DIFFERENCE[outcome]]
    differs = DIFFERS_ADJUSTED if verdict.is_adjusted else DIFFERS_PLAIN
    known = ratio.value is not None and ratio.low is not None and ratio.high is not None
    times = [TIMES[outcome]] if known else []
    return [SEEN[outcome], differs[outcome], *times, ASSOCIATION]


def _words(
    answer: Answer, verdict: Verdict, groups: Groups, language: str
) -> dict[str, str]:
    covariates = [
        {**KNOWN, **groups.covariates}.get(key, Label(key, key)).in_language(language)
        for key in answer.adjusted_for
    ]
    why = WHY_NOT.get(verdict.reason or "", OTHERWISE).in_language(language)
    more = verdict.difference.value is not None and verdict.difference.value > 0
    return {
        "days": str(answer.within_days),
        "exposed": groups.exposed.in_language(language),
        "others": groups.others.in_language(language),
        "covariates": _listed(covariates, language),
        "why": why.format(days=answer.within_days),
        "more": (MORE if more else LESS).in_language(language),
        **_numbers(verdict),
        **_times(_ratio(answer, verdict)),
    }


def _times(ratio: Estimate) -> dict[str, str]:
    limits = {"times": ratio.value, "times_low": ratio.low, "times_high": ratio.high}
    return {name: f"{value or 0.0:.2f}" for name, value in limits.items()}


def _numbers(verdict: Verdict) -> dict[str, str]:
    """Return the figures of a verdict, a difference without its sign."""
    is_share = verdict.outcome == "churn"
    effect = verdict.difference
    limits = [effect.low or 0.0, effect.high or 0.0]
    if effect.value is not None and effect.value < 0:
        limits = [-limits[1], -limits[0]]
    shown = {
        "size": abs(effect.value or 0.0),
        "low": limits[0],
        "high": limits[1],
        "most": verdict.most or 0.0,
    }
    factor = 100 if is_share else 1
    group = "{:.1f}%" if is_share else "{:.1f}"
    return {
        **{name: f"{value * factor:.1f}" for name, value in shown.items()},
        "a": group.format((verdict.exposed or 0.0) * factor),
        "b": group.format((verdict.others or 0.0) * factor),
    }


def _listed(words: list[str], language: str) -> str:
    if language == "ja":
        return "・".join(words)
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)
