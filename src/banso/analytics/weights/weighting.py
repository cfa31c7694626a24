"""The weights of a health model, and the score that any weights would give."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from banso.definitions.health import HealthModel

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Weighting:
    """How much each element of one model counts: its dimension's weight and its own."""

    model: str
    places: tuple[tuple[str, str], ...]  # (dimension, element), in order of definition
    dimension_weights: Floats  # (k,) of the dimension that each element is in
    element_weights: Floats  # (k,) within the dimension
    minimum_coverage: float = 0.3

    @property
    def keys(self) -> tuple[str, ...]:
        """``<dimension>.<element>`` of each element: the keys of its points."""
        return tuple(f"{dimension}.{element}" for dimension, element in self.places)

    @property
    def dimension(self) -> NDArray[np.intp]:
        """(k,) the number of the dimension that each element is in."""
        names = list(dict.fromkeys(dimension for dimension, _element in self.places))
        return np.array([names.index(name) for name, _element in self.places], np.intp)

    @property
    def shares(self) -> Floats:
        """(k,) the part of the score that each element is when nothing is missing."""
        within = _totals(self.element_weights, self.dimension)
        first = np.unique(self.dimension, return_index=True)[1]
        all_dimensions = self.dimension_weights[first].sum()
        return _ratio(self.dimension_weights, all_dimensions) * _ratio(
            self.element_weights, within
        )

    def with_shares(self, shares: Floats) -> "Weighting":
        """Return the weighting in which elements have these parts of the score.

        Both weights are in percent of the score, so that they can be read.
        """
        percent = 100 * shares / shares.sum()
        return replace(
            self,
            dimension_weights=_totals(percent, self.dimension),
            element_weights=percent,
        )


def weighting_of(model: HealthModel) -> Weighting:
    """Return the weights of a health model."""
    places = [
        (dimension, element)
        for dimension in model.dimensions
        for element in dimension.elements
    ]
    return Weighting(
        model=model.key,
        places=tuple((dimension.key, element.key) for dimension, element in places),
        dimension_weights=np.array([dimension.weight for dimension, _ in places]),
        element_weights=np.array([element.weight for _, element in places]),
        minimum_coverage=model.minimum_coverage,
    )


def rescored(
    points: Floats, weighting: Weighting, *, shares: Floats | None = None
) -> Floats:
    """Return the score that a weighting gives to each row.

    Parameters
    ----------
    points
        (n, k): 0 to 100 for each element of `weighting`, NaN without points.
    weighting
        The weights.
    shares
        (k,) or, for each row its own, (n, k): to be used instead of its shares.

    Returns
    -------
    NDArray[np.float64]
        (n,): 0 to 100; NaN below the minimum coverage. The same as
        `banso.analytics.health.health_grid` gives: a missing element leaves its weight
        to its dimension, a missing dimension to the others.

    Notes
    -----
    Checked against `health_grid` in tests/analytics/weights.

    """
    found = np.isfinite(points)
    filled = np.where(found, points, 0.0)
    shares = np.broadcast_to(
        weighting.shares if shares is None else shares, points.shape
    )
    reached = np.zeros(len(points))
    present_dimensions = np.zeros(len(points))
    for number in np.unique(weighting.dimension):
        inside = weighting.dimension == number
        own = shares[:, inside]
        weight = own.sum(axis=1)
        present = (found[:, inside] * own).sum(axis=1)
        mean = _ratio((filled[:, inside] * own).sum(axis=1), present)
        reached += weight * mean
        present_dimensions += np.where(present > 0, weight, 0.0)
    covered = (found * shares).sum(axis=1)
    # A hair's breadth for the last bit of a sum of shares, as in `health_grid`.
    enough = (covered > 0) & (covered >= weighting.minimum_coverage - 1e-9)
    return np.where(enough, _ratio(reached, present_dimensions), np.nan)


def _totals(values: Floats, dimension: NDArray[np.intp]) -> Floats:
    """Return for each element the sum over its dimension."""
    totals = np.bincount(dimension, weights=values).astype(np.float64)
    return totals[dimension]


def _ratio(part: Floats, whole: Floats | float) -> Floats:
    """Return part over whole, 0 where the whole is 0."""
    whole = np.broadcast_to(np.asarray(whole, dtype=np.float64), part.shape)
    return np.divide(part, whole, out=np.zeros(part.shape), where=whole > 0)
