"""Two signals on the same customers and dates: how far apart their figures are."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from banso.analytics.figures.estimate import Estimate
from banso.analytics.figures.intervals import normal_quantile
from banso.analytics.figures.proportions import variance_of_totals
from banso.analytics.figures.samples import FEWEST_CUSTOMERS, FEWEST_EVENTS

Compared = Literal["fired", "precision", "covered", "hours_per_week"]
COMPARED: Final[tuple[Compared, ...]] = (
    *("fired", "precision", "covered", "hours_per_week"),
)
Verdict = Literal["first", "second", "either", "untold"]


@dataclass(frozen=True)
class Tally:
    """What came of the openings of one signal at each of c customers.

    Of two signals that are compared, the customers are the same, in the same order.
    """

    outcome: str  # what the signal is judged by
    fired: NDArray[np.float64]  # (c,) openings that count
    followed: NDArray[np.float64]  # (c,) those whose horizon is over
    hit: NDArray[np.float64]  # (c,) those of them that the outcome followed
    outcomes: NDArray[np.float64]  # (c,) outcomes that openings could precede
    covered: NDArray[np.float64]  # (c,) those with an opening in the horizon before
    hours: float  # of work in a week that one opening in the months comes to


def differences(first: Tally, second: Tally) -> Mapping[Compared, Estimate]:
    """Return each figure of the second signal less that of the first.

    Parameters
    ----------
    first, second
        Of the same customers, months and dates.

    Returns
    -------
    mapping of str to Estimate
        By name (`COMPARED`), with an interval of 95 % that takes the customer as the
        unit and both signals at it as one observation. `n` counts the customers at
        which either opened. Reasons: ``never_fired`` (neither did),
        ``other_outcome`` (they are judged by different things),
        ``no_follow_up``, ``no_outcomes``, ``too_few_customers`` (fewer than 10 at
        which either opened), ``too_few_events`` (fewer than 5 customers with the
        outcome), ``same_cases`` (both shares are made up alike at every customer,
        which leaves nothing to tell an interval from), ``all_or_none`` (one share is
        1 and the other 0, which leaves nothing either).

    Notes
    -----
    A ratio is linearised: customer i moves hits ÷ openings by (hits_i − share ×
    openings_i) ÷ openings, and the difference by the difference of both (Cochran,
    *Sampling Techniques*, 3rd ed. 1977, ch. 6; the pairs make it smaller than two
    intervals beside each other). Source: docs/definitions/signals.md. Checked by hand
    and by resampling customers in tests/analytics/signals/test_comparing.py.

    """
    fired = int(np.count_nonzero(first.fired + second.fired))
    return {
        "fired": _totals(first.fired, second.fired, n=fired),
        "precision": _precision(first, second, n=fired),
        "covered": _covered(first, second, n=fired),
        "hours_per_week": _totals(
            first.fired * first.hours, second.fired * second.hours, n=fired
        ),
    }


def verdict(found: Mapping[Compared, Estimate]) -> Verdict:
    """Return which of two signals is better, from their `differences`.

    One is better when it is right more often or covers more, beyond chance, and is
    worse in neither; ``either`` when each is better in one; ``untold`` when no
    interval leaves 0 aside.
    """
    signs = {_sign(found["precision"]), _sign(found["covered"])} - {0}
    if not signs:
        return "untold"
    if len(signs) > 1:
        return "either"
    return "second" if signs == {1} else "first"


def _sign(found: Estimate) -> int:
    """Return 1 or -1 for a difference beyond chance, else 0."""
    if found.low is None or found.high is None:
        return 0
    return int(found.low > 0) - int(found.high < 0)


def _totals(
    first: NDArray[np.float64], second: NDArray[np.float64], *, n: int
) -> Estimate:
    if not n:
        return Estimate.unknown("never_fired", n=0)
    apart = second - first
    value = float(apart.sum())
    if n < FEWEST_CUSTOMERS:
        return Estimate.unknown("too_few_customers", n=n)
    return _around(value, apart - apart.mean(), n=n)


def _precision(first: Tally, second: Tally, *, n: int) -> Estimate:
    reason = _why_not(first, second, n)
    hits = int(np.count_nonzero(first.hit + second.hit))
    if reason is None and not (first.followed.any() and second.followed.any()):
        reason = "no_follow_up"
    if reason is None and hits < FEWEST_EVENTS:
        reason = "too_few_events"
    if reason:
        return Estimate.unknown(reason, n=n, events=hits)
    (before, left), (after, right) = (
        _share(each.hit, each.followed) for each in (first, second)
    )
    return _apart(after - before, right - left, n=n, events=hits)


def _covered(first: Tally, second: Tally, *, n: int) -> Estimate:
    reason = _why_not(first, second, n)
    events = int(np.count_nonzero(first.outcomes + second.outcomes))
    if reason is None and not (first.outcomes.any() and second.outcomes.any()):
        reason = "no_outcomes"
    if reason is None and events < FEWEST_EVENTS:
        reason = "too_few_events"
    if reason:
        return Estimate.unknown(reason, n=n, events=events)
    (before, left), (after, right) = (
        _share(each.covered, each.outcomes) for each in (first, second)
    )
    return _apart(after - before, right - left, n=n, events=events)


def _why_not(first: Tally, second: Tally, n: int) -> str | None:
    if not n:
        return "never_fired"
    if first.outcome != second.outcome:
        return "other_outcome"
    return "too_few_customers" if n < FEWEST_CUSTOMERS else None


def _share(
    part: NDArray[np.float64], whole: NDArray[np.float64]
) -> tuple[float, NDArray[np.float64]]:
    """Return a share of totals, and by how much each customer moves it."""
    total = float(whole.sum())
    share = float(part.sum()) / total
    return share, (part - share * whole) / total


def _apart(
    value: float, influence: NDArray[np.float64], *, n: int, events: int
) -> Estimate:
    if not np.any(influence):
        # No customer tells them apart: how far off chance could be cannot be said.
        reason = "all_or_none" if value else "same_cases"
        return Estimate.unknown(reason, n=n, events=events)
    return _around(value, influence, n=n, events=events)


def _around(
    value: float, influence: NDArray[np.float64], *, n: int, events: int = 0
) -> Estimate:
    reach = normal_quantile() * variance_of_totals(influence) ** 0.5
    return Estimate(value, value - reach, value + reach, n, events)
