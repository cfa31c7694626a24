"""The grid of customers and weekly as-of dates, and the two ways to count on it.

*Buckets*: the rows of the seven days that end on an as-of date are summed up once; a
window is a sum of neighboring buckets. One pass over the rows serves all windows.

*Impulses*: what is there on the days ``[enter, leave)`` adds its weight on the first
date not before `enter` and takes it away on the first not before `leave`; a number is
the running sum. It serves whatever has an end of its own: contracts, the last value
until the next, a contact until its next day.
"""

import datetime as dt
import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce

import ibis
import ibis.expr.operations as ops
import ibis.expr.types as ir
from ibis import _

from banso.kernel.zones import EPOCH, day_number


@dataclass(frozen=True)
class Grid:
    """As-of dates a week apart, and the weeks before them that windows look back to.

    A date has a *position*: 0 for the first, negative for the weeks before. Several
    dates have a row for every week; a single one has rows only for the weeks in which
    a window begins or ends, and each stands for all weeks since the row before.

    The first date may be a scalar that gets its value later, so that one expression
    serves every date.
    """

    first: ir.IntegerScalar  # the day number of the first date (int32)
    count: int = 1  # as-of dates
    back: tuple[int, ...] = ()  # weeks before a date with an edge of a window

    @classmethod
    def of(cls, dates: Sequence[dt.date], *, back: Sequence[int] = ()) -> "Grid":
        """Return the grid of some dates, at least one, ascending and a week apart."""
        pairs = itertools.pairwise(dates)
        assert all((later - earlier).days == 7 for earlier, later in pairs)
        first = ibis.literal(day_number(dates[0]), "int32")
        return cls(first, len(dates), tuple(back))

    @property
    def reach(self) -> int:
        """How many weeks before the first date are looked at."""
        return max(self.back, default=0)

    @property
    def positions(self) -> tuple[int, ...]:
        """The positions that have a row, ascending."""
        if self.is_weekly:
            return tuple(range(-self.reach, self.count))
        return tuple(sorted({0, *(-weeks for weeks in self.back)}))

    @property
    def is_weekly(self) -> bool:
        """Whether every week has a row."""
        return self.count > 1

    @property
    def last(self) -> ir.IntegerScalar:
        """The day number of the last date."""
        return self.first + 7 * (self.count - 1)

    @property
    def start(self) -> ir.IntegerScalar:
        """The day number of the first day of the first week looked at."""
        return self.first - (7 * self.reach + 6)

    def rows_back(self, weeks: int) -> int:
        """Return how many rows before a date the week lies that was `weeks` ago."""
        if self.is_weekly:
            return weeks
        return self.positions.index(0) - self.positions.index(-weeks)

    def position(self, day: ir.IntegerValue) -> ir.IntegerValue:
        """Return the position of the first row whose date is not before `day`.

        Days before the weeks looked at fall on the first of these. Only for days up to
        the last date: callers drop the later ones.
        """
        if self.is_weekly:
            place = (day - self.first + 6) // 7
            return ibis.greatest(place, -self.reach).cast("int32")
        ends = {place: self.first + 7 * place for place in self.positions}
        return stretch(day, ends)

    def calendar(self) -> ir.Table:
        """Return ``position`` (int32), ``as_of_day`` (int32) and ``as_of`` (date)."""
        places = ibis.literal(list(self.positions), "array<int32>")
        rows = places.unnest().name("position").as_table()
        rows = rows.mutate(as_of_day=(self.first + 7 * rows.position).cast("int32"))
        return rows.select("position", "as_of_day", as_of=date_of_day(rows.as_of_day))


def stretch(
    day: ir.IntegerValue, ends: Mapping[int, ir.IntegerScalar]
) -> ir.IntegerValue:
    """Return in which stretch of days a day lies, by the key of that stretch (int32).

    Parameters
    ----------
    day
        A day number, not after the last end.
    ends
        The last day of each stretch, ascending; the first one has no beginning.

    """
    *earlier, last = ends
    cases = [(day <= ends[key], ibis.literal(key, "int32")) for key in earlier]
    latest = ibis.literal(last, "int32")
    return ibis.cases(*cases, else_=latest) if cases else latest


def date_of_day(number: ir.IntegerValue) -> ir.DateValue:
    """Return the date that has a day number."""
    moment = ibis.literal(EPOCH) + number.as_interval("D")
    # Ibis takes it for a date already, DuckDB makes a timestamp of it.
    return ops.Cast(moment, "date").to_expr()


@dataclass(frozen=True)
class Part:
    """Sums per customer and position, to be laid onto the grid.

    ``table`` has ``customer_id``, ``position`` and `columns`; null means nothing.
    """

    table: ir.Table
    columns: tuple[str, ...]


@dataclass(frozen=True)
class Edge:
    """Rows that change a sum on a day: by which column, and how much.

    ``rows`` has ``customer_id``; ``day`` and the weights are columns or expressions of
    it. A null day never comes.
    """

    rows: ir.Table
    day: ir.IntegerValue
    weights: Mapping[str, ir.Value]


