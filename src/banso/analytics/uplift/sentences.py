"""Whom to treat after a trial, in sentences."""

from collections.abc import Mapping, Sequence
from typing import Final

from banso.analytics.figures.estimate import Estimate
from banso.analytics.uplift.targeting import Targeting, Verdict
from banso.kernel.labels import Label

_ANSWERS: Final[Mapping[Verdict, Label]] = {
    "target_these": Label(
        "効果は顧客によって異なります。効果が高いと見込まれる顧客から順に実施してください。",
        "The effect differs among customers. Begin with those whom it is expected to "
        "help most.",
    ),
    "treat_everybody": Label(
        "対象を絞らず、全顧客に実施してください。", "Treat everybody; target nobody."
    ),
    "treat_nobody": Label(
        "対象を絞らず、どの顧客にも実施しないでください。",
        "Treat nobody; target nobody.",
    ),
    "not_enough_data": Label(
        "全顧客に実施するか、まったく実施しないかのどちらかです（対象は絞れません）。"
        "どちらが良いかは、この効果検証からはまだ分かりません。",
        "Treat all or none, target nobody. Which of the two, this trial cannot tell "
        "yet.",
    ),
}
_NOT_YET: Final[Mapping[str, Label]] = {
    "still_running": Label(
        "だれに実施するかは、効果検証が計画どおりに終わったときに一度だけ調べます。",
        "Whom to treat is asked once, when the trial has ended as planned.",
    ),
    "stopped_early": Label(
        "計画より前に終了した効果検証では、だれに実施するかを調べません。",
        "Whom to treat is not asked of a trial that was stopped before its planned "
        "end.",
    ),
}
_SAME = Label(
    "効果が顧客によって異なるという証拠はありません（p = {p}）。",
    "Nothing shows that the effect differs among customers (p = {p}).",
)
_NO_ORDER = Label(
    "効果は顧客によって異なりますが（p = {p}）、別の顧客で確かめると、"
    "選ぶ順番に効き目がありませんでした。",
    "The effect differs among customers (p = {p}), but on customers apart the order "
    "was worth nothing.",
)
_UNASKED = Label(
    "データが少なく、効果の違いは調べられません。",
    "There is too little data to ask whether the effect differs.",
)
_EFFECT = Label("全体の効果は{effect}です。", "The effect for all is {effect}.")
_NO_EFFECT = Label(
    "全体の効果も、データが少なく分かりません。",
    "There is too little data for the effect for all, too.",
)
_FIRST = Label(
    "効果が最も高いと見込まれる5分の1では{first}、最も低い5分の1では{last}でした。",
    "In the fifth expected to gain most it was {first}, in the last {last}.",
)


def targeting_in_words(found: Targeting, *, is_share: bool) -> Label:
    """Return whom to treat and why.

    Parameters
    ----------
    found
        The answer.
    is_share
        The outcome is a share, told in points; else its own unit.

    Returns
    -------
    Label
        Both languages; every figure with its 95 % interval.

    """
    sentences = [answer_in_words(found), reasons_in_words(found, is_share=is_share)]
    if found.verdict == "target_these":
        ends = [_told(found.groups[i].effect, is_share) for i in (0, -1)]
        sentences.append(_filled(_FIRST, first=ends[0], last=ends[1]))
    return _together(sentences)


def answer_in_words(found: Targeting) -> Label:
    """Return whom to treat, without a figure."""
    return _ANSWERS[found.verdict]


def reasons_in_words(found: Targeting, *, is_share: bool) -> Label:
    """Return why, and the effect for all; parameters as of `targeting_in_words`."""
    return _together([_why(found), _overall(found, is_share)])


def not_yet_in_words(reason: str) -> Label:
    """Return why whom to treat is not asked of a trial that has no planned end.

    Parameters
    ----------
    reason
        ``still_running`` or ``stopped_early``.

    """
    return _NOT_YET[reason]


def _together(sentences: Sequence[Label | None]) -> Label:
    said = [sentence for sentence in sentences if sentence is not None]
    return Label("".join(s.ja for s in said), " ".join(s.en for s in said))


def _why(found: Targeting) -> Label | None:
    if found.verdict == "target_these":
        return None
    if found.p_same is None:
        return _UNASKED
    p = f"{found.p_same:.3f}"
    return _filled(_NO_ORDER if found.differs else _SAME, p=Label(p, p))


def _overall(found: Targeting, is_share: bool) -> Label:  # noqa: FBT001  one question
    if found.effect.value is None:
        return _NO_EFFECT
    return _filled(_EFFECT, effect=_told(found.effect, is_share))


def _told(found: Estimate, is_share: bool) -> Label:  # noqa: FBT001  likewise
    if found.value is None or found.low is None or found.high is None:
        return Label("–", "–")
    scale, digits = (100, 1) if is_share else (1, 2)
    value, low, high = (
        f"{round(scale * x, digits) + 0.0:+.{digits}f}".replace("-", "−")
        for x in (found.value, found.low, found.high)
    )
    ja, en = ("ポイント", " points") if is_share else ("", "")
    return Label(
        f"{value}{ja}（95%信頼区間 {low} ～ {high}）",
        f"{value}{en} (95 % interval {low} to {high})",
    )


def _filled(sentence: Label, **parts: Label) -> Label:
    return Label(
        sentence.ja.format(**{key: part.ja for key, part in parts.items()}),
        sentence.en.format(**{key: part.en for key, part in parts.items()}),
    )
