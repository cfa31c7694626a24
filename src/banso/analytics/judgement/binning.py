"""What happened to the customers of each bin of a score, or of a forecast."""

import numpy as np
from numpy.typing import NDArray

from banso.analytics.figures.calibration import calibration
from banso.analytics.figures.proportions import clustered_proportion
from banso.analytics.judgement.judged import CalibrationRow
from banso.analytics.judgement.outcome import Outcome
from banso.analytics.judgement.subject import Subject
from banso.analytics.panel.landmarks import Landmarks

BINS = 10


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
        As in `judging.judge`.

    Returns
    -------
    tuple[CalibrationRow, ...]
        For points: bin ``b`` holds 10 b up to 10 b + 10 (100 is in the last),
        ``predicted`` is null, and a bin with fewer than two customers has no row. For
        probabilities: up to ten bins of equal size, in ascending order. ``observed``
        with an interval by customer; ``n`` counts rows. Nothing when nothing is known,
        and for values that are neither.

    """
    rows = landmarks.followed(horizon_days) & np.isfinite(subject.values)
    labels = outcome.within(landmarks, horizon_days)[rows]
    known = landmarks.rows(rows)
    if subject.high_means == "likely":
        return _probabilities(
            subject, horizon_days, (subject.values[rows], labels, known)
        )
    if subject.high_means == "good":
        return _points(subject, horizon_days, (subject.values[rows], labels, known))
    return ()


Known = tuple[NDArray[np.float64], NDArray[np.bool_], Landmarks]


def _points(
    subject: Subject, horizon_days: int, known: Known
) -> tuple[CalibrationRow, ...]:
    points, labels, landmarks = known
    place = np.clip(points // (100 / BINS), 0, BINS - 1).astype(int)
    found = []
    for number in range(BINS):
        members = place == number
        share = clustered_proportion(
            labels[members],
            landmarks.customer[members],
            weights=landmarks.weight[members],
        )
        if share.reason is None:
            found.append(
                CalibrationRow(
                    subject.key, horizon_days, number, int(members.sum()), None,
                    share.value, share.low, share.high,
                )
            )  # fmt: skip
    return tuple(found)


def _probabilities(
    subject: Subject, horizon_days: int, known: Known
) -> tuple[CalibrationRow, ...]:
    values, labels, landmarks = known
    found = calibration(
        values,
        labels,
        bins=BINS,
        clusters=landmarks.customer,
        weights=landmarks.weight,
    )
    return tuple(
        CalibrationRow(
            subject.key, horizon_days, number, bin_.n, bin_.predicted,
            bin_.observed, bin_.low, bin_.high,
        )
        for number, bin_ in enumerate(found.bins)
    )  # fmt: skip
