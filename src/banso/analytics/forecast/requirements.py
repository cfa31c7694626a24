"""How much a forecast needs, and what is said while there is less."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from banso.analytics.forecast.card import ModelCard
from banso.analytics.forecast.forecasts import HORIZONS, Basis, Forecasts
from banso.analytics.panel.landmarks import Landmarks

ENOUGH_CUSTOMERS = 100
ENOUGH_EVENTS = 30  # distinct ends by choice whose landmark was followed
ENOUGH_DAYS = 180  # from the first landmark to the last day seen


@dataclass(frozen=True)
class Need:
    """One thing of which there is too little."""

    what: str  # customers | events | days
    have: int
    need: int


@dataclass(frozen=True)
class Unfit:
    """There is no model, and why; chances are those of the base rate, if any.

    ``reason``: ``too_few_customers``, ``too_few_events``, ``no_follow_up`` (less than
    ENOUGH_DAYS), ``all_censored`` (nobody ever left), ``one_class`` (everybody left at
    the first chance), ``no_features`` (nothing varies).
    """

    reason: str
    needs: tuple[Need, ...]
    enough_on: int | None  # day number, at the present pace; null when never
    card: ModelCard

    @property
    def basis(self) -> Basis:
        """What the chances come from: always ``rate``."""
        return "rate"

    def probabilities(
        self, landmarks: Landmarks, horizons: Sequence[int] = HORIZONS
    ) -> Forecasts:
        """Return the base rate by tenure with its interval; NaN without any event."""
        raise NotImplementedError

    def probabilities_at(
        self, landmarks: Landmarks, days: NDArray[np.int64]
    ) -> Forecasts:
        """Return the base rate within each row's own number of days, (n, 1)."""
        raise NotImplementedError
