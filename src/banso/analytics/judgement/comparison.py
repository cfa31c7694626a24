"""The forecast beside naive rules, on the very rows of which both spoke."""

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from banso.analytics.figures.calibration import log_loss, log_loss_difference
from banso.analytics.figures.estimate import Estimate
from banso.analytics.figures.ranking import auc, auc_difference
from banso.analytics.judgement.outcome import Outcome
from banso.analytics.judgement.subject import Subject
from banso.analytics.panel.landmarks import Landmarks
from banso.kernel.zones import day_of_number

Floats = NDArray[np.float64]
Verdict = Literal["better", "no_better", "worse"]
FEWEST_LEAVERS = 10  # with fewer, a paired interval promises more than it holds


@dataclass(frozen=True)
class Compared:
    """One row of the result table ``forecast_compared``.

    ``gain`` is by how much the forecast is better than the rule (AUC higher, log loss
    lower), with its paired 95 % interval by customer; ``verdict`` is ``better`` or
    ``worse`` when that leaves out 0, else ``no_better``. All of these are null exactly
    when there is a reason.
    """

    rule: str  # rule.last_rate | rule.recency | rule.logistic
    horizon_days: int
    figure: str  # auc | log_loss
    forecast: float | None
    naive: float | None
    gain: float | None
    low: float | None
    high: float | None
    verdict: Verdict | None
    n: int  # customers
    events: int  # customers who left
    dates: int
    first_date: dt.date | None  # of the dates on which both spoke
    last_date: dt.date | None
    reason: str | None


def compared(
    landmarks: Landmarks,
    forecast: Subject,
    rules: Sequence[Subject],
    *,
    outcome: Outcome,
    horizon_days: int,
) -> tuple[Compared, ...]:
    """Return how the forecast did beside each rule, both judged on the same rows.

    Parameters
    ----------
    landmarks
        The rows; `evaluation.evaluation_rows` says which are enough.
    forecast
        What a model said of each row out of time; NaN where none spoke, also where
        a base rate stood in.
    rules
        The naive rules; NaN where they said nothing.
    outcome, horizon_days
        What both are judged by, and within how many days.

    Returns
    -------
    tuple[Compared, ...]
        For each rule ``auc``, and ``log_loss`` where the rule gives probabilities, on
        the rows whose outcome is known and of which both spoke. Reasons: ``not_both``
        (there is no such row), ``too_few_events`` (fewer than 10 customers left), and
        those of `figures.ranking.auc`.

    Notes
    -----
    Source: docs/definitions/judged-health.md. The difference of AUC is DeLong's by
    customer, that of log loss the mean of paired differences. What happens to all
    customers of a date alike is not in these intervals.

    """
    return tuple(
        row
        for rule in rules
        for row in _beside(landmarks, forecast, rule, outcome, horizon_days)
    )


@dataclass(frozen=True)
class _Both:
    """The rows of which both spoke, beside what came."""

    ours: Floats
    naive: Floats
    labels: NDArray[np.bool_]
    customer: NDArray[np.int64]
    weight: Floats
    as_of: NDArray[np.int32]


def _beside(
    landmarks: Landmarks,
    forecast: Subject,
    rule: Subject,
    outcome: Outcome,
    horizon_days: int,
) -> Iterator[Compared]:
    known = landmarks.followed(horizon_days)
    known &= np.isfinite(forecast.values) & np.isfinite(rule.values)
    rows = _Both(
        forecast.leaning(outcome)[known],
        rule.leaning(outcome)[known],
        outcome.within(landmarks, horizon_days)[known],
        landmarks.customer[known],
        landmarks.weight[known],
        landmarks.as_of[known],
    )
    blank = _blank(rows, rule.key, horizon_days)
    yield _filled(replace(blank, figure="auc"), rows, auc, auc_difference, sign=1)
    if rule.high_means == "likely":
        blank = replace(blank, figure="log_loss")
        yield _filled(blank, rows, log_loss, log_loss_difference, sign=-1)


def _blank(rows: _Both, rule: str, horizon_days: int) -> Compared:
    dates = np.unique(rows.as_of)
    return Compared(
        rule=rule,
        horizon_days=horizon_days,
        figure="",
        forecast=None,
        naive=None,
        gain=None,
        low=None,
        high=None,
        verdict=None,
        n=len(np.unique(rows.customer)),
        events=len(np.unique(rows.customer[rows.labels])),
        dates=len(dates),
        first_date=day_of_number(int(dates[0])) if len(dates) else None,
        last_date=day_of_number(int(dates[-1])) if len(dates) else None,
        reason=None,
    )


def _filled(
    blank: Compared,
    rows: _Both,
    figure: Callable[..., Estimate],
    difference: Callable[..., Estimate],
    *,
    sign: int,
) -> Compared:
    """Return the row with its figures, or with the reason why there are none."""
    if blank.dates == 0:
        return replace(blank, reason="not_both")
    if blank.events < FEWEST_LEAVERS:
        return replace(blank, reason="too_few_events")
    by = {"clusters": rows.customer, "weights": rows.weight}
    found = difference(rows.ours, rows.naive, rows.labels, **by)
    ours = figure(rows.ours, rows.labels, **by).value
    naive = figure(rows.naive, rows.labels, **by).value
    if found.value is None or found.low is None or found.high is None:
        return replace(blank, reason=found.reason)
    low, high = sorted((sign * found.low, sign * found.high))
    return replace(
        blank,
        forecast=ours,
        naive=naive,
        gain=sign * found.value,
        low=low,
        high=high,
        verdict=_verdict(low, high),
    )


def _verdict(low: float, high: float) -> Verdict:
    if low > 0:
        return "better"
    return "worse" if high < 0 else "no_better"
