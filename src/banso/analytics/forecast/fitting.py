"""Fitting a forecast on landmarks: the one way in."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from banso.analytics.forecast.additive import (
    Additive,
    Known,
    Training,
    fit_additive,
    layout_of,
)
from banso.analytics.forecast.boosting import Boosted, fit_boosted
from banso.analytics.forecast.card import ModelCard
from banso.analytics.forecast.drift import parts_of
from banso.analytics.forecast.forecaster import (
    TENURE_BANDS,
    Forecaster,
    Recalibration,
    Reference,
    band_of,
)
from banso.analytics.forecast.forecasts import Target
from banso.analytics.forecast.incidence import logistic
from banso.analytics.forecast.intervals import (
    EDGES,
    INTERVALS,
    YEAR,
    IntervalRows,
    evened_out,
    interval_rows,
)
from banso.analytics.forecast.preparation import (
    DAYS_TO_RENEWAL,
    Preparation,
    prepare,
    usual_values,
)
from banso.analytics.forecast.requirements import (
    Unfit,
    endings,
    missing_needs,
    unfit,
)
from banso.analytics.forecast.validation import Validation, validate
from banso.analytics.panel.landmarks import COMPLETED, NON_PAYMENT, Landmarks

Floats = NDArray[np.float64]
MOST_ROWS = 400_000  # of customer, date and interval
ROWS_PER_CUSTOMER = 60  # weekly rows tell nearly the same; more would not help
FEWEST_ROWS = 60_000
SEEN_ENOUGH = 50  # customers followed for an interval, or nothing is said of it
COMPETING_ENOUGH = 20  # other ends, or they have one rate per interval
FEW_EVENTS = 100
OTHERWISE = (COMPLETED, NON_PAYMENT)  # the kinds of end that are no choice
GRACE = 7  # the last weekly date may be short of a whole year by this


@dataclass(frozen=True)
class Fitted:
    """One fit of the families on some landmarks, before any choice."""

    preparation: Preparation
    training: Training
    additive: Additive
    boosted: Boosted | None
    intervals: int


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
    preparation = prepare(landmarks)
    if not preparation.columns:
        return unfit(landmarks, "no_features", target=target)
    judged = validate(landmarks, fit_families, seed=seed)
    fitted = fit_families(landmarks, seed=seed, with_trees=judged.share > 0)
    competing, pooled = _competing(fitted, landmarks)
    card = _card(landmarks, fitted, judged, target)
    if pooled:
        card = replace_limits(card, "few_competing_ends")
    return Forecaster(
        card=card,
        preparation=fitted.preparation,
        additive=fitted.additive,
        boosted=fitted.boosted,
        competing=competing,
        intervals=fitted.intervals,
        recalibration=_recalibration(fitted, judged),
        widening=judged.widening,
        reference=_reference(fitted),
    )


def without_repeats(landmarks: Landmarks) -> Landmarks:
    """Return the landmarks without rows that repeat a customer and date."""
    order = np.lexsort((landmarks.as_of, landmarks.customer))
    customer, as_of = landmarks.customer[order], landmarks.as_of[order]
    same = (customer[1:] == customer[:-1]) & (as_of[1:] == as_of[:-1])
    first = np.r_[True, ~same] if len(order) else np.zeros(0, bool)
    in_order = bool((order[1:] > order[:-1]).all())
    if first.all() and in_order:
        return landmarks
    return landmarks.rows(order[first])


def fit_families(landmarks: Landmarks, *, seed: int, with_trees: bool) -> Fitted:
    """Return both families (trees on wish) fitted on all that the landmarks know."""
    preparation = prepare(landmarks)
    customers = len(np.unique(landmarks.customer))
    most = int(np.clip(ROWS_PER_CUSTOMER * customers, FEWEST_ROWS, MOST_ROWS))
    rows = interval_rows(landmarks, most=most, seed=seed)
    intervals = _followed(landmarks, rows)
    rows = rows.where(rows.interval < intervals)
    training = _training(landmarks, preparation, rows)
    has_calendar = followed_days(landmarks) >= 2 * YEAR - GRACE
    layout = layout_of(training, preparation.columns, has_calendar=has_calendar)
    additive = fit_additive(training, layout, rows.churned, endings(landmarks))
    boosted = None
    if with_trees:
        boosted = fit_boosted(
            training, preparation.columns, has_calendar=has_calendar, seed=seed
        )
    return Fitted(preparation, training, additive, boosted, intervals)


def followed_days(landmarks: Landmarks) -> int:
    """Return the days from the first landmark to the last day seen."""
    return landmarks.seen_until - int(landmarks.as_of.min()) if len(landmarks) else 0


def replace_limits(card: ModelCard, *more: str) -> ModelCard:
    """Return the card with further limits."""
    from dataclasses import replace  # noqa: PLC0415

    return replace(card, limits=(*card.limits, *more))


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


def _training(
    landmarks: Landmarks, preparation: Preparation, rows: IntervalRows
) -> Training:
    """Return the training rows, with only the landmarks that they need."""
    used, place = np.unique(rows.row, return_inverse=True)
    weight = evened_out(landmarks, rows)
    needed = landmarks.rows(used)
    ours = IntervalRows(
        place.astype(np.intp),
        rows.interval,
        rows.churned,
        rows.competing,
        rows.weight,
        rows.thinned,
    )
    known = Known(preparation.read(needed), needed.tenure_days, needed.as_of)
    return Training(known, needed.customer, ours, weight)


def _followed(landmarks: Landmarks, rows: IntervalRows) -> int:
    """Return how many intervals were followed for enough customers, from the first."""
    for number in range(INTERVALS):
        seen = landmarks.customer[rows.row[rows.interval == number]]
        if len(np.unique(seen)) < SEEN_ENOUGH:
            return max(number, 1)
    return INTERVALS


def _competing(fitted: Fitted, landmarks: Landmarks) -> tuple[Additive | None, bool]:
    """Return the hazard of other ends: by tenure and renewal, or one rate, or none."""
    rows = fitted.training.rows
    ends = len(np.unique(landmarks.customer[np.isin(landmarks.end_kind, OTHERWISE)]))
    if not rows.competing.any():
        return None, False
    columns = fitted.preparation.columns
    keys = fitted.preparation.keys
    only = np.array([key == DAYS_TO_RENEWAL for key in keys], bool)
    known = fitted.training.known
    narrowed = Training(
        known, fitted.training.customer, rows, fitted.training.weight
    )
    layout = layout_of(narrowed, columns, has_calendar=False).narrowed(only)
    pooled = ends < COMPETING_ENOUGH
    return fit_additive(narrowed, layout, rows.competing, ends), pooled


def _recalibration(fitted: Fitted, judged: Validation) -> Recalibration:
    """Return the line on the log-odds that keeps the mean chance of the fit."""
    training = fitted.training
    odds = fitted.additive.log_odds(training.known, fitted.intervals)
    if fitted.boosted is not None and judged.share > 0:
        trees = fitted.boosted.log_odds(training.known, fitted.intervals)
        odds = (1 - judged.share) * odds + judged.share * trees
    rows, weight = training.rows, training.weight
    own = odds[rows.row, rows.interval]
    total = np.bincount(rows.interval, weight * own, minlength=fitted.intervals)
    held = np.bincount(rows.interval, weight, minlength=fitted.intervals)
    level = total / np.maximum(held, 1e-12)
    line = Recalibration(judged.slope, level, 0.0)
    if judged.slope == 1 and judged.share == 0:
        return line
    turned = level[rows.interval] + judged.slope * (own - level[rows.interval])
    wanted = float(weight @ rows.churned)
    low, high = -2.0, 2.0
    for _halving in range(50):
        shift = (low + high) / 2
        above = float(weight @ logistic(turned + shift)) > wanted
        low, high = (low, shift) if above else (shift, high)
    return Recalibration(judged.slope, level, (low + high) / 2)


def _reference(fitted: Fitted) -> Reference:
    known = fitted.training.known
    columns = fitted.preparation.columns
    band = band_of(known.tenure_days)
    limits, shares = parts_of(known.values, columns)
    return Reference(
        usual_values(known.values, columns, band, len(TENURE_BANDS)), limits, shares
    )


def _card(
    landmarks: Landmarks, fitted: Fitted, judged: Validation, target: Target
) -> ModelCard:
    events = endings(landmarks)
    return ModelCard(
        target=target,
        family="blended" if judged.share > 0 else "additive",
        rows=len(landmarks),
        rows_fitted=len(fitted.training.rows),
        customers=len(np.unique(landmarks.customer)),
        events=events,
        first_day=int(landmarks.as_of.min()),
        last_day=int(landmarks.as_of.max()),
        seen_until=landmarks.seen_until,
        used=fitted.preparation.keys,
        dropped=fitted.preparation.dropped,
        changed=fitted.preparation.changed,
        judged=judged.rules,
        boosted_share=judged.share,
        slope=judged.slope,
        limits=_limits(landmarks, fitted, judged, events),
        details={
            "overlap": fitted.additive.overlap,
            "effective_coefficients": fitted.additive.freedom,
            "widening": judged.widening,
        },
    )


def _limits(
    landmarks: Landmarks, fitted: Fitted, judged: Validation, events: int
) -> tuple[str, ...]:
    days = followed_days(landmarks)
    said = {
        "less_than_a_year": days < YEAR - GRACE,
        "season_unknown": days < 2 * YEAR - GRACE,
        "few_events": events < FEW_EVENTS,
        "rows_thinned": fitted.training.rows.thinned,
        "not_validated": judged.reason is not None,
        "not_converged": not fitted.additive.is_converged,
    }
    limits = [code for code, holds in said.items() if holds]
    limits += [
        f"not_followed_{end}"
        for end in (90, 180, 365)
        if end > EDGES[fitted.intervals]
    ]
    return tuple(limits)


