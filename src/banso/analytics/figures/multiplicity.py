"""Many tests at once: how many of the findings may be chance."""

import numpy as np
from numpy.typing import NDArray


def q_values(p_values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the false discovery rate at which each test would be a finding.

    Of the tests with ``q <= 0.05`` at most 5 % are expected to be chance.

    Parameters
    ----------
    p_values
        (n,) float64, 0..1; NaN for a test that could not be done.

    Returns
    -------
    NDArray[np.float64]
        (n,) adjusted p-values in the same order, at least as large as the p-values.
        NaN stays NaN and does not count as a test.

    Notes
    -----
    Source: Benjamini & Hochberg (1995), JRSS B 57:289. Holds for independent and for
    positively dependent tests.

    """
    p = np.asarray(p_values, dtype=np.float64)
    known = np.flatnonzero(~np.isnan(p))
    assert ((p[known] >= 0) & (p[known] <= 1)).all(), "a p-value is within 0..1"
    result = np.full(p.shape, np.nan)
    order = known[np.argsort(p[known], kind="stable")]
    ranks = np.arange(1, len(order) + 1)
    scaled = p[order] * (len(order) / ranks)
    # A larger p must not get a smaller q.
    falling = np.minimum.accumulate(scaled[::-1])[::-1]
    result[order] = np.minimum(falling, 1.0)
    return result
