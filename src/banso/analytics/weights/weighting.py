"""The weights of a health model, and the score that any weights would give."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from banso.definitions.health import HealthModel


@dataclass(frozen=True)
class Weighting:
    """How much each element of one model counts: a dimension's weight × its own."""

    model: str
    places: tuple[tuple[str, str], ...]  # (dimension, element), in order of definition
    dimension_weights: NDArray[np.float64]  # (k,) of the dimension of each element
    element_weights: NDArray[np.float64]  # (k,) within the dimension
    minimum_coverage: float = 0.3

    @property
    def keys(self) -> tuple[str, ...]:
        """``<dimension>.<element>`` of each element: the keys of its points."""
        return tuple(f"{dimension}.{element}" for dimension, element in self.places)

    @property
    def shares(self) -> NDArray[np.float64]:
        """The part of the score that each element is when nothing is missing."""
        raise NotImplementedError

    def with_shares(self, shares: NDArray[np.float64]) -> "Weighting":
        """Return the weighting in which each element has a given part of the score."""
        raise NotImplementedError


def weighting_of(model: HealthModel) -> Weighting:
    """Return the weights of a health model."""
    raise NotImplementedError


def rescored(points: NDArray[np.float64], weighting: Weighting) -> NDArray[np.float64]:
    """Return the score that a weighting gives to each row.

    Parameters
    ----------
    points
        (n, k): 0 to 100 for each element of `weighting`, NaN without points.
    weighting
        The weights.

    Returns
    -------
    NDArray[np.float64]
        (n,): 0 to 100; NaN below the minimum coverage. The same as
        `banso.analytics.health.health_grid` gives: a missing element leaves its weight
        to its dimension, a missing dimension to the others.

    """
    raise NotImplementedError


def dimension_scores(
    points: NDArray[np.float64], weighting: Weighting
) -> dict[str, NDArray[np.float64]]:
    """Return the points of each dimension for each row; NaN without any element."""
    raise NotImplementedError


def keys_in_order(models: Sequence[Weighting]) -> tuple[str, ...]:
    """Return every element's key once, in the order of the models."""
    return tuple(dict.fromkeys(key for model in models for key in model.keys))
