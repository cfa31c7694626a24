"""Where a simulation begins: the business of the last twelve months, counted."""

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from banso.analytics.lifetime.paid import Paid

YEAR: Final = 12
Reason = Literal["no_customers", "less_than_a_year"]


@dataclass(frozen=True)
class StartingPoint:
    """Twelve months, from the end of one month to the end of another.

    Money is recurring revenue per month. Rates are null with `reason`.
    """

    customers: int  # there at the end
    mrr: float
    customers_before: int  # there twelve months earlier
    mrr_before: float
    won: int  # customers that came in between
    won_mrr: float  # what they paid at the end of their first month
    churn: float | None  # share of the earlier MRR whose customers are gone
    customer_churn: float | None  # share of the earlier customers that are gone
    expansion: float | None  # by which those who stayed pay more
    reason: Reason | None


def starting_point(paid: Paid) -> StartingPoint:
    """Return where the business stands, and what the last twelve months did to it.

    Parameters
    ----------
    paid
        All customers, in one currency.

    Returns
    -------
    StartingPoint
        ``no_customers`` when nobody pays at the end or paid twelve months before;
        ``less_than_a_year`` when that month was not seen.

    Notes
    -----
    Net of what came back: who left and returned within the year has stayed. Source:
    docs/definitions/growth-model.md. Checked in tests/analytics/simulators.

    """
    now, before = paid.at(paid.last), paid.at(paid.last - YEAR)
    unseen = np.isnan(before).any() or paid.last - YEAR < _first(paid)
    now, before = np.nan_to_num(now), np.nan_to_num(before)
    came = (paid.cohort > paid.last - YEAR) & (paid.cohort <= paid.last)
    first = np.nan_to_num(paid.by_age[:, 0]) if len(paid.cohort) else now
    is_there, was = paid.is_there(paid.last), paid.is_there(paid.last - YEAR)
    gone = was & ~is_there
    stayed = was & ~gone
    reason: Reason | None = None
    if unseen or not before.any() or not now.any():
        reason = "less_than_a_year" if unseen else "no_customers"
    base = float(before[stayed].sum())
    return StartingPoint(
        customers=int(is_there.sum()),
        mrr=float(now.sum()),
        customers_before=int(was.sum()),
        mrr_before=float(before.sum()),
        won=int(came.sum()),
        won_mrr=float(first[came].sum()),
        churn=None if reason else float(before[gone].sum() / before.sum()),
        customer_churn=None if reason else float(gone.sum() / was.sum()),
        expansion=None if reason or not base else float(now[stayed].sum()) / base - 1,
        reason=reason,
    )


def _first(paid: Paid) -> int:
    return int(paid.cohort.min()) if len(paid.cohort) else paid.last
