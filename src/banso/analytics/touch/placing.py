"""From what rules call for to what there are hours for, customer by customer."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Levels = NDArray[np.int16]  # places in the list of touch models; 0 is the most care
Floats = NDArray[np.float64]
NONE: Final = -1  # no touch model, or not there on a date
WEEKS_A_MONTH: Final = 52 / 12
_ROUNDING: Final = 1e-9


@dataclass(frozen=True)
class Room:
    """How much care there is room for."""

    hours: Sequence[float]  # a month, for one customer of each touch model
    most: Sequence[int | None]  # customers of each for one person; None: any number
    people: int | None  # None: nobody knows, so nothing is bounded
    hours_per_week: float  # of one person

    @property
    def hours_there(self) -> float | None:
        """The hours of a month; null when nobody is known."""
        if self.people is None:
            return None
        return self.people * self.hours_per_week * WEEKS_A_MONTH


@dataclass(frozen=True)
class Placed:
    """The touch model of each customer, and what stood in the way of a better one."""

    level: Levels
    lacks_hours: NDArray[np.bool_]
    lacks_places: NDArray[np.bool_]  # each person has as many customers as allowed


def steady(levels: Levels, present: Levels) -> Levels:
    """Return the touch model that rules call for, unless they do so only now.

    Parameters
    ----------
    levels
        (dates, n) what the rules call for on some dates, the newest first; `NONE` on
        a date on which a customer was not there. On the newest all are there.
    present
        (n,) what each customer has; `NONE`: nothing.

    Returns
    -------
    Levels
        (n,) The present one, unless every date calls for more care or every date for
        less; then the smallest step that all of them support. Who has nothing gets
        what the newest date says.

    Notes
    -----
    Source: docs/definitions/touch.md.

    """
    there = levels != NONE
    least_care = np.where(there, levels, np.iinfo(np.int16).min).max(axis=0)
    most_care = np.where(there, levels, np.iinfo(np.int16).max).min(axis=0)
    moved = np.where(
        least_care < present,
        least_care,
        np.where(most_care > present, most_care, present),
    )
    return np.asarray(np.where(present == NONE, levels[0], moved), dtype=np.int16)


def by_weight(
    value: Floats, need: Floats, *, has_place: NDArray[np.bool_], stay_bonus: float
) -> NDArray[np.int64]:
    """Return the customers in the order in which care is given out.

    Parameters
    ----------
    value, need
        (n,) in a year, and 0 to 1; NaN where unknown, which counts as 0.
    has_place
        (n,) who has at least the touch model that is wanted already.
    stay_bonus
        By which share more these count.

    Returns
    -------
    NDArray
        (n,) places, the heaviest first; of equals the first one.

    """
    weight = np.nan_to_num(value) * (1 + np.nan_to_num(need))
    weight = np.where(has_place, weight * (1 + stay_bonus), weight)
    return np.argsort(-weight, kind="stable")


def placed(
    wanted: Levels, order: NDArray[np.int64], room: Room, *, fixed: NDArray[np.bool_]
) -> Placed:
    """Return which touch model each customer gets as far as there is room.

    Parameters
    ----------
    wanted
        (n,) what each should have.
    order
        (n,) who is served first.
    room
        The hours and places that there are. The last touch model takes everybody.
    fixed
        (n,) who has what is wanted whatever room there is.

    Returns
    -------
    Placed
        Whoever finds no room has the next touch model with any. Everybody behind is
        counted with the last one, so that nobody is left without.

    Notes
    -----
    Source: docs/definitions/touch.md, where four customers are placed by hand.

    """
    last = len(room.hours) - 1
    level = wanted.copy()
    lacks_hours = np.zeros(len(wanted), dtype=bool)
    lacks_places = np.zeros(len(wanted), dtype=bool)
    if room.people is None:
        return Placed(level, lacks_hours, lacks_places)
    there = room.hours_there
    assert there is not None, "somebody is known"
    extra = [hours - room.hours[last] for hours in room.hours]
    held = np.bincount(wanted[fixed], minlength=last + 1)
    left = there - len(wanted) * room.hours[last] - float(held @ np.array(extra))
    places = [
        np.inf if most is None else most * room.people - int(count)
        for most, count in zip(room.most, held, strict=True)
    ]
    for customer in order[~fixed[order]].tolist():
        for place in range(int(wanted[customer]), last):
            is_full = places[place] < 1
            if not is_full and extra[place] <= left + _ROUNDING:
                left -= extra[place]
                places[place] -= 1
                level[customer] = place
                break
            if place == wanted[customer]:
                lacks_places[customer], lacks_hours[customer] = is_full, not is_full
        else:
            level[customer] = last
    return Placed(level, lacks_hours, lacks_places)
