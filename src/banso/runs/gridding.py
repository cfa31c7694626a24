"""The second step of a run: metrics and health at every as-of date, slice by slice."""

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

import ibis
import ibis.expr.types as ir
from ibis import _

from banso.analytics.grid import Grid
from banso.analytics.health import attributes_used, health_grid, tables_of_metrics
from banso.analytics.metric_grid import Rollups, metric_grid, weeks_needed
from banso.definitions.catalog import Catalog
from banso.definitions.health import HealthModel
from banso.definitions.metrics import AttributeMetric, Metric
from banso.kernel.days import SUNDAY, month_of, quarter_of, weekly_as_of
from banso.kernel.digests import digest_of_value
from banso.kernel.errors import BansoError
from banso.kernel.progress import Progress
from banso.kernel.zones import day_number, day_of_number
from banso.runs.derived import Kitchen, Order, Recipe
from banso.runs.rolling import Rolled
from banso.warehouse.manifest import Part
from banso.warehouse.queries import Query

METRIC_GRID = "metric_grid"
HEALTH_GRID = "health_grid"
VERSION = 2  # of what is computed here and in analytics: a change raises it
CELLS_AT_ONCE = 4_000_000  # customers × weeks that are worked on together
VALUES_AT_ONCE = 40_000_000  # the same × metrics: what is sorted must fit in memory

_ORDER = ("customer_id", "as_of")
_HELD_ORDER = ("slice_no", *_ORDER)


class NobodyThere(BansoError):
    """Refuse an as-of date by which nobody was a customer yet."""

    code = "nobody_there"


@dataclass(frozen=True)
class Slice:
    """Some as-of dates whose results lie in one file.

    A quarter that is over has one file, and so has a month of the running quarter; the
    running month has one for each date, so that the next day costs one date.
    """

    name: str
    dates: tuple[dt.date, ...]


@dataclass(frozen=True)
class Gridded:
    """The result files of both grids."""

    slices: tuple[Slice, ...]
    metric_parts: tuple[Part, ...]  # one for each slice
    health_parts: tuple[Part, ...]  # likewise

    @property
    def dates(self) -> tuple[dt.date, ...]:
        """All as-of dates, ascending."""
        return tuple(date for part in self.slices for date in part.dates)

    def parts_with(
        self, parts: Sequence[Part], dates: Collection[dt.date]
    ) -> tuple[Part, ...]:
        """Return those of `parts` that hold any of `dates`."""
        return tuple(
            part
            for each, part in zip(self.slices, parts, strict=True)
            if not set(dates).isdisjoint(each.dates)
        )


def slices_of(dates: Sequence[dt.date]) -> tuple[Slice, ...]:
    """Return how the results of these ascending dates are divided into files."""
    by_name: dict[str, list[dt.date]] = {}
    for date in dates:
        by_name.setdefault(_slice_name(date, now=dates[-1]), []).append(date)
    return tuple(Slice(name, tuple(days)) for name, days in by_name.items())


def _slice_name(date: dt.date, *, now: dt.date) -> str:
    if quarter_of(date) != quarter_of(now):
        return quarter_of(date)
    return month_of(date) if month_of(date) != month_of(now) else date.isoformat()


def _first_day(rolled: Rolled, kitchen: Kitchen) -> dt.date | None:
    """Return the first day on which anybody was a customer; None when nobody was."""
    session = kitchen.session
    found = session.to_arrow(session.query(_opened_first, rolled.rollups.presence))
    first = found["day"][0].as_py()
    return None if first is None else day_of_number(first)


def _opened_first(presence: ir.Table) -> ir.Table:
    return presence.filter(_.step > 0).aggregate(day=_.day.min())


