"""Calendar periods that follow one another without a hole."""

import datetime as dt
from typing import Final

import ibis
import ibis.expr.types as ir
from ibis import _

from banso.analytics.literal_rows import literal_rows
from banso.analytics.revenue.movements import Grain

MONTHS: Final = {"month": 1, "quarter": 3, "year": 12}


def first_day(day: dt.date, grain: Grain) -> dt.date:
    """Return the first day of the period that `day` lies in."""
    months = MONTHS[grain]
    return day.replace(month=(day.month - 1) // months * months + 1, day=1)


def next_first_day(period: dt.date, grain: Grain) -> dt.date:
    """Return the first day of the period after one."""
    month = period.year * 12 + period.month - 1 + MONTHS[grain]
    return dt.date(month // 12, month % 12 + 1, 1)


def periods(first: dt.date, last: dt.date, grain: Grain) -> tuple[dt.date, ...]:
    """Return the first day of each period from that of `first` to that of `last`."""
    found = []
    period = first_day(first, grain)
    while period <= last:
        found.append(period)
        period = next_first_day(period, grain)
    return tuple(found)


def on_every_period(
    changes: ir.Table, keys: tuple[str, ...], all_periods: tuple[dt.date, ...]
) -> ir.Table:
    """Return changes with a row for every period of every group, 0 where none was.

    Parameters
    ----------
    changes
        One row per `keys` and ``period``, numbers in every other column. A null key is
        a group of its own.
    keys
        What makes a group.
    all_periods
        In order, at least one; a change dated before the first one counts in it.

    """
    calendar = literal_rows(
        [{"period": period} for period in all_periods], {"period": "date"}
    )
    groups = changes.select(*keys).distinct()
    dense = groups.cross_join(calendar)
    numbers = [name for name in changes.columns if name not in {*keys, "period"}]
    nothing = dense.select(
        *keys,
        "period",
        **{name: ibis.literal(0).cast(changes[name].type()) for name in numbers},
    )
    kept = changes.filter(changes.period <= all_periods[-1]).mutate(
        period=ibis.greatest(changes.period, ibis.literal(all_periods[0]))
    )
    both = ibis.union(nothing, kept.select(*nothing.columns))
    return both.group_by(*keys, "period").aggregate(
        **{name: _[name].sum() for name in numbers}
    )
