"""Landmarks: what was known of each customer on each as-of date, as arrays."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

NO_END = int(np.iinfo(np.int32).max)
CHURN, COMPLETED, REPLACED, NON_PAYMENT = range(4)
BY_CHOICE = (CHURN, REPLACED)  # the kinds of end that count as churn


@dataclass(frozen=True)
class Feature:
    """What one column of the values means."""

    key: str  # "days_active_28", "days_active_28@change_84", "size", "tenure_days"
    kind: Literal["number", "category"]
    levels: tuple[str, ...] = ()  # of a category: code 0 stands for levels[0]


@dataclass(frozen=True)
class Landmarks:
    """Customers on as-of dates: ``n`` rows in the order of customer and date.

    A row is a customer that was there on that date and had not given notice. Its
    values are dated on or before ``as_of``; only ``leaves_on`` and ``end_kind`` come
    from later, and they never beyond ``seen_until``.
    """

    features: tuple[Feature, ...]
    values: NDArray[np.float64]  # (n, p); NaN is undefined; categories are codes
    customer: NDArray[np.int64]  # (n,) a number for each customer: the cluster
    as_of: NDArray[np.int32]  # (n,) days since 1970-01-01
    tenure_days: NDArray[np.int32]  # (n,)
    leaves_on: NDArray[np.int32]  # (n,) later than as_of; NO_END when nothing is known
    end_kind: NDArray[np.int8]  # (n,) CHURN…; -1 without an end
    seen_until: int  # the last day on which an end would be known
    weight: NDArray[np.float64]  # (n,) rows that a row stands for, after thinning

    def __len__(self) -> int:
        """Return how many rows there are."""
        return len(self.customer)

    @property
    def keys(self) -> tuple[str, ...]:
        """The key of each feature, in the order of the columns."""
        return tuple(feature.key for feature in self.features)

    def column(self, key: str) -> NDArray[np.float64]:
        """Return the values of one feature; KeyError when there is none."""
        if key not in self.keys:
            raise KeyError(key)
        return self.values[:, self.keys.index(key)]

    def rows(self, mask: NDArray[np.bool_] | NDArray[np.intp]) -> "Landmarks":
        """Return the rows of a mask, or at positions."""
        return replace(
            self,
            values=self.values[mask],
            customer=self.customer[mask],
            as_of=self.as_of[mask],
            tenure_days=self.tenure_days[mask],
            leaves_on=self.leaves_on[mask],
            end_kind=self.end_kind[mask],
            weight=self.weight[mask],
        )

    def only(self, keys: Sequence[str]) -> "Landmarks":
        """Return the same rows with some of the features, in the order of `keys`."""
        places = [self.keys.index(key) for key in keys]
        return replace(
            self,
            features=tuple(self.features[place] for place in places),
            values=self.values[:, places],
        )

    def padded(self, keys: Sequence[str]) -> "Landmarks":
        """Return the same rows with these features; one that is not there is NaN."""
        features = tuple(
            self.features[self.keys.index(key)]
            if key in self.keys
            else Feature(key, "number")
            for key in keys
        )
        values = np.full((len(self), len(keys)), np.nan)
        for place, key in enumerate(keys):
            if key in self.keys:
                values[:, place] = self.column(key)
        return replace(self, features=features, values=values)

    def known_by(self, day: int) -> "Landmarks":
        """Return what was known on an earlier day: later rows and ends are gone."""
        assert day <= self.seen_until, "nobody knows the future"
        then = self.rows(self.as_of <= day)
        later = then.leaves_on > day
        return replace(
            then,
            leaves_on=np.where(later, NO_END, then.leaves_on).astype(np.int32),
            end_kind=np.where(later, -1, then.end_kind).astype(np.int8),
            seen_until=day,
        )

    def with_levels_in_use(self) -> "Landmarks":
        """Return the same rows, their categories without levels that no row has.

        So a fit on the past does not change when a new level turns up later.
        """
        features, values = list(self.features), self.values.copy()
        for place, feature in enumerate(self.features):
            if feature.kind != "category":
                continue
            codes = values[:, place]
            used = np.unique(codes[np.isfinite(codes)]).astype(int)
            values[:, place] = np.where(
                np.isfinite(codes), np.searchsorted(used, codes), np.nan
            )
            levels = tuple(feature.levels[code] for code in used)
            features[place] = replace(feature, levels=levels)
        return replace(self, features=tuple(features), values=values)

    def followed(self, days: int) -> NDArray[np.bool_]:
        """Return for which rows it is known what happened within `days`."""
        return self.as_of.astype(np.int64) + days <= self.seen_until

    def churned(self, days: int) -> NDArray[np.bool_]:
        """Return which rows left by choice within ``(as_of, as_of + days]``."""
        by_choice = np.isin(self.end_kind, BY_CHOICE)
        return by_choice & (self.leaves_on.astype(np.int64) <= self.as_of + days)

    def thinned(self, every: int) -> "Landmarks":
        """Return every n-th week of each customer, another week for each.

        What became of a customer plays no part, so that a panel of the past stays the
        same whatever happens later. The weights say how many rows each stands for.
        """
        if every == 1:
            return self
        kept = (self.customer + self.as_of // 7) % every == 0
        return replace(self, weight=self.weight * every).rows(kept)


def joined(pieces: Sequence[Landmarks]) -> Landmarks:
    """Return the rows of several panels with the same features, in order.

    Raises
    ------
    ValueError
        There is no piece, or their features differ.

    """
    if len({piece.features for piece in pieces}) != 1:
        raise ValueError("the pieces do not have the same features")
    first = pieces[0]
    together = Landmarks(
        features=first.features,
        values=np.concatenate([piece.values for piece in pieces]),
        customer=np.concatenate([piece.customer for piece in pieces]),
        as_of=np.concatenate([piece.as_of for piece in pieces]),
        tenure_days=np.concatenate([piece.tenure_days for piece in pieces]),
        leaves_on=np.concatenate([piece.leaves_on for piece in pieces]),
        end_kind=np.concatenate([piece.end_kind for piece in pieces]),
        seen_until=first.seen_until,
        weight=np.concatenate([piece.weight for piece in pieces]),
    )
    return together.rows(np.lexsort((together.as_of, together.customer)))
