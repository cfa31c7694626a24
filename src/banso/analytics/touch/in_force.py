"""What people decided of customers, as far as it holds on a day."""

import ibis
import ibis.expr.types as ir
from ibis import _


def in_force(assignments: ir.Table, *, as_of: ir.DateScalar) -> ir.Table:
    """Return which touch model and owner hold by decision on a day.

    Parameters
    ----------
    assignments
        Live rows of ``assignments``: one that names no touch model leaves it as it
        is, and so with the owner.
    as_of
        The day. A decision holds from ``assigned_on`` to ``until``, both included;
        without ``until`` for good.

    Returns
    -------
    ir.Table
        One row per ``customer_id`` of which something holds: ``touch`` and ``owner``
        (null: no decision holds), each of the newest decision that names it, of
        several on one day the last by ``assignment_id``; ``is_override`` (boolean:
        the touch model was set by hand, not proposed), ``why`` and ``until`` of
        that decision (null otherwise).

    Notes
    -----
    Source: docs/definitions/touch.md.

    """
    holds = assignments.filter(
        assignments.assigned_on <= as_of,
        assignments.until.isnull() | (assignments.until >= as_of),
    )
    touch = _newest(holds.filter(holds.touch.notnull())).select(
        "customer_id",
        "touch",
        is_override=_.kind == "override",
        why=ibis.ifelse(_.kind == "override", _.why, ibis.null("string")),
        until=ibis.ifelse(_.kind == "override", _.until, ibis.null("date")),
    )
    owner = _newest(holds.filter(holds.owner.notnull())).select("customer_id", "owner")
    both = touch.outer_join(owner, "customer_id")
    return both.select(
        "touch",
        "owner",
        "why",
        "until",
        customer_id=both.customer_id.fill_null(both.customer_id_right),
        is_override=both.is_override.fill_null(ibis.literal(value=False)),
    )


def _newest(rows: ir.Table) -> ir.Table:
    place = ibis.row_number().over(
        group_by=rows.customer_id,
        order_by=[rows.assigned_on.desc(), rows.assignment_id.desc()],
    )
    return rows.mutate(place=place).filter(_.place == 0)


def laid_over(rows: ir.Table, decided: ir.Table) -> ir.Table:
    """Return rows of customers with what was decided instead of what the source says.

    Parameters
    ----------
    rows
        With ``customer_id``, ``touch`` and ``owner``.
    decided
        Rows of `in_force`.

    """
    said = decided.select(
        "customer_id", decided_touch=decided.touch, decided_owner=decided.owner
    )
    joined = rows.left_join(said, "customer_id")
    return joined.mutate(
        touch=joined.decided_touch.fill_null(joined.touch),
        owner=joined.decided_owner.fill_null(joined.owner),
    ).select(*rows.columns)
