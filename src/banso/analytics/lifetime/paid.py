"""What each customer paid in each month of its life, as an array."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
PLACES = 4  # of money: sums of steps are rounded to what the lake holds


@dataclass(frozen=True, eq=False)
class Paid:
    """Customers by age; months are counted as `banso.analytics.cohorts.months` does."""

    cohort: NDArray[np.int64]  # (n,) the month of the first paid line
    by_age: Floats  # (n, ages) at the end of each month of life; NaN: not seen
    last: int  # the newest month that is over

    def at(self, month: int) -> Floats:
        """Return (n,) what each customer paid at the end of a month.

        0 before it came; NaN when the month was not seen.
        """
        age = month - self.cohort
        inside = np.clip(age, 0, self.by_age.shape[1] - 1)
        found = self.by_age[np.arange(len(self.cohort)), inside]
        return np.where(age < 0, 0.0, found)

    def rows(self, chosen: NDArray[np.bool_]) -> "Paid":
        """Return some of the customers."""
        return Paid(self.cohort[chosen], self.by_age[chosen], self.last)


@dataclass(frozen=True, eq=False)
class Steps:
    """Rows of `contract_steps`: (m,) arrays."""

    customer: NDArray[np.int64]  # numbers from 0
    month: NDArray[np.int64]
    mrr: Floats  # by how much it changed


def paid_by_age(steps: Steps, *, customers: int, last: int, watched: int) -> Paid:
    """Return what customers paid by month of life.

    Parameters
    ----------
    steps
        All of them, each customer with at least one.
    customers
        How many there are.
    last
        The newest month that is over. Customers who came later are not in it, but keep
        their place: all they have is NaN.
    watched
        The first month from which on leavings were written down; earlier months are
        not seen.

    """
    cohort = np.full(customers, np.iinfo(np.int64).max)
    np.minimum.at(cohort, steps.customer, steps.month)
    first = int(cohort.min()) if customers else last
    ages = max(1, last - first + 1)
    amounts = np.zeros((customers, ages))
    age = steps.month - cohort[steps.customer]
    known = steps.month <= last
    np.add.at(amounts, (steps.customer[known], age[known]), steps.mrr[known])
    amounts = np.asarray(np.cumsum(amounts, axis=1).round(PLACES), dtype=np.float64)
    month = cohort[:, None] + np.arange(ages)
    amounts[(month > last) | (month < watched)] = np.nan
    return Paid(cohort, amounts, last)
