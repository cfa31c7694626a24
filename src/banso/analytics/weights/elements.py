"""Which elements may be fitted at all, and why the others may not."""

import numpy as np
from numpy.typing import NDArray

from banso.analytics.panel.landmarks import Landmarks

Floats = NDArray[np.float64]
MOSTLY_MISSING = 0.9
FEWEST_POINTS = 1.0  # of spread: a weight on less would weigh noise
KNOWN_MORE_OFTEN = 4.0  # odds of being known, leavers over stayers, or the reverse
ALIKE = 0.95  # correlation from which two elements say the same


def reasons_against(
    landmarks: Landmarks, happened: NDArray[np.bool_]
) -> tuple[str | None, ...]:
    """Return for each element why it is not fitted; null when it is.

    Parameters
    ----------
    landmarks
        Rows with the points of the elements.
    happened
        (n,) the outcome.

    Returns
    -------
    tuple[str | None, ...]
        ``mostly_missing``: 90 % of the rows have no points. ``constant``: their spread
        is below one point. ``known_by_outcome``: whether there are points at all tells
        who leaves (odds four times as high or low): such a column was probably filled
        after the fact. ``same_as_other``: an earlier element says the same
        (correlation 0.95).

    """
    points = landmarks.values
    found = np.isfinite(points)
    reasons = [
        _reason_alone(points[:, place], found[:, place], happened, landmarks.weight)
        for place in range(points.shape[1])
    ]
    for place, reason in enumerate(reasons):
        if reason is None and any(
            reasons[earlier] is None and _alike(points[:, earlier], points[:, place])
            for earlier in range(place)
        ):
            reasons[place] = "same_as_other"
    return tuple(reasons)


def _reason_alone(
    points: Floats,
    found: NDArray[np.bool_],
    happened: NDArray[np.bool_],
    weight: Floats,
) -> str | None:
    # The odds first: what only leavers have is also mostly missing.
    leavers = float(np.average(found[happened], weights=weight[happened]))
    stayers = float(np.average(found[~happened], weights=weight[~happened]))
    higher, lower = max(leavers, stayers), min(leavers, stayers)
    if higher * (1 - lower) > KNOWN_MORE_OFTEN * lower * (1 - higher) + 0.05:
        return "known_by_outcome"
    if 1 - found.mean() >= MOSTLY_MISSING:
        return "mostly_missing"
    if points[found].std() < FEWEST_POINTS:
        return "constant"
    return None


def _alike(first: Floats, second: Floats) -> bool:
    both = np.isfinite(first) & np.isfinite(second)
    if np.count_nonzero(both) < 2:
        return False
    a, b = first[both] - first[both].mean(), second[both] - second[both].mean()
    size = float(np.sqrt((a @ a) * (b @ b)))
    return size > 0 and float(a @ b) >= ALIKE * size
