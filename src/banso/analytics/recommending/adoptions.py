"""Which customer uses what, from when until when."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import ibis.expr.types as ir
import numpy as np
from numpy.typing import NDArray

from banso.kernel.zones import OffsetSpan

ItemKind = Literal["feature", "product", "plan"]


@dataclass(frozen=True)
class Item:
    """Something that a customer can take up."""

    kind: ItemKind
    name: str


@dataclass(frozen=True)
class Adoptions:
    """Uses of items by customers: ``m`` rows, as known on one day.

    Two rows of the same customer and item count as one.
    """

    items: tuple[Item, ...]
    customer: NDArray[np.int64]  # (m,) position in the profiles
    item: NDArray[np.int64]  # (m,) position in `items`
    first_day: NDArray[np.int32]  # (m,) days since 1970-01-01
    last_day: NDArray[np.int32]  # (m,) never later than as_of
    as_of: int


@dataclass(frozen=True)
class Trait:
    """A property that is set when a customer comes, such as its industry."""

    key: str
    codes: NDArray[np.int64]  # (c,) position in `levels`; -1: not known
    levels: tuple[str, ...]


@dataclass(frozen=True)
class Profiles:
    """The customers: ``c`` of them."""

    first_day: NDArray[np.int32]  # (c,) since when it is there
    left_on: NDArray[np.int32]  # (c,) NO_END while it is there
    traits: tuple[Trait, ...] = ()


def item_use(
    events: ir.Table, *, as_of: dt.date, offsets: Sequence[OffsetSpan]
) -> ir.Table:
    """Return since when and until when each customer used each feature.

    Parameters
    ----------
    events
        Live rows of the table ``events``, with ``known_at``.
    as_of
        The day; what happened, or became known, later is left out.
    offsets
        The company's zone over the days of `events`.

    Returns
    -------
    ir.Table
        One row per ``customer_id``, ``kind`` (feature) and ``item`` (the name of the
        event): ``first_day``, ``last_day`` (int32, days since 1970-01-01) and ``days``
        (int64, with at least one use), in the order of customer and item.

    """
    raise NotImplementedError


def contract_use(subscriptions: ir.Table, *, as_of: dt.date) -> ir.Table:
    """Return since when and until when each customer had each product and plan.

    Parameters
    ----------
    subscriptions
        Live rows, with ``known_at``.
    as_of
        The day; lines that start, or became known, later are left out.

    Returns
    -------
    ir.Table
        As `item_use`, with the kinds ``product`` and ``plan``; ``days`` counts the
        days under contract up to `as_of`.

    """
    raise NotImplementedError
