"""The renewals of a release as arrays, read only once in a process."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from banso.analytics.cohorts.months import month_of
from banso.analytics.revenue.landing import Landing, Outlook, landing
from banso.runs.foretelling import FORETOLD
from banso.runs.reading import ReleaseReader, Row
from banso.runs.release_cache import ReleaseCache

Flags = NDArray[np.bool_]
Floats = NDArray[np.float64]
Whole = NDArray[np.int64]
_TEXTS: Final = ("customer_id", "owner", "touch", "currency")


@dataclass(eq=False)
class RenewalTable:
    """Renewals in the order of due day, customer and contract: (n,) arrays."""

    rows: (
        pa.Table
    )  # the columns of the result, ``name``, ``owner``, ``touch``, ``month``
    _landings: dict[Hashable, Landing] = field(default_factory=dict)

    def __len__(self) -> int:
        """Return how many renewals there are."""
        return int(self.rows.num_rows)

    def of_customers(self, customers: Sequence[str]) -> "RenewalTable":
        """Return the renewals of some customers."""
        wanted = pa.array(customers, pa.string())
        return RenewalTable(
            self.rows.filter(pc.is_in(self.rows["customer_id"], value_set=wanted))
        )

    def values(self, name: str) -> tuple[str, ...]:
        """Return the different texts of a column, "" for none."""
        return self._coded[name][1]

    def is_in(self, name: str, value: str) -> Flags:
        """Return whose text in a column is a value, "" for none."""
        codes, texts = self._coded[name]
        place = texts.index(value) if value in texts else -1
        return np.asarray(codes == place, dtype=np.bool_)

    @cached_property
    def month(self) -> Whole:
        """The month in which each is due, as `month_number` counts."""
        return np.asarray(self.rows["month"], dtype=np.int64)

    @cached_property
    def is_past(self) -> Flags:
        """Whether the month was over."""
        return self._flags("is_past")

    @cached_property
    def is_noticed(self) -> Flags:
        """Whether notice was given."""
        return self._flags("noticed")

    @cached_property
    def renewed(self) -> Flags:
        """Whether it renewed, of those that are past."""
        return self._flags("renewed")

    @cached_property
    def is_agreed_end(self) -> Flags:
        """Whether it was done on its due day as agreed, of those that are past."""
        if "agreed_end" not in self.rows.column_names:  # a release of an older Banso
            return np.zeros(len(self), dtype=np.bool_)
        return self._flags("agreed_end")

    @cached_property
    def mrr(self) -> Floats:
        """What is due, per month."""
        return self._floats("mrr")

    @cached_property
    def mrr_renewed(self) -> Floats:
        """What renewed of what was due, never more than it; 0 when it did not."""
        after = np.nan_to_num(self._floats("mrr_after"))
        return np.where(self.renewed, np.minimum(self.mrr, after), 0.0)

    @cached_property
    def has_chance(self) -> Flags:
        """Whether there is a forecast."""
        return np.asarray(~np.isnan(self._floats("p_leave")), dtype=np.bool_)

    def landing(self, places: Whole, *, seed: int, key: Hashable = None) -> Landing:
        """Return what is expected of some renewals that have a chance.

        Parameters
        ----------
        places
            Which ones.
        seed
            Of the draws.
        key
            Under which it is kept, so that it is worked out once; null: it is not.

        """
        if key is not None and key in self._landings:
            return self._landings[key]
        known = places[self.has_chance[places]]
        found = landing(
            Outlook(
                customer=self._coded["customer_id"][0][known],
                mrr=self.mrr[known],
                p=self._floats("p_leave")[known],
                low=self._floats("low")[known],
                high=self._floats("high")[known],
            ),
            seed=seed,
        )
        if key is not None:
            self._landings[key] = found
        return found

    def some(self, places: Whole) -> list[Row]:
        """Return some renewals as rows."""
        rows: list[Row] = self.rows.take(pa.array(places)).to_pylist()
        return rows

    @cached_property
    def _coded(self) -> dict[str, tuple[Whole, tuple[str, ...]]]:
        found = {}
        for name in _TEXTS:
            column = self.rows[name].fill_null("").combine_chunks().dictionary_encode()
            codes = np.asarray(column.indices, dtype=np.int64)
            found[name] = codes, tuple(column.dictionary.to_pylist())
        return found

    @cached_property
    def _numbers(self) -> dict[str, Floats]:
        return {}

    def _floats(self, name: str) -> Floats:
        if name not in self._numbers:
            column = self.rows[name].cast(pa.float64())
            numbers = column.to_numpy(zero_copy_only=False)
            self._numbers[name] = np.asarray(numbers, dtype=np.float64)
        return self._numbers[name]

    def _flags(self, name: str) -> Flags:
        return np.asarray(
            self.rows[name].cast(pa.bool_()).fill_null(False),  # noqa: FBT003
            dtype=np.bool_,
        )


_kept: Final = ReleaseCache[RenewalTable](2)


def renewal_table(
    reader: ReleaseReader, customers: Sequence[str] | None = None
) -> RenewalTable:
    """Return the renewals of all customers (None) or of some."""
    every = _kept.of(reader, lambda: _read(reader))
    return every if customers is None else every.of_customers(customers)


def _read(reader: ReleaseReader) -> RenewalTable:
    table, now = reader.result(FORETOLD), reader.result("customer_now")
    assert table is not None, "asked only when the release has it"
    assert now is not None, "a release has customers"
    named = now.select("customer_id", "name", "owner", "touch")
    joined = table.left_join(named, "customer_id").drop("customer_id_right")
    joined = joined.mutate(month=month_of(joined.due_on))
    ordered = joined.order_by("due_on", "customer_id", "subscription_id")
    return RenewalTable(reader.arrow(ordered).combine_chunks())