def grid_metrics_and_health(
    kitchen: Kitchen,
    rolled: Rolled,
    catalog: Catalog,
    metrics: Sequence[Metric],
    *,
    as_of: dt.date,
    progress: Progress,
) -> Gridded:
    """Return metrics and health of all as-of dates up to `as_of`, made or found.

    Parameters
    ----------
    kitchen
        Of the run's session.
    rolled
        The roll-ups.
    catalog, metrics
        The definitions, and the metrics among them that are switched on.
    as_of
        The last date; weekly dates before it, from the first customer on.
    progress
        Told as steps ``metrics`` and ``health``.

    Raises
    ------
    NobodyThere
        The first customer comes later, or never.

    """
    first = _first_day(rolled, kitchen)
    dates = () if first is None else weekly_as_of(first, as_of)
    if not dates:
        raise NobodyThere(
            f"Nobody was a customer by {as_of}.",
            hint=f"The first contract or trace is of {first}."
            if first
            else "It is not known from when on: load `subscriptions` with the day on "
            "which each contract started (and ended), or `events`.",
            as_of=as_of,
            first=first,
        )
    slices = slices_of(dates)
    metric_recipes = _metric_recipes(slices, rolled, metrics, kitchen)
    metric_parts = _metric_parts(
        kitchen, metric_recipes, rolled, metrics, progress=progress
    )
    health_parts = _health_parts(
        kitchen, metric_parts, rolled, catalog, metrics, progress=progress
    )
    return Gridded(slices, tuple(metric_parts.values()), tuple(health_parts))


# -- metrics --------------------------------------------------------------------------


def _metric_recipes(
    slices: Sequence[Slice],
    rolled: Rolled,
    metrics: Sequence[Metric],
    kitchen: Kitchen,
) -> Mapping[Slice, Recipe]:
    columns = {m.column for m in metrics if isinstance(m, AttributeMetric)}
    attributes = _attribute_digest(kitchen, sorted(columns))
    # A label may change without anything being computed again.
    meaning = [
        metric.model_dump(mode="json", exclude={"label", "about"}) for metric in metrics
    ]
    return {
        part: Recipe(
            name=METRIC_GRID,
            slice=part.name,
            inputs={
                "version": VERSION,
                "dates": [date.isoformat() for date in part.dates],
                "metrics": meaning,
                "rows": rolled.digest_up_to(part.dates[-1]),
                "attributes": attributes,
            },
            order_by=_ORDER,
        )
        for part in slices
    }


def _metric_parts(
    kitchen: Kitchen,
    recipes: Mapping[Slice, Recipe],
    rolled: Rolled,
    metrics: Sequence[Metric],
    *,
    progress: Progress,
) -> dict[Slice, Part]:
    missing = [part for part, recipe in recipes.items() if not kitchen.has(recipe)]
    done = len(recipes) - len(missing)
    for batch in _batches(missing):
        progress("metrics", done, len(recipes))
        several = _computed(kitchen, rolled.rollups, metrics, batch)
        _write_slices(kitchen, several, {part: recipes[part] for part in batch})
        done += len(batch)
    progress("metrics", len(recipes), len(recipes))
    return {part: kitchen.part(recipe, _never) for part, recipe in recipes.items()}


def _write_slices(
    kitchen: Kitchen, several: Iterable[Query], recipes: Mapping[Slice, Recipe]
) -> None:
    """Compute the rows of all slices together, and write each slice's own.

    `several` are groups of customers in ascending order, so that what is held lies in
    the order of the files, and no slice has to be sorted by itself.
    """
    with kitchen.session.held(several, order_by=_HELD_ORDER) as cells:
        orders = [
            Order(recipe, partial(_rows_of, cells, number), is_ordered=True)
            for number, recipe in enumerate(recipes.values())
        ]
        for _part in kitchen.parts(orders):
            pass


def _rows_of(cells: ir.Table, slice_no: int) -> ir.Table:
    return cells.filter(cells.slice_no == slice_no).drop("slice_no")


def _numbered(rows: ir.Table, ends: Sequence[ir.DateScalar]) -> ir.Table:
    """Add ``slice_no``, by the last date of each slice, ascending."""
    cases = [
        (rows.as_of <= end, ibis.literal(number, "int16"))
        for number, end in enumerate(ends)
    ]
    return rows.mutate(slice_no=ibis.cases(*cases, else_=ibis.null("int16")))


