"""Reading MRR, what moved it, and its parts."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final, Literal

from django.utils.translation import gettext as _

from banso.analytics.revenue.movements import OTHER_KINDS
from banso.analytics.revenue.periods import next_first_day
from banso.analytics.revenue.units import WHOLE
from banso.charts.chart import Chart
from banso.charts.revenue import STEPS
from banso.runs.reconciliation_reading import ReconciliationReading
from banso.runs.revenue_reading import (
    CLOSING,
    OPENING,
    PeriodFigures,
    RevenueReading,
)
from banso.web.customers import queries as customers
from banso.web.revenue import drawing, words
from banso.web.revenue.revisions import Revised, revised
from banso.web.revenue.selection import NOT_SAID, Selection
from banso.webkit import formatting
from banso.webkit.permissions import Scope, Staff

State = Literal[
    "ready",
    "no_contracts",
    "no_charges",
    "not_computed",
    "nothing_yet",
    "nothing_here",
]
# as a bridge is read: what came, then what went
ORDER: Final = ("new", "reactivation", "expansion", "contraction", "churn")
PERIODS_SHOWN: Final = 24


@dataclass(frozen=True)
class Cell:
    """One amount, and the address of the rows behind it (empty: there are none)."""

    text: str
    url: str = ""


@dataclass(frozen=True)
class Line:
    """A row of a table: a period, a segment, or one step of the bridge."""

    label: str
    url: str
    cells: Sequence[Cell]
    customers: str
    share: float | None = None  # of MRR
    is_current: bool = False


@dataclass(frozen=True)
class Choices:
    """What may be chosen and what is, by the name of the field."""

    offered: Mapping[str, Sequence[tuple[str, str]]]
    chosen: Mapping[str, str]


@dataclass(frozen=True)
class Figures:
    """The figures of the period."""

    mrr: Decimal
    change: Decimal
    arr: Decimal
    cmrr: Decimal
    customers: str
    customers_note: str
    arpa: str
    quick_ratio: str


@dataclass(frozen=True)
class Apart:
    """A currency that no rate prices, so that it is told by itself."""

    currency: str
    lines: int
    since: dt.date
    url: str


@dataclass(frozen=True)
class RevenuePage:
    """Everything that the page shows."""

    state: State
    as_of: dt.date | None = None
    selection: Selection | None = None
    choices: Choices | None = None
    period: str = ""
    is_running: bool = False  # the period is not over yet
    is_whole_company: bool = True
    has_billing: bool = False  # there are charges to compare with
    figures: Figures | None = None
    heads: Sequence[str] = ()
    bridge: Chart | None = None
    steps: Sequence[Line] = ()
    moves: Chart | None = None
    levels: Chart | None = None
    periods: Sequence[Line] = ()
    segments: Sequence[Line] = ()
    segments_chart: Chart | None = None
    total: Line | None = None
    grouping: str = ""
    segment: str = ""  # the one that is looked at
    apart: Sequence[Apart] = ()
    revised: Revised | None = None


def reading_for(user: Staff) -> RevenueReading | None:
    """Return the revenue that a user sees; None before any run."""
    reader = customers.published_reader()
    if reader is None:
        return None
    if user.scope == Scope.ALL:
        return RevenueReading(reader)
    seen = customers.visible_customers(user).values_list("pk", flat=True)
    return RevenueReading(reader, sorted(seen))


def state_of(reading: RevenueReading | None) -> State:
    """Return whether there is revenue to show, or why not."""
    if reading is None:
        return "nothing_yet"
    if reading.note.get("reason") == "no_contracts":
        return "no_contracts"
    return "ready" if reading.note.get("groupings") else "not_computed"


def has_billing(reading: RevenueReading) -> bool:
    """Return whether there are charges that revenue is compared with."""
    return ReconciliationReading(reading).is_there


def revenue_page(
    asked: Mapping[str, str], *, visible_to: Staff, language: str
) -> RevenuePage:
    """Return the page as its address asks for it, over the customers a user sees."""
    reading = reading_for(visible_to)
    state = state_of(reading)
    if reading is None or state != "ready":
        return RevenuePage(state, reading.reader.release.as_of if reading else None)
    selection = Selection.read(asked, reading)
    whole = reading.totals(selection.grain)
    currencies = sorted({row.currency for row in whole})
    if selection.currency not in currencies and not asked.get("currency"):
        selection = replace(selection, currency=next(iter(currencies), ""))
    of_whole = _by_period(whole, selection.currency)
    split = reading.totals(selection.grain, selection.grouping)
    rows = of_whole
    if selection.grouping != WHOLE and selection.is_of_segment:
        own = [row for row in split if row.segment == selection.segment]
        rows = _by_period(own, selection.currency)
    if not rows:
        return RevenuePage(
            "nothing_here",
            as_of=reading.reader.release.as_of,
            selection=selection,
            is_whole_company=reading.customers is None,
            has_billing=has_billing(reading),
            apart=_apart(reading, currencies, selection),
        )
    period = selection.period if selection.period in rows else max(rows)
    assert period is not None, "there are rows"
    maker = _Maker(reading, selection, period, language)
    return maker.page(rows, of_whole, split, currencies)


def _by_period(
    rows: Sequence[PeriodFigures], currency: str
) -> dict[dt.date, PeriodFigures]:
    return {row.period: row for row in rows if row.currency == currency}


@dataclass(frozen=True)
class _Maker:
    """Makes the parts of the page from the figures of periods."""

    reading: RevenueReading
    selection: Selection
    period: dt.date
    language: str

    def page(
        self,
        rows: Mapping[dt.date, PeriodFigures],
        of_whole: Mapping[dt.date, PeriodFigures],
        split: Sequence[PeriodFigures],
        currencies: Sequence[str],
    ) -> RevenuePage:
        """Return the page of a period that has figures."""
        as_of, grain = self.reading.reader.release.as_of, self.selection.grain
        now, whole = rows[self.period], of_whole.get(self.period)
        kinds = _kinds([*rows.values(), *self._parts(split)])
        names = words.segments(
            self.selection.grouping,
            list({row.segment for row in split}),
            self.reading.reader,
        )
        plot = drawing.Drawing(self.selection, self.language)
        segments = [
            self._segment(row, kinds, names, whole) for row in self._parts(split)
        ]
        return RevenuePage(
            state="ready",
            as_of=as_of,
            selection=self.selection,
            choices=self._choices(rows, currencies, names),
            period=words.period(self.period, grain),
            is_running=next_first_day(self.period, grain) > as_of,
            is_whole_company=self.reading.customers is None,
            has_billing=has_billing(self.reading),
            figures=self._figures(now),
            heads=[STEPS[kind].in_language(self.language) for kind in kinds],
            bridge=plot.bridge(now, kinds),
            steps=self._steps(now, kinds),
            moves=plot.moves(rows),
            levels=plot.levels(rows),
            periods=self._periods(rows, kinds),
            segments=segments,
            segments_chart=plot.segments(split, names, self.period)
            if segments
            else None,
            total=self._total(whole, kinds) if segments and whole else None,
            grouping=words.grouping(self.selection.grouping),
            segment=names.get(self.selection.segment, "")
            if self.selection.is_of_segment
            else "",
            apart=_apart(self.reading, currencies, self.selection),
            revised=revised(self.reading, self.language),
        )

    def _parts(self, split: Sequence[PeriodFigures]) -> list[PeriodFigures]:
        """Return the segments of the period, the largest first."""
        if self.selection.grouping == WHOLE:
            return []
        rows = [
            row
            for row in split
            if row.period == self.period and row.currency == self.selection.currency
        ]
        return sorted(rows, key=lambda row: -row.amounts[CLOSING])

    def _periods(
        self, rows: Mapping[dt.date, PeriodFigures], kinds: Sequence[str]
    ) -> list[Line]:
        newest = sorted(rows.items(), reverse=True)[:PERIODS_SHOWN]
        return [
            Line(
                label=words.period(period, self.selection.grain),
                url=self.selection.page_url(period),
                cells=self._cells(row, kinds, ""),
                customers=formatting.number(row.counts[CLOSING]),
                is_current=period == self.period,
            )
            for period, row in newest
        ]

    def _segment(
        self,
        row: PeriodFigures,
        kinds: Sequence[str],
        names: Mapping[str | None, str],
        whole: PeriodFigures | None,
    ) -> Line:
        mrr = whole.amounts[CLOSING] if whole else Decimal(0)
        return Line(
            label=names[row.segment],
            url=self.selection.page_url(row.period, segment=row.segment),
            cells=self._cells(row, kinds, row.segment),
            customers=formatting.number(row.counts[CLOSING]),
            share=float(row.amounts[CLOSING] / mrr) if mrr else None,
            is_current=self.selection.segment == row.segment,
        )

    def _total(self, whole: PeriodFigures, kinds: Sequence[str]) -> Line:
        return Line(
            label="",
            url="",
            cells=self._cells(whole, kinds, ""),
            customers=formatting.number(whole.counts[CLOSING]),
        )

    def _cells(
        self, row: PeriodFigures, kinds: Sequence[str], segment: str | None
    ) -> list[Cell]:
        return [self._cell(row, kind, segment) for kind in (OPENING, *kinds, CLOSING)]

    def _cell(self, row: PeriodFigures, kind: str, segment: str | None) -> Cell:
        amount = row.amounts[kind]
        if not amount:
            return Cell(formatting.number(0))
        return Cell(
            formatting.money(amount, self.selection.currency),
            self.selection.lines_url(row.period, kind, segment=segment),
        )

    def _steps(self, row: PeriodFigures, kinds: Sequence[str]) -> list[Line]:
        return [
            Line(
                label=STEPS[kind].in_language(self.language),
                url="",
                cells=[self._cell(row, kind, "")],
                customers=formatting.number(row.counts.get(kind)),
            )
            for kind in (OPENING, *kinds, CLOSING)
        ]

    def _figures(self, row: PeriodFigures) -> Figures:
        return Figures(
            mrr=row.amounts[CLOSING],
            change=row.amounts[CLOSING] - row.amounts[OPENING],
            arr=row.arr,
            cmrr=row.cmrr,
            customers=formatting.number(row.counts[CLOSING]),
            customers_note=formatting.change(row.counts[CLOSING] - row.counts[OPENING]),
            arpa=formatting.money(row.arpa, self.selection.currency),
            quick_ratio=formatting.number(row.quick_ratio, places=1),
        )

    def _choices(
        self,
        rows: Mapping[dt.date, PeriodFigures],
        currencies: Sequence[str],
        names: Mapping[str | None, str],
    ) -> Choices:
        grain, segment = self.selection.grain, self.selection.segment
        offered: dict[str, Sequence[tuple[str, str]]] = {
            "period": [
                (period.isoformat(), words.period(period, grain))
                for period in sorted(rows, reverse=True)
            ],
            "grouping": [
                ("", _("No split")),
                *((key, words.grouping(key)) for key in self.reading.groupings),
            ],
        }
        if self.selection.grouping != WHOLE:
            by_name = sorted(names.items(), key=lambda pair: (pair[0] is None, pair[1]))
            offered["segment"] = [
                ("", _("All")),
                *((NOT_SAID if k is None else k, name) for k, name in by_name),
            ]
        every = sorted({*currencies, self.selection.currency})
        if len(every) > 1:
            offered["currency"] = [(each, each) for each in every]
        return Choices(
            offered=offered,
            chosen={
                "period": self.period.isoformat(),
                "grouping": self.selection.grouping,
                "segment": NOT_SAID if segment is None else segment,
                "currency": self.selection.currency,
            },
        )


def _kinds(rows: Sequence[PeriodFigures]) -> list[str]:
    """Return the kinds that the page tells: rare ones only where they occur."""
    rare = [k for k in OTHER_KINDS if any(row.amounts[k] for row in rows)]
    return [*ORDER, *rare]


def _apart(
    reading: RevenueReading, currencies: Sequence[str], selection: Selection
) -> list[Apart]:
    noted = reading.note.get("unpriced")
    found = []
    for row in noted if isinstance(noted, list) else []:
        currency = str(row["currency"])
        if currency not in currencies:
            continue
        query = f"?by={selection.grain}&currency={currency}"
        found.append(
            Apart(
                currency=currency,
                lines=int(row["lines"]),
                since=dt.date.fromisoformat(str(row["first_day"])),
                url=query,
            )
        )
    return found
