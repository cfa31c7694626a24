"""What is judged: one number per landmark, and what a high one means."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from banso.analytics.judgement.outcome import Outcome
from banso.analytics.panel.landmarks import Landmarks

Kind = Literal["score", "dimension", "element", "forecast", "rule"]
TENURE_YEARS = (("0-1", 0, 365), ("1-2", 365, 730), ("2+", 730, None))


@dataclass(frozen=True)
class Subject:
    """A score, a part of one, a forecast or a rule, with its value for each row."""

    key: str  # "score", "adoption", "adoption.depth", "forecast", "rule.recency"
    kind: Kind
    values: NDArray[np.float64]  # (n,) NaN: it says nothing about this row
    # "good": 0–100 points. "bad": e.g. days of silence. "likely": the probability of
    # the very outcome within the horizon; only then there is a calibration.
    high_means: Literal["good", "bad", "likely"] = "good"
    # The points from which a customer is watched, and healthy; a score has them.
    bands: tuple[float, float] | None = None

    def rows(self, mask: NDArray[np.bool_] | NDArray[np.intp]) -> "Subject":
        """Return the values of the rows of a mask, or at positions."""
        return replace(self, values=self.values[mask])

    def leaning(self, outcome: Outcome) -> NDArray[np.float64]:
        """Return the values, turned so that high says that `outcome` will happen."""
        if self.high_means == "likely":
            return self.values
        agrees = (self.high_means == "good") == outcome.is_good
        return self.values if agrees else -self.values


@dataclass(frozen=True)
class Stratum:
    """A part of the landmarks that is judged on its own."""

    key: str  # "all", "tenure:0-1", "touch:high"
    members: NDArray[np.bool_]  # (n,)

    def rows(self, mask: NDArray[np.bool_] | NDArray[np.intp]) -> "Stratum":
        """Return the members among the rows of a mask, or at positions."""
        return replace(self, members=self.members[mask])


def strata(landmarks: Landmarks, *, by: Sequence[str] = ()) -> tuple[Stratum, ...]:
    """Return all rows, the years in use, and each level of the given categories.

    Parameters
    ----------
    landmarks
        The rows.
    by
        Keys of features of kind ``category``, e.g. ``("touch", "plan", "size")``.
        A row without a value is in no stratum of that category; a level without rows
        has no stratum.

    Returns
    -------
    tuple[Stratum, ...]
        ``all``; ``tenure:0-1``, ``tenure:1-2``, ``tenure:2+`` in years; then
        ``<key>:<level>`` in the order of `by` and of the levels.

    """
    found = [Stratum("all", np.ones(len(landmarks), dtype=bool))]
    for name, first, end in TENURE_YEARS:
        members = landmarks.tenure_days >= first
        if end is not None:
            members &= landmarks.tenure_days < end
        found.append(Stratum(f"tenure:{name}", members))
    levels = {feature.key: feature.levels for feature in landmarks.features}
    for key in by:
        codes = landmarks.column(key)
        for code, level in enumerate(levels[key]):
            found.append(Stratum(f"{key}:{level}", codes == code))
    return tuple(stratum for stratum in found if stratum.members.any())
