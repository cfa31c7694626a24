"""Sections of a report: retention with intervals, continuation, named variants."""

from collections.abc import Sequence
from typing import Final

from banso.charts.revenue import Curve, LevelShape, curves_chart
from banso.cli.reports.document import Section, Table
from banso.cli.reports.span import ReportSpan
from banso.runs.retention_reading import Continued, Retained

YEAR: Final = 12


def retention(span: ReportSpan, currency: str) -> list[Section]:
    """Return what of customers and MRR was kept over twelve months.

    Empty when no month of the span has customers of twelve months before.
    """
    rows = [
        each
        for each in span.retention.retained(YEAR)
        if each.currency == currency and each.month in span.months
    ]
    if not rows:
        return []
    logo = span.say("顧客の継続率", "Logo retention")
    curves = [
        Curve("NRR", [(row.month, row.nrr) for row in rows]),
        Curve("GRR", [(row.month, row.grr) for row in rows]),
        Curve(logo, [(row.month, row.logo.value) for row in rows], is_dashed=True),
    ]
    title = span.say(
        f"12か月の継続率（{currency}）", f"Retention over 12 months ({currency})"
    )
    return [
        Section(
            title,
            span.say(
                "各月末の12か月前に支払っていた顧客について見たものです。"
                "区間は顧客数に基づく95 %の区間（Wilson）です。",
                "Of the customers who paid twelve months before the end of each month."
                " The interval is that of the number of customers: 95 %, Wilson.",
            ),
            chart=curves_chart(
                curves, _shape(span, "retention", title), language=span.language
            ),
            table=_retained_table(span, rows),
        )
    ]


def continuation(span: ReportSpan, currency: str) -> list[Section]:
    """Return which share of the renewals due in twelve months renewed.

    Empty when nothing fell due.
    """
    rows = [
        each
        for each in span.retention.continued(YEAR)
        if each.currency == currency and each.month in span.months
    ]
    if not any(row.lines.whole for row in rows):
        return []
    by_amount = span.say("金額の継続率", "Continuation by amount")
    by_count = span.say("件数の継続率", "Continuation by count")
    curves = [
        Curve(by_amount, [(row.month, row.by_amount) for row in rows]),
        Curve(by_count, [(row.month, row.lines.value) for row in rows], is_dashed=True),
    ]
    title = span.say(
        f"契約継続率（12か月、{currency}）",
        f"Contract continuation over 12 months ({currency})",
    )
    return [
        Section(
            title,
            span.say(
                "各月末までの12か月に更新期日を迎えた契約明細のうち、更新された割合です。",
                "Of the contract lines whose renewal fell due in the twelve months up"
                " to the end of each month, the share that renewed.",
            ),
            chart=curves_chart(
                curves, _shape(span, "continuation", title), language=span.language
            ),
            table=_continued_table(span, rows),
        )
    ]


def variants(span: ReportSpan, currency: str) -> list[Section]:
    """Return retention as other companies might count it, beside the standard.

    Empty without named variants, or when the newest month is not in the span: of
    earlier ones there are no variants.
    """
    from banso.web.revenue.variants import variant_lines  # noqa: PLC0415  settings

    newest = span.reading.all_periods("month")[-1]
    if newest not in span.months:
        return []
    lines = variant_lines(span.retention, currency, span.language)
    if len(lines) < 2 or lines[0].nrr is None:
        return []
    month = span.month(newest)
    return [
        Section(
            span.say(
                f"名前の付いた別の数え方（{month}、{currency}）",
                f"Named variants ({month}, {currency})",
            ),
            span.say(
                "会社によって数え方が違うため、同じ契約を別の数え方で見た12か月の"
                "継続率を並べています。括弧は標準との差です。",
                "Companies count differently: retention over 12 months of the same"
                " contracts under other readings. In brackets the difference from the"
                " standard one.",
            ),
            table=Table(
                (
                    span.say("数え方", "Reading"),
                    span.say("標準と違う点", "What differs"),
                    span.say("顧客の継続率", "Logo retention"),
                    "GRR",
                    "NRR",
                    span.say("数え方の変わる顧客", "Customers that differ"),
                ),
                [
                    (
                        line.label,
                        " ".join(line.meaning) if place else "–",
                        *map(_compared, (line.logo, line.grr, line.nrr)),
                        span.number(line.customers) if place else "–",
                    )
                    for place, line in enumerate(lines)
                    if not line.why
                ],
                words=2,
            ),
        )
    ]


def _compared(figure: object) -> str:
    from banso.web.revenue.variants import Compared  # noqa: PLC0415  settings

    if not isinstance(figure, Compared):
        return "–"
    return f"{figure.value} ({figure.change})" if figure.change else figure.value


def _shape(span: ReportSpan, key: str, title: str) -> LevelShape:
    return LevelShape(
        key=key,
        title=title,
        say=span.ratio,
        said_period=span.month,
        axis_format=".0%",
    )


def _retained_table(span: ReportSpan, rows: Sequence[Retained]) -> Table:
    return Table(
        (
            span.say("月", "Month"),
            span.say("12か月前の顧客数", "Customers 12 months before"),
            span.say("うち継続", "Still there"),
            span.say("顧客の継続率", "Logo retention"),
            span.say("95 %区間", "95 % interval"),
            span.say("12か月前のMRR", "MRR 12 months before"),
            "GRR",
            "NRR",
        ),
        [
            (
                span.month(row.month),
                span.number(row.logo.whole),
                span.number(row.logo.seen),
                span.ratio(row.logo.value),
                span.interval(row.logo),
                span.money(row.mrr_start, row.currency),
                span.ratio(row.grr),
                span.ratio(row.nrr),
            )
            for row in rows
        ],
    )


def _continued_table(span: ReportSpan, rows: Sequence[Continued]) -> Table:
    return Table(
        (
            span.say("月", "Month"),
            span.say("更新期日の件数", "Renewals due"),
            span.say("うち更新", "Renewed"),
            span.say("件数の継続率", "By count"),
            span.say("95 %区間", "95 % interval"),
            span.say("更新期日のMRR", "MRR due"),
            span.say("うち更新", "MRR renewed"),
            span.say("金額の継続率", "By amount"),
        ),
        [
            (
                span.month(row.month),
                span.number(row.lines.whole),
                span.number(row.lines.seen),
                span.ratio(row.lines.value),
                span.interval(row.lines),
                span.money(row.mrr_due, row.currency),
                span.money(row.mrr_renewed, row.currency),
                span.ratio(row.by_amount),
            )
            for row in rows
        ],
    )
