"""Which of two signals is better, in words: a sentence, and each difference."""

from collections.abc import Mapping
from typing import Final

from banso.analytics.figures.estimate import Estimate
from banso.analytics.signals.comparing import Compared, Verdict, verdict
from banso.kernel.labels import Label

MISSING: Final = "–"
_MINUS: Final = "−"
_BETTER: Final = Label(
    "{better} のほうがよさそうです。{other} より{gains}。",
    "{better} is better: compared with {other}, it {gains}.",
)
_GAINS: Final[Mapping[Compared, Label]] = {
    "precision": Label("的中率が高く", "is right more often"),
    "covered": Label("結果を多く捉えています", "covers more outcomes"),
}
_ONE_GAIN: Final[Mapping[Compared, Label]] = {
    "precision": Label(
        "的中率が高く、捉えた割合は劣っていません",
        "is right more often, and covers no fewer beyond chance",
    ),
    "covered": Label(
        "結果を多く捉え、的中率は劣っていません",
        "covers more outcomes, and is right no less often beyond chance",
    ),
}
_EITHER: Final = Label(
    "一長一短です。的中率は {precise} が、捉えた割合は {wide} が勝ります。"
    "かけられる時間で選んでください。",
    "Each has its side: {precise} is right more often, {wide} covers more. Choose by"
    " the time that there is.",
)
_UNTOLD: Final = Label(
    "どちらがよいか、まだ分かりません。的中率と捉えた割合の差が、偶然の範囲を出ていません。",
    "Which is better cannot be told yet: the differences of precision and coverage are"
    " within chance.",
)
_OTHER: Final = Label(
    "評価する結果が違うため、どちらがよいかは比べられません。",
    "They are judged by different outcomes, so which is better cannot be told.",
)
_NEVER: Final = Label(
    "どちらも一度も出ていないため、比べられません。",
    "Neither ever fired, so there is nothing to compare.",
)
_WORK: Final = Label(
    "手間は {second} が週{hours}時間{more}。",
    "{second} costs {hours} hours a week {more}.",
)
_MORE: Final = Label("多くかかります", "more")
_LESS: Final = Label("少なくて済みます", "less")


def comparison_in_words(
    found: Mapping[Compared, Estimate], *, first: Label, second: Label
) -> Label:
    """Return which of two signals is better, or that it cannot be told.

    Parameters
    ----------
    found
        From `comparing.differences`.
    first, second
        What the signals are called.

    """
    main = _verdict_in_words(found, first, second)
    work = _work(found, second)
    if work is None:
        return main
    return Label(main.ja + work.ja, f"{main.en} {work.en}")


def difference_in_words(name: Compared, found: Estimate) -> str:
    """Return a difference with its sign and interval; "–" when there is none.

    Numbers read the same in both languages: +4.2 (−1.0 – +9.4), shares in points.
    """
    if found.value is None or found.low is None or found.high is None:
        return MISSING
    is_share = name in ("precision", "covered")
    factor, decimals = (100, 1) if is_share else (1, 0 if name == "fired" else 2)
    value, low, high = (
        _signed(part * factor, decimals)
        for part in (found.value, found.low, found.high)
    )
    return f"{value} ({low} – {high})"


def _verdict_in_words(
    found: Mapping[Compared, Estimate], first: Label, second: Label
) -> Label:
    reason = found["precision"].reason
    if reason in ("other_outcome", "never_fired"):
        return _OTHER if reason == "other_outcome" else _NEVER
    said = verdict(found)
    if said == "untold":
        return _UNTOLD
    if said == "either":
        precise, wide = first, second
        if (found["precision"].value or 0) > 0:
            precise, wide = second, first
        return _filled(_EITHER, precise=precise, wide=wide)
    return _better(found, said, first, second)


def _better(
    found: Mapping[Compared, Estimate], said: Verdict, first: Label, second: Label
) -> Label:
    names: tuple[Compared, ...] = ("precision", "covered")
    gains = [name for name in names if _is_told(found[name])]
    if len(gains) > 1:
        parts = [_GAINS[name] for name in gains]
        gain = Label("、".join(p.ja for p in parts), " and ".join(p.en for p in parts))
    else:
        gain = _ONE_GAIN[gains[0]]
    better, other = (second, first) if said == "second" else (first, second)
    return _filled(_BETTER, better=better, other=other, gains=gain)


def _is_told(found: Estimate) -> bool:
    return (
        found.low is not None
        and found.high is not None
        and (found.low > 0 or found.high < 0)
    )


def _work(found: Mapping[Compared, Estimate], second: Label) -> Label | None:
    """Return what the second costs more or less, when that is beyond chance."""
    hours = found["hours_per_week"]
    if hours.value is None or not _is_told(hours):
        return None
    text = f"{abs(hours.value):,.{1 if abs(hours.value) >= 1 else 2}f}"
    more = _MORE if hours.value > 0 else _LESS
    return _filled(_WORK, second=second, hours=Label(text, text), more=more)


def _filled(template: Label, **parts: Label) -> Label:
    return Label(
        template.ja.format(**{name: part.ja for name, part in parts.items()}),
        template.en.format(**{name: part.en for name, part in parts.items()}),
    )


def _signed(number: float, decimals: int) -> str:
    text = f"{abs(number):,.{decimals}f}"
    if float(text.replace(",", "")) == 0:
        return text
    return f"+{text}" if number > 0 else f"{_MINUS}{text}"
