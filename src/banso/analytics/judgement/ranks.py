"""Where a row stands among all rows of its date: what could be known on that date."""

import numpy as np
from numpy.typing import NDArray


def ranks_on_date(
    values: NDArray[np.float64],
    as_of: NDArray[np.int32],
    *,
    weights: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Return which share of the rows of its date a row exceeds; ties count half.

    Parameters
    ----------
    values
        (n,) NaN has no rank and is not counted among the others.
    as_of
        (n,) the date.
    weights
        (n,) rows that a row stands for.

    Returns
    -------
    NDArray[np.float64]
        (n,) above 0 and below 1; NaN without a value. A tenth of the rows of a date is
        above 0.9, but for ties.

    """
    ranks = np.full(len(values), np.nan)
    known = np.flatnonzero(np.isfinite(values))
    if not len(known):
        return ranks
    order = known[np.lexsort((values[known], as_of[known]))]
    dates, ranked, weight = as_of[order], values[order], weights[order]
    new_date = np.r_[True, dates[1:] != dates[:-1]]
    new_tie = new_date | np.r_[True, ranked[1:] != ranked[:-1]]
    until = np.cumsum(weight)
    before = until - weight
    date = np.cumsum(new_date) - 1
    tie = np.cumsum(new_tie) - 1
    date_starts, tie_starts = before[new_date], before[new_tie]
    date_sizes = np.diff(np.r_[date_starts, until[-1]])
    tie_sizes = np.diff(np.r_[tie_starts, until[-1]])
    middle = tie_starts[tie] + tie_sizes[tie] / 2
    ranks[order] = (middle - date_starts[date]) / date_sizes[date]
    return ranks
