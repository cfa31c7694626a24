"""Committed MRR: what is signed, less what is known to end."""

import ibis
import ibis.expr.types as ir
from ibis import _

from banso.analytics.panel.stays import FAR_DAY, Day
from banso.analytics.revenue.money import money
from banso.analytics.rollups import company_day, whole


def committed_spans(subscriptions: ir.Table, *, until: Day, currency: str) -> ir.Table:
    """Return from when to when each contract line counts in committed MRR (CMRR).

    It counts from the day of its signature (its start, when that is earlier or no
    signature is known) until the day on which its end was certain: its notice, the
    signature of the line that takes over on the day of its end (an agreed contraction
    or expansion), or the end itself, whichever is first.

    Parameters
    ----------
    subscriptions
        Live rows, with ``known_at``.
    until
        The day number of the as-of date. A line that is signed by then and starts
        later counts.
    currency
        The company's, of lines that name none.

    Returns
    -------
    ir.Table
        The columns of `revenue_spans`. An end in the future for which there was no
        notice and no successor is no promise to leave: the line counts.

    Notes
    -----
    Source: docs/definitions/cmrr.md. Checked in tests/analytics/revenue.

    """
    lines = _signed_lines(subscriptions, until=until)
    successors = (
        lines.select(
            "customer_id",
            takes_over=lines.line_starts,
            agreed=lines.signed,
        )
        .group_by("customer_id", "takes_over")
        .aggregate(agreed=_.agreed.min())
    )
    joined = lines.left_join(
        successors,
        [
            lines.customer_id == successors.customer_id,
            lines.line_ends == successors.takes_over,
        ],
    )
    certain = ibis.least(
        joined.notice, joined.agreed.fill_null(FAR_DAY), joined.line_ends
    )
    ends = ibis.greatest(ibis.ifelse(certain <= until, certain, FAR_DAY), joined.signed)
    spans = joined.select(
        "customer_id",
        "subscription_id",
        "product",
        "plan",
        currency=joined.currency.fill_null(currency),
        mrr=money(joined.mrr),
        starts=whole(joined.signed, "int32"),
        ends=whole(ends, "int32"),
        opens=ibis.literal(1, "int32"),
    )
    return spans.filter(spans.ends > spans.starts)


def _signed_lines(subscriptions: ir.Table, *, until: Day) -> ir.Table:
    starts = company_day(subscriptions.started_on, ())
    signed = company_day(subscriptions.signed_on, ())
    known = company_day(subscriptions.known_at.date(), ())
    lines = subscriptions.mutate(
        line_starts=starts,
        line_ends=company_day(subscriptions.ended_on, ()).fill_null(FAR_DAY),
        notice=company_day(subscriptions.cancelled_on, ()).fill_null(FAR_DAY),
        signed=ibis.least(signed.fill_null(starts), starts),
    )
    return lines.filter(
        lines.known_at.isnull() | (known <= until),
        lines.signed <= until,
        lines.line_ends > lines.line_starts,
        lines.mrr >= 0,
    )
