"""Counting pairs that are in order, in n log n steps instead of n²."""

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]


def lower_before(ranks: Ints, lengths: Ints, targets: Ints) -> tuple[Ints, Ints]:
    """Return how many of the first so many ranks lie below a target, and equal it.

    Parameters
    ----------
    ranks
        (m,) whole numbers, at least 0.
    lengths
        (q,) how many of the first ranks each question is about, 0..m.
    targets
        (q,) what they are compared with.

    Returns
    -------
    tuple[Ints, Ints]
        (q,) each: the number below, and the number equal.

    Notes
    -----
    The first so many are put together from blocks of 1, 2, 4, … ranks, by the binary
    digits of their number; each block is sorted, so that it is asked by bisection.

    """
    below = np.zeros(len(targets), dtype=np.int64)
    equal = np.zeros(len(targets), dtype=np.int64)
    if not len(ranks) or not len(targets):
        return below, equal
    width = int(max(ranks.max(), targets.max())) + 1
    # In the order of the targets neighbors ask neighboring places, which is quicker.
    order = np.argsort(targets, kind="stable")
    asked, wanted = lengths[order], targets[order]
    for digit in range(int(asked.max()).bit_length()):
        concerned = np.flatnonzero((asked >> digit) & 1)
        if not len(concerned):
            continue
        keys = np.sort((np.arange(len(ranks)) >> digit) * width + ranks)
        block = (asked[concerned] >> digit) - 1
        key = block * width + wanted[concerned]
        first = np.searchsorted(keys, key, side="left")
        below[order[concerned]] += first - (block << digit)
        equal[order[concerned]] += np.searchsorted(keys, key, side="right") - first
    return below, equal
