"""By how much each covariate raises the pace of leaving: Cox's regression."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from banso.analytics.figures.estimate import Estimate
from banso.analytics.figures.intervals import normal_quantile, two_sided_p
from banso.analytics.figures.samples import MOSTLY_MISSING, cluster_codes
from banso.analytics.survival.concordance import concordance
from banso.analytics.survival.follow_up import (
    FollowUp,
    follow_up,
    stratum_codes,
    too_few,
)
from banso.analytics.survival.partial_likelihood import (
    PartialLikelihood,
    partial_likelihood,
)

Floats = NDArray[np.float64]
MOST_STEPS = 60
MOST_HALVINGS = 30
NEAR_ENOUGH = 1e-10  # squared length of the last step, in standard errors
COLLINEAR = 1e-9  # share of a column's variance that others leave unexplained
FLATTEST = 1e-15  # curvature per end, of standardised covariates
SEPARATED = 1e4  # times the variance that as many events usually give


@dataclass(frozen=True, eq=False)
class ProportionalHazards:
    """A fitted Cox model; arrays have one entry per name.

    A covariate with an entry in `reasons` has NaN in all arrays: it took no part
    (``constant``, ``collinear``, ``mostly_missing``) or has no finite coefficient
    (``separated``). All are NaN when `reason` is set.
    """

    names: tuple[str, ...]
    coefficients: Floats  # log hazard ratio per unit of the covariate
    errors: Floats  # robust when clusters were given
    hazard_ratios: Floats
    low: Floats  # 95 % interval of the hazard ratio
    high: Floats
    p_values: Floats  # Wald
    reasons: tuple[str | None, ...]
    concordance: Estimate
    n: int  # complete rows
    events: int
    log_likelihood: float | None
    reason: str | None = None

    def hazard_ratio(self, name: str) -> Estimate:
        """Return the hazard ratio of one covariate; KeyError when there is none."""
        if name not in self.names:
            raise KeyError(name)
        place = self.names.index(name)
        reason = self.reason or self.reasons[place]
        if reason:
            return Estimate.unknown(reason, n=self.n, events=self.events)
        return Estimate(
            float(self.hazard_ratios[place]),
            float(self.low[place]),
            float(self.high[place]),
            self.n,
            self.events,
            float(self.p_values[place]),
        )


def proportional_hazards(
    durations: NDArray[np.generic],
    events: NDArray[np.generic],
    covariates: Floats,
    *,
    names: Sequence[str],
    strata: NDArray[np.generic] | None = None,
    clusters: NDArray[np.generic] | None = None,
) -> ProportionalHazards:
    """Return how many times faster customers leave per unit of each covariate.

    Parameters
    ----------
    durations, events
        (n,) as in `survival_curve`.
    covariates
        (n, p) float64, known at the start. Rows with NaN in a covariate that takes
        part are left out; a covariate of which 90 % are NaN takes no part.
    names
        The name of each covariate.
    strata
        (n,) each has a baseline of its own; effects are the same in all.
    clusters
        (n,) the customer of each row: errors are then robust (Lin & Wei 1989).

    Returns
    -------
    ProportionalHazards
        Reasons of the whole: ``too_few_customers`` (fewer than 10, or clusters),
        ``too_few_events`` (fewer than 5, or not more than covariates),
        ``negative_duration``, ``not_converged``; that of the covariates when none of
        them can take part. A column that others add up to is ``collinear``: the
        first of such columns stays.

    Notes
    -----
    Source: Cox (1972), JRSS B 34:187; Efron (1977), JASA 72:557 for ties; Newton's
    method with step-halving on standardised covariates. Agrees with lifelines 0.30
    (tests/analytics/survival), whose robust errors differ from these with ties: it
    does not take them into account. See docs/definitions/hazard-ratio.md.

    """
    values = np.asarray(covariates, dtype=np.float64)
    assert values.ndim == 2, "one row per duration, one column per name"
    assert values.shape == (len(durations), len(names)), "one name per column"
    reasons = _mostly_missing(values)
    rows = follow_up(durations, events, *values[:, _used(reasons)].T)
    codes, count = cluster_codes(clusters, rows.keep)
    reasons, design, scale = _redundant(values[rows.keep], reasons)
    reason = rows.reason or too_few(rows, count) or _too_many(reasons, rows)
    if reason:
        return _unknown(reason, tuple(names), reasons, rows)
    stratum = stratum_codes(strata, rows.keep)
    likelihood, order = partial_likelihood(rows.durations, rows.events, design, stratum)
    top = _newton(likelihood)
    if top is None:
        return _unknown("not_converged", tuple(names), reasons, rows)
    beta, inverse = top
    variance = inverse
    if clusters is not None:
        variance = _robust(likelihood.residuals(beta) @ inverse, codes[order])
    endless = np.diag(inverse) * rows.seen > SEPARATED
    found = _Found(beta / scale, np.sqrt(np.diag(variance)) / scale, endless)
    ranking = concordance(
        rows.durations, rows.events, design @ beta, clusters=codes, strata=stratum
    )
    height = likelihood.value(beta)
    return _described(found, tuple(names), reasons, _Whole(rows, ranking, height))


def _mostly_missing(values: Floats) -> tuple[str | None, ...]:
    missing = np.count_nonzero(~np.isfinite(values), axis=0)
    most = MOSTLY_MISSING * max(len(values), 1)
    return tuple("mostly_missing" if n >= most else None for n in missing.tolist())


def _used(reasons: tuple[str | None, ...]) -> list[int]:
    return [place for place, reason in enumerate(reasons) if reason is None]


def _redundant(
    values: Floats, reasons: tuple[str | None, ...]
) -> tuple[tuple[str | None, ...], Floats, Floats]:
    """Name the columns that are constant or a sum of columns before them.

    Returns the reasons, and the other columns standardised, with their scale.
    """
    found = list(reasons)
    for place in _used(reasons):
        column = values[:, place]
        if len(column) == 0 or np.ptp(column) <= COLLINEAR * np.abs(column).max():
            found[place] = "constant"
    used = _used(tuple(found))
    design = values[:, used]
    scale = np.asarray(design.std(axis=0) if len(design) else np.ones(len(used)))
    design = (design - design.sum(axis=0) / max(len(design), 1)) / scale
    is_own = _unexplained(design.T @ design / max(len(design), 1)) > COLLINEAR
    for place, own in zip(used, is_own, strict=True):
        found[place] = None if own else "collinear"
    return tuple(found), design[:, is_own], scale[is_own]


def _unexplained(correlations: Floats) -> Floats:
    """Return which share of each column's variance those before it do not explain."""
    left = correlations.copy()
    shares = np.zeros(len(left))
    for place in range(len(left)):
        shares[place] = left[place, place]
        if shares[place] > COLLINEAR:
            left -= np.outer(left[:, place], left[place]) / shares[place]
    return shares


