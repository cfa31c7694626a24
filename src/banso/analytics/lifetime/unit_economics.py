"""What winning a customer costs, when it is earned back, and what is left of it."""

from dataclasses import dataclass
from typing import Final

from banso.analytics.figures.estimate import Estimate
from banso.analytics.lifetime.contract_value import ValueCurve

FEWEST_WON: Final = 5  # below, one customer more or less changes the cost too much


@dataclass(frozen=True)
class Payback:
    """The month of life by whose end a customer has earned what winning it cost."""

    months: int | None  # whole, from 1; null with a reason
    reason: str | None  # no_costs, not_reached, or why there is no value


def acquisition_cost(spent: float | None, won: int) -> Estimate:
    """Return what it cost to win one customer (CAC).

    Parameters
    ----------
    spent
        Everything spent on acquisition in a time, in one currency; null when no such
        costs are known.
    won
        Customers that began to pay in the same time.

    Returns
    -------
    Estimate
        Money per customer. ``no_costs`` when nothing is known of them: it is not
        free; ``too_few_customers`` below 5 won. The limits equal the value: both
        numbers are counted, not sampled.

    Notes
    -----
    Source: docs/definitions/unit-economics.md.

    """
    assert won >= 0, "customers are counted from 0"
    if spent is None:
        return Estimate.unknown("no_costs", n=won)
    if won < FEWEST_WON:
        return Estimate.unknown("too_few_customers", n=won)
    cost = spent / won
    return Estimate(cost, cost, cost, won)


def serving_margin(revenue: float, serving: float | None) -> Estimate:
    """Return the share of revenue that is left after the cost of serving.

    Parameters
    ----------
    revenue
        Recurring revenue of a time, in one currency.
    serving
        What serving cost in the same time; null when no such costs are known.

    Returns
    -------
    Estimate
        At most 1, below 0 when serving costs more than it brings. ``no_costs`` and
        ``no_revenue``. ``n`` is 0: it is no sample.

    """
    if serving is None:
        return Estimate.unknown("no_costs", n=0)
    if revenue <= 0:
        return Estimate.unknown("no_revenue", n=0)
    share = 1 - serving / revenue
    return Estimate(share, share, share, 0)


def payback(curve: ValueCurve, cost: Estimate) -> Payback:
    """Return when the value of a new customer reaches what winning it cost.

    Parameters
    ----------
    curve
        The margin of a new customer by month of life; those who leave are in it.
    cost
        Of winning one customer.

    Returns
    -------
    Payback
        ``not_reached`` when the months that were seen do not suffice: it may be later,
        or never.

    """
    if curve.reason or cost.value is None:
        return Payback(None, curve.reason or cost.reason)
    month = curve.month_reaching(cost.value)
    return Payback(month, None if month is not None else "not_reached")


def value_to_cost(value: Estimate, cost: Estimate) -> Estimate:
    """Return LTV over CAC.

    Parameters
    ----------
    value
        Of a new customer within a stated time.
    cost
        Of winning one, above 0.

    Returns
    -------
    Estimate
        A ratio; its interval is that of the value. The reason of whichever is missing;
        ``no_costs`` when winning cost nothing.

    """
    if value.value is None or value.low is None or value.high is None:
        assert value.reason is not None
        return Estimate.unknown(value.reason, n=value.n, events=value.events)
    if not cost.value:
        return Estimate.unknown(cost.reason or "no_costs", n=value.n)
    low, high = value.low / cost.value, value.high / cost.value
    return Estimate(value.value / cost.value, low, high, value.n, value.events)
