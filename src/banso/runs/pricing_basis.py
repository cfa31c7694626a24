"""The customers of a release that pay in one currency, as arrays, read only once.

A release never changes, so every request of a process after the first one finds them.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

import ibis
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from banso.analytics.cohorts.months import last_full_month, month_of
from banso.analytics.simulators.pricing import UNITS
from banso.definitions.metrics import CountMetric, Metric, SumMetric
from banso.runs.forecasting import FORECAST_GRID
from banso.runs.gridding import METRIC_GRID
from banso.runs.reading import ReleaseReader
from banso.runs.release_cache import ReleaseCache

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
PERIOD: Final = 28  # days of a usage metric, and between its values
PERIODS: Final = 12
HORIZON: Final = 365  # days of the chance to leave
USAGE: Final = ("events_28", "days_active_28", "active_contacts_28")
BILLED: Final = "billed"  # outcomes as they are charged for


@dataclass
class PricingBasis:
    """Customers that pay today, by their id: arrays in one order."""

    ids: pa.Array  # (n,) texts, ascending
    names: pa.Array  # (n,)
    pays: NDArray[np.int64]  # (n,) a month, in `UNITS`
    seats: Floats  # (n,) NaN: not known
    products: pa.DictionaryArray  # (n,) names with commas between
    chance: Floats  # (n,) to leave within a year; NaN: not known
    _units: dict[str, Floats] = field(default_factory=dict)  # by metric

    def __len__(self) -> int:
        """Return how many customers there are."""
        return len(self.pays)

    @cached_property
    def modules(self) -> tuple[str, ...]:
        """The products; none when there are less than two."""
        names = {each for text in self.products.dictionary for each in _listed(text)}
        return tuple(sorted(names)) if len(names) > 1 else ()

    def has_module(self, module: str) -> Flags:
        """Return (n,) who has a product."""
        texts = [module in _listed(text) for text in self.products.dictionary]
        codes = self.products.indices.fill_null(len(texts))
        places = np.asarray(codes, dtype=np.int64)
        return np.append(np.array(texts, dtype=np.bool_), np.False_)[places]

    def places_of(self, customers: Sequence[str]) -> Flags:
        """Return (n,) who is among some customers."""
        found = pc.is_in(self.ids, value_set=pa.array(customers, pa.string()))
        return np.asarray(found, dtype=np.bool_)

    def units(self, reader: ReleaseReader, measure: str) -> Floats:
        """Return (n, m) how much of a metric, or of `BILLED`, each had by period.

        0 where a customer has no value; periods without any value are left out.
        """
        if measure not in self._units:
            billed = measure == BILLED
            rows = _billed(reader) if billed else _measured(reader, measure)
            self._units[measure] = self._table_of(rows)
        return self._units[measure]

    def _table_of(self, rows: pa.Table) -> Floats:
        """Return rows of ``customer_id``, ``period`` and ``value`` as an array."""
        place = pc.index_in(rows["customer_id"], self.ids)
        mine = rows.filter(pc.is_valid(place))
        periods = sorted(set(rows["period"].unique().to_pylist()))
        found = np.zeros((len(self), len(periods)))
        if not mine.num_rows:
            return found
        column = pc.index_in(mine["period"], pa.array(periods, mine["period"].type))
        np.add.at(
            found,
            (
                np.asarray(place.drop_null(), dtype=np.int64),
                np.asarray(column, dtype=np.int64),
            ),
            np.asarray(mine["value"].cast(pa.float64()), dtype=np.float64),
        )
        return found


_kept: Final = ReleaseCache[PricingBasis](4)  # releases and currencies


def pricing_basis(reader: ReleaseReader, currency: str) -> PricingBasis:
    """Return the customers of a release that pay in a currency."""
    return _kept.of(reader, lambda: _read(reader, currency), currency)


def usage_metrics(reader: ReleaseReader) -> tuple[str, ...]:
    """Return the metrics that count what was used within four weeks."""
    there = {each.key for each in reader.metrics}
    return tuple(key for key in USAGE if key in there)


def outcome_measures(reader: ReleaseReader) -> tuple[str, ...]:
    """Return what counts outcomes that could be charged: `BILLED`, and metrics.

    A metric counts when it counts or adds up rows of ``outcomes`` within four weeks.
    """
    metrics = [each.key for each in reader.metrics if _counts_outcomes(each)]
    return (BILLED, *metrics) if _has_billed(reader) else tuple(metrics)


def _counts_outcomes(metric: Metric) -> bool:
    return (
        isinstance(metric, CountMetric | SumMetric)
        and metric.table == "outcomes"
        and metric.window_days == PERIOD
    )


def _has_billed(reader: ReleaseReader) -> bool:
    return reader.has("charges") and _billed(reader, most=1).num_rows > 0


def _read(reader: ReleaseReader, currency: str) -> PricingBasis:
    now = reader.result("customer_now")
    assert now is not None, "a release has customers"
    paying = now.filter(now.status == "active", now.currency == currency, now.mrr > 0)
    columns = {
        "customer_id": paying.customer_id,
        "name": paying.name,
        "pays": (paying.mrr * UNITS).cast("int64"),
        "seats": paying.seats.cast("float64"),
        "products": paying.products,
    }
    rows = paying.select(**columns)
    forecast = reader.result(FORECAST_GRID)
    if forecast is not None:
        today = forecast.filter(forecast.as_of == ibis.literal(reader.release.as_of))
        ahead = today.select("customer_id", chance=today[f"churn_{HORIZON}"])
        rows = rows.left_join(ahead, "customer_id").drop("customer_id_right")
    else:
        rows = rows.mutate(chance=ibis.null("float64"))
    found = reader.arrow(rows.order_by("customer_id")).combine_chunks()
    products = found["products"].combine_chunks().dictionary_encode()
    return PricingBasis(
        ids=found["customer_id"].combine_chunks(),
        names=found["name"].combine_chunks(),
        pays=np.asarray(found["pays"], dtype=np.int64),
        seats=_floats(found["seats"]),
        products=products,
        chance=_floats(found["chance"]),
    )


def _measured(reader: ReleaseReader, metric: str) -> pa.Table:
    """Return the values of a metric on dates four weeks apart, the newest twelve."""
    grid = reader.result(METRIC_GRID)
    assert grid is not None, "a release has metrics"
    dates = _dates(reader)
    rows = grid.filter(grid.as_of.isin([ibis.literal(day) for day in dates]))
    rows = rows.select("customer_id", period=rows.as_of, value=rows[metric])
    return reader.arrow(rows.filter(rows.value.notnull()))


def _dates(reader: ReleaseReader) -> Sequence[dt.date]:
    last = reader.release.as_of
    days = {last - dt.timedelta(PERIOD * n) for n in range(PERIODS)}
    known = reader.dates
    dates = [day for day in known if day in days]
    if len(dates) < PERIODS:  # dates lie a week apart: take each fourth
        dates = sorted(known[::-1][: 4 * PERIODS : 4])
    return dates


def _billed(reader: ReleaseReader, *, most: int | None = None) -> pa.Table:
    """Return outcomes as they were billed in the twelve months that are over.

    A charge counts its quantity, or 1 when it says none.
    """
    charges = reader.all_facts("charges")
    month = month_of(charges.charged_on)
    last = last_full_month(reader.release.as_of)
    rows = charges.filter(
        charges.kind == "outcome", month > last - PERIODS, month <= last
    )
    rows = rows.select(
        "customer_id",
        period=month_of(rows.charged_on),
        value=rows.quantity.cast("float64").fill_null(1.0),
    )
    return reader.arrow(rows.limit(most) if most is not None else rows)


def _floats(column: pa.ChunkedArray) -> Floats:
    numbers = column.cast(pa.float64()).to_numpy(zero_copy_only=False)
    return np.asarray(numbers, dtype=np.float64)


def _listed(text: pa.StringScalar) -> list[str]:
    return [name for name in str(text.as_py() or "").split(", ") if name]
