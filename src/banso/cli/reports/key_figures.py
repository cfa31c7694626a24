"""The first section of a report: levels at the end of the span and at its beginning."""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from banso.cli.reports.document import Section, Table
from banso.cli.reports.span import ReportSpan
from banso.runs.retention_reading import Retained
from banso.runs.revenue_reading import CLOSING, PeriodFigures

YEAR: Final = 12


def key_figures(span: ReportSpan, rows: Sequence[PeriodFigures]) -> Section:
    """Return the levels at the end of the span beside those at its beginning."""
    first, last = rows[0], rows[-1]
    kept = _retained(span, last.currency)
    lines = [
        _levels(span, "MRR", last.amounts[CLOSING], first.amounts[CLOSING], last),
        _levels(span, "ARR", last.arr, first.arr, last),
        _levels(span, "CMRR", last.cmrr, first.cmrr, last),
        _counts(span, first, last),
        (
            span.say("顧客あたりMRR（ARPA）", "MRR per customer (ARPA)"),
            *(
                "–" if row.arpa is None else span.money(row.arpa, row.currency)
                for row in (last, first)
            ),
            "",
        ),
        (
            span.say("クイックレシオ（その月）", "Quick ratio (of the month)"),
            *(span.number(row.quick_ratio, places=2) for row in (last, first)),
            "",
        ),
        *_kept_lines(span, kept.get(last.period), kept.get(first.period)),
    ]
    return Section(
        span.say(f"主な数字（{last.currency}）", f"Key figures ({last.currency})"),
        table=Table(
            (
                span.say("指標", "Figure"),
                span.say(
                    f"{span.month(last.period)}末", f"End of {span.month(last.period)}"
                ),
                span.say(
                    f"{span.month(first.period)}末",
                    f"End of {span.month(first.period)}",
                ),
                span.say("増減", "Change"),
            ),
            lines,
        ),
    )


def _retained(span: ReportSpan, currency: str) -> dict[dt.date, Retained]:
    return {
        each.month: each
        for each in span.retention.retained(YEAR)
        if each.currency == currency
    }


def _levels(
    span: ReportSpan, name: str, last: Decimal, first: Decimal, row: PeriodFigures
) -> tuple[str, ...]:
    apart = last - first
    sign = "+" if apart > 0 else ""
    return (
        name,
        span.money(last, row.currency),
        span.money(first, row.currency),
        f"{sign}{span.money(apart, row.currency)}",
    )


def _counts(
    span: ReportSpan, first: PeriodFigures, last: PeriodFigures
) -> tuple[str, ...]:
    now, before = last.counts[CLOSING], first.counts[CLOSING]
    sign = "+" if now > before else ""
    return (
        span.say("顧客数", "Customers"),
        span.number(now),
        span.number(before),
        f"{sign}{span.number(now - before)}",
    )


def _kept_lines(
    span: ReportSpan, now: Retained | None, before: Retained | None
) -> list[tuple[str, ...]]:
    """Return retention over twelve months; nothing when no month has any."""
    if now is None:
        return []
    named = {
        span.say("NRR（12か月）", "NRR (12 months)"): [
            each.nrr if each else None for each in (now, before)
        ],
        span.say("GRR（12か月）", "GRR (12 months)"): [
            each.grr if each else None for each in (now, before)
        ],
        span.say("顧客の継続率（12か月）", "Logo retention (12 months)"): [
            each.logo.value if each else None for each in (now, before)
        ],
    }
    return [
        (name, *(span.ratio(value) for value in values), span.points(*values))
        for name, values in named.items()
    ]
