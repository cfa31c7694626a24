"""Boosted trees as plain arrays: predicted and explained without their library."""

from dataclasses import dataclass
from math import factorial

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
BLOCK = 16_384  # rows at once, so that a tree's columns stay in the cache
LEAF = -1


@dataclass(frozen=True)
class Trees:
    """Binary trees, one node a row; the children of a node come after it.

    At a node a row goes left when its number is at most ``threshold``, or when its
    category is in ``goes_left``; when it is not known, by ``missing_left``.
    """

    start: NDArray[np.int32]  # (t + 1,) where the nodes of each tree begin
    column: NDArray[np.int32]  # (m,) -1 at a leaf
    threshold: Floats  # (m,)
    missing_left: Bools  # (m,)
    is_category: Bools  # (m,)
    goes_left: Bools  # (m, 256) by the code of the category
    left: NDArray[np.int32]  # (m,) place within the tree
    right: NDArray[np.int32]
    value: Floats  # (m,) of a leaf
    base: float  # what all rows begin with

    def __len__(self) -> int:
        """Return how many trees there are."""
        return len(self.start) - 1

    def predict(self, values: Floats) -> Floats:
        """Return the sum of the trees' values for each row, (n,)."""
        out = np.empty(len(values))
        for begin in range(0, len(values), BLOCK):
            block = np.asfortranarray(values[begin : begin + BLOCK])
            missing = np.isnan(block)
            total = np.full(len(block), self.base)
            for tree in range(len(self)):
                total += self._leaf_values(tree, block, missing)
            out[begin : begin + BLOCK] = total
        return out

    def _leaf_values(self, tree: int, block: Floats, missing: Bools) -> Floats:
        """Return each row's value, from the leaves up: a byte says which leaf."""
        first, last = int(self.start[tree]), int(self.start[tree + 1])
        leaf: dict[int, NDArray[np.uint8]] = {}
        leaves = [at for at in range(first, last) if self.column[at] == LEAF]
        assert len(leaves) <= 256, "a leaf must fit a byte"
        for number, at in enumerate(leaves):
            leaf[at - first] = np.full(len(block), number, np.uint8)
        for at in range(last - 1, first - 1, -1):
            if self.column[at] == LEAF:
                continue
            chosen = -self._goes_left(at, block, missing).view(np.uint8)
            right = leaf.pop(int(self.right[at]))
            left = leaf.pop(int(self.left[at]))
            leaf[at - first] = right ^ ((left ^ right) & chosen)
        values: Floats = self.value[np.array(leaves)][leaf[0]]
        return values

    def _goes_left(self, node: int, block: Floats, missing: Bools) -> Bools:
        column = int(self.column[node])
        values = block[:, column]
        if self.is_category[node]:
            codes = np.where(missing[:, column], 0, values).astype(np.intp)
            left = self.goes_left[node][codes]
        else:
            left = values <= self.threshold[node]
        if self.missing_left[node]:
            return np.asarray(left | missing[:, column])
        return np.asarray(left & ~missing[:, column])

    def contributions(self, values: Floats, usual: Floats) -> Floats:
        """Return each column's Shapley value of ``predict(values) - predict(usual)``.

        Exact, for the game in which a coalition of columns has the row's values and
        the others have the usual ones of the same row (interventional, Lundberg et
        al. 2020). It sums over the leaves: one is reached by a mixture exactly when
        each of the columns on its way lets the row, the usual one, or both pass.

        Parameters
        ----------
        values, usual
            (n, p) rows, and what is usual beside each.

        Returns
        -------
        NDArray
            (n, p); sums to the difference along each row.

        """
        out = np.zeros(values.shape)
        for begin in range(0, len(values), BLOCK):
            here = slice(begin, begin + BLOCK)
            ours, theirs = values[here], usual[here]
            for tree in range(len(self)):
                self._explain(tree, (ours, theirs), out[here])
        return out

    def _explain(self, tree: int, pair: tuple[Floats, Floats], out: Floats) -> None:
        first, last = int(self.start[tree]), int(self.start[tree + 1])
        missing = np.isnan(pair[0]), np.isnan(pair[1])
        passes: dict[int, dict[int, tuple[Bools, Bools]]] = {0: {}}
        for at in range(first, last):
            way = passes.pop(at - first)
            column = int(self.column[at])
            if column == LEAF:
                _share_leaf(float(self.value[at]), way, out)
                continue
            ours = self._goes_left(at, pair[0], missing[0])
            theirs = self._goes_left(at, pair[1], missing[1])
            everyone = np.ones(len(ours), bool)
            mine, usual = way.get(column, (everyone, everyone))
            left = {**way, column: (mine & ours, usual & theirs)}
            right = {**way, column: (mine & ~ours, usual & ~theirs)}
            passes[int(self.left[at])] = left
            passes[int(self.right[at])] = right


NO_TREES = Trees(
    start=np.zeros(1, np.int32),
    column=np.zeros(0, np.int32),
    threshold=np.zeros(0),
    missing_left=np.zeros(0, bool),
    is_category=np.zeros(0, bool),
    goes_left=np.zeros((0, 256), bool),
    left=np.zeros(0, np.int32),
    right=np.zeros(0, np.int32),
    value=np.zeros(0),
    base=0.0,
)


def _share_leaf(value: float, way: dict[int, tuple[Bools, Bools]], out: Floats) -> None:
    """Add a leaf's value to the columns that lead a row to it, or away from it."""
    if not way:
        return
    columns = list(way)
    mine = np.stack([way[column][0] for column in columns])
    usual = np.stack([way[column][1] for column in columns])
    reached = np.flatnonzero((mine | usual).all(axis=0))
    mine, usual = mine[:, reached], usual[:, reached]
    only_mine, only_usual = mine & ~usual, usual & ~mine
    for_row, for_usual = only_mine.sum(axis=0), only_usual.sum(axis=0)
    gain = _weights(len(columns))[for_row, for_usual]
    loss = _weights(len(columns))[for_usual, for_row]
    for place, column in enumerate(columns):
        out[reached, column] += value * gain * only_mine[place]
        out[reached, column] -= value * loss * only_usual[place]


def _weights(most: int) -> Floats:
    """Return the Shapley weight of one of ``a`` columns for, against ``b``."""
    table = np.zeros((most + 1, most + 1))
    for a in range(1, most + 1):
        for b in range(most + 1 - a):
            table[a, b] = factorial(a - 1) * factorial(b) / factorial(a + b)
    return table
