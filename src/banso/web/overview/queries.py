"""Reading the overview: sums that publishing counted, movers, what is missing."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from banso.charts.chart import Chart
from banso.charts.health import BandCount, band_counts
from banso.web.customers import queries as customers
from banso.web.customers.queries import Cell, Figures, PublishedRelease, Row
from banso.web.overview.money import Total, mrr_change, total_of
from banso.webkit import formatting
from banso.webkit.bands import BANDS, Band
from banso.webkit.permissions import Scope, Staff

MOVERS: Final = 6
OLD_DAYS: Final = 7
RENEWAL_DAYS: Final = (30, 60, 90)


@dataclass(frozen=True)
class BandLine:
    """The customers of one band, now and 28 days before."""

    band: Band
    total: Total
    before: Total
    share: float | None  # of the customers
    mrr_share: float | None  # of MRR; None in several currencies
    url: str

    @property
    def change(self) -> int:
        """How many customers more."""
        return self.total.customers - self.before.customers

    @property
    def better(self) -> str:
        """Whether more of them is good news: up or down."""
        return "up" if self.band.key == "healthy" else "down"


@dataclass(frozen=True)
class Renewals:
    """The renewals of one span of time."""

    of: str  # days ahead, or a month as 2026-12
    label: str
    total: Total
    at_risk: Total
    bands: Sequence[tuple[Band, int, str]]  # band, customers, address
    url: str
    at_risk_url: str


@dataclass(frozen=True)
class Lack:
    """Customers without a score, for one reason."""

    code: str
    reason: str
    customers: int
    url: str


@dataclass(frozen=True)
class ChanceLine:
    """The customers with a chance of leaving in one range."""

    of: str  # two bounds in percent: 20-40
    label: str
    total: Total
    share: float  # of the customers with a chance
    url: str


@dataclass(frozen=True)
class Outlook:
    """What is expected to be lost within 90 days."""

    expected: Total  # MRR times chance
    of_notice: Total  # of it, from those who gave notice
    lines: Sequence[ChanceLine]
    by_rate: int  # customers whose chance is only a rate by tenure
    url: str

    @property
    def is_rate_only(self) -> bool:
        """Whether there is no model yet."""
        return self.by_rate > 0


@dataclass(frozen=True)
class Overview:
    """Everything that the page shows."""

    release: PublishedRelease
    is_old: bool  # the as-of date is long past
    total: Total
    total_before: Total
    mrr_change: SafeString | str
    bands: Sequence[BandLine]
    history: Chart
    falling: Sequence[Row]
    rising: Sequence[Row]
    soon: Sequence[Renewals]  # within 30, 60, 90 days
    months: Sequence[Renewals]
    notice: Total
    outlook: Outlook | None  # None: there is no forecast
    unowned: Total | None  # None: the user sees only owned customers
    lacks: Sequence[Lack]
    several_currencies: int  # customers whose MRR is not in the sums
    scope: str

    @property
    def customers_text(self) -> str:
        """How many active customers there are."""
        return formatting.number(self.total.customers)

    @property
    def customer_change(self) -> int:
        """How many active customers more than before."""
        return self.total.customers - self.total_before.customers

    @property
    def notice_text(self) -> str:
        """How many customers gave notice."""
        return formatting.number(self.notice.customers)

    @property
    def unowned_text(self) -> str:
        """How many active customers nobody owns."""
        return formatting.number(self.unowned.customers if self.unowned else None)


def has_facts() -> bool:
    """Return whether customers are loaded, whatever was computed of them."""
    return customers.has_facts()


def overview_for(user: Staff, *, now: dt.datetime, language: str) -> Overview | None:
    """Return the overview of the customers that a user sees; None before any run.

    Parameters
    ----------
    user
        Whose page.
    now
        To say that the as-of date is long past.
    language
        Of the chart.

    """
    found = customers.read_consistently(
        lambda release: _overview(user, release, now=now, language=language)
    )
    return found[1] if found else None


def _overview(
    user: Staff, release: PublishedRelease, *, now: dt.datetime, language: str
) -> Overview:
    figures = customers.figures_for(user)
    current, earlier = figures.of_part("now"), figures.of_part("before")
    total, total_before = total_of(current), total_of(earlier)
    if release.before is None:
        total_before = Total(0, ())
    paid = [cell for cell in current if cell.currency]
    return Overview(
        release=release,
        is_old=(now.date() - release.as_of).days > OLD_DAYS,
        total=total,
        total_before=total_before,
        mrr_change=mrr_change(total, total_before),
        bands=_bands(figures, total),
        history=band_counts(_history(figures, release), language=language),
        falling=customers.list_movers(user, release, falling=True, limit=MOVERS),
        rising=customers.list_movers(user, release, falling=False, limit=MOVERS),
        soon=_soon(figures),
        months=_months(figures),
        notice=total_of(figures.of_part("notice")),
        outlook=_outlook(figures),
        unowned=_unowned(user),
        lacks=_lacks(user),
        several_currencies=total.customers - sum(cell.customers for cell in paid)
        if total.amounts
        else 0,
        scope=user.scope,
    )


def list_url(**asked: str) -> str:
    """Return the address of the list of customers with filters."""
    query = urlencode({**asked, "view": "0"})
    return f"{reverse('customers:list')}?{query}"


def _bands(figures: Figures, total: Total) -> list[BandLine]:
    lines = []
    for band in BANDS:
        now = total_of(c for c in figures.of_part("now") if c.band == band.key)
        before = total_of(c for c in figures.of_part("before") if c.band == band.key)
        mrr_share = None
        if total.only and total.only.value:
            part = now.only.value if now.only else Decimal(0)
            mrr_share = float(part / total.only.value)
        lines.append(
            BandLine(
                band=band,
                total=now,
                before=before,
                share=now.customers / total.customers if total.customers else None,
                mrr_share=mrr_share,
                url=list_url(band=band.key, sort="-mrr"),
            )
        )
    return lines


def _history(figures: Figures, release: PublishedRelease) -> list[BandCount]:
    history = figures.history or {}
    return [
        BandCount(
            as_of=dt.date.fromisoformat(day),
            customers={band: counts[place] for band, counts in history.items()},
        )
        for place, day in enumerate(release.dates)
        if history
    ]


def _soon(figures: Figures) -> list[Renewals]:
    cells = figures.of_part("renewal_within")
    found = []
    for days in RENEWAL_DAYS:
        within = [cell for cell in cells if int(cell.of) <= days]
        label = _("within %(n)d days") % {"n": days}
        found.append(_renewals(str(days), label, within, {"renews": str(days)}))
    return found


def _months(figures: Figures) -> list[Renewals]:
    cells = figures.of_part("renewal_month")
    found = []
    months = sorted({cell.of for cell in cells})
    for month in months:
        label = formatting.month(dt.date.fromisoformat(f"{month}-01"))
        of_month = [cell for cell in cells if cell.of == month]
        # the sums end 180 days ahead, in the middle of the last month
        asked = {"month": month, **({"renews": "180"} if month == months[-1] else {})}
        found.append(_renewals(month, label, of_month, asked))
    return found


def _renewals(
    of: str, label: str, cells: Sequence[Cell], asked: dict[str, str]
) -> Renewals:
    by_band = [
        (
            band,
            sum(cell.customers for cell in cells if cell.band == band.key),
            list_url(**asked, band=band.key, sort="-mrr"),
        )
        for band in BANDS
    ]
    return Renewals(
        of=of,
        label=label,
        total=total_of(cells),
        at_risk=total_of(cell for cell in cells if cell.band == "at_risk"),
        bands=by_band,
        url=list_url(**asked, sort="renews"),
        at_risk_url=list_url(**asked, band="at_risk", sort="-mrr"),
    )


def _outlook(figures: Figures) -> Outlook | None:
    cells = figures.of_part("chance")
    if not cells:
        return None
    expected = figures.of_part("expected")
    count = sum(cell.customers for cell in cells)
    ranges = sorted({cell.of for cell in cells}, key=lambda of: -int(of.split("-")[0]))
    lines = []
    for of in ranges:
        total = total_of(cell for cell in cells if cell.of == of)
        lines.append(
            ChanceLine(
                of=of,
                label=_range_text(of),
                total=total,
                share=total.customers / count,
                url=list_url(chance=of, sort="-loss"),
            )
        )
    return Outlook(
        expected=_whole(expected),
        of_notice=_whole([cell for cell in expected if cell.of == "notice"]),
        lines=lines,
        by_rate=sum(cell.customers for cell in expected if cell.of == "rate"),
        url=list_url(sort="-loss"),
    )


def _whole(cells: Sequence[Cell]) -> Total:
    """Return a sum without a part of a yen, which an expectation has."""
    return total_of(
        replace(cell, mrr=None if cell.mrr is None else round(cell.mrr, 0))
        for cell in cells
    )


def _range_text(of: str) -> str:
    low, high = of.split("-")
    if low == "0":
        return _("below %(n)d %%") % {"n": int(high)}
    if high == "100":
        return _("%(n)d %% or more") % {"n": int(low)}
    return _("%(low)s to %(high)s %%") % {"low": low, "high": high}


def _unowned(user: Staff) -> Total | None:
    if user.scope != Scope.ALL:
        return None
    return total_of(customers.figures_of_owner("").of_part("now"))


def _lacks(user: Staff) -> list[Lack]:
    labels = customers.no_score_labels()
    return [
        Lack(
            code=code,
            reason=labels.get(code, code),
            customers=count,
            url=list_url(why=code, sort="-mrr"),
        )
        for code, count in customers.count_without_score(user).items()
    ]
