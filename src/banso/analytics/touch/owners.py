"""Who looks after a customer that has nobody: the person with the least load."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Flags = NDArray[np.bool_]
Whole = NDArray[np.int64]
NOBODY = -1


@dataclass(frozen=True)
class Shared:
    """What the customers take, and what may be asked of a person."""

    level: NDArray[np.int16]  # (n,) touch model of each customer
    hours: NDArray[np.float64]  # (n,) a month
    most: Sequence[int | None]  # customers of each touch model for one person


def by_load(
    owner: Whole,
    needs: Flags,
    candidates: Sequence[Sequence[int]],
    *,
    asked: Whole,
    shared: Shared,
) -> Whole:
    """Return an owner for each customer that needs one.

    Parameters
    ----------
    owner
        (n,) the person of each customer, by number; `NOBODY`. People are numbered in
        the order of their e-mails.
    needs
        (n,) who needs one.
    candidates
        People that may be proposed, for each rule; the last list is for the rest.
    asked
        (n,) which list of candidates is for a customer.
    shared
        What each customer takes.

    Returns
    -------
    Whole
        (n,) `owner`, and for those in need, in their order, the candidate with the
        fewest customers beyond the limit of the touch model, of these with the fewest
        hours, of these the first. `NOBODY` without candidates.

    Notes
    -----
    Source: docs/definitions/touch.md.

    """
    people = 1 + max((person for each in candidates for person in each), default=-1)
    people = max(people, int(owner.max(initial=NOBODY)) + 1)
    hours = np.zeros(people)
    count = np.zeros((len(shared.most), people), dtype=np.int64)
    has = (owner != NOBODY) & ~needs
    np.add.at(hours, owner[has], shared.hours[has])
    np.add.at(count, (shared.level[has], owner[has]), 1)
    found = owner.copy()
    lists = [np.array(sorted(each), dtype=np.int64) for each in candidates]
    for customer in np.flatnonzero(needs).tolist():
        mine, level = lists[asked[customer]], shared.level[customer]
        if not len(mine):
            found[customer] = NOBODY
            continue
        most = shared.most[level]
        over = 0 if most is None else np.maximum(count[level, mine] + 1 - most, 0)
        load = np.round(hours[mine], 6)
        person = mine[np.lexsort((mine, load, np.broadcast_to(over, mine.shape)))[0]]
        found[customer] = person
        hours[person] += shared.hours[customer]
        count[level, person] += 1
    return found
