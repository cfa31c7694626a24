"""What anybody would guess without a score: the yardsticks printed beside it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from banso.analytics.judgement.evaluation import evaluation_rows
from banso.analytics.judgement.logistic_fit import LogisticFit, Penalty, logistic_fit
from banso.analytics.judgement.outcome import Outcome
from banso.analytics.judgement.subject import TENURE_YEARS, Subject
from banso.analytics.panel.landmarks import Landmarks

Floats = NDArray[np.float64]
LOOK_BACK_DAYS = 365
PRIOR_CUSTOMERS = 20
REFIT_DAYS = 91
FEWEST_CUSTOMERS = 20  # with the outcome, and without
MOST_FITTED_ROWS = 100_000


def recency(landmarks: Landmarks, *, feature: str) -> Subject:
    """Return the rule that who was silent longest will leave (``rule.recency``).

    `feature` is the days since the last event; who never had one counts as silent for
    the whole tenure.
    """
    silent = landmarks.column(feature)
    values = np.where(np.isfinite(silent), silent, landmarks.tenure_days)
    return Subject("rule.recency", "rule", values, high_means="bad")


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
        The rows; a row of date D gets the rate of the rows of the 365 days up to
        D − `horizon_days`, whose outcomes were known on D.
    outcome, horizon_days
        What may happen, and within how many days.
    by
        Categories to take the rate in, beside the years in use (0-1, 1-2, 2+). A group
        counts as if it had 20 more customers with the rate of all.

    Returns
    -------
    Subject
        Probabilities; NaN on dates by which no outcome was known.

    """
    dates, date = np.unique(landmarks.as_of, return_inverse=True)
    groups, group = _groups(landmarks, by)
    happened = outcome.within(landmarks, horizon_days) * landmarks.weight
    cell = date * groups + group
    size = len(dates) * groups
    rows = _summed(cell, landmarks.weight, size).reshape(len(dates), groups)
    events = _summed(cell, happened, size).reshape(len(dates), groups)
    known = dates.astype(np.int64) - horizon_days
    last = np.searchsorted(dates, known, side="right")
    first = np.searchsorted(dates, known - LOOK_BACK_DAYS, side="right")
    rows, events = (_windowed(table, first, last) for table in (rows, events))
    all_rows, all_events = rows.sum(axis=1), events.sum(axis=1)
    with np.errstate(invalid="ignore"):
        rate = (all_events / all_rows)[:, None]
    prior = (PRIOR_CUSTOMERS * (last - first))[:, None]
    with np.errstate(invalid="ignore"):
        rates = (events + prior * rate) / (rows + prior)
    return Subject("rule.last_rate", "rule", rates[date, group], high_means="likely")


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
    values = landmarks.only(features).values
    happened = outcome.within(landmarks, horizon_days)
    chosen = evaluation_rows(landmarks, at_most=MOST_FITTED_ROWS)
    found = np.full(len(landmarks), np.nan)
    for day in _fit_days(landmarks.as_of):
        known = chosen & (landmarks.as_of.astype(np.int64) + horizon_days <= day)
        until = (landmarks.as_of >= day) & (landmarks.as_of < day + REFIT_DAYS)
        if not _enough(landmarks.customer[known], happened[known]):
            continue
        scale = _scale_of(values[known])
        fit = _plain_fit(
            scale.columns(values[known]), happened[known], landmarks.weight[known]
        )
        found[until] = fit.probabilities(scale.columns(values[until]))
    return Subject("rule.logistic", "rule", found, high_means="likely")


def _groups(landmarks: Landmarks, by: Sequence[str]) -> tuple[int, NDArray[np.int64]]:
    """Return how many groups there are, and which each row is in."""
    starts = [start for _name, start, _end in TENURE_YEARS[1:]]
    group = np.searchsorted(starts, landmarks.tenure_days, side="right").astype(
        np.int64
    )
    for key in by:
        codes = landmarks.column(key)
        # Without a value is a group of its own.
        code = np.where(np.isfinite(codes), codes + 1, 0).astype(np.int64)
        group = group * (int(code.max(initial=0)) + 1) + code
    names, place = np.unique(group, return_inverse=True)
    return max(len(names), 1), place.astype(np.int64)


def _summed(cell: NDArray[np.int64], values: Floats, size: int) -> Floats:
    return np.bincount(cell, weights=values, minlength=size).astype(np.float64)


def _windowed(table: Floats, first: NDArray[np.intp], last: NDArray[np.intp]) -> Floats:
    """Return the sums over the dates ``first`` up to ``last``, for each date."""
    until = np.vstack([np.zeros((1, table.shape[1])), np.cumsum(table, axis=0)])
    window: Floats = until[last] - until[first]
    return window


def _fit_days(as_of: NDArray[np.int32]) -> range:
    if not len(as_of):
        return range(0)
    return range(int(as_of.min()), int(as_of.max()) + 1, REFIT_DAYS)


def _enough(customer: NDArray[np.int64], happened: NDArray[np.bool_]) -> bool:
    with_outcome = np.unique(customer[happened])
    without = np.setdiff1d(customer, with_outcome)
    return min(len(with_outcome), len(without)) >= FEWEST_CUSTOMERS


@dataclass(frozen=True)
class _Scale:
    """How columns are filled and scaled, as learned from the rows of a fit."""

    median: Floats
    center: Floats
    spread: Floats

    def columns(self, values: Floats) -> Floats:
        """Return the values scaled, and beside them whether each is missing."""
        missing = ~np.isfinite(values)
        filled = np.where(missing, self.median, values)
        scaled = np.clip((filled - self.center) / self.spread, -5, 5)
        columns: Floats = np.c_[scaled, missing.astype(np.float64)]
        return columns


def _scale_of(values: Floats) -> _Scale:
    known = np.isfinite(values)
    some = np.where(known.any(axis=0), values, 0.0)  # a column without any value
    median = np.nanmedian(some, axis=0)
    filled = np.where(known, values, median)
    spread = filled.std(axis=0)
    return _Scale(median, filled.mean(axis=0), np.where(spread > 1e-9, spread, 1.0))


def _plain_fit(
    columns: Floats, labels: NDArray[np.bool_], weights: Floats
) -> LogisticFit:
    return logistic_fit(columns, labels, weights=weights, penalty=Penalty(ridge=1.0))
