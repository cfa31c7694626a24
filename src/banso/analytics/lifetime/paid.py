"""What each customer paid in each month of its life, as an array."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
PLACES = 4  # of money: sums of steps are rounded to what the lake holds


@dataclass(frozen=True, eq=False)
class Paid:
    """Customers by age; months are counted as `banso.analytics.cohorts.months` does."""

    cohort: NDArray[np.int64]  # (n,) the month of the first paid line
    by_age: Floats  # (n, ages) at the end of each month of life; NaN: not seen
    # (n, ages) whether it was there: who pays may go on for nothing, as MRR is read
    there: Flags
    last: int  # the newest month that is over

    def at(self, month: int) -> Floats:
        """Return (n,) what each customer paid at the end of a month.

        0 before it came; NaN when the month was not seen.
        """
        age, place = self._places(month)
        return np.where(age < 0, 0.0, self.by_age[place])

    def is_there(self, month: int) -> Flags:
        """Return (n,) who was there at the end of a month, as far as it was seen."""
        age, place = self._places(month)
        return np.asarray((age >= 0) & self.there[place], dtype=np.bool_)

    def _places(
        self, month: int
    ) -> tuple[NDArray[np.int64], tuple[NDArray[np.int64], NDArray[np.int64]]]:
        age = month - self.cohort
        inside = np.clip(age, 0, self.by_age.shape[1] - 1)
        return age, (np.arange(len(self.cohort)), inside)

    def rows(self, chosen: Flags) -> "Paid":
        """Return some of the customers."""
        return Paid(
            self.cohort[chosen], self.by_age[chosen], self.there[chosen], self.last
        )


@dataclass(frozen=True, eq=False)
class Steps:
    """Rows of `customer_steps`: (m,) arrays."""

    customer: NDArray[np.int64]  # numbers from 0
    month: NDArray[np.int64]
    mrr: Floats  # by how much it changed
    present: NDArray[np.int64]  # 1: it came to be there; -1: it ceased to


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
    amounts, turns = np.zeros((customers, ages)), np.zeros((customers, ages))
    age = steps.month - cohort[steps.customer]
    known = steps.month <= last
    place = steps.customer[known], age[known]
    np.add.at(amounts, place, steps.mrr[known])
    np.add.at(turns, place, steps.present[known])
    amounts = np.asarray(np.cumsum(amounts, axis=1).round(PLACES), dtype=np.float64)
    there = np.asarray(np.cumsum(turns, axis=1) > 0, dtype=np.bool_)
    month = cohort[:, None] + np.arange(ages)
    unseen = (month > last) | (month < watched)
    amounts[unseen] = np.nan
    return Paid(cohort, amounts, there & ~unseen, last)
