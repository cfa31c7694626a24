"""Reading the renewal desk: what falls due, the landing, and what came."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

import numpy as np
from django.conf import settings
from django.http import Http404
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from banso.analytics.cohorts.months import first_day
from banso.analytics.revenue.landing import Landing
from banso.charts.chart import Chart
from banso.charts.renewals import Landfall, landing_chart
from banso.runs.foretelling import FORETOLD
from banso.runs.renewals_reading import RenewalTable
from banso.web.customers import queries as customers
from banso.web.renewals.rows import (
    NOBODY,
    STAGES,
    Flags,
    Renewal,
    Wanted,
    Whole,
    renewals_of,
    visible_renewals,
)
from banso.web.renewals.words import (
    chance_text,
    months_chart_label,
    stage_label,
    touch_label,
)
from banso.webkit import formatting
from banso.webkit.paging import Page
from banso.webkit.permissions import Staff
from banso.webkit.spreadsheets import csv_table

State = Literal["ready", "not_computed", "nothing_yet", "no_contracts", "nothing_due"]
PAGE_SIZE: Final = 25
COLUMNS: Final = (
    "due_on", "customer_id", "customer", "owner", "touch", "subscription", "product",
    "plan", "mrr", "currency", "stage", "p_leave", "low", "high", "basis",
)  # fmt: skip


@dataclass(frozen=True)
class MonthLine:
    """The renewals of one month."""

    label: str
    url: str
    due: str
    mrr_due: str
    noticed: str
    expected_count: str  # with its rate and interval
    count_note: str
    expected_mrr: str
    mrr_note: str
    came_count: str = ""  # of a month that is over
    came_mrr: str = ""
    came_note: str = ""  # how many of them ended as agreed
    is_within: bool | None = None  # whether what came is within the interval
    is_current: bool = False


@dataclass(frozen=True)
class RenewalLine:
    """One renewal as the list shows it."""

    customer_id: str
    customer: str
    owner: str
    due_on: dt.date
    contract: str
    what: str
    mrr: str
    chance: str
    chance_note: str
    stage: str
    is_noticed: bool


@dataclass(frozen=True)
class Desk:
    """Everything that the page shows."""

    state: State
    as_of: dt.date | None = None
    offered: Mapping[str, Sequence[tuple[str, str]]] | None = None
    chosen: Mapping[str, str] | None = None
    chart: Chart | None = None
    months: Sequence[MonthLine] = ()
    past: Sequence[MonthLine] = ()
    within: str = ""  # how often what came was within the interval
    whole: MonthLine | None = None
    unforetold: int = 0  # renewals without a chance
    renewals: Page[RenewalLine] | None = None
    count: int = 0
    month: str = ""


def renewal_desk(asked: Mapping[str, str], *, visible_to: Staff, language: str) -> Desk:
    """Return the desk as its address asks for it, over the customers a user sees."""
    reader = customers.published_reader()
    if reader is None:
        return Desk("nothing_yet")
    as_of = reader.release.as_of
    if not reader.has("subscriptions"):
        return Desk("no_contracts", as_of)
    if reader.result(FORETOLD) is None:
        return Desk("not_computed", as_of)
    every = visible_renewals(reader, visible_to)
    if not len(every):
        return Desk("nothing_due", as_of)
    wanted = _with_currency(Wanted.read(asked), every)
    maker = _Maker(wanted, every, reader.release.seed, language)
    return maker.desk(as_of, customers.owner_names(visible_to), _start(asked))


def renewals_csv(
    asked: Mapping[str, str], *, visible_to: Staff, for_excel: bool
) -> Iterator[str]:
    """Return the renewals ahead that are asked for, as CSV."""
    reader = customers.published_reader()
    if reader is None:
        raise Http404
    if reader.result(FORETOLD) is None:
        raise Http404
    every = visible_renewals(reader, visible_to)
    wanted = _with_currency(Wanted.read(asked), every)
    values = (
        {**vars(each), "stage": STAGES[0 if each.is_noticed else 1]}
        for each in renewals_of(every, wanted.listed(every))
    )
    lines = ([each[name] for name in COLUMNS] for each in values)
    return csv_table(COLUMNS, lines, for_excel=for_excel)


def _with_currency(wanted: Wanted, every: RenewalTable) -> Wanted:
    """Return what is wanted in one currency: the company's, or one that there is."""
    there = sorted(every.values("currency"))
    own = settings.BANSO_CURRENCY
    if wanted.currency:
        return wanted
    return replace(wanted, currency=own if own in there or not there else there[0])