def _ends(kitchen: Kitchen, slices: Sequence[Slice]) -> tuple[ir.DateScalar, ...]:
    return tuple(
        kitchen.session.scalar(f"slice__{number}", part.dates[-1])
        for number, part in enumerate(slices)
    )


def _never() -> ir.Table:
    raise AssertionError("every slice was made before")


def _batches(missing: Sequence[Slice]) -> Iterator[list[Slice]]:
    """Group slices into grids: runs of whole weeks, and the odd last date alone."""
    weekly = [part for part in missing if part.dates[-1].weekday() == SUNDAY]
    odd = [part for part in missing if part.dates[-1].weekday() != SUNDAY]
    batch: list[Slice] = []
    for part in weekly:
        if batch and (part.dates[0] - batch[-1].dates[-1]).days != 7:
            yield batch
            batch = []
        batch.append(part)
    if batch:
        yield batch
    for part in odd:
        assert len(part.dates) == 1, "only the last as-of date is no Sunday"
        yield [part]


def _computed(
    kitchen: Kitchen,
    rollups: Rollups,
    metrics: Sequence[Metric],
    batch: Sequence[Slice],
) -> Iterator[Query]:
    """Yield the metrics of a batch, for some customers at a time, in their order."""
    session = kitchen.session
    first = session.scalar("grid__first", day_number(batch[0].dates[0]))
    count = sum(len(part.dates) for part in batch)
    grid = Grid(first, count, weeks_needed(metrics))
    ends = _ends(kitchen, batch)
    at_once = max(1, _cells_at_once(metrics) // len(grid.positions))
    for between in _groups_of_customers(kitchen, rollups, at_once):
        yield session.query(_metric_cells, rollups, metrics, grid, ends, between)


def _metric_cells(
    rollups: Rollups,
    metrics: Sequence[Metric],
    grid: Grid,
    ends: Sequence[ir.DateScalar],
    between: tuple[ir.StringScalar, ir.StringScalar] | None,
) -> ir.Table:
    if between is not None:
        rollups = _only(rollups, between)
    return _numbered(metric_grid(rollups, metrics, grid), ends)


def _groups_of_customers(
    kitchen: Kitchen, rollups: Rollups, at_once: int
) -> Iterator[tuple[ir.StringScalar, ir.StringScalar] | None]:
    """Yield from which id to which customers are worked on; None for all of them."""
    session = kitchen.session
    ids = session.to_arrow(session.query(_ids, rollups.presence))["customer_id"]
    if len(ids) <= at_once:
        yield None
        return
    for start in range(0, len(ids), at_once):
        group = ids.slice(start, at_once)
        yield (
            session.scalar("grid__lowest", group[0].as_py()),
            session.scalar("grid__highest", group[-1].as_py()),
        )


def _cells_at_once(metrics: Sequence[Metric]) -> int:
    return min(CELLS_AT_ONCE, VALUES_AT_ONCE // max(len(metrics), 1))


def _ids(presence: ir.Table) -> ir.Table:
    return presence.select("customer_id").distinct().order_by("customer_id")


def _only(
    rollups: Rollups, between: tuple[ir.StringScalar, ir.StringScalar]
) -> Rollups:
    """Return the roll-ups of the customers from one id to another."""
    low, high = between

    def some(rows: ir.Table) -> ir.Table:
        return rows.filter(rows.customer_id.between(low, high))

    return replace(
        rollups,
        contact_days={k: some(rows) for k, rows in rollups.contact_days.items()},
        last_values={k: some(rows) for k, rows in rollups.last_values.items()},
        running_steps={k: some(rows) for k, rows in rollups.running_steps.items()},
        presence=some(rollups.presence),
    )


def _attribute_digest(kitchen: Kitchen, columns: Sequence[str]) -> str:
    """Return a digest of some attributes of all customers; of nothing for none."""
    if not columns:
        return ""
    customers = kitchen.session.facts("customers")
    present = [column for column in columns if column in customers.columns]
    rows = customers.select("customer_id", *present).order_by("customer_id")
    return digest_of_value(
        kitchen.session.to_arrow(
            rows.cast(dict.fromkeys(present, "string"))
        ).to_pydict()
    )


# -- health ---------------------------------------------------------------------------


def _health_parts(
    kitchen: Kitchen,
    metric_parts: Mapping[Slice, Part],
    rolled: Rolled,
    catalog: Catalog,
    metrics: Sequence[Metric],
    *,
    progress: Progress,
) -> list[Part]:
    tables = sorted(
        {t for needed in tables_of_metrics(metrics).values() for t in needed}
    )
    meaning = {
        "version": VERSION,
        "health": [model.model_dump(mode="json") for model in catalog.health],
        "on": sorted(metric.key for metric in metrics),
        "attributes": _attribute_digest(kitchen, attributes_used(catalog.health)),
    }
    ages = {
        part: [_ages(rolled, tables, date) for date in part.dates]
        for part in metric_parts
    }
    recipes = {
        part: Recipe(
            name=HEALTH_GRID,
            slice=part.name,
            inputs={
                **meaning,
                "metrics": metric_part.sha256,
                "ages": _plain(ages[part]),
            },
            order_by=_ORDER,
        )
        for part, metric_part in metric_parts.items()
    }
    missing = [part for part, recipe in recipes.items() if not kitchen.has(recipe)]
    done = len(recipes) - len(missing)
    for batch in _groups(missing, metric_parts, _cells_at_once(metrics)):
        progress("health", done, len(recipes))
        together = kitchen.session.query(
            _health_cells,
            kitchen.session.named_parts(
                "health__metrics", [metric_parts[part] for part in batch]
            ),
            kitchen.session.facts("customers"),
            _freshness(kitchen, [age for part in batch for age in ages[part]], tables),
            catalog.health,
            metrics,
            _ends(kitchen, batch),
        )
        _write_slices(kitchen, [together], {part: recipes[part] for part in batch})
        done += len(batch)
    progress("health", len(recipes), len(recipes))
    return [kitchen.part(recipe, _never) for recipe in recipes.values()]


def _health_cells(
    metric_grid: ir.Table,
    customers: ir.Table,
    freshness: ir.Table,
    models: Sequence[HealthModel],
    metrics: Sequence[Metric],
    ends: Sequence[ir.DateScalar],
) -> ir.Table:
    rows = health_grid(
        metric_grid, customers, freshness, models=models, metrics=metrics
    )
    return _numbered(rows, ends)


def _groups(
    missing: Sequence[Slice], metric_parts: Mapping[Slice, Part], at_once: int
) -> Iterator[list[Slice]]:
    """Group slices so that their rows can be worked on together."""
    group: list[Slice] = []
    rows = 0
    for part in missing:
        if group and rows + metric_parts[part].rows > at_once:
            yield group
            group, rows = [], 0
        group.append(part)
        rows += metric_parts[part].rows
    if group:
        yield group


def _ages(rolled: Rolled, tables: Sequence[str], date: dt.date) -> dict[str, object]:
    """Return how many days old the newest row of each table was on a date."""
    ages: dict[str, object] = {"as_of": date}
    for table in tables:
        history = rolled.days_of.get(table)
        newest = None if history is None else history.newest(date)
        ages[f"age_{table}"] = None if newest is None else day_number(date) - newest
    return ages


def _freshness(
    kitchen: Kitchen, ages: Sequence[dict[str, object]], tables: Sequence[str]
) -> ir.Table:
    types = {"as_of": "date", **{f"age_{table}": "int32" for table in tables}}
    rows = [[age[column] for column in types] for age in ages]
    return kitchen.session.named_rows("health__freshness", rows, types)


def _plain(ages: Sequence[dict[str, object]]) -> list[dict[str, str]]:
    return [{name: str(value) for name, value in row.items()} for row in ages]
