"""The charges or contract lines behind a figure of the reconciliation."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from django.http import Http404
from django.urls import reverse
from django.utils.http import urlencode

from banso.analytics.revenue.reconciliation import CHARGE_KINDS, COMPONENTS
from banso.analytics.revenue.reconciliation_labels import LABELS, MEANINGS
from banso.runs.reading import Row
from banso.runs.reconciliation_reading import TOTAL, Item, ReconciliationReading
from banso.runs.revenue_reading import LineSum
from banso.web.customers import queries as customers
from banso.web.revenue.lines import FoundRows
from banso.web.revenue.queries import reading_for, state_of
from banso.web.revenue.reconciliation import Asked
from banso.webkit import formatting
from banso.webkit.paging import Page
from banso.webkit.permissions import Staff
from banso.webkit.spreadsheets import csv_table

PAGE_SIZE: Final = 50
_CUSTOMER: Final = ("customer_id", "name", "owner", "subscription_id")
LINE_COLUMNS: Final = (*_CUSTOMER, "billed", "expected", "amount")
CHARGE_COLUMNS: Final = (
    *("charge_id", *_CUSTOMER, "charged_on", "product", "kind"),
    *("stated", "line_currency", "amount"),
)


@dataclass(frozen=True)
class BehindRow:
    """A charge, or a contract line with what it was billed."""

    customer_id: str
    customer: str
    owner: str
    subscription: str
    amount: str
    billed: str = ""  # of a line
    expected: str = ""
    charge: str = ""  # of a charge
    charged_on: str = ""
    product: str = ""
    kind: str = ""


@dataclass(frozen=True)
class RowsPage:
    """Everything that the page shows."""

    title: str
    meaning: str
    month: str
    back: str
    is_of_charges: bool
    total: LineSum | None
    amount: str
    rows: Page[BehindRow]


def rows_page(
    asked: Mapping[str, str], *, visible_to: Staff, language: str
) -> RowsPage:
    """Return the rows behind a figure, as far as they are a user's to see."""
    reading, item = _asked(asked, visible_to)
    at = asked.get("at", "")
    start = int(at) if at.isdecimal() and len(at) < 10 else 0
    total = reading.sum_behind(item)
    rows = reading.rows_behind(item, start=start, limit=PAGE_SIZE + 1)
    names = customers.owner_names(visible_to)
    query = urlencode({"month": item.month.isoformat(), "currency": item.currency})
    meaning = MEANINGS.get(item.name)
    return RowsPage(
        title=LABELS[item.name].in_language(language),
        meaning=meaning.in_language(language) if meaning else "",
        month=formatting.month(item.month),
        back=f"{reverse('revenue:reconciliation')}?{query}",
        is_of_charges=not item.is_component,
        total=total,
        amount=formatting.money(total.amount, total.currency) if total else "",
        rows=Page(
            rows=[_row(row, item, names, language) for row in rows[:PAGE_SIZE]],
            previous=str(max(0, start - PAGE_SIZE)) if start else "",
            next=str(start + PAGE_SIZE) if len(rows) > PAGE_SIZE else "",
        ),
    )


def list_rows(
    asked: Mapping[str, str], *, visible_to: Staff, start: int, size: int
) -> FoundRows:
    """Return rows behind a figure as values."""
    reading, item = _asked(asked, visible_to)
    rows = reading.rows_behind(item, start=start, limit=size + 1)
    return FoundRows(
        item.month, reading.sum_behind(item), rows[:size], len(rows) > size
    )


def rows_csv(
    asked: Mapping[str, str], *, visible_to: Staff, for_excel: bool
) -> Iterator[str]:
    """Return all rows behind a figure as CSV."""
    reading, item = _asked(asked, visible_to)
    columns = LINE_COLUMNS if item.is_component else CHARGE_COLUMNS
    rows = reading.rows_behind(item)
    lines = ([*(row[name] for name in columns), item.currency] for row in rows)
    return csv_table([*columns, "currency"], lines, for_excel=for_excel)


def _asked(asked: Mapping[str, str], user: Staff) -> tuple[ReconciliationReading, Item]:
    revenue = reading_for(user)
    if revenue is None or state_of(revenue) != "ready":
        raise Http404
    reading = ReconciliationReading(revenue)
    name = asked.get("item", "")
    if not reading.is_there or name not in {TOTAL, *CHARGE_KINDS, *COMPONENTS}:
        raise Http404
    wanted = Asked.read(asked, str(revenue.note.get("currency")))
    month = wanted.month or revenue.reader.release.as_of.replace(day=1)
    return reading, Item(month, wanted.currency, name)


def _row(row: Row, item: Item, names: Mapping[str, str], language: str) -> BehindRow:
    owner = str(row["owner"] or "")

    def said(name: str) -> str:
        value = row[name]
        assert isinstance(value, Decimal)
        return formatting.money(value, item.currency)

    common = {
        "customer_id": str(row["customer_id"]),
        "customer": str(row["name"] or row["customer_id"]),
        "owner": names.get(owner, owner),
        "subscription": str(row["subscription_id"] or formatting.MISSING),
        "amount": said("amount"),
    }
    if item.is_component:
        return BehindRow(**common, billed=said("billed"), expected=said("expected"))
    return BehindRow(
        **common,
        charge=str(row["charge_id"]),
        charged_on=formatting.day(row["charged_on"]),  # type: ignore[arg-type] # a date
        product=str(row["product"] or formatting.MISSING),
        kind=LABELS[str(row["kind"] or "no_kind")].in_language(language),
    )
