"""Means of two groups, as they would be if both had the same covariates."""

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from banso.analytics.figures.estimate import Estimate
from banso.analytics.figures.intervals import normal_quantile, two_sided_p

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

RARE = 10  # customers; rarer levels are taken together
FEWEST_BEYOND = 12  # customers more than columns
NO_OVERLAP = 1e-3  # variance of being exposed that the covariates leave
FEWEST_A_COLUMN = 5  # customers of each group that a column must tell apart


@dataclass(frozen=True, eq=False)
class GroupMeans:
    """Means of the exposed and of the others, with what each customer adds to them."""

    exposed: float
    others: float
    moves_exposed: Floats  # (n,) influence of each customer on the mean
    moves_others: Floats

    def difference(self) -> Estimate:
        """Return exposed minus others, with its interval and p."""
        moves = self.moves_exposed - self.moves_others
        value, error = self.exposed - self.others, _length(moves)
        reach = normal_quantile() * error
        p = two_sided_p(value / error) if error > 0 else None
        return Estimate(value, value - reach, value + reach, len(moves), p_value=p)

    def ratio(self) -> Estimate:
        """Return exposed over others; ``not_positive`` unless both are above 0."""
        n = len(self.moves_exposed)
        if self.exposed <= 0 or self.others <= 0:
            return Estimate.unknown("not_positive", n=n)
        log = math.log(self.exposed / self.others)
        error = _length(
            self.moves_exposed / self.exposed - self.moves_others / self.others
        )
        reach = normal_quantile() * error
        low, high = math.exp(log - reach), math.exp(log + reach)
        p = two_sided_p(log / error) if error > 0 else None
        return Estimate(math.exp(log), low, high, n, p_value=p)


@dataclass(frozen=True, eq=False)
class Covariates:
    """What customers are compared at equal values of."""

    values: Floats  # (n, k); NaN is unknown; categories are codes
    names: tuple[str, ...]  # (k,)
    categories: frozenset[str]  # the names of codes

    def only(self, kept: Mask) -> "Covariates":
        """Return the covariates of some of the customers."""
        return Covariates(self.values[kept], self.names, self.categories)

    @cached_property
    def design(self) -> Floats:
        """The covariates as columns without gaps.

        A category has a column for each level but the most frequent; unknown is a
        level, and levels of fewer than ten customers are taken together. A number is
        scaled; where it is unknown it is the mean, with a column that says so. Columns
        that others add up to are left out.
        """
        columns: list[Floats] = [np.zeros((len(self.values), 0))]
        for name, values in zip(self.names, self.values.T, strict=True):
            is_code = name in self.categories
            columns.append(_levels(values) if is_code else _number(values))
        return _independent(np.column_stack(columns))


def group_means(outcome: Floats, exposed: Mask, design: Floats) -> GroupMeans:
    """Return the mean of each group at the covariates of all customers together.

    In each group the outcome is regressed on the covariates, and its mean is read off
    at the mean of all (g-computation with linear models, which needs no model of who is
    exposed). Where a group is too small for slopes of its own, both share them.

    Parameters
    ----------
    outcome
        (n,) known; a pseudo-value where it is censored.
    exposed
        (n,) both groups have members.
    design
        (n, k) covariates without gaps; k may be 0: the plain means.

    Returns
    -------
    GroupMeans
        Their errors are robust (HC2), with the chance in the covariates counted in.

    Notes
    -----
    Source: Lin (2013), Ann Appl Stat 7:295; MacKinnon & White (1985) for HC2. Closed
    form in place of a bootstrap: its coverage is checked in tests/truth.

    """
    centered = design - design.mean(axis=0)
    if not _tells_apart(centered, exposed):
        return _with_shared_slopes(outcome, exposed, centered)
    mean1, moves1 = _at_the_mean(outcome, exposed, centered)
    mean0, moves0 = _at_the_mean(outcome, ~exposed, centered)
    return GroupMeans(mean1, mean0, moves1, moves0)


def standardised(
    outcome: Floats, exposed: Mask, covariates: Covariates
) -> GroupMeans | str:
    """Return the means of both groups at equal covariates, or why there are none.

    Reasons: ``nothing_to_adjust_for`` (no covariate that varies), ``too_few_customers``
    (for so many columns), ``no_overlap`` (the covariates say who is exposed).
    """
    design = covariates.design
    if not design.shape[1]:
        return "nothing_to_adjust_for"
    if len(outcome) < design.shape[1] + FEWEST_BEYOND:
        return "too_few_customers"
    apart = np.column_stack([np.ones(len(design)), design])
    by_covariates = apart @ np.linalg.lstsq(apart, exposed.astype(float))[0]
    if float(((exposed - by_covariates) ** 2).mean()) < NO_OVERLAP:
        return "no_overlap"
    return group_means(outcome, exposed, design)


