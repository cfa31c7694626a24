"""Judging a score by what happened afterwards."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from banso.analytics.figures.calibration import (
    Calibration,
    brier,
    calibration,
    log_loss,
)
from banso.analytics.figures.estimate import Estimate
from banso.analytics.figures.proportions import clustered_proportion, proportion_of
from banso.analytics.figures.ranking import auc_of, lift_of
from banso.analytics.figures.samples import sample
from banso.analytics.judgement.judged import Judged
from banso.analytics.judgement.outcome import Outcome
from banso.analytics.judgement.ranks import ranks_on_date
from banso.analytics.judgement.subject import Stratum, Subject
from banso.analytics.panel.landmarks import NO_END, Landmarks

CAUGHT_DAYS = (90, 180)
LONGEST_GAP = 35  # days between the last Sundays of two months, at most
WORST = 0.9  # the rank from which a row is in the worst tenth
FEWEST_LEAVERS = 5

Floats = NDArray[np.float64]
Named = Iterator[tuple[str, Estimate]]


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
        The rows; `evaluation.evaluation_rows` says which are enough. Those whose
        outcome within the horizon is not yet known are left out.
    subject
        Its value for each row. Rows without one are left out, except from ``caught``:
        a score that says nothing has caught nobody.
    outcome
        What it is judged by, for each row.
    horizon_days
        Within how many days.
    strata
        The parts to judge it in. The worst tenth is always that of all rows of a date.

    Returns
    -------
    tuple[Judged, ...]
        For each stratum: ``base_rate`` (share of rows in which it happened), ``auc``,
        ``lift_10`` (rate in the tenth that the subject thinks likeliest, by rank on
        the date, over the base rate); for a subject with bands ``greens_left`` (share
        of healthy rows in which it happened) and ``at_risk`` (share of rows at risk);
        for probabilities ``calibration_error``, ``calibration_slope``, ``log_loss``
        and ``brier``. With `horizon_days` 90 or 180 also ``caught`` (share of those it
        happened to that were in the likeliest tenth that many days before; at most 35
        days more) and, with bands, ``caught_at_risk`` (… that were at risk then).
        Reasons: ``no_follow_up``, ``mostly_missing``, ``constant``, ``one_class``,
        ``too_few_customers``, ``too_few_events``. ``calibration_error`` has no
        interval; the bins of `binning.calibration_rows` have.

    Notes
    -----
    Source: docs/definitions/judged-health.md. Checked in
    tests/truth/test_health_judged.py.

    """
    trial = _trial(landmarks, subject, outcome, horizon_days)
    return tuple(
        Judged(
            subject=subject.key,
            kind=subject.kind,
            outcome=outcome.key,
            stratum=stratum.key,
            horizon_days=horizon_days,
            figure=figure,
            value=found.value,
            low=found.low,
            high=found.high,
            n=found.n,
            events=found.events,
            reason=found.reason,
        )
        for stratum in strata
        for figure, found in _figures(trial, stratum.members)
    )


@dataclass(frozen=True)
class _Trial:
    """A subject beside what happened, row by row."""

    subject: Subject
    landmarks: Landmarks
    leaning: NDArray[np.float64]  # (n,) high: it is thought to happen
    rank: NDArray[np.float64]  # (n,) of the leaning on the date, 0..1; NaN without
    happened: NDArray[np.bool_]  # (n,) within the horizon
    followed: NDArray[np.bool_]  # (n,) it is known whether it happened
    happens_on: NDArray[np.int32]  # (n,)
    before: NDArray[np.intp]  # rows before an event, the latest of each event first
    horizon_days: int


def _trial(
    landmarks: Landmarks, subject: Subject, outcome: Outcome, horizon_days: int
) -> _Trial:
    leaning = subject.leaning(outcome)
    rank = ranks_on_date(leaning, landmarks.as_of, weights=landmarks.weight)
    return _Trial(
        subject=subject,
        landmarks=landmarks,
        leaning=leaning,
        rank=rank,
        happened=outcome.within(landmarks, horizon_days),
        followed=landmarks.followed(horizon_days),
        happens_on=outcome.happens_on,
        before=_rows_before(landmarks, rank, outcome.happens_on, horizon_days),
        horizon_days=horizon_days,
    )


