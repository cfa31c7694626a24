"""Reading where simulations begin, what they say, and the scenarios that are kept."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.db.models import QuerySet
from django.http import Http404

from banso.web.customers import queries as customers
from banso.web.simulators.models import Scenario

EXAMPLE_CURRENCY: Final = "JPY"
KINDS: Final = tuple(Scenario.Kind.values)


@dataclass(frozen=True)
class Start:
    """The last twelve months in one currency, or an example when nothing is known."""

    currency: str
    currencies: Sequence[str]  # all that the company is paid in
    is_own: bool  # counted from the company's own data
    month: dt.date | None  # the last month that is over
    mrr: float
    customers: int
    won: float  # customers in twelve months
    won_mrr: float
    churn: float  # of MRR, a year
    customer_churn: float
    expansion: float
    serving_cost: float | None  # of twelve months
    has_rates: bool  # churn and expansion are counted, too


EXAMPLE: Final = Start(
    currency=EXAMPLE_CURRENCY,
    currencies=(),
    is_own=False,
    month=None,
    mrr=10_000_000.0,
    customers=200,
    won=48,
    won_mrr=2_400_000.0,
    churn=0.12,
    customer_churn=0.12,
    expansion=0.03,
    serving_cost=None,
    has_rates=False,
)


def start_of(currency: str = "") -> Start:
    """Return where simulations begin: the currency asked for, or the largest."""
    reader = customers.published_reader()
    rows = [] if reader is None else reader.findings("starting_point")
    rows = [row for row in rows if row["customers"]]
    if not rows:
        return EXAMPLE
    rows.sort(key=lambda row: int(str(row["place"])))
    row = next((each for each in rows if each["currency"] == currency), rows[0])
    return _start(row, [str(each["currency"]) for each in rows])


def list_scenarios(kind: str) -> QuerySet[Scenario]:
    """Return the scenarios of a simulator; everybody sees them all."""
    return Scenario.objects.filter(kind=kind).select_related("by")


def get_scenario(scenario_id: int, *, lock: bool = False) -> Scenario:
    """Return a scenario, or answer 404."""
    scenarios = Scenario.objects.select_for_update() if lock else Scenario.objects.all()
    scenario = scenarios.filter(pk=scenario_id).first()
    if scenario is None:
        raise Http404
    return scenario


def told(scenario: Scenario) -> dict[str, object]:
    """Return a scenario as values, for programs."""
    names = ("kind", "name", "query", "at")
    plain = {name: getattr(scenario, name) for name in names}
    return {"scenario_id": scenario.pk, "by": scenario.by.email, **plain}


def _start(row: Mapping[str, object], currencies: Sequence[str]) -> Start:
    def number(name: str) -> float | None:
        value = row[name]
        return None if value is None else float(str(value))

    churn, customer_churn = number("churn"), number("customer_churn")
    month = row["month"]
    assert isinstance(month, dt.date), "a date column"
    return Start(
        currency=str(row["currency"]) or EXAMPLE_CURRENCY,
        currencies=currencies,
        is_own=True,
        month=month,
        mrr=number("mrr") or 0.0,
        customers=int(str(row["customers"])),
        won=number("won") or 0.0,
        won_mrr=number("won_mrr") or 0.0,
        churn=EXAMPLE.churn if churn is None else churn,
        customer_churn=EXAMPLE.customer_churn
        if customer_churn is None
        else customer_churn,
        expansion=number("expansion") or 0.0,
        serving_cost=number("serving_cost"),
        has_rates=churn is not None,
    )
