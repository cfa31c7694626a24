"""Contacts of the last year as expressions: per customer, and per week and owner."""

from collections.abc import Sequence
from typing import Final

import ibis
import ibis.expr.types as ir
from ibis import _

from banso.analytics.rollups import company_day
from banso.kernel.zones import OffsetSpan

YEAR: Final = 365  # days that effort and cost look back
THREADS: Final = 180  # days in which one contact or one CSM alone is looked for
_COLUMNS: Final = ("contact_id", "channel", "initiative", "staff", "minutes")


def year_of_contacts(
    interactions: ir.Table, *, offsets: Sequence[OffsetSpan], last: int
) -> ir.Table:
    """Return the contacts between people within a year up to a day.

    What happened in the product alone (channel ``in_app``) is no contact between
    people.

    Parameters
    ----------
    interactions
        Rows of the table of that name; columns that the company lacks may be missing.
    offsets
        Of the company's zone, over the days in question.
    last
        The day number of the last day, included.

    Returns
    -------
    ir.Table
        ``customer_id``, ``day`` (int32), ``contact_id``, ``staff`` (lower case),
        ``ours`` (flag; null when nobody said who began), ``minutes`` (float64).

    """
    for name in _COLUMNS:
        if name not in interactions.columns:
            kind = "float64" if name == "minutes" else "string"
            interactions = interactions.mutate(**{name: ibis.null(kind)})
    rows = interactions.mutate(day=company_day(interactions.occurred_at, offsets))
    rows = rows.filter(
        rows.day > last - YEAR,
        rows.day <= last,
        rows.channel.isnull() | (rows.channel != "in_app"),
    )
    return rows.select(
        "customer_id",
        "day",
        contact_id=rows.contact_id.nullif(""),
        staff=rows.staff.lower().nullif(""),
        ours=rows.initiative.nullif("") == "ours",
        minutes=rows.minutes.cast("float64"),
    )


def customer_effort(contacts: ir.Table, *, last: int) -> ir.Table:
    """Return what each customer that was contacted took within a year.

    Parameters
    ----------
    contacts
        As `year_of_contacts` gives them.
    last
        The day number of the last day, included.

    Returns
    -------
    ir.Table
        One row per customer with a contact: ``contacts``, ``timed`` (those with
        minutes), ``minutes`` (null when none has), ``last_day``; ``contacts_28`` and
        ``contacts_90`` (within so many days); ``ours_90``; within 180 days
        ``named`` (contacts that name a person of theirs), ``people`` (how many),
        ``staffed`` (contacts that name one of ours) and ``csms`` (how many).

    """
    lately = contacts.day > last - THREADS
    return contacts.group_by("customer_id").aggregate(
        contacts=_.count(),
        timed=_.minutes.count(),
        minutes=_.minutes.sum(),
        last_day=_.day.max(),
        contacts_28=_.count(where=_.day > last - 28),
        contacts_90=_.count(where=_.day > last - 90),
        ours_90=_.count(where=(_.day > last - 90) & _.ours.fill_null(False)),  # noqa: FBT003 - Ibis
        named=_.contact_id.count(where=lately),
        people=_.contact_id.nunique(where=lately),
        staffed=_.staff.count(where=lately),
        csms=_.staff.nunique(where=lately),
    )


def weekly_work(contacts: ir.Table, *, first: int, last: int) -> ir.Table:
    """Return the contacts of each week and owner, by who began.

    Parameters
    ----------
    contacts
        As `year_of_contacts` gives them, with ``owner`` of the customer ('' = nobody).
    first, last
        Day numbers of the first Monday, and of the last Sunday, both included.

    Returns
    -------
    ir.Table
        One row per ``week`` (day number of its Monday) and ``owner`` with a contact:
        ``contacts``, ``ours``, ``theirs`` (those of which it is said), and the same
        for minutes: ``minutes``, ``minutes_ours``, ``minutes_theirs`` (0 when none
        has minutes).

    """
    rows = contacts.filter(contacts.day >= first, contacts.day <= last)
    rows = rows.mutate(week=(rows.day - (rows.day - first) % 7).cast("int32"))
    theirs = ~rows.ours
    return rows.group_by("week", "owner").aggregate(
        contacts=rows.count(),
        ours=rows.count(where=rows.ours),
        theirs=rows.count(where=theirs),
        minutes=rows.minutes.sum().fill_null(0.0),
        minutes_ours=rows.minutes.sum(where=rows.ours).fill_null(0.0),
        minutes_theirs=rows.minutes.sum(where=theirs).fill_null(0.0),
    )
