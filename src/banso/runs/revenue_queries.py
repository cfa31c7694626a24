"""The queries of revenue in a run; each knows nothing but what it is asked of."""

from collections.abc import Sequence
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir

from banso.analytics.revenue.changes import mrr_changes
from banso.analytics.revenue.committed import committed_spans
from banso.analytics.revenue.money import converted, unpriced
from banso.analytics.revenue.movements import movement_lines
from banso.analytics.revenue.periods import Calendar
from banso.analytics.revenue.renewals import continuation, due_renewals
from banso.analytics.revenue.retention import retention
from banso.analytics.revenue.spans import revenue_spans
from banso.analytics.revenue.steps import customer_steps
from banso.analytics.revenue.totals import revenue_totals
from banso.analytics.revenue.units import (
    Months,
    Numbers,
    customer_cohorts,
    customer_numbers,
    month_steps,
    unit_steps,
    unit_stretches,
)
from banso.analytics.revenue.variants import (
    Window,
    retained_customers,
    variant_rows,
)
from banso.definitions.revenue import Rate, Reading

_DATES = ("started_on", "ended_on", "cancelled_on", "signed_on")


@dataclass(frozen=True)
class Exchange:
    """How money comes into the company's currency."""

    into: str
    rates: tuple[Rate, ...]
    apart: tuple[str, ...] = ()  # currencies that stay as they are


@dataclass(frozen=True)
class Moved:
    """What the figures of a period are made from."""

    movements: ir.Table
    steps: ir.Table
    committed: ir.Table


@dataclass(frozen=True)
class Read:
    """Stretches as one reading reads them."""

    stretches: ir.Table
    numbers: Numbers
    reading: Reading


def moments(lines: ir.Table, day: ir.DateScalar) -> ir.Table:
    """Return the first day of contracts, and the newest of each kind of change."""
    days = [lines[name] for name in _DATES] + [lines.known_at.date()]
    newest = {
        f"m{place}": value.max(where=value <= day) for place, value in enumerate(days)
    }
    first = ibis.least(lines.started_on, lines.signed_on.fill_null(lines.started_on))
    return lines.aggregate(first=first.min(where=first <= day), **newest)


def last_discount(charges: ir.Table, day: ir.DateScalar) -> ir.Table:
    """Return the newest day of a discount, and of the end of a month with one."""
    wanted = (charges.kind == "discount") & (charges.charged_on <= day)
    month_end = (charges.charged_on.truncate("M") + ibis.interval(months=1)).cast(
        "date"
    )
    there = charges.filter(wanted)
    return there.aggregate(
        charged=there.charged_on.max(), over=month_end.max(where=month_end <= day)
    )


def foreign(lines: ir.Table, currency: str) -> ir.Table:
    """Return one contract line in another currency, if there is any."""
    return lines.filter(lines.currency != currency).select("currency").limit(1)


def changes(
    lines: ir.Table,
    charges: ir.Table | None,
    until: ir.IntegerScalar,
    reading: Reading,
    money: Exchange,
) -> ir.Table:
    """Return the change events of a reading."""
    spans = revenue_spans(
        lines, charges, until=until, reading=reading, currency=money.into
    )
    return mrr_changes(_exchanged(spans, money, reading))


def committed_changes(
    lines: ir.Table, until: ir.IntegerScalar, money: Exchange
) -> ir.Table:
    """Return the change events of committed MRR."""
    spans = committed_spans(lines, until=until, currency=money.into)
    return mrr_changes(_exchanged(spans, money, Reading()))


def _exchanged(spans: ir.Table, money: Exchange, reading: Reading) -> ir.Table:
    return converted(
        spans,
        money.rates,
        into=money.into,
        by_period=reading.currency_rate == "period",
        apart=money.apart,
    )


def unpriced_currencies(
    lines: ir.Table, until: ir.IntegerScalar, reading: Reading, money: Exchange
) -> ir.Table:
    """Return the currencies that no rate prices from their first day on."""
    spans = revenue_spans(
        lines, None, until=until, reading=reading, currency=money.into
    )
    return unpriced(spans, money.rates, into=money.into).order_by("currency")


def numbered_customers(
    lines: ir.Table,
    customers: ir.Table,
    changes: ir.Table,
    groupings: Sequence[str],
) -> ir.Table:
    """Return the customers under contract by number."""
    return customer_numbers(lines, customers, customer_cohorts(changes), groupings)


def movements(
    changes: ir.Table,
    customers: ir.Table,
    months: Months,
    grain: ir.StringScalar,
    reading: Reading,
) -> ir.Table:
    """Return the movements of one grain, down to the contract line."""
    rows = movement_lines(changes, customers, months=months, reading=reading)
    return rows.mutate(grain=grain)


def totals(
    moved: Moved,
    numbers: Numbers,
    calendar: Calendar,
    months: Months,
    grain: ir.StringScalar,
    reading: Reading,
) -> ir.Table:
    """Return the figures of every period of one grain."""
    rows = revenue_totals(
        moved.movements,
        unit_steps(moved.steps, months=months, reading=reading),
        moved.committed,
        numbers=numbers,
        calendar=calendar,
        months=months,
        reading=reading,
    )
    return rows.mutate(grain=grain)


def stretches(changes: ir.Table, numbers: Numbers, reading: Reading) -> ir.Table:
    """Return from when to when each unit pays the same, in months."""
    steps = month_steps(changes, numbers)
    return unit_stretches(unit_steps(steps, months=1, reading=reading))


def cohort_steps(
    units: ir.Table,
    changes: ir.Table,
    numbers: Numbers,
    last: ir.IntegerScalar,
    reading: Reading,
) -> ir.Table:
    """Return by how much each customer's MRR changed since it came."""
    return customer_steps(units, changes, numbers, last=last, reading=reading)


def kept(
    same: ir.Table,
    numbers: Numbers,
    window: ir.IntegerScalar,
    calendar: Calendar,
    variant: ir.StringScalar,
    reading: Reading,
) -> ir.Table:
    """Return the retention over one window, as one reading reads it."""
    rows = retention(
        same,
        numbers=numbers,
        window_months=window,
        calendar=calendar,
        reading=reading,
    )
    return rows.mutate(window_months=window.cast("int64"), variant=variant)


def differing_customers(
    readings: Sequence[Read], window: Window, variant: ir.StringScalar
) -> ir.Table:
    """Return who counts differently under a variant than under the standard reading."""
    sides = (
        retained_customers(
            each.stretches, numbers=each.numbers, window=window, reading=each.reading
        )
        for each in readings
    )
    return variant_rows(*sides).mutate(variant=variant)


def renewals(
    lines: ir.Table,
    today: ir.IntegerScalar,
    pause_days: int,
    completed: Sequence[str],
    currency: str,
) -> ir.Table:
    """Return every renewal that fell due."""
    return due_renewals(
        lines,
        until=today,
        pause_days=pause_days,
        completed=completed,
        currency=currency,
    )


def continued(
    due: ir.Table, numbers: Numbers, months: Months, grain: ir.StringScalar
) -> ir.Table:
    """Return the contract continuation rate of one grain."""
    return continuation(due, numbers=numbers, months=months).mutate(grain=grain)
