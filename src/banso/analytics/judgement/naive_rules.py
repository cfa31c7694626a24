"""What anybody would guess without a score: the yardsticks printed beside it."""

from collections.abc import Sequence

from banso.analytics.judgement.outcome import Outcome
from banso.analytics.judgement.subject import Subject
from banso.analytics.panel.landmarks import Landmarks


def recency(landmarks: Landmarks, *, feature: str) -> Subject:
    """Return the rule that who was silent longest will leave (``rule.recency``).

    `feature` is the days since the last event; who never had one counts as silent for
    the whole tenure.
    """
    raise NotImplementedError


def last_rate(
    landmarks: Landmarks,
    *,
    outcome: Outcome,
    horizon_days: int,
    by: Sequence[str] = (),
) -> Subject:
    """Return the rate of the last known year as the forecast (``rule.last_rate``).

    Parameters
    ----------
    landmarks
        The rows; a row of date D gets the rate of the rows of the 365 days before
        D − `horizon_days`, whose outcomes were known on D.
    outcome, horizon_days
        What may happen, and within how many days.
    by
        Categories to take the rate in, beside the year in use (0, 1, 2+). A group
        counts as if it had 20 more rows with the rate of all.

    Returns
    -------
    Subject
        Probabilities; NaN on dates by which no outcome was known.

    """
    raise NotImplementedError


def logistic(
    landmarks: Landmarks,
    *,
    features: Sequence[str],
    outcome: Outcome,
    horizon_days: int,
) -> Subject:
    """Return a plain logistic regression, fitted walk-forward (``rule.logistic``).

    It is fitted anew every 91 days on what was known by then, and forecasts the dates
    until the next fit.

    Parameters
    ----------
    landmarks
        The rows, not thinned by outcome.
    features
        Keys of a few numbers, e.g. the metrics of the health score. A missing value
        counts as the median, with a column that says that it is missing.
    outcome, horizon_days
        What may happen, and within how many days.

    Returns
    -------
    Subject
        Probabilities; NaN before the first fit, which needs 20 customers with the
        outcome and as many without.

    """
    raise NotImplementedError
