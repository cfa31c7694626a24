"""Sections of a report: movements, the bridge, the contract lines behind them."""

from collections.abc import Sequence
from decimal import Decimal
from itertools import pairwise
from typing import Final

from banso.analytics.revenue.movements import KINDS, OTHER_KINDS
from banso.charts.revenue import (
    MOST_PERIODS,
    STEPS,
    PeriodMoves,
    Step,
    bridge_chart,
    movements_chart,
)
from banso.cli.reports.document import Check, Section, Table
from banso.cli.reports.span import ReportSpan
from banso.runs.revenue_reading import CLOSING, OPENING, Behind, PeriodFigures

MOST_LINES: Final = 30
_ALL_KINDS: Final = (*KINDS, *OTHER_KINDS)


def bridge(span: ReportSpan, row: PeriodFigures) -> Section:
    """Return how MRR went from the opening to the closing of a month."""
    kinds = [kind for kind in _ALL_KINDS if row.amounts[kind]]
    period = span.month(row.period)
    return Section(
        span.say(
            f"{period}のMRRの内訳（{row.currency}）",
            f"The bridge of {period} ({row.currency})",
        ),
        chart=bridge_chart(
            [Step(k, float(row.amounts[k])) for k in (OPENING, *kinds, CLOSING)],
            period=period,
            say=lambda amount: span.money(amount, row.currency),
            language=span.language,
        ),
        checks=[_bridge_check(span, row)],
    )


def movements(span: ReportSpan, rows: Sequence[PeriodFigures]) -> Section:
    """Return what moved MRR, month by month, and that it adds up."""
    currency = rows[-1].currency
    kinds = [kind for kind in _ALL_KINDS if any(row.amounts[kind] for row in rows)]
    moves = [
        PeriodMoves(
            span.month(row.period),
            {kind: float(row.amounts[kind]) for kind in KINDS},
            {},
        )
        for row in rows
    ]
    return Section(
        span.say(f"MRRの動き（月別、{currency}）", f"MRR by month ({currency})"),
        ""
        if len(rows) <= MOST_PERIODS
        else span.say(
            f"グラフは最後の{MOST_PERIODS}か月、表はすべての月です。",
            f"The chart is of the last {MOST_PERIODS} months, the table of all.",
        ),
        chart=movements_chart(
            moves,
            say=lambda amount: span.money(amount, currency),
            language=span.language,
        ),
        table=_movements_table(span, rows, kinds),
        checks=[_movements_check(span, rows)],
    )


def lines(span: ReportSpan, row: PeriodFigures) -> list[Section]:
    """Return the largest movements of a month, down to the contract line.

    Empty when nothing moved.
    """
    asked = Behind("month", row.period, currency=row.currency)
    found = span.reading.lines_behind(asked, limit=MOST_LINES)
    if not found:
        return []
    period = span.month(row.period)
    section = Section(
        span.say(
            f"{period}の大きな動き（契約明細、{row.currency}）",
            f"Largest movements of {period}, by contract line ({row.currency})",
        ),
        table=Table(
            (
                span.say("顧客", "Customer"),
                span.say("契約", "Contract line"),
                span.say("製品", "Product"),
                span.say("種類", "Kind"),
                span.say("金額", "Amount"),
            ),
            [
                (
                    str(line["name"] or line["customer_id"]),
                    str(line["subscription_id"]),
                    str(line["product"] or "–"),
                    STEPS[str(line["kind"])].in_language(span.language),
                    span.money(Decimal(str(line["amount"])), row.currency),
                )
                for line in found
            ],
            words=4,
        ),
        checks=[_lines_check(span, row, len(found))],
    )
    return [section]


def _movements_table(
    span: ReportSpan, rows: Sequence[PeriodFigures], kinds: Sequence[str]
) -> Table:
    currency = rows[-1].currency
    sums = {kind: _sum(rows, kind) for kind in kinds}
    return Table(
        (
            span.say("月", "Month"),
            *(
                STEPS[key].in_language(span.language)
                for key in (OPENING, *kinds, CLOSING)
            ),
            "CMRR",
            span.say("顧客数", "Customers"),
        ),
        [
            (
                span.month(row.period),
                *(
                    span.money(row.amounts[key], currency)
                    for key in (OPENING, *kinds, CLOSING)
                ),
                span.money(row.cmrr, currency),
                span.number(row.counts[CLOSING]),
            )
            for row in rows
        ],
        total=(
            span.say("期間全体", "Whole span"),
            span.money(rows[0].amounts[OPENING], currency),
            *(span.money(sums[kind], currency) for kind in kinds),
            span.money(rows[-1].amounts[CLOSING], currency),
            span.money(rows[-1].cmrr, currency),
            span.number(rows[-1].counts[CLOSING]),
        ),
    )


