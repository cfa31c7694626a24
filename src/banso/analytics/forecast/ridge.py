"""Logistic regression with priors learned from the data and errors by customer."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from banso.analytics.forecast.by_customer import Rows, blocks
from banso.analytics.forecast.incidence import logistic

Floats = NDArray[np.float64]
ROUNDS = 30
WEAK = 1e-3  # the prior precision of columns outside any group
STRONGEST = 1e6
SETTLED = 2e-3
NEAR_ENOUGH = 0.1  # of a standard error: such a last step tells nobody anything
STEPS = 20  # of the level alone
# No effect is ever taken to be surely nil: a kind of column starts as if this many
# coefficients of this size, in log-odds per standard deviation, had been seen.
DOUBT = 4
SMALL_EFFECT = 0.03


@dataclass(frozen=True)
class Groups:
    """Which columns share a prior variance, and which groups are alike."""

    of_column: NDArray[np.intp]  # (p,) number of the group; -1 for none
    kind: NDArray[np.intp]  # (g,) groups of a kind lend each other strength


@dataclass(frozen=True)
class Problem:
    """Rows in the order of their customers."""

    columns: NDArray[np.float32]  # (n, p)
    offset: Floats  # (n,) known part of the log-odds
    outcome: Floats  # (n,) 0 or 1
    weight: Floats  # (n,)
    customer: NDArray[np.int64]  # (n,) rising
    groups: Groups


@dataclass(frozen=True)
class RidgeFit:
    """Coefficients, and how far they may be from the truth."""

    coefficients: Floats  # (p,)
    covariance: Floats  # (p, p) of estimate minus truth: sampling error and shrinkage
    precision: Floats  # (p,) of the prior of each, beside the tempered likelihood
    overlap: float  # how many times the rows tell the same thing
    freedom: float  # effective number of coefficients
    converged: bool  # the last step was small, beside all or beside the error
    lean: float  # how far true log-odds are from fitted ones, in the middle of rows


@dataclass(frozen=True)
class Moments:
    """What the rows say of coefficients near those at which they were taken."""

    likelihood: float
    gradient: Floats
    information: Floats
    scores: Floats  # sum over customers of the outer product of their scores


def fit_ridge(problem: Problem) -> RidgeFit:
    """Return the coefficients, with the strength of each prior found on the way.

    Notes
    -----
    Weekly rows of one customer look ahead over the same year and so tell one ending
    up to fifty times. The log-likelihood is therefore divided by that overlap (the
    magnitude adjustment of Pauli, Racugno & Ventura 2011; Ribatet, Cooley & Davison
    2012); see `overlap_of`. Each group's prior variance is found by moments in the
    manner of Fellner (1986) and Schall (1991), with the noise taken from the scores by
    customer, and pulled towards that of its kind by one degree of freedom.
    With information H, scores J, both tempered, and prior precision P the error is
    ``A (J + P) A``, ``A = (H + P)^-1``: the sandwich plus the squared bias that the
    prior expects; it is the Bayesian covariance (Nychka 1988) when J = H.
    Residuals of what was fitted are smaller than errors, and so are scores: so they
    are raised until they tell at least the overlap.

    """
    width = problem.columns.shape[1]
    beta, precision = np.zeros(width), np.ones(width)
    precision[problem.groups.of_column < 0] = WEAK
    overlap = overlap_of(problem)
    parts = blocks(problem.customer)
    moments = moments_of(problem, parts, beta)
    converged = False
    for _round in range(ROUNDS):
        penalty = precision * overlap
        moments, step = _newton(problem, parts, moments, beta, penalty)
        beta = beta + step
        # A step is judged by what it changes in the log-odds of a typical row.
        size = float(np.sqrt(step @ moments.information @ step))
        total = float(np.sqrt(beta @ moments.information @ beta))
        before = precision
        raised = undiminished(moments, precision, overlap)
        precision = _priors(problem.groups, beta, raised, precision, overlap)
        moved = np.abs(np.log(precision / before)).max(initial=0.0)
        if size < SETTLED * (1e-6 + total) and (moved < 0.2 or _round > 15):
            converged = True
            break
    raised = undiminished(moments, precision, overlap)
    inverse, covariance = errors_of(raised, precision, overlap, 1 / precision)
    freedom = float(width - np.sum(np.diag(inverse) * precision))
    # Where few have left, priors slide on slowly, and the coefficients with them.
    typical = float(np.sqrt(max(np.sum(raised.information * covariance), 0.0)))
    converged = converged or size < NEAR_ENOUGH * typical
    lean = lean_of(moments, covariance)
    return RidgeFit(beta, covariance, precision, overlap, freedom, converged, lean)


def overlap_of(problem: Problem) -> float:
    """Return how many times the rows tell the same thing, at least 1.

    It is the variance of the score by customer over the information, of a column that
    stays the same for each customer while nothing else tells who leaves. A column that
    moves overlaps less, so that this is on the safe side. What features explain plays
    no part: taken for overlap, it would hide the very effects that are looked for.
    """
    weight, outcome = problem.weight, problem.outcome
    level = 0.0
    for _step in range(STEPS):
        p = logistic(problem.offset + level)
        information = float(weight @ (p * (1 - p)))
        step = float(weight @ (outcome - p)) / max(information, 1e-12)
        level += float(np.clip(step, -1.0, 1.0))
    _, place = np.unique(problem.customer, return_inverse=True)
    scores = np.bincount(place, weight * (outcome - p))
    return max(1.0, float(scores @ scores) / max(information, 1e-12))


def moments_of(problem: Problem, parts: Sequence[Rows], beta: Floats) -> Moments:
    """Return likelihood, gradient, information and scores in one pass by customers."""
    width = len(beta)
    gradient, information = np.zeros(width), np.zeros((width, width))
    scores, likelihood = np.zeros((width, width)), 0.0
    most = max((part.end - part.begin for part in parts), default=0)
    room = np.empty((most, width), np.float32)  # one for all blocks
    for part in parts:
        here = slice(part.begin, part.end)
        columns = problem.columns[here]
        log_odds = problem.offset[here] + columns @ beta.astype(np.float32)
        p = logistic(log_odds)
        weight, outcome = problem.weight[here], problem.outcome[here]
        # log(1 + e^x) without overflow
        likelihood += float(weight @ (outcome * log_odds - np.logaddexp(0, log_odds)))
        spread = np.sqrt(weight * p * (1 - p)).astype(np.float32)
        scaled = np.multiply(columns, spread[:, None], out=room[: len(columns)])
        information += scaled.T @ scaled
        residual = (weight * (outcome - p)).astype(np.float32)
        by_customer = part.sums(columns, residual)
        gradient += by_customer.sum(axis=0, dtype=np.float64)
        scores += by_customer.T @ by_customer
    return Moments(likelihood, gradient, information, scores)


def undiminished(moments: Moments, precision: Floats, overlap: float) -> Moments:
    """Return the moments with scores that tell at least so much overlap."""
    inverse = np.linalg.inv(moments.information + np.diag(precision * overlap))
    told = float(np.sum(inverse * moments.information)) * overlap
    found = float(np.sum(inverse * moments.scores))
    return replace(moments, scores=moments.scores * max(1.0, told / max(found, 1e-12)))


def lean_of(moments: Moments, covariance: Floats) -> float:
    """Return how far true log-odds are from fitted ones, in the middle of rows.

    A fit expects as many endings as there were. What it cannot tell of rows spreads
    their true log-odds about the fitted ones, and of such rows more leave than of as
    many that are alike (Jensen): so their middle is lower, by half the variance of that
    spread. The first column must be constant.
    """
    variance = float(np.sum(moments.information * covariance))
    return -variance / 2 / max(float(moments.information[0, 0]), 1e-12)


def _newton(
    problem: Problem,
    parts: Sequence[Rows],
    moments: Moments,
    beta: Floats,
    penalty: Floats,
) -> tuple[Moments, Floats]:
    """Return the moments after a step that does not lose, and the step."""
    gradient = moments.gradient - penalty * beta
    curvature = moments.information + np.diag(penalty)
    step: Floats = np.linalg.solve(curvature, gradient).astype(float)
    here = moments.likelihood - 0.5 * float(penalty @ beta**2)
    for _halving in range(12):
        after = moments_of(problem, parts, beta + step)
        there = after.likelihood - 0.5 * float(penalty @ (beta + step) ** 2)
        if there >= here - 1e-6 * abs(here):  # as exact as single precision is
            return after, step
        step = step / 2
    return moments, np.zeros_like(step)


def errors_of(
    moments: Moments, precision: Floats, overlap: float, variance: Floats
) -> tuple[Floats, Floats]:
    """Return the inverse of the tempered curvature, and the covariance of the error.

    `variance` is what the coefficients are expected to have, (p,); that of the prior
    where nothing else is known.
    """
    curvature = moments.information / overlap + np.diag(precision)
    inverse: Floats = np.linalg.inv(curvature).astype(float)
    pull = precision**2 * variance
    middle = moments.scores / overlap**2 + np.diag(pull)
    covariance = inverse @ middle @ inverse
    return inverse, (covariance + covariance.T) / 2


def _priors(
    groups: Groups,
    beta: Floats,
    moments: Moments,
    precision: Floats,
    overlap: float,
) -> Floats:
    """Return the prior precision of each column for the next round.

    Each prior variance is multiplied by how the squared coefficients compare with
    what sampling error and that prior together expect; where noise explains them, it
    falls. Columns count by how much of the expectation is the prior's.
    """
    noise, signal = _expected_squares(moments, precision, overlap)
    inside = groups.of_column >= 0
    member, count = groups.of_column[inside], len(groups.kind)
    expected = np.maximum(noise + signal, 1e-300)  # a column of zeros has neither
    ratio = (beta**2 / expected)[inside]
    told = (signal / expected)[inside]
    held = np.maximum(np.bincount(member, told, minlength=count), 1e-9)
    change = np.bincount(member, told * ratio, minlength=count) / held
    before = np.zeros(count)
    before[member] = 1 / precision[inside]
    grown = before * np.clip(change, 0.2, 5.0)
    of_kind = np.bincount(groups.kind, held * grown) + DOUBT * SMALL_EFFECT**2
    of_kind /= np.bincount(groups.kind, held) + DOUBT
    own = held / (held + 1)
    variance = np.exp(own * np.log(grown) + (1 - own) * np.log(of_kind[groups.kind]))
    result = precision.copy()
    result[inside] = (1 / np.clip(variance, 1 / STRONGEST, 1e3))[member]
    return result


def _expected_squares(
    moments: Moments, precision: Floats, overlap: float
) -> tuple[Floats, Floats]:
    """Return what noise and what the prior add to the expected squared coefficients.

    Noise is a variance. Where columns repeat each other it is the rest of far larger
    terms, and rounding can leave it below 0.
    """
    information = moments.information / overlap
    inverse = np.linalg.inv(information + np.diag(precision))
    noise = np.sum((inverse @ moments.scores / overlap**2) * inverse, axis=1)
    answers = inverse @ information
    return np.maximum(noise, 0.0), answers**2 @ (1 / precision)
