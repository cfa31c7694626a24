"""Rows block by block, and their sums by customer."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

BLOCK = 8_192  # rows held at once: their columns should stay near the processor


@dataclass(frozen=True)
class Rows:
    """Consecutive rows of whole customers."""

    begin: int
    end: int
    starts: NDArray[np.intp]  # where each customer begins, within the block

    def sums(
        self, columns: NDArray[np.floating[Any]], factor: NDArray[np.floating[Any]]
    ) -> NDArray[Any]:
        """Return the sums of ``columns * factor[:, None]`` by customer, (c, p).

        A product with a sparse matrix: ten times as fast as `numpy.add.reduceat`.
        """
        from scipy.sparse import csr_array  # noqa: PLC0415 - slow to import

        count = self.end - self.begin
        shape = (len(self.starts), count)
        matrix = csr_array((factor, self._places, self._limits), shape=shape)
        sums: NDArray[Any] = matrix @ columns
        return sums

    @cached_property
    def _places(self) -> NDArray[np.intp]:
        return np.arange(self.end - self.begin)

    @cached_property
    def _limits(self) -> NDArray[np.intp]:
        limits: NDArray[np.intp] = np.r_[self.starts, self.end - self.begin]
        return limits


def blocks(customer: NDArray[np.int64]) -> list[Rows]:
    """Return blocks of rows, in the order of customers, that never divide one."""
    if len(customer) == 0:
        return []
    starts = np.flatnonzero(np.r_[True, customer[1:] != customer[:-1]])
    wanted = np.arange(0, len(customer), BLOCK)
    cuts = np.unique(starts[np.searchsorted(starts, wanted, side="right") - 1])
    ends = np.r_[cuts[1:], len(customer)]
    inside = np.split(starts, np.searchsorted(starts, cuts[1:]))
    return [
        Rows(int(cut), int(end), own - cut)
        for cut, end, own in zip(cuts, ends, inside, strict=True)
    ]
