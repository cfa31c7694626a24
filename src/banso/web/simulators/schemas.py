"""Scenarios of the simulators as programs keep them."""

import datetime as dt
from decimal import Decimal
from typing import Annotated, Literal

from ninja import Schema
from pydantic import Field

from banso.webkit.api.bodies import Body

SimulatorKind = Literal["fish", "growth", "pricing"]


class ScenariosQuery(Schema):
    """Of which simulator."""

    kind: SimulatorKind


class ScenarioOut(Schema):
    """The assumptions of a simulation under a name."""

    scenario_id: int
    kind: SimulatorKind
    name: str
    query: Annotated[
        str, Field(description="Of the address of the page, which shows it.")
    ]
    by: str
    at: dt.datetime


class ScenariosOut(Schema):
    """The scenarios of a simulator; everybody sees them all."""

    items: list[ScenarioOut]


class ScenarioIn(Body):
    """Assumptions to keep."""

    kind: SimulatorKind
    name: Annotated[str, Field(min_length=1, max_length=80, pattern=r"\S")]
    query: Annotated[str, Field(max_length=2000)] = ""


class SimulationQuery(Schema):
    """Under which assumptions."""

    query: Annotated[
        str,
        Field(
            max_length=2000,
            description="As a scenario keeps them: `churn=0.1&won=4`. What is left out"
            " or is no number begins as on the page, what is out of bounds stands at"
            " the nearest; `assumptions` says what was taken.",
        ),
    ] = ""
    currency: Annotated[
        str, Field(max_length=3, description="Left out: that with the most revenue.")
    ] = ""


class SimulationOut(Schema):
    """Where a simulation begins."""

    currency: str
    is_own: Annotated[
        bool, Field(description="False: nothing is known yet; it is an example.")
    ]
    month: Annotated[dt.date | None, Field(description="The last one that is counted.")]
    assumptions: dict[str, float]


class FishMonthOut(Schema):
    """A month on the way."""

    month: Annotated[int, Field(description="From 1.")]
    subscribers: float
    licence_revenue: Annotated[float, Field(description="With maintenance.")]
    subscription_revenue: Annotated[float, Field(description="With set-up fees.")]
    cost: float
    unchanged_revenue: Annotated[float, Field(description="Had nothing changed.")]
    unchanged_cost: float


class SmallerFishOut(Schema):
    """What one change alone would make of the fish."""

    change: str
    size: float
    ends: int | None


class FishOut(SimulationOut):
    """The fish: how much less it earns on the way, and for how long."""

    months: list[FishMonthOut]
    depth: Annotated[float, Field(description="The largest gap of a month.")]
    deepest: int | None
    begins: int | None
    ends: Annotated[int | None, Field(description="First month after the last gap.")]
    size: Annotated[float, Field(description="All gaps added up.")]
    overtakes: int | None
    reason: Annotated[str | None, Field(description="Why it does not begin or end.")]
    smaller: list[SmallerFishOut]


class GrowthLineOut(Schema):
    """Revenue month by month."""

    mrr: Annotated[list[float], Field(description="Today, then the end of each month.")]
    won: list[float]
    lost: Annotated[list[float], Field(description="Churn less expansion.")]
    stalls: Annotated[
        int | None, Field(description="First month that wins no more than it loses.")
    ]
    ceiling: Annotated[
        float | None, Field(description="Revenue at which both are equal.")
    ]
    nears: Annotated[
        int | None, Field(description="First month at nine tenths of the ceiling.")
    ]


class GrowthOut(SimulationOut):
    """As it is, with a point less churn, and with a point more acquisition."""

    present: GrowthLineOut
    keeping: GrowthLineOut
    winning: GrowthLineOut
    kept: Annotated[float, Field(description="MRR that keeping adds in the end.")]
    gained: Annotated[float, Field(description="MRR that winning adds in the end.")]
    points_worth: Annotated[
        float | None,
        Field(description="Points of acquisition that one of churn is worth."),
    ]


class TierOut(Schema):
    """A price up to so many seats."""

    seats: float
    price: float


class PricingModelOut(Schema):
    """What a pricing model would bring a month."""

    model: str
    reason: Annotated[str | None, Field(description="Why it cannot be simulated.")]
    before: Decimal | None = None
    revenue: Decimal | None = None
    margin: float | None = None
    swing: Annotated[
        float | None, Field(description="From month to month, over the mean.")
    ] = None
    spread: Annotated[
        float | None, Field(description="Between customers, over the mean.")
    ] = None
    at_risk: Annotated[
        int | None, Field(description="Whose price rises by `limit` or more.")
    ] = None
    base: Annotated[float | None, Field(description="A month; of one_off, once.")] = (
        None
    )
    unit: Annotated[
        float | None, Field(description="Per seat, unit of usage or outcome.")
    ] = None
    tiers: tuple[TierOut, ...] = ()


class PriceChangeOut(Schema):
    """A customer whose price changes most."""

    customer_id: str
    name: str | None
    pays: Annotated[float, Field(description="A month, today.")]
    would_pay: float
    chance: Annotated[
        float | None,
        Field(description="To leave within a year, as things stand; no effect of it."),
    ]


class PricingOut(SimulationOut):
    """All pricing models, and whose price one of them changes most."""

    chosen: Annotated[
        dict[str, str], Field(description="kind, usage, outcome, module; of `query`.")
    ]
    customers: int
    models: list[PricingModelOut]
    rising: list[PriceChangeOut]
    falling: list[PriceChangeOut]
