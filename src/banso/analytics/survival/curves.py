"""The share of customers that is still there after each length of time."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from banso.analytics.figures.estimate import Estimate
from banso.analytics.figures.intervals import CONFIDENCE, normal_quantile
from banso.analytics.survival.follow_up import FollowUp, follow_up

Floats = NDArray[np.float64]
ROUNDING = 1e-12  # a product of shares is a half when it is that near to one


def _none() -> Floats:
    return np.empty(0)


@dataclass(frozen=True, eq=False)
class SurvivalCurve:
    """A Kaplan-Meier curve: one entry per time at which anybody left or was last seen.

    All arrays are empty when `reason` is set.
    """

    times: Floats = field(default_factory=_none)  # (m,) rising
    at_risk: Floats = field(default_factory=_none)  # (m,) there just before the time
    events: Floats = field(default_factory=_none)  # (m,) left at the time
    survival: Floats = field(default_factory=_none)  # (m,) share there after the time
    low: Floats = field(default_factory=_none)
    high: Floats = field(default_factory=_none)
    reason: str | None = None

    def at(self, time: float) -> Estimate:
        """Return the share that is still there after `time`.

        Parameters
        ----------
        time
            In the unit of the durations.

        Returns
        -------
        Estimate
            ``n`` counts the customers at risk at that time, ``events`` those that had
            left by then. ``no_follow_up`` after the last time at which anybody was
            seen, unless everybody had left: the curve is not drawn out.

        """
        assert time >= 0, "time runs from the start"
        if self.reason:
            return Estimate.unknown(self.reason, n=0)
        left = round(float(self.events[self.times <= time].sum()))
        last = int(np.searchsorted(self.times, time, side="right")) - 1
        if time > self.times[-1] and self.survival[-1] > 0:
            return Estimate.unknown("no_follow_up", n=0, events=left)
        following = int(np.searchsorted(self.times, time))
        n = round(float(self.at_risk[following])) if following < len(self.times) else 0
        if last < 0:
            return Estimate(1.0, 1.0, 1.0, n, left)
        return Estimate(
            float(self.survival[last]),
            float(self.low[last]),
            float(self.high[last]),
            n,
            left,
        )

    @property
    def median(self) -> float | None:
        """The first time by which half had left; null when it was not reached."""
        return self._first_at_half(self.survival)

    @property
    def median_interval(self) -> tuple[float | None, float | None]:
        """The 95 % interval of the median; null at an end that was not reached.

        Where the limits of the curve cross a half (Brookmeyer & Crowley 1982,
        Biometrics 38:29).
        """
        return self._first_at_half(self.low), self._first_at_half(self.high)

    def _first_at_half(self, curve: Floats) -> float | None:
        reached = np.flatnonzero(curve <= 0.5 + ROUNDING)
        return float(self.times[reached[0]]) if len(reached) else None


def survival_curve(
    durations: NDArray[np.generic],
    events: NDArray[np.generic],
    *,
    entry: NDArray[np.generic] | None = None,
    weights: NDArray[np.generic] | None = None,
    confidence: float = CONFIDENCE,
) -> SurvivalCurve:
    """Return the Kaplan-Meier curve: who is still there, with those not yet ended.

    Parameters
    ----------
    durations
        (n,) time from the start to the end, or to the last day seen. At least 0.
    events
        (n,) True or 1 when the end was seen, False or 0 when censored.
    entry
        (n,) time from which a customer was watched (late entry); it counts at risk
        after that time only. A row whose entry is not before its duration does not
        count. Null: from the start, including an end at time 0.
    weights
        (n,) customers that a row stands for; rows with 0 do not count.
    confidence
        Of the interval at each time.

    Returns
    -------
    SurvivalCurve
        Rows with NaN in any argument are left out. Reasons: ``too_few_customers``
        without rows, ``too_few_events`` when nobody's end was seen,
        ``negative_duration``.

    Notes
    -----
    Source: Kaplan & Meier (1958), JASA 53:457; Greenwood's variance, interval
    symmetric in log(-log S) (Kalbfleisch & Prentice 1980). Before the first end the
    curve and its limits are 1. When it falls to 0, where that variance has no
    value, the upper limit stays where it was. Weights are counts: with weights that
    are not, the interval is too narrow or too wide. Agrees with lifelines 0.30
    (tests/analytics/survival). See docs/definitions/survival-curve.md.

    """
    rows = follow_up(durations, events, entry, weights)
    if rows.reason:
        return SurvivalCurve(reason=rows.reason)
    weight = np.ones(len(rows))
    if weights is not None:
        weight = np.asarray(weights, dtype=np.float64)[rows.keep]
        assert (weight >= 0).all(), "a row stands for no fewer than 0 customers"
    since = np.full(len(rows), -np.inf)
    if entry is not None:
        since = np.asarray(entry, dtype=np.float64)[rows.keep]
    counted = (since < rows.durations) & (weight > 0)
    if not (rows.events & counted).any():
        reason = "too_few_events" if counted.any() else "too_few_customers"
        return SurvivalCurve(reason=reason)
    times, at_risk, ends = _life_table(rows, since, weight, counted)
    survival, low, high = _product_limit(at_risk, ends, confidence)
    return SurvivalCurve(times, at_risk, ends, survival, low, high)


def _life_table(
    rows: FollowUp, since: Floats, weight: Floats, counted: NDArray[np.bool_]
) -> tuple[Floats, Floats, Floats]:
    """Return the distinct times, the weight at risk and the weight that ended there."""
    durations, weight = rows.durations[counted], weight[counted]
    times, place = _distinct(durations)
    exits = np.asarray(np.bincount(place, weight), dtype=np.float64)
    ends = np.bincount(place, weight * rows.events[counted]).astype(np.float64)
    at_risk = np.cumsum(exits[::-1])[::-1]
    late = since[counted] >= times[0]
    if late.any():
        # Somebody who comes later is not there yet at any time up to the entry.
        until = np.searchsorted(times, since[counted][late], side="right")
        absent = np.bincount(until, weight[late], minlength=len(times) + 1)
        at_risk = at_risk - np.cumsum(absent[::-1])[::-1][1:]
    return times, at_risk, ends


def _distinct(durations: Floats) -> tuple[Floats, NDArray[np.intp]]:
    """Return the distinct durations, rising, and the place of each row's among them."""
    if durations.max() <= 4 * len(durations) and (durations % 1 == 0).all():
        # Whole days of few years are counted; sorting a million takes longer.
        days = durations.astype(np.intp)
        present = np.bincount(days) > 0
        return np.flatnonzero(present).astype(np.float64), (np.cumsum(present) - 1)[
            days
        ]
    return np.unique(durations, return_inverse=True)


def _product_limit(
    at_risk: Floats, ends: Floats, confidence: float
) -> tuple[Floats, Floats, Floats]:
    """Return the curve and its limits on the scale of log(-log S)."""
    stay = 1 - ends / np.where(ends > 0, at_risk, 1.0)
    stay[ends >= at_risk * (1 - ROUNDING)] = 0.0
    stay[ends == 0] = 1.0
    survival = np.asarray(np.cumprod(stay), dtype=np.float64)
    alive = survival > 0
    terms = np.zeros(len(ends))
    some = (ends > 0) & alive
    terms[some] = ends[some] / (at_risk[some] * (at_risk[some] - ends[some]))
    within = alive & (survival < 1)
    log = np.log(survival[within])
    reach = normal_quantile(confidence) * np.sqrt(np.cumsum(terms)[within]) / -log
    low, high = np.ones(len(ends)), np.ones(len(ends))
    low[within], high[within] = np.exp(log * np.exp(reach)), np.exp(log / np.exp(reach))
    if not alive.all():
        gone = int(np.argmin(alive))
        low[gone:] = 0.0
        high[gone:] = high[gone - 1] if gone else 1.0
    return survival, low, high
