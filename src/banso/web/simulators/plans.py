"""From sliders to plans, and from plans to what a page shows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from banso.analytics.simulators.fish import Fish, FishPlan, fish, smaller_fish
from banso.analytics.simulators.growth import BothLevers, GrowthPlan, both_levers
from banso.charts.chart import Chart
from banso.charts.simulations import fish_chart, growth_chart
from banso.web.simulators.forms import (
    Setting,
    Slider,
    money_slider,
    said_money,
    settings_of,
)
from banso.web.simulators.queries import Start
from banso.webkit import formatting

YEARS_OF_LICENCE: Final = 3  # a licence costs so many years of the subscription
MAINTENANCE: Final = 0.18
COST_SHARE: Final = 0.8  # of the revenue from licences
EXTRA_SHARE: Final = 0.15  # of the fixed cost
SERVING_SHARE: Final = 0.1  # of the monthly price

LEVER_WORDS: Final[Mapping[str, str | Promise]] = {
    "slower_shift": _("Take twice as long for the shift"),
    "lower_churn": _("A third less churn"),
    "higher_price": _("Charge a tenth more a month"),
    "setup_fee": _("Charge three months as a set-up fee"),
    "lower_extra_cost": _("Half of the extra cost"),
    "migrated_base": _("Move the customers under maintenance within two years"),
}


@dataclass(frozen=True)
class Lever:
    """What one change alone would make of the fish."""

    label: str | Promise
    size: str
    saved: str
    length: str


@dataclass(frozen=True)
class FishPage:
    """The fish as its sliders stand."""

    settings: Sequence[Setting]
    found: Fish
    smaller: Sequence[tuple[str, Fish]]  # by the change that makes it so
    chart: Chart
    depth: str
    size: str
    levers: Sequence[Lever]


@dataclass(frozen=True)
class GrowthPage:
    """Keeping beside winning, as the sliders stand."""

    settings: Sequence[Setting]
    found: BothLevers
    chart: Chart
    kept: str
    gained: str
    worth: str
    ceiling: str
    point: str


def fish_page(start: Start, asked: Mapping[str, str]) -> FishPage:
    """Return the fish that an address asks for."""
    settings = settings_of(_fish_sliders(start), asked, start.currency)
    plan = _fish_plan(settings)
    found = fish(plan)
    smaller = _smaller(plan, found)

    def say(amount: float) -> str:
        return said_money(amount, start.currency)

    return FishPage(
        settings=settings,
        found=found,
        smaller=smaller,
        chart=fish_chart(found, say=say, language=get_language() or "en"),
        depth=say(found.depth),
        size=say(found.size),
        levers=[
            Lever(
                label=LEVER_WORDS[key],
                size=say(other.size),
                saved=say(found.size - other.size),
                length=formatting.number(other.length),
            )
            for key, other in smaller
        ],
    )


def _smaller(plan: FishPlan, found: Fish) -> Sequence[tuple[str, Fish]]:
    """Return the changes that make the fish smaller, each alone."""
    if not found.begins:
        return ()
    return [each for each in smaller_fish(plan) if each[1].size < found.size]


def _fish_plan(settings: Sequence[Setting]) -> FishPlan:
    value = {each.slider.name: each.value for each in settings}
    return FishPlan(
        won=value["won"],
        licence_price=value["licence_price"],
        maintenance=value["maintenance"],
        base=value["base"],
        monthly_price=value["monthly_price"],
        setup_fee=value["setup_fee"],
        churn=value["churn"],
        shift_months=round(value["shift_months"]),
        migration_months=round(value["migration_months"]),
        fixed_cost=value["fixed_cost"],
        serving_cost=value["serving_cost"],
        extra_cost=value["extra_cost"],
    )


def growth_page(start: Start, asked: Mapping[str, str]) -> GrowthPage:
    """Return the growth that an address asks for."""
    settings = settings_of(_growth_sliders(start), asked, start.currency)
    value = {each.slider.name: each.value for each in settings}
    plan = GrowthPlan(
        mrr=max(value["mrr"], 1.0),
        churn=min(value["churn"], 0.99),
        acquisition=value["acquisition"],
        acquisition_growth=value["acquisition_growth"],
        expansion=value["expansion"],
        point=value["point"],
    )
    found = both_levers(plan)

    def say(amount: float) -> str:
        return said_money(amount, start.currency)

    ceiling = found.present.ceiling
    return GrowthPage(
        settings=settings,
        found=found,
        chart=growth_chart(found, say=say, language=get_language() or "en"),
        kept=say(found.kept),
        gained=say(found.gained),
        worth=formatting.quantity(found.points_worth),
        ceiling=formatting.MISSING if ceiling is None else say(ceiling),
        point=formatting.number(plan.point * 100, places=1),
    )


def _fish_sliders(start: Start) -> Sequence[Slider]:
    return (*_customer_sliders(start), *_price_sliders(start), *_cost_sliders(start))


def _customer_sliders(start: Start) -> Sequence[Slider]:
    won, base = start.won / 12, float(start.customers)
    churn = 1 - (1 - min(start.customer_churn, 0.99)) ** (1 / 12)
    moved = _("Months until the others have moved (0: never)")
    return (
        Slider(
            "won",
            _("New customers a month"),
            "count",
            won,
            _far(won),
            step=0.1,
            is_own=start.is_own,
        ),
        Slider(
            "base",
            _("Licence customers today"),
            "count",
            base,
            _far(base),
            is_own=start.is_own,
        ),
        Slider(
            "churn",
            _("Churn a month"),
            "share",
            churn,
            0.1,
            step=0.0005,
            is_own=start.is_own and start.has_rates,
        ),
        Slider(
            "shift_months",
            _("Months until all new customers subscribe"),
            "months",
            12,
            48,
        ),
        Slider("migration_months", moved, "months", 0, 60),
    )


def _price_sliders(start: Start) -> Sequence[Slider]:
    price = _price(start)
    return (
        money_slider(
            "monthly_price",
            _("Subscription a month"),
            price,
            scale=price,
            is_own=start.is_own,
        ),
        money_slider("setup_fee", _("Set-up fee"), 0.0, scale=price * 3),
        money_slider("licence_price", _("Licence price"), _licence(start), scale=price),
        Slider(
            "maintenance",
            _("Maintenance a year, share of the licence"),
            "share",
            MAINTENANCE,
            0.4,
            step=0.005,
        ),
    )


def _cost_sliders(start: Start) -> Sequence[Slider]:
    price, licence = _price(start), _licence(start)
    revenue = start.won / 12 * licence + start.customers * licence * MAINTENANCE / 12
    fixed, is_known = revenue * COST_SHARE, start.serving_cost is not None
    serving = price * SERVING_SHARE
    if start.serving_cost is not None:
        serving = start.serving_cost / 12 / max(start.customers, 1)
    return (
        money_slider("fixed_cost", _("Fixed cost a month"), fixed, scale=price),
        money_slider(
            "serving_cost",
            _("Cost of serving a subscriber a month"),
            serving,
            scale=price / 10,
            is_own=is_known,
        ),
        money_slider(
            "extra_cost",
            _("Extra cost a month after the shift"),
            fixed * EXTRA_SHARE,
            scale=price,
        ),
    )


def _price(start: Start) -> float:
    return start.mrr / max(start.customers, 1)


def _licence(start: Start) -> float:
    return _price(start) * 12 * YEARS_OF_LICENCE


def _growth_sliders(start: Start) -> Sequence[Slider]:
    own, rates = start.is_own, start.is_own and start.has_rates
    share = start.won_mrr / start.mrr if start.mrr else 0.0
    return (
        money_slider("mrr", _("MRR today"), start.mrr, scale=1.0, is_own=own),
        Slider(
            "churn",
            _("Churn of MRR a year"),
            "share",
            start.churn,
            0.6,
            step=0.001,
            is_own=rates,
        ),
        Slider(
            "acquisition",
            _("New MRR a year, share of today's"),
            "share",
            share,
            max(1.0, share * 2),
            step=0.001,
            is_own=own,
        ),
        _rate("acquisition_growth", _("New MRR grows a year by"), 0.0, (-0.5, 0.5)),
        Slider(
            "expansion",
            _("Expansion a year of those who stay"),
            "share",
            start.expansion,
            0.4,
            lowest=-0.2,
            step=0.001,
            is_own=rates,
        ),
        _rate("point", _("What is moved: points a year"), 0.01, (0.001, 0.1)),
    )


def _rate(
    name: str, label: str | Promise, start: float, bounds: tuple[float, float]
) -> Slider:
    lowest, highest = bounds
    return Slider(name, label, "share", start, highest, lowest=lowest, step=0.001)


def _far(value: float) -> float:
    return max(10.0, float(round(value * 3)))
