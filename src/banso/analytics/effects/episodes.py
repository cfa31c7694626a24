"""Firings of a signal, week after week: where a play began, and where it did not."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

LAGS: Final = 4  # weeks after a firing in which a play may answer it
WEEK: Final = 7

Days = NDArray[np.int32]
Flags = NDArray[np.bool_]
Places = NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Firings:
    """Openings of one signal: ``n``, in any order."""

    customer: NDArray[np.int64]  # (n,) the number of the customer
    opened_on: Days  # (n,) days since 1970-01-01
    closed_on: Days  # (n,) the day on which it closed; NO_END while it is open
    # (n, LAGS) under contract, and no notice given, on the last day of each week
    there: Flags


@dataclass(frozen=True, eq=False)
class Begun:
    """Days on which the play was begun, at whomever: ``m``, in any order."""

    customer: NDArray[np.int64]  # (m,)
    day: Days  # (m,)


@dataclass(frozen=True, eq=False)
class Episodes:
    """Firings that could still be answered, week by week: ``r`` rows.

    A row is a firing and a week after it. Everybody in the row was untreated when the
    week began, the signal still stood open, and the customer was there on its last
    day, with the play or without. What is followed begins after that day.
    """

    firing: Places  # (r,) the place in the firings
    lag: Places  # (r,) 0 for the days 0 to 7 after the firing, 1 for 8 to 14 …
    customer: NDArray[np.int64]  # (r,)
    known_on: Days  # (r,) what is known of the customer is from this day or before
    follows: Days  # (r,) the last day of the week: outcomes are later than it
    treated: Flags  # (r,) the play began in this week
    begins_later: Flags  # (r,) it began in one of the next weeks of this firing
    begins_late: Flags  # (r,) it began afterwards, within the outcome's window

    def __len__(self) -> int:
        """Return how many rows there are."""
        return len(self.firing)

    def rows(self, kept: Flags | Places) -> "Episodes":
        """Return some of the rows."""
        return Episodes(*(getattr(self, name)[kept] for name in _FIELDS))


_FIELDS: Final = tuple(Episodes.__dataclass_fields__)


def episodes_of(
    firings: Firings, begun: Begun, *, window_days: int, until: int
) -> Episodes:
    """Return the weeks in which a play could have answered firings, and where it did.

    Parameters
    ----------
    firings
        All openings of the signal.
    begun
        All days on which the play was begun; one on the day of a firing answers it.
    window_days
        Days that are followed after each week.
    until
        The last day of which anything is known. Firings whose last week could not be
        followed are left out, whole, so that late answers are not missed.

    Returns
    -------
    Episodes
        In the order of the firings and weeks. A firing at a customer where the play
        had begun within `window_days` before is not there: it would be judged by what
        an earlier round did. A week at whose beginning the signal was closed is not
        there, nor one at whose end the customer was gone: who was treated must have
        lived to be treated, so must those whom it is compared with (no immortal time).

    Notes
    -----
    Source: sequence of emulated trials by time since the firing (Hernán et al. 2008,
    Epidemiology 19:766; risk-set matching of Li, Propert & Rosenbaum 2001, JASA
    96:870). docs/definitions/effects.md.

    """
    first = _first_begun(firings, begun)
    lag = first.astype(np.int64) - firings.opened_on
    followed = firings.opened_on.astype(np.int64) + LAGS * WEEK + window_days <= until
    fresh = followed & ~_begun_before(firings, begun, window_days)
    week = np.arange(LAGS)
    begins = np.where(lag < 0, LAGS, np.where(lag == 0, 0, (lag - 1) // WEEK))
    starts = firings.opened_on[:, None] + WEEK * week
    is_open = firings.closed_on[:, None] > starts
    here = begins[:, None] == week
    # A start in a week that the customer did not live through answers nothing.
    answered = (here & is_open & firings.there).any(axis=1)
    ready = fresh[:, None] & is_open & firings.there
    ready &= ~answered[:, None] | (week <= begins[:, None])
    ready &= answered[:, None] | ~here
    place, at = np.nonzero(ready)
    late = ~answered & (lag >= 0) & (lag <= LAGS * WEEK + window_days)
    return Episodes(
        firing=place,
        lag=at,
        customer=firings.customer[place],
        known_on=starts[place, at].astype(np.int32),
        follows=(starts[place, at] + WEEK).astype(np.int32),
        treated=answered[place] & (at == begins[place]),
        begins_later=answered[place] & (at < begins[place]),
        begins_late=late[place],
    )


def _first_begun(firings: Firings, begun: Begun) -> NDArray[np.int64]:
    """Return the first day of the play on or after each firing; before it for none."""
    customer, day = _ordered(begun)
    key = _key(firings.customer, firings.opened_on)
    place = np.searchsorted(_key(customer, day), key, side="left")
    inside = np.minimum(place, max(len(day) - 1, 0))
    none = firings.opened_on.astype(np.int64) - 1
    if not len(day):
        return none
    found = (place < len(day)) & (customer[inside] == firings.customer)
    return np.where(found, day[inside], none)


def _begun_before(firings: Firings, begun: Begun, days: int) -> Flags:
    """Return at which firings the play had begun within some days before."""
    customer, day = _ordered(begun)
    if not len(day):
        return np.zeros(len(firings.customer), dtype=bool)
    key = _key(firings.customer, firings.opened_on)
    place = np.searchsorted(_key(customer, day), key, side="left") - 1
    inside = np.maximum(place, 0)
    mine = (place >= 0) & (customer[inside] == firings.customer)
    near = day[inside].astype(np.int64) >= firings.opened_on.astype(np.int64) - days
    return np.asarray(mine & near)


def _ordered(begun: Begun) -> tuple[NDArray[np.int64], Days]:
    order = np.lexsort((begun.day, begun.customer))
    return begun.customer[order], begun.day[order]


def _key(customer: NDArray[np.int64], day: Days) -> NDArray[np.int64]:
    return customer * np.int64(1 << 32) + day
