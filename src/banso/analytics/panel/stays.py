"""Stays: from when to when a customer was there, and how it left."""

from collections.abc import Mapping, Sequence
from typing import TypeAlias

import ibis
import ibis.expr.types as ir
from ibis import _

from banso.analytics.panel.landmarks import CHURN, COMPLETED, NON_PAYMENT, REPLACED
from banso.analytics.rollups import company_day, whole

KINDS: Mapping[str, int] = {
    "completed": COMPLETED,
    "replaced": REPLACED,
    "non_payment": NON_PAYMENT,
}
Day: TypeAlias = int | ir.IntegerValue  # the number of a day
FAR_DAY = 2_000_000  # later than any day that a file can hold


def known_lines(subscriptions: ir.Table, *, until: Day) -> ir.Table:
    """Return the contract lines as they were known on a day, in day numbers.

    Parameters
    ----------
    subscriptions
        Live rows of ``subscriptions``, with ``known_at``.
    until
        The day number: an end or a notice after it has not happened, and a row that
        starts or became known later is not there.

    Returns
    -------
    ir.Table
        The rows with ``starts`` and ``ends`` (int32; `FAR_DAY` while running) and
        ``decided`` (int32): the day from which the end of the line was certain, by
        notice or by the end itself; `FAR_DAY` while nothing is known. A line whose
        end is not after its start was never open and is left out.

    """
    known = subscriptions.known_at
    rows = subscriptions.mutate(
        starts=company_day(subscriptions.started_on, ()),
        said_end=company_day(subscriptions.ended_on, ()).fill_null(FAR_DAY),
        notice=company_day(subscriptions.cancelled_on, ()).fill_null(FAR_DAY),
        learned=known.isnull() | (company_day(known.date(), ()) <= until),
    )
    rows = rows.filter(
        rows.learned, rows.starts <= until, rows.said_end > rows.starts
    ).drop("learned")
    rows = rows.mutate(
        ends=ibis.ifelse(rows.said_end <= until, rows.said_end, FAR_DAY).cast("int32"),
        notice=ibis.ifelse(rows.notice <= until, rows.notice, FAR_DAY),
    )
    decided = ibis.greatest(ibis.least(rows.notice, rows.ends), rows.starts)
    return rows.mutate(decided=decided.cast("int32")).drop("said_end", "notice")


def customer_stays(
    subscriptions: ir.Table,
    *,
    until: int,
    pause_days: int,
    end_words: Mapping[str, Sequence[str]],
) -> ir.Table:
    """Return the stays of each customer, as they were known on a day.

    Parameters
    ----------
    subscriptions
        Live rows, with ``known_at``.
    until
        The day number.
    pause_days
        Lines with a gap of at most so many days between them are one stay.
    end_words
        The words of ``ended_reason`` that mean ``completed``, ``replaced`` or
        ``non_payment``; case does not count. Any other word, or none, means churn.

    Returns
    -------
    ir.Table
        One row per ``customer_id`` and ``starts`` (int32, day number): ``ends``
        (int32, `FAR_DAY` while a line is open), ``leaves_on`` (int32: the day on
        which it became certain that the stay ends, by notice or by the end itself,
        whichever is first; `FAR_DAY` when it is not) and ``end_kind`` (int8, -1
        without a leaving day).

    Notes
    -----
    Source: docs/definitions/ends.md. Checked in tests/analytics/panel by hand.

    """
    lines = known_lines(subscriptions, until=until)
    lines = lines.mutate(kind=_kind(lines.ended_reason, end_words))
    in_order = ibis.window(
        group_by=lines.customer_id,
        order_by=[lines.starts, lines.ends, lines.subscription_id],
        preceding=(None, 1),
        following=None,
    )
    before = lines.mutate(open_until=_.ends.max().over(in_order))
    before = before.mutate(
        opens=(
            before.open_until.isnull()
            | (before.starts > before.open_until + pause_days)
        ).cast("int32")
    )
    so_far = ibis.window(
        group_by=before.customer_id,
        order_by=[before.starts, before.ends, before.subscription_id],
        preceding=None,
        following=0,
    )
    numbered = before.mutate(stay=_.opens.sum().over(so_far))
    stays = numbered.group_by("customer_id", "stay").aggregate(
        starts=_.starts.min(),
        ends=_.ends.max(),
        leaves_on=_.decided.max(),
        # the kind of the line that ended last; the lowest of several
        last=(
            numbered.ends.cast("int64") * 8 + (7 - numbered.kind.cast("int64"))
        ).max(),
    )
    kind = 7 - whole(stays.last) % 8
    has_left = stays.leaves_on < FAR_DAY
    return stays.select(
        "customer_id",
        "starts",
        "ends",
        "leaves_on",
        end_kind=ibis.ifelse(has_left, kind, -1).cast("int8"),
    )


def _kind(
    reason: ir.StringValue, end_words: Mapping[str, Sequence[str]]
) -> ir.IntegerValue:
    said = reason.strip().lower()
    cases = [
        (said.isin([word.strip().lower() for word in words]), ibis.literal(KINDS[end]))
        for end, words in sorted(end_words.items())
        if words
    ]
    if not cases:
        return ibis.literal(CHURN)
    return ibis.cases(*cases, else_=ibis.literal(CHURN)).fill_null(CHURN)
