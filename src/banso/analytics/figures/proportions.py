"""Shares of customers: one, and two beside each other."""

import math

import numpy as np
from numpy.typing import NDArray

from banso.analytics.figures.estimate import Estimate
from banso.analytics.figures.intervals import (
    CONFIDENCE,
    normal_quantile,
    two_sided_p,
    wilson,
)
from banso.analytics.figures.samples import Sample, sample

ROUNDING = 1e-20  # a variance that small is 0 but for rounding
SMALL_EXPECTED = 5  # Cochran's rule: below it chi² is no longer to be trusted


def proportion(
    events: int, customers: int, *, confidence: float = CONFIDENCE
) -> Estimate:
    """Return the share of customers with an event, with Wilson's interval.

    Parameters
    ----------
    events
        Customers with the event, 0..`customers`.
    customers
        Customers in all.
    confidence
        Of the interval.

    Returns
    -------
    Estimate
        A ratio. ``too_few_customers`` when there is no customer.

    Notes
    -----
    Source: Wilson (1927); Newcombe (1998), Stat Med 17:857, method 3.

    """
    _check(events, customers)
    if customers == 0:
        return Estimate.unknown("too_few_customers", n=0)
    share = events / customers
    low, high = wilson(share, customers, confidence=confidence)
    return Estimate(share, low, high, customers, events)


def clustered_proportion(
    labels: NDArray[np.generic],
    clusters: NDArray[np.generic],
    *,
    weights: NDArray[np.float64] | None = None,
) -> Estimate:
    """Return the share of rows with the outcome, when customers have several rows.

    Parameters
    ----------
    labels
        (n,) True or 1 for the outcome; NaN is left out.
    clusters
        (n,) the customer of each row.
    weights
        (n,) rows that a row stands for; 1 when null.

    Returns
    -------
    Estimate
        A ratio; ``n`` counts customers, ``events`` those with the outcome in any row.
        Wilson's interval at the size that the clustered variance is worth; at 0 or 1,
        where that variance is 0, at the number of customers. ``too_few_customers``
        below two customers.

    Notes
    -----
    Source: Korn & Graubard (1998), Survey Methodology 24:193 (effective size).

    """
    rows = sample(np.zeros(len(labels)), labels, clusters=clusters, weights=weights)
    return proportion_of(rows)


def proportion_of(rows: Sample) -> Estimate:
    """Return the share of a sample with the outcome, as `clustered_proportion`."""
    if rows.clusters < 2:
        return Estimate.unknown("too_few_customers", n=rows.clusters)
    total = rows.weights.sum()
    share = float((rows.labels * rows.weights).sum() / total)
    influence = rows.weights * (rows.labels - share) / total
    low, high = wilson(
        share, effective_size(share, rows.variance(influence), rows.clusters)
    )
    return Estimate(share, low, high, rows.clusters, rows.events)


def proportion_of_totals(
    happened: NDArray[np.float64], weight: NDArray[np.float64]
) -> Estimate:
    """Return the same as `clustered_proportion` from one sum for each customer.

    Parameters
    ----------
    happened
        (c,) the weights of a customer's rows with the outcome; 0 when it has none.
    weight
        (c,) those of all of its rows; who has none is left out.

    """
    mine = weight > 0
    clusters = int(np.count_nonzero(mine))
    if clusters < 2:
        return Estimate.unknown("too_few_customers", n=clusters)
    total = float(weight.sum())
    share = float(happened.sum()) / total
    variance = variance_of_totals((happened[mine] - share * weight[mine]) / total)
    low, high = wilson(share, effective_size(share, variance, clusters))
    events = int(np.count_nonzero(happened))
    return Estimate(share, low, high, clusters, events)


def variance_of_totals(influence: NDArray[np.float64]) -> float:
    """Return the variance of a figure from each customer's influence on it.

    As `Sample.variance`, which sums the influence of a customer's rows first.
    """
    clusters = len(influence)
    return float(influence @ influence) * clusters / (clusters - 1)


def effective_size(share: float, variance: float, clusters: int) -> float:
    """Return how many independent trials would give this variance of a share.

    With one row per cluster it is their number; also where there is no variance.
    """
    if clusters < 2 or variance <= ROUNDING or share in (0.0, 1.0):
        return clusters
    # A sample's variance is taken over one less than it has members.
    return share * (1 - share) / variance * clusters / (clusters - 1)


