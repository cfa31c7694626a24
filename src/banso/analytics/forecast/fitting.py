"""Fitting a forecast on landmarks: the one way in."""

import numpy as np
from numpy.typing import NDArray

from banso.analytics.forecast.additive import Additive, fit_additive, layout_of
from banso.analytics.forecast.card import FeatureNote, ModelCard
from banso.analytics.forecast.families import (
    FEW_EVENTS,
    GRACE,
    Fitted,
    fit_families,
    followed_days,
    without_repeats,
)
from banso.analytics.forecast.fixed_ends import ENOUGH_ENDS
from banso.analytics.forecast.forecaster import Forecaster
from banso.analytics.forecast.forecasts import Target
from banso.analytics.forecast.hazard import Hazard, Recalibration
from banso.analytics.forecast.incidence import logistic
from banso.analytics.forecast.intervals import EDGES, YEAR
from banso.analytics.forecast.naive_rules import NAIVE_RULES
from banso.analytics.forecast.preparation import DAYS_TO_RENEWAL, prepare
from banso.analytics.forecast.reference import reference_of
from banso.analytics.forecast.requirements import (
    Unfit,
    endings,
    missing_needs,
    unfit,
)
from banso.analytics.forecast.terms import NOTHING
from banso.analytics.forecast.validation import Validation, validate
from banso.analytics.panel.landmarks import COMPLETED, NON_PAYMENT, Landmarks

Floats = NDArray[np.float64]
COMPETING_ENOUGH = 20  # other ends, or they have one rate per interval
# Weekly rows of a customer tell nearly the same: half a year of weeks, spread out.
LANDMARKS_PER_CUSTOMER = 26
FEWEST_LANDMARKS = 6_000
OTHERWISE = (COMPLETED, NON_PAYMENT)  # the kinds of end that are no choice


def fit_forecast(
    landmarks: Landmarks, *, target: Target = "churn", seed: int = 0
) -> Forecaster | Unfit:
    """Return a forecaster fitted on what the landmarks know, or why there is none.

    Everything in `landmarks` may be used: pass ``landmarks.known_by(day)`` to fit as
    of an earlier day. Preparation, choice of family and recalibration happen inside.

    Parameters
    ----------
    landmarks
        Weekly rows of all customers (see ``panel.landmarks``). For expansion and
        contraction, ``leaves_on`` is the day of the next move and ``end_kind`` 0,
        or the day on which the customer left before it and ``end_kind`` 1. A row
        that repeats a customer and date does not count.
    target
        What ends by choice mean; it changes words and not the fit.
    seed
        Of the thinning, the folds and the trees. Same input, same bytes.

    Returns
    -------
    Forecaster or Unfit
        Both answer ``probabilities``, ``probabilities_at`` and carry ``card``,
        ``basis`` and ``reason``; see ``forecaster`` and ``requirements``.

    Notes
    -----
    Source: docs/definitions/forecast.md. Checked in tests/truth/test_forecast_*.py.

    """
    landmarks = without_repeats(landmarks)
    reason = _why_not(landmarks)
    if reason is not None:
        return unfit(landmarks, reason, target=target)
    landmarks = _enough_weeks(landmarks)
    if not prepare(landmarks).columns:
        return unfit(landmarks, "no_features", target=target)
    judged = validate(landmarks, seed=seed)
    fitted = fit_families(
        landmarks, seed=seed, terms=judged.families, with_trees=judged.share > 0
    )
    terms = fitted.averaged(judged.bends)
    competing = _competing(fitted)
    hazard = Hazard(
        additive=terms,
        boosted=fitted.boosted,
        share=judged.share,
        competing=competing,
        ends=fitted.ends,
        intervals=fitted.intervals,
        recalibration=_recalibration(fitted, terms, judged),
        widening=judged.widening,
    )
    reference = reference_of(fitted.training.known, fitted.preparation.columns)
    card = _card(landmarks, fitted, terms, judged, target)
    return Forecaster(card, fitted.preparation, hazard, reference)


