"""From roll-ups to rows that have a beginning and an end for one way of counting."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

import ibis
import ibis.expr.types as ir
from ibis import _

from banso.analytics.cells import Cell
from banso.analytics.grid import Edge, stretch


def customer_days(rows: ir.Table, cells: Sequence[Cell]) -> ir.Table:
    """Return one row per customer and day, with the columns that `cells` sum up.

    Parameters
    ----------
    rows
        A roll-up by contact and day.
    cells
        Sums of style ``sum`` or ``days`` over that roll-up.

    Returns
    -------
    ir.Table
        ``customer_id``, ``day`` and a column per `Cell.bucket`: the measure itself, or
        1 and 0 for whether there was anything that day.

    """
    measures = sorted({cell.measure.column for cell in cells})
    days = rows.group_by("customer_id", "day").aggregate(
        **{column: _[column].sum() for column in measures}
    )
    columns = {cell.bucket: _bucketed(days, cell) for cell in cells}
    return days.select("customer_id", "day", **columns)


def _bucketed(days: ir.Table, cell: Cell) -> ir.Value:
    column = days[cell.measure.column]
    if cell.style == "days":
        return (column > 0).cast("float64")
    # Whole numbers are exact in float64, and faster than the wide integers of a sum.
    return column.cast("float64") if cell.measure.aggregate == "count" else column


def contact_edges(
    rows: ir.Table,
    cells: Sequence[Cell],
    *,
    ends: Mapping[int, ir.IntegerScalar] | None = None,
) -> list[Edge]:
    """Return when contacts enter and leave the windows of `cells`.

    A contact enters with a day that no day of the window before it covers, and leaves
    when the window has passed without another day.

    Parameters
    ----------
    rows
        A roll-up by contact and day, all of whose rows were known on their day.
    cells
        Windows of style ``contacts`` over one measure.
    ends
        The only days up to which windows are looked at, when there are few of them
        (see `grid.stretch`).

    """
    days = _contact_days(rows, cells[0].measure.column)
    if ends is not None:
        by_stretch = days.group_by(
            "customer_id", "contact_id", stretch=stretch(days.day, ends)
        )
        days = by_stretch.aggregate(day=_.day.max())
    newest_first = _newest_first(days)
    # Two rows of one day need no joining: they cover each other.
    days = days.mutate(
        next=days.day.lag().over(newest_first),
        before=days.day.lead().over(newest_first),
    )
    # One row serves all windows that a contact enters or leaves on the same day.
    weights: dict[int, dict[str, ir.Value]] = defaultdict(dict)
    for cell in cells:
        assert cell.window is not None
        covered = (days.before + cell.window >= days.day).fill_null(_NO)
        continued = (days.day + cell.window >= days.next).fill_null(_NO)
        enters, leaves = cell.offset, cell.offset + cell.window
        weights[enters][cell.column] = ibis.ifelse(covered, _NOTHING, _ONE)
        weights[leaves][cell.column] = ibis.ifelse(continued, _NOTHING, -_ONE)
    return [
        _edge(days.select("customer_id", day=days.day + shift, **changes), [*changes])
        for shift, changes in sorted(weights.items())
    ]


def _edge(rows: ir.Table, changes: Sequence[str]) -> Edge:
    """Return rows as an edge, without those that change nothing."""
    rows = rows.filter(ibis.or_(*[rows[name].notnull() for name in changes]))
    return Edge(rows, rows.day, {name: rows[name] for name in changes})


def late_contact_edges(rows: ir.Table, cells: Sequence[Cell]) -> list[Edge]:
    """Return what `contact_edges` does when rows became known after their day.

    Each day of a contact speaks for it until its next day does, or, when that one
    became known first, from then on: so a contact is never counted twice.
    """
    days = _contact_days(rows, cells[0].measure.column)
    later = _newest_first(days, preceding=(None, 1))
    until = {
        f"until_{offset}": _entering(days, offset).min().over(later)
        for offset in sorted({cell.offset for cell in cells})
    }
    days = days.mutate(**until)
    edges = []
    for cell in cells:
        entered = _entering(days, cell.offset)
        left = _leaving(days, offset=cell.offset, window=cell.window)
        edges += [
            Edge(days, entered, {cell.column: _ONE}),
            Edge(days, left, {cell.column: -_ONE}),
        ]
    return edges


_ONE = ibis.literal(1.0)
_NOTHING = ibis.null("float64")
_NO = ibis.literal(value=False)


def _contact_days(rows: ir.Table, measure: str) -> ir.Table:
    return rows.filter(rows[measure] > 0, rows.contact_id.notnull()).select(
        "customer_id", "contact_id", "day", enter=rows.known_day
    )


def _newest_first(
    days: ir.Table, preceding: tuple[None, int] | None = None
) -> ibis.expr.builders.LegacyWindowBuilder:
    return ibis.window(
        group_by=[days.customer_id, days.contact_id],
        order_by=days.day.desc(),
        preceding=preceding,
    )


def _entering(rows: ir.Table, offset: int) -> ir.IntegerValue:
    return rows.enter if offset == 0 else ibis.greatest(rows.enter, rows.day + offset)


def _leaving(rows: ir.Table, *, offset: int, window: int | None) -> ir.IntegerValue:
    """Return the day on which a row stops counting; null when it never does."""
    entered = _entering(rows, offset)
    until = rows[f"until_{offset}"]
    if window is None:
        never = ibis.null("int32")
        return ibis.ifelse(until.notnull(), ibis.greatest(entered, until), never)
    over = rows.day + offset + window
    return ibis.greatest(entered, ibis.least(over, until.fill_null(over)))


def value_edges(rows: ir.Table, cell: Cell) -> list[Edge]:
    """Return from when to when each value is the last one (within its window).

    A value gives way when any later one is known.
    """
    later = ibis.window(
        group_by=rows.customer_id,
        order_by=[rows.moment.desc(), rows.tie.desc()],
        preceding=(None, 1),
    )
    rows = rows.mutate(
        enter=rows.known_day,
        until_0=rows.known_day.min().over(later),
        weight=rows.value if cell.style == "value" else _ONE,
    )
    end = _leaving(rows, offset=0, window=cell.window)
    return [
        Edge(rows, rows.enter, {cell.column: rows.weight}),
        Edge(rows, end, {cell.column: -rows.weight}),
    ]


def endless_edges(rows: ir.Table, cell: Cell) -> list[Edge]:
    """Return when each row begins to count for a number that looks back over all."""
    if cell.style == "sum":
        column = rows[cell.measure.column]
        weight = column.cast("float64") if cell.measure.aggregate == "count" else column
        return [Edge(rows, rows.known_day, {cell.column: weight})]
    keys = ["customer_id", "day" if cell.style == "days" else "contact_id"]
    rows = rows.filter(rows[cell.measure.column] > 0)
    if cell.style == "contacts":
        rows = rows.filter(rows.contact_id.notnull())
    firsts = rows.group_by(*keys).aggregate(enter=_.known_day.min())
    return [Edge(firsts, firsts.enter, {cell.column: _ONE})]


def late_edges(rows: ir.Table, cell: Cell) -> list[Edge]:
    """Return the correction for rows that became known after their day.

    The weekly sums count them from their day on; these edges take them out until they
    were known.
    """
    assert cell.window is not None
    column = rows[cell.measure.column]
    if cell.style == "days":
        days = rows.filter(column > 0).group_by("customer_id", "day")
        late = days.aggregate(known_day=_.known_day.min()).mutate(weight=_ONE)
    else:
        weight = column.cast("float64") if cell.measure.aggregate == "count" else column
        late = rows.select("customer_id", "day", "known_day", weight=weight)
    late = late.filter(late.known_day > late.day)
    start = late.day + cell.offset
    end = ibis.least(ibis.greatest(late.known_day, start), start + cell.window)
    return [
        Edge(late, start, {cell.column: -late.weight}),
        Edge(late, end, {cell.column: late.weight}),
    ]
