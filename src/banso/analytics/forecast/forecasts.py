"""What a forecast says of rows: chances with intervals, and the reasons for them."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

HORIZONS = (30, 90, 180, 365)  # days; every release has these
EXPLAINED_HORIZON = 90  # days; contributions are told for this one

Target = Literal["churn", "expansion", "contraction"]
Basis = Literal["model", "rate"]
Family = Literal["plain", "averaged", "additive", "blended"]


@dataclass(frozen=True)
class Forecasts:
    """Chances of the target for n rows and h horizons.

    Where a chance cannot be had (a horizon that nobody was followed for, no rate at
    all), ``p``, ``low`` and ``high`` are all NaN: write null, with the reason.
    """

    horizons: tuple[int, ...]  # days after as_of
    p: NDArray[np.float64]  # (n, h) ratio; never falls along a row
    low: NDArray[np.float64]  # (n, h) 95 %: where the true chance is, not the outcome
    high: NDArray[np.float64]  # (n, h)
    basis: Basis
    reasons: tuple[str | None, ...]  # (h,) why a column is NaN: not_followed, no_rate

    def of(self, horizon: int) -> NDArray[np.float64]:
        """Return the chances of one horizon, (n,)."""
        return self.p[:, self.horizons.index(horizon)]


@dataclass(frozen=True)
class Contributions:
    """Why the chance of a row differs from what is usual at its tenure.

    ``points.sum(axis=1) == p - p_usual`` to rounding. Number features tell their
    values as they came, categories their level; NaN is undefined.
    """

    horizon: int
    keys: tuple[str, ...]  # (f,) the features of the model, in its order
    points: NDArray[np.float64]  # (n, f) ratio: 0.09 is nine percentage points
    value: NDArray[np.float64]  # (n, f) as in the landmarks (categories as codes)
    usual: NDArray[np.float64]  # (n, f) usual at this tenure (categories as codes)
    p: NDArray[np.float64]  # (n,)
    p_usual: NDArray[np.float64]  # (n,) of a customer of this tenure, usual in all

    def top(self, count: int) -> NDArray[np.intp]:
        """Return the places of the `count` largest contributions per row, (n, count).

        The largest in size come first; ties keep the order of the features.
        """
        order = np.argsort(-np.abs(self.points), axis=1, kind="stable")
        return order[:, :count]
