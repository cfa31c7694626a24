"""Boosted trees as plain arrays: predicted and explained without their library."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from math import factorial

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Bytes = NDArray[np.uint8]
BLOCK = 16_384  # rows at once, so that a tree's columns stay in the cache
LEAF = -1
ALL_ROWS = slice(None)
MISSING = 255  # the code of a value that is not known


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

    def only(self, chosen: Bools) -> "Trees":
        """Return some of the trees."""
        sizes = np.diff(self.start)
        nodes = np.repeat(chosen, sizes)
        return Trees(
            start=np.r_[0, np.cumsum(sizes[chosen])].astype(np.int32),
            column=self.column[nodes],
            threshold=self.threshold[nodes],
            missing_left=self.missing_left[nodes],
            is_category=self.is_category[nodes],
            goes_left=self.goes_left[nodes],
            left=self.left[nodes],
            right=self.right[nodes],
            value=self.value[nodes],
            base=self.base,
        )

    def reads_columns_from(self, first: int) -> Bools:
        """Return which trees read such a column, (t,)."""
        return self._depends_on_columns_from(first)[self.start[:-1]]

    def predict(self, values: Floats) -> Floats:
        """Return the sum of the trees' values for each row, (n,)."""
        return self.predict_each(values, [np.empty((len(values), 0))])[:, 0]

    def predict_each(self, steady: Floats, versions: Sequence[Floats]) -> Floats:
        """Return the sum for each row, for each version of its last columns.

        What depends on the first columns alone is computed once.

        Parameters
        ----------
        steady
            (n, q) the first columns of the rows.
        versions
            k of (n, p - q): the columns after them.

        Returns
        -------
        NDArray
            (n, k).

        """
        count = steady.shape[1]
        depends = self._depends_on_columns_from(count)
        out = np.empty((len(steady), len(versions)))
        for begin in range(0, len(steady), BLOCK):
            here = slice(begin, begin + BLOCK)
            first = self._coded(steady[here], 0)
            coded = [
                np.vstack([first, self._coded(version[here], count)])
                for version in versions
            ]
            total = np.full((len(versions), first.shape[1]), self.base)
            for tree in range(len(self)):
                self._add(tree, coded, depends, total)
            out[here] = total.T
        return out

    def _depends_on_columns_from(self, first: int) -> Bools:
        """Return at which nodes something at or below it reads such a column."""
        if first not in self._depends:
            depends = self.column >= first
            begin = np.repeat(self.start[:-1], np.diff(self.start))
            inner = np.flatnonzero(self.column != LEAF)[::-1].tolist()
            left, right = (begin + self.left).tolist(), (begin + self.right).tolist()
            for at in inner if depends.any() else ():
                depends[at] |= depends[left[at]] | depends[right[at]]
            self._depends[first] = depends
        return self._depends[first]

    @cached_property
    def _depends(self) -> dict[int, Bools]:
        return {}

    def _add(
        self, tree: int, versions: Sequence[Bytes], depends: Bools, total: Floats
    ) -> None:
        """Add a tree's value to each row of each version, (k, n)."""
        begin, end = int(self.start[tree]), int(self.start[tree + 1])
        leaves = [at for at in range(begin, end) if self.column[at] == LEAF]
        assert len(leaves) <= 256, "a leaf must fit a byte"
        value = self.value[np.array(leaves)]
        leaf: dict[int, Bytes | np.uint8] = {
            at - begin: np.uint8(number) for number, at in enumerate(leaves)
        }
        inner = [at for at in range(end - 1, begin - 1, -1) if self.column[at] != LEAF]
        once = [at for at in inner if not depends[at]]
        self._rise(once, begin, leaf, versions[0])
        if not depends[begin]:
            total += value[leaf[0]]
            return
        again = [at for at in inner if depends[at]]
        for number, codes in enumerate(versions):
            own = dict(leaf)
            self._rise(again, begin, own, codes)
            total[number] += value[own[0]]

    def _rise(
        self,
        nodes: Sequence[int],
        begin: int,
        leaf: dict[int, Bytes | np.uint8],
        codes: Bytes,
    ) -> None:
        """Note at each node, from the leaves up, into which leaf each row falls."""
        for at in nodes:
            chosen = -self._goes_left(at, codes).view(np.uint8)
            right, left = leaf[int(self.right[at])], leaf[int(self.left[at])]
            leaf[at - begin] = right ^ ((left ^ right) & chosen)

    # -- values as bytes --------------------------------------------------------------

    @cached_property
    def _limits(self) -> dict[int, Floats]:
        """The thresholds of each column of numbers, rising."""
        splits = (self.column != LEAF) & ~self.is_category
        limits = {
            int(column): np.unique(self.threshold[splits & (self.column == column)])
            for column in np.unique(self.column[splits])
        }
        assert all(len(limit) < MISSING for limit in limits.values())
        return limits

    @cached_property
    def _place(self) -> Bytes:
        """(m,) The place of a node's threshold among those of its column."""
        place = np.zeros(len(self.column), np.uint8)
        for column, limit in self._limits.items():
            here = (self.column == column) & ~self.is_category
            place[here] = np.searchsorted(limit, self.threshold[here])
        return place

    @cached_property
    def _side(self) -> Bools:
        """(m, 256) Whether a category goes left, by its code; the last: not known."""
        side = self.goes_left.copy()
        side[:, MISSING] = self.missing_left
        return side

    def _coded(self, values: Floats, first: int) -> Bytes:
        """Return columns as bytes, (p, n): a number by how many limits are below it.

        Comparing bytes is several times as fast, and as exact: a number is at most a
        threshold when no more limits are below it than below the threshold.
        """
        codes = np.zeros((values.shape[1], len(values)), np.uint8)
        categories = set(self.column[self.is_category].tolist())
        for at in range(values.shape[1]):
            column = values[:, at]
            if first + at in self._limits:
                codes[at] = np.searchsorted(self._limits[first + at], column)
            elif first + at in categories:
                codes[at] = np.where(np.isnan(column), MISSING, column)
            codes[at][np.isnan(column)] = MISSING
        return codes

    def _goes_left(
        self, node: int, codes: Bytes, rows: NDArray[np.intp] | slice = ALL_ROWS
    ) -> Bools:
        values = codes[int(self.column[node])][rows]
        if self.is_category[node]:
            side: Bools = self._side[node][values]
            return side
        place = self._place[node]
        if self.missing_left[node]:  # one more makes 0 of what is not known
            return np.asarray(values + np.uint8(1) <= place + np.uint8(1))
        return np.asarray(values <= place)

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
            pair = self._coded(values[here], 0), self._coded(usual[here], 0)
            for tree in range(len(self)):
                self._explain(tree, pair, out[here])
        return out

    def _explain(self, tree: int, pair: tuple[Bytes, Bytes], out: Floats) -> None:
        begin, end = int(self.start[tree]), int(self.start[tree + 1])
        ways: dict[int, _Way] = {0: _Way(np.arange(pair[0].shape[1]), {})}
        for at in range(begin, end):
            way = ways.pop(at - begin)
            column = int(self.column[at])
            if column == LEAF:
                _share_leaf(float(self.value[at]), way, out)
                continue
            ours = self._goes_left(at, pair[0], way.rows)
            theirs = self._goes_left(at, pair[1], way.rows)
            ways[int(self.left[at])] = way.step(column, ours, theirs)
            ways[int(self.right[at])] = way.step(column, ~ours, ~theirs)


