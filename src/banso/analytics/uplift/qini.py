"""The Qini curve: what treating the first customers of an order brings."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from banso.analytics.figures.estimate import Estimate
from banso.analytics.figures.intervals import normal_quantile
from banso.analytics.uplift.arms import Arms

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class QiniCurve:
    """What treating a share of all customers adds, from the best scored on.

    Ties are treated together: a point for each score, the first is (0, 0).
    """

    shares: Floats  # (m,) of all customers, 0..1
    gains: Floats  # (m,) additional outcome for each treated customer of the trial

    @property
    def area(self) -> float:
        """The area between the curve and the straight line to its end.

        The line is what treating the same share drawn by lot brings. In the unit of
        the outcome, for each customer of the trial; 0 when the order is worth nothing.
        """
        return _under(self) - float(self.gains[-1]) / 2


@dataclass(frozen=True)
class Qini:
    """What an order is worth in a trial: ``area`` and ``coefficient``."""

    area: Estimate  # of the curve, in the unit of the outcome
    coefficient: Estimate  # over that of the best order; 1 is the best, 0 is chance


def qini_curve(scores: Floats, arms: Arms) -> QiniCurve:
    """Return the Qini curve of an order.

    Parameters
    ----------
    scores
        (n,) high is treated first. They must not have been fitted on these customers.
    arms
        The customers of the trial, ``n``.

    Returns
    -------
    QiniCurve
        At the first ``k`` customers, of whom ``N_t(k)`` were treated with outcomes
        ``Y_t(k)`` in all, and ``N_c(k)``, ``Y_c(k)`` likewise: the gain is ``(Y_t(k) -
        Y_c(k) N_t(k) / N_c(k)) / N_t(n)``. With no control among the first the
        subtraction is 0.

    Notes
    -----
    Source: Radcliffe (2007), Direct Marketing Analytics Journal 3:14. It is the curve
    of scikit-uplift 0.5.1, over the number treated. Checked against it in
    tests/analytics/uplift.

    """
    order = np.argsort(-scores, kind="stable")
    ends = np.r_[np.flatnonzero(np.diff(scores[order])), len(scores) - 1]
    treated = arms.treated[order]
    outcome = arms.outcome[order]
    count = np.cumsum(treated)[ends].astype(np.float64)
    others = ends + 1 - count
    theirs = np.cumsum(np.where(treated, 0.0, outcome))[ends]
    weight = np.divide(count, others, out=np.zeros(len(ends)), where=others > 0)
    gains = np.cumsum(np.where(treated, outcome, 0.0))[ends] - theirs * weight
    return QiniCurve(
        np.r_[0.0, (ends + 1) / len(scores)], np.r_[0.0, gains / count[-1]]
    )


def qini(scores: Floats, arms: Arms) -> Qini:
    """Return what an order is worth, with its interval.

    Parameters
    ----------
    scores, arms
        As for `qini_curve`.

    Returns
    -------
    Qini
        The coefficient is the area over that of the best order there can be: treated
        customers with the outcome first, controls with it last, the others in between.
        It is ``not_a_share`` when the outcome is an amount. ``too_few_customers`` when
        an arm is empty, ``one_class`` when there is nothing to gain by any order.

    Notes
    -----
    Source: the coefficient is ``qini_auc_score`` of scikit-uplift 0.5.1 with
    ``negative_effect``; the interval follows from the area being the covariance of
    effect and rank (Yadlowsky et al. 2025, JASA 120:38).

    """
    n, events = len(arms), int((arms.outcome > 0).sum())
    if arms.treated.all() or not arms.treated.any():
        none = Estimate.unknown("too_few_customers", n=n, events=events)
        return Qini(none, none)
    area = qini_curve(scores, arms).area
    reach = normal_quantile() * _error(scores, arms)
    found = Estimate(area, area - reach, area + reach, n, events)
    if not arms.is_share:
        return Qini(found, Estimate.unknown("not_a_share", n=n, events=events))
    best = qini_curve(np.where(arms.treated, 1.0, -1.0) * arms.outcome, arms).area
    if best <= 0:
        return Qini(found, Estimate.unknown("one_class", n=n, events=events))
    return Qini(
        found,
        Estimate(area / best, (area - reach) / best, (area + reach) / best, n, events),
    )


def mean_qini(found: list[Qini]) -> Qini:
    """Return the mean over several hold-outs of one trial.

    They share customers, so that the interval is as wide as that of one.
    """
    return Qini(
        _mean([each.area for each in found]),
        _mean([each.coefficient for each in found]),
    )


def _under(curve: QiniCurve) -> float:
    return float(np.trapezoid(curve.gains, curve.shares))


def _error(scores: Floats, arms: Arms) -> float:
    """Return the standard error of the area: the scores are taken as given."""
    _, place, sizes = np.unique(scores, return_inverse=True, return_counts=True)
    above = np.cumsum(sizes) - sizes / 2  # ranks from below, ties in their middle
    rank = above[place] / len(scores) - 0.5
    moves = np.zeros(len(scores))
    for arm in (arms.treated, ~arms.treated):
        product = rank[arm] * (arms.outcome[arm] - arms.outcome[arm].mean())
        moves[arm] = (product - product.mean()) / arm.sum()
    return math.sqrt(float(moves @ moves))


def _mean(found: list[Estimate]) -> Estimate:
    known = [each for each in found if each.value is not None]
    if len(known) < len(found) or not found:
        return found[0]
    value = float(np.mean([each.value for each in known]))
    reach = math.sqrt(
        float(np.mean([((e.high or 0) - (e.low or 0)) ** 2 / 4 for e in known]))
    )
    return Estimate(value, value - reach, value + reach, found[0].n, found[0].events)
