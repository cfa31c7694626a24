"""Printing what plays seem to achieve by their history."""

from collections.abc import Mapping, Sequence
from typing import Final

from banso.analytics.effects.sentences import ASSUMPTIONS, VERDICTS
from banso.cli.output import print_json, print_table
from banso.cli.words import language, say, words, write_line
from banso.kernel.labels import Label
from banso.runs.play_estimates import PlayEstimates, estimates_of_plays
from banso.runs.project import Project

Row = Mapping[str, object]
MEASURES: Final[Mapping[str, Label]] = {
    "calendar": Label("時期", "when it was"),
    "mrr": Label("MRR（対数）", "MRR (logarithm)"),
    "touch": Label("タッチモデル", "touch model"),
}


def print_play_estimates(project: Project, key: str | None, *, as_json: bool) -> None:
    """Print the estimates of the newest release.

    Parameters
    ----------
    project
        Whose lake.
    key
        Only at this signal, and in full; all, a line each, when it is None.
    as_json
        For a program.

    """
    found = estimates_of_plays(project, key)
    if as_json:
        print_json({"what": "plays", **vars(found)})
        return
    say(
        "基準日 {as_of}。{known_by} までに分かったことによる、履歴からの推定です"
        "（試験ではありません）。",
        "As of {as_of}; estimates from history by what was known on {known_by}, not"
        " trials.",
        as_of=found.as_of,
        known_by=found.known_by,
    )
    if not found.rows:
        say(
            "始めたプレイブックの記録がまだありません（actions表）。",
            "No play was begun yet (table actions).",
        )
        return
    if key is None:
        _print_lines(found)
        return
    for row in found.of("effect"):
        _print_in_full(found, row)


def _print_lines(found: PlayEstimates) -> None:
    head = [words("シグナル", "signal"), words("プレイブック", "play")]
    head += [words("実施（社）", "with"), words("なし（社）", "without")]
    head += [words("差（ポイント）", "difference"), words("推定", "estimate")]
    rows = [
        [
            str(row["signal"]),
            str(row["play"]),
            f"{row['customers_treated']:,}",
            f"{row['customers_others']:,}",
            _difference(row, 100),
            _verdict(row),
        ]
        for row in found.of("effect")
    ]
    print_table(head, rows)
    for row in found.of("effect"):
        if row["verdict"] != "not_enough":
            write_line(f"- {row['signal']}: {row[f'said_{language()}']}")


def _print_in_full(found: PlayEstimates, row: Row) -> None:
    write_line()
    write_line(f"{row['signal']} → {row['play']}")
    write_line(str(row[f"said_{language()}"]))
    if row[f"unseen_{language()}"]:
        write_line(str(row[f"unseen_{language()}"]))
    write_line(words("前提:", "Assumed:"))
    for each in ASSUMPTIONS:
        write_line(f"- {each.in_language(language())}")
    balance = [each for each in found.of("balance") if each["play"] == row["play"]]
    if balance:
        _print_balance(balance)
    placebos = [each for each in found.of("placebo") if each["play"] == row["play"]]
    if placebos:
        _print_placebos(placebos)


def _print_balance(rows: Sequence[Row]) -> None:
    write_line()
    head = [words("実施前に分かっていたこと", "known before")]
    head += [words("重みなしの差", "apart before"), words("重み付き", "apart after")]
    shown = [
        [
            _measure(row),
            f"{row['difference_before']:+.2f}",
            f"{row['difference_after']:+.2f}",
        ]
        for row in rows
    ]
    print_table(head, shown)


def _print_placebos(rows: Sequence[Row]) -> None:
    write_line()
    head = [words("プラセボ（発生の13週間前）", "placebo (13 weeks before)")]
    head += [words("差", "difference")]
    print_table(head, [[_measure(row), _difference(row, 1)] for row in rows])


def _measure(row: Row) -> str:
    name = str(row["measure"])
    return MEASURES[name].in_language(language()) if name in MEASURES else name


def _verdict(row: Row) -> str:
    named = {str(verdict): label for verdict, label in VERDICTS.items()}
    return named[str(row["verdict"])].in_language(language())


def _difference(row: Row, scale: int) -> str:
    effect, low, high = (row[name] for name in ("effect", "low", "high"))
    if effect is None:
        return "–"
    said = [
        f"{float(str(x)) * scale:+.{1 if scale > 1 else 2}f}"
        for x in (effect, low, high)
    ]
    return f"{said[0]} ({said[1]} – {said[2]})"
