"""How well a score puts those with an outcome before those without."""

import math

import numpy as np
from numpy.typing import NDArray

from banso.analytics.figures.estimate import Estimate
from banso.analytics.figures.intervals import (
    logit_interval,
    normal_quantile,
    two_sided_p,
    wilson,
)
from banso.analytics.figures.proportions import ROUNDING, effective_size
from banso.analytics.figures.samples import Sample, sample

Floats = NDArray[np.float64]
ROUNDING_OF_AREA = 1e-12


def auc(
    scores: NDArray[np.generic],
    labels: NDArray[np.generic],
    *,
    clusters: NDArray[np.generic] | None = None,
    weights: Floats | None = None,
) -> Estimate:
    """Return how often a row with the outcome has a higher score than one without.

    0.5 is chance, 1 is perfect; ties count half. The area under the ROC curve.

    Parameters
    ----------
    scores
        (n,) higher means that the outcome is more likely; NaN rows are left out.
    labels
        (n,) True or 1 for the outcome; NaN rows are left out.
    clusters
        (n,) the customer of each row. Give it whenever a customer has several rows,
        otherwise the interval is too narrow.
    weights
        (n,) rows that a row stands for; 1 when null.

    Returns
    -------
    Estimate
        With a 95 % interval and the p-value against 0.5. ``n`` counts customers (rows
        when there are no clusters), ``events`` those with the outcome in any row.
        Reasons: ``mostly_missing``, ``too_few_customers``, ``one_class``,
        ``too_few_events`` (fewer than 5 with, or without, the outcome), ``constant``.

    Notes
    -----
    Source: DeLong et al. (1988), Biometrics 44:837; for clusters Obuchowski (1997),
    Biometrics 53:567; interval in the log odds. At 0 and 1, where that variance is 0,
    Newcombe (2006), Stat Med 25:559, method 5. See docs/definitions/auc.md.

    """
    return auc_of(sample(scores, labels, clusters=clusters, weights=weights))


def auc_of(rows: Sample) -> Estimate:
    """Return the `auc` of a sample."""
    reason = rows.reason or _constant(rows.scores)
    if reason:
        return Estimate.unknown(reason, n=rows.clusters, events=rows.events)
    value, deviations = _deviations(rows, rows.scores)
    variance = _variance(rows, deviations)
    if min(value, 1 - value) <= ROUNDING_OF_AREA:
        return _separated(rows, round(value))
    if variance <= ROUNDING:  # every customer ranks exactly like every other
        return Estimate.unknown("constant", n=rows.clusters, events=rows.events)
    error = math.sqrt(variance)
    low, high = logit_interval(value, error)
    z = math.log(value / (1 - value)) * value * (1 - value) / error
    return Estimate(value, low, high, rows.clusters, rows.events, two_sided_p(z))


def auc_difference(
    scores: NDArray[np.generic],
    others: NDArray[np.generic],
    labels: NDArray[np.generic],
    *,
    clusters: NDArray[np.generic] | None = None,
    weights: Floats | None = None,
) -> Estimate:
    """Return by how much the AUC of one score exceeds that of another.

    Parameters
    ----------
    scores, others
        (n,) the two scores; rows that lack either are left out of both.
    labels, clusters, weights
        As in `auc`.

    Returns
    -------
    Estimate
        AUC of `scores` minus that of `others`, with a 95 % interval and the p-value
        against 0. Reasons: those of `auc`; ``separated`` when both rank without any
        doubt but not alike, so that there is no error to be had.

    Notes
    -----
    Source: DeLong et al. (1988), clustered as in `auc`.

    """
    both = np.isfinite(np.asarray(others, float))
    first = np.where(both, np.asarray(scores, float), np.nan)
    rows = sample(first, labels, clusters=clusters, weights=weights)
    second = _kept(others, first, labels, weights)
    reason = rows.reason or _constant(rows.scores) or _constant(second)
    if reason:
        return Estimate.unknown(reason, n=rows.clusters, events=rows.events)
    value1, deviations1 = _deviations(rows, rows.scores)
    value0, deviations0 = _deviations(rows, second)
    value = value1 - value0
    variance = _variance(rows, deviations1 - deviations0)
    if variance <= ROUNDING and abs(value) > ROUNDING_OF_AREA:
        return Estimate.unknown("separated", n=rows.clusters, events=rows.events)
    error = math.sqrt(variance) if variance > ROUNDING else 0.0
    p = two_sided_p(value / error) if error else 1.0
    reach = normal_quantile() * error
    low, high = max(-1.0, value - reach), min(1.0, value + reach)
    return Estimate(value, low, high, rows.clusters, rows.events, p)


def lift_at(
    scores: NDArray[np.generic],
    labels: NDArray[np.generic],
    *,
    share: float = 0.1,
    clusters: NDArray[np.generic] | None = None,
    weights: Floats | None = None,
) -> Estimate:
    """Return how many times the usual rate the outcome has at the top of the scores.

    3 at a share of 0.1: among the 10 % of the rows with the highest scores the outcome
    is three times as frequent as among all. At most ``1 / share``.

    Parameters
    ----------
    scores, labels, clusters, weights
        As in `auc`.
    share
        The part at the top, above 0 and below 1.

    Returns
    -------
    Estimate
        With a 95 % interval and the p-value against 1. Rows that tie at the limit
        count in part, as if drawn from them. Reasons: those of `auc`.

    Notes
    -----
    The lift is the share of the outcomes caught, over `share`; its interval is
    Wilson's at the effective size. The variance is linearised and takes into account
    that the limit itself is estimated, which takes the outcome's rate there.
    Coverage is checked by simulation in tests/analytics/figures.

    """
    rows = sample(scores, labels, clusters=clusters, weights=weights)
    return lift_of(rows, share=share)


