"""Leavers against stayers in one feature: difference, interval, p-value, AUC."""

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from banso.analytics.drivers.matching import Matched
from banso.analytics.drivers.scores import FeatureScores, ranks_within
from banso.analytics.figures.estimate import Estimate

Floats = NDArray[np.float64]

FEWEST_CUSTOMERS = 20
FEWEST_LEAVERS = 10


@dataclass(frozen=True)
class Surplus:
    """By how much the leavers exceed what their strata let expect, if chance chose.

    Given the strata, and how many of each leave, every choice of the leavers is
    equally likely under the null hypothesis: the permutation distribution.
    """

    total: Floats  # (c,) sum over the leavers
    variance: Floats  # (c, c) of that sum under permutation
    third: float  # third central moment of the first column
    weight: float  # leavers that are worth comparing: sum of d (N - d) / N
    step: float = 0.0  # from one possible sum to the next; 0 when they are many

    @property
    def direction(self) -> Floats:
        """Return the weight of each column in which leavers differ most clearly."""
        inverse = np.linalg.pinv(self.variance, hermitian=True)
        return np.asarray(inverse @ self.total, dtype=np.float64)

    @property
    def statistic(self) -> float:
        """Return the sum in units of its variance: chi² with c degrees of freedom."""
        return float(self.total @ self.direction)

    @property
    def p_value(self) -> float:
        """Return the chance of a surplus as large in a random choice of leavers.

        One column: a gamma distribution with the exact mean, variance and skewness
        (Pearson III, after Mielke & Berry), corrected by half a step. Several: chi².
        """
        from scipy.special import gammaincc  # noqa: PLC0415 -- only a run needs it

        if len(self.total) == 1:
            deviation = math.sqrt(self.variance[0, 0])
            z, skew = float(self.total[0]) / deviation, self.third / deviation**3
            half = self.step / 2 / deviation
            return min(1.0, 2 * min(_upper(z - half, skew), _upper(-z - half, -skew)))
        return float(gammaincc(len(self.total) / 2, self.statistic / 2))


@dataclass(frozen=True)
class Comparison:
    """What one feature shows on some of the matched rows."""

    leavers: int
    stayers: int  # customers that never left
    effect: Estimate  # stayers minus leavers; of a category a distance
    mean_left: float | None = None
    mean_stayed: float | None = None
    auc: float | None = None
    surplus: Surplus | None = None  # what the effect was computed from


def surplus(
    columns: Floats,
    left: NDArray[np.bool_],
    stratum: NDArray[np.intp],
    *,
    step: float = 0.0,
) -> Surplus:
    """Return the leavers' surplus in columns that are centered within strata.

    `step` is the distance of the values of a column that has two.
    """
    size = np.bincount(stratum).astype(np.float64)
    leavers = np.bincount(stratum, weights=left, minlength=len(size))
    both = leavers * (size - leavers)
    per_pair = both / np.maximum(size - 1, 1) / np.maximum(size, 1)
    total = columns[left].sum(axis=0)
    weighted = columns * per_pair[stratum][:, None]
    variance = np.einsum("ij,ik->jk", weighted, columns)
    lopsided = both * (size - 2 * leavers)
    lopsided /= np.maximum((size - 1) * (size - 2) * size, 1)
    first = columns[:, 0]
    third = float((lopsided[stratum] * first * first * first).sum())
    weight = float((both / np.maximum(size, 1)).sum())
    return Surplus(total, variance, third, weight, step)


