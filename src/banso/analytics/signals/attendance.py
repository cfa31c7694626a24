"""Everybody on weekly dates as a grid of customers by dates: what all signals share."""

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from banso.analytics.judgement.outcome import Outcome
from banso.analytics.panel.landmarks import NO_END, Landmarks

_DAYS = np.int64(1 << 32)  # a customer's number and a day make one key


@dataclass(frozen=True)
class Attendance:
    """Who was there on which date, of c customers and d dates.

    Signals are judged on the same rows. What does not depend on a signal is worked out
    once here; what does is summed over dates by one product with the grid.
    """

    people: Landmarks  # n rows, one for a customer and date; features are not read
    since: int  # the day number after which openings and outcomes count
    _by_outcome: dict[str, NDArray[np.int32]] = field(default_factory=dict, repr=False)
    _ends: dict[tuple[str, int], tuple[NDArray[np.int64], NDArray[np.int64]]] = field(
        default_factory=dict, repr=False
    )

    @cached_property
    def dates(self) -> NDArray[np.int32]:
        """(d,) the dates as day numbers, ascending."""
        found: NDArray[np.int32] = np.unique(self.people.as_of)
        return found

    @cached_property
    def customers(self) -> NDArray[np.int64]:
        """(c,) the numbers of customers, ascending."""
        numbers = self.people.customer
        if not len(numbers):
            return numbers
        return np.asarray(numbers[np.append(True, numbers[1:] != numbers[:-1])])

    @cached_property
    def customer_place(self) -> NDArray[np.intp]:
        """(n,) the place of each row among the customers."""
        return np.searchsorted(self.customers, self.people.customer)

    @cached_property
    def _date_place(self) -> NDArray[np.intp]:
        return np.searchsorted(self.dates, self.people.as_of)

    @cached_property
    def rows(self) -> NDArray[np.int32]:
        """(c, d) the row of a customer on a date; -1 when it was not there."""
        found = np.full((len(self.customers), len(self.dates)), -1, dtype=np.int32)
        found[self.customer_place, self._date_place] = np.arange(len(self.people))
        return found

    @cached_property
    def there(self) -> NDArray[np.int64]:
        """(d,) how many were there on each date."""
        return np.asarray(np.count_nonzero(self.rows >= 0, axis=0), dtype=np.int64)

    @cached_property
    def recent_dates(self) -> int:
        """How many of the dates count."""
        return int(np.count_nonzero(self.dates > self.since))

    @cached_property
    def was_there_of_late(self) -> NDArray[np.bool_]:
        """(c,) who was there on a date that counts."""
        return np.asarray((self.rows[:, self.dates > self.since] >= 0).any(axis=1))

    def rows_of(
        self, customer: NDArray[np.int64], day: NDArray[np.int32]
    ) -> NDArray[np.intp]:
        """Return the rows of customers on days, ascending; nothing for the others."""
        if not len(self.people):
            return np.empty(0, dtype=np.intp)
        who, knows_who = _place(self.customers, customer)
        when, knows_when = _place(self.dates, day)
        found = np.where(knows_who & knows_when, self.rows[who, when], -1)
        return np.sort(found[found >= 0]).astype(np.intp)

    def per_date(self, rows: NDArray[np.intp]) -> NDArray[np.int64]:
        """Return how many of some rows each date has: (d,)."""
        return np.bincount(self._date_place[rows], minlength=len(self.dates))

    def presence(self, weight: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return for each customer the sum of a weight of dates on which it was there.

        Parameters
        ----------
        weight
            (d,) of each date.

        """
        return self._summed(self.rows >= 0, weight)

    def happened(
        self, outcome: Outcome, within: int, weight: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """Return the same sum over dates that an outcome followed within some days."""
        limit = self.dates + np.int32(within)
        return self._summed(self._happens_on(outcome) <= limit, weight)

    def _summed(
        self, cells: NDArray[np.bool_], weight: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        used = np.flatnonzero(weight)
        return np.asarray(cells[:, used].astype(np.float64) @ weight[used])

    def _happens_on(self, outcome: Outcome) -> NDArray[np.int32]:
        """(c, d) the day of the outcome; NO_END without one, or when not there."""
        if outcome.key not in self._by_outcome:
            cells = np.full(self.rows.shape, NO_END, dtype=np.int32)
            cells[self.customer_place, self._date_place] = outcome.happens_on
            self._by_outcome[outcome.key] = cells
        return self._by_outcome[outcome.key]

    def outcomes(
        self, outcome: Outcome, within: int
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return customer and day of every outcome that all openings could precede.

        Parameters
        ----------
        outcome
            Of the rows of `people`.
        within
            The horizon in days: only an outcome that is later than that after the
            first date, and after `since`, is there.

        """
        key = (outcome.key, within)
        if key not in self._ends:
            self._ends[key] = self._outcomes(outcome, within)
        return self._ends[key]

    def _outcomes(
        self, outcome: Outcome, within: int
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        if not len(self.people):
            return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)
        day = outcome.happens_on
        first = max(self.since, int(self.dates[0]) + within)
        mine = np.flatnonzero((day > first) & (day <= self.people.seen_until))
        keys = self.people.customer[mine] * _DAYS + day[mine]
        keys = np.unique(keys[np.append(True, keys[1:] != keys[:-1])[: len(keys)]])
        return keys // _DAYS, keys % _DAYS


def _place(
    known: NDArray[np.signedinteger], asked: NDArray[np.signedinteger]
) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
    """Return where values stand among ascending ones, and which are there at all."""
    place = np.minimum(np.searchsorted(known, asked), len(known) - 1)
    return place, np.asarray(known[place] == asked)
