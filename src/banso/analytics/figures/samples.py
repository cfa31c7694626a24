"""Scores beside what came of them: the rows that count, and whether they suffice."""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

# Below these the intervals, which are asymptotic, would promise more than they hold.
FEWEST_CUSTOMERS = 10
FEWEST_EVENTS = 5  # customers with the outcome, and as many without
MOSTLY_MISSING = 0.9  # of the rows have no score
MOST_PER_ROW = 16  # numbers of customers up to so many times the rows are counted


@dataclass(frozen=True)
class Sample:
    """Rows with a score and a label; rows without either are left out."""

    scores: NDArray[np.float64]  # (n,)
    labels: NDArray[np.bool_]  # (n,)
    weights: NDArray[np.float64]  # (n,) rows that a row stands for, above 0
    cluster: NDArray[np.intp]  # (n,) 0..clusters-1
    clusters: int  # customers; rows, when no clusters were given
    missing: float  # share of the rows that had no score
    kept: NDArray[np.bool_]  # (given,) which of the rows given these are

    def scored_by(self, scores: NDArray[np.float64]) -> "Sample":
        """Return the same rows with other scores, from one for each row given."""
        others = np.asarray(scores, dtype=np.float64)[self.kept]
        assert np.isfinite(others).all(), "the same rows have a score"
        return replace(self, scores=others)

    @cached_property
    def events(self) -> int:
        """How many clusters have the outcome in at least one row."""
        return _distinct(self.cluster[self.labels])

    @cached_property
    def reason(self) -> str | None:
        """Why nothing can be said from this sample; null when it suffices."""
        if self.missing >= MOSTLY_MISSING:
            return "mostly_missing"
        if self.clusters < FEWEST_CUSTOMERS:
            return "too_few_customers"
        if self.labels.all() or not self.labels.any():
            return "one_class"
        if min(self.events, _distinct(self.cluster[~self.labels])) < FEWEST_EVENTS:
            return "too_few_events"
        return None

    def total(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the sum of a value per row in each cluster."""
        totals = np.bincount(self.cluster, weights=values, minlength=self.clusters)
        return np.asarray(totals, dtype=np.float64)

    def variance(self, influence: NDArray[np.float64]) -> float:
        """Return the variance of a figure from each row's influence on it.

        Rows of a cluster are summed first, because they are not independent
        (the linearised, or "sandwich", estimate, with G / (G - 1) for G clusters).
        """
        totals = self.total(influence)
        return float(totals @ totals) * self.clusters / (self.clusters - 1)


def sample(
    scores: NDArray[np.generic],
    labels: NDArray[np.generic],
    *,
    clusters: NDArray[np.generic] | None = None,
    weights: NDArray[np.float64] | None = None,
) -> Sample:
    """Return the rows that have a score, a label and a weight above 0.

    Parameters
    ----------
    scores
        (n,) numbers; NaN and infinity are no score.
    labels
        (n,) True or 1 for the outcome, False or 0 without; NaN is unknown.
    clusters
        (n,) the customer of each row; each row is its own when null.
    weights
        (n,) rows that a row stands for; 1 when null.

    Returns
    -------
    Sample
        Its `reason` says whether anything can be concluded from it.

    """
    values = np.asarray(scores, dtype=np.float64)
    outcome = np.asarray(labels, dtype=np.float64)
    assert values.ndim == 1, "one score per row"
    assert values.shape == outcome.shape, "one label per score"
    weight = np.ones(len(values)) if weights is None else np.asarray(weights, float)
    scored = np.isfinite(values)
    keep = scored & np.isfinite(outcome) & (weight > 0)
    kept = outcome[keep]
    happened = kept == 1
    # Samples are small and many: counting costs a tenth of what `all` and `mean` do.
    ones, zeros = np.count_nonzero(happened), len(kept) - np.count_nonzero(kept)
    assert ones + zeros == len(kept), "a label is 0 or 1"
    cluster, count = cluster_codes(clusters, keep)
    return Sample(
        scores=values[keep],
        labels=happened,
        weights=weight[keep],
        cluster=cluster,
        clusters=count,
        missing=1 - np.count_nonzero(scored) / len(values) if len(values) else 0.0,
        kept=keep,
    )


def cluster_codes(
    clusters: NDArray[np.generic] | None, keep: NDArray[np.bool_]
) -> tuple[NDArray[np.intp], int]:
    """Return the kept rows' clusters as numbers 0.., and how many there are."""
    if clusters is None:
        count = int(np.count_nonzero(keep))
        return np.arange(count), count
    assert clusters.shape == keep.shape, "one cluster per row"
    kept = clusters[keep]
    if _are_small_numbers(kept):
        there = np.zeros(int(kept.max()) + 1, dtype=bool)
        there[kept] = True
        return (np.cumsum(there) - 1)[kept], int(np.count_nonzero(there))
    names, codes = np.unique(kept, return_inverse=True)
    return codes, len(names)


def _are_small_numbers(clusters: NDArray[np.generic]) -> bool:
    """Return whether they can be counted instead of sorted, with the same codes."""
    if not len(clusters) or clusters.dtype.kind not in "iu":
        return False
    numbers = clusters.astype(np.int64, copy=False)
    return bool(numbers.min() >= 0 and numbers.max() <= MOST_PER_ROW * len(numbers))


def _distinct(codes: NDArray[np.intp]) -> int:
    return int(np.count_nonzero(np.bincount(codes))) if len(codes) else 0
