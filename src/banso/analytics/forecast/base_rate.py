"""The rate of leaving by tenure: what is said while there is too little for more."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from banso.analytics.figures.intervals import garwood
from banso.analytics.panel.landmarks import BY_CHOICE, Landmarks

Floats = NDArray[np.float64]
TENURES = (0, 365, 730, 1460)  # days at which a band begins
ENOUGH_IN_BAND = 10  # ends by choice, or the band takes the rate of all
FEWEST_EVENTS = 3
FEWEST_CUSTOMERS = 20
LONGEST_GAP = 31  # days for which a landmark speaks when no other follows
MOST_AHEAD = 2.0  # times the days followed; nothing is said further ahead


@dataclass(frozen=True)
class BaseRate:
    """Ends by choice per day, with the exact interval of a Poisson count."""

    rate: Floats  # (b,) per band of tenure
    low: Floats
    high: Floats
    competing: float  # other ends per day, of all
    furthest: int  # days ahead for which the rate is taken to hold


def base_rate(landmarks: Landmarks) -> BaseRate | None:
    """Return ends by choice per day and band of tenure; none when there are too few.

    An ending counts once, and a customer's days once, however many landmarks tell of
    them. Null with fewer than FEWEST_EVENTS ends by choice or FEWEST_CUSTOMERS.
    """
    if len(np.unique(landmarks.customer)) < FEWEST_CUSTOMERS:
        return None
    days, ended = _exposure(landmarks)
    by_choice = ended & np.isin(landmarks.end_kind, BY_CHOICE)
    if by_choice.sum() < FEWEST_EVENTS:
        return None
    band = band_of(landmarks.tenure_days)
    events = np.bincount(band[by_choice], minlength=len(TENURES)).astype(float)
    exposed = np.bincount(band, days, minlength=len(TENURES))
    few = events < ENOUGH_IN_BAND
    events[few], exposed[few] = by_choice.sum(), days.sum()
    low, high = garwood(events)
    followed = landmarks.seen_until - int(landmarks.as_of.min())
    return BaseRate(
        events / exposed,
        low / exposed,
        high / exposed,
        float((ended & ~by_choice).sum() / days.sum()),
        int(MOST_AHEAD * followed),
    )


def band_of(tenure_days: NDArray[np.int32]) -> NDArray[np.intp]:
    """Return the band of each tenure."""
    place = np.searchsorted(np.array(TENURES), tenure_days, side="right") - 1
    return np.maximum(place, 0)


def chance_within(
    rate: BaseRate, tenure_days: NDArray[np.int32], days: Floats
) -> Floats:
    """Return chance, low and high of leaving by choice within `days`, (n, 3)."""
    band = band_of(tenure_days)
    columns = []
    for daily in (rate.rate, rate.low, rate.high):
        all_ends = daily[band] + rate.competing
        columns.append(daily[band] / all_ends * -np.expm1(-all_ends * days))
    return np.column_stack(columns)


def _exposure(landmarks: Landmarks) -> tuple[Floats, NDArray[np.bool_]]:
    """Return the days for which each row speaks, and whether it ended in them."""
    as_of = landmarks.as_of.astype(np.int64)
    until = np.minimum(as_of + LONGEST_GAP, landmarks.seen_until)
    same = landmarks.customer[1:] == landmarks.customer[:-1]
    until[:-1] = np.where(same, np.minimum(as_of[1:], until[:-1]), until[:-1])
    ended = landmarks.leaves_on <= until
    until = np.where(ended, landmarks.leaves_on, until)
    return (until - as_of).astype(float), ended
