"""Calendar arithmetic of the as-of grid."""

import datetime as dt
from collections.abc import Sequence

SUNDAY = 6  # dt.date.weekday()


def weekly_as_of(first: dt.date, last: dt.date) -> tuple[dt.date, ...]:
    """Return the as-of dates of a history: each Sunday from `first`, then `last`.

    A week ends on Sunday (ISO 8601), so an as-of date closes whole weeks and a daily
    run adds at most one date that the next run drops again. `last` is always there.

    Parameters
    ----------
    first, last
        Days, both inclusive.

    Returns
    -------
    tuple of date
        Ascending and without repetition; empty when `first` is after `last`.

    """
    if first > last:
        return ()
    sunday = first + dt.timedelta(days=(SUNDAY - first.weekday()) % 7)
    dates: list[dt.date] = []
    while sunday < last:
        dates.append(sunday)
        sunday += dt.timedelta(days=7)
    return (*dates, last)


def month_of(day: dt.date) -> str:
    """Return the calendar month of `day` as ``2026-11``."""
    return f"{day:%Y-%m}"


def months_between(first: dt.date, last: dt.date) -> Sequence[str]:
    """Return the calendar months that `first` to `last` (inclusive) touch."""
    months = []
    year, month = first.year, first.month
    while (year, month) <= (last.year, last.month):
        months.append(f"{year:04d}-{month:02d}")
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)
    return months
