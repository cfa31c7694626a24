"""Sections of a report: what was billed, and what leads from MRR to it."""

from collections.abc import Sequence
from decimal import Decimal

from banso.analytics.revenue.reconciliation import CHARGE_KINDS, COMPONENTS
from banso.analytics.revenue.reconciliation_labels import LABELS, MEANINGS
from banso.cli.reports.document import Check, Section, Table
from banso.cli.reports.span import ReportSpan
from banso.runs.reconciliation_reading import (
    TOTAL,
    Reconciled,
    ReconciliationReading,
)
from banso.runs.revenue_reading import CLOSING


def billing(span: ReportSpan) -> list[Section]:
    """Return the charges of the months beside MRR, for each currency that has any.

    Empty without charges.
    """
    by_currency: dict[str, list[Reconciled]] = {}
    for row in ReconciliationReading(span.reading).months():
        if row.month in span.months:
            by_currency.setdefault(row.currency, []).append(row)
    return [
        section
        for rows in by_currency.values()
        for section in (_billed(span, rows), *_bridge(span, rows))
    ]


def _billed(span: ReportSpan, rows: Sequence[Reconciled]) -> Section:
    currency = rows[-1].currency
    kinds = [name for name in CHARGE_KINDS if _occurs(rows, name)]
    names = (*kinds, TOTAL)
    return Section(
        span.say(f"請求の内訳（{currency}）", f"What was billed ({currency})"),
        span.say(
            "請求日の月ごと、種別ごとの合計です。符号は請求データのとおりです。",
            "Charges by the month of their day and by kind, signed as they are.",
        ),
        table=_by_month(span, rows, names),
        checks=[_kinds_check(span, rows)],
    )


def _bridge(span: ReportSpan, rows: Sequence[Reconciled]) -> list[Section]:
    currency = rows[-1].currency
    reasons = [name for name in COMPONENTS if _occurs(rows, name)]
    names = ("mrr", *reasons, "unexplained", "recurring")
    by_month = Section(
        span.say(
            f"MRRから定期課金の請求まで（{currency}）",
            f"From MRR to recurring charges ({currency})",
        ),
        span.say(
            "月末のMRRに理由ごとの差を加えると、その月の定期課金の請求になります。"
            "理由は契約明細ごとに一つで、金額はその明細から計算しています。",
            "MRR at the end of the month and the reasons add up to the recurring"
            " charges of the month. Each contract line has one reason, and the amount"
            " of a reason is the sum of its own lines.",
        ),
        table=_by_month(span, rows, names),
        checks=[_explained_check(span, rows), *_mrr_check(span, rows)],
    )
    return [by_month, *_reasons(span, rows, reasons)]


def _reasons(
    span: ReportSpan, rows: Sequence[Reconciled], reasons: Sequence[str]
) -> list[Section]:
    """Return what the reasons mean; nothing when charges and MRR are the same."""
    if not reasons:
        return []
    currency = rows[-1].currency
    section = Section(
        span.say(
            f"請求がMRRと異なる理由（{currency}）",
            f"Why charges are not MRR ({currency})",
        ),
        table=Table(
            (
                span.say("理由", "Reason"),
                span.say("意味", "What it is"),
                span.say("期間全体の金額", "Amount in the span"),
            ),
            [
                (
                    LABELS[name].in_language(span.language),
                    MEANINGS[name].in_language(span.language),
                    span.money(_sum(rows, name), currency),
                )
                for name in reasons
            ],
            words=2,
        ),
    )
    return [section]


def _by_month(
    span: ReportSpan, rows: Sequence[Reconciled], names: Sequence[str]
) -> Table:
    currency = rows[-1].currency
    return Table(
        (
            span.say("月", "Month"),
            *(LABELS[name].in_language(span.language) for name in names),
        ),
        [
            (
                span.month(row.month),
                *(span.money(row.amounts[name], currency) for name in names),
            )
            for row in rows
        ],
        total=(
            span.say("期間全体", "Whole span"),
            *(span.money(_sum(rows, name), currency) for name in names),
        ),
    )


# -- checks ---------------------------------------------------------------------------


def _kinds_check(span: ReportSpan, rows: Sequence[Reconciled]) -> Check:
    off = [
        row
        for row in rows
        if row.amounts[TOTAL] != sum(row.amounts[name] for name in CHARGE_KINDS)
    ]
    if off:
        return _off(span, off)
    billed = span.money(_sum(rows, TOTAL), rows[-1].currency)
    count = span.number(sum(row.charges for row in rows))
    text = span.say(
        f"検算: 請求{count}件の合計は{billed}で、どの月も種別の合計に一致します。",
        f"Check: the {count} charges come to {billed}; so do the kinds, in every"
        " month.",
    )
    return Check(text, agrees=True)


def _explained_check(span: ReportSpan, rows: Sequence[Reconciled]) -> Check:
    off = [
        row
        for row in rows
        if row.amounts["unexplained"]
        or row.difference != sum(row.amounts[name] for name in COMPONENTS)
    ]
    if off:
        return _off(span, off)
    text = span.say(
        "検算: どの月も、定期課金の請求とMRRの差は理由の合計に一致し、説明できない差は"
        "ありません。",
        "Check: in every month the reasons add up to recurring charges less MRR, and"
        " nothing is unexplained.",
    )
    return Check(text, agrees=True)


def _mrr_check(span: ReportSpan, rows: Sequence[Reconciled]) -> list[Check]:
    """Return whether MRR is that of the movements; nothing without any movement."""
    told = span.by_currency.get(rows[-1].currency, [])
    closing = {row.period: row.amounts[CLOSING] for row in told}
    if not closing:
        return []
    off = [
        row for row in rows if row.amounts["mrr"] != closing.get(row.month, Decimal(0))
    ]
    if off:
        return [_off(span, off)]
    text = span.say(
        "検算: MRRは、MRRの動きの表の期末MRRに一致します。",
        "Check: MRR is the closing MRR of the table of movements.",
    )
    return [Check(text, agrees=True)]


def _off(span: ReportSpan, rows: Sequence[Reconciled]) -> Check:
    named = ", ".join(span.month(row.month) for row in rows)
    text = span.say(
        f"検算: 次の月は合いません: {named}。",
        f"Check: these months do not add up: {named}.",
    )
    return Check(text, agrees=False)


def _occurs(rows: Sequence[Reconciled], name: str) -> bool:
    return any(row.amounts[name] for row in rows)


def _sum(rows: Sequence[Reconciled], name: str) -> Decimal:
    return sum((row.amounts[name] for row in rows), Decimal(0))
