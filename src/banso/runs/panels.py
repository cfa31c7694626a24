"""From the grids of a run to landmarks: the arrays that fits and judgements read."""

import datetime as dt
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, partial

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from ibis import _
from numpy.typing import NDArray

from banso.analytics.panel.health_points import health_points, point_keys
from banso.analytics.panel.landmarks import (
    BY_CHOICE,
    NO_END,
    Feature,
    Landmarks,
    joined,
)
from banso.analytics.panel.line_state import line_state, mrr_moves
from banso.analytics.panel.moves import Moves
from banso.analytics.panel.stay_arrays import Stays
from banso.analytics.panel.stays import FAR_DAY, customer_stays
from banso.definitions.catalog import Catalog
from banso.definitions.metrics import AttributeMetric, Metric
from banso.kernel.zones import day_number
from banso.runs.derived import Kitchen, Recipe
from banso.runs.gridding import Gridded, Slice
from banso.runs.panel_columns import (
    CONTRACT_FEATURES,
    TERMS,
    Columns,
    dated_metrics,
)
from banso.tables.registry import TABLES
from banso.warehouse.manifest import Part, content_digest

LINE_STATE = "line_state"
VERSION = 1  # of the rows made here: a change raises it
ROWS_TOGETHER = 300_000  # of several slices that are read by one query
MOST_ROWS = 2_500_000  # of a panel in memory; above, weeks are left out


@dataclass(frozen=True)
class People:
    """Everybody with an open contract line on some dates, in the order of the rows."""

    rows: pa.Table  # customer_id, as_of and, when asked for, `TERMS`
    landmarks: Landmarks  # of those whose stay is not known to end
    is_undecided: NDArray[np.bool_]  # which of the rows these are
    has_left_by_choice: NDArray[np.bool_]  # of the others: the end is churn

    @property
    def currency(self) -> NDArray[np.object_]:
        """What each undecided row pays in; "" where no line names one."""
        named = self.rows["line_currency"].filter(pa.array(self.is_undecided))
        return np.array(pc.fill_null(named, "").to_pylist(), dtype=object)

    def on(self, dates: Sequence[dt.date]) -> "People":
        """Return those of some of the dates."""
        days = np.asarray(self.rows["as_of"].cast(pa.int32()))
        mine = np.isin(days, [day_number(date) for date in dates])
        return People(
            rows=self.rows.filter(pa.array(mine)),
            landmarks=self.landmarks.rows(mine[self.is_undecided]),
            is_undecided=self.is_undecided[mine],
            has_left_by_choice=self.has_left_by_choice[mine],
        )


