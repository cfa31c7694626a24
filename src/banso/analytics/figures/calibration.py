"""Whether probabilities mean what they say, and what they cost when they do not."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from banso.analytics.figures.estimate import Estimate
from banso.analytics.figures.intervals import (
    normal_quantile,
    student_quantile,
    two_sided_student_p,
    wilson,
)
from banso.analytics.figures.proportions import effective_size
from banso.analytics.figures.samples import Sample, sample

Floats = NDArray[np.float64]
# A certain forecast that is wrong would cost infinitely much; as in scikit-learn.
NEAREST_TO_CERTAIN = float(np.finfo(np.float64).eps)
MOST_STEPS = 50


@dataclass(frozen=True)
class CalibrationBin:
    """Rows with similar probabilities: what was foretold, and what came."""

    n: int  # rows
    predicted: float  # mean probability
    observed: float  # share with the outcome
    low: float  # 95 % interval of observed
    high: float


@dataclass(frozen=True)
class Calibration:
    """How probabilities compare with what came; empty and null when `reason` is set."""

    bins: tuple[CalibrationBin, ...] = ()  # from the lowest probabilities up
    error: float | None = None  # mean |observed - predicted| of the bins, by weight
    slope: float | None = None  # 1 is right; below 1 the probabilities are too extreme
    slope_low: float | None = None
    slope_high: float | None = None
    intercept: float | None = None  # 0 is right on average; above 0 too low ones
    n: int = 0  # customers; rows when there are no clusters
    events: int = 0
    reason: str | None = None


def calibration(
    probabilities: NDArray[np.generic],
    labels: NDArray[np.generic],
    *,
    bins: int = 10,
    clusters: NDArray[np.generic] | None = None,
    weights: Floats | None = None,
) -> Calibration:
    """Return how far probabilities are from the shares that came true.

    Parameters
    ----------
    probabilities
        (n,) 0..1; NaN rows are left out.
    labels
        (n,) True or 1 for the outcome; NaN rows are left out.
    bins
        Into how many groups of about equal weight the rows are put, in the order of
        their probability. Equal probabilities stay together, so there may be fewer.
    clusters
        (n,) the customer of each row, for the intervals.
    weights
        (n,) rows that a row stands for; 1 when null.

    Returns
    -------
    Calibration
        ``slope`` is that of a logistic regression of the labels on the log odds of the
        probabilities; ``intercept`` the same with the slope held at 1. Both are null
        when the probabilities are all alike or tell the labels apart without fault.
        Reasons: those of `auc` but ``constant``, and ``not_probabilities``.

    Notes
    -----
    Source: Van Calster et al. (2016), J Clin Epidemiol 74:167; intervals of the bins
    are Wilson's at the effective size. See docs/definitions/calibration.md.

    """
    assert bins >= 1, "at least one bin"
    rows = sample(probabilities, labels, clusters=clusters, weights=weights)
    reason = _reason(rows)
    if reason:
        return Calibration(n=rows.clusters, events=rows.events, reason=reason)
    found = [_bin(rows, members) for members in _groups(rows, bins)]
    sizes = np.array([weight for weight, _ in found])
    gaps = np.array([abs(bin_.observed - bin_.predicted) for _, bin_ in found])
    slope = _slope(rows)
    return Calibration(
        bins=tuple(bin_ for _, bin_ in found),
        error=float(sizes @ gaps / sizes.sum()),
        slope=slope.value,
        slope_low=slope.low,
        slope_high=slope.high,
        intercept=_intercept(rows),
        n=rows.clusters,
        events=rows.events,
    )


def brier(
    probabilities: NDArray[np.generic],
    labels: NDArray[np.generic],
    *,
    clusters: NDArray[np.generic] | None = None,
    weights: Floats | None = None,
) -> Estimate:
    """Return the mean squared distance of probabilities from what came (0 is perfect).

    Parameters
    ----------
    probabilities, labels, clusters, weights
        As in `calibration`.

    Returns
    -------
    Estimate
        0..1, with a 95 % interval from the clustered error. Reasons as in
        `calibration`.

    Notes
    -----
    Source: Brier (1950), Monthly Weather Review 78:1.

    """
    rows = sample(probabilities, labels, clusters=clusters, weights=weights)
    return _mean_loss(rows, (rows.scores - rows.labels) ** 2)


def log_loss(
    probabilities: NDArray[np.generic],
    labels: NDArray[np.generic],
    *,
    clusters: NDArray[np.generic] | None = None,
    weights: Floats | None = None,
) -> Estimate:
    """Return the mean surprise at what came, in nats (0 is perfect).

    Parameters
    ----------
    probabilities, labels, clusters, weights
        As in `calibration`.

    Returns
    -------
    Estimate
        At least 0, with a 95 % interval from the clustered error. A probability of 0
        or 1 counts as 2e-16 from it. Reasons as in `calibration`.

    """
    rows = sample(probabilities, labels, clusters=clusters, weights=weights)
    return _mean_loss(rows, _surprise(rows))


def log_loss_difference(
    probabilities: NDArray[np.generic],
    others: NDArray[np.generic],
    labels: NDArray[np.generic],
    *,
    clusters: NDArray[np.generic] | None = None,
    weights: Floats | None = None,
) -> Estimate:
    """Return by how much the log loss of one forecast exceeds that of another.

    Parameters
    ----------
    probabilities, others
        (n,) the two forecasts; rows that lack either are left out of both.
    labels, clusters, weights
        As in `calibration`.

    Returns
    -------
    Estimate
        Log loss of `probabilities` minus that of `others`, below 0 when the first is
        better, with a 95 % interval from the clustered error of the rows' differences
        and the p-value against 0. Reasons as in `calibration`.

    Notes
    -----
    The mean of paired differences, as in Diebold & Mariano (1995), J Bus Econ Stat
    13:253, with customers instead of times as the unit. Those who left carry nearly
    all of it, so the interval is Student's with one degree of freedom less than
    there are of them. Coverage is checked by simulation in tests/analytics/figures.

    """
    both = np.isfinite(np.asarray(others, float))
    first = np.where(both, np.asarray(probabilities, float), np.nan)
    rows = sample(first, labels, clusters=clusters, weights=weights)
    second = rows.scored_by(np.where(rows.kept, np.asarray(others, float), 0.0))
    reason = _reason(rows) or _reason(second)
    if reason:
        return Estimate.unknown(reason, n=rows.clusters, events=rows.events)
    losses = _surprise(rows) - _surprise(second)
    value = float(np.average(losses, weights=rows.weights))
    influence = rows.weights * (losses - value) / rows.weights.sum()
    error = rows.variance(influence) ** 0.5
    freedom = rows.events - 1
    reach = student_quantile(freedom) * error
    p = two_sided_student_p(value / error, freedom) if error else 1.0
    return Estimate(value, value - reach, value + reach, rows.clusters, rows.events, p)


def _surprise(rows: Sample) -> Floats:
    """Return what each outcome costs a forecast, in nats."""
    of_what_came = np.where(rows.labels, rows.scores, 1 - rows.scores)
    possible = np.clip(of_what_came, NEAREST_TO_CERTAIN, 1 - NEAREST_TO_CERTAIN)
    return np.asarray(-np.log(possible), float)


def _reason(rows: Sample) -> str | None:
    if ((rows.scores < 0) | (rows.scores > 1)).any():
        return "not_probabilities"
    return rows.reason


def _groups(rows: Sample, bins: int) -> list[NDArray[np.intp]]:
    """Return the positions of each bin's rows, equal probabilities in one bin."""
    order = np.argsort(rows.scores, kind="stable")
    ranked, weights = rows.scores[order], rows.weights[order]
    starts = np.flatnonzero(np.r_[True, ranked[1:] != ranked[:-1]])
    sizes = np.add.reduceat(weights, starts)
    middle = (np.cumsum(sizes) - sizes / 2) / sizes.sum()
    number = np.minimum((middle * bins).astype(int), bins - 1)
    first_of_bin = np.flatnonzero(np.r_[True, np.diff(number) > 0])
    return np.split(order, starts[first_of_bin][1:])


