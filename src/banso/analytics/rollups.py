"""Rolling the rows of a table up to dated sums per customer: the first step of a run.

Each roll-up is made of *dated rows*: the numbers of as-of date D depend on nothing but
its rows dated up to D. Days are counted from 1970-01-01 (``int32``), in the company's
zone, because every engine agrees on integers.
"""

from collections.abc import Sequence

import ibis
import ibis.expr.datatypes as dtypes
import ibis.expr.operations as ops
import ibis.expr.types as ir
from ibis import _

from banso.analytics.filters import matches
from banso.analytics.measures import Measure
from banso.kernel.zones import EPOCH, OffsetSpan
from banso.tables.spec import TableSpec

# Sums are exact, so that neither threads nor slices can change the last digit.
EXACT = "decimal(38, 9)"


def whole(value: ir.Value, dtype: str = "int64") -> ir.Value:
    """Return `value` really cast: DuckDB's sums are wider than Ibis believes."""
    return ops.Cast(value, to=dtypes.dtype(dtype)).to_expr()


def company_day(moment: ir.Value, offsets: Sequence[OffsetSpan]) -> ir.IntegerValue:
    """Return the day number of a date, or of a UTC time in the company's zone.

    Parameters
    ----------
    moment
        A date, or a timestamp in UTC. Null stays null.
    offsets
        The zone's offsets over the time in question (`utc_offsets`).

    Returns
    -------
    ir.IntegerValue
        Days since 1970-01-01, int32.

    """
    date = company_date(moment, offsets)
    return whole(date.delta(ibis.literal(EPOCH), unit="day"), "int32")


def company_date(moment: ir.Value, offsets: Sequence[OffsetSpan]) -> ir.DateValue:
    """Return a date as it is, or the date of a UTC time in the company's zone."""
    if isinstance(moment, ir.TimestampValue):
        return _local(moment, offsets).date()
    assert isinstance(moment, ir.DateValue), "a date or a time"
    return moment


def _local(
    moment: ir.TimestampValue, offsets: Sequence[OffsetSpan]
) -> ir.TimestampValue:
    first, *later = offsets
    shifted = moment + ibis.interval(seconds=first.seconds)
    if not later:
        return shifted
    # The newest span is asked first.
    cases = [
        (
            moment >= ibis.literal(span.since, type="timestamp"),
            moment + ibis.interval(seconds=span.seconds),
        )
        for span in reversed(later)
    ]
    return ibis.cases(*cases, else_=shifted)


def dated(facts: ir.Table, spec: TableSpec, offsets: Sequence[OffsetSpan]) -> ir.Table:
    """Return the rows that have a customer and a day, with `day` and `known_day`.

    ``known_day`` is when Banso could know the row: its own day, or the later day of
    ``known_at`` in tables that came with one.
    """
    assert spec.time is not None
    day = company_day(facts[spec.time], offsets)
    known = company_day(facts.known_at, offsets)
    known_day = ibis.greatest(day, known.fill_null(day))
    rows = facts.mutate(day=day, known_day=known_day)
    # A cost of the whole company has the empty customer.
    return rows.filter(rows.day.notnull(), rows.customer_id != "")


def dated_by_end(
    facts: ir.Table, spec: TableSpec, offsets: Sequence[OffsetSpan]
) -> ir.Table:
    """Return what `dated` does, with the day on which the span of a row ended."""
    assert spec.span is not None
    end = company_day(facts[spec.span[1]], offsets)
    known = company_day(facts.known_at, offsets)
    rows = facts.mutate(day=end, known_day=ibis.greatest(end, known.fill_null(end)))
    return rows.filter(rows.day.notnull(), rows.customer_id != "")


