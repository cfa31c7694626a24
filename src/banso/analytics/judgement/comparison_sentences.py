"""What a comparison of the forecast with a rule means, in Japanese and English."""

from banso.analytics.judgement.comparison import Compared
from banso.kernel.labels import Label

RULES = {
    "rule.recency": Label(
        "最終利用からの日数だけ", "the days since the last use alone"
    ),
    "rule.last_rate": Label("直近1年の解約率", "the rate of the last year"),
    "rule.logistic": Label("単純なロジスティック回帰", "plain logistic regression"),
}
SEEN = {
    "auc": Label(
        "AUCは予測{ours}、規則{naive}、差{gain}（95%信頼区間：{low}〜{high}）。",
        "AUC {ours} against {naive}, a difference of {gain} (95% interval {low} to"
        " {high}).",
    ),
    "log_loss": Label(
        "対数損失（小さいほどよい）は予測{ours}、規則{naive}、改善幅{gain}"
        "（95%信頼区間：{low}〜{high}）。",
        "Log loss {ours} against {naive} (less is better), a gain of {gain} (95%"
        " interval {low} to {high}).",
    ),
}
VERDICTS = {
    ("auc", "better"): Label(
        "{days}日以内に誰が解約するかは、「{rule}」より予測のほうがよく"
        "見分けていました。",
        "The forecast was better than {rule} at telling who leaves within {days} days.",
    ),
    ("auc", "no_better"): Label(
        "{days}日以内に誰が解約するかを、予測が「{rule}」よりよく見分けたとは"
        "言えません。",
        "The forecast was no better than {rule} at telling who leaves within {days}"
        " days.",
    ),
    ("auc", "worse"): Label(
        "{days}日以内に誰が解約するかは、予測より「{rule}」のほうがよく"
        "見分けていました。",
        "The forecast was worse than {rule} at telling who leaves within {days} days.",
    ),
    ("log_loss", "better"): Label(
        "{days}日以内に解約する確率は、「{rule}」より予測のほうが正確でした。",
        "The forecast's chances of leaving within {days} days were better than those of"
        " {rule}.",
    ),
    ("log_loss", "no_better"): Label(
        "{days}日以内に解約する確率が、「{rule}」より予測のほうが正確だったとは"
        "言えません。",
        "The forecast's chances of leaving within {days} days were no better than those"
        " of {rule}.",
    ),
    ("log_loss", "worse"): Label(
        "{days}日以内に解約する確率は、予測より「{rule}」のほうが正確でした。",
        "The forecast's chances of leaving within {days} days were worse than those of"
        " {rule}.",
    ),
}
ON = Label(
    "両方が値を出した{first}〜{last}の{dates}時点、{n}社（うち解約{events}社）での"
    "比較です。",
    "Both judged on the {dates} dates from {first} to {last} on which both spoke: {n}"
    " customers, of whom {events} left.",
)
ON_ONE = Label(
    "両方が値を出した{first}の1時点、{n}社（うち解約{events}社）での比較です。",
    "Both judged on {first}, the one date on which both spoke: {n} customers, of whom"
    " {events} left.",
)
NOT_YET = Label(
    "{days}日以内の解約について、予測が「{rule}」より優れているかはまだ判断できません。",
    "Whether the forecast is better than {rule} for leaving within {days} days cannot"
    " be said yet.",
)
WHY_NOT = {
    "not_both": Label(
        "モデルの予測と「{rule}」の両方があり、その後を{days}日見届けた時点が"
        "まだありません。",
        "There is no date yet on which both the model and the rule spoke and that was"
        " followed for {days} days.",
    ),
    "too_few_events": Label(
        "比べられる時点で解約した顧客が{events}社しかありません（10社必要です）。",
        "Only {events} customers left after the dates that can be compared; it takes"
        " 10.",
    ),
    "constant": Label(
        "片方の値が全顧客で同じです。",
        "One of the two says the same of everybody.",
    ),
}
OTHERWISE = Label("データが足りません。", "There is not enough data.")
TEXTS = ("ja", "en")


def comparison_sentence(found: Compared) -> Label:
    """Return what a comparison means: verdict, figures, dates; or why there is none."""
    texts = [_text(found, language) for language in TEXTS]
    return Label(*texts)


def _text(found: Compared, language: str) -> str:
    rule = RULES[found.rule].in_language(language)
    facts: dict[str, object] = {
        "rule": rule,
        "days": found.horizon_days,
        "n": f"{found.n:,}",
        "events": f"{found.events:,}",
        "dates": found.dates,
        "first": found.first_date,
        "last": found.last_date,
    }
    if found.verdict is None:
        why = WHY_NOT.get(found.reason or "", OTHERWISE)
        parts = [NOT_YET, why]
    else:
        facts |= _figures(found)
        parts = [VERDICTS[found.figure, found.verdict], SEEN[found.figure]]
        parts.append(ON_ONE if found.dates == 1 else ON)
    between = "" if language == "ja" else " "
    return between.join(part.in_language(language).format(**facts) for part in parts)


def _figures(found: Compared) -> dict[str, str]:
    places = 3 if found.figure == "auc" else 4
    plain = {"ours": found.forecast, "naive": found.naive}
    signed = {"gain": found.gain, "low": found.low, "high": found.high}
    return {key: f"{value:.{places}f}" for key, value in plain.items()} | {
        key: f"{value:+.{places}f}" for key, value in signed.items()
    }