def lift_of(rows: Sample, *, share: float = 0.1) -> Estimate:
    """Return the lift of a sample, as `lift_at`."""
    assert 0 < share < 1, "share is between 0 and 1"
    reason = rows.reason or _constant(rows.scores)
    if reason:
        return Estimate.unknown(reason, n=rows.clusters, events=rows.events)
    top, rate_at_limit = _top(rows, share)
    hits = rows.weights * rows.labels
    caught = float(top @ hits / hits.sum())
    influence = hits * (top - caught) - rate_at_limit * rows.weights * (top - share)
    variance = rows.variance(influence / hits.sum())
    size = effective_size(caught, variance, rows.events)
    low, high = wilson(caught, size)
    z = (caught - share) / math.sqrt(share * (1 - share) / size)
    return Estimate(
        caught / share,
        low / share,
        high / share,
        rows.clusters,
        rows.events,
        two_sided_p(z),
    )


def _constant(scores: Floats) -> str | None:
    return "constant" if (scores == scores[:1]).all() else None


def _kept(
    others: NDArray[np.generic],
    scores: Floats,
    labels: NDArray[np.generic],
    weights: Floats | None,
) -> Floats:
    """Return the second scores of the rows that `sample` keeps."""
    keep = np.isfinite(scores) & np.isfinite(np.asarray(labels, float))
    if weights is not None:
        keep &= np.asarray(weights) > 0
    kept: Floats = np.asarray(others, float)[keep]
    return kept


def _deviations(rows: Sample, scores: Floats) -> tuple[float, Floats]:
    """Return the AUC, and each row's weighted deviation of its placement from it.

    A row's placement is the share of the other class that it is rightly ordered with.
    """
    order = np.argsort(scores, kind="stable")
    ranked = scores[order]
    starts = np.flatnonzero(np.r_[True, ranked[1:] != ranked[:-1]])
    sizes = np.diff(np.r_[starts, len(ranked)])
    with_outcome = np.where(rows.labels, rows.weights, 0.0)[order]
    without = np.where(rows.labels, 0.0, rows.weights)[order]
    below = _halfway(without, starts) / without.sum()
    above = 1 - _halfway(with_outcome, starts) / with_outcome.sum()
    placement = np.empty(len(scores))
    placement[order] = np.where(
        rows.labels[order], np.repeat(below, sizes), np.repeat(above, sizes)
    )
    value = float(np.average(placement[rows.labels], weights=rows.weights[rows.labels]))
    return value, rows.weights * (placement - value)


def _halfway(weights: Floats, starts: NDArray[np.intp]) -> Floats:
    """Return the weight below each group of ties and half of what is within it."""
    groups = np.add.reduceat(weights, starts)
    return np.cumsum(groups) - groups / 2


def _variance(rows: Sample, deviations: Floats) -> float:
    """Return an AUC's variance after Obuchowski; without clusters it is DeLong's."""
    parts = []
    for chosen in (rows.labels, ~rows.labels):
        totals = rows.total(np.where(chosen, deviations, 0.0))
        weight = float(rows.weights[chosen].sum())
        present = int(np.count_nonzero(rows.total(chosen.astype(float))))
        parts.append((totals / weight, present / (present - 1)))
    (first, scale1), (second, scale0) = parts
    together = 2 * rows.clusters / (rows.clusters - 1) * float(first @ second)
    return scale1 * float(first @ first) + scale0 * float(second @ second) + together


def _separated(rows: Sample, value: float) -> Estimate:
    """Return the AUC where it is 0 or 1 (no row has any variance left).

    The limit is where the normal distance, with Hanley & McNeil's variance, is 1.96.
    """
    without = len(np.unique(rows.cluster[~rows.labels]))
    limit, far = 0.5, 1.0
    z = normal_quantile()
    while far - limit > 1e-9:
        middle = (limit + far) / 2
        distance = (1 - middle) / _hanley_error(middle, rows.events, without)
        limit, far = (middle, far) if distance > z else (limit, middle)
    low, high = (limit, 1.0) if value > 0.5 else (0.0, 1 - limit)
    p = two_sided_p(0.5 / _hanley_error(0.5, rows.events, without))
    return Estimate(value, low, high, rows.clusters, rows.events, p)


def _hanley_error(area: float, events: int, others: int) -> float:
    """Return the standard error of an AUC as Newcombe's method 5 has it."""
    mean = (events + others) / 2 - 1
    spread = 1 + mean * ((1 - area) / (2 - area) + area / (1 + area))
    return math.sqrt(area * (1 - area) * spread / (events * others))


def _top(rows: Sample, share: float) -> tuple[Floats, float]:
    """Return each row's part in the top, and the rate of the outcome at the limit."""
    order = np.argsort(-rows.scores, kind="stable")
    ranked, weights = rows.scores[order], rows.weights[order]
    starts = np.flatnonzero(np.r_[True, ranked[1:] != ranked[:-1]])
    sizes = np.add.reduceat(weights, starts)
    wanted = share * float(weights.sum())
    room = np.clip(wanted - (np.cumsum(sizes) - sizes), 0.0, sizes) / sizes
    top = np.empty(len(order))
    top[order] = np.repeat(room, np.diff(np.r_[starts, len(ranked)]))
    # Half a share to both sides of the limit is near enough, and enough rows.
    place = np.cumsum(weights)
    near = np.abs(place - wanted) <= max(wanted / 2, float(weights.max()))
    labels = rows.labels[order]
    return top, float(np.average(labels[near], weights=weights[near]))
