"""Which elements may be fitted at all, and why the others may not."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from banso.analytics.panel.landmarks import Landmarks

Floats = NDArray[np.float64]
MOSTLY_MISSING = 0.9
FEWEST_POINTS = 1.0  # of spread: a weight on less would weigh noise
STRATUM_DAYS = np.array([28, 91])  # of tenure, of the date
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
        who leaves, among rows of the same quarter and four weeks of tenure (odds of
        Mantel and Haenszel four times as high or low): such a column was probably
        filled after the fact. ``same_as_other``: an earlier element says the same
        (correlation 0.95).

    """
    points = landmarks.values
    found = np.isfinite(points)
    alike = _Alike.of(landmarks, happened)
    reasons = [
        _reason_alone(points[:, place], found[:, place], alike)
        for place in range(points.shape[1])
    ]
    for place, reason in enumerate(reasons):
        if reason is None and any(
            reasons[earlier] is None and _alike(points[:, earlier], points[:, place])
            for earlier in range(place)
        ):
            reasons[place] = "same_as_other"
    return tuple(reasons)


@dataclass(frozen=True)
class _Alike:
    """Rows of the same quarter and the same four weeks of tenure, to compare within.

    Much is not known in the first months of a customer, or before its table was
    connected, and in these times fewer leave, or more: that tells nothing.
    """

    stratum: NDArray[np.intp]  # (n,)
    leavers: Floats  # (n,) weight of the row if it happened, else 0
    stayers: Floats  # (n,)

    @classmethod
    def of(cls, landmarks: Landmarks, happened: NDArray[np.bool_]) -> "_Alike":
        place = np.column_stack([landmarks.tenure_days, landmarks.as_of])
        place = place.astype(np.int64) // STRATUM_DAYS
        _places, stratum = np.unique(place, axis=0, return_inverse=True)
        return cls(
            stratum.ravel(),
            np.where(happened, landmarks.weight, 0.0),
            np.where(happened, 0.0, landmarks.weight),
        )

    def tells(self, found: NDArray[np.bool_]) -> bool:
        """Return whether being known tells who leaves: by Mantel-Haenszel's odds."""
        known_left, left = self._sum(self.leavers * found), self._sum(self.leavers)
        known_stayed, stayed = self._sum(self.stayers * found), self._sum(self.stayers)
        both = left + stayed
        pairs = float((left * stayed / both).sum())
        if not pairs:
            return False
        only_left = float((known_left * (stayed - known_stayed) / both).sum()) / pairs
        only_stayed = float((known_stayed * (left - known_left) / both).sum()) / pairs
        lower, higher = sorted((only_left, only_stayed))
        return higher > KNOWN_MORE_OFTEN * lower + 0.05

    def _sum(self, weight: Floats) -> Floats:
        total: Floats = np.bincount(self.stratum, weights=weight).astype(np.float64)
        return total


def _reason_alone(
    points: Floats, found: NDArray[np.bool_], alike: _Alike
) -> str | None:
    # The odds first: what only leavers have is also mostly missing.
    if alike.tells(found):
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
