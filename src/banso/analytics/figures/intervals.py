"""Intervals and p-values: normal on the scale where that holds, and of counts."""

import math
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

CONFIDENCE = 0.95


def normal_quantile(confidence: float = CONFIDENCE) -> float:
    """Return how many standard errors a two-sided interval reaches (1.96 for 95 %)."""
    assert 0 < confidence < 1, "confidence is a share of 1"
    return NormalDist().inv_cdf(0.5 + confidence / 2)


def two_sided_p(z: float) -> float:
    """Return the chance of a normal value at least as far from 0 as `z`."""
    return math.erfc(abs(z) / math.sqrt(2))


def student_quantile(freedom: int, confidence: float = CONFIDENCE) -> float:
    """Return how many standard errors an interval with so few freedoms reaches."""
    from scipy.special import stdtrit  # noqa: PLC0415

    assert freedom >= 1, "an error needs at least two"
    return float(stdtrit(freedom, 0.5 + confidence / 2))


def two_sided_student_p(t: float, freedom: int) -> float:
    """Return the chance of a value of Student's t at least as far from 0."""
    from scipy.special import stdtr  # noqa: PLC0415

    return 2 * float(stdtr(freedom, -abs(t)))


def wilson(
    share: float, size: float, *, confidence: float = CONFIDENCE
) -> tuple[float, float]:
    """Return Wilson's score interval of a share seen in `size` independent trials.

    Parameters
    ----------
    share
        The share seen, 0..1.
    size
        How many trials, above 0. Not whole when it is an effective size.
    confidence
        Of the interval.

    Returns
    -------
    tuple[float, float]
        Lower and upper limit, both within 0..1, and around `share`.

    Notes
    -----
    Source: Wilson (1927), JASA 22:209; Newcombe (1998), Stat Med 17:857, method 3.

    """
    z2 = normal_quantile(confidence) ** 2
    middle = (share + z2 / (2 * size)) / (1 + z2 / size)
    half = math.sqrt(z2 * (share * (1 - share) / size + z2 / (4 * size**2)))
    half /= 1 + z2 / size
    # Rounding must not put the share outside its own interval.
    return max(0.0, min(middle - half, share)), min(1.0, max(middle + half, share))


def garwood(
    events: NDArray[np.generic],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the exact 95 % interval of the means of Poisson counts.

    Source: Garwood (1936), Biometrika 28:437. The lower limit of no event is 0.
    """
    from scipy.stats import chi2  # noqa: PLC0415 - slow to import

    counts = np.asarray(events, float)
    low = np.where(counts > 0, chi2.ppf(0.025, 2 * np.maximum(counts, 1)) / 2, 0.0)
    return low, chi2.ppf(0.975, 2 * counts + 2) / 2


def logit_interval(
    value: float, error: float, *, confidence: float = CONFIDENCE
) -> tuple[float, float]:
    """Return the interval of a value strictly within 0..1, symmetric in its log odds.

    Unlike value ± 1.96 errors it stays within 0..1 and keeps its coverage near the
    ends (Pepe 2003, The Statistical Evaluation of Medical Tests).
    """
    center = math.log(value / (1 - value))
    reach = normal_quantile(confidence) * error / (value * (1 - value))
    return _logistic(center - reach), _logistic(center + reach)


def _logistic(x: float) -> float:
    return 0.5 * (1 + math.tanh(x / 2))
