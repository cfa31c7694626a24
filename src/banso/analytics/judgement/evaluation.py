"""Which landmarks are enough to judge by."""

import numpy as np
from numpy.typing import NDArray

from banso.analytics.panel.landmarks import Landmarks


def evaluation_rows(
    landmarks: Landmarks, *, at_most: int = 500_000, seed: int = 0
) -> NDArray[np.bool_]:
    """Return which rows are enough to judge by: one date a month, or fewer customers.

    Weekly rows of a customer say almost the same; the last as-of date of each month
    loses next to nothing. When even these are more than `at_most`, whole customers are
    left out at random: the figures stay right and their intervals become wider.

    Parameters
    ----------
    landmarks
        The rows.
    at_most
        How many rows may be left.
    seed
        Of the choice of customers.

    Returns
    -------
    NDArray[np.bool_]
        (n,) true for the rows to judge by.

    """
    dates, date = np.unique(landmarks.as_of, return_inverse=True)
    months = dates.astype("datetime64[D]").astype("datetime64[M]")
    is_last = np.r_[months[1:] != months[:-1], True][: len(dates)]
    chosen = np.asarray(is_last[date], dtype=bool)
    if np.count_nonzero(chosen) <= at_most:
        return chosen
    return chosen & _some_customers(landmarks.customer, chosen, at_most, seed)


def _some_customers(
    customer: NDArray[np.int64], chosen: NDArray[np.bool_], at_most: int, seed: int
) -> NDArray[np.bool_]:
    """Return the rows of as many customers as have at most so many chosen rows."""
    names, code = np.unique(customer, return_inverse=True)
    sizes = np.bincount(code[chosen], minlength=len(names))
    order = np.random.default_rng(seed).permutation(len(names))
    kept = np.zeros(len(names), dtype=bool)
    kept[order[np.cumsum(sizes[order]) <= at_most]] = True
    return kept[code]