def impulses(edges: Sequence[Edge], *, grid: Grid) -> Part:
    """Return the sums of the weights of all `edges` at the dates that follow them."""
    dtypes = {
        name: weight.type() for edge in edges for name, weight in edge.weights.items()
    }
    names = sorted(dtypes)
    aligned = [
        edge.rows.select(
            "customer_id",
            day=edge.day.cast("int32"),
            **{
                name: edge.weights[name].cast(dtypes[name])
                if name in edge.weights
                else ibis.null(dtypes[name])
                for name in names
            },
        )
        for edge in edges
    ]
    together = _stacked(aligned)
    together = together.filter(together.day <= grid.last)
    return Part(
        together.group_by(
            "customer_id", position=grid.position(together.day)
        ).aggregate(**{name: _[name].sum() for name in names}),
        tuple(names),
    )


def buckets(
    rows: ir.Table,
    columns: Iterable[str],
    *,
    newest: Mapping[str, int],
    grid: Grid,
) -> Part:
    """Return the sums of each customer and week, whole and of its newest days only.

    Parameters
    ----------
    rows
        Rows with ``customer_id``, ``day`` and the columns to sum.
    columns
        What is summed over the whole week.
    newest
        Further columns: ``{"x_newest_3": 3}`` sums ``x`` over the last 3 days of the
        week; needed for windows that are not whole weeks.
    grid
        The as-of dates.

    """
    inside = rows.filter(rows.day <= grid.last, rows.day >= grid.start)
    age = (grid.last - inside.day) % 7
    sums = {column: inside[column].sum() for column in columns}
    sums |= {
        name: inside[name.removesuffix(f"_newest_{days}")].sum(where=age < days)
        for name, days in newest.items()
    }
    position = grid.position(inside.day)
    table = inside.group_by("customer_id", position=position).aggregate(**sums)
    return Part(table, tuple(sums))


def laid_out(customers: ir.Table, parts: Sequence[Part], *, grid: Grid) -> ir.Table:
    """Return a row for each customer and week, with the columns of all parts.

    Parameters
    ----------
    customers
        One row per ``customer_id``; its other columns are repeated on each row.
    parts
        Sums; no two parts name the same column.
    grid
        The as-of dates; the weeks before them that it looks at are there as well.

    Returns
    -------
    ir.Table
        ``customer_id``, ``position``, ``as_of``, ``as_of_day``, the columns of
        `customers` and those of `parts`: null where nothing happened.

    """
    names = [name for part in parts for name in part.columns]
    assert len(set(names)) == len(names)
    cells = customers.cross_join(grid.calendar())
    rows = cells
    for number, part in enumerate(parts):
        keys = ["customer_id", "position"]
        rows = rows.left_join(part.table, keys, rname=f"{{name}}_{number}")
    return rows.select(*cells.columns, *names)


def running(cells: ir.Table, column: str, *, rows_ago: int = 0) -> ir.Value:
    """Return the sum of a column of impulses up to each date; 0 before the first.

    With `rows_ago`, what it was that many rows before (see `Grid.rows_back`).
    """
    so_far = ibis.rows_window(
        preceding=(None, rows_ago), group_by=cells.customer_id, order_by=cells.position
    )
    return cells[column].sum().over(so_far).fill_null(0)


def highest(cells: ir.Table, column: str) -> ir.Value:
    """Return the highest value of a column up to each date; null before the first."""
    so_far = ibis.cumulative_window(group_by=cells.customer_id, order_by=cells.position)
    return cells[column].max().over(so_far)


def window_sum(
    cells: ir.Table, column: str, *, days: int, offset: int, grid: Grid
) -> ir.Value:
    """Return the sum over the days ``(D - offset - days, D - offset]`` from buckets.

    The weeks of both edges must be among those that `grid` looks back to (see
    `weeks_back`). The columns ``{column}_newest_{r}`` must be there for an edge that
    lies r days inside a week (see `newest_days`).
    """
    by_week = {"group_by": cells.customer_id, "order_by": cells.position}
    near, far = offset, offset + days
    pieces = []
    if (near, far) == (0, 7):
        pieces.append(cells[column].fill_null(0))  # the week itself, no sum
    elif far // 7 > near // 7:
        rows = (grid.rows_back(far // 7) - 1, grid.rows_back(near // 7))
        weeks = ibis.rows_window(preceding=rows, **by_week)
        pieces.append(cells[column].sum().over(weeks).fill_null(0))
    for edge, sign in ((far, 1), (near, -1)):
        if edge % 7:
            rows_ago = grid.rows_back(edge // 7)
            part = cells[f"{column}_newest_{edge % 7}"].lag(rows_ago)
            pieces.append(sign * part.over(ibis.window(**by_week)).fill_null(0))
    return reduce(lambda left, right: left + right, pieces)


def weeks_back(*, days: int, offset: int) -> set[int]:
    """Return how many weeks ago the edges lie that `window_sum` needs rows for."""
    edges = (offset, offset + days)
    # The week that an edge lies in stands for itself alone.
    return {e // 7 for e in edges} | {e // 7 + 1 for e in edges if e % 7}


def newest_days(column: str, *, days: int, offset: int) -> Mapping[str, int]:
    """Return the further bucket columns that `window_sum` needs, with their days."""
    return {
        f"{column}_newest_{edge % 7}": edge % 7
        for edge in (offset, offset + days)
        if edge % 7
    }


def _stacked(tables: Sequence[ir.Table]) -> ir.Table:
    return tables[0] if len(tables) == 1 else ibis.union(*tables)
