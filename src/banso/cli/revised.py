"""Saying which closed months read otherwise than in the release before, and why."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from banso.cli.words import say
from banso.kernel.labels import Label
from banso.runs.project import Project
from banso.runs.results import open_session
from banso.runs.revenue_basis import (
    CHARGES,
    CURRENCY,
    DEFINITIONS,
    UNKNOWN,
    VERSION,
    Moved,
)
from banso.runs.revenue_revising import REVISION_ROWS, REVISIONS

MOST_LINES = 6  # of figures, and of rows
Row = Mapping[str, object]

_FIGURES = {
    "mrr_end": Label("月末MRR", "MRR at the end"),
    "new": Label("新規MRR", "new MRR"),
    "expansion": Label("拡大MRR", "expansion MRR"),
    "contraction": Label("縮小MRR", "contraction MRR"),
    "churn": Label("解約MRR", "churn MRR"),
    "reactivation": Label("復活MRR", "reactivation MRR"),
    "exchange": Label("為替の影響", "exchange"),
    "customers_end": Label("月末の顧客数", "customers at the end"),
}
_WHAT = {
    "added": Label("追加", "added"),
    "removed": Label("削除", "removed"),
    "changed": Label("変更", "changed"),
}


@dataclass(frozen=True)
class Revised:
    """What a release says of months that the one before had closed."""

    figures: Sequence[Row]
    rows: Sequence[Row]
    moved: Moved = field(default_factory=Moved)  # besides rows

    @property
    def in_json(self) -> dict[str, object]:
        """The same for a program."""
        return {
            "figures": [dict(row) for row in self.figures],
            "rows": [dict(row) for row in self.rows],
            **self.moved.note(),
        }


def revised_months(project: Project) -> Revised:
    """Return what changed in closed months; nothing when nothing did."""
    with open_session(project) as session:
        release = session.manifest.release
        if release is None or REVISIONS not in release.tables:
            return Revised((), ())
        figures = session.result(REVISIONS).order_by("period", "currency", "figure")
        rows = session.result(REVISION_ROWS).order_by(
            "first_period", "customer_id", "subscription_id", "row_started_on", "field"
        )
        note = release.notes.get("revenue")
        return Revised(
            session.to_arrow(figures).to_pylist(),
            session.to_arrow(rows).to_pylist(),
            Moved.noted(note.get("moved") if isinstance(note, dict) else None),
        )


def say_revised(revised: Revised) -> None:
    """Say each closed month that changed, and the contract rows behind."""
    if not revised.figures:
        return
    months = sorted({f"{row['period']:%Y-%m}" for row in revised.figures})
    say(
        "締めた月の数字が前回から変わりました（{months}）:",
        "Figures of closed months are not what they were ({months}):",
        months=_shortened(months),
    )
    # The level says it for most months; movements only where it stays.
    told = [row for row in revised.figures if row["figure"] == "mrr_end"]
    for row in (told or list(revised.figures))[:MOST_LINES]:
        label = _FIGURES[str(row["figure"])]
        say(
            "  {month} {label_ja} {before} → {after} {currency}",
            "  {month} {label_en} {before} → {after} {currency}",
            month=f"{row['period']:%Y-%m}",
            label_ja=label.ja,
            label_en=label.en,
            before=_amount(row["before"]),
            after=_amount(row["after"]),
            currency=row["currency"],
        )
    _say_causes(revised)
    if not revised.rows:
        return
    for row in revised.rows[:MOST_LINES]:
        _say_row(row)
    say(
        "  すべて: banso export revenue_revisions、banso export revenue_revision_rows",
        "  All of them: banso export revenue_revisions, "
        "banso export revenue_revision_rows",
    )


_CAUSES = {
    DEFINITIONS: Label(
        "  定義（revenue.yaml）が変わりました: {choices}",
        "  The definitions (revenue.yaml) changed: {choices}",
    ),
    CURRENCY: Label(
        "  会社の通貨（banso.toml）が変わりました。",
        "  The company's currency (banso.toml) changed.",
    ),
    CHARGES: Label(
        "  請求された割引（charges）が変わりました。",
        "  The billed discounts (charges) changed.",
    ),
    VERSION: Label(
        "  計算したBansoのバージョンが前回と違います。",
        "  Another version of Banso computed them than before.",
    ),
    UNKNOWN: Label(
        "  前回の結果には、基にした定義とバージョンの記録がありません。"
        "ほかに何が変わったかは分かりません。",
        "  The release before does not note by which definitions and version it was "
        "made, so what else changed is not known.",
    ),
}


def _say_causes(revised: Revised) -> None:
    """Say what changed besides rows, as far as it was compared."""
    for cause in revised.moved.causes:
        label = _CAUSES[cause]
        say(label.ja, label.en, choices=", ".join(revised.moved.choices))
    if not revised.rows and not revised.moved.causes:
        say(
            "  以前からの契約の行も、定義も、Bansoのバージョンも変わっていません。"
            "その後に始まった契約が、中断の隙間を埋めたか、解約通知済みの契約を"
            "引き継いだためです。",
            "  No earlier row of a contract, definition or version of Banso changed: "
            "a contract that began since closed a pause, or took over from one under "
            "notice.",
        )


def _say_row(row: Row) -> None:
    what = _WHAT[str(row["what"])]
    known = f" ({row['known_at']:%Y-%m-%d})" if row["known_at"] else ""
    say(
        "  行の{what_ja}: 顧客 {customer}、契約 {line}（{start} から）"
        "{field} {old} → {new}{known}",
        "  row {what_en}: customer {customer}, subscription {line} (from {start}), "
        "{field} {old} → {new}{known}",
        what_ja=what.ja,
        what_en=what.en,
        customer=row["customer_id"],
        line=row["subscription_id"],
        start=row["row_started_on"],
        field=row["field"],
        old=_said(row["old"]),
        new=_said(row["new"]),
        known=known,
    )


def _said(value: object) -> str:
    return "–" if value is None else str(value)


def _amount(value: object) -> str:
    text = f"{value:,.4f}"
    return text.rstrip("0").rstrip(".")


def _shortened(months: Sequence[str]) -> str:
    return months[0] if len(months) == 1 else f"{months[0]} … {months[-1]}"
