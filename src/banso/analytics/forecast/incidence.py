"""From the hazard of each interval to the chance of leaving within some days."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from banso.analytics.forecast.intervals import EDGES, LENGTHS

Floats = NDArray[np.float64]
LARGEST_HAZARD = 1 - 1e-9  # of all ends together in one interval


@dataclass(frozen=True)
class Incidence:
    """The chance of leaving by choice first, and what each interval does to it."""

    chance: Floats  # (n,)
    slope: Floats  # (n, k) change of the chance's log-odds per log-odds of a hazard


def log_odds(p: Floats) -> Floats:
    """Return the logarithm of the odds; p is kept inside (0, 1)."""
    inside = np.clip(p, 1e-12, 1 - 1e-12)
    result: Floats = np.log(inside / (1 - inside))
    return result


def logistic(value: Floats) -> Floats:
    """Return the probability that has these log-odds."""
    result: Floats = 1 / (1 + np.exp(-np.clip(value, -700, 700)))
    return result


def incidence(hazard: Floats, competing: Floats, days: Floats) -> Incidence:
    """Return the cumulative incidence of leaving by choice within `days`.

    ``P = sum_k S(k-1) h(k)`` with ``S(k) = prod (1 - h - o)``, where h is the hazard by
    choice and o that of all other ends. Within an interval both hazards are constant
    over its days. A chance never falls with the days, because no h is negative.

    Parameters
    ----------
    hazard, competing
        (n, k) per interval, 0..1.
    days
        (n,) from 1 to the end of interval k.

    """
    reached = competing + np.minimum(hazard, LARGEST_HAZARD - competing)
    stays = np.cumprod(1 - reached, axis=1)
    before = np.column_stack([np.ones(len(hazard)), stays[:, :-1]])
    starts, lengths = np.array(EDGES[:-1]), LENGTHS
    count = hazard.shape[1]
    part = np.clip((days[:, None] - starts[:count]) / lengths[:count], 0.0, 1.0)
    within, steepness = _within(hazard, reached, part)
    parts = before * within
    chance = np.minimum(parts.sum(axis=1), 1.0)
    later = np.cumsum(parts[:, ::-1], axis=1)[:, ::-1] - parts
    # More churn early leaves fewer to churn later.
    change = before * steepness - later / (1 - reached)
    change *= hazard * (1 - hazard)
    odds = np.maximum(chance * (1 - chance), 1e-300)[:, None]
    return Incidence(chance, change / odds)


def across_end(
    hazard: Floats, competing: Floats, days: Floats, ends: tuple[Floats, float]
) -> Incidence:
    """Return the incidence within `days` when a contract may end as agreed before.

    Of those who are there when it ends, a share goes on: ``P = P(until the end) +
    share * (P(days) - P(until the end))``. A chance still never falls with the days.

    Parameters
    ----------
    hazard, competing, days
        As for `incidence`; `competing` without the ends as agreed.
    ends
        (n,) days to the agreed end, infinite when not known; and the share.

    """
    whole = incidence(hazard, competing, days)
    end, goes_on = ends
    crosses = (end >= 1) & (end < days)
    if goes_on >= 1 or not crosses.any():
        return whole
    until = incidence(hazard, competing, np.where(crosses, end, days))
    gone = np.where(crosses, 1 - goes_on, 0.0)
    chance = gone * until.chance + (1 - gone) * whole.chance
    parts = [
        (share * found.chance * (1 - found.chance))[:, None] * found.slope
        for share, found in ((gone, until), (1 - gone, whole))
    ]
    odds = np.maximum(chance * (1 - chance), 1e-300)[:, None]
    return Incidence(chance, (parts[0] + parts[1]) / odds)


def _within(hazard: Floats, reached: Floats, part: Floats) -> tuple[Floats, Floats]:
    """Return the chance to leave by choice in part of an interval, and its slope."""
    full = part >= 1
    total = np.maximum(reached, 1e-300)
    stays = np.exp(part * np.log1p(-reached))
    share = hazard / total
    within = np.where(full, hazard, share * (1 - stays))
    other = (total - hazard) / total
    inner = other * (1 - stays) / total + share * part * stays / (1 - reached)
    return within, np.where(full, 1.0, inner)
