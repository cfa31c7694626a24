"""Reading the renewal desk: what falls due, the landing, and what came."""

import csv
import datetime as dt
import io
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

import numpy as np
from django.conf import settings
from django.http import Http404
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from banso.analytics.revenue.landing import Landing, Outlook, landing
from banso.charts.chart import Chart
from banso.charts.renewals import Landfall, landing_chart
from banso.runs.foretelling import FORETOLD
from banso.web.customers import queries as customers
from banso.web.renewals.rows import (
    NOBODY,
    STAGES,
    Renewal,
    Wanted,
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
from banso.webkit.spreadsheets import BYTE_ORDER_MARK, safe_cell

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
    wanted = _with_currency(Wanted.read(asked), every)
    kept = [renewal for renewal in every if wanted.keeps(renewal)]
    if not every:
        return Desk("nothing_due", as_of)
    maker = _Maker(wanted, kept, reader.release.seed, language)
    owners = customers.owner_names(visible_to)
    return maker.desk(as_of, every, owners, _start(asked))


def renewals_csv(
    asked: Mapping[str, str], *, visible_to: Staff, for_excel: bool
) -> str:
    """Return the renewals ahead that are asked for, as CSV."""
    reader = customers.published_reader()
    if reader is None:
        raise Http404
    every = visible_renewals(reader, visible_to)
    wanted = _with_currency(Wanted.read(asked), every)
    file = io.StringIO(newline="")
    file.write(BYTE_ORDER_MARK if for_excel else "")
    writer = csv.writer(file)
    writer.writerow(COLUMNS)
    for each in _listed(wanted, [e for e in every if wanted.keeps(e)]):
        values = {**vars(each), "stage": STAGES[0 if each.is_noticed else 1]}
        writer.writerow([safe_cell(values[name]) for name in COLUMNS])
    return file.getvalue()


def _with_currency(wanted: Wanted, every: Sequence[Renewal]) -> Wanted:
    """Return what is wanted in one currency: the company's, or one that there is."""
    there = sorted({renewal.currency for renewal in every})
    own = settings.BANSO_CURRENCY
    if wanted.currency:
        return wanted
    return replace(wanted, currency=own if own in there or not there else there[0])


def _listed(wanted: Wanted, kept: Sequence[Renewal]) -> list[Renewal]:
    return [
        renewal
        for renewal in kept
        if not renewal.is_past
        and wanted.keeps_stage(renewal)
        and wanted.month in (None, renewal.month)
    ]


def _start(asked: Mapping[str, str]) -> int:
    at = asked.get("at", "")
    return int(at) if at.isdecimal() and len(at) < 10 else 0


@dataclass(frozen=True)
class _Maker:
    """Makes the parts of the desk from the renewals that are looked at."""

    wanted: Wanted
    kept: Sequence[Renewal]
    seed: int
    language: str

    def desk(
        self,
        as_of: dt.date,
        every: Sequence[Renewal],
        owners: Mapping[str, str],
        start: int,
    ) -> Desk:
        """Return the whole page."""
        ahead = _by_month([each for each in self.kept if not each.is_past])
        past = _by_month([each for each in self.kept if each.is_past])
        landed = {month: self._landing(rows) for month, rows in ahead.items()}
        came = {month: self._landing(rows) for month, rows in past.items()}
        listed = _listed(self.wanted, self.kept)
        past_lines = [
            self._month(month, past[month], came[month])
            for month in sorted(past, reverse=True)
        ]
        next_year = [renewal for rows in ahead.values() for renewal in rows]
        return Desk(
            state="ready",
            as_of=as_of,
            offered=self._offered(every, owners),
            chosen=self._chosen(),
            chart=self._chart(ahead, landed, past, came),
            months=[self._month(m, ahead[m], landed[m]) for m in sorted(ahead)],
            past=past_lines,
            within=_within(past_lines),
            whole=self._month(None, next_year, self._landing(next_year)),
            unforetold=sum(each.p_leave is None for each in next_year),
            renewals=Page(
                rows=[
                    self._renewal(each, owners)
                    for each in listed[start : start + PAGE_SIZE]
                ],
                previous=str(max(0, start - PAGE_SIZE)) if start else "",
                next=str(start + PAGE_SIZE) if len(listed) > start + PAGE_SIZE else "",
            ),
            count=len(listed),
            month=formatting.month(self.wanted.month) if self.wanted.month else "",
        )

    def _landing(self, rows: Sequence[Renewal]) -> Landing:
        """Return what is expected of renewals that have a chance."""
        known = [each for each in rows if each.p_leave is not None]
        places = {
            key: n for n, key in enumerate(sorted({e.customer_id for e in known}))
        }
        return landing(
            Outlook(
                customer=np.array([places[e.customer_id] for e in known], np.int64),
                mrr=np.array([float(each.mrr) for each in known]),
                p=np.array([each.p_leave for each in known], np.float64),
                low=np.array([each.low for each in known], np.float64),
                high=np.array([each.high for each in known], np.float64),
            ),
            seed=self.seed,
        )

    def _month(
        self, month: dt.date | None, rows: Sequence[Renewal], found: Landing
    ) -> MonthLine:
        is_past = bool(rows) and rows[0].is_past
        renewed = sum(bool(each.renewed) for each in rows)
        came = sum(float(each.mrr_renewed) for each in rows)
        is_within = found.lines.low <= renewed <= found.lines.high if is_past else None
        if found.due < len(rows):
            is_within = None  # not all of them were foretold
        return MonthLine(
            label=formatting.month(month) if month else "",
            url=self._url(month),
            due=formatting.number(len(rows)),
            mrr_due=self._money(sum(float(each.mrr) for each in rows)),
            noticed=formatting.number(sum(each.is_noticed for each in rows)),
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
            came_count=f"{formatting.ratio(renewed / len(rows), places=1)}"
            if is_past
            else "",
            came_mrr=self._money(came) if is_past else "",
            is_within=is_within,
            is_current=month is not None and month == self.wanted.month,
        )

    def _chart(
        self,
        ahead: Mapping[dt.date, Sequence[Renewal]],
        landed: Mapping[dt.date, Landing],
        past: Mapping[dt.date, Sequence[Renewal]],
        came: Mapping[dt.date, Landing],
    ) -> Chart:
        def rate(value: float, of: float) -> float | None:
            return value / of if of else None

        falls = []
        for month in sorted({*ahead, *past}):
            found = landed[month] if month in ahead else came[month]
            rows = past.get(month)
            falls.append(
                Landfall(
                    label=formatting.month(month),
                    expected=found.by_amount,
                    low=rate(found.mrr.low, found.mrr_due),
                    high=rate(found.mrr.high, found.mrr_due),
                    came=rate(
                        sum(float(each.mrr_renewed) for each in rows),
                        sum(float(each.mrr) for each in rows),
                    )
                    if rows
                    else None,
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
        self, every: Sequence[Renewal], owners: Mapping[str, str]
    ) -> dict[str, Sequence[tuple[str, str]]]:
        everything = ("", _("All"))
        ahead = [each for each in every if not each.is_past]
        months = sorted({each.month for each in ahead})
        people = sorted({each.owner for each in every}, key=lambda o: (not o, o))
        touches = sorted({each.touch for each in every}, key=lambda t: (not t, t))
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
        currencies = sorted({each.currency for each in every})
        if len(currencies) > 1:
            offered["currency"] = [(each, each) for each in currencies]
        return offered


def _by_month(rows: Sequence[Renewal]) -> dict[dt.date, list[Renewal]]:
    found: defaultdict[dt.date, list[Renewal]] = defaultdict(list)
    for each in rows:
        found[each.month].append(each)
    return dict(found)


def _within(past: Sequence[MonthLine]) -> str:
    """Return how often what came was within the interval, in a sentence."""
    told = [line.is_within for line in past if line.is_within is not None]
    if not told:
        return ""
    return _(
        "In %(within)s of %(n)s months the number that renewed was within the interval"
        " that was given when the month began; about 95 in 100 are expected."
    ) % {"within": formatting.number(sum(told)), "n": formatting.number(len(told))}
