"""When people in Japan work: weekdays, holidays, and the fiscal year."""

import datetime as dt

import numpy as np
from numpy.typing import NDArray

_FIXED_HOLIDAYS = {
    (1, 1), (1, 2), (1, 3), (2, 11), (2, 23), (4, 29), (5, 3), (5, 4), (5, 5),
    (8, 11), (11, 3), (11, 23), (12, 29), (12, 30), (12, 31),
}  # fmt: skip
_HAPPY_MONDAYS = {1: 2, 7: 3, 9: 3, 10: 2}  # month: which Monday
_BY_MONTH = (0.97, 0.98, 1.18, 1.03, 0.96, 1.02, 1.0, 0.9, 1.02, 1.03, 1.0, 1.04)


def is_holiday(day: dt.date) -> bool:
    """Return whether offices in Japan are closed on a weekday."""
    if (day.month, day.day) in _FIXED_HOLIDAYS:
        return True
    if day.weekday() == 0 and _HAPPY_MONDAYS.get(day.month) == (day.day + 6) // 7:
        return True
    equinox = {3: 20, 9: 23}.get(day.month)
    if equinox == day.day:
        return True
    # A holiday on a Sunday moves to the Monday.
    before = day - dt.timedelta(days=1)
    return before.weekday() == 6 and (before.month, before.day) in _FIXED_HOLIDAYS


def _weight(day: dt.date) -> float:
    if day.weekday() >= 5:
        base = 0.05
    elif is_holiday(day):
        base = 0.04
    elif day.month == 8 and 13 <= day.day <= 15:
        base = 0.45  # Obon: many are away
    elif day.month in {4, 5} and (day.month, day.day) in {(4, 30), (5, 1), (5, 2)}:
        base = 0.6  # between the holidays of the Golden Week
    else:
        base = 1.0
    closing = day.day <= 4 or (day + dt.timedelta(days=3)).month != day.month
    return base * _BY_MONTH[day.month - 1] * (1.35 if closing else 1.0)


def day_weights(first: dt.date, days: int) -> NDArray[np.float64]:
    """Return how busy each day is; a whole year has a mean of about 1."""
    weights = np.array([_weight(first + dt.timedelta(days=i)) for i in range(days)])
    return weights / 0.73
