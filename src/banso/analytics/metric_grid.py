"""Every metric for every customer and as-of date, from the roll-ups."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import ibis
import ibis.expr.types as ir
from ibis import _

from banso.analytics import spells
from banso.analytics.cells import Cell, by_key, cells_of
from banso.analytics.grid import (
    Edge,
    Grid,
    Part,
    buckets,
    highest,
    impulses,
    laid_out,
    newest_days,
    running,
    weeks_back,
    window_sum,
)
from banso.definitions.metrics import (
    AttributeMetric,
    ChangeMetric,
    DaysSinceLastMetric,
    EndedMetric,
    LastMetric,
    MeanMetric,
    Metric,
    RatioMetric,
    ShareMetric,
    WindowMetric,
)

# Columns of the grid that no metric may be named after.
RESERVED = ("customer_id", "as_of", "tenure_days")


@dataclass(frozen=True)
class Rollups:
    """The dated rows that a grid is computed from.

    ``contact_days`` by `Measure.source`, ``last_values`` and ``running_steps`` by the
    column of their measure (see `banso.analytics.rollups`). ``presence`` has
    ``customer_id``, ``day`` and ``step``: by how many contract lines more are open from
    that day on. ``late`` names the roll-ups with rows that became known after their
    day. ``customers`` are the attributes. ``known_from`` has, by roll-up, the day
    number of its first row: before that day nothing is known, which is not the same
    as 0.
    """

    contact_days: Mapping[str, ir.Table]
    last_values: Mapping[str, ir.Table]
    running_steps: Mapping[str, ir.Table]
    presence: ir.Table
    customers: ir.Table
    late: frozenset[str] = frozenset()
    known_from: Mapping[str, int] = field(default_factory=dict)


def metric_grid(rollups: Rollups, metrics: Sequence[Metric], grid: Grid) -> ir.Table:
    """Return the metrics of every customer that is there, at every as-of date.

    Parameters
    ----------
    rollups
        The dated rows of every table that `metrics` read. Rows dated after the grid
        are left out here.
    metrics
        The metrics that are switched on; those made of others may come in any order.
    grid
        The as-of dates, looking back as `weeks_needed` says.

    Returns
    -------
    ir.Table
        One row per ``customer_id`` and ``as_of`` (date) on which a contract line is
        open: ``tenure_days`` (int32, days since the first one, 0 on that day) and one
        float64 column per metric, null where the metric is undefined.

    Notes
    -----
    Source: docs/definitions. Checked in tests/analytics/test_metric_grid.py against a
    slow computation that looks at each customer and date alone.

    """
    cells = sorted(
        {cell for metric in metrics for cell in cells_of(metric, metrics)},
        key=lambda cell: cell.column,
    )
    parts = [
        *_bucket_parts(rollups, cells, grid),
        *_contact_parts(rollups, cells, grid),
        *_newest_parts(rollups, cells, grid),
        impulses(_edges(rollups, cells), grid=grid),
    ]
    weeks = laid_out(_customers(rollups), parts, grid=grid)
    sums = weeks.select(
        "customer_id",
        "position",
        "as_of",
        "as_of_day",
        "first_day",
        open_lines=running(weeks, "open_lines"),
        **{cell.column: _summed(weeks, cell, rollups, grid) for cell in cells},
    )
    there = sums.filter(sums.position >= 0, sums.open_lines > 0)
    there = there.mutate(tenure_days=(_.as_of_day - _.first_day).cast("int32"))
    return _projected(there, rollups, metrics)


def weeks_needed(metrics: Sequence[Metric]) -> tuple[int, ...]:
    """Return how many weeks before an as-of date a window begins or ends, ascending."""
    weeks = {0}
    for cell in (cell for metric in metrics for cell in cells_of(metric, metrics)):
        if cell.is_bucketed and cell.window is not None:
            weeks |= weeks_back(days=cell.window, offset=cell.offset)
        elif cell.style == "contacts" and cell.offset % 7 == 0:
            weeks.add(cell.offset // 7)
    return tuple(sorted(weeks))


# -- sums on the grid ---------------------------------------------------------------


def _customers(rollups: Rollups) -> ir.Table:
    """Return the customers that ever had a contract line, with the first day of it."""
    opened = rollups.presence.filter(_.step > 0)
    return opened.group_by("customer_id").aggregate(first_day=_.day.min())


def _bucket_parts(rollups: Rollups, cells: Sequence[Cell], grid: Grid) -> list[Part]:
    """Return, for each table, the weekly sums behind all its windows."""
    parts = []
    for table, rows in rollups.contact_days.items():
        wanted = [cell for cell in cells if cell.is_bucketed and cell.table == table]
        if not wanted:
            continue
        newest: dict[str, int] = {}
        for cell in wanted:
            assert cell.window is not None
            newest |= newest_days(cell.bucket, days=cell.window, offset=cell.offset)
        columns = sorted({cell.bucket for cell in wanted})
        recent = rows.filter(rows.day >= grid.start)
        days = spells.customer_days(recent, wanted)
        parts.append(buckets(days, columns, newest=newest, grid=grid))
    return parts


def _contact_parts(rollups: Rollups, cells: Sequence[Cell], grid: Grid) -> list[Part]:
    """Return, for each measure, how many contacts enter and leave each window."""
    groups: dict[tuple[str, str], list[Cell]] = {}
    for cell in cells:
        if cell.style == "contacts" and cell.window is not None:
            groups.setdefault((cell.table, cell.measure.column), []).append(cell)
    parts = []
    for (table, _measure), wanted in sorted(groups.items()):
        rows = rollups.contact_days[table]
        longest = max((cell.window or 0) + cell.offset for cell in wanted)
        rows = rows.filter(rows.day > grid.first - longest, rows.known_day <= grid.last)
        counted = [cell for cell in wanted if not _is_shifted(cell, rollups)]
        if table in rollups.late:
            edges = spells.late_contact_edges(rows, counted)
        else:
            edges = spells.contact_edges(rows, counted, ends=_cuts(wanted, grid))
        parts.append(impulses(edges, grid=grid))
    return parts


def _cuts(cells: Sequence[Cell], grid: Grid) -> Mapping[int, ir.IntegerScalar] | None:
    """Return the only days up to which `cells` look at contacts; None for many.

    Of a contact's days between two of these only the newest tells something. In a
    week there is hardly more than one: finding it would cost more than it saves.
    """
    if grid.is_weekly:
        return None
    offsets = sorted({0, *(cell.offset for cell in cells)}, reverse=True)
    return {-offset: grid.first - offset for offset in offsets}


def _edges(rollups: Rollups, cells: Sequence[Cell]) -> list[Edge]:
    """Return everything that is counted by its own beginning and end."""
    presence = rollups.presence
    open_lines = presence.step.cast("float64")
    edges = [Edge(presence, presence.day, {"open_lines": open_lines})]
    for cell in cells:
        if cell.style == "running":
            steps = rollups.running_steps[cell.measure.column]
            step = steps.step
            if cell.measure.of is None:
                step = step.cast("float64")  # whole numbers: exact, and faster
            edges.append(Edge(steps, steps.day, {cell.column: step}))
        elif cell.style in {"value", "has_value"}:
            values = rollups.last_values[cell.measure.column]
            edges += spells.value_edges(values, cell)
        elif cell.is_endless:
            edges += spells.endless_edges(rollups.contact_days[cell.table], cell)
        elif cell.is_bucketed and cell.table in rollups.late:
            edges += spells.late_edges(rollups.contact_days[cell.table], cell)
    return edges


def _summed(weeks: ir.Table, cell: Cell, rollups: Rollups, grid: Grid) -> ir.Value:
    if cell.style == "since":
        return highest(weeks, cell.column)
    if _is_shifted(cell, rollups):
        now = replace(cell, offset=0)
        return running(weeks, now.column, rows_ago=grid.rows_back(cell.offset // 7))
    if not cell.is_bucketed:
        return running(weeks, cell.column)
    assert cell.window is not None
    total = window_sum(
        weeks, cell.bucket, days=cell.window, offset=cell.offset, grid=grid
    )
    if cell.table in rollups.late:
        total = total + running(weeks, cell.column)
    return total


def _is_shifted(cell: Cell, rollups: Rollups) -> bool:
    """Return whether it is what the window of now was some whole weeks ago.

    Not when rows become known late: the window before counts what is known by now. The
    window of now is always there as well, for a change is made of both.
    """
    if cell.style != "contacts" or cell.table in rollups.late:
        return False
    return cell.offset > 0 and cell.offset % 7 == 0


def _newest_parts(rollups: Rollups, cells: Sequence[Cell], grid: Grid) -> list[Part]:
    """Return, for each measure, the newest day of each week on which it was not 0."""
    parts = []
    for cell in cells:
        if cell.style != "since":
            continue
        rows = rollups.contact_days[cell.table]
        rows = rows.filter(rows[cell.measure.column] > 0, rows.known_day <= grid.last)
        newest = rows.group_by(
            "customer_id", position=grid.position(rows.known_day)
        ).aggregate(**{cell.column: _.day.max()})
        parts.append(Part(newest, (cell.column,)))
    return parts


# -- from sums to metrics -----------------------------------------------------------


def _projected(
    cells: ir.Table, rollups: Rollups, metrics: Sequence[Metric]
) -> ir.Table:
    """Return the metrics as float64 columns, those made of others after these."""
    attributes = [metric for metric in metrics if isinstance(metric, AttributeMetric)]
    if attributes:
        cells = _with_attributes(cells, rollups.customers, attributes)
    simple = {
        metric.key: _known(cells, metric, _simple(cells, metric), rollups.known_from)
        for metric in metrics
        if not isinstance(metric, RatioMetric | ChangeMetric)
    }
    simple |= {
        metric.key: _change(cells, metric, metrics)
        for metric in metrics
        if isinstance(metric, ChangeMetric)
    }
    values = dict(simple)
    for metric in _in_order_of_need(metrics):
        values[metric.key] = values[metric.of] / values[metric.to].nullif(0)
    return cells.select(
        "customer_id",
        "as_of",
        "tenure_days",
        **{metric.key: values[metric.key].cast("float64") for metric in metrics},
    )


def _in_order_of_need(metrics: Sequence[Metric]) -> list[RatioMetric]:
    """Return the ratios so that each comes after those that it is made of."""
    ratios = [metric for metric in metrics if isinstance(metric, RatioMetric)]
    waiting = {metric.key for metric in ratios}
    ordered: list[RatioMetric] = []
    while waiting:
        ready = [
            metric
            for metric in ratios
            if metric.key in waiting and not {metric.of, metric.to} & waiting
        ]
        assert ready, "a cycle; `banso check` refuses it"
        ordered += ready
        waiting -= {metric.key for metric in ready}
    return ordered


def _known(
    cells: ir.Table,
    metric: Metric,
    value: ir.Value,
    known_from: Mapping[str, int],
) -> ir.Value:
    """Return a value that counts rows, undefined before its table has any."""
    if not isinstance(metric, WindowMetric):
        return value
    is_end = isinstance(metric, EndedMetric)
    since = known_from.get(f"{metric.table}.ended" if is_end else metric.table)
    if since is None:
        return value
    is_known = cells.as_of_day >= since
    return ibis.ifelse(is_known, value, ibis.null("float64"))


def _simple(cells: ir.Table, metric: Metric) -> ir.Value:
    columns = [cells[cell.column] for cell in cells_of(metric, ())]
    match metric:
        case MeanMetric() | ShareMetric():
            over, under = (column.cast("float64") for column in columns)
            return over / under.nullif(0)
        case DaysSinceLastMetric(of=None):
            return (cells.as_of_day - columns[0]).cast("float64")
        case DaysSinceLastMetric():
            day, has_day = (column.cast("float64") for column in columns)
            return ibis.ifelse(has_day > 0, cells.as_of_day - day, ibis.null())
        case LastMetric():
            value, has_value = columns
            return ibis.ifelse(has_value > 0, value.cast("float64"), ibis.null())
        case AttributeMetric():
            return cells[f"attribute_{metric.column}"]
        case _:
            return columns[0].cast("float64")


def _change(
    cells: ir.Table, metric: ChangeMetric, metrics: Sequence[Metric]
) -> ir.Value:
    base = by_key(metrics)[metric.of]
    (cell,) = cells_of(base, metrics)
    assert cell.window is not None
    # Before a table has rows, the window before is 0: the change is undefined anyway.
    now = cells[cell.column].cast("float64")
    before = cells[cell.before().column].cast("float64")
    there = cells.tenure_days >= 2 * cell.window - 1
    return ibis.ifelse(there, now / before.nullif(0) - 1, ibis.null("float64"))


def _with_attributes(
    cells: ir.Table, customers: ir.Table, metrics: Sequence[AttributeMetric]
) -> ir.Table:
    columns = sorted({metric.column for metric in metrics})
    values = customers.select(
        "customer_id",
        **{
            f"attribute_{column}": customers[column].try_cast("float64")
            if column in customers.columns
            else ibis.null("float64")
            for column in columns
        },
    )
    return cells.left_join(values, "customer_id").drop("customer_id_right")
