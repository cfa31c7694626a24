"""How the difference from the usual chance divides among the features."""

import numpy as np
from numpy.typing import NDArray

from banso.analytics.forecast.additive import Known
from banso.analytics.forecast.hazard import Hazard
from banso.analytics.forecast.intervals import EDGES

Floats = NDArray[np.float64]
STEPS = 8  # Gauss-Legendre points on the way from usual to the row


def explain(
    hazard: Hazard, known: Known, usual: Known, horizon: int
) -> tuple[Floats, Floats, Floats]:
    """Return points per feature (n, f), the chance (n,) and the usual one (n,).

    ``points.sum(axis=1) == chance - usual`` to rounding.
    """
    intervals = int(np.searchsorted(np.array(EDGES[1:]), horizon)) + 1
    intervals = min(intervals, hazard.intervals)
    from_odds, parts = _parts(hazard, known, usual, intervals)
    days = np.full(len(known.values), float(horizon))
    other = hazard.other_ends(known)[:, :intervals]
    total = parts.sum(axis=2)
    points = np.zeros((len(days), parts.shape[2]))
    at, weight = np.polynomial.legendre.leggauss(STEPS)
    for share, size in zip((at + 1) / 2, weight / 2, strict=True):
        found = hazard.incidence(known, from_odds + share * total, other, days)
        slope = found.slope * (found.chance * (1 - found.chance))[:, None]
        points += size * np.einsum("nk,nkf->nf", slope, parts)
    p = hazard.incidence(known, from_odds + total, other, days).chance
    p_usual = hazard.incidence(known, from_odds, other, days).chance
    # The sum on eight points is near the integral; the rest goes by size.
    rest = p - p_usual - points.sum(axis=1)
    size_of = np.abs(points)
    whole = size_of.sum(axis=1)
    points += (
        size_of
        * np.divide(rest, whole, out=np.zeros_like(rest), where=whole > 0)[:, None]
    )
    return points, p, p_usual


def _parts(
    hazard: Hazard, known: Known, usual: Known, intervals: int
) -> tuple[Floats, Floats]:
    """Return the usual log-odds (n, k), and each feature's part of the rest."""
    share, slope = hazard.share, hazard.recalibration.slope
    odds = hazard.additive.log_odds(usual, intervals)
    parts = hazard.additive.of_each(known, intervals)
    parts = parts - hazard.additive.of_each(usual, intervals)
    if hazard.boosted is not None:
        theirs = hazard.boosted.log_odds(usual, intervals)
        odds = (1 - share) * odds + share * theirs
        trees = hazard.boosted.of_each(known, usual, intervals)
        parts = (1 - share) * parts + share * trees
    return hazard.recalibration.apply(odds), slope * parts
