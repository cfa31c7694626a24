"""What signals were worth: how often they opened, and what followed."""

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from banso.analytics.figures.estimate import Estimate
from banso.analytics.figures.intervals import garwood, normal_quantile, wilson
from banso.analytics.figures.proportions import (
    clustered_proportion,
    effective_size,
    proportion_of_totals,
    variance_of_totals,
)
from banso.analytics.figures.samples import (
    FEWEST_CUSTOMERS,
    FEWEST_EVENTS,
    Sample,
    sample,
)
from banso.analytics.judgement.outcome import Outcome
from banso.analytics.panel.landmarks import Landmarks
from banso.analytics.signals.attendance import Attendance
from banso.analytics.signals.comparing import Tally

FigureName = Literal[
    "fired",
    "followed",
    "precision",
    "base_rate",
    "lift",
    "lead_days",
    "covered",
    "hours_per_week",
    "hours_per_csm",
]
FIGURES: Final[tuple[FigureName, ...]] = (
    *("fired", "followed", "precision", "base_rate", "lift", "lead_days", "covered"),
    *("hours_per_week", "hours_per_csm"),
)
_DAYS = np.int64(1 << 32)  # a customer's number and a day make one key


@dataclass(frozen=True)
class Firings:
    """Openings of one signal: k of them, in any order."""

    customer: NDArray[np.int64]  # (k,) the number of the customer
    day: NDArray[np.int32]  # (k,) weekly as-of dates, as day numbers


@dataclass(frozen=True)
class Effort:
    """What openings cost, and who bears it."""

    minutes: int  # of work for each
    csms: int | None  # among whom it is shared; None when nobody is known


@dataclass(frozen=True)
class SignalFigure:
    """One figure of a signal; `estimate.n` counts customers."""

    figure: FigureName
    estimate: Estimate


def signal_figures(
    firings: Firings,
    everybody: Attendance,
    outcome: Outcome,
    *,
    within_days: int,
    effort: Effort,
) -> tuple[SignalFigure, ...]:
    """Return what a signal would have been worth over some months.

    Parameters
    ----------
    firings
        Every opening on a weekly as-of date up to ``people.seen_until``; those up to
        `since` only count for who was covered.
    everybody
        Everybody who was there on each weekly date and had given no notice, without
        thinning, and since when openings and outcomes count.
    outcome
        What the signal is judged by, for each row of ``everybody.people``.
    within_days
        The horizon: an outcome on day e follows an opening on day t when
        t < e <= t + within_days.
    effort
        What an opening costs.

    Returns
    -------
    tuple of SignalFigure
        In the order of `FIGURES`, each with an interval of 95 % clustered by customer
        where there can be one. ``fired`` and ``followed`` count openings: all, and
        those whose horizon is over. ``precision`` is the share of the latter that the
        outcome followed; ``base_rate`` that of everybody on the same dates, each date
        weighted by its openings; ``lift`` the first over the second; ``lead_days``
        the median of the days from opening to outcome; ``covered`` the share of
        outcomes with an opening in the horizon before them; ``hours_per_week`` the
        work, ``hours_per_csm`` the same for each CSM. Reasons: ``never_fired``,
        ``no_follow_up``, ``no_outcomes``, ``no_csms``, ``too_few_customers`` (fewer
        than 10), ``too_few_events`` (fewer than 5 customers with the outcome).

    Notes
    -----
    Source: docs/definitions/signals.md. Checked by hand and against a slow count in
    tests/analytics/signals.

    """
    judged = _Judged(firings, everybody, outcome, within_days)
    hours = judged.hours(effort.minutes)
    found: dict[FigureName, Estimate] = {
        "fired": judged.fired,
        "followed": judged.followed,
        "precision": judged.precision,
        "base_rate": judged.base_rate,
        "lift": judged.lift,
        "lead_days": judged.lead_days,
        "covered": judged.covered,
        "hours_per_week": hours,
        "hours_per_csm": _shared(hours, effort.csms),
    }
    return tuple(SignalFigure(figure, found[figure]) for figure in FIGURES)


