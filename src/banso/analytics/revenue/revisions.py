"""What changed in months that were closed: figures, and the contract rows behind."""

from typing import Final

import ibis
import ibis.expr.types as ir
from ibis import _

from banso.analytics.panel.stays import Day
from banso.analytics.revenue.money import money
from banso.analytics.revenue.movements import KINDS
from banso.analytics.rollups import company_day, whole

FIGURES: Final = ("mrr_end", *KINDS, "exchange", "customers_end")
ROW_KEY: Final = ("subscription_id", "started_on")
FIELDS: Final = (
    "customer_id",
    "started_on",
    "ended_on",
    "mrr",
    "currency",
    "product",
    "plan",
    "signed_on",
    "cancelled_on",
)
_EVENT: Final = ("customer_id", "currency", "subscription_id", "product", "plan")


def revised_figures(
    before: ir.Table, after: ir.Table, *, closed_until: ir.DateScalar
) -> ir.Table:
    """Return the figures of closed months that are not what they were.

    Parameters
    ----------
    before, after
        Rows of ``revenue_periods`` of two releases.
    closed_until
        The first day that was not over when `before` was made: earlier months were
        closed.

    Returns
    -------
    ir.Table
        One row per ``period`` (date, the month), ``currency`` and ``figure`` (one of
        `FIGURES`, of the whole company) that differs: ``before`` and ``after``
        (decimal(18, 4); 0 where there was no row).

    """
    sides = [
        _long(table, closed_until, is_after=is_after)
        for table, is_after in ((before, False), (after, True))
    ]
    sums = (
        ibis.union(*sides)
        .group_by("period", "currency", "figure")
        .aggregate(before=_.before.sum(), after=_.after.sum())
    )
    rows = sums.mutate(before=money(sums.before), after=money(sums.after))
    return rows.filter(rows.before != rows.after)


def _long(table: ir.Table, closed_until: ir.DateScalar, *, is_after: bool) -> ir.Table:
    months = table.filter(
        table.grain == "month", table.grouping == "", table.period < closed_until
    )
    nothing = ibis.literal(0).cast("decimal(18, 4)")
    parts = []
    for figure in FIGURES:
        value = money(months[figure])
        parts.append(
            months.select(
                "period",
                "currency",
                figure=ibis.literal(figure),
                before=nothing if is_after else value,
                after=value if is_after else nothing,
            )
        )
    return ibis.union(*parts)


def revised_lines(
    before: ir.Table, after: ir.Table, *, closed_until: ir.DateScalar
) -> ir.Table:
    """Return the contract lines whose closed months read otherwise than before.

    Parameters
    ----------
    before, after
        Rows of ``mrr_changes`` of two releases.
    closed_until
        See `revised_figures`.

    Returns
    -------
    ir.Table
        One row per ``customer_id`` and ``subscription_id``: ``first_period`` (date),
        the first month in which the line differs.

    """
    sides = [
        table.filter(table.day < closed_until).select(
            *_EVENT,
            "day",
            change=money(table.change if is_after else -table.change),
            opened=whole(table.opened if is_after else -table.opened),
        )
        for table, is_after in ((before, False), (after, True))
    ]
    both = ibis.union(*sides)
    sums = both.group_by(*_EVENT, "day").aggregate(
        change=money(both.change.sum()), opened=whole(both.opened.sum())
    )
    differs = sums.filter((sums.change != 0) | (sums.opened != 0))
    lines = differs.group_by("customer_id", "subscription_id").aggregate(
        day=differs.day.min()
    )
    return lines.select(
        "customer_id",
        "subscription_id",
        first_period=whole(lines.day.truncate("M"), "date"),
    )


def revised_rows(
    before: ir.Table,
    after: ir.Table,
    lines: ir.Table,
    *,
    until: Day,
    pause_days: int,
) -> ir.Table:
    """Return the rows of contracts that made closed months read otherwise.

    Parameters
    ----------
    before, after
        Rows of ``subscriptions`` as two releases read them.
    lines
        Rows of `revised_lines`.
    until
        The day number before which months were closed.
    pause_days
        A row that is new and starts later than so many days after that changes no
        closed month.

    Returns
    -------
    ir.Table
        One row per ``customer_id``, ``subscription_id``, ``row_started_on`` (the key
        of the row) and ``field`` that differs, of the customers of `lines`: ``what``
        (added, removed or changed), ``old`` and ``new`` (text; null where there is no
        row or no value), ``known_at`` (of the new row; null when the source does not
        say) and ``first_period`` (of the customer).

    """
    customers = lines.group_by("customer_id").aggregate(
        first_period=lines.first_period.min()
    )
    pairs = _paired(before, after)
    touched = pairs.join(customers, "customer_id")
    starts = company_day(touched.row_started_on, ())
    late = (touched.what == "added") & (starts > until + pause_days)
    rows = touched.filter(~late)
    found = []
    for name in FIELDS:
        old, new = rows[f"old_{name}"], rows[f"new_{name}"]
        found.append(
            rows.filter(~old.identical_to(new)).select(
                "customer_id",
                "subscription_id",
                "row_started_on",
                "what",
                field=ibis.literal(name),
                old=old,
                new=new,
                known_at=rows.known_at,
                first_period=rows.first_period,
            )
        )
    return ibis.union(*found)


def _paired(before: ir.Table, after: ir.Table) -> ir.Table:
    """Return old and new row side by side, as texts."""
    sides = ibis.union(_sided(before, is_new=False), _sided(after, is_new=True))
    # Each side has one row of a key.
    both = sides.group_by(*ROW_KEY).aggregate(
        **{
            f"{side}_{name}": sides[f"{side}_{name}"].max()
            for name in FIELDS
            for side in ("old", "new")
        },
        known_at=sides.known_at.max(),
        was=sides.was.max(),
        now=sides.now.max(),
    )
    what = ibis.cases(
        (both.was == 0, "added"), (both.now == 0, "removed"), else_="changed"
    )
    return both.select(
        *(f"{side}_{name}" for name in FIELDS for side in ("old", "new")),
        "subscription_id",
        "known_at",
        row_started_on=both.started_on,
        what=what,
        customer_id=both.new_customer_id.fill_null(both.old_customer_id),
    )


def _sided(rows: ir.Table, *, is_new: bool) -> ir.Table:
    nothing = ibis.null("string")
    texts = {name: rows[name].cast("string") for name in FIELDS}
    return rows.select(
        *ROW_KEY,
        **{f"old_{name}": nothing if is_new else texts[name] for name in FIELDS},
        **{f"new_{name}": texts[name] if is_new else nothing for name in FIELDS},
        known_at=(rows.known_at if is_new else ibis.null("timestamp")).cast(
            "timestamp"
        ),
        was=ibis.literal(0 if is_new else 1, "int8"),
        now=ibis.literal(1 if is_new else 0, "int8"),
    )