def _too_many(reasons: tuple[str | None, ...], rows: FollowUp) -> str | None:
    used = _used(reasons)
    if not used:
        return next(filter(None, reasons), "no_covariates")
    return "too_few_events" if rows.seen <= len(used) else None


def _newton(likelihood: PartialLikelihood) -> tuple[Floats, Floats] | None:
    """Return the coefficients at the top and the inverse of the information there."""
    beta = np.zeros(likelihood.design.shape[1])
    ends = int(np.count_nonzero(likelihood.events))
    height = likelihood.value(beta)
    for _ in range(MOST_STEPS):
        slope, information = likelihood.slope_and_curvature(beta)
        inverse = _inverse(information, FLATTEST * ends)
        step = inverse @ slope
        beta, height = _climbed(likelihood, beta, step, height)
        if slope @ step < NEAR_ENOUGH:
            _, information = likelihood.slope_and_curvature(beta)
            return beta, _inverse(information, FLATTEST * ends)
    return None


def _inverse(information: Floats, flattest: float) -> Floats:
    """Return the inverse, taking a direction without any curvature as nearly flat.

    The likelihood has such a direction when it rises for ever (separation); the
    errors along it come out huge, and the others as if it were not there.
    """
    curvatures, directions = np.linalg.eigh(information)
    inverse = (directions / np.maximum(curvatures, flattest)) @ directions.T
    return np.asarray(inverse, dtype=np.float64)


def _climbed(
    likelihood: PartialLikelihood, beta: Floats, step: Floats, height: float
) -> tuple[Floats, float]:
    """Return the first point along the step, halved as needed, that is no lower."""
    for halving in range(MOST_HALVINGS):
        tried = beta + step / 2**halving
        reached = likelihood.value(tried)
        if reached >= height:
            return tried, reached
    return beta, height


def _robust(moves: Floats, codes: NDArray[np.intp]) -> Floats:
    """Return the covariance from how far each cluster moves the coefficients."""
    sums = np.column_stack([np.bincount(codes, one) for one in moves.T])
    return np.asarray(sums.T @ sums, dtype=np.float64)


@dataclass(frozen=True, eq=False)
class _Found:
    """Of each covariate that took part."""

    coefficients: Floats
    errors: Floats
    endless: NDArray[np.bool_]  # it has no finite coefficient


@dataclass(frozen=True)
class _Whole:
    rows: FollowUp
    concordance: Estimate
    log_likelihood: float


def _described(
    found: _Found,
    names: tuple[str, ...],
    reasons: tuple[str | None, ...],
    whole: _Whole,
) -> ProportionalHazards:
    places, said = _used(reasons), list(reasons)
    coefficients, errors = np.full(len(names), np.nan), np.full(len(names), np.nan)
    for number, place in enumerate(places):
        if found.endless[number]:
            said[place] = "separated"
            continue
        coefficients[place] = found.coefficients[number]
        errors[place] = found.errors[number]
    reach = normal_quantile() * errors
    z = coefficients / errors
    with np.errstate(over="ignore"):  # per a unit that is far too large
        ratios, low, high = np.exp(
            [coefficients, coefficients - reach, coefficients + reach]
        )
    return ProportionalHazards(
        names,
        coefficients,
        errors,
        ratios,
        low,
        high,
        p_values=np.array([two_sided_p(float(one)) for one in z]),
        reasons=tuple(said),
        concordance=whole.concordance,
        n=len(whole.rows),
        events=whole.rows.seen,
        log_likelihood=whole.log_likelihood,
    )


def _unknown(
    reason: str,
    names: tuple[str, ...],
    reasons: tuple[str | None, ...],
    rows: FollowUp,
) -> ProportionalHazards:
    nothing = np.full(len(names), np.nan)
    unranked = Estimate.unknown(reason, n=len(rows), events=rows.seen)
    return ProportionalHazards(
        names,
        *(nothing,) * 6,
        reasons=reasons,
        concordance=unranked,
        n=len(rows),
        events=rows.seen,
        log_likelihood=None,
        reason=reason,
    )
