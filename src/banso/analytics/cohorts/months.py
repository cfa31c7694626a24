"""Months as whole numbers, so that ages are differences: January of year 0 is 0."""

import datetime as dt

import ibis
import ibis.expr.types as ir

from banso.analytics.rollups import whole


def month_number(day: dt.date) -> int:
    """Return the number of the month of a day."""
    return day.year * 12 + day.month - 1


def first_day(month: int) -> dt.date:
    """Return the first day of a month."""
    return dt.date(month // 12, month % 12 + 1, 1)


def last_day(month: int) -> dt.date:
    """Return the last day of a month."""
    return first_day(month + 1) - dt.timedelta(days=1)


def last_full_month(as_of: dt.date) -> int:
    """Return the newest month that is over at the end of a day."""
    return month_number(as_of + dt.timedelta(days=1)) - 1


def month_of(day: ir.DateValue) -> ir.IntegerValue:
    """Return the number of the month of a date column; null stays null."""
    return whole(day.year() * 12 + day.month() - 1, "int32")


def first_day_of(month: ir.IntegerValue) -> ir.DateValue:
    """Return the first day of a month column; null stays null."""
    return ibis.date(month // 12, month % 12 + 1, ibis.literal(1))
