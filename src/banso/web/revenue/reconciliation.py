"""What was billed against MRR: the page, by month and currency."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from banso.analytics.revenue.reconciliation import CHARGE_KINDS, COMPONENTS
from banso.analytics.revenue.reconciliation_labels import LABELS, MEANINGS
from banso.runs.reconciliation_reading import (
    TOTAL,
    Reconciled,
    ReconciliationReading,
)
from banso.web.revenue.queries import (
    Cell,
    Choices,
    State,
    reading_for,
    state_of,
)
from banso.webkit import formatting
from banso.webkit.permissions import Staff

MONTHS_SHOWN: Final = 24
_ALWAYS: Final = ("recurring", "mrr")


@dataclass(frozen=True)
class Step:
    """A row of one of the two sums of a month."""

    label: str
    cell: Cell
    meaning: str = ""
    is_sum: bool = False
    is_warning: bool = False


@dataclass(frozen=True)
class MonthLine:
    """A month with all its figures."""

    label: str
    url: str
    cells: Sequence[Cell]
    is_current: bool


@dataclass(frozen=True)
class Apart:
    """A currency in which charges are told by themselves."""

    currency: str
    url: str


@dataclass(frozen=True)
class ReconciliationPage:
    """Everything that the page shows."""

    state: State
    as_of: dt.date | None = None
    is_whole_company: bool = True
    has_billing: bool = False
    choices: Choices | None = None
    month: str = ""
    is_running: bool = False
    sentences: Sequence[str] = ()
    billed: Sequence[Step] = ()
    bridge: Sequence[Step] = ()
    heads: Sequence[str] = ()
    months: Sequence[MonthLine] = ()
    unexplained: str = ""  # empty: nothing is
    apart: Sequence[Apart] = ()


@dataclass(frozen=True)
class Asked:
    """What an address asks for."""

    month: dt.date | None
    currency: str

    @classmethod
    def read(cls, asked: Mapping[str, str], home: str) -> "Asked":
        """Return what is asked for; what cannot be is left out."""
        try:
            month = dt.date.fromisoformat(asked.get("month", "")).replace(day=1)
        except ValueError:
            month = None
        return cls(month, asked.get("currency", "") or home)


def reconciliation_page(
    asked: Mapping[str, str], *, visible_to: Staff, language: str
) -> ReconciliationPage:
    """Return the page as its address asks for it, over the customers a user sees."""
    revenue = reading_for(visible_to)
    state = state_of(revenue)
    if revenue is None or state != "ready":
        as_of = revenue.reader.release.as_of if revenue else None
        return ReconciliationPage(state, as_of)
    reading = ReconciliationReading(revenue)
    if not reading.is_there:
        return ReconciliationPage("no_charges", revenue.reader.release.as_of)
    every = reading.months()
    currencies = sorted({each.currency for each in every})
    wanted = Asked.read(asked, str(revenue.note.get("currency")))
    if wanted.currency not in currencies and not asked.get("currency") and currencies:
        wanted = replace(wanted, currency=currencies[0])
    months = {each.month: each for each in every if each.currency == wanted.currency}
    if not months:
        return ReconciliationPage(
            "nothing_here",
            revenue.reader.release.as_of,
            is_whole_company=revenue.customers is None,
            has_billing=True,
        )
    return _Maker(reading, wanted, language).page(months, currencies)


@dataclass(frozen=True)
class _Maker:
    """Makes the parts of the page from the figures of months."""

    reading: ReconciliationReading
    asked: Asked
    language: str

    def page(
        self, months: Mapping[dt.date, Reconciled], currencies: Sequence[str]
    ) -> ReconciliationPage:
        """Return the page of a month that has figures."""
        as_of = self.reading.revenue.reader.release.as_of
        month = self.asked.month if self.asked.month in months else max(months)
        assert month is not None, "there are months"
        now = months[month]
        kinds = [n for n in CHARGE_KINDS[1:] if self._occurs(n, months)]
        reasons = [n for n in COMPONENTS if self._occurs(n, months)]
        names = (TOTAL, *kinds, *_ALWAYS, *reasons, "unexplained")
        return ReconciliationPage(
            state="ready",
            as_of=as_of,
            is_whole_company=self.reading.revenue.customers is None,
            has_billing=True,
            choices=self._choices(sorted(months, reverse=True), month, currencies),
            month=formatting.month(month),
            is_running=(month.year, month.month) == (as_of.year, as_of.month),
            sentences=self._sentences(now),
            billed=self._billed(now),
            bridge=self._bridge(now),
            heads=[self._label(name) for name in names],
            months=[
                self._line(months[each], names, is_current=each == month)
                for each in sorted(months, reverse=True)[:MONTHS_SHOWN]
            ],
            unexplained=self._money(now.amounts["unexplained"])
            if now.amounts["unexplained"]
            else "",
            apart=self._apart(currencies),
        )

    def _occurs(self, name: str, months: Mapping[dt.date, Reconciled]) -> bool:
        return any(each.amounts[name] for each in months.values())

    def _sentences(self, now: Reconciled) -> list[str]:
        """Return what a month comes to, in one sentence, and why in another."""
        amount, said = now.difference, formatting.month(now.month)
        parts = {
            "month": said,
            "billed": self._money(now.amounts[TOTAL]),
            "recurring": self._money(now.amounts["recurring"]),
            "difference": self._money(abs(amount)),
        }
        if not amount:
            text = _(
                "In %(month)s %(billed)s was billed, %(recurring)s of it recurring:"
                " exactly MRR at the end of the month."
            )
        elif amount > 0:
            text = _(
                "In %(month)s %(billed)s was billed, %(recurring)s of it recurring:"
                " %(difference)s more than MRR at the end of the month."
            )
        else:
            text = _(
                "In %(month)s %(billed)s was billed, %(recurring)s of it recurring:"
                " %(difference)s less than MRR at the end of the month."
            )
        return [text % parts, *self._reason(now)]

    def _reason(self, now: Reconciled) -> list[str]:
        if now.amounts["unexplained"]:
            unexplained = self._money(now.amounts["unexplained"])
            return [_("%(amount)s of it are unexplained.") % {"amount": unexplained}]
        largest = max(COMPONENTS, key=lambda name: abs(now.amounts[name]))
        if not now.amounts[largest]:
            return []
        parts = {
            "reason": self._label(largest),
            "amount": self._money(now.amounts[largest]),
        }
        return [
            _(
                "Everything is explained; the largest reason is “%(reason)s”"
                " (%(amount)s)."
            )
            % parts
        ]

    def _billed(self, now: Reconciled) -> list[Step]:
        kinds = [
            Step(self._label(name), self._cell(now, name))
            for name in CHARGE_KINDS
            if now.amounts[name] or name == "recurring"
        ]
        return [*kinds, Step(self._label(TOTAL), self._cell(now, TOTAL), is_sum=True)]

    def _bridge(self, now: Reconciled) -> list[Step]:
        mrr = Step(self._label("mrr"), self._cell(now, "mrr"), is_sum=True)
        reasons = [
            Step(self._label(name), self._cell(now, name), self._meaning(name))
            for name in COMPONENTS
            if now.amounts[name]
        ]
        left = Step(
            self._label("unexplained"),
            self._cell(now, "unexplained"),
            self._meaning("unexplained"),
            is_warning=bool(now.amounts["unexplained"]),
        )
        end = Step(self._label("recurring"), self._cell(now, "recurring"), is_sum=True)
        return [mrr, *reasons, left, end]

    def _line(
        self, row: Reconciled, names: Sequence[str], *, is_current: bool
    ) -> MonthLine:
        return MonthLine(
            label=formatting.month(row.month),
            url=_url("revenue:reconciliation", row),
            cells=[self._cell(row, name) for name in names],
            is_current=is_current,
        )

    def _cell(self, row: Reconciled, name: str) -> Cell:
        amount = row.amounts[name]
        if not amount:
            return Cell(formatting.number(0))
        return Cell(self._money(amount), rows_url(row, name))

    def _choices(
        self, months: Sequence[dt.date], month: dt.date, currencies: Sequence[str]
    ) -> Choices:
        offered: dict[str, Sequence[tuple[str, str]]] = {
            "month": [(each.isoformat(), formatting.month(each)) for each in months]
        }
        if len(currencies) > 1:
            offered["currency"] = [(each, each) for each in currencies]
        chosen = {"month": month.isoformat(), "currency": self.asked.currency}
        return Choices(offered=offered, chosen=chosen)

    def _apart(self, currencies: Sequence[str]) -> list[Apart]:
        """Return the currencies that are not in the figures of the company's own."""
        home = str(self.reading.revenue.note.get("currency"))
        return [
            Apart(each, "?" + urlencode({"currency": each}))
            for each in currencies
            if each not in {home, self.asked.currency}
        ]

    def _label(self, name: str) -> str:
        return LABELS[name].in_language(self.language)

    def _meaning(self, name: str) -> str:
        return MEANINGS[name].in_language(self.language)

    def _money(self, amount: Decimal) -> str:
        return formatting.money(amount, self.asked.currency)


def rows_url(row: Reconciled, name: str) -> str:
    """Return the address of the rows behind a figure; empty where there are none."""
    if name == "unexplained":
        return ""
    if name == "mrr":
        said = {
            "by": "month",
            "period": row.month.isoformat(),
            "kind": "closing",
            "currency": row.currency,
        }
        return f"{reverse('revenue:lines')}?{urlencode(said)}"
    return _url("revenue:reconciliation_rows", row, item=name)


def _url(name: str, row: Reconciled, **more: str) -> str:
    said = {"month": row.month.isoformat(), "currency": row.currency, **more}
    return f"{reverse(name)}?{urlencode(said)}"
