"""The success funnel: customers × onboarding rate × adoption rate."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from banso.analytics.figures.proportions import proportion

Period = Literal["month", "quarter", "year", "all"]
PERIODS: Final[tuple[Period, ...]] = ("month", "quarter", "year", "all")


@dataclass(frozen=True)
class Cohort:
    """The customers who started in one period."""

    period: Period
    start: dt.date  # the first day of the period; of all: 1970-01-01

    @classmethod
    def of(cls, month: dt.date, period: Period) -> "Cohort":
        """Return the cohort that holds everybody who started in a month."""
        match period:
            case "month":
                return cls(period, month)
            case "quarter":
                return cls(period, month.replace(month=(month.month - 1) // 3 * 3 + 1))
            case "year":
                return cls(period, month.replace(month=1))
            case "all":
                return cls(period, dt.date(1970, 1, 1))


@dataclass(frozen=True)
class FunnelRow:
    """The funnel of one cohort on one date; ratios 0 to 1, with 95 % intervals.

    ``customers`` × ``onboarding_rate`` × ``adoption_rate`` is ``successful``, exactly.
    """

    as_of: dt.date
    period: Period  # over how long its customers started
    cohort: dt.date  # the first day of that period
    customers: int  # had the time to be onboarded, and are told of
    early: int  # still have the time, and are not in `customers`
    unknown: int  # the data do not tell, and are not in `customers` either
    not_onboarded: int  # in time, or left before
    onboarded: int
    left: int  # of the onboarded
    not_adopting: int  # of the onboarded
    successful: int | None  # null: of nobody who is there the data tell
    onboarding_rate: float | None
    onboarding_low: float | None
    onboarding_high: float | None
    adoption_rate: float | None  # of the onboarded; null when nobody was
    adoption_low: float | None
    adoption_high: float | None


@dataclass(frozen=True)
class SuccessRow:
    """The successful customers of one date, and how many a CSM has of them."""

    as_of: dt.date
    successful: int | None
    csms: int | None  # null: no conversation says who was at work
    successful_per_csm: float | None


def funnel_row(as_of: dt.date, cohort: Cohort, counts: Mapping[str, int]) -> FunnelRow:
    """Return the funnel over the customers in each state.

    Parameters
    ----------
    as_of, cohort
        Of whom.
    counts
        Customers by `states.STATES`; a state that is not there has none.

    Returns
    -------
    FunnelRow
        A rate of nobody is null. So are the successful and their rate when it is not
        told of anybody who is there whether it adopts: before the history of use.

    Notes
    -----
    Source: docs/definitions/success-funnel.md; intervals by Wilson (1927).

    """
    successful = counts.get("successful", 0)
    there = successful + counts.get("not_adopting", 0)
    onboarded = there + counts.get("left", 0)
    is_told = bool(there) or not counts.get("unknown", 0)
    customers = onboarded + counts.get("not_onboarded", 0)
    first = proportion(onboarded, customers)
    second = proportion(*((successful, onboarded) if is_told else (0, 0)))
    return FunnelRow(
        as_of=as_of,
        period=cohort.period,
        cohort=cohort.start,
        customers=customers,
        early=counts.get("early", 0),
        unknown=counts.get("unknown", 0),
        not_onboarded=counts.get("not_onboarded", 0),
        onboarded=onboarded,
        left=counts.get("left", 0),
        not_adopting=counts.get("not_adopting", 0),
        successful=successful if is_told else None,
        onboarding_rate=first.value,
        onboarding_low=first.low,
        onboarding_high=first.high,
        adoption_rate=second.value,
        adoption_low=second.low,
        adoption_high=second.high,
    )


def success_row(funnel: FunnelRow, csms: int | None) -> SuccessRow:
    """Return how many successful customers there are for each CSM at work."""
    count = funnel.successful
    ratio = None if not csms or count is None else count / csms
    return SuccessRow(funnel.as_of, count, csms or None, ratio)
