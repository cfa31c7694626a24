"""What each touch model holds today: customers, value, time, reach and cost."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from banso.analytics.figures.proportions import proportion

COST_MONTHS: Final = 3  # closed ones, that a month's cost is the mean of
CONTINUED_DAYS: Final = 365


@dataclass(frozen=True)
class Spending:
    """What was spent on customer success in some months, in one currency."""

    by_touch: Mapping[str, float]  # booked on a touch model, or on its customers
    shared: float  # booked on neither, to be divided
    months: int


@dataclass(frozen=True)
class TouchCost:
    """What a touch model costs in a month."""

    cost: float | None
    reason: str | None  # no_costs, no_rate


@dataclass(frozen=True)
class Continuation:
    """How many of those that were customers a year before still are."""

    n: int
    kept: int
    rate: float | None
    low: float | None
    high: float | None
    reason: str | None  # too_few_customers


def costs(
    spending: Spending | None, minutes: Mapping[str, float], touches: Sequence[str]
) -> Mapping[str, TouchCost]:
    """Return what each touch model costs in a month.

    Parameters
    ----------
    spending
        What was spent; None: nothing is known.
    minutes
        Time written down for the customers of each touch model. What was booked on
        none is divided by it; where nobody wrote any down, it is left out.
    touches
        The touch models to tell of.

    Notes
    -----
    Source: docs/definitions/touch.md.

    """
    if spending is None:
        return {touch: TouchCost(None, "no_costs") for touch in touches}
    whole = sum(minutes.values())
    found = {}
    for touch in touches:
        share = minutes.get(touch, 0.0) / whole if whole > 0 else 0.0
        spent = spending.by_touch.get(touch, 0.0) + spending.shared * share
        is_known = touch in spending.by_touch or (spending.shared > 0 and whole > 0)
        found[touch] = (
            TouchCost(spent / spending.months, None)
            if is_known
            else TouchCost(None, "no_costs")
        )
    return found


def continuation(n: int, kept: int) -> Continuation:
    """Return the share that stayed, with Wilson's interval."""
    found = proportion(kept, n)
    return Continuation(n, kept, found.value, found.low, found.high, found.reason)