def _bin(rows: Sample, members: NDArray[np.intp]) -> tuple[float, CalibrationBin]:
    weights, labels = rows.weights[members], rows.labels[members]
    total = float(weights.sum())
    share = float(labels @ weights / total)
    influence = weights * (labels - share) / total
    sums = np.bincount(
        np.unique(rows.cluster[members], return_inverse=True)[1], influence
    )
    present = len(sums)
    variance = float(sums @ sums) * present / max(present - 1, 1)
    size = min(effective_size(share, variance, present), float(len(members)))
    low, high = wilson(share, size)
    predicted = float(rows.scores[members] @ weights / total)
    return total, CalibrationBin(len(members), predicted, share, low, high)


def _log_odds(probabilities: Floats) -> Floats:
    possible = np.clip(probabilities, NEAREST_TO_CERTAIN, 1 - NEAREST_TO_CERTAIN)
    return np.log(possible) - np.log1p(-possible)


def _logistic(x: Floats) -> Floats:
    return 0.5 * (1 + np.tanh(x / 2))


def _slope(rows: Sample) -> Estimate:
    """Return the slope of the labels on the log odds, with its clustered interval."""
    odds = _log_odds(rows.scores)
    unknown = Estimate.unknown("constant", n=rows.clusters, events=rows.events)
    if np.ptp(odds) == 0:
        return unknown
    center, scale = float(odds.mean()), float(odds.std())
    design = np.column_stack([np.ones(len(odds)), (odds - center) / scale])
    fitted = _logistic_fit(design, rows)
    if fitted is None:
        return Estimate.unknown("separated", n=rows.clusters, events=rows.events)
    found, error = fitted
    value, reach = found / scale, normal_quantile() * error / scale
    return Estimate(value, value - reach, value + reach, rows.clusters, rows.events)


