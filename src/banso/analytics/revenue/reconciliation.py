"""What was billed against MRR: two identities, and the rows that make them."""

from typing import Final

import ibis
import ibis.expr.types as ir
from ibis import _

from banso.analytics.cohorts.months import first_day_of
from banso.analytics.revenue.booking import KEPT_LINE, at_rate
from banso.analytics.revenue.money import half_unit, money
from banso.analytics.revenue.units import Months
from banso.analytics.rollups import whole

# Of charges; what names no kind is the last. They add up to what was billed.
CHARGE_KINDS: Final = (
    "recurring",
    "usage",
    "one_off",
    "outcome",
    "discount",
    "refund",
    "no_kind",
)
# They lead from MRR to the recurring charges.
COMPONENTS: Final = (
    "mid_month",
    "price_change",
    "several_months",
    "no_contract",
    "not_billed",
    "other_amount",
    "exchange",
    "mrr_discount",
)
_MOST_MONTHS: Final = 120  # that one bill is for
_ROW: Final = ("month", "currency", "component", "customer_id", "subscription_id")


def matched_charges(booked: ir.Table, days: ir.Table) -> ir.Table:
    """Return the recurring charges, each with what its contract line agreed that day.

    Parameters
    ----------
    booked
        Rows of `booked_charges`.
    days
        Rows of `line_days`.

    Returns
    -------
    ir.Table
        The columns of `booked`, and ``agreed`` (decimal(18, 4), in ``line_currency``,
        per month; null where no line of that customer, contract and currency runs on
        the day), ``months`` (int64: for how many months the bill is, 1 unless its
        amount is so many times the price; see docs/definitions/reconciliation.md) and
        ``for_month`` (decimal(18, 4), in ``currency``: the part that is for one).

    """
    bills = booked.filter(booked.kind == "recurring")
    line = ("customer_id", "subscription_id", "line_currency")
    running = days.filter(days["open"] > 0).select(
        **{f"of_{name}": days[name] for name in line},
        since="day",
        until="next_day",
        agreed="price",
    )
    joined = bills.left_join(
        running,
        [
            *(bills[name] == running[f"of_{name}"] for name in line),
            bills.day >= running.since,
            bills.day < running["until"],
        ],
    )
    amount, price = joined.amount, joined.agreed
    ratio = amount.cast("float64") / price.cast("float64").nullif(0)
    guess = whole(ibis.least(ibis.greatest(ratio, 0), _MOST_MONTHS + 1).round())
    # A price is an amount for several months divided and rounded, to half a unit.
    apart = (amount - price * guess).abs()
    is_for_several = (
        (price > 0)
        & guess.between(2, _MOST_MONTHS)
        & (apart <= half_unit(joined.line_currency) * guess)
    ).fill_null(ibis.literal(value=False))
    found = joined.mutate(
        months=ibis.ifelse(is_for_several, guess, 1),
        for_month=ibis.ifelse(
            is_for_several, at_rate(price, joined.rate), joined.billed
        ),
    )
    return found.select(*booked.columns, "agreed", "months", "for_month")


def reconciliation_rows(
    matched: ir.Table, months: ir.Table, *, since: Months
) -> ir.Table:
    """Return by how much recurring charges differ from MRR, line by line, and why.

    Parameters
    ----------
    matched
        Rows of `matched_charges`.
    months
        Rows of `line_months`.
    since
        The number of the first month with charges: earlier ones tell nothing.

    Returns
    -------
    ir.Table
        One row per ``period`` (date, a month's first day), ``currency``, ``component``
        (one of `COMPONENTS`), ``customer_id`` and ``subscription_id`` (null for charges
        that name no contract): ``billed``, ``expected`` and ``amount`` (decimal(18, 4),
        in ``currency``; `amount` is `billed` less `expected`, and not 0). A line whose
        charges equal its MRR has no row.

    Notes
    -----
    Source: docs/definitions/reconciliation.md. Checked in tests/analytics/revenue by
    hand and against a slow implementation.

    """
    has_line = matched.agreed.notnull()
    alone = matched.filter(~has_line)
    several = matched.filter(has_line, matched.months > 1)
    parts = [
        _rows(alone, "no_contract", alone.billed, money(alone.billed - alone.billed)),
        _rows(several, "several_months", several.billed, several.for_month),
        *_line_rows(_beside(months, matched.filter(has_line))),
    ]
    every = ibis.union(*parts)
    summed = every.group_by(*_ROW).aggregate(
        billed=money(every.billed.sum()), expected=money(every.expected.sum())
    )
    rows = summed.mutate(amount=money(summed.billed - summed.expected))
    rows = rows.filter(rows.amount != 0, rows.month >= since)
    return rows.select(
        *_ROW[1:],
        "billed",
        "expected",
        "amount",
        period=first_day_of(rows.month),
    ).select("period", *_ROW[1:], "billed", "expected", "amount")


