"""The state of each customer's contracts on one day."""

import datetime as dt

import ibis
import ibis.expr.types as ir
from ibis import _

MONEY = "decimal(18, 4)"


def contract_state(
    subscriptions: ir.Table, *, as_of: dt.date | ir.DateScalar
) -> ir.Table:
    """Return what each customer has under contract on a day.

    Parameters
    ----------
    subscriptions
        Live rows. A line is open on ``[started_on, ended_on)``; a line whose end is
        not after its start was never open. Rows that became known after `as_of` are
        left out, and an `ended_on` in the future has not happened.
    as_of
        The day.

    Returns
    -------
    ir.Table
        One row per customer with a line that is known by then: ``status`` (active: a
        line is open; upcoming: one is yet to start; churned), ``mrr`` (decimal, over
        the open lines; null when they are in several currencies), ``currency`` (null
        likewise), ``seats`` (int64 or null), ``products`` and ``plan`` (texts, in
        order, joined with commas), ``started_on`` (of the first line), ``renews_on``
        (the next renewal on or after `as_of`), ``notice_on`` (the newest notice by
        then on an open line), ``ended_on`` (the last end, for churned customers) and
        ``ended_reason`` with it.

    Notes
    -----
    Source: docs/definitions/contract-state.md.

    """
    day = ibis.literal(as_of) if isinstance(as_of, dt.date) else as_of
    lines = subscriptions.filter(
        _.ended_on.isnull() | (_.ended_on > _.started_on),
        _.known_at.isnull() | (_.known_at.date() <= day),
    )
    lines = lines.mutate(
        is_open=(_.started_on <= day) & (_.ended_on.isnull() | (_.ended_on > day)),
        is_upcoming=_.started_on > day,
    )
    state = lines.group_by("customer_id").aggregate(
        open_lines=_.is_open.cast("int64").sum(),
        upcoming_lines=_.is_upcoming.cast("int64").sum(),
        mrr=_.mrr.sum(where=_.is_open),
        currency=_.currency.min(where=_.is_open),
        last_currency=_.currency.max(where=_.is_open),
        seats=_.seats.sum(where=_.is_open),
        started_on=_.started_on.min(),
        renews_on=_.renews_on.min(where=lines.is_open & (lines.renews_on >= day)),
        notice_on=_.cancelled_on.max(where=lines.is_open & (lines.cancelled_on <= day)),
        last_end=_.ended_on.max(where=lines.ended_on <= day),
    )
    one_currency = state.currency.fill_null("") == state.last_currency.fill_null("")
    is_active = state.open_lines > 0
    state = state.mutate(
        status=ibis.cases(
            (is_active, ibis.literal("active")),
            (state.upcoming_lines > 0, ibis.literal("upcoming")),
            else_=ibis.literal("churned"),
        ),
        mrr=ibis.ifelse(is_active & one_currency, state.mrr, ibis.null(MONEY)).cast(
            MONEY
        ),
        currency=ibis.ifelse(one_currency, state.currency, ibis.null("string")),
        seats=state.seats.cast("int64"),
    )
    state = state.mutate(
        ended_on=ibis.ifelse(state.status == "churned", _.last_end, ibis.null("date"))
    )
    for column, name in (("product", "products"), ("plan", "plan")):
        state = _with_names(state, lines, column=column, name=name)
    return _with_reason(state, lines, day).drop(
        "open_lines", "upcoming_lines", "last_currency", "last_end"
    )


def _with_names(
    state: ir.Table, lines: ir.Table, *, column: str, name: str
) -> ir.Table:
    """Add the different names of the open lines, in order, as one text."""
    different = (
        lines.filter(lines.is_open, lines[column].notnull())
        .select("customer_id", value=lines[column])
        .distinct()
    )
    joined = different.group_by("customer_id").aggregate(
        **{name: _.value.group_concat(", ", order_by=_.value)}
    )
    return state.left_join(joined, "customer_id").drop("customer_id_right")


def _with_reason(state: ir.Table, lines: ir.Table, day: ir.DateScalar) -> ir.Table:
    ended = lines.filter(lines.ended_on <= day, lines.ended_reason.notnull())
    reasons = ended.group_by("customer_id", "ended_on").aggregate(
        ended_reason=_.ended_reason.min()
    )
    joined = state.left_join(reasons, ["customer_id", "ended_on"])
    return joined.drop("customer_id_right", "ended_on_right")
