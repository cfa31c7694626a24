"""The chance of leaving by several columns at once, compared within strata."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

MOST_STEPS = 30
HALVINGS = 12


@dataclass(frozen=True)
class RiskSets:
    """Rows in strata of which some leave; strata without a leaver say nothing."""

    columns: Floats  # (n, k) centered within strata
    left: NDArray[np.bool_]  # (n,)
    stratum: NDArray[np.intp]  # (n,) 0..strata-1, each with a leaver and a stayer
    cluster: NDArray[np.intp]  # (n,) customers


@dataclass(frozen=True)
class Slopes:
    """The partial likelihood at some slopes: its height, gradient and curvature."""

    slopes: Floats  # (k,) change of the log hazard for one unit of a column
    height: float  # log partial likelihood
    gradient: Floats  # (k,)
    information: Floats  # (k, k)


def risk_sets(
    columns: Floats,
    left: NDArray[np.bool_],
    stratum: NDArray[np.intp],
    cluster: NDArray[np.intp],
) -> RiskSets:
    """Return the rows of the strata in which some leave and some stay."""
    size = np.bincount(stratum)
    leavers = np.bincount(stratum, weights=left)
    tells = ((leavers > 0) & (leavers < size))[stratum]
    _, numbers = np.unique(stratum[tells], return_inverse=True)
    return RiskSets(columns[tells], left[tells], numbers, cluster[tells])


def fitted(sets: RiskSets, free: NDArray[np.intp], start: Floats) -> Slopes:
    """Return the slopes of highest partial likelihood; those not free are 0.

    Parameters
    ----------
    sets
        The rows.
    free
        Places of the columns that are fitted.
    start
        (k,) slopes to begin with, 0 where not free.

    Returns
    -------
    Slopes
        With gradient and information of all columns, also of those that are not free.

    Notes
    -----
    Conditional logistic regression with Efron's handling of several leavers in a
    stratum; Newton's method with step-halving. Checked against lifelines.

    """
    now = at(sets, start)
    for _ in range(MOST_STEPS):
        if not len(free):
            return now
        step = np.zeros_like(start)
        part = now.information[np.ix_(free, free)]
        step[free] = np.linalg.pinv(part, hermitian=True) @ now.gradient[free]
        gain = float(step @ now.gradient)
        if gain < 1e-9:
            return now
        after = _climbed(sets, now, step)
        if after is None:
            return now
        now = after
    return now


def at(sets: RiskSets, slopes: Floats) -> Slopes:
    """Return the partial likelihood (Efron) at these slopes."""
    x, left, stratum = sets.columns, sets.left, sets.stratum
    strata = int(stratum.max(initial=-1)) + 1
    linear = x @ slopes
    peak = np.full(strata, -np.inf)
    np.maximum.at(peak, stratum, linear)
    risk = np.exp(linear - peak[stratum])
    of_leavers = np.where(left, risk, 0.0)
    all_risk = np.bincount(stratum, weights=risk, minlength=strata)
    left_risk = np.bincount(stratum, weights=of_leavers, minlength=strata)
    event_stratum, share = _events(stratum[left], strata)
    still = all_risk[event_stratum] - share * left_risk[event_stratum]
    inverse = np.bincount(event_stratum, weights=1 / still, minlength=strata)
    discount = np.bincount(event_stratum, weights=share / still, minlength=strata)
    weight = risk * inverse[stratum] - of_leavers * discount[stratum]
    means = _sums(x * risk[:, None], stratum, strata)[event_stratum]
    means -= (
        share[:, None] * _sums(x * of_leavers[:, None], stratum, strata)[event_stratum]
    )
    means /= still[:, None]
    height = float(linear[left].sum() - np.log(still).sum() - peak[event_stratum].sum())
    gradient = x[left].sum(axis=0) - weight @ x
    information = (x * weight[:, None]).T @ x - means.T @ means
    return Slopes(slopes, height, gradient, information)


def by_customer(sets: RiskSets, found: Slopes, free: NDArray[np.intp]) -> Floats:
    """Return the covariance of the free slopes, robust to repeated customers.

    The sandwich of Lin & Wei (1989) with each customer's rows summed.
    """
    x, left, stratum = sets.columns[:, free], sets.left, sets.stratum
    strata = int(stratum.max(initial=-1)) + 1
    linear = sets.columns @ found.slopes
    peak = np.full(strata, -np.inf)
    np.maximum.at(peak, stratum, linear)
    risk = np.exp(linear - peak[stratum])
    total = np.bincount(stratum, weights=risk, minlength=strata)
    mean = _sums(x * risk[:, None], stratum, strata) / total[:, None]
    due = risk * (np.bincount(stratum, weights=left) / total)[stratum]
    residual = (x - mean[stratum]) * (left - due)[:, None]
    customers, numbers = np.unique(sets.cluster, return_inverse=True)
    sums = _sums(residual, numbers, len(customers))
    bread = np.linalg.pinv(found.information[np.ix_(free, free)], hermitian=True)
    meat = sums.T @ sums * len(customers) / max(len(customers) - 1, 1)
    return np.asarray(bread @ meat @ bread)


def _climbed(sets: RiskSets, now: Slopes, step: Floats) -> Slopes | None:
    for _ in range(HALVINGS):
        after = at(sets, now.slopes + step)
        if after.height > now.height:
            return after
        step = step / 2
    return None


def _events(leavers: NDArray[np.intp], strata: int) -> tuple[NDArray[np.intp], Floats]:
    """Return each leaving's stratum and the share of its leavers that went before."""
    counts = np.bincount(leavers, minlength=strata)
    stratum = np.repeat(np.arange(strata), counts)
    place = np.arange(len(stratum)) - np.repeat(np.cumsum(counts) - counts, counts)
    return stratum, place / counts[stratum]


def _sums(columns: Floats, groups: NDArray[np.intp], count: int) -> Floats:
    """Return the sum of each column in each group."""
    result = np.empty((count, columns.shape[1]))
    for place in range(columns.shape[1]):
        result[:, place] = np.bincount(groups, columns[:, place], minlength=count)
    return result