def _enough_weeks(landmarks: Landmarks) -> Landmarks:
    """Return every n-th week of each customer where all weeks would tell no more."""
    customers = len(np.unique(landmarks.customer))
    enough = max(FEWEST_LANDMARKS, LANDMARKS_PER_CUSTOMER * customers)
    return landmarks.thinned(max(1, len(landmarks) // enough))


def _why_not(landmarks: Landmarks) -> str | None:
    if len(landmarks) == 0:
        return "no_rows"
    lacking = {need.what for need in missing_needs(landmarks)}
    if "customers" in lacking:
        return "too_few_customers"
    if (landmarks.end_kind < 0).all():
        return "all_censored"
    first = (EDGES[1] + landmarks.as_of.astype(np.int64)) <= landmarks.seen_until
    ended = landmarks.leaves_on.astype(np.int64) - landmarks.as_of <= EDGES[1]
    if first.any() and ended[first].all():
        return "one_class"
    if "events" in lacking:
        return "too_few_events"
    return "no_follow_up" if "days" in lacking else None


def _competing(fitted: Fitted) -> Additive | None:
    """Return the hazard of ends that are no choice, by tenure and renewal alone."""
    training = fitted.training
    outcome = training.rows.competing
    if not outcome.any():
        return None
    only = np.array([key == DAYS_TO_RENEWAL for key in fitted.preparation.keys])
    layout = layout_of(training, fitted.preparation.columns, has_calendar=False)
    ended = training.customer[training.rows.row[outcome]]
    return fit_additive(training, layout.narrowed(only), outcome, len(np.unique(ended)))


def _recalibration(
    fitted: Fitted, terms: Additive, judged: Validation
) -> Recalibration:
    """Return the line on the log-odds that keeps the mean chance of the fit."""
    training = fitted.training
    odds = terms.log_odds(training.known, fitted.intervals)
    if fitted.boosted is not None and judged.share > 0:
        trees = fitted.boosted.log_odds(training.known, fitted.intervals)
        odds = (1 - judged.share) * odds + judged.share * trees
    rows, weight = training.rows, training.weight
    own = odds[rows.row, rows.interval]
    total = np.bincount(rows.interval, weight * own, minlength=fitted.intervals)
    held = np.bincount(rows.interval, weight, minlength=fitted.intervals)
    level = total / np.maximum(held, 1e-12)
    line = Recalibration(judged.slope, level, 0.0, judged.slope_error)
    if judged.slope == 1 and judged.share == 0:
        return line
    turned = level[rows.interval] + judged.slope * (own - level[rows.interval])
    wanted = float(weight @ rows.churned)
    low, high = -2.0, 2.0
    for _halving in range(50):
        shift = (low + high) / 2
        above = float(weight @ logistic(turned + shift)) > wanted
        low, high = (low, shift) if above else (shift, high)
    shift = (low + high) / 2
    return Recalibration(judged.slope, level, shift, judged.slope_error)


def _card(
    landmarks: Landmarks,
    fitted: Fitted,
    terms: Additive,
    judged: Validation,
    target: Target,
) -> ModelCard:
    events = endings(landmarks)
    silent = _screened_out(fitted, terms)
    return ModelCard(
        target=target,
        family="blended" if judged.share > 0 else judged.terms,
        rows=len(landmarks),
        rows_fitted=len(fitted.training.rows),
        customers=len(np.unique(landmarks.customer)),
        events=events,
        first_day=int(landmarks.as_of.min()),
        last_day=int(landmarks.as_of.max()),
        seen_until=landmarks.seen_until,
        used=tuple(key for key in fitted.preparation.keys if key not in silent),
        dropped=(
            *fitted.preparation.dropped,
            *(FeatureNote(key, "says_little") for key in silent),
        ),
        changed=fitted.preparation.changed,
        judged=judged.rules,
        boosted_share=judged.share,
        slope=judged.slope,
        limits=_limits(landmarks, fitted, terms, judged),
        details={
            "bends": judged.bends,
            "overlap": terms.overlap,
            "effective_coefficients": terms.freedom,
            "widening": judged.widening,
            "goes_on_at_end": fitted.ends.goes_on,
            "ends_seen": float(fitted.ends.seen),
        },
    )


def _screened_out(fitted: Fitted, terms: Additive) -> tuple[str, ...]:
    """Return the features that neither family reads; trees read all."""
    if fitted.boosted is not None:
        return ()
    pairs = zip(fitted.preparation.keys, terms.layout.terms[1:], strict=True)
    return tuple(key for key, term in pairs if term is NOTHING)


def _limits(
    landmarks: Landmarks, fitted: Fitted, terms: Additive, judged: Validation
) -> tuple[str, ...]:
    days = followed_days(landmarks)
    said = {
        "few_competing_ends": 0 < _other_ends(landmarks) < COMPETING_ENOUGH,
        "less_than_a_year": days < YEAR - GRACE,
        "season_unknown": days < 2 * YEAR - GRACE,
        "few_events": endings(landmarks) < FEW_EVENTS,
        "no_end_seen": fitted.ends.column >= 0 and fitted.ends.seen < ENOUGH_ENDS,
        "rows_thinned": fitted.training.rows.thinned,
        "not_validated": judged.reason is not None,
        "not_converged": not terms.is_converged,
    }
    limits = [code for code, holds in said.items() if holds]
    limits += _no_better_than(judged)
    limits += [
        f"not_followed_{end}" for end in (90, 180, 365) if end > EDGES[fitted.intervals]
    ]
    return tuple(limits)


def _no_better_than(judged: Validation) -> list[str]:
    """Return the naive rules whose log loss on later days is no more than ours."""
    rules = {rule.rule: rule.log_loss.value for rule in judged.rules}
    ours = rules.get("blended" if judged.share > 0 else judged.terms)
    if ours is None:
        return []
    naive = ((name, rules.get(name)) for name in NAIVE_RULES)
    return [f"no_better_than_{n}" for n, lost in naive if lost and lost <= ours]


def _other_ends(landmarks: Landmarks) -> int:
    ended = np.isin(landmarks.end_kind, OTHERWISE)
    return len(np.unique(landmarks.customer[ended]))
