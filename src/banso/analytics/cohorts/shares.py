"""What is kept of a cohort: months put together into quarters and years, as shares."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from typing import Final, Literal

from banso.analytics.figures.intervals import wilson
from banso.analytics.figures.samples import FEWEST_CUSTOMERS

Period = Literal["month", "quarter", "year"]
Measure = Literal["customers", "money"]
PERIODS: Final[tuple[Period, ...]] = ("month", "quarter", "year")
MEASURES: Final[tuple[Measure, ...]] = ("customers", "money")
_MONTHS: Final[Mapping[Period, int]] = {"month": 1, "quarter": 3, "year": 12}


@dataclass(frozen=True)
class CohortMonth:
    """The customers of one month at one age, as the result tables hold them."""

    cohort: dt.date  # the first day of the month
    age: int  # months since, from 0
    customers: int
    people: int | None  # still there, or active; null: the month is not over
    money: Decimal | None  # null: not over, without money, or in several currencies
    currency: str | None
    reason: str | None
    is_early: bool = False  # who left, or came, before the data began is not in it


@dataclass(frozen=True)
class Kept:
    """What is kept at an age, as a share of what there was.

    ``value`` is null exactly when ``reason`` is set: ``not_all_reached`` (months of the
    cohort that did not reach the age yet), ``too_few_customers``,
    ``several_currencies`` or ``no_revenue``. Of money there is no interval: what each
    customer paid is not in the cohorts.
    """

    age: int
    customers: int  # of the cohort, or of the cohorts that reached the age
    value: float | None = None
    low: float | None = None
    high: float | None = None
    reason: str | None = None


@dataclass(frozen=True)
class CohortLine:
    """One cohort by age, or several taken together."""

    start: dt.date | None  # the first day of the period; null: several together
    customers: int
    cells: tuple[Kept, ...]  # by age, from 0
    is_growing: bool = False  # the period is not over: customers still come to it
    is_early: bool = False

    def at(self, age: int) -> Kept | None:
        """Return the cell of an age; null when nobody has reached it."""
        return self.cells[age] if age < len(self.cells) else None


def cohort_lines(
    rows: Sequence[CohortMonth],
    *,
    period: Period,
    measure: Measure,
    last: dt.date,
) -> Sequence[CohortLine]:
    """Return what is kept of the cohorts of months, quarters or years, by age.

    Parameters
    ----------
    rows
        Of one segment; one for each month and age.
    period
        Of the cohorts. The age counts from each customer's own month, so all of a
        quarter have the same age.
    measure
        Customers, or money over that of age 0 (expansion is in it: it may exceed 1).
    last
        The last day known.

    Returns
    -------
    sequence of CohortLine
        The oldest first. A cell has a number only when all months of its cohort have
        reached the age, and a reason when some have.

    Notes
    -----
    Source: docs/definitions/cohorts.md. Checked in tests/analytics/cohorts by hand.

    """
    ordered = sorted(rows, key=lambda row: (row.cohort, row.age))
    groups = groupby(ordered, key=lambda row: _start(row.cohort, period))
    return [_line(start, list(mine), period, measure, last) for start, mine in groups]


def pooled_line(rows: Sequence[CohortMonth], *, measure: Measure) -> CohortLine:
    """Return what is kept of all cohorts together, by age.

    Each age counts the cohorts that have reached it, so the customers behind a number
    become fewer with age. Cohorts from before the data began are left out: of them
    only those who stayed are known.
    """
    counted = [row for row in rows if not row.is_early]
    heads = {row.cohort: row.customers for row in counted}
    return CohortLine(
        start=None,
        customers=sum(heads.values()),
        cells=tuple(
            _cell(age, [row for row in counted if row.age == age], counted, measure)
            for age in range(_ages(counted))
        ),
        is_early=len(counted) < len(rows),
    )


def _line(
    start: dt.date,
    rows: Sequence[CohortMonth],
    period: Period,
    measure: Measure,
    last: dt.date,
) -> CohortLine:
    heads = {row.cohort: row.customers for row in rows}
    cells = []
    for age in range(_ages(rows)):
        there = [row for row in rows if row.age == age and row.people is not None]
        if len(there) < len(heads):
            total = sum(heads.values())
            cells.append(Kept(age, total, reason="not_all_reached"))
        else:
            cells.append(_cell(age, there, rows, measure))
    return CohortLine(
        start=start,
        customers=sum(heads.values()),
        cells=tuple(cells),
        is_growing=period_end(start, period) > last,
        is_early=any(row.is_early for row in rows),
    )


def _ages(rows: Sequence[CohortMonth]) -> int:
    """Return how many ages some cohort has reached."""
    return 1 + max((row.age for row in rows if row.people is not None), default=-1)


def _cell(
    age: int,
    rows: Sequence[CohortMonth],
    others: Sequence[CohortMonth],
    measure: Measure,
) -> Kept:
    there = [row for row in rows if row.people is not None]
    size = sum(row.customers for row in there)
    if size < FEWEST_CUSTOMERS:
        return Kept(age, size, reason="too_few_customers")
    if measure == "customers":
        share = sum(row.people or 0 for row in there) / size
        low, high = wilson(share, size)
        return Kept(age, size, share, low, high)
    return _money_cell(age, size, there, others)


def _money_cell(
    age: int, size: int, there: Sequence[CohortMonth], others: Sequence[CohortMonth]
) -> Kept:
    cohorts = {row.cohort for row in there}
    first = [row for row in others if row.age == 0 and row.cohort in cohorts]
    amounts = [*there, *first]
    if len({row.currency for row in amounts}) > 1 or any(r.reason for r in amounts):
        return Kept(age, size, reason="several_currencies")
    before = sum((row.money or Decimal(0) for row in first), Decimal(0))
    if before <= 0:
        return Kept(age, size, reason="no_revenue")
    now = sum((row.money or Decimal(0) for row in there), Decimal(0))
    return Kept(age, size, float(now / before))


def _start(month: dt.date, period: Period) -> dt.date:
    months = _MONTHS[period]
    return month.replace(month=(month.month - 1) // months * months + 1, day=1)


def period_end(start: dt.date, period: Period) -> dt.date:
    """Return the last day of a period."""
    number = start.year * 12 + start.month - 1 + _MONTHS[period]
    return dt.date(number // 12, number % 12 + 1, 1) - dt.timedelta(days=1)
