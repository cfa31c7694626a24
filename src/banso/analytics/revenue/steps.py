"""What each customer pays since it came, step by step: what cohorts are made from."""

import ibis
import ibis.expr.types as ir
from ibis import _

from banso.analytics.cohorts.months import month_of
from banso.analytics.revenue.money import money
from banso.analytics.revenue.units import Numbers, customer_cohorts
from banso.analytics.rollups import whole
from banso.definitions.revenue import Reading


def customer_steps(
    units: ir.Table,
    changes: ir.Table,
    numbers: Numbers,
    *,
    last: int | ir.IntegerScalar,
    reading: Reading,
) -> ir.Table:
    """Return by how much each customer's MRR changed, month by month, since it came.

    What a customer pays at the end of a month is the sum of its steps up to it: the
    same MRR that movements and retention count, in the same reading. A customer that
    came, and was gone by the end of the month, has a row with steps of 0.

    Parameters
    ----------
    units
        Rows of `unit_steps` by month in `reading`, the whole among their groupings.
    changes
        Rows of `mrr_changes` that they were made from.
    numbers
        What they are numbered by.
    last
        The newest month that is over (`month_number`).
    reading
        Whether who left can count again.

    Returns
    -------
    ir.Table
        One row per ``customer_id``, ``currency`` and ``month`` (int32) with a change:
        ``cohort`` (int32, the month of the first payment; a customer on a free plan
        has not come yet), ``mrr`` (decimal step) and ``present`` (int64: 1 when it is
        there at the end of the month and was not before, -1 the other way round).

    """
    whole_units = units.filter(units.segment_no == 0)
    rows = whole_units.join(
        numbers.customers.select("customer_id", "customer_no"), "customer_no"
    ).join(numbers.currencies, "currency_no")
    first = customer_cohorts(changes)
    came = first.select("customer_id", cohort=month_of(first.first_paid))
    joined = rows.join(came, "customer_id")
    steps = joined.filter(joined.month >= joined.cohort, joined.month <= last).select(
        "customer_id",
        "currency",
        "month",
        "cohort",
        mrr=money(joined.change),
        present=whole(joined.arrived),
    )
    return _until_left(steps) if reading.reactivation == "none" else steps


def _until_left(steps: ir.Table) -> ir.Table:
    """Leave out what customers did after they were gone at the end of a month."""
    months = steps.group_by("customer_id", "month").aggregate(
        turn=whole(steps.present.sum())
    )
    so_far = ibis.window(group_by="customer_id", order_by="month", following=0)
    state = months.mutate(there=whole(months.turn.sum().over(so_far)))
    gone = state.filter(state.there == 0)
    left = gone.group_by("customer_id").aggregate(left=_.month.min())
    joined = steps.left_join(left, "customer_id")
    kept = joined.filter(joined.left.isnull() | (joined.month <= joined.left))
    return kept.select(*steps.columns)
