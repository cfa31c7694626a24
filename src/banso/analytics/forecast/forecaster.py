"""A fitted forecast: chances, intervals and contributions for any landmarks."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from banso.analytics.forecast.card import ModelCard
from banso.analytics.forecast.forecasts import (
    EXPLAINED_HORIZON,
    HORIZONS,
    Basis,
    Contributions,
    Forecasts,
)
from banso.analytics.panel.landmarks import Landmarks


@dataclass(frozen=True)
class Forecaster:
    """A discrete-time hazard of leaving, with features frozen on the landmark.

    The landmarks that it scores must have the features of ``card.used`` (more do not
    matter, and their order does not). Levels of a category are matched by name.
    """

    card: ModelCard

    @property
    def basis(self) -> Basis:
        """What the chances come from: always ``model``."""
        return "model"

    @property
    def reason(self) -> str | None:
        """Why there is no model: always null here."""
        return None

    def probabilities(
        self, landmarks: Landmarks, horizons: Sequence[int] = HORIZONS
    ) -> Forecasts:
        """Return chance and 95 % interval per row and horizon (1 to 365 days).

        Rows are scored in slices, so memory stays small whatever their number; only
        features, values, tenure and as_of are read (never the ends).
        """
        raise NotImplementedError

    def probabilities_at(
        self, landmarks: Landmarks, days: NDArray[np.int64]
    ) -> Forecasts:
        """Return chance and interval within each row's own number of days, (n, 1).

        For "by the next renewal": pass the days to it. Rows with days below 1 or
        above 365 are NaN. ``horizons`` of the result is ``(0,)``.
        """
        raise NotImplementedError

    def contributions(
        self, landmarks: Landmarks, horizon: int = EXPLAINED_HORIZON
    ) -> Contributions:
        """Return what each feature adds to the chance, beside the usual one.

        Meant for the newest as-of date: it takes about 0.1 ms a row.
        """
        raise NotImplementedError

    def to_bytes(self) -> bytes:
        """Return the model as a file (npz, no pickle); ``forecaster_from_bytes``."""
        raise NotImplementedError
