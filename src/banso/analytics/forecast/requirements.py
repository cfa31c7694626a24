"""How much a forecast needs, and what is said while there is less."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from banso.analytics.forecast.base_rate import BaseRate, base_rate, chance_within
from banso.analytics.forecast.card import ModelCard
from banso.analytics.forecast.forecasts import HORIZONS, Basis, Forecasts, Target
from banso.analytics.forecast.intervals import EDGES
from banso.analytics.panel.landmarks import BY_CHOICE, Landmarks

# Thirty endings decide about three coefficients (ten each, Peduzzi et al. 1996): the
# level, tenure, and the first feature; with fewer the base rate says as much. A
# hundred customers keep one large cluster from deciding. Half a year sees the horizon
# of 90 days on landmarks of three months.
ENOUGH_CUSTOMERS = 100
ENOUGH_EVENTS = 30  # distinct ends by choice
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

    ``reason``: ``no_rows``, ``too_few_customers``, ``too_few_events``,
    ``all_censored`` (nobody ever left), ``no_follow_up`` (less than ENOUGH_DAYS),
    ``one_class`` (everybody left at the first chance), ``no_features`` (nothing
    varies).
    """

    reason: str
    needs: tuple[Need, ...]
    enough_on: int | None  # day number, at the present pace; null when never
    card: ModelCard
    rate: BaseRate | None

    @property
    def basis(self) -> Basis:
        """What the chances come from: always ``rate``."""
        return "rate"

    def probabilities(
        self, landmarks: Landmarks, horizons: Sequence[int] = HORIZONS
    ) -> Forecasts:
        """Return the base rate by tenure with its interval.

        NaN without enough endings for a rate (reason ``no_rate``), and further ahead
        than twice the days that were followed (``not_followed``).
        """
        each = [
            self._within(landmarks, np.full(len(landmarks), float(horizon)))
            for horizon in horizons
        ]
        stacked = np.stack(each, axis=1)
        return Forecasts(
            tuple(horizons),
            stacked[:, :, 0],
            stacked[:, :, 1],
            stacked[:, :, 2],
            "rate",
            tuple(self._why_not(horizon) for horizon in horizons),
        )

    def probabilities_at(
        self, landmarks: Landmarks, days: NDArray[np.int64]
    ) -> Forecasts:
        """Return the base rate within each row's own number of days, (n, 1)."""
        chances = self._within(landmarks, days.astype(float))
        p, low, high = (chances[:, [column]] for column in range(3))
        reason = None if self.rate else "no_rate"
        return Forecasts((0,), p, low, high, "rate", (reason,))

    def _why_not(self, horizon: int) -> str | None:
        if self.rate is None:
            return "no_rate"
        return "not_followed" if horizon > self.rate.furthest else None

    def _within(
        self, landmarks: Landmarks, days: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        if self.rate is None:
            return np.full((len(days), 3), np.nan)
        chances = chance_within(self.rate, landmarks.tenure_days, days)
        furthest = min(self.rate.furthest, EDGES[-1])
        chances[(days < 1) | (days > furthest)] = np.nan
        return chances


def endings(landmarks: Landmarks) -> int:
    """Return how many distinct ends by choice are known."""
    left = np.isin(landmarks.end_kind, BY_CHOICE)
    customer, day = landmarks.customer[left], landmarks.leaves_on[left]
    order = np.lexsort((day, customer))
    another = (np.diff(customer[order]) != 0) | (np.diff(day[order]) != 0)
    return int(left.any()) + int(another.sum())


def missing_needs(landmarks: Landmarks) -> tuple[Need, ...]:
    """Return what there is too little of."""
    if len(landmarks) == 0:
        return (Need("customers", 0, ENOUGH_CUSTOMERS),)
    followed = landmarks.seen_until - int(landmarks.as_of.min())
    have = (
        ("customers", len(np.unique(landmarks.customer)), ENOUGH_CUSTOMERS),
        ("events", endings(landmarks), ENOUGH_EVENTS),
        ("days", followed, ENOUGH_DAYS),
    )
    return tuple(Need(*need) for need in have if need[1] < need[2])


def unfit(
    landmarks: Landmarks, reason: str, *, target: Target, seen: ModelCard | None = None
) -> Unfit:
    """Return the refusal, with the base rate that stands in."""
    needs = missing_needs(landmarks)
    return Unfit(
        reason,
        needs,
        _enough_on(landmarks, needs),
        seen or empty_card(landmarks, target=target, reason=reason),
        base_rate(landmarks) if len(landmarks) else None,
    )


def empty_card(landmarks: Landmarks, *, target: Target, reason: str) -> ModelCard:
    """Return the card of a forecast that is only a rate."""
    has_rows = len(landmarks) > 0
    return ModelCard(
        target=target,
        family="rate",
        rows=len(landmarks),
        rows_fitted=0,
        customers=len(np.unique(landmarks.customer)),
        events=endings(landmarks),
        first_day=int(landmarks.as_of.min()) if has_rows else landmarks.seen_until,
        last_day=int(landmarks.as_of.max()) if has_rows else landmarks.seen_until,
        seen_until=landmarks.seen_until,
        used=(),
        reason=reason,
    )


def _enough_on(landmarks: Landmarks, needs: tuple[Need, ...]) -> int | None:
    """Return the day on which the last need is met at the pace so far."""
    if len(landmarks) == 0 or not needs:
        return None
    first = int(landmarks.as_of.min())
    span = max(landmarks.seen_until - first, 1)
    _, began = np.unique(landmarks.customer, return_index=True)
    new = int((landmarks.as_of[began] > first).sum())
    gained = {"customers": new, "events": endings(landmarks), "days": span}
    latest = landmarks.seen_until
    for need in needs:
        pace = gained[need.what] / span
        if pace == 0:
            return None
        wait = int(np.ceil((need.need - need.have) / pace))
        latest = max(latest, landmarks.seen_until + wait)
    return latest