def _sum(rows: Sequence[PeriodFigures], kind: str) -> Decimal:
    return sum((row.amounts[kind] for row in rows), Decimal(0))


def _moved(row: PeriodFigures) -> Decimal:
    return sum((row.amounts[kind] for kind in _ALL_KINDS), Decimal(0))


def _bridge_check(span: ReportSpan, row: PeriodFigures) -> Check:
    before, after = row.amounts[OPENING], row.amounts[CLOSING]
    return _sum_check(span, (before, _moved(row), after), row.currency)


def _movements_check(span: ReportSpan, rows: Sequence[PeriodFigures]) -> Check:
    """Return whether each month adds up, and begins where the one before ended."""
    currency = rows[-1].currency
    whole = _sum_check(
        span,
        (
            rows[0].amounts[OPENING],
            sum(map(_moved, rows), Decimal(0)),
            rows[-1].amounts[CLOSING],
        ),
        currency,
    )
    off = [
        row
        for row in rows
        if row.amounts[OPENING] + _moved(row) != row.amounts[CLOSING]
    ] + [
        after
        for before, after in pairwise(rows)
        if before.amounts[CLOSING] != after.amounts[OPENING]
    ]
    if off:
        named = ", ".join(span.month(row.period) for row in off)
        text = span.say(
            f"次の月は合いません: {named}。", f"These months do not add up: {named}."
        )
    else:
        text = span.say(
            "各月でも一致し、月末は翌月の月初と等しくなっています。",
            "So does every month, and each begins where the one before ended.",
        )
    return Check(f"{whole.text} {text}", whole.agrees and not off)


def _sum_check(
    span: ReportSpan, amounts: tuple[Decimal, Decimal, Decimal], currency: str
) -> Check:
    before, moved, after = amounts
    apart = after - before - moved
    said = [span.money(each, currency) for each in amounts]
    rounding = span.rounding(amounts, currency)
    if not apart:
        text = span.say(
            f"検算: 期首{said[0]}と動きの合計{said[1]}を足すと、期末{said[2]}に"
            f"一致します{rounding}。",
            f"Check: opening {said[0]} plus movements {said[1]} is closing {said[2]}"
            f"{rounding}.",
        )
        return Check(text, agrees=True)
    difference = f"{apart.normalize():f} {currency}"  # exact, however small
    text = span.say(
        f"検算: 期首{said[0]}と動きの合計{said[1]}を足しても、期末{said[2]}に一致"
        f"しません（差額 {difference}）。",
        f"Check: opening {said[0]} plus movements {said[1]} is not closing {said[2]}"
        f" (difference {difference}).",
    )
    return Check(text, agrees=False)


def _lines_check(span: ReportSpan, row: PeriodFigures, shown: int) -> Check:
    asked = Behind("month", row.period, currency=row.currency)
    sums = span.reading.sums_behind(asked)
    amount = sum((each.amount for each in sums), Decimal(0))
    count = span.number(sum(each.lines for each in sums))
    change = row.amounts[CLOSING] - row.amounts[OPENING]
    said = span.money(amount, row.currency)
    if amount == change:
        text = span.say(
            f"検算: 動いた契約明細{count}件（うち{shown}件を表示）の合計は{said}で、"
            "その月のMRRの増減に一致します。",
            f"Check: the {count} contract lines that moved ({shown} are shown) add up"
            f" to {said}, the change of MRR in the month.",
        )
        return Check(text, agrees=True)
    other = span.money(change, row.currency)
    text = span.say(
        f"検算: 動いた契約明細{count}件の合計は{said}で、その月のMRRの増減{other}と"
        "合いません。",
        f"Check: the {count} contract lines that moved add up to {said}, not to the"
        f" change of MRR in the month, {other}.",
    )
    return Check(text, agrees=False)