@dataclass(frozen=True)
class _Way:
    """The rows that some mixture of their own and the usual values leads to a node."""

    rows: NDArray[np.intp]
    # by column on the way: whether the row's value passes, whether the usual one does
    passes: dict[int, tuple[Bools, Bools]]

    def step(self, column: int, ours: Bools, theirs: Bools) -> "_Way":
        """Return the way on to a child, for those of the rows that reach it."""
        if column in self.passes:
            before = self.passes[column]
            ours, theirs = before[0] & ours, before[1] & theirs
        on = np.flatnonzero(ours | theirs)
        passes = {
            other: (mine[on], usual[on])
            for other, (mine, usual) in self.passes.items()
            if other != column
        }
        return _Way(self.rows[on], {**passes, column: (ours[on], theirs[on])})


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


def _share_leaf(value: float, way: _Way, out: Floats) -> None:
    """Add a leaf's value to the columns that lead a row to it, or away from it."""
    differ = {
        column: mine
        for column, (mine, usual) in way.passes.items()
        if len(way.rows) and (mine != usual).any()
    }
    if not differ:
        return
    mine = np.stack([way.passes[column][0] for column in differ])
    usual = np.stack([way.passes[column][1] for column in differ])
    only_mine, only_usual = mine & ~usual, usual & ~mine
    for_row, for_usual = only_mine.sum(axis=0), only_usual.sum(axis=0)
    weights = value * _weights(len(differ))
    gain, loss = weights[for_row, for_usual], weights[for_usual, for_row]
    for place, column in enumerate(differ):
        out[way.rows, column] += gain * only_mine[place] - loss * only_usual[place]


@cache
def _weights(most: int) -> Floats:
    """Return the Shapley weight of one of ``a`` columns for, against ``b``."""
    table = np.zeros((most + 1, most + 1))
    for a in range(1, most + 1):
        for b in range(most + 1 - a):
            table[a, b] = factorial(a - 1) * factorial(b) / factorial(a + b)
    return table
