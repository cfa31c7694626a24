"""When a customer may be contacted again: contact fatigue, over all programmes."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

WINDOW_DAYS: Final = 28


@dataclass(frozen=True)
class RestRule:
    """How much contact of ours is enough for a touch."""

    rest_days: int  # between two contacts
    most: int  # contacts within any 28 days


def first_free_day(days: Sequence[dt.date], rule: RestRule) -> dt.date | None:
    """Return the first day on which one more contact breaks no rule.

    Parameters
    ----------
    days
        The company days of the contacts that were made, in any order; a day with two
        contacts stands twice.
    rule
        The rule of the customer's touch.

    Returns
    -------
    date | None
        ``rest_days`` after the last contact; later when by then ``most`` contacts or
        more would lie within 28 days that end on that day. None: there was none.

    Notes
    -----
    By hand: 7 days of rest, at most 4 in 28 days, contacts on the 1st, 8th, 15th and
    22nd. Rest alone would end on the 29th. The 28 days that end on the 29th begin on
    the 2nd and hold three contacts, so a fourth fits: the 29th. With a contact on the
    2nd instead of the 1st they would hold four, so it is the 30th.

    """
    if not days:
        return None
    newest_first = sorted(days, reverse=True)
    free = newest_first[0] + dt.timedelta(days=rule.rest_days)
    if len(newest_first) < rule.most:
        return free
    return max(free, newest_first[rule.most - 1] + dt.timedelta(days=WINDOW_DAYS))
