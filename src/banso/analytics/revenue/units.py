"""Units of a split: a customer, or what a customer pays for one product or plan."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import ibis
import ibis.expr.types as ir
from ibis import _

from banso.analytics.cohorts.months import month_of
from banso.analytics.revenue.money import money
from banso.analytics.rollups import whole
from banso.definitions.revenue import COHORT, LINE_GROUPINGS, Reading

WHOLE = ""  # the grouping that does not split
NUMBERS = ("customer_no", "segment_no", "currency_no")
UNIT = (*NUMBERS, "profile")
# What the sums of a split are counted by, until `named` says what it is.
CELL = ("segment_no", "currency_no", "profile")
FAR_MONTH = 1_000_000  # later than any month
Months: TypeAlias = int | ir.IntegerScalar


@dataclass(frozen=True)
class Numbers:
    """Customers, segments and currencies by number: engines count these faster."""

    customers: ir.Table  # rows of `customer_numbers`
    segments: ir.Table  # rows of `segment_numbers`
    currencies: ir.Table  # rows of `currency_numbers`
    groupings: tuple[str, ...]  # that rows are split by, the whole among them


def customer_numbers(
    subscriptions: ir.Table,
    customers: ir.Table,
    cohorts: ir.Table,
    groupings: Sequence[str],
) -> ir.Table:
    """Return the customers under contract with what they have in common.

    Parameters
    ----------
    subscriptions
        Live rows.
    customers
        Live rows of ``customers``; an attribute is as it is today.
    cohorts
        Rows of `customer_cohorts`.
    groupings
        Those that do not split customers are left out.

    Returns
    -------
    ir.Table
        One row per ``customer_id``: ``customer_no`` (int32, from 0), ``profile``
        (int32: the same for customers that are in the same segment of every grouping)
        and a text column for the segments of each grouping of customers, null where
        nothing is said.

    """
    names = [name for name in groupings if name not in {WHOLE, *LINE_GROUPINGS}]
    people = subscriptions.select("customer_id").distinct()
    own = [name for name in names if name != COHORT]
    if own:
        said = customers.select(
            "customer_id",
            **{_column(name): customers[name].cast("string") for name in own},
        )
        people = people.left_join(said, "customer_id").drop("customer_id_right")
    if COHORT in names:
        first = cohorts.select("customer_id", **{_column(COHORT): cohorts.cohort})
        people = people.left_join(first, "customer_id").drop("customer_id_right")
    number = ibis.row_number().over(order_by=people.customer_id)
    profile = ibis.literal(0)
    columns = [_column(name) for name in names]
    if columns:
        profile = ibis.dense_rank().over(order_by=[people[each] for each in columns])
    return people.select(
        "customer_id",
        *columns,
        customer_no=whole(number, "int32"),
        profile=whole(profile, "int32"),
    )


def _column(grouping: str) -> str:
    """Return the column of a grouping: customers may have one called as ours are."""
    return f"{grouping} segment"


def segment_numbers(subscriptions: ir.Table, groupings: Sequence[str]) -> ir.Table:
    """Return the segments of contract lines, the whole as number 0.

    One row per ``grouping`` and ``segment`` (text or null): ``segment_no`` (int32).
    """
    lone = subscriptions.aggregate(there=_.count())
    found = [lone.select(grouping=ibis.literal(WHOLE), segment=ibis.literal(""))]
    found += [
        subscriptions.select(
            grouping=ibis.literal(name), segment=subscriptions[name]
        ).distinct()
        for name in groupings
        if name in LINE_GROUPINGS
    ]
    rows = ibis.union(*found) if len(found) > 1 else found[0]
    number = ibis.row_number().over(
        order_by=[rows.grouping, rows.segment.isnull(), rows.segment]
    )
    return rows.mutate(segment_no=whole(number, "int32"))


def currency_numbers(subscriptions: ir.Table, currency: str) -> ir.Table:
    """Return the currencies: one row per ``currency``, with ``currency_no`` (int32)."""
    lone = subscriptions.aggregate(there=_.count()).select(
        currency=ibis.literal(currency)
    )
    said = subscriptions.select(currency=subscriptions.currency.fill_null(currency))
    rows = ibis.union(lone, said.distinct(), distinct=True)
    number = ibis.row_number().over(order_by=rows.currency)
    return rows.mutate(currency_no=whole(number, "int32"))


def customer_cohorts(changes: ir.Table) -> ir.Table:
    """Return the year in which each customer first paid, as text: ``2026``.

    One row per ``customer_id`` that ever paid: ``cohort``, and ``first_paid`` (date).
    """
    paid = changes.filter(changes.change > 0)
    first = paid.group_by("customer_id").aggregate(first_paid=_.day.min())
    return first.mutate(cohort=first.first_paid.year().cast("string"))


def segmented(
    rows: ir.Table, grouping: str, *, customers: ir.Table, cohorts: ir.Table
) -> ir.Table:
    """Return rows with their ``segment`` in a grouping.

    Parameters
    ----------
    rows
        Rows of contract lines, with ``customer_id`` and the columns of the line.
    grouping
        `WHOLE`, ``product``, ``plan``, ``cohort`` or a column of customers.
    customers
        Live rows of ``customers``; an attribute is as it is today.
    cohorts
        Rows of `customer_cohorts`.

    Returns
    -------
    ir.Table
        The rows with ``grouping`` and ``segment`` (texts; a segment is null where
        nothing is said, and '' for `WHOLE`). Every row is in one segment, so a split
        adds up to the whole.

    """
    rows = rows.mutate(grouping=ibis.literal(grouping))
    if grouping == WHOLE:
        return rows.mutate(segment=ibis.literal(""))
    if grouping in LINE_GROUPINGS:
        return rows.mutate(segment=rows[grouping])
    if grouping == COHORT:
        names = cohorts.select("customer_id", segment=cohorts.cohort)
    else:
        names = customers.select(
            "customer_id", segment=customers[grouping].cast("string")
        )
    joined = rows.left_join(names, "customer_id")
    return joined.select(*rows.columns, "segment")


def split(rows: ir.Table, numbers: Numbers, columns: Sequence[str]) -> ir.Table:
    """Return rows of contract lines once for each grouping of lines, and for the whole.

    Parameters
    ----------
    rows
        Rows with ``customer_id``, ``currency``, ``product`` and ``plan``.
    numbers
        What to number them by.
    columns
        Their columns to keep.

    Returns
    -------
    ir.Table
        The columns and `UNIT`. The profile is 0 outside the whole, from which the
        groupings of customers are found (`named`).

    """
    customers = numbers.customers.select("customer_id", "customer_no", "profile")
    joined = rows.join(customers, "customer_id").join(numbers.currencies, "currency")
    wanted = [name for name in numbers.groupings if name in {WHOLE, *LINE_GROUPINGS}]
    for name in wanted:
        if name != WHOLE:
            joined = _with_segment(joined, numbers.segments, name)
    found = [_of_grouping(joined, columns, name) for name in wanted]
    return ibis.union(*found) if len(found) > 1 else found[0]


def _with_segment(rows: ir.Table, segments: ir.Table, grouping: str) -> ir.Table:
    mine = segments.filter(segments.grouping == grouping)
    mine = mine.select(
        **{f"{grouping}_name": mine.segment, f"{grouping}_no": mine.segment_no}
    )
    is_mine = rows[grouping].identical_to(mine[f"{grouping}_name"])
    return rows.join(mine, is_mine).drop(f"{grouping}_name")


def _of_grouping(rows: ir.Table, columns: Sequence[str], grouping: str) -> ir.Table:
    is_whole = grouping == WHOLE
    nothing = ibis.literal(0, "int32")
    return rows.select(
        "customer_no",
        "currency_no",
        *columns,
        segment_no=whole(nothing if is_whole else rows[f"{grouping}_no"], "int32"),
        profile=whole(rows.profile if is_whole else nothing, "int32"),
    )


def named(sums: ir.Table, numbers: Numbers, key: str) -> ir.Table:
    """Return sums by `CELL` as sums by grouping, segment and currency.

    Parameters
    ----------
    sums
        One row per `CELL` and `key`, with numbers in every other column.
    numbers
        What they were numbered by.
    key
        A period.

    Returns
    -------
    ir.Table
        One row per ``grouping``, ``segment``, ``currency`` and `key`. Every row of a
        contract line is in one segment of a grouping, so a split adds up to the whole.

    """
    values = [name for name in sums.columns if name not in {*CELL, key}]
    there = sums.join(numbers.currencies, "currency_no")
    by_line = there.join(numbers.segments, "segment_no").select(
        "grouping", "segment", "currency", key, *values
    )
    names = [name for name in numbers.groupings if name not in {WHOLE, *LINE_GROUPINGS}]
    if not names:
        return _summed(by_line, ("grouping", "segment", "currency", key), values)
    people = numbers.customers.select("profile", *map(_column, names)).distinct()
    rest = there.filter(there.segment_no == 0).join(people, "profile")
    by_customer = [
        rest.select(
            "currency",
            key,
            *values,
            grouping=ibis.literal(name),
            segment=rest[_column(name)],
        ).select(*by_line.columns)
        for name in names
    ]
    rows = ibis.union(by_line, *by_customer)
    return _summed(rows, ("grouping", "segment", "currency", key), values)


def _summed(rows: ir.Table, keys: Sequence[str], values: Sequence[str]) -> ir.Table:
    sums = {name: whole(rows[name].sum(), str(rows[name].type())) for name in values}
    return rows.group_by(*keys).aggregate(**sums)


def month_steps(changes: ir.Table, numbers: Numbers) -> ir.Table:
    """Return the change of each unit in each month in which it changed.

    One row per `UNIT` and ``month`` (int32, see `month_number`): ``change``
    (decimal(18, 4)) and ``opened`` (int64: lines that opened less those that closed).
    """
    rows = split(changes, numbers, ("day", "change", "opened"))
    rows = rows.mutate(month=month_of(rows.day))
    return rows.group_by(*UNIT, "month").aggregate(
        change=money(rows.change.sum()), opened=whole(rows.opened.sum())
    )


def unit_steps(steps: ir.Table, *, months: Months, reading: Reading) -> ir.Table:
    """Return the change of each unit in each period in which it changed.

    Parameters
    ----------
    steps
        Rows of `month_steps`.
    months
        Of a period: 1, 3 or 12.
    reading
        Whether a customer on a free plan is one still.

    Returns
    -------
    ir.Table
        One row per `UNIT` and ``month`` (int32, the first of the period): ``change``
        (decimal(18, 4)), ``opened`` (int64), ``level`` (its MRR at the end of the
        period), ``is_there`` (at that end) and ``arrived`` (int32: 1 when it is there
        at the end and was not before, -1 the other way round, else 0).

    """
    state = steps.mutate(month=whole(steps.month - steps.month % months, "int32"))
    state = state.group_by(*UNIT, "month").aggregate(
        change=money(state.change.sum()), opened=whole(state.opened.sum())
    )
    so_far = ibis.window(group_by=list(NUMBERS), order_by="month", following=0)
    state = state.mutate(level=money(state.change.sum().over(so_far)))
    if reading.free_plan == "contraction":
        # Who paid once and goes on for nothing is still there.
        paid = (state.level > 0).max().over(so_far)
        lines = state.opened.sum().over(so_far)
        state = state.mutate(is_there=(state.level > 0) | (paid & (lines > 0)))
        ordered = ibis.window(group_by=list(NUMBERS), order_by="month")
        before = state.is_there.lag().over(ordered)
        was_there = before.fill_null(ibis.literal(value=False))
    else:
        state = state.mutate(is_there=state.level > 0)
        was_there = state.level > state.change
    arrived = state.is_there.cast("int32") - was_there.cast("int32")
    return state.mutate(arrived=whole(arrived, "int32"))


def unit_stretches(units: ir.Table) -> ir.Table:
    """Return from when to when each unit pays the same.

    Parameters
    ----------
    units
        Rows of `unit_steps`.

    Returns
    -------
    ir.Table
        Its rows with ``until`` (int32, the month of the next step; `FAR_MONTH` for the
        last one), ``here_since`` (int32: of the newest arrival) and ``came`` (boolean:
        there has been one).

    """
    ordered = ibis.window(group_by=list(NUMBERS), order_by="month")
    so_far = ibis.window(group_by=list(NUMBERS), order_by="month", following=0)
    arrival = ibis.ifelse(units.arrived > 0, units.month, ibis.null("int32"))
    rows = units.mutate(
        until=whole(units.month.lead().over(ordered).fill_null(FAR_MONTH), "int32"),
        here_since=arrival.max().over(so_far),
    )
    return rows.mutate(came=rows.here_since.notnull())