def risk_pseudo_values(durations: Floats, events: Mask, within: float) -> Floats:
    """Return for each customer a value whose mean is the risk of leaving in time.

    One minus Kaplan-Meier, taken apart by customer (infinitesimal jackknife). With
    nobody censored it is 1 for those who left within the time and 0 for the others.

    Notes
    -----
    Source: Andersen, Klein & Rosthøj (2003), Biometrika 90:15.

    """
    n = len(durations)
    left = events & (durations <= within)
    times, place = np.unique(durations[left], return_inverse=True)
    if not len(times):
        return np.zeros(n)
    counts = np.bincount(place).astype(np.float64)
    ordered = np.sort(durations)
    at_risk = n - np.searchsorted(ordered, times, side="left").astype(np.float64)
    stay = at_risk - counts
    if (stay <= 0).any():  # all that were followed so long have left
        return np.ones(n)
    survival = float(np.prod(stay / at_risk))
    passed = np.cumsum(counts / (at_risk * stay))
    seen = np.searchsorted(times, np.minimum(durations, within), side="right")
    moves = -np.concatenate([[0.0], passed])[seen]
    moves[left] += (1 / stay)[place]
    return np.asarray(1 - survival + survival * n * moves, dtype=np.float64)


def _tells_apart(centered: Floats, exposed: Mask) -> bool:
    """Return whether each group can have slopes of its own."""
    fewest = min(int(exposed.sum()), int((~exposed).sum()))
    if fewest < FEWEST_A_COLUMN * (centered.shape[1] + 1):
        return False
    for group in (exposed, ~exposed):
        for column in centered[group].T:
            _, counts = np.unique(column, return_counts=True)
            if len(column) - counts.max() < FEWEST_A_COLUMN:
                return False
    return True


def _at_the_mean(
    outcome: Floats, group: Mask, centered: Floats
) -> tuple[float, Floats]:
    design = np.column_stack([np.ones(int(group.sum())), centered[group]])
    inverse = _inverse(design)
    slopes = inverse @ design.T @ outcome[group]
    moves = centered @ slopes[1:] / len(outcome)
    moves[group] += _robust(design, inverse, outcome[group])[:, 0]
    return float(slopes[0]), moves


def _with_shared_slopes(outcome: Floats, exposed: Mask, centered: Floats) -> GroupMeans:
    design = np.column_stack([~exposed, exposed, centered]).astype(np.float64)
    inverse = _inverse(design)
    slopes = inverse @ design.T @ outcome
    moves = _robust(design, inverse, outcome)
    shared = centered @ slopes[2:] / len(outcome)
    return GroupMeans(
        float(slopes[1]), float(slopes[0]), moves[:, 1] + shared, moves[:, 0] + shared
    )


def _inverse(design: Floats) -> Floats:
    square = np.linalg.pinv(design.T @ design, hermitian=True)
    return np.asarray(square, dtype=np.float64)


def _robust(design: Floats, inverse: Floats, outcome: Floats) -> Floats:
    """Return how far each row moves the slopes: its residual, by its leverage (HC2)."""
    pull = np.asarray(design @ inverse, dtype=np.float64)
    leverage = np.einsum("ij,ij->i", pull, design)
    rest = outcome - pull @ (design.T @ outcome)
    return np.asarray(pull * (rest / np.sqrt(np.maximum(1 - leverage, 1e-6)))[:, None])


def _levels(values: Floats) -> Floats:
    known = np.where(np.isfinite(values), values, -1.0)
    levels, codes = np.unique(known, return_inverse=True)
    sizes = np.bincount(codes)
    common = np.flatnonzero(sizes >= RARE)
    columns = [codes == level for level in common]
    rest = ~np.isin(codes, common)
    if rest.sum() >= RARE:
        columns.append(rest)
    elif columns and rest.any():  # too few to be told apart from the rarest
        rarest = int(np.argmin(sizes[common]))
        columns[rarest] = columns[rarest] | rest
    columns.sort(key=lambda column: -int(column.sum()))
    if len(columns) < 2 or len(levels) < 2:
        return np.zeros((len(values), 0))
    return np.column_stack(columns[1:]).astype(np.float64)


def _number(values: Floats) -> Floats:
    known = np.isfinite(values)
    if known.sum() < RARE:
        return np.zeros((len(values), 0))
    mean, deviation = values[known].mean(), values[known].std()
    filled = np.where(known, values - mean, 0.0)
    columns = [filled / deviation] if deviation > 1e-9 * (abs(mean) + 1e-300) else []
    if (~known).sum() >= RARE:
        columns.append((~known).astype(np.float64))
    return np.column_stack([np.zeros((len(values), 0)), *columns])


def _independent(columns: Floats) -> Floats:
    """Return the columns that those before them, and a constant, do not add up to."""
    kept: list[int] = []
    basis = np.ones((len(columns), 1)) / math.sqrt(max(len(columns), 1))
    for place in range(columns.shape[1]):
        column = columns[:, place]
        rest = column - basis @ (basis.T @ column)
        rest -= basis @ (basis.T @ rest)
        length = _length(rest)
        if length > 1e-6 * max(_length(column), 1e-12):
            kept.append(place)
            basis = np.column_stack([basis, rest / length])
    return columns[:, kept]


def _length(moves: Floats) -> float:
    return math.sqrt(float(moves @ moves))