def _start(asked: Mapping[str, str]) -> int:
    at = asked.get("at", "")
    return int(at) if at.isdecimal() and len(at) < 10 else 0


@dataclass(frozen=True)
class _Months:
    """Renewals by month, each month with what is expected of it."""

    places: Mapping[int, Whole]
    landed: Mapping[int, Landing]

    def __iter__(self) -> Iterator[int]:
        """Return the months, the earliest first."""
        return iter(sorted(self.places))


@dataclass(frozen=True)
class _Maker:
    """Makes the parts of the desk from the renewals that are looked at."""

    wanted: Wanted
    every: RenewalTable
    seed: int
    language: str

    def desk(self, as_of: dt.date, owners: Mapping[str, str], start: int) -> Desk:
        """Return the whole page."""
        kept = self.wanted.kept(self.every)
        coming: Whole = np.asarray(np.flatnonzero(kept & ~self.every.is_past))
        ahead = self._by_month(kept & ~self.every.is_past)
        past = self._by_month(kept & self.every.is_past)
        listed = self.wanted.listed(self.every)
        past_lines = [self._month(month, past) for month in reversed([*past])]
        whole = _Months({0: coming}, {0: self._landing(coming, None)})
        return Desk(
            state="ready",
            as_of=as_of,
            offered=self._offered(owners),
            chosen=self._chosen(),
            chart=self._chart(ahead, past),
            months=[self._month(month, ahead) for month in ahead],
            past=past_lines,
            within=_within(past_lines),
            whole=self._month(0, whole),
            unforetold=int((~self.every.has_chance[coming]).sum()),
            renewals=Page(
                rows=[
                    self._renewal(each, owners)
                    for each in renewals_of(
                        self.every, listed[start : start + PAGE_SIZE]
                    )
                ],
                previous=str(max(0, start - PAGE_SIZE)) if start else "",
                next=str(start + PAGE_SIZE) if len(listed) > start + PAGE_SIZE else "",
            ),
            count=len(listed),
            month=formatting.month(self.wanted.month) if self.wanted.month else "",
        )

    def _by_month(self, chosen: Flags) -> _Months:
        places = np.flatnonzero(chosen)
        months = self.every.month[places]
        found = {int(month): places[months == month] for month in np.unique(months)}
        return _Months(
            found,
            {month: self._landing(mine, month) for month, mine in found.items()},
        )

    def _landing(self, places: Whole, month: int | None) -> Landing:
        wanted = self.wanted
        is_past = bool(len(places)) and bool(self.every.is_past[places[0]])
        key = (wanted.currency, wanted.owner, wanted.touch, month, is_past)
        return self.every.landing(places, seed=self.seed, key=key)

    def _month(self, month: int, of: _Months) -> MonthLine:
        places, found = of.places[month], of.landed[month]
        day = first_day(month) if month else None
        is_past = bool(len(places)) and bool(self.every.is_past[places[0]])
        renewed = int(self.every.renewed[places].sum())
        came = float(self.every.mrr_renewed[places].sum())
        is_within = found.lines.low <= renewed <= found.lines.high if is_past else None
        if found.due < len(places):
            is_within = None  # not all of them were foretold
        return MonthLine(
            label=formatting.month(day) if day else "",
            url=self._url(day),
            due=formatting.number(len(places)),
            mrr_due=self._money(float(self.every.mrr[places].sum())),
            noticed=formatting.number(int(self.every.is_noticed[places].sum())),
            expected_count=formatting.ratio(found.by_count, places=1),
            count_note=_("%(low)s–%(high)s of %(n)s")
            % {
                "low": formatting.number(found.lines.low),
                "high": formatting.number(found.lines.high),
                "n": formatting.number(found.due),
            }
            if found.due
            else "",
            expected_mrr=self._money(found.mrr.value if found.due else None),
            mrr_note=f"{self._money(found.mrr.low)}–{self._money(found.mrr.high)}"
            if found.due
            else "",
            came_count=f"{formatting.ratio(renewed / len(places), places=1)}"
            if is_past
            else "",
            came_mrr=self._money(came) if is_past else "",
            came_note=_agreed(int(self.every.is_agreed_end[places].sum())),
            is_within=is_within,
            is_current=day is not None and day == self.wanted.month,
        )

    def _chart(self, ahead: _Months, past: _Months) -> Chart:
        def rate(value: float, of: float) -> float | None:
            return value / of if of else None

        falls = []
        for month in sorted({*ahead, *past}):
            found = (ahead if month in ahead.places else past).landed[month]
            rows = past.places.get(month)
            came = None
            if rows is not None:
                due = float(self.every.mrr[rows].sum())
                came = rate(float(self.every.mrr_renewed[rows].sum()), due)
            falls.append(
                Landfall(
                    label=formatting.month(first_day(month)),
                    expected=found.by_amount,
                    low=rate(found.mrr.low, found.mrr_due),
                    high=rate(found.mrr.high, found.mrr_due),
                    came=came,
                )
            )
        return landing_chart(falls, title=months_chart_label(), language=self.language)

    def _renewal(self, each: Renewal, owners: Mapping[str, str]) -> RenewalLine:
        chance, note = chance_text(each)
        return RenewalLine(
            customer_id=each.customer_id,
            customer=each.customer,
            owner=owners.get(each.owner, each.owner),
            due_on=each.due_on,
            contract=each.subscription,
            what=" · ".join(part for part in (each.product, each.plan) if part),
            mrr=formatting.money(each.mrr, each.currency),
            chance=chance,
            chance_note=note,
            stage=stage_label("noticed" if each.is_noticed else "open"),
            is_noticed=each.is_noticed,
        )

    def _money(self, value: float | None) -> str:
        return formatting.compact_money(value, self.wanted.currency)

    def _url(self, month: dt.date | None) -> str:
        said = {
            "month": month.isoformat() if month else "",
            "owner": self.wanted.owner,
            "touch": self.wanted.touch,
            "stage": self.wanted.stage,
            "currency": self.wanted.currency,
        }
        return f"?{urlencode({k: v for k, v in said.items() if v})}#renewals"

    def _chosen(self) -> dict[str, str]:
        month = self.wanted.month
        return {
            "month": month.isoformat() if month else "",
            "owner": self.wanted.owner,
            "touch": self.wanted.touch,
            "stage": self.wanted.stage,
            "currency": self.wanted.currency,
        }

    def _offered(
        self, owners: Mapping[str, str]
    ) -> dict[str, Sequence[tuple[str, str]]]:
        everything = ("", _("All"))
        coming = np.unique(self.every.month[~self.every.is_past])
        months = [first_day(int(month)) for month in coming]
        people = sorted(self.every.values("owner"), key=lambda o: (not o, o))
        touches = sorted(self.every.values("touch"), key=lambda t: (not t, t))
        offered: dict[str, Sequence[tuple[str, str]]] = {
            "month": [
                everything,
                *((each.isoformat(), formatting.month(each)) for each in months),
            ],
            "stage": [everything, *((key, stage_label(key)) for key in STAGES)],
        }
        if len(people) > 1:
            names = [(o or NOBODY, owners.get(o, o) or _("Nobody")) for o in people]
            offered["owner"] = [everything, *names]
        if len(touches) > 1:
            offered["touch"] = [
                everything,
                *((touch or NOBODY, touch_label(touch)) for touch in touches),
            ]
        currencies = sorted(self.every.values("currency"))
        if len(currencies) > 1:
            offered["currency"] = [(each, each) for each in currencies]
        return offered


def _agreed(lines: int) -> str:
    """Return how many of the lines that were not lost ended as agreed."""
    if not lines:
        return ""
    return ngettext("%(n)s ended as agreed", "%(n)s ended as agreed", lines) % {
        "n": formatting.number(lines)
    }


def _within(past: Sequence[MonthLine]) -> str:
    """Return how often what came was within the interval, in a sentence."""
    told = [line.is_within for line in past if line.is_within is not None]
    if not told:
        return ""
    return _(
        "In %(within)s of %(n)s months the number that renewed was within the interval"
        " that was given when the month began; about 95 in 100 are expected."
    ) % {"within": formatting.number(sum(told)), "n": formatting.number(len(told))}