def contact_days(
    facts: ir.Table,
    spec: TableSpec,
    measures: Sequence[Measure],
    *,
    offsets: Sequence[OffsetSpan],
) -> ir.Table:
    """Return counts and sums per customer, contact and day.

    Parameters
    ----------
    facts
        Live rows of one table, with ``known_at``.
    spec
        The declaration of that table; it has a time and a customer.
    measures
        The counts and sums wanted.
    offsets
        The company's zone over the days of `facts`.

    Returns
    -------
    ir.Table
        One row per ``customer_id``, ``contact_id`` (null when a row names none),
        ``day`` and ``known_day``, with a column per measure: int64 for counts,
        decimal for sums (0 when no row counts).

    """
    rows = dated(facts, spec, offsets)
    if not spec.has_contact:
        rows = rows.mutate(contact_id=ibis.null("string"))
    keys = ("customer_id", "contact_id", "day", "known_day")
    if not measures:
        return rows.select(*keys).distinct()
    columns = {measure.column: _summed(rows, measure) for measure in measures}
    return rows.group_by(*keys).aggregate(**columns)


def ended_days(
    facts: ir.Table,
    spec: TableSpec,
    measures: Sequence[Measure],
    *,
    offsets: Sequence[OffsetSpan],
) -> ir.Table:
    """Return counts per customer and day on which the span of rows ended.

    Parameters
    ----------
    facts, spec, offsets
        As for `contact_days`; the table has a span.
    measures
        The counts wanted, each `at_end`.

    Returns
    -------
    ir.Table
        As `contact_days`: ``day`` is that of the end, ``known_day`` not before it, and
        ``contact_id`` is null. What has not ended is not there.

    """
    rows = dated_by_end(facts, spec, offsets)
    rows = rows.mutate(contact_id=ibis.null("string"))
    columns = {measure.column: _summed(rows, measure) for measure in measures}
    return rows.group_by("customer_id", "contact_id", "day", "known_day").aggregate(
        **columns
    )


def chosen_contacts(
    contacts: ir.Table, where: str, *, offsets: Sequence[OffsetSpan]
) -> ir.Table:
    """Return the contacts that satisfy a condition, and from when that was known.

    Parameters
    ----------
    contacts
        The table ``contacts``, with ``known_at``.
    where
        An expression over its columns.
    offsets
        The company's zone over the days of `contacts`.

    Returns
    -------
    ir.Table
        ``contact_id`` and ``known_day``: when the contact was created, or the later
        day on which the row became known; the first of all days when neither is told.

    """
    created = company_day(contacts.created_on, offsets)
    known = company_day(contacts.known_at, offsets)
    always = ibis.literal(0, "int32")
    rows = contacts.mutate(
        known_day=ibis.greatest(created.fill_null(always), known.fill_null(always))
    )
    return rows.filter(matches(rows, where)).select("contact_id", "known_day")


def days_of_chosen(
    days: ir.Table, chosen: ir.Table, measures: Sequence[Measure]
) -> ir.Table:
    """Return the part of a roll-up that belongs to some contacts.

    Parameters
    ----------
    days
        See `contact_days`; it has the measures `of_everybody`.
    chosen
        See `chosen_contacts`.
    measures
        The measures wanted, all of these contacts.

    Returns
    -------
    ir.Table
        As `contact_days`, with a column per measure. A row counts from the day on which
        both it and its contact were known.

    """
    both = days.inner_join(
        chosen.select("contact_id", chosen_day=chosen.known_day), "contact_id"
    )
    return both.select(
        "customer_id",
        "contact_id",
        "day",
        known_day=ibis.greatest(both.known_day, both.chosen_day),
        **{each.column: both[each.of_everybody.column] for each in measures},
    )


def _summed(rows: ir.Table, measure: Measure) -> ir.Value:
    condition = matches(rows, measure.where)
    if measure.of is None:
        if measure.where is None:
            return rows.count()
        return rows.count(where=condition)
    value = exact_number(rows, measure.of)
    if measure.aggregate == "count":
        return rows.count(where=condition & value.notnull())
    return whole(value.sum(where=condition).fill_null(0), EXACT)


def exact_number(rows: ir.Table, column: str) -> ir.DecimalValue:
    """Return a column as an exact decimal with nine places.

    A column that is not there is null, and so is what is no number of fewer than 29
    digits before the point.
    """
    if column not in rows.columns:
        return ibis.null(EXACT)
    return rows[column].try_cast(EXACT)


