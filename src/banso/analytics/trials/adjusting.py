"""The difference between two arms, made sharper by what was known before the draw."""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from banso.analytics.figures.intervals import student_quantile

FEWEST_IN_ARM: Final = 10
_ROWS_PER_COVARIATE = 20  # in the smaller arm; fewer and the fit follows chance
_EVENTS_PER_COVARIATE = 5  # likewise, of the rarer of both values of a 0/1 outcome

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Difference:
    """Treated minus held out."""

    effect: float
    error: float  # standard error
    freedom: int  # of the residuals
    n_treated: int
    n_held_out: int
    variance_saved: float  # share of the plain variance that the adjustment took away

    def interval(self, confidence: float) -> tuple[float, float]:
        """Return the interval of ordinary width, for one look planned beforehand."""
        reach = student_quantile(self.freedom, confidence) * self.error
        return self.effect - reach, self.effect + reach


def plain_difference(outcome: Floats, treated: Flags) -> Difference | None:
    """Return the difference of two means with Neyman's error, unadjusted.

    Parameters
    ----------
    outcome
        (n,) the outcome of each customer, all finite.
    treated
        (n,) which of them were treated.

    Returns
    -------
    Difference or None
        None with fewer than 10 customers in an arm, or without any spread.

    """
    ones, zeros = outcome[treated], outcome[~treated]
    if min(len(ones), len(zeros)) < FEWEST_IN_ARM:
        return None
    variance = ones.var(ddof=1) / len(ones) + zeros.var(ddof=1) / len(zeros)
    if variance <= 0:
        return None
    return Difference(
        effect=float(ones.mean() - zeros.mean()),
        error=math.sqrt(float(variance)),
        freedom=len(outcome) - 2,
        n_treated=len(ones),
        n_held_out=len(zeros),
        variance_saved=0.0,
    )


def adjusted_difference(
    outcome: Floats, treated: Flags, covariates: Floats
) -> Difference | None:
    """Return the difference of two arms, adjusted for what was known before the draw.

    Parameters
    ----------
    outcome
        (n,) the outcome of each customer, all finite.
    treated
        (n,) which of them were treated.
    covariates
        (n, p) values from before the draw, the most telling first; NaN is unknown and
        gets the mean. So many of them are used as the rows allow: one for each 20
        customers of the smaller arm and, of an outcome that is 0 or 1, one for each 5
        of the rarer value. Columns without spread are left out.

    Returns
    -------
    Difference or None
        `plain_difference` when no covariate can be used; None as there.

    Notes
    -----
    Ordinary least squares with the covariates centred and interacted with the arm
    (Lin 2013, Annals of Applied Statistics 7:295): its coefficient of the arm is the
    average effect, and never less precise than the plain difference in large samples
    whatever the truth looks like. HC2 errors, with the variance of the average over
    the customers added, since the effect is that on such customers and not only on
    these (Negi & Wooldridge 2021). Equal to CUPED when one covariate is used and the
    slopes of both arms are alike. Source: docs/definitions/trials.md; coverage in
    tests/truth.

    """
    plain = plain_difference(outcome, treated)
    if plain is None:
        return None
    x = _usable(outcome, treated, covariates)
    if not x.shape[1]:
        return plain
    arm = treated.astype(np.float64)[:, None]
    design = np.hstack([np.ones_like(arm), arm, x, arm * x])
    gram = np.linalg.inv(design.T @ design)
    slopes = gram @ (design.T @ outcome)
    leverage = np.einsum("ij,jk,ik->i", design, gram, design)
    residual2 = (outcome - design @ slopes) ** 2 / np.maximum(1 - leverage, 1e-6)
    weights = design @ gram[1]
    differing = slopes[2 + x.shape[1] :]
    of_sample = float(np.mean((x @ differing) ** 2)) / len(outcome)
    variance = float(weights**2 @ residual2) + of_sample
    if variance >= plain.error**2:
        return plain  # chosen by its size alone, never by the effect
    return Difference(
        effect=float(slopes[1]),
        error=math.sqrt(variance),
        freedom=len(outcome) - design.shape[1],
        n_treated=plain.n_treated,
        n_held_out=plain.n_held_out,
        variance_saved=1 - variance / plain.error**2,
    )


def _usable(outcome: Floats, treated: Flags, covariates: Floats) -> Floats:
    """Return the centred covariates that the rows allow, independent of each other."""
    smaller = int(min(np.count_nonzero(treated), np.count_nonzero(~treated)))
    most = smaller // _ROWS_PER_COVARIATE
    if np.isin(outcome, (0.0, 1.0)).all():
        events = int(outcome.sum())
        most = min(most, min(events, len(outcome) - events) // _EVENTS_PER_COVARIATE)
    columns: list[Floats] = []
    for values in covariates.T:
        if len(columns) >= most:
            break
        column = _standard(values)
        if column is not None and _is_new(column, columns, treated):
            columns.append(column)
    return np.column_stack(columns) if columns else np.empty((len(outcome), 0))


def _standard(values: Floats) -> Floats | None:
    known = np.isfinite(values)
    if known.sum() < FEWEST_IN_ARM:
        return None
    centred = np.where(known, values - values[known].mean(), 0.0)
    spread = float(centred.std())
    return centred / spread if spread > 1e-9 else None


def _is_new(column: Floats, others: list[Floats], treated: Flags) -> bool:
    """Return whether a column says something that the others do not, in each arm."""
    for arm in (treated, ~treated):
        base = np.column_stack([np.ones(arm.sum()), *(other[arm] for other in others)])
        rest = column[arm] - base @ np.linalg.lstsq(base, column[arm], rcond=None)[0]
        if float(rest.std()) < 0.05:  # of a spread of 1
            return False
    return True
