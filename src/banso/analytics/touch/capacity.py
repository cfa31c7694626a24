"""How many people it takes to look after customers whose number grows."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from banso.analytics.touch.placing import WEEKS_A_MONTH

LONGEST: Final = 60  # months
_ROUNDING: Final = 1e-9

Bound = Literal["hours", "places"]


@dataclass(frozen=True)
class Care:
    """What one touch model takes."""

    customers: float  # today
    hours: float  # a month, for each
    most: int | None = None  # for one person; None: any number


@dataclass(frozen=True)
class CapacityPlan:
    """The assumptions."""

    care: Mapping[str, Care]  # by touch model
    people: int  # today
    hours_per_week: float  # of one person that go to customers, above 0
    growth: float  # of the number of customers in a year; -0.1: a tenth fewer
    months: int = 12

    def __post_init__(self) -> None:
        """Assert that the assumptions can be computed with."""
        assert self.hours_per_week > 0, "somebody has time"
        assert self.growth > -1, "it does not fall below nobody"
        assert 0 <= self.months <= LONGEST, "a plan, no prophecy"

    @property
    def hours_of_one(self) -> float:
        """The hours of one person in a month."""
        return self.hours_per_week * WEEKS_A_MONTH


@dataclass(frozen=True)
class CapacityMonth:
    """What a month takes."""

    month: int  # from now; 0 is today
    customers: Mapping[str, float]  # by touch model
    hours: Mapping[str, float]  # likewise
    needed: float  # people, as a fraction
    head_count: int  # people, whole
    bound: Bound  # what takes the most people

    @property
    def hours_needed(self) -> float:
        """The hours of all touch models."""
        return sum(self.hours.values())


@dataclass(frozen=True)
class Capacity:
    """A plan month by month."""

    months: Sequence[CapacityMonth]
    hours_there: float  # a month, of the people of today
    full_from: int | None  # the first month that needs more people; None: none does

    @property
    def last(self) -> CapacityMonth:
        """The end of the plan."""
        return self.months[-1]


def capacity(plan: CapacityPlan) -> Capacity:
    """Return how many people the customers take, month by month.

    Every touch model grows alike: by the share that makes the growth of a year in
    twelve months. A person has so many hours, and so many customers of each touch
    model; whichever takes more people counts.

    Parameters
    ----------
    plan
        The assumptions.

    Returns
    -------
    Capacity
        ``months + 1`` months, today first.

    Notes
    -----
    Source: docs/definitions/touch.md, where a plan is worked out by hand.

    """
    months = [_month(plan, month) for month in range(plan.months + 1)]
    full = (each.month for each in months if each.head_count > plan.people)
    return Capacity(months, plan.people * plan.hours_of_one, next(full, None))


def _month(plan: CapacityPlan, month: int) -> CapacityMonth:
    grown = (1 + plan.growth) ** (month / 12)
    customers = {key: care.customers * grown for key, care in plan.care.items()}
    hours = {key: customers[key] * care.hours for key, care in plan.care.items()}
    by_hours = sum(hours.values()) / plan.hours_of_one
    by_places = max(
        (customers[k] / care.most for k, care in plan.care.items() if care.most),
        default=0.0,
    )
    needed = max(by_hours, by_places)
    return CapacityMonth(
        month=month,
        customers=customers,
        hours=hours,
        needed=needed,
        head_count=math.ceil(needed - _ROUNDING),
        bound="hours" if by_hours >= by_places else "places",
    )
