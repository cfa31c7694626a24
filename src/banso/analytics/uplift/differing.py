"""Whether a treatment helps some customers more than others, at all."""

import numpy as np
from numpy.typing import NDArray

from banso.analytics.uplift.arms import Arms
from banso.analytics.uplift.scoring import column_reading, effects_with_noise

Floats = NDArray[np.float64]
DRAWS = 999
TOGETHER = 4_000_000  # signs that are drawn at once


def chance_of_no_difference(arms: Arms, *, seed: int) -> float | None:
    """Return the p-value of the effect being the same whatever was known before.

    Parameters
    ----------
    arms
        The customers of a trial.
    seed
        Of the draws.

    Returns
    -------
    float | None
        Small when the effect goes with a feature. None when no feature varies, or an
        arm is empty.

    Notes
    -----
    A score test: each customer's effect plus noise (`effects_with_noise`) is summed up
    along each standardised feature, and the squares of the sums are added. What that
    comes to without any difference is found by turning the signs of the deviations by
    lot (the wild bootstrap), which keeps unequal variances as they are. Nothing is
    split, so that the answer does not hang on a split. A t-test of the out-of-fold
    order would say "differs" in 11 to 14 of 100 trials in which nothing does (measured;
    the reason is in Wager 2024, arXiv:2405.05534).
    Source: Liu (1988), Annals of Statistics 16:1696 for the wild bootstrap. Its level
    and its power are checked in tests/truth/test_uplift_planted.py.

    """
    if arms.treated.all() or not arms.treated.any():
        return None
    columns = column_reading(arms.values, arms.features).transform(arms.values)
    if not columns.shape[1]:
        return None
    noisy = effects_with_noise(arms, columns)
    moves = (columns * (noisy - noisy.mean())[:, None]).astype(np.float32)
    found = float((moves.sum(axis=0, dtype=np.float64) ** 2).sum())
    random = np.random.default_rng(seed)
    at_once = max(1, min(DRAWS, TOGETHER // len(arms)))
    larger = 0
    for first in range(0, DRAWS, at_once):
        count = min(at_once, DRAWS - first)
        coins = random.integers(0, 2, (count, len(arms)), dtype=np.int8)
        signs = 1 - 2 * coins.astype(np.float32)
        larger += int((((signs @ moves) ** 2).sum(axis=1) >= found).sum())
    return (1 + larger) / (1 + DRAWS)
