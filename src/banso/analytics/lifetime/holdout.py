"""Forecasts of purchases beside what was bought later: in all weeks, in each tenth."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from banso.analytics.lifetime.buying import Buyers, BuyingModel

Floats = NDArray[np.float64]
TENTHS = 10


@dataclass(frozen=True)
class PeriodOfPurchases:
    """All repeat purchases of a period, as expected and as they were."""

    period: int  # from 0, since the first day
    is_later: bool  # after the last day that the model knew
    expected: float
    observed: float


@dataclass(frozen=True)
class TenthOfCustomers:
    """A tenth of the customers, by how much was expected of them."""

    tenth: int  # 1 is the lowest
    customers: int
    expected: float  # purchases per customer in the time that was held back
    observed: float


def by_period(
    model: BuyingModel, born: NDArray[np.generic], purchases: Floats, *, known: int
) -> Sequence[PeriodOfPurchases]:
    """Return expected and observed repeat purchases of all customers by period.

    Parameters
    ----------
    model
        Fitted on the first `known` periods.
    born
        (n,) when each customer bought first, in periods since the first day; all of
        them before `known`: customers that came later are in neither number.
    purchases
        (m,) repeat purchases of those customers in each period.
    known
        Periods that the model knew.

    """
    begun = np.asarray(born, dtype=np.float64)
    assert (begun < known).all(), "customers that the model knew"
    ends = np.arange(len(purchases) + 1, dtype=np.float64)
    # customers who began within one period share a curve, so sort once by distinct age
    starts, counts = np.unique(begun, return_counts=True)
    so_far = np.zeros(len(ends))
    for start, count in zip(starts, counts, strict=True):
        so_far += count * model.expected_since_first(np.maximum(ends - start, 0.0))
    expected = np.diff(so_far)
    return [
        PeriodOfPurchases(
            period, period >= known, float(expected[period]), float(purchases[period])
        )
        for period in range(len(purchases))
    ]


def by_tenth(
    model: BuyingModel, buyers: Buyers, later: Floats, *, within: float
) -> Sequence[TenthOfCustomers]:
    """Return expected and observed purchases of ten groups of customers.

    Parameters
    ----------
    model, buyers
        As of the last day that the model knew.
    later
        (n,) purchases of each customer in the time that was held back.
    within
        Its length, in the unit of the model.

    Returns
    -------
    sequence of TenthOfCustomers
        From the least expected to the most; customers of whom the same is expected
        stay in their order. Fewer when there are fewer than ten customers.

    """
    expected = model.expected(buyers, within=within)
    order = np.argsort(expected, kind="stable")
    groups = [group for group in np.array_split(order, TENTHS) if len(group)]
    return [
        TenthOfCustomers(
            place, len(group), float(expected[group].mean()), float(later[group].mean())
        )
        for place, group in enumerate(groups, start=1)
    ]
