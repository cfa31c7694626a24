"""The customers and contract lines behind a figure of revenue."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from django.http import Http404
from django.utils.translation import get_language

from banso.charts.revenue import STEPS
from banso.runs.reading import Row
from banso.runs.revenue_reading import LineSum, RevenueReading
from banso.web.customers import queries as customers
from banso.web.revenue import words
from banso.web.revenue.queries import reading_for, state_of
from banso.web.revenue.selection import Selection
from banso.webkit import formatting
from banso.webkit.paging import Page
from banso.webkit.permissions import Staff
from banso.webkit.spreadsheets import csv_table

PAGE_SIZE: Final = 50
COLUMNS: Final = (
    "customer_id", "name", "owner", "subscription_id", "product", "plan", "kind",
    "amount", "currency",
)  # fmt: skip


@dataclass(frozen=True)
class ContractLine:
    """One contract line with its share of a figure."""

    customer_id: str
    customer: str
    owner: str
    subscription: str
    product: str
    plan: str
    kind: str
    amount: str


@dataclass(frozen=True)
class LinesPage:
    """Everything that the page shows."""

    selection: Selection
    period: str
    back: str  # the address of the figure
    kind: str  # empty: every movement
    grouping: str
    segment: str
    total: LineSum | None  # None: there is no line
    amount: str
    lines: Page[ContractLine]


def lines_page(asked: Mapping[str, str], *, visible_to: Staff) -> LinesPage:
    """Return the lines behind a figure, as far as they are a user's to see."""
    reading, selection, period = _asked(asked, visible_to)
    behind = selection.behind(period)
    sums = reading.sums_behind(behind)
    rows = reading.lines_behind(behind, start=selection.start, limit=PAGE_SIZE + 1)
    names = customers.owner_names(visible_to)
    total = sums[0] if sums else None
    language, start = get_language() or "en", selection.start
    segment = selection.segment
    said = words.segments(selection.grouping, [segment], reading.reader)
    return LinesPage(
        selection=selection,
        period=words.period(period, selection.grain),
        back=selection.page_url(period),
        kind=STEPS[selection.kind].in_language(language) if selection.kind else "",
        grouping=words.grouping(selection.grouping),
        segment=said[segment] if selection.is_of_segment else "",
        total=total,
        amount=formatting.money(total.amount, total.currency) if total else "",
        lines=Page(
            rows=[_line(row, names, language) for row in rows[:PAGE_SIZE]],
            previous=str(max(0, start - PAGE_SIZE)) if start else "",
            next=str(start + PAGE_SIZE) if len(rows) > PAGE_SIZE else "",
        ),
    )


@dataclass(frozen=True)
class FoundRows:
    """Some of the rows behind a figure, as values."""

    day: dt.date  # the first of the period
    total: LineSum | None
    rows: Sequence[Row]
    has_more: bool


def list_lines(
    asked: Mapping[str, str], *, visible_to: Staff, start: int, size: int
) -> FoundRows:
    """Return lines behind a figure as values; 404 for a grouping that there is not."""
    reading, selection, period = _asked(asked, visible_to)
    if asked.get("grouping", "") != (selection.grouping or ""):
        raise Http404
    behind = selection.behind(period)
    sums = reading.sums_behind(behind)
    rows = reading.lines_behind(behind, start=start, limit=size + 1)
    return FoundRows(period, sums[0] if sums else None, rows[:size], len(rows) > size)


def lines_csv(
    asked: Mapping[str, str], *, visible_to: Staff, for_excel: bool
) -> Iterator[str]:
    """Return all lines behind a figure as CSV."""
    reading, selection, period = _asked(asked, visible_to)
    rows = reading.lines_behind(selection.behind(period))
    lines = ([row[name] for name in COLUMNS] for row in rows)
    return csv_table(COLUMNS, lines, for_excel=for_excel)


def _asked(
    asked: Mapping[str, str], user: Staff
) -> tuple[RevenueReading, Selection, dt.date]:
    reading = reading_for(user)
    if reading is None or state_of(reading) != "ready":
        raise Http404
    selection = Selection.read(asked, reading)
    period = selection.period or reading.all_periods(selection.grain)[-1]
    return reading, selection, period


def _line(row: Row, owners: Mapping[str, str], language: str) -> ContractLine:
    amount, owner = row["amount"], str(row["owner"] or "")
    assert isinstance(amount, Decimal)
    return ContractLine(
        customer_id=str(row["customer_id"]),
        customer=str(row["name"] or row["customer_id"]),
        owner=owners.get(owner, owner),
        subscription=str(row["subscription_id"]),
        product=str(row["product"] or formatting.MISSING),
        plan=str(row["plan"] or formatting.MISSING),
        kind=STEPS[str(row["kind"])].in_language(language),
        amount=formatting.money(amount, str(row["currency"])),
    )