def exact_day(
    rows: ir.Table, column: str, offsets: Sequence[OffsetSpan]
) -> ir.DecimalValue:
    """Return the day number of the date or time in a column, as an exact decimal.

    A column that is not there is null, and so is what is no date.
    """
    if column not in rows.columns:
        return ibis.null(EXACT)
    moment = rows[column]
    if not isinstance(moment, ir.DateValue | ir.TimestampValue):
        moment = moment.try_cast("date")
    return whole(company_day(moment, offsets), EXACT)


def last_values(
    facts: ir.Table,
    spec: TableSpec,
    measure: Measure,
    *,
    offsets: Sequence[OffsetSpan],
) -> ir.Table:
    """Return the last value of each day per customer.

    Returns
    -------
    ir.Table
        One row per ``customer_id``, ``day`` and ``known_day`` with at least one row
        that has a value: ``measure`` (its column's name), the ``value`` (decimal; the
        day number of a date) of the last row by time, then by key, and what it was
        last by: ``moment`` (timestamp) and ``tie`` (text of the key).

    """
    assert measure.of is not None
    assert spec.time is not None
    rows = dated(facts, spec, offsets)
    value = (
        exact_day(rows, measure.of, offsets)
        if measure.is_day
        else exact_number(rows, measure.of)
    )
    tie = ibis.literal("\x1f").join([rows[name].cast("string") for name in spec.key])
    rows = rows.mutate(
        value=value, moment=rows[spec.time].cast("timestamp"), tie=tie
    ).filter(matches(rows, measure.where), _.value.notnull())
    keys = ("customer_id", "day", "known_day")
    last = ibis.row_number().over(
        group_by=[rows[name] for name in keys],
        order_by=[rows.moment.desc(), rows.tie.desc()],
    )
    newest = rows.mutate(place=last).filter(_.place == 0)
    return newest.select(
        *keys, "moment", "tie", measure=ibis.literal(measure.column), value=newest.value
    )


def running_steps(
    facts: ir.Table,
    spec: TableSpec,
    measure: Measure,
    *,
    offsets: Sequence[OffsetSpan],
) -> ir.Table:
    """Return by how much what is open rises and falls, per customer and day.

    A row is open on the days ``[start, end)`` of its span, so it counts up on the day
    of its start (or when it became known) and down on the day of its end.

    Returns
    -------
    ir.Table
        One row per ``customer_id`` and ``day`` on which something changes:
        ``measure`` (its column's name), ``step`` (decimal, signed).

    """
    assert spec.span is not None
    start, end = spec.span
    rows = dated(facts, spec, offsets)
    weight = (
        ibis.literal(1).cast(EXACT)
        if measure.of is None
        else exact_number(rows, measure.of)
    )
    rows = rows.mutate(
        weight=weight, start=_.known_day, end=company_day(rows[end], offsets)
    ).filter(
        matches(rows, measure.where),
        _.weight.notnull(),
        _.end.isnull() | (_.end > _.start),
    )
    assert start == spec.time
    ups = rows.select("customer_id", day=rows.start, step=rows.weight)
    ended = rows.filter(rows.end.notnull())
    downs = ended.select("customer_id", day=ended.end, step=whole(-ended.weight, EXACT))
    both = ibis.union(ups, downs)
    sums = both.group_by("customer_id", "day").aggregate(
        step=whole(both.step.sum(), EXACT)
    )
    return sums.filter(sums.step != 0).select(
        "customer_id", "day", measure=ibis.literal(measure.column), step=sums.step
    )


def first_days(rollups: Sequence[ir.Table]) -> ir.Table:
    """Return the first day on which each customer left a trace in any roll-up."""
    days = [rollup.select("customer_id", day=rollup.known_day) for rollup in rollups]
    together = days[0] if len(days) == 1 else ibis.union(*days)
    return together.group_by("customer_id").aggregate(day=_.day.min())
