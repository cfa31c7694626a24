"""What a fit saw: usual values, and how values were spread."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from banso.analytics.forecast.additive import Known
from banso.analytics.forecast.preparation import CategoryColumn, Column

Floats = NDArray[np.float64]
TENURE_BANDS = (0, 91, 182, 365, 730, 1095, 1825)  # days at which "usual" changes
PARTS = 10


@dataclass(frozen=True)
class Reference:
    """What later rows are compared with."""

    usual: Floats  # (bands, f) prepared values; NaN where most are missing
    limits: tuple[Floats, ...]  # per feature, between the parts of its values
    shares: tuple[Floats, ...]  # of the rows in each part, the missing last


def reference_of(known: Known, columns: tuple[Column, ...]) -> Reference:
    """Return what the rows of a fit are like."""
    band = band_of(known.tenure_days)
    limits, shares = _parts_of(known.values, columns)
    usual = _usual_values(known.values, columns, band, len(TENURE_BANDS))
    return Reference(usual, limits, shares)


def band_of(tenure_days: NDArray[np.int32]) -> NDArray[np.intp]:
    """Return the band of tenure within which "usual" is the same."""
    place = np.searchsorted(np.array(TENURE_BANDS), tenure_days, side="right") - 1
    return np.maximum(place, 0)


def _usual_values(
    values: Floats, columns: tuple[Column, ...], band: NDArray[np.intp], bands: int
) -> Floats:
    """Return the usual value of each column per band of tenure, (bands, p).

    The median of a number, the most frequent code of a category; NaN where most are
    not known. A band without rows takes the usual values of all.
    """
    usual = np.empty((bands, len(columns)))
    for number in range(bands):
        here = values[band == number]
        here = here if len(here) else values
        for at, column in enumerate(columns):
            usual[number, at] = _usual(here[:, at], column)
    return usual


def _usual(values: Floats, column: Column) -> float:
    known = values[np.isfinite(values)]
    if 2 * len(known) < len(values) or len(known) == 0:
        return float("nan")
    if isinstance(column, CategoryColumn):
        return float(np.bincount(known.astype(np.intp)).argmax())
    return float(np.sort(known)[(len(known) - 1) // 2])


def _parts_of(
    values: Floats, columns: tuple[Column, ...]
) -> tuple[tuple[Floats, ...], tuple[Floats, ...]]:
    """Return the limits between parts of each column, and the share in each part."""
    limits: list[Floats] = []
    for at, column in enumerate(columns):
        known = values[np.isfinite(values[:, at]), at]
        if isinstance(column, CategoryColumn):
            limits.append(np.arange(0.5, len(column.levels)))
        elif len(known) == 0:
            limits.append(np.zeros(0))
        else:
            inner = np.quantile(known, np.arange(1, PARTS) / PARTS)
            limits.append(np.array(sorted(set(inner.tolist()))))
    shares = [shares_of(values[:, at], limit) for at, limit in enumerate(limits)]
    return tuple(limits), tuple(shares)


def shares_of(values: Floats, limits: Floats) -> Floats:
    """Return the share of values in each part, the missing last."""
    part = np.searchsorted(limits, values, side="left")
    part = np.where(np.isfinite(values), part, len(limits) + 1)
    return np.bincount(part, minlength=len(limits) + 2) / len(values)
