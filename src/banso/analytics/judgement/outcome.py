"""What a score is judged by: something that happens to a customer on a day."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from banso.analytics.panel.landmarks import BY_CHOICE, NO_END, Landmarks


@dataclass(frozen=True)
class Outcome:
    """Something that may happen to each landmark after its as-of date.

    A score that says who is unlikely to leave need not say who succeeds, so churn and
    expansion are two outcomes, and a score is judged by each on its own.
    """

    key: str  # "churn", "expansion"
    happens_on: NDArray[np.int32]  # (n,) the first such day after as_of, else NO_END
    is_good: bool  # whether healthy customers should have it more often

    def rows(self, mask: NDArray[np.bool_] | NDArray[np.intp]) -> "Outcome":
        """Return the outcome of the rows of a mask, or at positions."""
        return replace(self, happens_on=self.happens_on[mask])

    def within(self, landmarks: Landmarks, days: int) -> NDArray[np.bool_]:
        """Return for which rows it happened within ``(as_of, as_of + days]``."""
        return self.happens_on.astype(np.int64) <= landmarks.as_of + days


def churn(landmarks: Landmarks) -> Outcome:
    """Return leaving by choice; an end of another kind is no churn, and no gap."""
    by_choice = np.isin(landmarks.end_kind, BY_CHOICE)
    happens_on = np.where(by_choice, landmarks.leaves_on, NO_END).astype(np.int32)
    return Outcome(key="churn", happens_on=happens_on, is_good=False)
