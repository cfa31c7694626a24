"""Effects by segment, drawn towards each other as far as chance explains them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from banso.analytics.figures.intervals import normal_quantile

_GRID = 400

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Shrunken:
    """What is believed of each segment after seeing all of them."""

    effect: Floats  # (k,)
    low: Floats  # (k,) 95 %
    high: Floats  # (k,)
    spread: float  # standard deviation of the true effects among segments


def shrunken(effects: Floats, errors: Floats, *, scale: float) -> Shrunken:
    """Return the effects of segments, shrunken towards their mean.

    Parameters
    ----------
    effects
        (k,) one effect for each segment, at least two.
    errors
        (k,) their standard errors, above 0.
    scale
        How far true effects may lie apart: the standard deviation of a half-normal
        prior on their spread, in the units of the effects.

    Returns
    -------
    Shrunken
        A segment with few customers is drawn far towards the mean, one with many
        hardly. When chance explains all differences, all are nearly alike.

    Notes
    -----
    The normal hierarchical model (Gelman et al., Bayesian Data Analysis, 3rd ed., 5.4)
    with a flat prior on the mean. The spread is integrated out on a grid: an
    empirical-Bayes estimate of 0 would make all intervals too narrow. Checked against
    the book's eight schools in tests/analytics/trials.

    """
    assert len(effects) >= 2, "one segment cannot be compared"
    assert (errors > 0).all(), "an effect has an error"
    taus = (np.arange(_GRID) + 0.5) / _GRID * 5 * scale
    variance = errors[None, :] ** 2 + taus[:, None] ** 2  # (grid, k)
    precision = 1 / variance
    total = precision.sum(axis=1)
    mean = (precision * effects).sum(axis=1) / total
    apart = ((effects - mean[:, None]) ** 2 * precision).sum(axis=1)
    log_weight = -0.5 * (np.log(variance).sum(axis=1) + np.log(total) + apart)
    log_weight -= 0.5 * (taus / scale) ** 2
    weight = np.exp(log_weight - log_weight.max())
    weight /= weight.sum()
    own = taus[:, None] ** 2 / variance  # how much a segment is believed
    given = own * effects + (1 - own) * mean[:, None]
    inner = own * errors[None, :] ** 2 + (1 - own) ** 2 / total[:, None]
    effect = weight @ given
    sd = np.sqrt(weight @ (inner + (given - effect) ** 2))
    reach = normal_quantile() * sd
    spread = float(np.sqrt(weight @ taus**2))
    return Shrunken(effect, effect - reach, effect + reach, spread)
