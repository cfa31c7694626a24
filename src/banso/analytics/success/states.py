"""How far each customer has come on the way to success, on several dates."""

import datetime as dt
from collections.abc import Sequence
from typing import Final

import ibis
import ibis.expr.types as ir
from ibis import _

from banso.analytics.filters import matches
from banso.analytics.literal_rows import literal_rows
from banso.analytics.rollups import company_day, whole
from banso.definitions.success import SuccessRules
from banso.kernel.zones import EPOCH

# In the order in which customers pass them; the last is success.
STATES: Final = (
    "unknown",  # not told by the data: no value of a metric at the time
    "early",  # still has time to be onboarded
    "not_onboarded",
    "left",  # was onboarded, and has left since
    "not_adopting",
    "successful",
)


def onboarding(rows: ir.Table, starts: ir.Table, rules: SuccessRules) -> ir.Table:
    """Return when each customer was onboarded.

    Parameters
    ----------
    rows
        One row per ``customer_id`` and ``as_of`` (date) on which the customer was
        there, with the columns that the conditions of `rules` read.
    starts
        One row per ``customer_id``: ``day`` (int32), its first day.
    rules
        What success is.

    Returns
    -------
    ir.Table
        One row per ``customer_id``: ``started`` and ``due`` (int32, day numbers;
        `due` is the last day that counts), ``onboarded_on`` (int32: the first as-of
        date up to `due` on which the condition held; null when there is none) and
        ``is_told`` (bool: whether the condition was known on any date up to `due`).

    """
    step = rules.onboarded
    firsts = starts.select(
        "customer_id",
        started=starts.day,
        due=whole(starts.day + step.within_days, "int32"),
    )
    held = matches(rows, step.where)
    told = rows.select(
        "customer_id",
        day=company_day(rows.as_of, ()),
        held=held,
        is_told=held | matches(rows, f"not ({step.where})"),
    )
    in_time = told.join(firsts, "customer_id")
    in_time = in_time.filter(in_time.day <= in_time.due)
    found = in_time.group_by("customer_id").aggregate(
        onboarded_on=_.day.min(where=_.held), is_told=_.is_told.any()
    )
    joined = firsts.left_join(found, "customer_id").drop("customer_id_right")
    return joined.mutate(is_told=joined.is_told.fill_null(ibis.literal(value=False)))


def success_states(
    rows: ir.Table,
    onboarded: ir.Table,
    rules: SuccessRules,
    dates: Sequence[dt.date],
) -> ir.Table:
    """Return how far each customer has come on some dates.

    Parameters
    ----------
    rows
        As for `onboarding`; those on `dates` are read.
    onboarded
        What `onboarding` gives.
    rules
        What success is.
    dates
        As-of dates, at least one.

    Returns
    -------
    ir.Table
        One row per ``customer_id`` and ``as_of`` (date) of those that had started by
        then, whether or not they are still there: ``cohort`` (date: the first of the
        month of the start), ``onboarded_on`` (date; null until it happened) and
        ``state``, one of `STATES`.

    Notes
    -----
    A customer that left keeps its place in its cohort: as ``left`` when it had been
    onboarded, else as ``not_onboarded``. Source: docs/definitions/success-funnel.md.

    """
    days = literal_rows([{"as_of": date} for date in dates], {"as_of": "date"})
    on_dates = rows.filter(rows.as_of.isin([ibis.literal(date) for date in dates]))
    adopts = matches(on_dates, rules.adopted.where)
    present = on_dates.select(
        "customer_id",
        "as_of",
        adopts=adopts,
        adoption_told=adopts | matches(on_dates, f"not ({rules.adopted.where})"),
    )
    begun = onboarded.cross_join(days.mutate(day=company_day(days.as_of, ())))
    begun = begun.filter(begun.started <= begun.day)
    here = begun.left_join(present, ["customer_id", "as_of"])
    here = here.drop("customer_id_right", "as_of_right")
    return here.select(
        "customer_id",
        "as_of",
        cohort=_date_of(here.started).truncate("M"),
        onboarded_on=ibis.ifelse(
            here.onboarded_on <= here.day, _date_of(here.onboarded_on), _NO_DATE
        ),
        state=_state(here),
    )


_NO_DATE = ibis.null("date")


def _state(here: ir.Table) -> ir.StringValue:
    is_here = here.adopts.notnull()
    is_onboarded = (here.onboarded_on <= here.day).fill_null(ibis.literal(value=False))
    has_time = is_here & (here.day < here.due)
    return ibis.cases(
        (is_onboarded & ~is_here, "left"),
        (is_onboarded & here.adopts, "successful"),
        (is_onboarded & here.adoption_told, "not_adopting"),
        (is_onboarded, "unknown"),
        (has_time, "early"),
        (here.is_told, "not_onboarded"),
        else_="unknown",
    )


def _date_of(number: ir.IntegerValue) -> ir.DateValue:
    return whole(ibis.literal(EPOCH) + number.as_interval("D"), "date")


def staff_at_work(
    touches: ir.Table, staff: ir.Table | None, dates: Sequence[dt.date], *, days: int
) -> ir.Table:
    """Return how many people of ours were in touch with customers before some dates.

    A list of staff says who is there today. Who was at work on a day of the past is
    told by the conversations of the days before it.

    Parameters
    ----------
    touches
        One row per conversation: ``staff`` (text; null when nobody is named) and
        ``day`` (int32).
    staff
        ``email`` and ``role``; only people with the role ``csm`` count. When null,
        everybody counts who had a conversation.
    dates
        As-of dates, at least one.
    days
        How many days before a date are looked at.

    Returns
    -------
    ir.Table
        ``as_of`` (date) and ``csms`` (int64); a date without any has no row.

    """
    if staff is not None:
        csms = staff.filter(staff.role == "csm").select(staff=staff.email.lower())
        touches = touches.mutate(staff=touches.staff.lower()).semi_join(csms, "staff")
    table = literal_rows([{"as_of": date} for date in dates], {"as_of": "date"})
    table = table.mutate(until=company_day(table.as_of, ()))
    met = touches.filter(touches.staff.notnull()).select("staff", "day").distinct()
    pairs = met.cross_join(table)
    within = pairs.filter(pairs.day <= pairs.until, pairs.day > pairs.until - days)
    return within.group_by("as_of").aggregate(csms=whole(within.staff.nunique()))
