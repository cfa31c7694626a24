"""The chance of leaving by several columns at once, compared within strata."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from banso.analytics.survival.partial_likelihood import (
    PartialLikelihood,
    partial_likelihood,
)

Floats = NDArray[np.float64]

MOST_STEPS = 30
HALVINGS = 12
NEAR_ENOUGH = 1e-9


@dataclass(frozen=True, eq=False)
class RiskSets:
    """Rows of the strata in which some leave and some stay; the others say nothing."""

    likelihood: PartialLikelihood
    cluster: NDArray[np.intp]  # (n,) customers, 0.., in the order of the likelihood

    @property
    def columns(self) -> Floats:
        """The columns of the rows."""
        return self.likelihood.design


@dataclass(frozen=True, eq=False)
class Slopes:
    """The partial likelihood at some slopes."""

    slopes: Floats  # (k,) change of the log hazard for one unit of a column
    gradient: Floats  # (k,) also of the columns that were not fitted
    information: Floats  # (k, k)


def risk_sets(
    columns: Floats,
    left: NDArray[np.bool_],
    stratum: NDArray[np.intp],
    cluster: NDArray[np.intp],
) -> RiskSets | None:
    """Return what can be compared; null when no stratum has leavers and stayers.

    All rows of a stratum are at risk together, and leave together or not: conditional
    logistic regression, with Efron's handling of several leavers.
    """
    size = np.bincount(stratum)
    leavers = np.bincount(stratum, weights=left)
    tells = ((leavers > 0) & (leavers < size))[stratum]
    if not tells.any():
        return None
    together = np.zeros(int(tells.sum()))
    likelihood, order = partial_likelihood(
        together, left[tells], columns[tells], stratum[tells]
    )
    _, numbers = np.unique(cluster[tells], return_inverse=True)
    return RiskSets(likelihood, numbers[order])


def fitted(sets: RiskSets, free: NDArray[np.intp]) -> Slopes:
    """Return the slopes of highest partial likelihood; those not free are 0.

    Parameters
    ----------
    sets
        The rows.
    free
        Places of the columns that are fitted.

    Returns
    -------
    Slopes
        With gradient and information of all columns: what a score test needs.

    """
    whole = sets.likelihood
    part = replace(whole, design=np.ascontiguousarray(whole.design[:, free]))
    slopes = np.zeros(whole.design.shape[1])
    slopes[free] = _climbed(part)
    return Slopes(slopes, *whole.slope_and_curvature(slopes))


def _climbed(likelihood: PartialLikelihood) -> Floats:
    """Return the slopes of highest likelihood (Newton's method with step-halving)."""
    slopes = np.zeros(likelihood.design.shape[1])
    height = likelihood.value(slopes)
    for _ in range(MOST_STEPS if len(slopes) else 0):
        gradient, information = likelihood.slope_and_curvature(slopes)
        step = np.linalg.pinv(information, hermitian=True) @ gradient
        if float(step @ gradient) < NEAR_ENOUGH:
            break
        for _ in range(HALVINGS):
            reached = likelihood.value(slopes + step)
            if reached > height:
                break
            step = step / 2
        else:
            break
        slopes, height = slopes + step, reached
    return slopes


def covariance(sets: RiskSets, found: Slopes, free: NDArray[np.intp]) -> Floats:
    """Return the covariance of the free slopes, robust to repeated customers.

    The sandwich of Lin & Wei (1989) with each customer's rows summed.
    """
    residuals = sets.likelihood.residuals(found.slopes)[:, free]
    sums = np.column_stack([np.bincount(sets.cluster, one) for one in residuals.T])
    bread = np.linalg.pinv(found.information[np.ix_(free, free)], hermitian=True)
    few = len(sums) / max(len(sums) - 1, 1)
    return np.asarray(bread @ (sums.T @ sums) @ bread * few, dtype=np.float64)
