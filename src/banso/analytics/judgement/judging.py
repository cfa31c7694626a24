"""Judging a score by what happened afterwards."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from banso.analytics.judgement.judged import CalibrationRow, Judged
from banso.analytics.judgement.outcome import Outcome
from banso.analytics.judgement.subject import Stratum, Subject
from banso.analytics.panel.landmarks import Landmarks

CAUGHT_DAYS = (90, 180)


def judge(
    landmarks: Landmarks,
    subject: Subject,
    *,
    outcome: Outcome,
    horizon_days: int,
    strata: Sequence[Stratum],
) -> tuple[Judged, ...]:
    """Return how well a score, a forecast or a rule told what would happen.

    A definition such as the health score was fitted to nothing, so that all history
    is out of time for it. What was fitted must be given only for rows later than all
    that it was fitted on (NaN elsewhere); nothing here can check that.

    Parameters
    ----------
    landmarks
        The rows; `evaluation_rows` says which are enough. Those whose outcome within
        the horizon is not yet known are left out.
    subject
        Its value for each row. Rows without one are left out, except from ``caught``:
        a score that says nothing has caught nobody.
    outcome
        What it is judged by, for each row.
    horizon_days
        Within how many days.
    strata
        The parts to judge it in; ``caught`` counts the leavers of the part.

    Returns
    -------
    tuple[Judged, ...]
        For each stratum: ``base_rate`` (share of rows in which it happened), ``auc``,
        ``lift_10`` (rate in the tenth that the subject thinks likeliest, by rank on
        the date, over the base rate); for a subject with bands ``greens_left`` (share
        of healthy rows in which it happened), ``at_risk`` (share of rows at risk); for
        probabilities ``calibration_error``, ``calibration_slope``, ``log_loss`` and
        ``brier``. And with `horizon_days` 90 or 180: ``caught`` (share of the
        customers it happened to that were in the likeliest tenth that many days
        before) and, with bands, ``caught_at_risk`` (… that were at risk then).
        Reasons: ``no_follow_up``, ``no_values``, ``constant``, ``one_class``,
        ``too_few_events``.

    Notes
    -----
    Source: docs/definitions/judged-health.md. Checked in
    tests/truth/test_health_judged.py.

    """
    raise NotImplementedError


def calibration_rows(
    landmarks: Landmarks,
    subject: Subject,
    *,
    outcome: Outcome,
    horizon_days: int,
) -> tuple[CalibrationRow, ...]:
    """Return what happened in each bin of a subject's values.

    Parameters
    ----------
    landmarks, subject, outcome, horizon_days
        As in `judge`.

    Returns
    -------
    tuple[CalibrationRow, ...]
        For points: bin ``b`` holds 10 b to 10 b + 10, ``predicted`` is null, and a bin
        without rows has no row. For probabilities: ten bins of equal size in ascending
        order. ``observed`` with an interval by customer. Nothing when nothing is known.

    """
    raise NotImplementedError


def evaluation_rows(
    landmarks: Landmarks, *, at_most: int = 500_000, seed: int = 0
) -> NDArray[np.bool_]:
    """Return which rows are enough to judge by: one date a month, or fewer customers.

    Weekly rows of a customer say almost the same; the last as-of date of each month
    loses nothing. When even these are more than `at_most`, whole customers are left
    out at random: the figures stay right and their intervals become wider.
    """
    raise NotImplementedError
