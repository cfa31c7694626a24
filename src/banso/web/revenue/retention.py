"""Reading retention, the contract continuation rate, and variants side by side."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.urls import reverse
from django.utils.translation import gettext as _

from banso.analytics.revenue.units import WHOLE
from banso.charts.chart import Chart
from banso.charts.revenue import Curve, LevelShape, curves_chart
from banso.runs.retention_reading import Continued, Retained, RetentionReading, Share
from banso.runs.revenue import WINDOWS
from banso.web.revenue import words
from banso.web.revenue.drawing import MOST_CURVES
from banso.web.revenue.queries import (
    Choices,
    State,
    has_billing,
    reading_for,
    state_of,
)
from banso.web.revenue.variants import VariantLine, variant_lines
from banso.webkit import formatting
from banso.webkit.permissions import Staff

MONTHS_SHOWN: Final = 24


@dataclass(frozen=True)
class Figure:
    """A ratio in words, with its interval and what it is a ratio of."""

    value: str = formatting.MISSING
    interval: str = ""
    basis: str = ""  # 211 / 235


@dataclass(frozen=True)
class RetentionLine:
    """A month or a segment."""

    label: str
    url: str
    logo: Figure
    grr: Figure
    nrr: Figure
    by_count: Figure
    by_amount: Figure
    is_current: bool = False


@dataclass(frozen=True)
class RetentionPage:
    """Everything that the page shows."""

    state: State
    as_of: dt.date | None = None
    is_whole_company: bool = True
    has_billing: bool = False  # there are charges to compare with
    window: int = 12
    windows: Sequence[int] = WINDOWS
    month: str = ""
    is_running: bool = False
    choices: Choices | None = None
    now: RetentionLine | None = None
    retained: Chart | None = None
    continued: Chart | None = None
    months: Sequence[RetentionLine] = ()
    grouping: str = ""
    segments: Sequence[RetentionLine] = ()
    segments_chart: Chart | None = None
    variants: Sequence[VariantLine] = ()
    variants_month: str = ""


@dataclass(frozen=True)
class Asked:
    """What an address asks for."""

    window: int
    month: dt.date | None
    grouping: str
    currency: str

    @classmethod
    def read(cls, asked: Mapping[str, str], reading: RetentionReading) -> "Asked":
        """Return what is asked for; what cannot be is left out."""
        grouping, revenue = asked.get("grouping", ""), reading.revenue
        try:
            month = dt.date.fromisoformat(asked.get("month", "")).replace(day=1)
        except ValueError:
            month = None
        window = asked.get("window", "")
        return cls(
            window=int(window) if window in {str(n) for n in WINDOWS} else WINDOWS[-1],
            month=month,
            grouping=grouping if grouping in revenue.groupings else WHOLE,
            currency=asked.get("currency", "") or str(revenue.note.get("currency")),
        )


def retention_page(
    asked: Mapping[str, str], *, visible_to: Staff, language: str
) -> RetentionPage:
    """Return the page as its address asks for it, over the customers a user sees."""
    revenue = reading_for(visible_to)
    state = state_of(revenue)
    if revenue is None or state != "ready":
        return RetentionPage(state, revenue.reader.release.as_of if revenue else None)
    reading = RetentionReading(revenue)
    wanted = Asked.read(asked, reading)
    retained, continued = (
        reading.retained(wanted.window),
        reading.continued(wanted.window),
    )
    currencies = sorted(
        {each.currency for each in retained} | {each.currency for each in continued}
    )
    if wanted.currency not in currencies and not asked.get("currency") and currencies:
        wanted = Asked(wanted.window, wanted.month, wanted.grouping, currencies[0])
    maker = _Maker(reading, wanted, language)
    whole = maker.paired(retained, continued)
    if not whole:
        return RetentionPage(
            "nothing_here",
            revenue.reader.release.as_of,
            is_whole_company=revenue.customers is None,
            has_billing=has_billing(revenue),
            window=wanted.window,
        )
    return maker.page(whole, currencies)


Pair = tuple[Retained | None, Continued | None]


@dataclass(frozen=True)
class _Maker:
    """Makes the parts of the page from figures."""

    reading: RetentionReading
    asked: Asked
    language: str

    def paired(
        self, retained: Sequence[Retained], continued: Sequence[Continued]
    ) -> dict[dt.date, Pair]:
        """Return both figures by month, of the currency that is looked at."""
        kept = {r.month: r for r in retained if r.currency == self.asked.currency}
        went = {c.month: c for c in continued if c.currency == self.asked.currency}
        months = sorted({*kept, *went})
        return {month: (kept.get(month), went.get(month)) for month in months}

    def page(
        self, whole: Mapping[dt.date, Pair], currencies: Sequence[str]
    ) -> RetentionPage:
        """Return the page of a month that has figures."""
        as_of = self.reading.revenue.reader.release.as_of
        month = self.asked.month if self.asked.month in whole else max(whole)
        assert month is not None, "there are months"
        newest = sorted(whole, reverse=True)[:MONTHS_SHOWN]
        segments, chart = self._segments(month)
        is_running = (month.year, month.month) == (as_of.year, as_of.month)
        return RetentionPage(
            state="ready",
            as_of=as_of,
            is_whole_company=self.reading.revenue.customers is None,
            has_billing=has_billing(self.reading.revenue),
            window=self.asked.window,
            month=formatting.month(month),
            is_running=is_running,
            choices=self._choices(sorted(whole, reverse=True), month, currencies),
            now=self._line(whole[month], month),
            retained=self._retained_chart(whole),
            continued=self._continued_chart(whole),
            months=[
                self._line(whole[each], each, is_current=each == month)
                for each in newest
            ],
            grouping=words.grouping(self.asked.grouping),
            segments=segments,
            segments_chart=chart,
            variants=variant_lines(self.reading, self.asked.currency, self.language),
            variants_month=formatting.month(as_of),
        )

    def _line(
        self, pair: Pair, month: dt.date, label: str = "", *, is_current: bool = False
    ) -> RetentionLine:
        kept, went = pair
        query = f"?window={self.asked.window}&month={month.isoformat()}"
        query += f"&grouping={self.asked.grouping}&currency={self.asked.currency}"
        return RetentionLine(
            label=label or formatting.month(month),
            url=f"{reverse('revenue:retention')}{query}",
            logo=_share(kept.logo if kept else None),
            grr=Figure(formatting.ratio(kept.grr if kept else None, places=1)),
            nrr=Figure(formatting.ratio(kept.nrr if kept else None, places=1)),
            by_count=_share(went.lines if went else None),
            by_amount=Figure(
                formatting.ratio(went.by_amount if went else None, places=1)
            ),
            is_current=is_current,
        )

    def _segments(self, month: dt.date) -> tuple[list[RetentionLine], Chart | None]:
        if self.asked.grouping == WHOLE:
            return [], None
        window, grouping = self.asked.window, self.asked.grouping
        currency = self.asked.currency
        retained = [
            each
            for each in self.reading.retained(window, grouping)
            if each.currency == currency
        ]
        continued = [
            each
            for each in self.reading.continued(window, grouping)
            if each.currency == currency
        ]
        kept = {each.segment: each for each in retained if each.month == month}
        went = {each.segment: each for each in continued if each.month == month}
        keys = list({**kept, **went})
        names = words.segments(
            self.asked.grouping,
            list({e.segment for e in retained} | {e.segment for e in continued}),
            self.reading.revenue.reader,
        )
        keys.sort(key=lambda key: -kept[key].mrr_start if key in kept else 0)
        lines = [
            self._line((kept.get(key), went.get(key)), month, names[key])
            for key in keys
        ]
        curves = [
            Curve(
                names[key],
                [(each.month, each.nrr) for each in retained if each.segment == key],
            )
            for key in keys[:MOST_CURVES]
        ]
        shape = self._shape("nrr-segments", _("NRR by segment"))
        return lines, curves_chart(curves, shape, language=self.language)

    def _retained_chart(self, whole: Mapping[dt.date, Pair]) -> Chart:
        kept = {month: pair[0] for month, pair in whole.items()}
        curves = [
            Curve(_("NRR"), [(m, r.nrr if r else None) for m, r in kept.items()]),
            Curve(_("GRR"), [(m, r.grr if r else None) for m, r in kept.items()]),
            Curve(
                _("Logo retention"),
                [(m, r.logo.value if r else None) for m, r in kept.items()],
                is_dashed=True,
            ),
        ]
        shape = self._shape("retention", _("Retention of customers and of MRR"))
        return curves_chart(curves, shape, language=self.language)

    def _continued_chart(self, whole: Mapping[dt.date, Pair]) -> Chart:
        went = {month: pair[1] for month, pair in whole.items()}
        curves = [
            Curve(
                _("Continuation by amount"),
                [(m, c.by_amount if c else None) for m, c in went.items()],
            ),
            Curve(
                _("Continuation by count"),
                [(m, c.lines.value if c else None) for m, c in went.items()],
                is_dashed=True,
            ),
        ]
        shape = self._shape("continuation", _("Contract continuation rate"))
        return curves_chart(curves, shape, language=self.language)

    def _shape(self, key: str, title: str) -> LevelShape:
        return LevelShape(
            key=key,
            title=title,
            say=lambda value: formatting.ratio(value, places=1),
            said_period=formatting.month,
            axis_format=".0%",
        )

    def _choices(
        self, months: Sequence[dt.date], month: dt.date, currencies: Sequence[str]
    ) -> Choices:
        offered: dict[str, Sequence[tuple[str, str]]] = {
            "month": [(each.isoformat(), formatting.month(each)) for each in months],
            "grouping": [
                ("", _("No split")),
                *((k, words.grouping(k)) for k in self.reading.revenue.groupings),
            ],
        }
        if len(currencies) > 1:
            offered["currency"] = [(each, each) for each in currencies]
        return Choices(
            offered=offered,
            chosen={
                "month": month.isoformat(),
                "grouping": self.asked.grouping,
                "currency": self.asked.currency,
            },
        )


def _share(share: Share | None) -> Figure:
    if share is None or share.value is None:
        return Figure()
    low, high = share.ends
    return Figure(
        value=formatting.ratio(share.value, places=1),
        interval=f"{formatting.ratio(low)}–{formatting.ratio(high)}",
        basis=f"{formatting.number(share.seen)} / {formatting.number(share.whole)}",
    )