def difference_of_proportions(
    events: int, customers: int, other_events: int, other_customers: int
) -> Estimate:
    """Return by how much the share of one group exceeds that of the other.

    Parameters
    ----------
    events, customers
        The first group: customers with the event, customers in all.
    other_events, other_customers
        The group that it is compared with.

    Returns
    -------
    Estimate
        First share minus the other, -1..1, with Newcombe's interval. ``p_value`` is
        that of chi², or Fisher's exact test where fewer than 5 events (or customers
        without) are expected in a group. ``too_few_customers`` when a group is empty.

    Notes
    -----
    Source: Newcombe (1998), Stat Med 17:873, method 10.

    """
    _check(events, customers)
    _check(other_events, other_customers)
    n, total = customers + other_customers, events + other_events
    if customers == 0 or other_customers == 0:
        return Estimate.unknown("too_few_customers", n=n, events=total)
    first, other = events / customers, other_events / other_customers
    low1, high1 = wilson(first, customers)
    low0, high0 = wilson(other, other_customers)
    value = first - other
    return Estimate(
        value,
        value - math.hypot(first - low1, high0 - other),
        value + math.hypot(high1 - first, other - low0),
        n,
        total,
        _same_share_p(events, customers, other_events, other_customers),
    )


def ratio_of_proportions(
    events: int, customers: int, other_events: int, other_customers: int
) -> Estimate:
    """Return how many times as high the share of one group is as that of the other.

    Parameters
    ----------
    events, customers
        The first group: customers with the event, customers in all.
    other_events, other_customers
        The group that it is compared with.

    Returns
    -------
    Estimate
        First share over the other, with Katz' interval (normal in the logarithm) and
        the p-value of `difference_of_proportions`. ``too_few_customers`` when a group
        is empty, ``too_few_events`` when nobody in a group has the event, ``one_class``
        when everybody in both has it.

    Notes
    -----
    Source: Katz et al. (1978), Biometrics 34:469, method C.

    """
    _check(events, customers)
    _check(other_events, other_customers)
    n, total = customers + other_customers, events + other_events
    reason = _no_ratio(events, customers, other_events, other_customers)
    if reason:
        return Estimate.unknown(reason, n=n, events=total)
    ratio = (events / customers) / (other_events / other_customers)
    error = math.sqrt(
        1 / events - 1 / customers + 1 / other_events - 1 / other_customers
    )
    factor = math.exp(normal_quantile() * error)
    p = _same_share_p(events, customers, other_events, other_customers)
    return Estimate(ratio, ratio / factor, ratio * factor, n, total, p)


def _check(events: int, customers: int) -> None:
    assert 0 <= events <= customers, "events are among the customers"


def _no_ratio(
    events: int, customers: int, other_events: int, other_customers: int
) -> str | None:
    if customers == 0 or other_customers == 0:
        return "too_few_customers"
    if events == 0 or other_events == 0:
        return "too_few_events"
    if events == customers and other_events == other_customers:
        return "one_class"
    return None


def _same_share_p(
    events: int, customers: int, other_events: int, other_customers: int
) -> float:
    n, total = customers + other_customers, events + other_events
    if total in (0, n):
        return 1.0
    smallest = min(customers, other_customers) * min(total, n - total) / n
    if smallest < SMALL_EXPECTED:
        return _fisher_p(events, customers, total, n)
    surplus = events - customers * total / n
    variance = customers * other_customers * total * (n - total) / n**3
    return two_sided_p(surplus / math.sqrt(variance))


def _fisher_p(events: int, customers: int, total: int, n: int) -> float:
    """Return the chance of a table at most as likely as this one, margins given."""
    fewest, most = max(0, customers + total - n), min(customers, total)
    logs = [
        _log_choose(customers, k) + _log_choose(n - customers, total - k)
        for k in range(fewest, most + 1)
    ]
    peak = max(logs)
    weights = [math.exp(log - peak) for log in logs]
    limit = weights[events - fewest] * (1 + 1e-7)  # equally likely but for rounding
    return min(1.0, sum(w for w in weights if w <= limit) / sum(weights))


def _log_choose(n: int, k: int) -> float:
    return math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)
