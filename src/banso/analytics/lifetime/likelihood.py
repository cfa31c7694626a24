"""Finding the parameters that make what was seen most likely, or saying why not."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from banso.analytics.figures.estimate import Estimate
from banso.analytics.figures.intervals import CONFIDENCE, normal_quantile

Floats = NDArray[np.float64]
LogLikelihood = Callable[[Floats], float]

# A parameter beyond these has run to its edge: the data say nothing of its size.
SMALLEST: Final = 1e-4
LARGEST: Final = 1e4
_STEP: Final = 1e-3  # of the numerical derivatives, in the logarithm
_MOST_STEPS: Final = 50
_REACHED: Final = 1e-9  # what another step could still win, in the log likelihood
_FLAT: Final = 1e-4  # a curvature so small says nothing of the parameter
_LIFT: Final = 1.0
_NOISE: Final = 1e-11
_WORST: Final = 1e12  # what an impossible place costs


def _none() -> Floats:
    return np.empty(0)


@dataclass(frozen=True, eq=False)
class Maximum:
    """Positive parameters at the maximum of a likelihood; empty with a `reason`."""

    parameters: Floats = field(default_factory=_none)
    covariance: Floats = field(default_factory=_none)  # of their logarithms
    log_likelihood: float | None = None
    reason: str | None = None


def maximum(
    log_likelihood: LogLikelihood, starts: Sequence[Sequence[float]]
) -> Maximum:
    """Return the maximum of a likelihood over positive parameters.

    Parameters
    ----------
    log_likelihood
        Of the parameters (k,), each above 0.
    starts
        Where to begin; the best end of all counts.

    Returns
    -------
    Maximum
        ``no_maximum`` when the search did not end, when the likelihood is not curved
        down where it ended, or when a parameter ran to its edge: then the data cannot
        tell, and no number is given.

    """
    from scipy.optimize import minimize  # noqa: PLC0415 -- slow to import

    def cost(logs: Floats) -> float:
        with np.errstate(all="ignore"):
            value = -log_likelihood(np.exp(logs))
        return float(value) if np.isfinite(value) else _WORST

    low, high = np.log(SMALLEST), np.log(LARGEST)
    ends = [
        minimize(
            cost, np.log(start), method="L-BFGS-B", bounds=[(low, high)] * len(start)
        )
        for start in starts
    ]
    best = min(ends, key=lambda end: float(end.fun))
    top = _top(cost, np.asarray(best.x, dtype=np.float64))
    if top is None or (top[0] <= low + _STEP).any() or (top[0] >= high - _STEP).any():
        return Maximum(reason="no_maximum")
    logs, covariance = top
    return Maximum(np.exp(logs), covariance, -cost(logs))


def _top(cost: Callable[[Floats], float], logs: Floats) -> tuple[Floats, Floats] | None:
    """Return the place where the slope is 0, and the inverse curvature there.

    None when there is none near: the cost does not curve upward, or Newton's steps do
    not end.
    """
    for _round in range(_MOST_STEPS):
        slope, curvature = _derivatives(cost, logs)
        if not np.isfinite(curvature).all():
            return None
        lowest = float(np.linalg.eigvalsh(curvature).min())
        # Where the cost does not curve upward yet, go down its slope rather.
        lift = 0.0 if lowest > _FLAT else _LIFT - lowest
        step = np.linalg.solve(curvature + lift * np.eye(len(logs)), slope)
        if slope @ step < _REACHED:
            if lift:
                return None
            return logs, np.asarray(np.linalg.inv(curvature), dtype=np.float64)
        # Sums of thousands of terms differ in their last places.
        limit, size = cost(logs) + _NOISE * (1 + abs(cost(logs))), 1.0
        while cost(logs - size * step) > limit and size > _STEP:
            size /= 2
        logs = logs - size * step
    return None


def _derivatives(
    cost: Callable[[Floats], float], logs: Floats
) -> tuple[Floats, Floats]:
    """Return slope (k,) and curvature (k, k), by central differences."""
    size = len(logs)
    steps = np.eye(size) * _STEP
    here = cost(logs)
    up = np.array([cost(logs + step) for step in steps])
    down = np.array([cost(logs - step) for step in steps])
    curvature = np.diag((up + down - 2 * here) / _STEP**2)
    for row in range(size):
        for column in range(row):
            both, across = steps[row] + steps[column], steps[row] - steps[column]
            change = cost(logs + both) + cost(logs - both)
            change -= cost(logs + across) + cost(logs - across)
            curvature[row, column] = curvature[column, row] = change / (4 * _STEP**2)
    return (up - down) / (2 * _STEP), curvature


def derived(
    found: Maximum,
    figure: Callable[[Floats], float],
    *,
    n: int,
    events: int = 0,
    confidence: float = CONFIDENCE,
) -> Estimate:
    """Return a positive figure of the parameters with its interval.

    Parameters
    ----------
    found
        The maximum.
    figure
        A figure above 0, of the parameters (k,).
    n, events
        What the parameters were found from.
    confidence
        Of the interval.

    Returns
    -------
    Estimate
        The interval is symmetric in the logarithm, by the delta method. The reason of
        `found`, or ``no_maximum`` when the figure is not finite there.

    """
    if found.reason:
        return Estimate.unknown(found.reason, n=n, events=events)
    logs = np.log(found.parameters)
    value = figure(found.parameters)
    slopes = np.empty(len(logs))
    for place in range(len(logs)):
        step = np.zeros(len(logs))
        step[place] = _STEP
        up, down = figure(np.exp(logs + step)), figure(np.exp(logs - step))
        if not (up > 0 and down > 0):
            return Estimate.unknown("no_maximum", n=n, events=events)
        slopes[place] = (np.log(up) - np.log(down)) / (2 * _STEP)
    error = float(np.sqrt(slopes @ found.covariance @ slopes))
    if not (np.isfinite(value) and value > 0 and np.isfinite(error)):
        return Estimate.unknown("no_maximum", n=n, events=events)
    factor = float(np.exp(normal_quantile(confidence) * error))
    return Estimate(float(value), value / factor, value * factor, n, events)
