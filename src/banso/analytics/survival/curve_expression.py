"""Survival curves as an expression, for tables that stay where they are."""

from collections.abc import Sequence

import ibis
import ibis.expr.types as ir
from ibis import _

from banso.analytics.figures.intervals import normal_quantile


def survival_rows(
    table: ir.Table, *, duration: str, event: str, by: Sequence[str] = ()
) -> ir.Table:
    """Return the Kaplan-Meier curve of each group, as `survival_curve` has it.

    Parameters
    ----------
    table
        One row per customer: `duration` (number, at least 0) and `event` (boolean or
        0 and 1, whether the end was seen). Rows with null in either are left out.
    duration
        Column with the time from the start to the end or to the last day seen.
    event
        Column that says whether the end was seen.
    by
        Columns to draw a curve for each of.

    Returns
    -------
    ir.Table
        One row per `by` and distinct `duration`, in no order: ``time`` (as the
        duration), ``at_risk`` and ``events`` (int64), ``survival``, ``low`` and
        ``high`` (float64, 95 %). A group in which no end was seen has rows with
        survival 1 and null limits; a table without rows has none.

    Notes
    -----
    Source: as `survival_curve`, with which it is compared in
    tests/analytics/survival. Late entry and weights are there only.

    """
    known = table.select(
        *by, time=table[duration], event=table[event].cast("int64")
    ).filter(_.time.notnull(), _.event.notnull())
    if known.time.type().is_floating():
        known = known.filter(~_.time.isnan())
    ends = known.group_by([*by, "time"]).aggregate(
        exits=_.count(), events=_.event.sum()
    )
    groups = ibis.window(group_by=list(by))
    so_far = ibis.window(
        group_by=list(by), order_by=_.time, preceding=None, following=0
    )
    counted = ends.mutate(
        # A sum up to here streams; one from here on would not.
        at_risk=(_.exits.sum().over(groups) - _.exits.sum().over(so_far) + _.exits),
        seen=_.events.sum().over(groups),
    ).mutate(at_risk=_.at_risk.cast("int64"), events=_.events.cast("int64"))
    # Nobody stays at the last time alone, and 0 has no logarithm.
    stays = (counted.at_risk - counted.events).nullif(0)
    steps = counted.mutate(
        gone=stays.isnull(),
        log_step=(stays / counted.at_risk).ln().fill_null(0.0),
        term=(counted.events / counted.at_risk / stays).fill_null(0.0),
    )
    logs = steps.mutate(
        log=_.log_step.sum().over(so_far), variance=_.term.sum().over(so_far)
    )
    return _with_limits(logs, by)


def _with_limits(logs: ir.Table, by: Sequence[str]) -> ir.Table:
    reach = normal_quantile() * logs.variance.sqrt() / -logs.log.nullif(0.0)
    limits = logs.mutate(
        lower=(logs.log * reach.exp()).exp().fill_null(1.0),
        # Where the curve falls to 0 the upper limit stays where it was.
        upper=(logs.log / reach.exp()).exp().fill_null(1.0),
    )
    unseen, nobody = limits.seen == 0, ibis.null("float64")
    return limits.select(
        *by,
        "time",
        "at_risk",
        "events",
        survival=limits.gone.ifelse(0.0, limits.log.exp()),
        low=unseen.ifelse(nobody, limits.gone.ifelse(0.0, limits.lower)),
        high=unseen.ifelse(nobody, limits.upper),
    )
