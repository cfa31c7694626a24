"""The grid of customers and weekly as-of dates, and the two ways to count on it.

*Buckets*: the rows of the seven days that end on an as-of date are summed up once; a
window is a sum of neighboring buckets. One pass over the rows serves all windows.

*Impulses*: what is there on the days ``[enter, leave)`` adds its weight on the first
date not before `enter` and takes it away on the first not before `leave`; a number is
the running sum. It serves whatever has an end of its own: contracts, the last value
until the next, a contact until its next day.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce

import ibis
import ibis.expr.types as ir
from ibis import _

from banso.analytics.literal_rows import literal_rows
from banso.kernel.zones import day_number


@dataclass(frozen=True)
class Grid:
    """As-of dates a week apart, and how many weeks before them are looked at.

    A date has a *position*: 0 for the first, negative for the weeks before.
    """

    dates: tuple[dt.date, ...]
    reach: int = 0  # weeks before the first date that a window may look back

    def __post_init__(self) -> None:
        pairs = zip(self.dates, self.dates[1:], strict=False)
        assert self.dates
        assert all((later - earlier).days == 7 for earlier, later in pairs)

    @property
    def first(self) -> int:
        """The day number of the first date."""
        return day_number(self.dates[0])

    @property
    def last(self) -> int:
        """The day number of the last date."""
        return day_number(self.dates[-1])

    @property
    def start(self) -> int:
        """The day number of the first day of the first week looked at."""
        return self.first - 7 * self.reach - 6

    def position(self, day: ir.IntegerValue) -> ir.IntegerValue:
        """Return the position of the first date not before `day`.

        Days before the weeks looked at fall on the first of these. Only for days up to
        the last date: callers drop the later ones.
        """
        place = (day - self.first + 6) // 7
        return ibis.greatest(place, -self.reach).cast("int32")

    def calendar(self) -> ir.Table:
        """Return ``position`` (int32), ``as_of`` and ``as_of_day``, a row per week."""
        first = self.dates[0]
        rows = [
            {
                "position": place,
                "as_of": first + dt.timedelta(weeks=place),
                "as_of_day": self.first + 7 * place,
            }
            for place in range(-self.reach, len(self.dates))
        ]
        types = {"position": "int32", "as_of": "date", "as_of_day": "int32"}
        return literal_rows(rows, types)


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


def running(cells: ir.Table, column: str, *, weeks_ago: int = 0) -> ir.Value:
    """Return the sum of a column of impulses up to each date; 0 before the first.

    With `weeks_ago`, what it was that many weeks before.
    """
    so_far = ibis.rows_window(
        preceding=(None, weeks_ago), group_by=cells.customer_id, order_by=cells.position
    )
    return cells[column].sum().over(so_far).fill_null(0)


def highest(cells: ir.Table, column: str) -> ir.Value:
    """Return the highest value of a column up to each date; null before the first."""
    so_far = ibis.cumulative_window(group_by=cells.customer_id, order_by=cells.position)
    return cells[column].max().over(so_far)


def window_sum(cells: ir.Table, column: str, *, days: int, offset: int) -> ir.Value:
    """Return the sum over the days ``(D - offset - days, D - offset]`` from buckets.

    The columns ``{column}_newest_{r}`` must be there for an edge that lies r days
    inside a week (see `newest_days`).
    """
    by_week = {"group_by": cells.customer_id, "order_by": cells.position}
    near, far = offset, offset + days
    pieces = []
    if (near, far) == (0, 7):
        pieces.append(cells[column].fill_null(0))  # the week itself, no sum
    elif far // 7 > near // 7:
        weeks = ibis.rows_window(preceding=(far // 7 - 1, near // 7), **by_week)
        pieces.append(cells[column].sum().over(weeks).fill_null(0))
    for edge, sign in ((far, 1), (near, -1)):
        if edge % 7:
            part = cells[f"{column}_newest_{edge % 7}"].lag(edge // 7)
            pieces.append(sign * part.over(ibis.window(**by_week)).fill_null(0))
    return reduce(lambda left, right: left + right, pieces)


def newest_days(column: str, *, days: int, offset: int) -> Mapping[str, int]:
    """Return the further bucket columns that `window_sum` needs, with their days."""
    return {
        f"{column}_newest_{edge % 7}": edge % 7
        for edge in (offset, offset + days)
        if edge % 7
    }


def _stacked(tables: Sequence[ir.Table]) -> ir.Table:
    return tables[0] if len(tables) == 1 else ibis.union(*tables)