def _rows_before(
    landmarks: Landmarks,
    rank: Floats,
    happens_on: NDArray[np.int32],
    horizon_days: int,
) -> NDArray[np.intp]:
    """Return the rows that are early enough before an event, and not too early.

    They are in the order of customers and events, the latest before each event first.
    Dates on which the subject says nothing of anybody do not count: a rule that was
    not fitted yet has not failed.
    """
    lead = happens_on.astype(np.int64) - landmarks.as_of
    eligible = (happens_on != NO_END) & (lead >= horizon_days)
    eligible &= lead < horizon_days + LONGEST_GAP
    rows = np.flatnonzero(eligible)
    speaking = np.unique(landmarks.as_of[np.isfinite(rank)])
    rows = rows[np.isin(landmarks.as_of[rows], speaking)]
    order = np.lexsort((lead[rows], happens_on[rows], landmarks.customer[rows]))
    ordered: NDArray[np.intp] = rows[order]
    return ordered


def _figures(trial: _Trial, members: NDArray[np.bool_]) -> Named:
    rows = trial.followed & members
    if rows.any():
        yield from _of_rows(trial, rows)
    else:
        unknown = Estimate.unknown("no_follow_up", n=0)
        yield from ((key, unknown) for key in ("base_rate", "auc", "lift_10"))
    if trial.horizon_days in CAUGHT_DAYS:
        yield from _caught(trial, members)


def _of_rows(trial: _Trial, rows: NDArray[np.bool_]) -> Named:
    labels = trial.happened[rows].astype(np.float64)
    leaning, values = trial.leaning[rows], trial.subject.values[rows]
    clusters, weights = trial.landmarks.customer[rows], trial.landmarks.weight[rows]

    def share(outcome: Floats, among: NDArray[np.bool_]) -> Estimate:
        return clustered_proportion(
            np.where(among, outcome, np.nan), clusters, weights=weights
        )

    found = sample(leaning, labels, clusters=clusters, weights=weights)
    yield "base_rate", proportion_of(found)
    yield "auc", auc_of(found)
    yield "lift_10", lift_of(found.scored_by(trial.rank[rows]))
    if trial.subject.bands is not None:
        watch, healthy = trial.subject.bands
        yield "greens_left", share(labels, values >= healthy)
        yield "at_risk", share((values < watch).astype(float), np.isfinite(values))
    if trial.subject.high_means == "likely":
        bins = calibration(values, labels, clusters=clusters, weights=weights)
        yield "calibration_error", _bare(bins, bins.error)
        yield "calibration_slope", _slope(bins)
        yield "log_loss", log_loss(values, labels, clusters=clusters, weights=weights)
        yield "brier", brier(values, labels, clusters=clusters, weights=weights)


def _bare(found: Calibration, value: float | None) -> Estimate:
    """Return a figure without interval: the bins of the calibration have theirs."""
    return Estimate(value, None, None, found.n, found.events, reason=found.reason)


def _slope(found: Calibration) -> Estimate:
    if found.slope is None:
        reason = found.reason or "constant"
        return Estimate.unknown(reason, n=found.n, events=found.events)
    low, high = found.slope_low, found.slope_high
    return Estimate(found.slope, low, high, found.n, found.events)


def _caught(trial: _Trial, members: NDArray[np.bool_]) -> Named:
    rows = _last_rows(trial, members)
    customers = trial.landmarks.customer[rows]
    # A comparison with NaN is false: who has no score is neither caught nor at risk.
    worst = trial.rank[rows] > WORST
    yield "caught", _share_caught(worst, customers)
    if trial.subject.bands is not None:
        at_risk = trial.subject.values[rows] < trial.subject.bands[0]
        yield "caught_at_risk", _share_caught(at_risk, customers)


def _last_rows(trial: _Trial, members: NDArray[np.bool_]) -> NDArray[np.intp]:
    """Return for each event the row of the last date that is early enough before it."""
    rows = trial.before[members[trial.before]]
    customer, day = trial.landmarks.customer[rows], trial.happens_on[rows]
    is_new = np.ones(len(rows), dtype=bool)
    is_new[1:] = (customer[1:] != customer[:-1]) | (day[1:] != day[:-1])
    last: NDArray[np.intp] = rows[is_new]
    return last


def _share_caught(
    is_caught: NDArray[np.bool_], customers: NDArray[np.int64]
) -> Estimate:
    found = clustered_proportion(is_caught, customers)
    if found.n < FEWEST_LEAVERS:
        return Estimate.unknown("too_few_events", n=found.n, events=found.events)
    return found
