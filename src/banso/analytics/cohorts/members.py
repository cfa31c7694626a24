"""Who is behind a number of a cohort: its customers, and what each pays by then."""

import ibis
import ibis.expr.types as ir
from ibis import _

from banso.analytics.cohorts.contract import MONEY
from banso.analytics.cohorts.months import first_day_of
from banso.analytics.rollups import whole


def cohort_members(steps: ir.Table, *, age: int) -> ir.Table:
    """Return the customers of cohorts as they stand at an age.

    Parameters
    ----------
    steps
        Rows of `customer_steps` of the customers that are asked for.
    age
        Months since each customer's own first one, from 0.

    Returns
    -------
    ir.Table
        One row per ``customer_id``: ``cohort`` (date, the first day of its first
        month), ``is_there`` (boolean, at the end of the month of that age), ``mrr`` and
        ``mrr_first`` (decimal: what it pays then, and paid at the end of its first
        month; null in several currencies) and ``currency`` (null likewise).

    Notes
    -----
    The sums over the customers of a cohort are its row of `contract_cohorts`. Source:
    docs/definitions/cohorts.md. Checked in tests/analytics/cohorts.

    """
    inside = steps.filter(steps.month <= steps.cohort + age)
    rows = inside.group_by("customer_id", "cohort").aggregate(
        present=whole(inside.present.sum()),
        mrr=inside.mrr.sum().cast(MONEY),
        mrr_first=inside.mrr.sum(where=inside.month == inside.cohort).cast(MONEY),
        currency=_.currency.min(),
        last_currency=_.currency.max(),
    )
    one = rows.currency == rows.last_currency
    nothing = ibis.null(MONEY)
    return rows.select(
        "customer_id",
        cohort=first_day_of(rows.cohort),
        is_there=rows.present > 0,
        mrr=ibis.ifelse(one, rows.mrr, nothing),
        mrr_first=ibis.ifelse(one, rows.mrr_first, nothing),
        currency=ibis.ifelse(one, rows.currency, ibis.null("string")),
    )
