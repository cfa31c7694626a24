"""Calendar periods that follow one another without a hole."""

import datetime as dt
from dataclasses import dataclass
from typing import Final, Self

import ibis
import ibis.expr.types as ir
from ibis import _

from banso.analytics.cohorts.months import first_day_of, month_number
from banso.analytics.literal_rows import literal_rows
from banso.analytics.revenue.movements import GRAIN_MONTHS, Grain
from banso.analytics.rollups import whole

MONTHS: Final = GRAIN_MONTHS


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


@dataclass(frozen=True)
class Calendar:
    """All periods, as numbers of their first month."""

    periods: ir.Table  # ``month`` (int32), in order, without a hole
    first: ir.IntegerScalar
    last: ir.IntegerScalar

    @classmethod
    def of(cls, days: tuple[dt.date, ...]) -> Self:
        """Return the calendar of some first days, written into the query."""
        months = [month_number(day) for day in days]
        rows = literal_rows([{"month": month} for month in months], {"month": "int32"})
        return cls(
            rows, ibis.literal(months[0], "int32"), ibis.literal(months[-1], "int32")
        )


def on_every_period(
    changes: ir.Table, keys: tuple[str, ...], calendar: Calendar
) -> ir.Table:
    """Return changes with a row for every period of every group, 0 where none was.

    Parameters
    ----------
    changes
        One row per `keys` and ``month`` (int32), numbers in every other column. A null
        key is a group of its own.
    keys
        What makes a group.
    calendar
        A change dated before its first period counts in that.

    """
    groups = changes.select(*keys).distinct()
    dense = groups.cross_join(calendar.periods)
    numbers = [name for name in changes.columns if name not in {*keys, "month"}]
    nothing = dense.select(
        *keys,
        "month",
        **{name: ibis.literal(0).cast(changes[name].type()) for name in numbers},
    )
    kept = changes.filter(changes.month <= calendar.last).mutate(
        month=whole(ibis.greatest(changes.month, calendar.first), "int32")
    )
    both = ibis.union(nothing, kept.select(*nothing.columns))
    return both.group_by(*keys, "month").aggregate(
        **{name: _[name].sum() for name in numbers}
    )


def as_period(months: ir.Table) -> ir.Table:
    """Return rows with ``period`` (date, its first day) in the place of ``month``."""
    return months.mutate(period=first_day_of(months.month)).drop("month")
