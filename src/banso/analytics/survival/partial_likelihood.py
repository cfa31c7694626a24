"""Cox's partial likelihood with Efron's ties: its value, slope and curvature."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]
SMALLEST = 1e-100  # sum of hazards, the largest of which is 1, that can be squared


@dataclass(frozen=True, eq=False)
class PartialLikelihood:
    """Rows in the order of stratum and time; a cell is one time of one stratum."""

    design: Floats  # (n, p) centered covariates
    events: NDArray[np.bool_]  # (n,)
    cell: Ints  # (n,) rising
    stratum: Ints  # (cells,) rising

    @cached_property
    def _starts(self) -> Ints:
        return np.flatnonzero(np.r_[True, np.diff(self.cell) > 0])

    @cached_property
    def _stratum_starts(self) -> Ints:
        """Of each cell, the first cell of its stratum."""
        return np.searchsorted(self.stratum, self.stratum, side="left")

    @cached_property
    def _stratum_ends(self) -> Ints:
        """Of each cell, the first cell after its stratum."""
        return np.searchsorted(self.stratum, self.stratum, side="right")

    @cached_property
    def _tied(self) -> tuple[Ints, Floats, Ints]:
        """Of each end: its cell among those with ends, and its part of the tie.

        Efron's ends leave one after another: before the k-th of d, the share k / d
        of those who are about to leave has left already.
        """
        cells, place = np.unique(self.cell[self.events], return_inverse=True)
        sizes = np.bincount(place)
        earlier = np.cumsum(sizes) - sizes
        part = (np.arange(len(place)) - earlier[place]) / sizes[place]
        return place, part, cells

    def value(self, beta: Floats) -> float:
        """Return the log likelihood; minus infinity where it would overflow."""
        odds = self.design @ beta
        peak = float(odds.max())
        if not np.isfinite(peak):
            return -np.inf
        there, leaving = self._risk(np.exp(odds - peak))
        place, part, _ = self._tied
        remaining = there[place] - part * leaving[place]
        if (remaining <= SMALLEST).any():
            return -np.inf
        logs = np.log(remaining)
        return float(odds[self.events].sum() - logs.sum() - peak * len(part))

    def slope_and_curvature(self, beta: Floats) -> tuple[Floats, Floats]:
        """Return the gradient (p,) and the information (p, p), minus the Hessian."""
        terms = self._terms(beta)
        design, hazard = self.design, terms.hazard
        pull = design[self.events].sum(axis=0)
        pull = pull - terms.sums[0] @ terms.there + terms.sums[1] @ terms.leaving
        weight = hazard * self._exposure(terms.sums[0], terms.sums[1])
        squares = (design * weight[:, None]).T @ design
        first, cross, second = (of_cell[:, None] for of_cell in terms.squared)
        outer = terms.there.T @ (first * terms.there - cross * terms.leaving)
        outer += terms.leaving.T @ (second * terms.leaving - cross * terms.there)
        return pull, squares - outer

    def residuals(self, beta: Floats) -> Floats:
        """Return each row's part of the gradient, (n, p): the score residuals."""
        terms = self._terms(beta)
        place, _, cells = self._tied
        sizes = np.bincount(place)[:, None]
        first, cross, second = (of_cell[:, None] for of_cell in terms.squared)
        mean = terms.sums[0][:, None] * terms.there
        mean = (mean - terms.sums[1][:, None] * terms.leaving) / sizes
        moved = self._spread(first * terms.there - cross * terms.leaving)
        own = cross * terms.there - second * terms.leaving
        exposure = self._exposure(terms.sums[0], terms.sums[1])
        result = self.design * exposure[:, None] - moved[self.cell]
        of_cell = np.searchsorted(cells, self.cell[self.events])
        result[self.events] += own[of_cell]
        result *= -terms.hazard[:, None]
        result[self.events] += self.design[self.events] - mean[of_cell]
        return np.asarray(result, dtype=np.float64)

    def _risk(self, values: Floats) -> tuple[Floats, Floats]:
        """Return, for each cell with ends, the sums of who is there and who leaves."""
        _, _, cells = self._tied
        sums = np.add.reduceat(values, self._starts, axis=0)
        ahead = np.cumsum(sums[::-1], axis=0)[::-1]
        ahead = np.concatenate([ahead, np.zeros_like(ahead[:1])])
        there = ahead[cells] - ahead[self._stratum_ends[cells]]
        place, _, _ = self._tied
        ends = values[self.events]
        leaving = np.add.reduceat(ends, np.flatnonzero(np.r_[True, np.diff(place) > 0]))
        return there, leaving

    def _terms(self, beta: Floats) -> "_Terms":
        odds = self.design @ beta
        hazard = np.exp(odds - odds.max())
        there, leaving = self._risk(hazard)
        place, part, _ = self._tied
        share = 1 / (there[place] - part * leaving[place])
        vectors_there, vectors_leaving = self._risk(hazard[:, None] * self.design)
        return _Terms(
            hazard,
            vectors_there,
            vectors_leaving,
            (_sums(place, share), _sums(place, part * share)),
            (
                _sums(place, share**2),
                _sums(place, part * share**2),
                _sums(place, part**2 * share**2),
            ),
        )

    def _spread(self, of_cells_with_ends: Floats) -> Floats:
        """Return for every cell the sum over the ends of its stratum up to its time."""
        shape = (len(self.stratum), *of_cells_with_ends.shape[1:])
        values = np.zeros(shape)
        values[self._tied[2]] = of_cells_with_ends
        so_far = np.cumsum(values, axis=0)
        before = np.concatenate([np.zeros_like(so_far[:1]), so_far])
        return np.asarray(so_far - before[self._stratum_starts], dtype=np.float64)

    def _exposure(self, sums: Floats, tied: Floats) -> Floats:
        """Return the cumulative baseline hazard of each row, mindful of its own tie."""
        exposure = self._spread(sums)[self.cell]
        cells = self._tied[2]
        exposure[self.events] -= tied[np.searchsorted(cells, self.cell[self.events])]
        return exposure


def _sums(place: Ints, values: Floats) -> Floats:
    return np.asarray(np.bincount(place, values), dtype=np.float64)


@dataclass(frozen=True, eq=False)
class _Terms:
    """What slope and residuals share, for each cell with ends."""

    hazard: Floats  # (n,) of the rows
    there: Floats  # (c, p) hazard-weighted covariates of those at risk
    leaving: Floats  # (c, p) of those who leave
    sums: tuple[Floats, Floats]  # of 1/S and part/S over the ends of a tie
    squared: tuple[Floats, Floats, Floats]  # of 1/S², part/S², part²/S²


def partial_likelihood(
    durations: Floats, events: NDArray[np.bool_], design: Floats, stratum: Ints
) -> tuple[PartialLikelihood, Ints]:
    """Return the likelihood, and the order that the rows have in it."""
    # Ends come first within a time, so that a tie is one run of rows.
    order = np.lexsort((~events, durations, stratum))
    time, of_row = durations[order], stratum[order]
    new = np.r_[True, (np.diff(time) != 0) | (np.diff(of_row) != 0)]
    cell = np.cumsum(new) - 1
    found = PartialLikelihood(design[order], events[order], cell, of_row[new])
    return found, order
