"""Years of use, health and churn: stayers and leavers side by side."""

import math
from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from banso.analytics.drivers.churn_of_groups import ChurnOfGroups
from banso.analytics.drivers.matching import DAYS_A_YEAR, came_of
from banso.analytics.drivers.rows import TenureRow
from banso.analytics.figures.estimate import Estimate
from banso.analytics.figures.samples import FEWEST_CUSTOMERS, MOSTLY_MISSING
from banso.analytics.panel.landmarks import BY_CHOICE, Landmarks

Floats = NDArray[np.float64]

BEGINNING = 31  # days from the beginning of a year of tenure
OUTCOMES: dict[Literal["stayed", "left"], int] = {"stayed": 0, "left": 1}


def tenure_profile(landmarks: Landmarks, keys: Sequence[str]) -> tuple[TenureRow, ...]:
    """Return the mean of each element by year of tenure, for stayers and leavers.

    Parameters
    ----------
    landmarks
        Rows of customers on as-of dates.
    keys
        Features that are numbers: the score and the elements.

    Returns
    -------
    tuple of TenureRow
        For each year and key: those that left by choice within the next 365 days and
        those that stayed, with intervals by customer. For each year also ``churn``
        (outcome ``left``): the share of those there at its beginning that leaves within
        365 days (Kaplan-Meier). Reasons: ``too_few_customers``, ``mostly_missing``,
        ``no_follow_up``.

    Notes
    -----
    Source: docs/definitions/drivers.md. Checked in tests/analytics/drivers.

    """
    came = came_of(
        landmarks, np.arange(len(landmarks)), gap_days=0, window_days=DAYS_A_YEAR
    )
    years = landmarks.tenure_days // DAYS_A_YEAR
    rows: list[TenureRow] = []
    for year in np.unique(years).tolist():
        rows.append(_churn(landmarks, years == year, year=year))
        for key in keys:
            values = landmarks.column(key)
            for outcome, code in OUTCOMES.items():
                chosen = (years == year) & (came == code)
                mean = _mean(landmarks, values, chosen)
                rows.append(_row(year, key, outcome, mean=mean))
    return tuple(rows)


def _mean(landmarks: Landmarks, values: Floats, chosen: NDArray[np.bool_]) -> Estimate:
    """Return the mean over rows, with Student's interval by customer."""
    from scipy.special import stdtrit  # noqa: PLC0415 -- only a run needs it

    known = chosen & np.isfinite(values)
    names, cluster = np.unique(landmarks.customer[known], return_inverse=True)
    n = len(names)
    if not chosen.any():
        return Estimate.unknown("too_few_customers", n=0)
    if known.sum() <= (1 - MOSTLY_MISSING) * chosen.sum():
        return Estimate.unknown("mostly_missing", n=n)
    if n < FEWEST_CUSTOMERS:
        return Estimate.unknown("too_few_customers", n=n)
    weight = landmarks.weight[known] / landmarks.weight[known].sum()
    mean = float(weight @ values[known])
    moves = np.bincount(cluster, weights=weight * (values[known] - mean))
    error = math.sqrt(float(moves @ moves) * n / (n - 1))
    reach = float(stdtrit(n - 1, 0.975)) * error
    return Estimate(mean, mean - reach, mean + reach, n)


def _churn(landmarks: Landmarks, chosen: NDArray[np.bool_], *, year: int) -> TenureRow:
    """Return which share of those there as the year begins leaves in it."""
    begins = chosen & (landmarks.tenure_days - year * DAYS_A_YEAR < BEGINNING)
    # Rows are in the order of customer and date: the first of each customer counts.
    place = np.flatnonzero(begins)
    _, first = np.unique(landmarks.customer[place], return_index=True)
    start = landmarks.rows(place[first])
    as_of = start.as_of.astype(np.int64)
    followed = np.minimum(start.leaves_on.astype(np.int64), start.seen_until) - as_of
    left = np.isin(start.end_kind, BY_CHOICE) & (followed <= DAYS_A_YEAR)
    nobody = np.zeros(len(start), dtype=bool)
    rate = ChurnOfGroups(nobody, followed.astype(float), left, DAYS_A_YEAR).rate(
        ~nobody
    )
    return _row(year, "churn", "left", mean=rate)


def _row(
    year: int, element: str, outcome: Literal["stayed", "left"], *, mean: Estimate
) -> TenureRow:
    return TenureRow(
        tenure_year=year,
        element=element,
        outcome=outcome,
        n=mean.n,
        mean=mean.value,
        low=mean.low,
        high=mean.high,
        reason=mean.reason,
    )
