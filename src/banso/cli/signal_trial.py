"""Printing what signals would have been worth."""

import dataclasses
from collections.abc import Collection, Sequence
from typing import Final

from banso.analytics.signals.comparing import COMPARED, verdict
from banso.analytics.signals.difference_sentences import (
    comparison_in_words,
    difference_in_words,
)
from banso.analytics.signals.judging import FIGURES
from banso.analytics.signals.sentences import (
    OUTCOMES,
    REASONS,
    figure_in_words,
    trial_in_words,
)
from banso.cli.output import print_json, print_table
from banso.cli.words import language, say, words, write_line
from banso.kernel.labels import Label, Language
from banso.runs.signal_backtesting import Beside, SignalTrial, Tried

_HEADS: Final = {
    "fired": Label("回数", "fired"),
    "followed": Label("見届けた数", "followed"),
    "precision": Label("的中率", "precision"),
    "base_rate": Label("全顧客の率", "base rate"),
    "lift": Label("リフト", "lift"),
    "lead_days": Label("結果までの日数", "lead (days)"),
    "covered": Label("捉えた割合", "covered"),
    "hours_per_week": Label("時間／週", "hours/week"),
    "hours_per_csm": Label("時間／週・CSM", "hours/week, CSM"),
}
_DRAFT: Final = Label("（下書き {file}）", " (draft {file})")
_SHORT: Final = ("fired", "precision", "base_rate", "lift", "lead_days", "covered")


def print_signal_trial(found: SignalTrial, *, in_full: bool) -> None:
    """Print signals one below the other.

    Parameters
    ----------
    found
        What came of trying them.
    in_full
        A sentence and all figures of each, instead of one line.

    """
    say(
        "基準日 {as_of}。{known_by} までに分かったことで評価しています。",
        "As of {as_of}; judged by what was known on {known_by}.",
        as_of=found.as_of,
        known_by=found.known_by,
    )
    if not found.tried:
        say(
            "シグナルの定義がありません（definitions/signals.yaml）。",
            "No signals are defined (definitions/signals.yaml).",
        )
        return
    spoke = [each for each in found.tried if each.figures]
    if in_full:
        for each in found.tried:
            _print_sentence(each, found.months)
        if spoke:
            write_line()
            _print_beside(spoke)
    elif spoke:
        _print_lines(spoke)
    _print_reasons(spoke)
    _print_compared(found.beside)
    for each in found.tried:
        if each.lacks and not in_full:
            write_line(f"- {each.signal.key}: {_lacks(each)}")


def print_signal_trial_as_json(found: SignalTrial) -> None:
    """Print the same for a program."""
    print_json(
        {
            "what": "signals",
            "as_of": found.as_of,
            "known_by": found.known_by,
            "months": found.months,
            "signals": [_in_json(each, found.months) for each in found.tried],
            "compared": [_beside_in_json(each) for each in found.beside],
        }
    )


def _in_json(each: Tried, months: int) -> dict[str, object]:
    outcome = each.signal.outcome
    said = (
        trial_in_words(each.figures, months=months, outcome=outcome)
        if each.figures
        else None
    )
    return {
        "signal": each.signal.key,
        "draft": each.is_draft,
        "file": each.draft,
        "outcome": outcome,
        "within_days": each.signal.within_days,
        "lacks": list(each.lacks),
        "connect": list(each.connect),
        "figures": {
            name: dataclasses.asdict(figure) for name, figure in each.figures.items()
        },
        "ja": said.ja if said else None,
        "en": said.en if said else None,
    }


def _beside_in_json(each: Beside) -> dict[str, object]:
    said = _compared_in_words(each)
    return {
        **{
            side: {"signal": one.signal.key, "file": one.draft}
            for side, one in (("first", each.first), ("second", each.second))
        },
        "differences": {
            name: dataclasses.asdict(found) for name, found in each.differences.items()
        },
        "better": verdict(each.differences),
        "ja": said.ja,
        "en": said.en,
    }


def _print_compared(beside: Sequence[Beside]) -> None:
    """Print for each pair by how much the second differs, and which is better."""
    said_in = language()
    for each in beside:
        write_line()
        say(
            "{second} − {first}（同じ顧客・同じ日）",
            "{second} less {first} (same customers, same dates)",
            first=_name(each.first),
            second=_name(each.second),
        )
        head = [words("指標", "figure"), words("差（95%区間）", "difference (95%)")]
        rows = [
            [
                _HEADS[name].in_language(said_in) + _in_points(name),
                difference_in_words(name, each.differences[name]),
            ]
            for name in COMPARED
        ]
        print_table(head, rows)
        write_line(f"- {_compared_in_words(each).in_language(said_in)}")
    reasons = {
        found.reason
        for each in beside
        for found in each.differences.values()
        if found.reason
    }
    _print_why(reasons)


def _in_points(name: str) -> str:
    if name not in ("precision", "covered"):
        return ""
    return words("（ポイント）", " (points)")


def _compared_in_words(each: Beside) -> Label:
    first, second = (
        Label(_name_in(one, "ja"), _name_in(one, "en"))
        for one in (each.first, each.second)
    )
    return comparison_in_words(each.differences, first=first, second=second)


def _print_sentence(each: Tried, months: int) -> None:
    write_line()
    write_line(f"{each.signal.label.label.in_language(language())} ({_name(each)})")
    if not each.figures:
        write_line(f"  {_lacks(each)}")
        return
    outcome = each.signal.outcome
    said = trial_in_words(each.figures, months=months, outcome=outcome)
    write_line(f"  {said.in_language(language())}")


def _print_beside(spoke: Sequence[Tried]) -> None:
    """Print all figures, one signal or draft in each column."""
    head = [words("指標", "figure"), *(_name(each) for each in spoke)]
    rows = [
        [
            _HEADS[name].in_language(language()),
            *(figure_in_words(name, each.figures[name]) for each in spoke),
        ]
        for name in FIGURES
    ]
    print_table(head, rows)


def _print_lines(spoke: Sequence[Tried]) -> None:
    said_in = language()
    head = [words("シグナル", "signal"), words("結果", "judged by")]
    head += [_HEADS[name].in_language(said_in) for name in _SHORT]
    rows = [
        [
            _name(each),
            OUTCOMES[each.signal.outcome].in_language(said_in),
            *(figure_in_words(name, each.figures[name]) for name in _SHORT),
        ]
        for each in spoke
    ]
    print_table(head, rows)


def _print_reasons(spoke: Sequence[Tried]) -> None:
    _print_why({e.reason for t in spoke for e in t.figures.values() if e.reason})


def _print_why(reasons: Collection[str]) -> None:
    if reasons:
        said = [REASONS[reason].in_language(language()) for reason in sorted(reasons)]
        write_line(words("– の理由: ", "– because: ") + words("、", "; ").join(said))


def _name(each: Tried) -> str:
    return _name_in(each, language())


def _name_in(each: Tried, said_in: Language) -> str:
    """Return the key, and for a draft the file, so that two can be told apart."""
    if each.draft is None:
        return each.signal.key
    return each.signal.key + _DRAFT.in_language(said_in).format(file=each.draft)


def _lacks(each: Tried) -> str:
    lacks = ", ".join(each.lacks)
    if not each.connect:
        return words(
            "まだ使えません。足りないもの: {lacks}",
            "not on yet; it lacks {lacks}",
            lacks=lacks,
        )
    return words(
        "まだ使えません。足りないもの: {lacks}（{connect} を接続してください）",
        "not on yet; it lacks {lacks}: connect {connect}",
        lacks=lacks,
        connect=", ".join(each.connect),
    )