def compare(scores: FeatureScores) -> Comparison:
    """Return how leavers differ from stayers in one feature.

    Parameters
    ----------
    scores
        The feature on the matched rows, or on whole strata of them.

    Returns
    -------
    Comparison
        Its effect has the reason when there is none: that of the scores,
        ``too_few_customers`` (20), ``one_class``, ``too_few_events`` (10 leavers that
        have stayers to be compared with), ``constant``.

    """
    rows = scores.rows
    customers = int(np.count_nonzero(np.bincount(rows.cluster)))
    gone = int(np.count_nonzero(np.bincount(rows.cluster[rows.left])))
    leavers = int(rows.left.sum())
    found = _examined(scores, customers)
    if isinstance(found, str):
        effect = Estimate.unknown(found, n=customers, events=leavers)
        return Comparison(leavers, customers - gone, effect)
    if scores.feature.kind == "category":
        effect = distance(found.statistic, scores.columns.shape[1], found.weight)
        effect = replace(effect, n=customers, events=leavers)
        auc = _share_by_levels(scores)
        return Comparison(leavers, customers - gone, effect, auc=auc, surplus=found)
    effect = _difference(scores.columns[:, 0], rows, found)
    # The larger p: of a random choice of leavers, and of the interval by customer.
    p = max(found.p_value, effect.p_value or 0.0)
    effect = replace(effect, n=customers, events=leavers, p_value=p)
    means, auc = _means(scores.values, rows), pair_share(scores.ranks, rows)
    return Comparison(leavers, customers - gone, effect, *means, auc, found)


def distance(statistic: float, degrees: int, weight: float) -> Estimate:
    """Return how far leavers are from stayers in several columns at once.

    The root of the squared Mahalanobis distance, which is the standardised difference
    when there is one column. It has no sign.

    Parameters
    ----------
    statistic
        Chi², which is noncentral with `weight` times the squared distance.
    degrees
        Its degrees of freedom.
    weight
        Leavers that are worth comparing.

    Returns
    -------
    Estimate
        The unbiased distance (0 at least), its interval by inverting chi², and p.

    """
    from scipy.special import chdtrc  # noqa: PLC0415 -- only a run needs it

    low, high = (_noncentrality(statistic, degrees, p) for p in (0.975, 0.025))
    middle = min(max(statistic - degrees, low), high)
    value, least, most = (math.sqrt(max(x, 0) / weight) for x in (middle, low, high))
    p = float(chdtrc(degrees, statistic))
    return Estimate(value, least, most, 0, p_value=p)


def pair_share(ranks: Floats, rows: Matched) -> float | None:
    """Return the share of pairs alike in which the stayer has the higher value.

    A pair is a leaver and a stayer of one stratum; equal values count half. `ranks` are
    those within strata. Null when there is no pair.
    """
    leavers = np.bincount(rows.stratum, weights=rows.left)
    ranks_left = float(ranks[rows.left].sum())
    lowest = float((leavers * (leavers + 1) / 2).sum())
    pairs = float((leavers * (np.bincount(rows.stratum) - leavers)).sum())
    return 1 - (ranks_left - lowest) / pairs if pairs else None


def _examined(scores: FeatureScores, customers: int) -> Surplus | str:
    """Return the leavers' surplus, or the reason why there is none."""
    rows = scores.rows
    leavers = int(rows.left.sum())
    if scores.reason and scores.reason != "constant":
        return scores.reason
    if customers < FEWEST_CUSTOMERS:
        return "too_few_customers"
    if leavers in (0, len(rows)):
        return "one_class"
    if min(leavers, len(rows) - leavers) < FEWEST_LEAVERS:
        return "too_few_events"
    if scores.reason:
        return scores.reason
    found = surplus(scores.columns, rows.left, rows.stratum, step=scores.step)
    if found.weight < FEWEST_LEAVERS / 2:
        return "too_few_events"
    return "constant" if float(np.diag(found.variance).max()) < 1e-6 else found


