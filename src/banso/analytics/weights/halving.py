"""Fitting weights again and again to halves of the customers: what stays is stable."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from banso.analytics.judgement.logistic_fit import LogisticFit, Penalty, logistic_fit

Floats = NDArray[np.float64]
PAIRS = 25
CHOSEN_SHARE = 0.8  # of the halves that must choose an element
REACH = 2.06  # standard errors of a 95 % interval, from 25 independent pairs
FOLDS = 5
PENALTIES = 10  # each half of the one before
LIGHT = 1.0  # ridge of the last fit, in which the lasso has no part any more


@dataclass(frozen=True)
class FitRows:
    """What a fit sees: columns of which more should mean more of the outcome."""

    columns: Floats  # (n, p) 0..1, without NaN
    happened: NDArray[np.bool_]  # (n,)
    weight: Floats  # (n,) rows that a row stands for
    customer: NDArray[np.intp]  # (n,) 0..customers-1
    customers: int

    def of_customers(self, chosen: NDArray[np.bool_]) -> Floats:
        """Return the weights of the rows, 0 for customers that are not chosen."""
        found: Floats = np.where(chosen[self.customer], self.weight, 0.0)
        return found


@dataclass(frozen=True)
class Halves:
    """The shares that each half of the customers gave to the elements."""

    members: NDArray[np.bool_]  # (halves, customers)
    shares: Floats  # (halves, p) sums of 1, or all 0 when a half chose nothing

    def chosen_share(self) -> Floats:
        """Return the share of halves that chose each element."""
        found: Floats = (self.shares > 0).mean(axis=0)
        return found

    def interval(self) -> tuple[Floats, Floats]:
        """Return the 95 % interval of each share.

        The fits of random halves spread about the fit of all as that spreads about
        the truth (the delete-half jackknife: n ÷ m − 1 = 1).
        """
        share, reach = self.share(), REACH * self.shares.std(axis=0)
        return np.maximum(share - reach, 0.0), np.minimum(share + reach, 1.0)

    def share(self) -> Floats:
        """Return the mean share of what is chosen often; all 0 when nothing is."""
        often = self.chosen_share() >= CHOSEN_SHARE
        return whole_percents(np.where(often, self.shares.mean(axis=0), 0.0))

    def unseen_shares(self) -> Floats:
        """Return (customers, p): the shares by the halves that each was not in."""
        out = (~self.members).T.astype(np.float64)
        often = out @ (self.shares > 0) / PAIRS >= CHOSEN_SHARE
        found: Floats = np.where(often, out @ self.shares / PAIRS, 0.0)
        return found


def whole_percents(shares: Floats) -> Floats:
    """Return shares in whole percent that add up to 1 (largest remainders first)."""
    total = shares.sum()
    if total <= 0:
        return np.zeros(len(shares))
    percent = 100 * shares / total
    found = np.floor(percent)
    missing = round(100 - found.sum())
    order = np.argsort(-(percent - found), kind="stable")
    found[order[:missing]] += 1
    result: Floats = found / 100
    return result


def halves_of(rows: FitRows, *, seed: int) -> Halves:
    """Return the shares that complementary halves of the customers give.

    Parameters
    ----------
    rows
        With enough customers of both outcomes.
    seed
        Of the halving.

    Returns
    -------
    Halves
        25 pairs. In each half a lasso chooses (its penalty is the largest within one
        standard error of the best by cross-validation over customers), and a fit
        without lasso weighs what was chosen.

    Notes
    -----
    Source: Shah & Samworth (2013), JRSS B 75:55 (complementary pairs).

    """
    rng = np.random.default_rng(seed)
    penalty = _best_penalty(rows, rng)
    with_outcome = np.bincount(rows.customer, rows.happened, rows.customers) > 0
    members, shares = [], []
    for half in _pairs(with_outcome, rng):
        members.append(half)
        # Half the customers have half the loss.
        shares.append(_shares(rows, rows.of_customers(half), penalty / 2))
    return Halves(np.array(members), np.array(shares))


def _pairs(
    with_outcome: NDArray[np.bool_], rng: np.random.Generator
) -> Iterator[NDArray[np.bool_]]:
    """Yield halves of the customers, each followed by the rest; outcomes in both."""
    for _pair in range(PAIRS):
        half = np.zeros(len(with_outcome), dtype=bool)
        for kind in (with_outcome, ~with_outcome):
            members = rng.permutation(np.flatnonzero(kind))
            half[members[: len(members) // 2]] = True
        yield half
        yield ~half


def _shares(rows: FitRows, weight: Floats, lasso: float) -> Floats:
    found = np.zeros(rows.columns.shape[1])
    used = weight > 0
    columns, happened, weight = rows.columns[used], rows.happened[used], weight[used]
    first = logistic_fit(
        columns,
        happened,
        weights=weight,
        penalty=Penalty(lasso=lasso, is_nonnegative=True),
    )
    chosen = np.flatnonzero(first.weights > 0)
    if not len(chosen):
        return found
    fit = logistic_fit(
        columns[:, chosen],
        happened,
        weights=weight,
        penalty=Penalty(ridge=LIGHT, is_nonnegative=True),
    )
    total = fit.weights.sum()
    if total > 0:
        found[chosen] = fit.weights / total
    return found


def _best_penalty(rows: FitRows, rng: np.random.Generator) -> float:
    """Return the largest lasso that is within one standard error of the best."""
    fold = rng.permutation(np.arange(rows.customers) % FOLDS)
    largest = _largest_penalty(rows)
    ladder = largest * 0.5 ** np.arange(PENALTIES)
    losses = np.zeros((PENALTIES, rows.customers))
    for number in range(FOLDS):
        train = rows.of_customers(fold != number)
        out = fold[rows.customer] == number
        fit: LogisticFit | None = None
        for place, lasso in enumerate(ladder):
            fit = logistic_fit(
                rows.columns,
                rows.happened,
                weights=train,
                penalty=Penalty(lasso * (1 - 1 / FOLDS), is_nonnegative=True),
                start=fit,
            )
            chance = np.clip(fit.probabilities(rows.columns[out]), 1e-9, 1 - 1e-9)
            loss = -np.log(np.where(rows.happened[out], chance, 1 - chance))
            losses[place] += np.bincount(
                rows.customer[out], loss * rows.weight[out], rows.customers
            )
    best = int(losses.sum(axis=1).argmin())
    excess = losses - losses[best]
    error = excess.std(axis=1) * np.sqrt(rows.customers)
    return float(ladder[np.flatnonzero(excess.sum(axis=1) <= error)[0]])


def _largest_penalty(rows: FitRows) -> float:
    """Return the lasso at which the first element gets a weight."""
    rate = np.average(rows.happened, weights=rows.weight)
    slopes = rows.columns.T @ (rows.weight * (rows.happened - rate))
    return max(float(slopes.max()), 1e-9)
