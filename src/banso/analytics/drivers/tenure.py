"""Years of use, health and churn: stayers and leavers side by side."""

from collections.abc import Sequence

from banso.analytics.drivers.rows import TenureRow
from banso.analytics.panel.landmarks import Landmarks


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
    raise NotImplementedError
