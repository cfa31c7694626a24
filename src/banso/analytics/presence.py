"""When customers are there: from the first day of a contract line to the last."""

from collections.abc import Sequence

import ibis
import ibis.expr.types as ir
from ibis import _

from banso.analytics.measures import Measure
from banso.analytics.rollups import first_days, running_steps
from banso.kernel.zones import OffsetSpan
from banso.tables.registry import TABLES

OPEN_LINES = Measure("subscriptions", "running")


def contract_presence(
    subscriptions: ir.Table, *, offsets: Sequence[OffsetSpan]
) -> ir.Table:
    """Return by how many contract lines more or fewer are open, per customer and day.

    Returns
    -------
    ir.Table
        ``customer_id``, ``day`` (int32), ``step`` (int64, signed, never 0).

    """
    steps = running_steps(
        subscriptions, TABLES["subscriptions"], OPEN_LINES, offsets=offsets
    )
    return steps.select("customer_id", "day", step=_.step.cast("int64"))


def traced_presence(rollups: Sequence[ir.Table]) -> ir.Table:
    """Return presence for a business without contracts: from the first trace on.

    Nobody ever leaves by this rule; whether a silent customer is lost is then a
    question for a forecast, not for the contract file.
    """
    return first_days(rollups).mutate(step=ibis.literal(1, "int64"))
