"""A fitted forecast: chances, intervals and contributions for any landmarks."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from banso.analytics.forecast.additive import Known
from banso.analytics.forecast.card import ModelCard
from banso.analytics.forecast.contributions import explain
from banso.analytics.forecast.forecasts import (
    EXPLAINED_HORIZON,
    HORIZONS,
    Basis,
    Contributions,
    Forecasts,
)
from banso.analytics.forecast.hazard import Hazard
from banso.analytics.forecast.incidence import log_odds, logistic
from banso.analytics.forecast.intervals import EDGES
from banso.analytics.forecast.preparation import (
    CategoryColumn,
    Preparation,
    level_codes,
)
from banso.analytics.forecast.reference import Reference, band_of
from banso.analytics.panel.landmarks import Landmarks

Floats = NDArray[np.float64]
BLOCK = 16_384  # rows scored at once
NORMAL_95 = 1.959963984540054


@dataclass(frozen=True)
class Forecaster:
    """A discrete-time hazard of leaving, with features frozen on the landmark.

    The landmarks that it scores must have the features of ``card.used`` (more do not
    matter, and their order does not). Levels of a category are matched by name.
    """

    card: ModelCard
    preparation: Preparation
    hazard: Hazard
    reference: Reference

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
        features, values, tenure and as_of are read (never the ends). A horizon that
        nobody was followed for is NaN, with the reason ``not_followed``.
        """
        followed = EDGES[self.hazard.intervals]
        reasons = tuple(
            None if 1 <= horizon <= followed else "not_followed" for horizon in horizons
        )

        def days(_here: slice) -> list[Floats | float]:
            return [float(horizon) for horizon in horizons]

        chances = self._score(landmarks, days, len(horizons))
        return Forecasts(tuple(horizons), *chances, basis="model", reasons=reasons)

    def probabilities_at(
        self, landmarks: Landmarks, days: NDArray[np.int64]
    ) -> Forecasts:
        """Return chance and interval within each row's own number of days, (n, 1).

        For "by the next renewal": pass the days to it. Rows with days below 1 or
        beyond what was followed are NaN. ``horizons`` of the result is ``(0,)``.
        """

        def own(here: slice) -> list[Floats | float]:
            return [days[here].astype(float)]

        return Forecasts((0,), *self._score(landmarks, own, 1), "model", (None,))

    def contributions(
        self, landmarks: Landmarks, horizon: int = EXPLAINED_HORIZON
    ) -> Contributions:
        """Return what each feature adds to the chance, beside the usual one.

        Meant for the newest as-of date: it takes some 0.1 ms a row. A horizon beyond
        what was followed becomes the furthest that was; the result says which.

        Notes
        -----
        The chance of a usual customer of the same tenure has the median of each
        number and the most frequent level of each category at that tenure. From it
        to the row's own chance a straight way is gone in log-odds, and each feature
        is told what it added on that way (Aumann & Shapley 1974). The additive
        family's parts of the log-odds are its terms; those of boosted trees are
        Shapley values against the same usual customer.

        """
        horizon = min(horizon, EDGES[self.hazard.intervals])
        known = self.known(landmarks)
        usual = self._usual(known)
        pieces = [
            explain(self.hazard, rows, usual.rows(place), horizon)
            for rows, place in (
                (known.rows(place), place) for place in _slices(len(landmarks))
            )
        ]
        points, p, p_usual = (np.concatenate(parts) for parts in _columns(pieces))
        return Contributions(
            horizon,
            self.preparation.keys,
            points,
            landmarks.only(self.preparation.keys).values,
            self._as_landmarks(usual.values, landmarks),
            p,
            p_usual,
        )

    def known(self, landmarks: Landmarks) -> Known:
        """Return what the hazards read of landmarks."""
        values = self.preparation.read(landmarks)
        return Known(values, landmarks.tenure_days, landmarks.as_of)

    def _score(
        self,
        landmarks: Landmarks,
        days: Callable[[slice], list[Floats | float]],
        count: int,
    ) -> tuple[Floats, Floats, Floats]:
        out = np.full((3, len(landmarks), count), np.nan)
        for place in _slices(len(landmarks)):
            here = _slice_of(place)
            known = self.known(landmarks.rows(place))
            odds, leverage, differ = self.hazard.odds(known)
            other = self.hazard.other_ends(known)
            for column, wanted in enumerate(days(here)):
                until = np.broadcast_to(np.asarray(wanted, float), len(place))
                inside = (until >= 1) & (until <= EDGES[self.hazard.intervals])
                days_of = np.where(inside, until, 1.0)
                found = self.hazard.incidence(known, odds, other, days_of)
                error = self.hazard.error(found.slope, odds, leverage, differ)
                middle = log_odds(found.chance) + self.hazard.lean(found.slope)
                low = logistic(middle - NORMAL_95 * error)
                high = logistic(middle + NORMAL_95 * error)
                chances = np.stack(
                    [
                        found.chance,
                        np.minimum(low, found.chance),
                        np.maximum(high, found.chance),
                    ]
                )
                out[:, here, column] = np.where(inside, chances, np.nan)
        return out[0], out[1], out[2]

    def _usual(self, known: Known) -> Known:
        band = band_of(known.tenure_days)
        return Known(self.reference.usual[band], known.tenure_days, known.as_of)

    def _as_landmarks(self, values: Floats, landmarks: Landmarks) -> Floats:
        """Return prepared values with the codes that the landmarks use."""
        out = values.copy()
        place = {feature.key: feature for feature in landmarks.features}
        for at, column in enumerate(self.preparation.columns):
            if isinstance(column, CategoryColumn):
                codes = level_codes(column, place[column.key])
                out[:, at] = [codes.get(value, np.nan) for value in values[:, at]]
        return out


def _slices(count: int) -> list[NDArray[np.intp]]:
    """Return the places of rows, block by block; one empty block without any."""
    starts = range(0, max(count, 1), BLOCK)
    return [np.arange(start, min(start + BLOCK, count)) for start in starts]


def _slice_of(place: NDArray[np.intp]) -> slice:
    return slice(int(place[0]), int(place[-1]) + 1) if len(place) else slice(0, 0)


def _columns(
    pieces: list[tuple[Floats, Floats, Floats]],
) -> tuple[list[Floats], list[Floats], list[Floats]]:
    return (
        [piece[0] for piece in pieces],
        [piece[1] for piece in pieces],
        [piece[2] for piece in pieces],
    )