@dataclass
class Panels:
    """Everything that panels of one run are read from."""

    kitchen: Kitchen
    gridded: Gridded
    catalog: Catalog
    metrics: Sequence[Metric]
    as_of: dt.date
    levels: dict[str, tuple[str, ...]] = field(default_factory=dict)

    @cached_property
    def customer_ids(self) -> pa.Array:
        """Every customer that ever had a contract, by number.

        They are numbered by their first day, so that a new customer changes no number.
        """
        lines = self.kitchen.session.facts("subscriptions")
        first = lines.group_by("customer_id").aggregate(first=lines.started_on.min())
        first = first.order_by("first", "customer_id")
        return self.kitchen.session.to_arrow(first)["customer_id"].combine_chunks()

    def number_of(self, ids: pa.ChunkedArray) -> NDArray[np.int64]:
        """Return the numbers of customers; -1 for one without any contract."""
        found = pc.index_in(ids, self.customer_ids)
        return np.asarray(pc.fill_null(found, -1), dtype=np.int64)

    @cached_property
    def stays(self) -> Stays:
        """The stays of all customers, as known on the as-of date."""
        rules = self.catalog.forecast
        until = day_number(self.as_of)
        found = self.kitchen.session.to_arrow(
            customer_stays(
                self.kitchen.session.facts("subscriptions"),
                until=until,
                pause_days=rules.pause_days,
                end_words=rules.end_words,
            )
        )
        number = self.number_of(found["customer_id"])
        found = found.take(np.lexsort((found["starts"], number)))
        return Stays(
            customer=self.number_of(found["customer_id"]),
            starts=np.asarray(found["starts"], dtype=np.int32),
            ends=_no_end(found["ends"]),
            leaves_on=_no_end(found["leaves_on"]),
            end_kind=np.asarray(found["end_kind"], dtype=np.int8),
            until=until,
        )

    @cached_property
    def moves(self) -> Moves:
        """The days on which MRR rose or fell."""
        rows = mrr_moves(
            self.kitchen.session.facts("subscriptions"), until=day_number(self.as_of)
        )
        found = self.kitchen.session.to_arrow(rows)
        number = self.number_of(found["customer_id"])
        found = found.take(np.lexsort((found["day"], number)))
        return Moves(
            customer=np.sort(number),
            day=np.asarray(found["day"], dtype=np.int32),
            rose=np.asarray(found["rose"]),
            before=np.asarray(found["before"]),
            step=np.asarray(found["step"]),
            currency=np.array(found["currency"].to_pylist(), dtype=object),
        )

    @cached_property
    def profile(self) -> tuple[str, ...]:
        """The columns of customers that may be believed for the past, as categories."""
        there = self.kitchen.session.facts("customers").columns
        return tuple(name for name in self.catalog.profile_categories if name in there)

    @cached_property
    def unused(self) -> tuple[str, ...]:
        """The company's own columns of customers that nothing here may look at.

        They are in no profile, and no metric reads them.
        """
        there = self.kitchen.session.facts("customers").columns
        read = {m.column for m in self.metrics if isinstance(m, AttributeMetric)}
        known = {*TABLES["customers"].by_name, *self.catalog.forecast.profile, *read}
        return tuple(name for name in there if name not in known | {"known_at"})

    @cached_property
    def dated(self) -> Columns:
        """Everything that may be looked at for the past."""
        grid = self.kitchen.table(self.gridded.metric_parts[-1:])
        return Columns(
            metrics=dated_metrics(self.metrics, self.catalog, grid.columns),
            contract=CONTRACT_FEATURES,
            profile=self.profile,
        )

    @cached_property
    def usable(self) -> Columns:
        """What of it may enter a forecast."""
        excluded = self.catalog.forecast.exclude
        kept = [key for key in self.dated.metrics if key not in excluded]
        return replace(self.dated, metrics=tuple(kept))

    @cached_property
    def health(self) -> tuple[str, ...]:
        """The score, and the dimensions and elements that have points."""
        columns = self.kitchen.table(self.gridded.health_parts[-1:]).columns
        return point_keys(columns, self.catalog.health, without=self.barred)

    @cached_property
    def barred(self) -> tuple[str, ...]:
        """The metrics that must not be looked at: they have no history."""
        dated = set(self.dated.metrics)
        return tuple(m.key for m in self.metrics if m.key not in dated)

    @cached_property
    def watched(self) -> tuple[dt.date, ...]:
        """The as-of dates from which on leavings would have been written down.

        The last one before the first leaving is there: who left first left after it.
        """
        dates, since = self.gridded.dates, self.stays.watched_since()
        before = sum(day_number(date) < since for date in dates)
        return dates[max(before - 1, 0) :]

    @cached_property
    def every(self) -> int:
        """Of how many weeks one is read, so that a panel fits in memory."""
        return self.every_of(self.watched)

    def every_of(self, dates: Sequence[dt.date]) -> int:
        """Return of how many of these dates one is to be read of each customer."""
        wanted = set(dates)
        rows = sum(
            part.rows * len(wanted & set(slice_.dates)) / len(slice_.dates)
            for slice_, part in zip(
                self.gridded.slices, self.gridded.metric_parts, strict=True
            )
        )
        return max(1, math.ceil(rows / MOST_ROWS))

    def line_parts(self, slices: Sequence[Slice]) -> list[Part]:
        """Return the files with the state of the contract lines, one for each slice.

        What is missing is computed by one query for all of their dates.
        """
        recipes = [self._line_recipe(each) for each in slices]
        missing = [
            date
            for each, recipe in zip(slices, recipes, strict=True)
            if not self.kitchen.has(recipe)
            for date in each.dates
        ]
        states = self._line_states(missing) if missing else None

        def rows(each: Slice) -> pa.Table:
            assert states is not None, "a slice is found, or its dates are missing"
            dates = pa.array(each.dates, states["as_of"].type)
            return states.filter(pc.is_in(states["as_of"], dates))

        return [
            self.kitchen.table_part(recipe, partial(rows, each))
            for each, recipe in zip(slices, recipes, strict=True)
        ]

    def _line_states(self, dates: Sequence[dt.date]) -> pa.Table:
        session = self.kitchen.session
        fixed = self.catalog.forecast.renewal_is_fixed
        lines = session.facts("subscriptions")
        return session.to_arrow(line_state(lines, dates, renewal_is_fixed=fixed))

    def _line_recipe(self, dates: Slice) -> Recipe:
        facts = self.kitchen.session.manifest.facts
        return Recipe(
            name=LINE_STATE,
            slice=dates.name,
            inputs={
                "version": VERSION,
                "content": content_digest(facts["subscriptions"].parts),
                "dates": [date.isoformat() for date in dates.dates],
                "renewal_is_fixed": self.catalog.forecast.renewal_is_fixed,
            },
            order_by=("customer_id", "as_of"),
        )

    def landmarks(
        self, dates: Sequence[dt.date], columns: Columns, *, every: int = 1
    ) -> Landmarks:
        """Return who was there on some as-of dates, and what was known of them then.

        Parameters
        ----------
        dates
            As-of dates of the grids, ascending.
        columns
            The features.
        every
            Only every n-th week of each customer is there.

        """
        wanted = set(dates)
        chosen = [part for part in self.gridded.slices if wanted & set(part.dates)]
        return joined(
            [
                self._piece(slices, sorted(wanted), columns).thinned(every)
                for slices in self.batches(chosen, MOST_ROWS // 2)
            ]
        )

    def batches(
        self, slices: Sequence[Slice], most: int = ROWS_TOGETHER
    ) -> Iterator[Sequence[Slice]]:
        """Group slices so that their rows fit in memory."""
        rows_of = {
            slice_: part.rows
            for slice_, part in zip(
                self.gridded.slices, self.gridded.metric_parts, strict=True
            )
        }
        batch: list[Slice] = []
        rows = 0
        for each in slices:
            if batch and rows + rows_of[each] > most:
                yield batch
                batch, rows = [], 0
            batch.append(each)
            rows += rows_of[each]
        yield batch

    def people(self, dates: Slice, columns: Columns) -> People:
        """Return everybody with an open line on the dates of one slice."""
        return next(self.people_of([dates], columns))

    def people_of(self, slices: Sequence[Slice], columns: Columns) -> Iterator[People]:
        """Yield everybody with an open line on the dates of each slice, in their order.

        Slices are read together, as many as fit: with few customers, building the query
        takes far longer than running it.
        """
        for batch in self.batches(slices) if slices else ():
            dates = [date for each in batch for date in each.dates]
            together = self._people(batch, dates, columns, with_terms=True)
            for each in batch:
                yield together.on(each.dates) if len(batch) > 1 else together

    def _piece(
        self, slices: Sequence[Slice], dates: Sequence[dt.date], columns: Columns
    ) -> Landmarks:
        return self._people(slices, dates, columns).landmarks

    def _people(
        self,
        slices: Sequence[Slice],
        dates: Sequence[dt.date],
        columns: Columns,
        *,
        with_terms: bool = False,
    ) -> People:
        rows = self._rows(slices, dates, columns, with_terms=with_terms)
        found = self.kitchen.session.to_arrow(rows.order_by("customer_id", "as_of"))
        features = tuple(self._feature(key, columns) for key in columns.keys)
        days = np.asarray(found["as_of"].cast(pa.int32()), dtype=np.int32)
        customer = self.number_of(found["customer_id"])
        stay = self.stays.place_of(customer, days)
        values = [_values(found[feature.key], feature) for feature in features]
        place = np.maximum(stay, 0)
        everybody = Landmarks(
            features=features,
            values=np.column_stack(values) if values else np.empty((len(days), 0)),
            customer=customer,
            as_of=days,
            tenure_days=np.asarray(found["tenure_days"], dtype=np.int32),
            leaves_on=self.stays.leaves_on[place],
            end_kind=self.stays.end_kind[place],
            seen_until=self.stays.until,
            weight=np.ones(len(days)),
        )
        is_undecided = (stay >= 0) & (days < self.stays.leaves_on[place])
        return People(
            rows=found.select(["customer_id", "as_of", *(TERMS if with_terms else ())]),
            landmarks=everybody.rows(is_undecided),
            is_undecided=is_undecided,
            has_left_by_choice=np.isin(self.stays.end_kind[place], BY_CHOICE),
        )

    def rows(
        self,
        dates: Sequence[dt.date],
        columns: Columns,
        *,
        only: ir.Table | None = None,
    ) -> ir.Table:
        """Return the expression of everybody there on some dates, with features.

        `only` leaves those that it names: by ``customer_id``, ``as_of`` or both.
        """
        wanted = set(dates)
        chosen = [part for part in self.gridded.slices if wanted & set(part.dates)]
        return self._rows(chosen, dates, columns, with_terms=False, only=only)

    def health_rows(self, dates: Sequence[dt.date], wanted: Sequence[str]) -> ir.Table:
        """Return the expression of points on some dates (`health_points`)."""
        health = self.kitchen.table(
            self.gridded.parts_with(self.gridded.health_parts, dates)
        )
        return health_points(health, self.catalog.health, wanted=wanted)

    def _rows(
        self,
        slices: Sequence[Slice],
        dates: Sequence[dt.date],
        columns: Columns,
        *,
        with_terms: bool,
        only: ir.Table | None = None,
    ) -> ir.Table:
        """Return the rows of some dates, with all columns asked for."""
        key = ["customer_id", "as_of"]
        mine = [date for part in slices for date in part.dates if date in dates]

        def of(parts: Sequence[Part]) -> ir.Table:
            rows = self.kitchen.table(self.gridded.parts_with(parts, mine))
            rows = rows.filter(rows.as_of.isin([ibis.literal(date) for date in mine]))
            return rows if only is None else rows.semi_join(only, only.columns)

        rows = of(self.gridded.metric_parts)
        rows = rows.select(*key, "tenure_days", *columns.metrics)
        if columns.health:
            points = health_points(
                of(self.gridded.health_parts),
                self.catalog.health,
                wanted=columns.health,
            )
            rows = rows.left_join(points, key).drop("customer_id_right", "as_of_right")
        if columns.contract or with_terms:
            lines = self.kitchen.table(self.line_parts(slices))
            if only is not None:
                lines = lines.semi_join(only, only.columns)
            paid = {name: lines[column] for name, column in TERMS.items() if with_terms}
            lines = lines.select(*key, *columns.contract, **paid)
            rows = rows.left_join(lines, key).drop("customer_id_right", "as_of_right")
        if columns.profile:
            customers = self.kitchen.session.facts("customers")
            profile = customers.select(
                "customer_id",
                **{name: customers[name].cast("string") for name in columns.profile},
            )
            rows = rows.left_join(profile, "customer_id").drop("customer_id_right")
        return rows

    def _feature(self, key: str, columns: Columns) -> Feature:
        if key == "model":
            models = self.catalog.health
            return Feature(key, "category", tuple(model.key for model in models))
        texts = {*columns.profile, *columns.contract} - {"days_to_renewal"}
        if key not in texts:
            return Feature(key, "number")
        if key not in self.levels:
            self.levels[key] = self._levels(key, columns)
        return Feature(key, "category", self.levels[key])

    def _levels(self, key: str, columns: Columns) -> tuple[str, ...]:
        table = "customers" if key in columns.profile else "subscriptions"
        facts = self.kitchen.session.facts(table)
        values = facts.select(level=facts[key].cast("string")).distinct()
        values = values.filter(_.level.notnull()).order_by("level")
        return tuple(self.kitchen.session.to_arrow(values)["level"].to_pylist())


def _values(found: pa.ChunkedArray, feature: Feature) -> NDArray[np.float64]:
    """Return a column as numbers; a category by the place of its level."""
    if feature.kind == "category":
        found = pc.index_in(found, pa.array(feature.levels, pa.string()))
    return np.asarray(pc.fill_null(found.cast("float64"), np.nan), dtype=np.float64)


def _no_end(days: pa.ChunkedArray) -> NDArray[np.int32]:
    found = np.asarray(days, dtype=np.int64)
    return np.where(found >= FAR_DAY, NO_END, found).astype(np.int32)
