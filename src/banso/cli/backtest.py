"""`banso backtest`: what a score, a forecast or a signal was worth, out of time."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Literal

import click

from banso.cli.drift import print_drift, print_schedule
from banso.cli.options import as_json, in_project
from banso.cli.output import print_json, print_table
from banso.cli.play_estimates import print_play_estimates
from banso.cli.signal_trial import print_signal_trial, print_signal_trial_as_json
from banso.cli.words import language, say, words, write_line
from banso.kernel.labels import Label
from banso.runs.backtesting import (
    Backtest,
    Row,
    Trial,
    What,
    backtest,
    trial_of_recommendations,
)
from banso.runs.project import Project
from banso.runs.signal_backtesting import DraftFile, Wanted, try_signals
from banso.runs.signal_figures import MONTHS
from banso.site.serving import prepare_django

FIGURES = {
    "auc": Label("AUC", "AUC"),
    "lift_10": Label("上位1割のリフト", "lift, worst tenth"),
    "caught": Label("事前に捉えた割合", "caught before"),
    "greens_left": Label("健全からの解約", "healthy that left"),
    "calibration_error": Label("較正誤差", "calibration error"),
    "log_loss": Label("対数損失", "log loss"),
}
SUBJECTS = {
    "score": Label("ヘルススコア", "health score"),
    "forecast": Label("予測", "forecast"),
    "rule.recency": Label("単純な規則: 最終利用日", "naive: recency alone"),
    "rule.last_rate": Label("単純な規則: 前期の率", "naive: last period's rate"),
    "rule.logistic": Label("単純な規則: ロジスティック", "naive: plain logistic"),
}
METHODS: Mapping[object, Label] = {
    "similar": Label("似た顧客", "customers like this one"),
    "popular": Label("人気順", "the most popular"),
    "difference": Label("差", "difference"),
}
LACKS = {
    "customers": Label("顧客", "customers"),
    "events": Label("解約", "churned customers"),
    "days": Label("解約が記録されている日数", "days in which leavings are known"),
}


@click.command("backtest")
@click.argument(
    "what",
    type=click.Choice(["health", "forecast", "recommendations", "signals", "plays"]),
)
@click.option(
    "--horizon",
    type=click.Choice(["90", "180", "365"]),
    default="90",
    show_default=True,
    help="Days within which a customer left.",
)
@click.option(
    "--stratum",
    default="all",
    show_default=True,
    help="A part of the customers, e.g. tenure:0-1 or touch:high.",
)
@click.option(
    "--outcome",
    type=click.Choice(["churn", "expansion", "contraction"]),
    default="churn",
    show_default=True,
    help="Of the forecast: what it said would happen.",
)
@click.option(
    "--signal", "key", metavar="KEY", help="Of signals and plays: only this one."
)
@click.option(
    "--months",
    type=click.IntRange(1, 120),
    default=MONTHS,
    show_default=True,
    help="Of signals: how far to look back.",
)
@click.option(
    "--draft",
    "drafts",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    multiple=True,
    help="Of signals: a file like signals.yaml, to be tried beside what is published;"
    " several are compared with each other as well.",
)
@in_project
@as_json
def command(  # noqa: PLR0913  each is an option of the command
    project: Project,
    what: What | Literal["recommendations", "signals", "plays"],
    *,
    horizon: str,
    stratum: str,
    outcome: str,
    key: str | None,
    months: int,
    drafts: tuple[Path, ...],
    as_json: bool,
) -> int:
    """Print how well the health score, or the forecast, told who would leave.

    Each figure is of dates later than everything that the score was made from, with
    its 95 % interval, beside naive rules, each on the dates on which it spoke. Then the
    forecast is compared with each rule on the very rows of which both spoke. Of
    recommendations, print how often one of five was taken up and kept, beside the five
    most popular. Of signals, print how often each would have fired over the last
    months, and what followed; a draft is tried without being published. Two drafts, or
    a draft and what is published, are compared on the same customers and dates. Of
    plays, print what each seems to achieve at each signal, as an estimate from history,
    not a trial, and what it was checked by.
    """
    if what == "plays":
        print_play_estimates(project, key, as_json=as_json)
        return 0
    if what == "signals":
        files = tuple(DraftFile.read(path) for path in drafts)
        _print_signals(project, Wanted(key, files, months), as_json=as_json)
        return 0
    if what == "recommendations":
        _print_trial(trial_of_recommendations(project), as_json=as_json)
        return 0
    found = backtest(project, what)
    if as_json:
        print_json(_in_json(found))
        return 0
    why = partial(_in_words, project)
    _say_head(found, why)
    rows = [
        row
        for row in found.rows
        if row["stratum"] == stratum
        and row["horizon_days"] == int(horizon)
        and row["outcome"] == outcome
    ]
    if not rows:
        strata = sorted({str(row["stratum"]) for row in found.rows})
        say(
            "「{stratum}」の数字はありません。あるもの: {strata}",
            "There are no figures for '{stratum}'. There are: {strata}",
            stratum=stratum,
            strata=", ".join(strata) or "–",
        )
        return 0
    _print_figures(rows, why)
    if stratum == "all" and outcome == "churn":
        _print_compared(
            [row for row in found.compared if row["horizon_days"] == int(horizon)]
        )
        print_drift(found.drift)
    return 0


def _print_signals(project: Project, wanted: Wanted, *, as_json: bool) -> None:
    found = try_signals(project, wanted)
    if as_json:
        print_signal_trial_as_json(found)
        return
    print_signal_trial(found, in_full=bool(wanted.key or wanted.drafts))


def _print_trial(found: Trial, *, as_json: bool) -> None:
    rows = [
        {key: value for key, value in row.items() if key != "place"}
        for row in found.rows
    ]
    if as_json:
        print_json({"what": "recommendations", **vars(found), "rows": rows})
        return
    say(
        "{tried_on} のおすすめを、{known_by} までに分かったことで評価しています。",
        "Recommended on {tried_on}; judged by what was known on {known_by}.",
        tried_on=found.tried_on,
        known_by=found.known_by,
    )
    head = [words("5件の選び方", "five chosen by"), words("的中率", "hit rate at 5")]
    shown = [
        [METHODS[row["method"]].in_language(language()), _cell(row), f"{row['n']:,}"]
        for row in rows
    ]
    print_table([*head, words("顧客", "n")], shown)
    for row in rows:
        if row["method"] == "difference" and row["reason"]:
            lack = f" ({row['have']:,} / {row['need']:,})" if row["need"] else ""
            write_line(words("理由: ", "reason: ") + f"{row['reason']}{lack}")


def _in_words(project: Project, code: str) -> str:
    """Return why a figure cannot be had, in the words of the pages."""
    prepare_django(project)
    from django.utils import translation  # noqa: PLC0415  after the settings

    from banso.web.forecast.words import reason  # noqa: PLC0415  likewise

    with translation.override(language()):
        return reason(code)


def _say_head(found: Backtest, why: Callable[[str], str]) -> None:
    say(
        "基準日 {as_of}。{known_by} までに分かったことで評価しています。",
        "As of {as_of}; judged by what was known on {known_by}.",
        as_of=found.as_of,
        known_by=found.known_by,
    )
    print_schedule(found.schedule)
    if found.reason is None:
        return
    lacks = [
        f"{LACKS[lack.what].in_language(language())} {lack.have:,} / {lack.need:,}"
        for lack in found.lacks
        if lack.have < lack.need
    ]
    say(
        "予測モデルはまだ作れません（{reason}）。足りないもの（現在 / 必要）: {lacks}",
        "There is no forecast model yet: {reason}. Too little (have / need): {lacks}",
        reason=why(found.reason),
        lacks=", ".join(lacks) or "–",
    )
    if found.enough_on is not None:
        say(
            "今のペースなら {day} ごろに足ります。",
            "At the present pace there will be enough by about {day}.",
            day=found.enough_on,
        )


def _print_figures(rows: list[Row], why: Callable[[str], str]) -> None:
    figures = [key for key in FIGURES if any(row["figure"] == key for row in rows)]
    by_subject: dict[str, dict[str, Row]] = {}
    for row in rows:
        by_subject.setdefault(str(row["subject"]), {})[str(row["figure"])] = row
    shown = [
        [_name(subject), *(_cell(mine.get(key)) for key in figures), *_counts(mine)]
        for subject, mine in by_subject.items()
    ]
    lang = language()
    header = [words("対象", "subject")]
    header += [FIGURES[key].in_language(lang) for key in figures]
    print_table([*header, words("顧客", "n"), words("発生", "happened")], shown)
    reasons = sorted({str(row["reason"]) for row in rows if row["reason"]})
    if reasons:
        said = words("、", ", ").join(map(why, reasons))
        write_line(words("– の理由: ", "– because: ") + said)


def _print_compared(rows: list[Row]) -> None:
    """Print the forecast beside each rule, both on the same rows, and what it means.

    Nothing where no model has spoken yet: why, the head has said.
    """
    if not any(row["n"] for row in rows):
        return
    lang = language()
    write_line("")
    say(
        "予測と規則の比較（モデルと規則の両方が値を出した顧客・時点だけ）",
        "The forecast beside each rule (only customers and dates of which both the"
        " model and the rule spoke)",
    )
    header = [words("単純な規則", "naive rule"), words("指標", "figure")]
    header += [words("予測", "forecast"), words("規則", "rule")]
    header += [words("改善幅", "gain"), words("時点", "dates")]
    header += [words("顧客", "n"), words("解約", "left")]
    shown = [
        [
            _name(str(row["rule"])),
            FIGURES[str(row["figure"])].in_language(lang),
            _number(row["forecast"]),
            _number(row["naive"]),
            _gain(row),
            _period(row),
            f"{row['n']:,}",
            f"{row['events']:,}",
        ]
        for row in rows
    ]
    print_table(header, shown)
    for sentence in dict.fromkeys(str(row[lang]) for row in rows):
        write_line(f"- {sentence}")


def _number(value: object) -> str:
    return "–" if value is None else f"{value:.4f}"


def _gain(row: Row) -> str:
    if row["gain"] is None:
        return "–"
    return f"{row['gain']:+.4f} ({row['low']:+.4f} – {row['high']:+.4f})"


def _period(row: Row) -> str:
    if not row["dates"]:
        return "–"
    return f"{row['dates']} ({row['first_date']} – {row['last_date']})"


def _name(subject: str) -> str:
    label = SUBJECTS.get(subject)
    return subject if label is None else label.in_language(language())


def _cell(row: Row | None) -> str:
    if row is None or row["value"] is None:
        return "–"
    text = f"{row['value']:.3f}"
    if row["low"] is None:
        return text
    return f"{text} ({row['low']:.3f}–{row['high']:.3f})"


def _counts(mine: dict[str, Row]) -> list[str]:
    row = mine.get("auc") or next(iter(mine.values()))
    return [f"{row['n']:,}", f"{row['events']:,}"]


def _in_json(found: Backtest) -> dict[str, object]:
    return {
        "what": found.what,
        "as_of": found.as_of,
        "known_by": found.known_by,
        "reason": found.reason,
        "lacks": [vars(lack) for lack in found.lacks],
        "enough_on": found.enough_on,
        "schedule": found.schedule,
        "figures": _plain(found.rows),
        "compared": _plain(found.compared),
        "drift": _plain(found.drift),
    }


def _plain(rows: Sequence[Row]) -> list[dict[str, object]]:
    """Return rows without their place, which only orders them."""
    return [{key: row[key] for key in row if key != "place"} for row in rows]
