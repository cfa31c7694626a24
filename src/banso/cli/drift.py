"""What `banso backtest forecast` says of drift and of the next fit."""

from collections.abc import Mapping, Sequence

from banso.cli.output import print_table
from banso.cli.words import language, say, words, write_line
from banso.kernel.labels import Label
from banso.runs.backtesting import Row

REFITS = {
    "monthly": Label("毎月", "monthly"),
    "quarterly": Label("四半期ごと", "quarterly"),
}
VERDICTS = {
    "as_expected": Label("予測どおり", "as was said"),
    "more": Label("予測より多い", "more than was said"),
    "fewer": Label("予測より少ない", "fewer than was said"),
}


def print_schedule(schedule: Mapping[str, object]) -> None:
    """Print when the forecast was fitted, by which rule, and when it will be."""
    if not schedule:
        return
    say(
        "{every}に学習し直します。今のモデルは {fitted_on} までのデータで学習しました。"
        "次のモデルは {next_from} から使い、{next_fitted_on} までのデータで"
        "学習します。",
        "Fitted {every}: this fit knows what was known by {fitted_on}; from {next_from}"
        " on the next one is used, which knows what is known by {next_fitted_on}.",
        **{**schedule, "every": REFITS[str(schedule["refit"])].in_language(language())},
    )


def print_drift(rows: Sequence[Row]) -> None:
    """Print what has moved since the fit, and how many left beside how many said."""
    if not rows:
        return
    write_line("")
    features = [row for row in rows if row["kind"] == "feature"]
    far = [row for row in features if row["verdict"] == "much"]
    if far:
        say(
            "入力が学習時から動いています（指数 0.25 超）: {features}",
            "The inputs have moved since the fit (index above 0.25): {features}",
            features=", ".join(f"{row['feature']} {row['psi']:.2f}" for row in far),
        )
    elif features and features[0]["verdict"]:
        say(
            "入力は学習時から大きく動いていません。最大は {feature} の {psi:.2f}"
            "（学習時 {before:.2f}）。",
            "The inputs have not moved much since the fit; the farthest is {feature},"
            " {psi:.2f} ({before:.2f} at the fit).",
            feature=features[0]["feature"],
            psi=features[0]["psi"],
            before=features[0]["psi_before"],
        )
    _print_kept([row for row in rows if row["kind"] == "calibration"])


def _print_kept(rows: Sequence[Row]) -> None:
    told = [row for row in rows if row["expected"] is not None]
    if not told:
        return
    header = [words("学習日", "fitted on"), words("日以内", "days")]
    header += [words("見込み", "expected"), words("解約", "left")]
    header += [words("倍率", "times"), words("判定", "verdict")]
    shown = [
        [
            f"{row['fitted_on']}",
            f"{row['horizon_days']}",
            f"{row['expected']:.1f}",
            f"{row['observed']}",
            _times(row),
            VERDICTS[str(row["verdict"])].in_language(language())
            if row["verdict"]
            else str(row["reason"]),
        ]
        for row in told
    ]
    print_table(header, shown)


def _times(row: Row) -> str:
    if row["ratio"] is None:
        return "–"
    return f"{row['ratio']:.2f} ({row['low']:.2f}–{row['high']:.2f})"
