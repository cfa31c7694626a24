"""Whether groups leave at the same pace."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from banso.analytics.survival.follow_up import follow_up, stratum_codes, too_few

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class GroupCount:
    """How many of a group left, and how many would have at the pace of all."""

    n: int
    events: int
    expected: float


@dataclass(frozen=True)
class LogRank:
    """What came of a log-rank test; numbers are null when `reason` is set."""

    statistic: float | None  # chi², with `degrees` degrees of freedom
    degrees: int
    p_value: float | None
    n: int
    events: int
    groups: tuple[GroupCount, ...] = ()  # in the order of their sorted values
    reason: str | None = None


def log_rank(
    durations: NDArray[np.generic],
    events: NDArray[np.generic],
    groups: NDArray[np.generic],
    *,
    strata: NDArray[np.generic] | None = None,
) -> LogRank:
    """Return the log-rank test of two or more groups.

    Parameters
    ----------
    durations, events
        (n,) as in `survival_curve`; rows with NaN are left out.
    groups
        (n,) which group each row is in: numbers or text, not null.
    strata
        (n,) compare within each of these only, then add up (a stratified test).

    Returns
    -------
    LogRank
        Reasons: ``too_few_customers`` (below 10), ``too_few_events`` (below 5),
        ``negative_duration``, ``one_group``, ``no_overlap`` (nowhere were two groups
        at risk when somebody left).

    Notes
    -----
    Source: Mantel (1966), Cancer Chemotherapy Reports 50:163; Kalbfleisch & Prentice
    (1980), 1.4. Agrees with lifelines 0.30. It weighs all times alike: curves that
    cross can give no difference.

    """
    rows = follow_up(durations, events)
    names, codes = np.unique(groups[rows.keep], return_inverse=True)
    n, seen, count = len(rows), rows.seen, len(names)
    reason = rows.reason or too_few(rows, n) or ("one_group" if count < 2 else None)
    if reason:
        return _unknown(reason, n, seen)
    stratum = stratum_codes(strata, rows.keep)
    cells = _cells(rows.durations, stratum)
    left = _by_cell(cells, codes[rows.events], rows.events, count)
    at_risk = _at_risk(_by_cell(cells, codes, None, count), cells, stratum)
    expected, variance = _moments(left.sum(axis=1), at_risk)
    surplus = left.sum(axis=0) - expected
    degrees = int(np.linalg.matrix_rank(variance))
    if degrees == 0:
        return _unknown("no_overlap", n, seen)
    statistic = float(surplus @ np.linalg.pinv(variance, hermitian=True) @ surplus)
    sizes = np.bincount(codes)
    counted = tuple(
        GroupCount(int(sizes[i]), int(left[:, i].sum()), float(expected[i]))
        for i in range(count)
    )
    p = chi_square_p(statistic, degrees)
    return LogRank(statistic, degrees, p, n, seen, counted)


def chi_square_p(statistic: float, degrees: int) -> float:
    """Return the chance of a chi² at least as large."""
    if degrees == 1:
        return math.erfc(math.sqrt(max(statistic, 0.0) / 2))
    from scipy.special import chdtrc  # noqa: PLC0415 - slow to import

    return float(chdtrc(degrees, statistic))


def _unknown(reason: str, n: int, events: int) -> LogRank:
    return LogRank(None, 0, None, n, events, reason=reason)


def _cells(durations: Floats, stratum: NDArray[np.intp]) -> NDArray[np.intp]:
    """Return the number of each row's stratum and time, in this order."""
    order = np.lexsort((durations, stratum))
    step = np.zeros(len(order), dtype=np.intp)
    step[1:] = (np.diff(durations[order]) != 0) | (np.diff(stratum[order]) != 0)
    cells = np.empty(len(order), dtype=np.intp)
    cells[order] = np.cumsum(step)
    return cells


def _by_cell(
    cells: NDArray[np.intp],
    codes: NDArray[np.intp],
    chosen: NDArray[np.bool_] | None,
    groups: int,
) -> Floats:
    """Return how many (chosen) rows each cell has of each group."""
    total = int(cells.max()) + 1
    place = (cells if chosen is None else cells[chosen]) * groups + codes
    counts = np.bincount(place, minlength=total * groups).reshape(total, groups)
    return counts.astype(np.float64)


def _at_risk(
    exits: Floats, cells: NDArray[np.intp], stratum: NDArray[np.intp]
) -> Floats:
    """Return how many of each group were there just before the time of each cell."""
    of_cell = np.zeros(len(exits), dtype=np.intp)
    of_cell[cells] = stratum
    ahead = np.cumsum(exits[::-1], axis=0)[::-1]
    ahead = np.vstack([ahead, np.zeros(exits.shape[1])])
    next_stratum = np.searchsorted(of_cell, of_cell, side="right")
    return np.asarray(ahead[:-1] - ahead[next_stratum], dtype=np.float64)


def _moments(left: Floats, at_risk: Floats) -> tuple[Floats, Floats]:
    """Return what each group is expected to lose, and the covariance of it."""
    some = left > 0
    left, at_risk = left[some], at_risk[some]
    all_there = at_risk.sum(axis=1)
    shares = at_risk / all_there[:, None]
    spread = left * (all_there - left) / np.maximum(all_there - 1, 1)
    weighted = shares * spread[:, None]
    return left @ shares, np.diag(weighted.sum(axis=0)) - weighted.T @ shares
