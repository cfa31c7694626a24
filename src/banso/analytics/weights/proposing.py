"""Proposing weights that separate those who leave from those who stay."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from banso.analytics.judgement.evaluation import evaluation_rows
from banso.analytics.judgement.outcome import Outcome, churn
from banso.analytics.panel.landmarks import Landmarks
from banso.analytics.weights.comparing import JudgedWeights, compare_scores, is_better
from banso.analytics.weights.elements import reasons_against
from banso.analytics.weights.halving import FitRows, Halves, halves_of
from banso.analytics.weights.splitting import split_day, thinned
from banso.analytics.weights.weighting import Weighting, rescored

Floats = NDArray[np.float64]
MOST_ROWS = 60_000


@dataclass(frozen=True)
class ElementWeight:
    """One row of the result table ``weights``."""

    model: str
    dimension: str
    element: str
    present: float | None  # share of the score, 0..1
    proposed: float | None
    low: float | None
    high: float | None
    chosen_share: float | None  # of the halves of the customers that chose it
    # no_contribution, constant, mostly_missing, known_by_outcome, same_as_other; or,
    # for all elements, why nothing is proposed
    reason: str | None


@dataclass(frozen=True)
class Proposal:
    """Weights beside the present ones, and what each would have been worth."""

    elements: tuple[ElementWeight, ...]
    judged: tuple[JudgedWeights, ...]
    weighting: Weighting | None  # null when nothing is proposed
    fitted_until: int | None  # the day by which all that it was fitted on was known
    # null: better out of time. no_better; too_few_customers, too_few_events,
    # no_follow_up: nothing is proposed.
    reason: str | None


def propose_weights(
    landmarks: Landmarks,
    *,
    present: Weighting,
    outcome: Outcome | None = None,
    horizon_days: int = 90,
    seed: int = 0,
) -> Proposal:
    """Return weights fitted to what happened, judged later beside the present ones.

    Parameters
    ----------
    landmarks
        Customers of one model. The features are its elements (``present.keys``, in
        any order), the values their points (0 to 100, NaN without).
    present
        The weights that people chose.
    outcome
        What the score shall tell; churn when it is not given.
    horizon_days
        Within how many days.
    seed
        Of the halving of the customers.

    Returns
    -------
    Proposal
        See its fields. ``elements`` has a row for every element, ``judged`` the figures
        of the later part: those of ``proposed`` score each customer with the weights
        of the halves that it was not in. A proposal that is not better is returned
        all the same, with the reason ``no_better``.

    Notes
    -----
    Source: docs/definitions/fitted-weights.md. Checked in
    tests/truth/test_weights_recovered.py.

    """
    landmarks = landmarks.only(present.keys)
    trial = _Trial(landmarks, present, outcome or churn(landmarks), horizon_days)
    split = split_day(landmarks, trial.outcome, horizon_days=horizon_days)
    if isinstance(split, str):
        return _nothing(present, split)
    fit = _fit(trial, split, seed)
    if fit is None:
        return _nothing(present, "too_few_events")
    if fit.halves is None or not fit.halves.share().any():
        return Proposal(_elements(trial, fit), (), None, split, "no_better")
    weighting = present.with_shares(fit.of_all(fit.halves.share()))
    judged = _judged(trial, fit)
    reason = None if is_better(judged) else "no_better"
    return Proposal(_elements(trial, fit), judged, weighting, split, reason)


@dataclass(frozen=True)
class _Trial:
    landmarks: Landmarks
    present: Weighting
    outcome: Outcome
    horizon_days: int


@dataclass(frozen=True)
class _Fit:
    until: int
    customers: NDArray[np.int64]  # (c,) numbers of the customers that were halved
    against: tuple[str | None, ...]  # (k,) why an element was not fitted
    halves: Halves | None  # null when no element could be

    @property
    def fitted(self) -> NDArray[np.bool_]:
        """(k,) which elements were fitted."""
        return np.array([reason is None for reason in self.against])

    def of_all(self, shares: Floats) -> Floats:
        """Return (…, k) from shares of the fitted elements; 0 for the others."""
        found = np.zeros((*shares.shape[:-1], len(self.against)))
        found[..., self.fitted] = shares
        return found


def _nothing(present: Weighting, reason: str) -> Proposal:
    elements = tuple(
        ElementWeight(
            present.model, *place, float(share), None, None, None, None, reason
        )
        for place, share in zip(present.places, present.shares, strict=True)
    )
    return Proposal(elements, (), None, None, reason)


def _fit(trial: _Trial, until: int, seed: int) -> _Fit | None:
    """Fit what was known on the day of the split; None where it knew one outcome."""
    then = trial.landmarks.as_of.astype(np.int64) + trial.horizon_days <= until
    then &= evaluation_rows(trial.landmarks, at_most=len(trial.landmarks))
    then &= np.isfinite(trial.landmarks.values).any(axis=1)
    landmarks = trial.landmarks.rows(then)
    happened = trial.outcome.rows(then).within(landmarks, trial.horizon_days)
    kept, weight = thinned(landmarks, happened, at_most=MOST_ROWS, seed=seed)
    landmarks, happened = landmarks.rows(kept), happened[kept]
    if not happened.any() or happened.all():  # of those with any points
        return None
    against = reasons_against(landmarks, happened)
    customers, customer = np.unique(landmarks.customer, return_inverse=True)
    fit = _Fit(until, customers, against, None)
    if not fit.fitted.any():
        return fit
    columns = _filled(landmarks.values, trial.present, fit.fitted) / 100
    if not trial.outcome.is_good:
        columns = 1 - columns
    rows = FitRows(columns, happened, weight, customer, len(customers))
    return replace(fit, halves=halves_of(rows, seed=seed))


def _filled(points: Floats, present: Weighting, fitted: NDArray[np.bool_]) -> Floats:
    """Return the points of the fitted elements; a missing one as the score sees it.

    That is as the mean of its dimension by the present weights, else as the mean of
    the others; 50 when all are missing.
    """
    shares = np.where(fitted, np.maximum(present.shares, 1e-6), 0.0)
    anyhow = replace(present, minimum_coverage=0.0)
    overall = np.nan_to_num(rescored(points, anyhow, shares=shares), nan=50.0)
    found = points.copy()
    for number in np.unique(present.dimension):
        inside = present.dimension == number
        own = rescored(points, anyhow, shares=np.where(inside, shares, 0.0))
        mean = np.where(np.isfinite(own), own, overall)
        found[:, inside] = np.where(
            np.isfinite(points[:, inside]), points[:, inside], mean[:, None]
        )
    return found[:, fitted]


def _judged(trial: _Trial, fit: _Fit) -> tuple[JudgedWeights, ...]:
    """Judge both scores on later rows, each customer by halves that it was not in."""
    assert fit.halves is not None
    later = trial.landmarks.as_of >= fit.until
    later &= evaluation_rows(trial.landmarks, at_most=len(trial.landmarks))
    landmarks = trial.landmarks.rows(later)
    unseen = np.vstack([fit.halves.unseen_shares(), fit.halves.share()])
    # Who came later was in no half: the last row.
    place = np.searchsorted(fit.customers, landmarks.customer)
    place = np.minimum(place, len(fit.customers) - 1)
    is_new = fit.customers[place] != landmarks.customer
    shares = fit.of_all(unseen)[np.where(is_new, len(fit.customers), place)]
    total = shares.sum(axis=1, keepdims=True)
    shares = np.divide(shares, total, out=np.zeros(shares.shape), where=total > 0)
    return compare_scores(
        landmarks,
        {
            "present": rescored(landmarks.values, trial.present),
            "proposed": rescored(landmarks.values, trial.present, shares=shares),
        },
        model=trial.present.model,
        outcome=trial.outcome.rows(later),
        horizon_days=trial.horizon_days,
    )


def _elements(trial: _Trial, fit: _Fit) -> tuple[ElementWeight, ...]:
    present = trial.present
    if fit.halves is None:
        columns = [np.full(len(present.places), np.nan)] * 4
    else:
        low, high = fit.halves.interval()
        found = (fit.halves.share(), low, high, fit.halves.chosen_share())
        columns = [np.round(fit.of_all(column), 4) for column in found]
    return tuple(
        _element(present, number, [float(column[number]) for column in columns], fit)
        for number in range(len(present.places))
    )


def _element(
    present: Weighting, number: int, found: Sequence[float], fit: _Fit
) -> ElementWeight:
    share, low, high, chosen = found
    own = (present.model, *present.places[number], float(present.shares[number]))
    reason = fit.against[number]
    if reason is not None:
        return ElementWeight(*own, 0.0, None, None, None, reason)
    return ElementWeight(
        *own, share, low, high, chosen, None if share > 0 else "no_contribution"
    )