def _logistic_fit(design: Floats, rows: Sample) -> tuple[float, float] | None:
    """Return the last coefficient and its clustered error; null without a maximum."""
    beta = np.zeros(design.shape[1])
    for _ in range(MOST_STEPS):
        expected = _logistic(design @ beta)
        pull = rows.weights * (rows.labels - expected)
        spread = rows.weights * expected * (1 - expected)
        information = (design * spread[:, None]).T @ design
        if np.linalg.cond(information) > 1e12:
            return None
        inverse = np.linalg.inv(information)
        step = inverse @ (design.T @ pull)
        # Half a step at a time where the curve is far from a parabola.
        beta = beta + step * min(1.0, 2.0 / max(1e-12, float(np.abs(step).max())))
        if np.abs(step).max() < 1e-9:
            return float(beta[-1]), rows.variance(design @ inverse[-1] * pull) ** 0.5
    return None


def _intercept(rows: Sample) -> float | None:
    """Return what must be added to the log odds for the mean to be right."""
    odds, wanted = _log_odds(rows.scores), float(rows.labels @ rows.weights)
    low, high = -40.0, 40.0  # log odds of any probability that a float can hold
    for _ in range(MOST_STEPS):
        middle = (low + high) / 2
        got = float(_logistic(odds + middle) @ rows.weights)
        low, high = (middle, high) if got < wanted else (low, middle)
    return (low + high) / 2


def _mean_loss(rows: Sample, losses: Floats) -> Estimate:
    reason = _reason(rows)
    if reason:
        return Estimate.unknown(reason, n=rows.clusters, events=rows.events)
    value = float(np.average(losses, weights=rows.weights))
    influence = rows.weights * (losses - value) / rows.weights.sum()
    reach = normal_quantile() * rows.variance(influence) ** 0.5
    low, high = max(0.0, value - reach), value + reach
    return Estimate(value, low, high, rows.clusters, rows.events)
