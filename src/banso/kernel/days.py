"""Calendar arithmetic of the as-of grid."""

import datetime as dt

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


def quarter_of(day: dt.date) -> str:
    """Return the calendar quarter of `day` as ``2026-Q4``."""
    return f"{day.year:04d}-Q{(day.month + 2) // 3}"


def refit_day(day: dt.date, *, quarterly: bool = False) -> dt.date:
    """Return the day by which everything was known to what is used on `day`.

    It is the last Sunday before the month (or the quarter) of `day` began: so what is
    said of a day does not depend on how late in the month it is said.
    """
    month = (day.month - 1) // 3 * 3 + 1 if quarterly else day.month
    first = day.replace(month=month, day=1)
    return first - dt.timedelta(days=(first.weekday() - SUNDAY) % 7 or 7)


def next_refit(day: dt.date, *, quarterly: bool = False) -> dt.date:
    """Return the first day on which another `refit_day` holds than on `day`."""
    months = 2 - (day.month - 1) % 3 if quarterly else 0
    return month_end(day, months_before=-months) + dt.timedelta(days=1)


def month_end(day: dt.date, *, months_before: int = 0) -> dt.date:
    """Return the last day of the month that lies so many months before that of `day`.

    Parameters
    ----------
    day
        Any day of a month.
    months_before
        0 for its own month.

    """
    following = day.year * 12 + day.month - months_before
    return dt.date(following // 12, following % 12 + 1, 1) - dt.timedelta(days=1)


def closed_day(day: dt.date, *, quarterly: bool = False) -> dt.date:
    """Return the last day of the month (or quarter) before that of `day`."""
    months = (day.month - 1) % 3 + 1 if quarterly else 1
    return month_end(day, months_before=months)


def months_earlier(day: dt.date, months: int) -> dt.date:
    """Return the same day so many months before, or the last one of a shorter month."""
    last = month_end(day, months_before=months)
    return last.replace(day=min(day.day, last.day))