def _difference(column: Floats, rows: Matched, found: Surplus) -> Estimate:
    """Return the standardised difference, its interval by customer, and p.

    The slope of the score on leaving within strata, with the sandwich variance over
    customers and as many degrees of freedom as there are leavers.
    """
    from scipy.special import stdtr, stdtrit  # noqa: PLC0415 -- only a run needs it

    size = np.bincount(rows.stratum).astype(np.float64)
    leavers = np.bincount(rows.stratum, weights=rows.left)
    off = rows.left - (leavers / np.maximum(size, 1))[rows.stratum]
    slope = float(found.total[0]) / found.weight
    rest = column - slope * off
    within = max(len(rows) - int(np.count_nonzero(size)) - 1, 1)
    deviation = math.sqrt(float(rest @ rest) / within)
    if deviation < 1e-6:  # the value says who leaves, without exception
        deviation = math.sqrt(float(column @ column) / within)
    few = np.sqrt(size / np.maximum(size - 1, 1))[rows.stratum]
    by_customer = np.bincount(rows.cluster, weights=off * rest * few)
    customers = int(np.count_nonzero(np.bincount(rows.cluster)))
    error = math.sqrt(float(by_customer @ by_customer) * customers / (customers - 1))
    error /= found.weight * deviation
    effect = -slope / deviation
    degrees = int(np.count_nonzero(np.bincount(rows.cluster[rows.left]))) - 1
    reach = float(stdtrit(degrees, 0.975)) * error
    p = 2 * float(stdtr(degrees, -abs(effect) / error)) if error else 0.0
    return Estimate(effect, effect - reach, effect + reach, 0, p_value=p)


def _means(values: Floats, rows: Matched) -> tuple[float, float]:
    """Return the mean of leavers, and of stayers on the same dates and tenures."""
    size = np.bincount(rows.stratum).astype(np.float64)
    leavers = np.bincount(rows.stratum, weights=rows.left)
    both = (leavers > 0) & (leavers < size)
    sums = np.bincount(rows.stratum, weights=values)
    sums_left = np.bincount(rows.stratum, weights=values * rows.left)
    stayed = (sums - sums_left)[both] / (size - leavers)[both]
    counts = leavers[both]
    return (
        float(sums_left[both].sum() / counts.sum()),
        float((stayed * counts).sum() / counts.sum()),
    )


def _share_by_levels(scores: FeatureScores) -> float | None:
    """Return the share of pairs that the levels' rates, seen in others, put right.

    The rates of each half of the customers rank the other half.
    """
    rows, codes = scores.rows, scores.values.astype(np.intp)
    odd = rows.cluster % 2 == 1
    first = _ranked_by_others(codes, rows, odd)
    other = _ranked_by_others(codes, rows, ~odd)
    return None if first is None or other is None else (first + other) / 2


def _ranked_by_others(
    codes: NDArray[np.intp], rows: Matched, judged: NDArray[np.bool_]
) -> float | None:
    leavers = np.bincount(rows.stratum, weights=rows.left)
    due = (leavers / np.maximum(np.bincount(rows.stratum), 1))[rows.stratum]
    count = int(codes.max()) + 1
    seen = np.bincount(codes[~judged], weights=rows.left[~judged], minlength=count)
    expected = np.bincount(codes[~judged], weights=due[~judged], minlength=count)
    rate = (seen + 1) / (expected + 1)
    ranked, others = -rate[codes[judged]], rows.only(judged)
    order = np.argsort(ranked, kind="stable")
    return pair_share(ranks_within(ranked, others.stratum, order)[0], others)


def _upper(z: float, skew: float) -> float:
    """Return the chance of more than `z` in a standard gamma with that skewness."""
    from scipy.special import gammainc, gammaincc, ndtr  # noqa: PLC0415 -- as above

    if abs(skew) < 1e-4:
        return float(ndtr(-z))
    shape = 4 / skew**2
    at = shape + z * math.sqrt(shape) * math.copysign(1, skew)
    if at <= 0:
        return 1.0 if skew > 0 else 0.0
    return float(gammaincc(shape, at) if skew > 0 else gammainc(shape, at))


def _noncentrality(statistic: float, degrees: int, p: float) -> float:
    """Return the noncentrality that puts chi² below the statistic with chance p."""
    from scipy.special import chndtr, ndtri  # noqa: PLC0415 -- only a run needs it

    if statistic > 500:  # the root is normal with deviation 1
        return float(max(math.sqrt(statistic) - ndtri(p), 0.0) ** 2 - degrees + 1)
    if float(chndtr(statistic, degrees, 0.0)) <= p:
        return 0.0
    low, high = 0.0, statistic + 40 * math.sqrt(statistic + degrees) + 40
    for _ in range(60):
        middle = (low + high) / 2
        if float(chndtr(statistic, degrees, middle)) > p:
            low = middle
        else:
            high = middle
    return (low + high) / 2
