"""Whom the company was in touch with lately, and how long that took."""

from collections.abc import Sequence

import ibis
import ibis.expr.types as ir
from ibis import _

from banso.analytics.rollups import company_day
from banso.kernel.zones import OffsetSpan

NEAR_DAYS = 28
FAR_DAYS = 90


def reached(
    tables: Sequence[ir.Table],
    *,
    day: int | ir.IntegerScalar,
    offsets: Sequence[OffsetSpan],
) -> ir.Table:
    """Return who was contacted in the last 28 and 90 days, and the minutes spent.

    Parameters
    ----------
    tables
        Live rows of ``interactions`` and ``participations``, at least one of them.
        Minutes are those of the first; of the second only attendance counts.
    day
        The as-of date as a day number; the last of the days that count.
    offsets
        The company's zone.

    Returns
    -------
    ir.Table
        One row per ``customer_id`` that was contacted within 90 days: ``contacted_28``
        (boolean) and ``minutes_90`` (float64; null when none were written down).

    """
    contacts = []
    for rows in tables:
        if "kind" in rows.columns:
            rows = rows.filter(rows.kind == "attended")  # noqa: PLW2901
        minutes = (
            rows.minutes.cast("float64")
            if "minutes" in rows.columns
            else ibis.null("float64")
        )
        contacts.append(
            rows.filter(
                rows.known_at.isnull() | (company_day(rows.known_at, offsets) <= day)
            ).select(
                "customer_id",
                day=company_day(rows.occurred_at, offsets),
                minutes=minutes,
            )
        )
    every = ibis.union(*contacts) if len(contacts) > 1 else contacts[0]
    late = every.filter(every.day > day - FAR_DAYS, every.day <= day)
    return late.group_by("customer_id").aggregate(
        contacted_28=(_.day > day - NEAR_DAYS).any(), minutes_90=_.minutes.sum()
    )
