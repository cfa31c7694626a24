"""The table of drivers: every feature, leavers against stayers."""

from collections.abc import Mapping, Sequence

from banso.analytics.drivers.rows import DriverRow
from banso.analytics.panel.landmarks import Landmarks

WINDOW_DAYS = 84  # twelve weeks, so that weekly landmarks fall on the borders


def driver_table(
    landmarks: Landmarks,
    *,
    kinds: Mapping[str, str],
    adjust_for: Sequence[str] = (),
    seed: int = 0,
    window_days: int = WINDOW_DAYS,
) -> tuple[DriverRow, ...]:
    """Return for every feature how leavers differ from stayers.

    On landmark dates that are `window_days` apart, those who leave by choice before the
    next are compared with those who stay, on the same date and at nearly the same
    tenure. Each leaving counts once; nothing after the date is looked at.

    Parameters
    ----------
    landmarks
        Rows of customers on as-of dates, common to all customers (weekly, say). A
        thinning by outcome does no harm.
    kinds
        What each feature is (``metric``, ``element``…), by its key. A feature that is
        not named is a ``metric``.
    adjust_for
        Keys of features that are held equal in the adjusted part.
    seed
        Chooses the stayers of the adjusted part when there are more than it needs.
    window_days
        Days between landmark dates.

    Returns
    -------
    tuple of DriverRow
        Four rows for each feature (all, and three bands of tenure), strongest first.
        Reasons: ``too_few_customers``, ``too_few_events``, ``one_class``,
        ``no_follow_up``, ``mostly_missing``, ``constant``, ``compared_within`` (tenure
        itself), ``goes_with_another`` (of the adjusted part).

    Notes
    -----
    Source: docs/definitions/drivers.md. Checked in tests/truth/test_drivers_*.py.

    """
    raise NotImplementedError
