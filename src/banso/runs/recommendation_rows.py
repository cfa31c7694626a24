"""The rows of the result tables of recommendations, from what was found."""

import datetime as dt
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from banso.analytics.recommending.recommending import Learned, Recommended
from banso.analytics.recommending.staying import Stayed

RECOMMENDATION_ROWS = pa.schema(
    [
        ("customer_id", pa.string()),
        ("as_of", pa.date32()),
        ("rank", pa.int64()),
        ("kind", pa.string()),
        ("item", pa.string()),
        ("chance", pa.float64()),
        ("low", pa.float64()),
        ("high", pa.float64()),
        ("peers", pa.int64()),
        ("basis", pa.string()),
        ("reason", pa.string()),
        ("because", pa.string()),
    ]
)


@dataclass(frozen=True)
class RecommendedItem:
    """One row of the result table ``recommendation_items``: what may be recommended.

    Shares of customers that were looked at, up to the end of the last quarter.
    """

    kind: str  # feature | product | plan
    item: str
    users: int  # customers there that use it, or once did
    customers: int  # that were there
    chance: float | None  # that one without it takes it up within 90 days and keeps it
    low: float | None
    high: float | None
    n: int  # customers that had not used it
    takers: int  # of them, that took it up and kept it
    stayed_takers: float | None  # of those that took it up, stayed for 180 days
    stayed_takers_low: float | None
    stayed_takers_high: float | None
    stayed_takers_n: int
    stayed_others: float | None  # of those that had not taken it up
    stayed_others_low: float | None
    stayed_others_high: float | None
    stayed_others_n: int
    stayed_leavers: int  # of both together
    stayed_difference: float | None
    stayed_low: float | None
    stayed_high: float | None
    stayed_q: float | None  # over all items
    stayed_reason: str | None  # why the difference cannot be said


def item_rows(
    learned: Learned, stayed: Sequence[Stayed], used: tuple[NDArray[np.int64], int]
) -> Iterator[RecommendedItem]:
    """Yield a row for each item that may be recommended.

    Parameters
    ----------
    learned
        The items, and how many take them up.
    stayed
        Of the same items, in the same order.
    used
        How many use each of all items, and how many customers there are.

    """
    users, customers = used
    for place, mine in enumerate(stayed):
        item, usual = learned.items[mine.item], learned.similarity.popular[place]
        yield RecommendedItem(
            kind=item.kind,
            item=item.name,
            users=int(users[mine.item]),
            customers=customers,
            chance=usual.value,
            low=usual.low,
            high=usual.high,
            n=usual.n,
            takers=usual.events,
            stayed_takers=mine.takers.value,
            stayed_takers_low=mine.takers.low,
            stayed_takers_high=mine.takers.high,
            stayed_takers_n=mine.takers.n,
            stayed_others=mine.others.value,
            stayed_others_low=mine.others.low,
            stayed_others_high=mine.others.high,
            stayed_others_n=mine.others.n,
            stayed_leavers=mine.difference.events,
            stayed_difference=mine.difference.value,
            stayed_low=mine.difference.low,
            stayed_high=mine.difference.high,
            stayed_q=mine.q_value,
            stayed_reason=mine.difference.reason,
        )


@dataclass(frozen=True)
class Told:
    """Whose recommendations are told, and in which way they were made."""

    customer_ids: pa.Array  # of each row
    as_of: dt.date
    why_popular: str | None  # None: they are made for customers like this one


def recommendation_rows(found: Recommended, learned: Learned, told: Told) -> pa.Table:
    """Return the rows of ``recommendations``.

    ``because`` is JSON: up to three pairs of a kind of item (or a trait) and its name,
    which the customer has and which go with taking the item up, the strongest first.
    """
    kinds = np.array([item.kind for item in learned.items], dtype=object)
    names = np.array([item.name for item in learned.items], dtype=object)
    count = len(found)
    basis = "similar" if told.why_popular is None else "popular"
    return pa.table(
        {
            "customer_id": told.customer_ids,
            "as_of": pa.array([told.as_of] * count, pa.date32()),
            "rank": pa.array(found.rank),
            "kind": pa.array(kinds[found.item], pa.string()),
            "item": pa.array(names[found.item], pa.string()),
            "chance": pa.array(found.chance),
            "low": pa.array(found.low),
            "high": pa.array(found.high),
            "peers": pa.array(found.peers),
            "basis": pa.array([basis] * count, pa.string()),
            "reason": pa.array([told.why_popular] * count, pa.string()),
            "because": _because(found, learned),
        },
        schema=RECOMMENDATION_ROWS,
    )


def _because(found: Recommended, learned: Learned) -> pa.Array:
    """Return what speaks for each row, each different list written once."""
    lists, place = np.unique(found.because, axis=0, return_inverse=True)
    parts = learned.parts
    texts = [
        json.dumps([parts[column] for column in row if column >= 0], ensure_ascii=False)
        for row in lists.tolist()
    ]
    return pa.array(np.array(texts, dtype=object)[place.reshape(-1)], pa.string())
