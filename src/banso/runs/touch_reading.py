"""The touch models of a release as arrays, read only once in a process."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from banso.runs.reading import ReleaseReader, Row
from banso.runs.release_cache import ReleaseCache
from banso.runs.touching import TOUCH_NOW

Flags = NDArray[np.bool_]
Whole = NDArray[np.int64]


@dataclass(frozen=True)
class TouchSums:
    """What the customers of one touch model are together."""

    touch: str  # "": none
    customers: int
    value: float  # of those whose value is known, in a year
    valued: int  # customers whose value is known
    hours: float | None  # a month; null for customers without a touch model
    reached_28: int | None  # customers; null when contacts are not connected
    reached_90: int | None
    minutes_90: float | None  # written down; null when none were


@dataclass(frozen=True)
class OwnerLoad:
    """What one person looks after, today and as proposed."""

    owner: str  # "": nobody
    customers: int
    by_touch: Mapping[str, int]
    value: float
    hours: float
    customers_proposed: int
    hours_proposed: float


@dataclass(eq=False)
class TouchTable:
    """Customers under contract in the order in which care is given out."""

    rows: pa.Table  # the columns of ``touch_now``, then ``name``, ``score``, ``band``

    def __len__(self) -> int:
        """Return how many customers there are."""
        return int(self.rows.num_rows)

    def of_customers(self, customers: Sequence[str]) -> "TouchTable":
        """Return the rows of some customers."""
        wanted = pa.array(customers, pa.string())
        return TouchTable(
            self.rows.filter(pc.is_in(self.rows["customer_id"], value_set=wanted))
        )

    def text(self, name: str) -> NDArray[np.object_]:
        """Return a column of texts, "" for none."""
        return self._texts[name]

    @cached_property
    def changes_touch(self) -> Flags:
        """Whether another touch model is proposed."""
        return np.asarray(self.text("touch_now") != self.text("touch_proposed"))

    @cached_property
    def changes_owner(self) -> Flags:
        """Whether another owner is proposed."""
        now, then = self.text("owner_now"), self.text("owner_proposed")
        return np.asarray((now != then) & (then != ""))

    @cached_property
    def is_held_back(self) -> Flags:
        """Whether hours or places are lacking for what the rules call for."""
        return np.isin(self.text("basis"), ["hours", "places"])

    def some(self, places: Whole) -> list[Row]:
        """Return some customers as rows."""
        rows: list[Row] = self.rows.take(pa.array(places)).to_pylist()
        return rows

    def sums(self, *, proposed: bool = False) -> list[TouchSums]:
        """Return the sums of each touch model that any customer has."""
        name = "touch_proposed" if proposed else "touch_now"
        hours = "hours_proposed" if proposed else "hours_now"
        touch = self.text(name)
        return [self._sum(str(key), touch == key, hours) for key in np.unique(touch)]

    def _sum(self, touch: str, mine: Flags, hours: str) -> TouchSums:
        rows = self.rows.filter(pa.array(mine))
        contacted = rows["contacted_28"]
        is_told = contacted.null_count < len(contacted)
        return TouchSums(
            touch=touch,
            customers=rows.num_rows,
            value=float(pc.sum(rows["value"]).as_py() or 0.0),
            valued=rows.num_rows - rows["value"].null_count,
            hours=pc.sum(rows[hours]).as_py(),
            reached_28=int(pc.sum(contacted).as_py() or 0) if is_told else None,
            reached_90=int(pc.sum(rows["contacted_90"]).as_py() or 0)
            if is_told
            else None,
            minutes_90=pc.sum(rows["minutes_90"]).as_py(),
        )

    def loads(self) -> list[OwnerLoad]:
        """Return what everybody looks after, those without an owner last."""
        now, then = self.text("owner_now"), self.text("owner_proposed")
        owners = sorted({*now.tolist(), *then.tolist()}, key=lambda o: (not o, o))
        touch = self.text("touch_now")
        return [
            self._load(owner, now == owner, then == owner, touch) for owner in owners
        ]

    def _load(
        self, owner: str, mine: Flags, later: Flags, touch: NDArray[np.object_]
    ) -> OwnerLoad:
        keys, counts = np.unique(touch[mine], return_counts=True)
        return OwnerLoad(
            owner=owner,
            customers=int(mine.sum()),
            by_touch={str(k): int(n) for k, n in zip(keys, counts, strict=True)},
            value=self._total("value", mine),
            hours=self._total("hours_now", mine),
            customers_proposed=int(later.sum()),
            hours_proposed=self._total("hours_proposed", later),
        )

    def _total(self, name: str, mine: Flags) -> float:
        return float(pc.sum(self.rows[name].filter(pa.array(mine))).as_py() or 0.0)

    @cached_property
    def _texts(self) -> dict[str, NDArray[np.object_]]:
        names = (
            "customer_id", "touch_now", "touch_proposed", "basis", "owner_now",
            "owner_proposed",
        )  # fmt: skip
        return {
            name: np.array(self.rows[name].fill_null("").to_pylist(), dtype=object)
            for name in names
        }


_kept: Final = ReleaseCache[TouchTable](2)


def touch_table(
    reader: ReleaseReader, customers: Sequence[str] | None = None
) -> TouchTable:
    """Return the touch models of all customers (None) or of some."""
    every = _kept.of(reader, lambda: _read(reader))
    return every if customers is None else every.of_customers(customers)


def _read(reader: ReleaseReader) -> TouchTable:
    table, now = reader.result(TOUCH_NOW), reader.result("customer_now")
    assert table is not None, "asked only when the release has it"
    assert now is not None, "a release has customers"
    named = now.select("customer_id", "name", "score", "band")
    joined = table.left_join(named, "customer_id").drop("customer_id_right")
    ordered = joined.order_by("place", "customer_id")
    return TouchTable(reader.arrow(ordered).combine_chunks())
