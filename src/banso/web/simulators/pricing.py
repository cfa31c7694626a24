"""Pricing models on the customers of the release, as the sliders stand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Final

import numpy as np
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from numpy.typing import NDArray

from banso.analytics.simulators.pricing import (
    KINDS,
    UNITS,
    Basis,
    Kind,
    Pricing,
    Terms,
    missing,
    pricing,
)
from banso.charts.chart import Chart
from banso.charts.pricing import change_chart
from banso.runs.pricing_basis import (
    BILLED,
    PricingBasis,
    outcome_measures,
    pricing_basis,
    usage_metrics,
)
from banso.runs.reading import ReleaseReader
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
    "outcome": gettext_lazy("Outcome-based"),
    "premium": gettext_lazy("Premium on a module"),
}
LACKS: Final[Mapping[str, Text]] = {
    "no_customers": gettext_lazy("nobody pays in this currency"),
    "no_seats": gettext_lazy("seats are not known of every customer"),
    "no_usage": gettext_lazy("no usage metric has values"),
    "no_outcomes": gettext_lazy(
        "no outcomes are billed (charges of kind outcome), and no metric of four weeks"
        " counts them"
    ),
    "no_module": gettext_lazy("no customer uses a second product"),
}
MONTHS: Final = 12  # of the costs that are known
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
    outcome: str
    outcomes: Sequence[tuple[str, str]]
    module: str
    modules: Sequence[str]
    customers: int
    extra: Mapping[str, str]  # of the address, beside the sliders


def pricing_page(
    start: Start, asked: Mapping[str, str], *, visible_to: Staff
) -> PricingPage:
    """Return the pricing models that an address asks for."""
    simulated = simulate_pricing(start, asked)
    data, found, kind = simulated.data, simulated.found, simulated.kind
    chosen = found.get(kind)
    limit = simulated.limit
    list_of = Changes(data, visible_to)
    return PricingPage(
        settings=simulated.settings,
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
        outcome=data.outcome,
        outcomes=data.outcomes,
        modules=data.modules,
        customers=len(data.basis.pays),
        extra=simulated.extra,
    )


def simulate_pricing(start: Start, asked: Mapping[str, str]) -> "Simulated":
    """Return what each pricing model would bring that has what it needs."""
    reader = customers.published_reader()
    data = PricingData(reader, start.currency, asked)
    settings = settings_of(_sliders(start, data), asked, start.currency)
    value = {each.slider.name: each.value for each in settings}
    terms = Terms(
        level=value["level"],
        fixed_share=value["fixed_share"],
        premium=value["premium"],
        licence_months=max(1, round(value["licence_months"])),
        variable_cost=value["variable_cost"],
    )
    basis = data.basis
    found = {
        kind: pricing(kind, basis, terms)
        for kind in KINDS
        if missing(kind, basis) is None
    }
    first: Kind = next(iter(found), "flat")
    kind: Kind = next((each for each in found if each == asked.get("kind")), first)
    return Simulated(data, settings, value["limit"], found, kind)


@dataclass(frozen=True)
class PricingData:
    """The customers that pay in a currency, and what is asked of them."""

    reader: ReleaseReader | None
    currency: str
    asked: Mapping[str, str]

    @cached_property
    def known(self) -> PricingBasis | None:
        """What is known of them; None before any run."""
        return pricing_basis(self.reader, self.currency) if self.reader else None

    @cached_property
    def usages(self) -> Sequence[tuple[str, str]]:
        """The metrics that count what was used within four weeks."""
        return self._named(usage_metrics(self.reader) if self.reader else ())

    @cached_property
    def usage(self) -> str:
        """The metric that is charged by; empty without any."""
        return self._chosen("usage", [key for key, _label in self.usages])

    @cached_property
    def outcomes(self) -> Sequence[tuple[str, str]]:
        """What counts outcomes that could be charged."""
        return self._named(outcome_measures(self.reader) if self.reader else ())

    @cached_property
    def outcome(self) -> str:
        """What is charged as an outcome; empty without any."""
        return self._chosen("outcome", [key for key, _label in self.outcomes])

    @property
    def modules(self) -> Sequence[str]:
        """The products beside the first one."""
        return self.known.modules if self.known else ()

    @cached_property
    def module(self) -> str:
        """The product with a premium; empty without any."""
        return self._chosen("module", self.modules)

    @cached_property
    def basis(self) -> Basis:
        """What the models are computed from."""
        known = self.known
        if known is None or self.reader is None:
            return Basis(np.empty(0, dtype=np.int64), np.empty(0))
        used = {"usage": self.usage, "outcomes": self.outcome}
        return Basis(
            known.pays,
            known.seats,
            has_module=known.has_module(self.module),
            **{
                name: known.units(self.reader, measure)
                for name, measure in used.items()
                if measure
            },
        )

    def say(self, amount: Decimal | float) -> str:
        """Return an amount as people read it."""
        return said_money(float(amount), self.currency)

    def _named(self, keys: Sequence[str]) -> list[tuple[str, str]]:
        if not keys or self.reader is None:
            return []
        names = Names(self.reader.catalog)
        billed = {BILLED: _("outcomes billed")}
        return [(key, billed.get(key) or names.label(key)) for key in keys]

    def _chosen(self, name: str, keys: Sequence[str]) -> str:
        wanted = self.asked.get(name, "")
        return wanted if wanted in keys else next(iter(keys), "")


@dataclass(frozen=True)
class Simulated:
    """The pricing models that can be simulated, and the one that is chosen."""

    data: PricingData
    settings: Sequence[Setting]
    limit: float  # a rise by at least this share puts a customer at risk
    found: Mapping[Kind, Pricing]
    kind: Kind

    @property
    def extra(self) -> Mapping[str, str]:
        """What an address says beside the sliders."""
        return {
            "kind": self.kind,
            "usage": self.data.usage,
            "outcome": self.data.outcome,
            "module": self.data.module,
        }


@dataclass(frozen=True)
class Changes:
    """Customers with the largest rise and fall, of those that a user sees."""

    data: PricingData
    user: Staff

    @cached_property
    def _visible(self) -> NDArray[np.bool_]:
        known = self.data.known
        assert known is not None, "asked with a model only"
        if self.user.scope == Scope.ALL:
            return np.ones(len(known), dtype=np.bool_)
        found = customers.visible_customers(self.user).values_list("pk", flat=True)
        return known.places_of(list(found))

    def rising(self, found: Pricing | None) -> list[RisingRow]:
        """Return whose price rises most."""
        return self._rows(found, falls=False)

    def falling(self, found: Pricing | None) -> list[RisingRow]:
        """Return whose price falls most."""
        return self._rows(found, falls=True)

    def _rows(self, found: Pricing | None, *, falls: bool) -> list[RisingRow]:
        known = self.data.known
        if found is None or known is None:
            return []
        places = self.places(found, falls=falls)
        return [self._row(found, known, place) for place in places]

    def places(self, found: Pricing, *, falls: bool) -> list[int]:
        """Return where the customers stand whose price rises or falls most."""
        largest = found.largest(self._visible, most=SHOWN, falls=falls)
        return [int(place) for place in largest]

    def _row(self, found: Pricing, known: PricingBasis, place: int) -> RisingRow:
        key = str(known.ids[place])
        chance = known.chance[place]
        return RisingRow(
            customer_id=key,
            name=known.names[place].as_py() or key,
            pays=self.data.say(found.pays[place] / UNITS),
            would_pay=self.data.say(found.would_pay[place] / UNITS),
            change=formatting.money_change(
                float(found.rise[place] / UNITS), self.data.currency
            ),
            chance=chance_text(None if np.isnan(chance) else float(chance)),
        )


def _sliders(start: Start, data: PricingData) -> Sequence[Slider]:
    used = data.basis.all_usage
    per_unit = data.basis.total / used if used else 1.0
    # What serving cost in twelve months, spread over what was used of them.
    serving = start.serving_cost if used else None
    cost = serving / MONTHS / used if serving else 0.0
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
            "variable_cost", _("Variable cost per unit of usage"), cost,
            scale=per_unit / 3, is_own=bool(cost),
        ),
        Slider(
            "limit", _("A rise that puts a customer at risk"), "share", 0.2, 1.0,
            step=0.01,
        ),
    )  # fmt: skip


def _row(kind: Kind, found: Pricing | None, data: PricingData, limit: float) -> KindRow:
    if found is None:
        lack = missing(kind, data.basis) or ""
        return KindRow(kind, str(LABELS[kind]), str(LACKS[lack]))
    return KindRow(
        kind=kind,
        label=str(LABELS[kind]),
        lack="",
        revenue=data.say(found.revenue),
        margin=data.say(found.margin),
        swing=formatting.ratio(found.swing, places=1),
        spread=formatting.ratio(found.spread),
        rising=formatting.number(int(found.rising(limit).sum())),
        price=_prices(kind, found, data),
    )


def _prices(kind: Kind, found: Pricing, data: PricingData) -> str:
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
        case "outcome":
            return _("%(price)s an outcome") % {"price": data.say(prices.unit)}
        case "premium":
            return _("%(module)s: more for those who use it") % {"module": data.module}


def _chart(found: Pricing | None) -> Chart | None:
    if found is None:
        return None
    return change_chart(found.change, language=get_language() or "en")


def _at_risk(found: Pricing | None, data: PricingData, limit: float) -> str:
    if found is None or data.known is None:
        return ""
    rising = found.rising(limit)
    chances = data.known.chance[rising]
    known = chances[~np.isnan(chances)]
    paid = float(found.pays[rising].sum()) / UNITS
    facts = {
        "n": formatting.number(int(rising.sum())),
        "share": formatting.ratio(limit),
        "mrr": data.say(paid),
        "known": formatting.number(len(known)),
        "chance": chance_text(float(known.mean())) if len(known) else "",
    }
    if not len(known):
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
