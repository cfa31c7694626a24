"""The chance that a customer takes up an item, learned from customers like it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from banso.analytics.figures.estimate import Estimate
from banso.analytics.figures.proportions import clustered_proportion
from banso.analytics.recommending.examples import Examples

Floats = NDArray[np.float64]
FEWEST_KEPT = 20  # customers that took an item up and kept it
MOST_ITEMS = 100
USUAL_SHARE = 0.9  # what more customers have is no news: getting started, not next
FOLDS = 5
SHRINKAGES = (30.0, 100.0, 300.0)  # customers' worth of "what one uses says nothing"
GROUPS = 20
SMALLEST_GROUP = 30


@dataclass(frozen=True)
class Step:
    """Customers whose scores for an item were alike, and what share took it up."""

    above: float  # scores from here on, up to the next step
    share: Estimate  # n: the customers


@dataclass(frozen=True)
class Similarity:
    """Linear scores for the items that are taken up often enough, and their chances."""

    items: NDArray[np.intp]  # (j,) positions of the items
    fold: NDArray[np.intp]  # (c,) of each customer; -1: it was in none; else empty
    # (FOLDS + 1, j, p + 1): the first was fitted without fold 0, the last with all;
    # only the last when nobody asks for customers that it has not seen.
    weights: Floats
    steps: tuple[tuple[Step, ...], ...]  # (j,) of each item, the lowest first
    popular: tuple[Estimate, ...]  # (j,) among all that had not used it

    def scores(
        self, columns: Floats, customers: NDArray[np.intp], *, is_unseen: bool
    ) -> Floats:
        """Return (n, j) scores; unseen: by fits that the customer had no part in."""
        design = np.c_[np.ones(len(columns)), columns]
        fold = self.fold[customers] if is_unseen else np.full(len(columns), -1)
        found = np.empty((len(columns), len(self.items)))
        for number in np.unique(fold):
            members = fold == number
            found[members] = design[members] @ self.weights[number].T
        return found

    def steps_at(self, scores: Floats) -> NDArray[np.intp]:
        """Return (n, j): which step of its item each score is on."""
        found = np.empty(scores.shape, dtype=np.intp)
        for place, steps in enumerate(self.steps):
            limits = [step.above for step in steps[1:]]
            found[:, place] = np.searchsorted(limits, scores[:, place], side="right")
        return found


def similarity_of(
    examples: Examples, *, customers: int, seed: int
) -> Similarity | None:
    """Return what the examples teach; null when no item is taken up often enough.

    Parameters
    ----------
    examples
        Past moments.
    customers
        How many there are in all.
    seed
        Of the folds.

    Returns
    -------
    Similarity | None
        For each item a ridge regression of "takes it up and keeps it" on what is known
        of the customer, among those that had not used it. Its penalty is in customers:
        what n users of an item did next counts n ÷ (n + penalty). The penalty is the
        best for customers left out. Chances are shares among customers left out whose
        scores were alike, never falling as the score rises.

    Notes
    -----
    Source: docs/definitions/recommendations.md; Steck (2019), WWW, "Embarrassingly
    shallow autoencoders" for the linear item–item model; Barlow et al. (1972) for
    monotone steps.

    """
    items = _wanted(examples)
    if not len(items):
        return None
    names = np.unique(examples.customer)
    fold = np.full(customers, -1, dtype=np.intp)
    order = np.random.default_rng(seed).permutation(len(names))
    fold[names] = order % FOLDS
    weights, shrinkage = [], _best_shrinkage(examples, items, fold)
    steps, popular = [], []
    for item in items:
        sums = _Sums.of(examples, int(item), fold)
        fits = sums.fits(shrinkage)
        weights.append(fits)
        rows = examples.open_to[:, item]
        out = _left_out_scores(examples, rows, fold, fits)
        labels, clusters = examples.kept[rows, item], examples.customer[rows]
        steps.append(_steps(out, labels, clusters))
        popular.append(clustered_proportion(labels, clusters))
    return Similarity(
        items, fold, np.stack(weights, axis=1), tuple(steps), tuple(popular)
    )


def _wanted(examples: Examples) -> NDArray[np.intp]:
    """Return the items to recommend: taken up often enough, and not by everybody."""
    takers = _takers(examples)
    often = np.argsort(-takers, kind="stable")[:MOST_ITEMS]
    return np.sort(often[takers[often] >= FEWEST_KEPT])


def most_takers(examples: Examples) -> int:
    """Return how many customers took up and kept the item that most did."""
    return int(_takers(examples).max(initial=0))


def _takers(examples: Examples) -> NDArray[np.int64]:
    """Return how many customers took up and kept each item; 0 for usual ones."""
    takers = [np.unique(examples.customer[kept]).size for kept in examples.kept.T]
    is_usual = examples.used.mean(axis=0) > USUAL_SHARE
    return np.where(is_usual, 0, np.array(takers, dtype=np.int64))


@dataclass(frozen=True)
class _Sums:
    """Sums of products of the rows of each fold, for one item."""

    products: Floats  # (FOLDS, p + 1, p + 1)
    moments: Floats  # (FOLDS, p + 1)

    @classmethod
    def of(cls, examples: Examples, item: int, fold: NDArray[np.intp]) -> "_Sums":
        rows = np.flatnonzero(examples.open_to[:, item])
        products, moments = [], []
        for number in range(FOLDS):
            own = rows[fold[examples.customer[rows]] == number]
            design = np.c_[np.ones(len(own)), examples.columns[own]]
            products.append(design.T @ design)
            moments.append(design.T @ examples.kept[own, item].astype(np.float64))
        return cls(np.array(products), np.array(moments))

    def fits(self, shrinkage: float) -> Floats:
        """Return (FOLDS + 1, p + 1): without each fold, and with all."""
        penalty = shrinkage * np.eye(self.products.shape[1])
        penalty[0, 0] = 1e-6  # the intercept is free
        without = [
            (self.products.sum(axis=0) - own, self.moments.sum(axis=0) - moment)
            for own, moment in zip(self.products, self.moments, strict=True)
        ]
        without.append((self.products.sum(axis=0), self.moments.sum(axis=0)))
        found: Floats = np.array(
            [
                np.linalg.solve(products + penalty, moment)
                for products, moment in without
            ]
        )
        return found

    def loss(self, shrinkage: float) -> float:
        """Return the squared error on the folds left out, but for a constant."""
        return float(
            sum(
                fit @ own @ fit - 2 * fit @ moment
                for fit, own, moment in zip(
                    self.fits(shrinkage)[:-1], self.products, self.moments, strict=True
                )
            )
        )


def _best_shrinkage(
    examples: Examples, items: NDArray[np.intp], fold: NDArray[np.intp]
) -> float:
    """Return the penalty with the least error over the most wanted items."""
    wanted = items[np.argsort(-examples.kept[:, items].sum(axis=0), kind="stable")][:20]
    losses = np.zeros(len(SHRINKAGES))
    for item in wanted:
        sums = _Sums.of(examples, int(item), fold)
        losses += [sums.loss(shrinkage) for shrinkage in SHRINKAGES]
    return SHRINKAGES[int(losses.argmin())]


def _left_out_scores(
    examples: Examples, rows: NDArray[np.bool_], fold: NDArray[np.intp], fits: Floats
) -> Floats:
    design = np.c_[np.ones(np.count_nonzero(rows)), examples.columns[rows]]
    own: Floats = np.einsum("np,np->n", design, fits[fold[examples.customer[rows]]])
    return own


def _steps(
    scores: Floats, labels: NDArray[np.bool_], clusters: NDArray[np.intp]
) -> tuple[Step, ...]:
    """Return groups of alike scores, joined until their shares rise."""
    order = np.argsort(scores, kind="stable")
    groups = int(np.clip(len(order) // SMALLEST_GROUP, 1, GROUPS))
    blocks: list[list[NDArray[np.intp]]] = []
    for group in np.array_split(order, groups):
        blocks.append([group])
        while len(blocks) > 1 and _falls(blocks[-2], blocks[-1], labels):
            joined = blocks.pop()
            blocks[-1] += joined
    found = []
    for block in blocks:
        members = np.concatenate(block)
        share = clustered_proportion(labels[members], clusters[members])
        found.append(Step(float(scores[members].min()), share))
    return tuple(found)


def _falls(
    lower: list[NDArray[np.intp]],
    upper: list[NDArray[np.intp]],
    labels: NDArray[np.bool_],
) -> bool:
    """Return whether the share does not rise from one block to the next."""
    below, above = labels[np.concatenate(lower)], labels[np.concatenate(upper)]
    return bool(below.mean() >= above.mean())
