"""Pricing models on the customers of the release, as the sliders stand."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Final

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from banso.analytics.simulators.pricing import (
    KINDS,
    Basis,
    Kind,
    Pricing,
    Terms,
    missing,
    pricing,
)
from banso.charts.chart import Chart
from banso.charts.pricing import change_chart
from banso.runs.reading import ReleaseReader, Row
from banso.web.customers import queries as customers
from banso.web.forecast.queries import Names, chance_text
from banso.web.simulators.forms import (
    Setting,
    Slider,
    money_slider,
    said_money,
    settings_of,
)
from banso.web.simulators.queries import Start
from banso.webkit import formatting
from banso.webkit.features import Text
from banso.webkit.permissions import Scope, Staff

LABELS: Final[Mapping[Kind, Text]] = {
    "one_off": gettext_lazy("One-off licence"),
    "flat": gettext_lazy("Flat subscription"),
    "seat": gettext_lazy("Per seat"),
    "tiered": gettext_lazy("Tiers by seats"),
    "usage": gettext_lazy("Usage-based"),
    "hybrid": gettext_lazy("Base and usage"),
    "premium": gettext_lazy("Premium on a module"),
}
LACKS: Final[Mapping[str, Text]] = {
    "no_customers": gettext_lazy("nobody pays in this currency"),
    "no_seats": gettext_lazy("seats are not known of every customer"),
    "no_usage": gettext_lazy("no usage metric has values"),
    "no_module": gettext_lazy("no customer uses a second product"),
}
PERIOD: Final = 28  # days of a usage metric, and between its values
PERIODS: Final = 12
HORIZON: Final = 365  # days of the chance to leave
SHOWN: Final = 20


@dataclass(frozen=True)
class KindRow:
    """One pricing model in the comparison; without figures, what it lacks."""

    kind: Kind
    label: str
    lack: str
    revenue: str = ""
    margin: str = ""
    swing: str = ""
    spread: str = ""
    rising: str = ""
    price: str = ""


@dataclass(frozen=True)
class RisingRow:
    """A customer whose price changes most."""

    customer_id: str
    name: str
    pays: str
    would_pay: str
    change: str
    chance: str


@dataclass(frozen=True)
class PricingPage:
    """Everything that the page shows."""

    settings: Sequence[Setting]
    kind: Kind
    label: str
    rows: Sequence[KindRow]
    chart: Chart | None
    rising: Sequence[RisingRow]
    falling: Sequence[RisingRow]
    at_risk: str  # in a sentence; empty without a chosen model
    usage: str
    usages: Sequence[tuple[str, str]]
    module: str
    modules: Sequence[str]
    customers: int
    extra: Mapping[str, str]  # of the address, beside the sliders


def pricing_page(
    start: Start, asked: Mapping[str, str], *, visible_to: Staff
) -> PricingPage:
    """Return the pricing models that an address asks for."""
    reader = customers.published_reader()
    data = _Data(reader, start.currency, asked)
    settings = settings_of(_sliders(start, data), asked, start.currency)
    value = {each.slider.name: Decimal(str(each.value)) for each in settings}
    terms = Terms(
        level=value["level"],
        fixed_share=value["fixed_share"],
        premium=value["premium"],
        licence_months=max(1, round(value["licence_months"])),
        variable_cost=value["variable_cost"],
    )
    limit = float(value["limit"])
    found = {
        kind: pricing(kind, data.basis, terms)
        for kind in KINDS
        if missing(kind, data.basis) is None
    }
    first: Kind = next(iter(found), "flat")
    kind: Kind = next((each for each in found if each == asked.get("kind")), first)
    chosen = found.get(kind)
    list_of = _Lists(data, visible_to)
    return PricingPage(
        settings=settings,
        kind=kind,
        label=str(LABELS[kind]),
        rows=[_row(each, found.get(each), data, limit) for each in KINDS],
        chart=_chart(chosen),
        rising=list_of.rising(chosen),
        falling=list_of.falling(chosen),
        at_risk=_at_risk(chosen, data, limit),
        usage=data.usage,
        usages=data.usages,
        module=data.module,
        modules=data.modules,
        customers=len(data.basis),
        extra={"kind": kind, "usage": data.usage, "module": data.module},
    )


@dataclass(frozen=True)
class _Data:
    """The customers of the release that pay in a currency."""

    reader: ReleaseReader | None
    currency: str
    asked: Mapping[str, str]

    @cached_property
    def rows(self) -> Mapping[str, Row]:
        if self.reader is None:
            return {}
        found = self.reader.findings("customer_now", currency=self.currency)
        found.sort(key=lambda row: str(row["customer_id"]))
        return {
            str(row["customer_id"]): row
            for row in found
            if row["status"] == "active" and Decimal(str(row["mrr"] or 0)) > 0
        }

    @cached_property
    def usages(self) -> Sequence[tuple[str, str]]:
        """The metrics that count what was used within four weeks."""
        if self.reader is None:
            return []
        names = Names(self.reader.catalog)
        return [
            (metric.key, names.label(metric.key))
            for metric in self.reader.metrics
            if metric.key in {"events_28", "days_active_28", "active_contacts_28"}
        ]

    @cached_property
    def usage(self) -> str:
        keys = [key for key, _label in self.usages]
        wanted = self.asked.get("usage", "")
        first = "events_28" if "events_28" in keys else next(iter(keys), "")
        return wanted if wanted in keys else first

    @cached_property
    def modules(self) -> Sequence[str]:
        names = {name for row in self.rows.values() for name in _products(row)}
        return sorted(names) if len(names) > 1 else []

    @cached_property
    def module(self) -> str:
        wanted = self.asked.get("module", "")
        return wanted if wanted in self.modules else next(iter(self.modules), "")

    @cached_property
    def basis(self) -> Sequence[Basis]:
        used = self._used
        return [
            Basis(
                customer_id=key,
                pays=Decimal(str(row["mrr"])),
                seats=None if not row["seats"] else Decimal(str(row["seats"])),
                usage=tuple(month.get(key, Decimal(0)) for month in used),
                has_module=self.module in _products(row),
            )
            for key, row in self.rows.items()
        ]

    @cached_property
    def _used(self) -> Sequence[Mapping[str, Decimal]]:
        """Return usage by customer, for each of the last periods with values."""
        if self.reader is None or not self.usage:
            return []
        last = self.reader.release.as_of
        days = [last - dt.timedelta(PERIOD * n) for n in range(PERIODS)]
        known = self.reader.dates
        dates = sorted({day for day in known if day in days})
        if len(dates) < PERIODS:  # dates lie a week apart: take each fourth
            dates = sorted(known[::-1][: 4 * PERIODS : 4])
        found = [
            {
                str(row["customer_id"]): Decimal(str(row["value"]))
                for row in self.reader.findings("metrics", metric=self.usage, as_of=day)
                if row["value"] is not None
            }
            for day in dates
        ]
        return [each for each in found if each]

    @cached_property
    def chances(self) -> Mapping[str, float]:
        """The chance to leave within a year, of whom it is known."""
        if self.reader is None:
            return {}
        rows = self.reader.findings(
            "forecast", as_of=self.reader.release.as_of, horizon_days=HORIZON
        )
        return {
            str(row["customer_id"]): float(str(row["p_churn"]))
            for row in rows
            if row["p_churn"] is not None
        }

    def say(self, amount: Decimal | float) -> str:
        return said_money(float(amount), self.currency)


def _products(row: Row) -> Sequence[str]:
    return [name for name in str(row["products"] or "").split(", ") if name]


@dataclass(frozen=True)
class _Lists:
    """Customers with the largest rise and fall, of those that a user sees."""

    data: _Data
    user: Staff

    @cached_property
    def _visible(self) -> frozenset[str] | None:
        if self.user.scope == Scope.ALL:
            return None
        found = customers.visible_customers(self.user).values_list("pk", flat=True)
        return frozenset(found)

    def rising(self, found: Pricing | None) -> list[RisingRow]:
        return self._rows(found, sign=-1)

    def falling(self, found: Pricing | None) -> list[RisingRow]:
        return self._rows(found, sign=1)

    def _rows(self, found: Pricing | None, *, sign: int) -> list[RisingRow]:
        mine = [
            each
            for each in (found.customers if found else ())
            if each.rise * sign < 0
            and (self._visible is None or each.customer_id in self._visible)
        ]
        mine.sort(key=lambda each: (each.rise * sign, each.customer_id))
        return [
            RisingRow(
                customer_id=each.customer_id,
                name=str(self.data.rows[each.customer_id]["name"] or each.customer_id),
                pays=self.data.say(each.pays),
                would_pay=self.data.say(each.would_pay),
                change=formatting.money_change(each.rise, self.data.currency),
                chance=chance_text(self.data.chances.get(each.customer_id)),
            )
            for each in mine[:SHOWN]
        ]


def _sliders(start: Start, data: _Data) -> Sequence[Slider]:
    paid = sum((float(each.pays) for each in data.basis), 0.0)
    used = sum(float(sum(each.usage)) for each in data.basis) / PERIODS
    per_unit = paid / used if used else 1.0
    return (
        Slider(
            "level",
            _("Price level, 100% brings what comes today"),
            "share",
            1.0,
            2.0,
            lowest=0.5,
            step=0.01,
            is_own=start.is_own,
        ),
        Slider(
            "fixed_share", _("Base price, share of revenue"), "share", 0.5, 1.0,
            step=0.01,
        ),
        Slider("premium", _("Premium on the module"), "share", 0.1, 1.0, step=0.01),
        Slider(
            "licence_months", _("Months that a licence counts for"), "months", 36, 84,
            lowest=12,
        ),
        money_slider(
            "variable_cost", _("Variable cost per unit of usage"), 0.0,
            scale=per_unit / 3,
        ),
        Slider(
            "limit", _("A rise that puts a customer at risk"), "share", 0.2, 1.0,
            step=0.01,
        ),
    )  # fmt: skip


def _row(kind: Kind, found: Pricing | None, data: _Data, limit: float) -> KindRow:
    if found is None:
        lack = missing(kind, data.basis) or ""
        return KindRow(kind, str(LABELS[kind]), str(LACKS[lack]))
    rising = found.rising(limit)
    return KindRow(
        kind=kind,
        label=str(LABELS[kind]),
        lack="",
        revenue=data.say(found.revenue),
        margin=data.say(found.margin),
        swing=formatting.ratio(found.swing, places=1),
        spread=formatting.ratio(found.spread),
        rising=formatting.number(len(rising)),
        price=_prices(kind, found, data),
    )


def _prices(kind: Kind, found: Pricing, data: _Data) -> str:
    prices = found.prices
    match kind:
        case "one_off":
            return _("%(price)s once") % {"price": data.say(prices.base)}
        case "flat":
            return _("%(price)s a month") % {"price": data.say(prices.base)}
        case "seat":
            return _("%(price)s a seat") % {"price": data.say(prices.unit)}
        case "tiered":
            return ", ".join(
                _("up to %(seats)s seats %(price)s")
                % {"seats": formatting.number(top), "price": data.say(each)}
                for top, each in prices.tiers
            )
        case "usage":
            return _("%(price)s a unit") % {"price": data.say(prices.unit)}
        case "hybrid":
            return _("%(base)s a month and %(price)s a unit") % {
                "base": data.say(prices.base),
                "price": data.say(prices.unit),
            }
        case "premium":
            return _("%(module)s: more for those who use it") % {"module": data.module}


def _chart(found: Pricing | None) -> Chart | None:
    if found is None:
        return None
    changes = [each.change for each in found.customers]
    return change_chart(changes, language=get_language() or "en")


def _at_risk(found: Pricing | None, data: _Data, limit: float) -> str:
    if found is None:
        return ""
    rising = found.rising(limit)
    known = [
        data.chances[e.customer_id] for e in rising if e.customer_id in data.chances
    ]
    paid = sum((each.pays for each in rising), Decimal(0))
    facts = {
        "n": formatting.number(len(rising)),
        "share": formatting.ratio(limit),
        "mrr": data.say(paid),
        "known": formatting.number(len(known)),
        "chance": chance_text(sum(known) / len(known)) if known else "",
    }
    if not known:
        return (
            _(
                "%(n)s customers would pay at least %(share)s more; they pay"
                " %(mrr)s today."
            )
            % facts
        )
    return (
        _(
            "%(n)s customers would pay at least %(share)s more; they pay %(mrr)s today."
            " As things stand their mean chance to leave within a year is %(chance)s"
            " (known of %(known)s). That is an association: what a rise itself does is"
            " not known."
        )
        % facts
    )