def tally_of(
    firings: Firings,
    everybody: Attendance,
    outcome: Outcome,
    *,
    within_days: int,
    minutes: int,
) -> Tally:
    """Return what came of openings, customer by customer, to compare two signals.

    Parameters
    ----------
    firings, everybody, outcome, within_days
        As for `signal_figures`.
    minutes
        Of work for an opening.

    """
    return _Judged(firings, everybody, outcome, within_days).tally(minutes)


@dataclass(frozen=True)
class _Judged:
    """The openings of a signal on the rows of everybody."""

    firings: Firings
    everybody: Attendance
    outcome: Outcome
    within: int

    @property
    def people(self) -> Landmarks:
        """The rows of everybody."""
        return self.everybody.people

    # -- counts -----------------------------------------------------------------------

    @property
    def fired(self) -> Estimate:
        return _count(self.people.customer[self._recent])

    @property
    def followed(self) -> Estimate:
        return _count(self.people.customer[self._followed])

    # -- what followed ----------------------------------------------------------------

    @cached_property
    def precision(self) -> Estimate:
        reason = self._reason
        rows = self._followed
        customers = self.people.customer[rows]
        if reason:
            return Estimate.unknown(reason, n=len(np.unique(customers)))
        return _enough(clustered_proportion(self._happens, customers))

    @cached_property
    def base_rate(self) -> Estimate:
        reason = self._reason
        if reason:
            return Estimate.unknown(reason, n=0)
        return _enough(proportion_of_totals(self._happened, self._present))

    @property
    def lift(self) -> Estimate:
        """The ratio of both rates, with the interval of its logarithm."""
        precision, base = self.precision, self.base_rate
        reason = precision.reason or base.reason
        if reason is None and precision.events < FEWEST_EVENTS:
            reason = "too_few_events"
        if reason:
            return Estimate.unknown(reason, n=precision.n, events=precision.events)
        assert precision.value is not None
        assert base.value is not None
        fired = np.bincount(
            self.everybody.customer_place[self._followed],
            weights=self._happens - precision.value,
            minlength=len(self._present),
        )
        influence = fired / len(self._followed) / precision.value - (
            self._happened - base.value * self._present
        ) / (self._present.sum() * base.value)
        reach = (
            normal_quantile() * variance_of_totals(influence[self._present > 0]) ** 0.5
        )
        value = precision.value / base.value
        low, high = value * np.exp(-reach), value * np.exp(reach)
        return Estimate(value, float(low), float(high), precision.n, precision.events)

    @property
    def lead_days(self) -> Estimate:
        """The median, with the interval of the share below it, inverted (Woodruff)."""
        reason = self._reason
        if reason:
            return Estimate.unknown(reason, n=0)
        rows = self._followed[self._happens]
        customers = self.people.customer[rows]
        count = len(np.unique(customers))
        if count < FEWEST_EVENTS:
            return Estimate.unknown("too_few_events", n=count, events=count)
        days = (self.outcome.happens_on[rows] - self.people.as_of[rows]).astype(float)
        value = float(np.median(days))
        below = clustered_proportion(days < value, customers)
        assert below.value is not None
        assert below.low is not None
        share = _rows(days < value, customers)
        influence = (share.labels - below.value) / len(days)
        size = effective_size(below.value, share.variance(influence), count)
        low, high = wilson(0.5, size)
        ends = np.quantile(days, [low, high], method="closest_observation")
        return Estimate(
            value,
            min(float(ends[0]), value),
            max(float(ends[1]), value),
            count,
            count,
        )

    @property
    def covered(self) -> Estimate:
        """The share of outcomes with an opening in the horizon before them."""
        customer, is_covered = self._covered
        if not len(customer):
            return Estimate.unknown("no_outcomes", n=0)
        return _enough(clustered_proportion(is_covered, customer))

    def hours(self, minutes: int) -> Estimate:
        """Return the hours of work in a week.

        The interval is that of a Poisson count of the size that the customers' own
        numbers of openings are worth.
        """
        recent = self.everybody.customer_place[self._recent]
        if not len(recent):
            return Estimate.unknown("never_fired", n=0)
        there = self.everybody.was_there_of_late
        each = np.bincount(recent, minlength=len(there))[there]
        total, present = float(each.sum()), len(each)
        apart = float(((each - each.mean()) ** 2).sum())
        spread = apart * present / max(present - 1, 1)
        size = total**2 / spread if spread > 0 else total
        low, high = garwood(np.array([size]))
        per_week = total * minutes / 60 / self.everybody.recent_dates
        return Estimate(
            per_week,
            per_week * float(low[0]) / size,
            per_week * float(high[0]) / size,
            int(np.count_nonzero(each)),
        )

    def tally(self, minutes: int) -> Tally:
        """Return the counts behind the figures, for each customer that was there."""
        customer, is_covered = self._covered
        ended = np.searchsorted(self.everybody.customers, customer)
        dates = max(self.everybody.recent_dates, 1)
        everybody = len(self.everybody.customers)

        def counted(
            place: NDArray[np.intp], weights: NDArray[np.bool_] | None = None
        ) -> NDArray[np.float64]:
            found = np.bincount(place, weights=weights, minlength=everybody)
            return np.asarray(found, dtype=np.float64)

        followed = self.everybody.customer_place[self._followed]
        return Tally(
            outcome=self.outcome.key,
            fired=counted(self.everybody.customer_place[self._recent]),
            followed=counted(followed),
            hit=counted(followed, self._happens),
            outcomes=counted(ended),
            covered=counted(ended, is_covered),
            hours=minutes / 60 / dates,
        )

    # -- rows -------------------------------------------------------------------------

    @cached_property
    def _covered(self) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        """The customer of each outcome, and whether an opening preceded it."""
        customer, day = self.everybody.outcomes(self.outcome, self.within)
        keys = np.sort(self.firings.customer * _DAYS + self.firings.day)
        ends = customer * _DAYS + day
        last = np.searchsorted(keys, ends, side="left")  # openings before the day
        first = np.searchsorted(keys, ends - self.within, side="left")
        return customer, last > first

    @cached_property
    def _recent(self) -> NDArray[np.intp]:
        """The row of each opening that counts, in the order of the rows."""
        rows = self.everybody.rows_of(self.firings.customer, self.firings.day)
        return rows[self.people.as_of[rows] > self.everybody.since]

    @cached_property
    def _followed(self) -> NDArray[np.intp]:
        rows = self._recent
        until = self.people.as_of[rows].astype(np.int64) + self.within
        return rows[until <= self.people.seen_until]

    @cached_property
    def _happens(self) -> NDArray[np.bool_]:
        """Which of the openings that were followed the outcome followed."""
        rows = self._followed
        day = self.outcome.happens_on[rows].astype(np.int64)
        return np.asarray(day <= self.people.as_of[rows] + self.within)

    @cached_property
    def _weight(self) -> NDArray[np.float64]:
        """How many openings each date has for each of its rows: (d,)."""
        fired = self.everybody.per_date(self._followed)
        return np.asarray(fired / self.everybody.there, dtype=np.float64)

    @cached_property
    def _present(self) -> NDArray[np.float64]:
        """(c,) the weight of the dates on which each customer was there."""
        return self.everybody.presence(self._weight)

    @cached_property
    def _happened(self) -> NDArray[np.float64]:
        """(c,) the weight of those that the outcome followed."""
        return self.everybody.happened(self.outcome, self.within, self._weight)

    @property
    def _reason(self) -> str | None:
        if not len(self._recent):
            return "never_fired"
        return None if len(self._followed) else "no_follow_up"


def _count(customers: NDArray[np.int64]) -> Estimate:
    """Return a number of openings, which is no sample and has no interval."""
    count = float(len(customers))
    return Estimate(count, None, None, len(np.unique(customers)))


def _enough(found: Estimate) -> Estimate:
    """Return a figure, or that too few customers are behind it."""
    if found.reason is None and found.n < FEWEST_CUSTOMERS:
        return Estimate.unknown("too_few_customers", n=found.n, events=found.events)
    return found


def _rows(labels: NDArray[np.bool_], customers: NDArray[np.int64]) -> Sample:
    return sample(np.zeros(len(labels)), labels, clusters=customers)


def _shared(hours: Estimate, csms: int | None) -> Estimate:
    """Return the hours of each CSM, whose number is taken as known."""
    if hours.value is None or hours.low is None or hours.high is None:
        return hours
    if not csms:
        return Estimate.unknown("no_csms", n=hours.n)
    return replace(
        hours,
        value=hours.value / csms,
        low=hours.low / csms,
        high=hours.high / csms,
    )
