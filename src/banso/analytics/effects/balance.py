"""Whether those with the play and those without were alike before it."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from banso.analytics.drivers.standardising import Covariates

LIMIT: Final = 0.2  # standard deviations; above, the estimate is withheld
NOTED: Final = 0.1  # above, the table marks it
RARE: Final = 0.02  # share of a level below which it is not told apart

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
_Means = tuple[float | None, float | None, float | None]


@dataclass(frozen=True)
class Balance:
    """One thing that was known before: how far apart both sides are in it."""

    name: str
    treated: float | None  # mean; null for a category
    before: float | None  # mean of the others, each row once
    after: float | None  # weighted
    difference_before: float  # in standard deviations; of a category the largest
    difference_after: float


def balance_of(
    covariates: Covariates, treated: Flags, others: Flags, weights: Floats
) -> tuple[Balance, ...]:
    """Return standardised mean differences of everything that was known before.

    Treated minus others, over the root of the mean of both variances as they are
    without weights. The level of a category, and being unknown, count as shares; of
    those of one category, or a number and its being unknown, the largest is told.

    Parameters
    ----------
    covariates
        What was known, of ``r`` rows; NaN is unknown.
    treated, others
        (r,) which rows are compared.
    weights
        (r,) of the others.

    Notes
    -----
    Source: Austin (2009), Stat Med 28:3083; Rosenbaum & Rubin (1985) for the
    deviation. Worked by hand in docs/definitions/effects.md.

    """
    found = []
    for name, values in zip(covariates.names, covariates.values.T, strict=True):
        is_category = name in covariates.categories
        columns = _levels(values) if is_category else _number(values)
        if not columns:
            continue
        apart = [_apart(each, treated, others, weights) for each in columns]
        means: _Means = (None, None, None)
        if not is_category:
            means = _means(values, treated, others, weights)
        found.append(
            Balance(
                name,
                *means,
                difference_before=max((a[0] for a in apart), key=abs),
                difference_after=max((a[1] for a in apart), key=abs),
            )
        )
    return tuple(found)


def _apart(
    values: Floats, treated: Flags, others: Flags, weights: Floats
) -> tuple[float, float]:
    known = np.isfinite(values)
    one, other = treated & known, others & known
    if not one.any() or not other.any() or weights[other].sum() <= 0:
        return 0.0, 0.0
    deviation = np.sqrt((values[one].var() + values[other].var()) / 2)
    if deviation < 1e-12:
        return 0.0, 0.0
    mean = values[one].mean()
    plain = values[other].mean()
    weighted = np.average(values[other], weights=weights[other])
    return float((mean - plain) / deviation), float((mean - weighted) / deviation)


def _means(values: Floats, treated: Flags, others: Flags, weights: Floats) -> _Means:
    known = np.isfinite(values)
    one, other = treated & known, others & known
    if not one.any() or not other.any() or weights[other].sum() <= 0:
        return None, None, None
    weighted = float(np.average(values[other], weights=weights[other]))
    return float(values[one].mean()), float(values[other].mean()), weighted


def _number(values: Floats) -> list[Floats]:
    known = np.isfinite(values)
    unknown = float((~known).mean()) if len(known) else 0.0
    shares = [(~known).astype(np.float64)] if RARE < unknown < 1 - RARE else []
    return [values, *shares] if known.any() else shares


def _levels(values: Floats) -> list[Floats]:
    codes = np.where(np.isfinite(values), values, -1.0)
    levels, counts = np.unique(codes, return_counts=True)
    if len(levels) < 2:
        return []
    common = levels[counts >= RARE * max(len(codes), 1)]
    return [(codes == level).astype(np.float64) for level in common]