def _beside(months: ir.Table, matched: ir.Table) -> ir.Table:
    """Return the months of each line beside what was billed for them."""
    bills = matched.group_by(*KEPT_LINE, "month").aggregate(
        for_month=money(matched.for_month.sum()),
        bills=whole(matched.count()),
        rate=matched.rate.argmax(matched.day),
        billed_until=(matched.month + matched.months - 1).max(),
    )
    keys = (*KEPT_LINE, "month")
    joined = months.left_join(bills, [months[key] == bills[key] for key in keys])
    rows = joined.select(
        *months.columns, "for_month", "bills", "rate", "billed_until"
    ).mutate(for_month=_.for_month.fill_null(0), is_billed=_.bills.notnull())
    before = ibis.window(
        group_by=[rows[key] for key in KEPT_LINE],
        order_by=rows.month,
        preceding=(None, 1),
        following=None,
    )
    covered = rows.billed_until.max().over(before)
    return rows.mutate(
        is_covered=(covered >= rows.month).fill_null(ibis.literal(value=False)),
        # What the line pays at the rate of its charges; at its own without any.
        due=ibis.ifelse(
            rows.is_billed & rows.rate.notnull(),
            at_rate(rows.price, rows.rate),
            rows.mrr,
        ),
    )


def _line_rows(lines: ir.Table) -> tuple[ir.Table, ...]:
    """Return the rows of lines that run, by the first reason that holds."""
    component = ibis.cases(
        (lines.has_flipped, "mid_month"),
        (~lines.is_billed & lines.is_covered, "several_months"),
        (~lines.is_billed, "not_billed"),
        (lines.has_moved, "price_change"),
        else_="other_amount",
    )
    none = money(lines.mrr - lines.mrr)
    return (
        _rows(lines, component, lines.for_month, lines.due),
        _rows(lines, "exchange", lines.due, lines.mrr),
        _rows(lines, "mrr_discount", none, lines.less),
    )


def _rows(
    table: ir.Table,
    component: ir.StringValue | str,
    billed: ir.DecimalValue,
    expected: ir.DecimalValue,
) -> ir.Table:
    said = ibis.literal(component) if isinstance(component, str) else component
    rows = table.select(
        "month",
        "currency",
        "customer_id",
        "subscription_id",
        component=said,
        billed=money(billed),
        expected=money(expected),
    )
    return rows.filter(rows.billed != rows.expected).select(*_ROW, "billed", "expected")


def reconciliation(
    booked: ir.Table, months: ir.Table, rows: ir.Table, *, since: Months
) -> ir.Table:
    """Return what was billed by month, and what leads from MRR to recurring charges.

    Parameters
    ----------
    booked
        Rows of `booked_charges`.
    months
        Rows of `line_months`.
    rows
        Rows of `reconciliation_rows`.
    since
        The number of the first month with charges.

    Returns
    -------
    ir.Table
        One row per ``period`` (date, a month's first day) and ``currency`` with
        charges or MRR. ``charges`` (int64) counts them; all else is decimal(18, 4):
        ``billed_total``, the sum of the columns `CHARGE_KINDS`; ``mrr`` at the end of
        the month; the columns `COMPONENTS`; and ``unexplained``, by how much ``mrr``
        and the components miss ``recurring``. It is 0 unless something is wrong.

    Notes
    -----
    Source: docs/definitions/reconciliation.md.

    """
    kind = booked.kind.fill_null("no_kind")
    billed = booked.group_by("currency", period=first_day_of(booked.month)).aggregate(
        charges=whole(booked.count()),
        billed_total=booked.billed.sum(),
        **{name: booked.billed.sum(where=kind == name) for name in CHARGE_KINDS},
    )
    level = months.group_by("currency", period=first_day_of(months.month)).aggregate(
        mrr=months.mrr.sum() + months.less.sum()
    )
    why = rows.group_by("currency", "period").aggregate(
        **{n: rows.amount.sum(where=rows.component == n) for n in COMPONENTS}
    )
    amounts = ("billed_total", *CHARGE_KINDS, "mrr", *COMPONENTS)
    every = ibis.union(*(_padded(part, amounts) for part in (billed, level, why)))
    summed = every.group_by("period", "currency").aggregate(
        charges=whole(every.charges.sum()),
        **{name: money(every[name].sum()) for name in amounts},
    )
    explained = summed.mrr
    for name in COMPONENTS:
        explained = explained + summed[name]
    told = summed.filter(
        summed.period >= first_day_of(_number(since)),
        (summed.charges > 0) | (summed.mrr != 0),
    )
    return told.mutate(unexplained=money(told.recurring - explained))


def _padded(table: ir.Table, amounts: tuple[str, ...]) -> ir.Table:
    """Return a table with every column, 0 where it has none."""

    def column(name: str, dtype: str) -> ir.Value:
        value = table[name] if name in table.columns else ibis.literal(0)
        return whole(whole(value, dtype).fill_null(0), dtype)

    return table.select(
        "period",
        "currency",
        charges=column("charges", "int64"),
        **{name: column(name, "decimal(38, 4)") for name in amounts},
    )


def _number(month: Months) -> ir.IntegerScalar:
    return ibis.literal(month) if isinstance(month, int) else month
