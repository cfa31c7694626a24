"""How long before they leave leavers differ, and how steadily they do."""

import numpy as np
from numpy.typing import NDArray

from banso.analytics.drivers.comparison import FEWEST_LEAVERS, Surplus, surplus
from banso.analytics.drivers.matching import came_of
from banso.analytics.drivers.scores import FeatureScores, centered
from banso.analytics.panel.landmarks import Landmarks

LEADS = (28, 56, 84, 112, 140, 168, 196, 252, 308, 364, 448, 532, 616, 728)  # days
LEVEL = 0.05
FEWEST_PERIODS = 2
LEAVERS_A_PERIOD = 5


def lead_days(scores: FeatureScores, landmarks: Landmarks, *, now: Surplus) -> int:
    """Return how long before they leave those that leave differ, in days.

    On each landmark date those that leave so many days later, or up to a window after
    that, are compared with those that stay until then. The first lead at which no
    difference is found (5 %) ends the search, so all leads together err in 5 % at most.

    Parameters
    ----------
    scores
        A feature in which leavers differ within the window after the date.
    landmarks
        Where the rows come from.
    now
        The leavers' surplus in it.

    Returns
    -------
    int
        The longest lead; 0 when the difference shows in the last window alone.

    """
    found = 0
    for gap in LEADS:
        came = came_of(
            landmarks,
            scores.rows.rows,
            gap_days=gap,
            window_days=scores.rows.window_days,
        )
        if not _differ(scores, came, now.total):
            break
        found = gap
    return found


def stability(scores: FeatureScores, *, now: Surplus) -> float | None:
    """Return the share of half-years in which leavers differ in the same direction.

    Null with fewer than two half-years of five leavers.
    """
    rows = scores.rows
    halves = rows.half[rows.left] - rows.half.min()
    toward = scores.columns[rows.left] @ now.direction
    sums = np.bincount(halves, weights=toward)[np.bincount(halves) >= LEAVERS_A_PERIOD]
    return float((sums > 0).mean()) if len(sums) >= FEWEST_PERIODS else None


def _differ(
    scores: FeatureScores, came: NDArray[np.int8], direction: NDArray[np.float64]
) -> bool:
    """Return whether leavers differ at this lead, in the direction of those at 0."""
    known = came >= 0
    left, stratum = came[known] == 1, scores.rows.stratum[known]
    if int(left.sum()) < FEWEST_LEAVERS:
        return False
    columns = centered(scores.columns[known], stratum)
    found = surplus(columns, left, stratum, step=scores.step)
    same = len(direction) > 1 or float(found.total[0] * direction[0]) > 0
    return found.weight >= FEWEST_LEAVERS / 2 and same and found.p_value < LEVEL
