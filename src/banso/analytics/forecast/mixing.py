"""The mean of two additive hazards, as one that has the columns of both."""

from collections import Counter
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from banso.analytics.forecast.additive import Additive, Layout, root_of
from banso.analytics.forecast.intervals import INTERVALS
from banso.analytics.forecast.terms import NOTHING

Floats = NDArray[np.float64]
Name = tuple[object, ...]


def mean_of(plain: Additive, bent: Additive, share: float) -> Additive:
    """Return the hazard whose log-odds are a weighted mean of two others'.

    Parameters
    ----------
    plain, bent
        Fitted on the same rows, on layouts made from the same one. Where both have a
        term, that of `bent` has every column of the other's.
    share
        Of `bent`, 0..1.

    Returns
    -------
    Additive
        Its covariance holds the error of each, and how they differ: as far as nobody
        knows which of the two is right, either may be.

    """
    layout = _both(plain.layout, bent.layout)
    names = _names(layout)
    first, second = _moved(plain, names), _moved(bent, names)
    covariance = (1 - share) * first.spread @ first.spread.T
    covariance += share * second.spread @ second.spread.T
    apart = first.coefficients - second.coefficients
    covariance += share * (1 - share) * np.outer(apart, apart)
    return Additive(
        layout,
        plain.offset,
        (1 - share) * first.coefficients + share * second.coefficients,
        root_of(covariance),
        (1 - share) * plain.overlap + share * bent.overlap,
        (1 - share) * plain.freedom + share * bent.freedom,
        plain.is_converged and bent.is_converged,
        (1 - share) * plain.lean + share * bent.lean,
    )


def _both(plain: Layout, bent: Layout) -> Layout:
    pairs = zip(plain.terms, bent.terms, strict=True)
    return replace(
        bent,
        terms=tuple(one if other is NOTHING else other for one, other in pairs),
        renewal_at=max(plain.renewal_at, bent.renewal_at),
        has_calendar=plain.has_calendar or bent.has_calendar,
    )


def _moved(fit: Additive, names: list[Name]) -> Additive:
    """Return a fit with the columns that it lacks, at nothing."""
    place = {name: at for at, name in enumerate(names)}
    own = [place[name] for name in _names(fit.layout)]
    coefficients = np.zeros(len(names))
    coefficients[own] = fit.coefficients
    spread = np.zeros((len(names), fit.spread.shape[1]))
    spread[own] = fit.spread
    return replace(fit, coefficients=coefficients, spread=spread)


def _names(layout: Layout) -> list[Name]:
    """Return a name for each column, the same in every layout that has it."""
    names: list[Name] = [("baseline", at) for at in range(1 + INTERVALS)]
    names += [("varying", *name) for name in layout.varying_names]
    counted: Counter[tuple[int, str]] = Counter()
    of_terms: list[Name] = []
    for kind in layout.kinds:
        of_terms.append(("term", *kind, counted[kind]))
        counted[kind] += 1
    worn = np.flatnonzero(layout.wears_off)
    return [*names, *of_terms, *(("worn", *of_terms[column]) for column in worn)]
