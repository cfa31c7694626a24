"""Which day a run computes for when none is given."""

import datetime as dt
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir

from banso.runs.project import Project
from banso.runs.results import lake_of, open_session
from banso.tables.recorded import PREFIX, RECORDED
from banso.tables.registry import TABLES

OLD_FACTS_DAYS = 60
PLANNED_DAYS = 31  # ends later than that after everything else are only planned


@dataclass(frozen=True)
class AsOfChoice:
    """The as-of date that a run takes when none is given, and why."""

    as_of: dt.date
    newest_fact: dt.date | None
    is_old: bool  # the facts end long before today, so their last day is taken


def default_as_of(project: Project, today: dt.date) -> AsOfChoice:
    """Return today, or the day of the newest fact when that is long ago.

    Events, charges, tickets and the like have happened; what was recorded in Banso
    itself does not count, for a note of today makes old facts no younger. Contracts
    start and end on days that may have been planned, so those count only when nothing
    else has a date, or when they are at most a month later: the end of a file in which
    the last customers left after the last use was written down.

    Parameters
    ----------
    project
        Whose facts.
    today
        The company's day.

    """
    happened = _newest_happened(project, today)
    contracts = _newest_of_contracts(project, today)
    if happened is None or contracts is None:
        newest = happened or contracts
    else:
        is_near = (contracts - happened).days <= PLANNED_DAYS
        newest = max(happened, contracts) if is_near else happened
    is_old = newest is not None and (today - newest).days > OLD_FACTS_DAYS
    chosen = newest if is_old and newest is not None else today
    return AsOfChoice(chosen, newest, is_old)


def _newest_happened(project: Project, today: dt.date) -> dt.date | None:
    days = {
        name: max(of_parts)
        for name, version in lake_of(project).current().facts.items()
        if (TABLES[name].span is None or name == "tickets")
        and name not in {"customers", "consents"}
        if (of_parts := [part.last_day for part in version.parts if part.last_day])
    }
    newest: dt.date | None = None
    by_day = sorted(days, key=lambda name: (days[name], name not in RECORDED))
    for name in reversed(by_day):
        if newest is not None and min(days[name], today) <= newest:
            break  # the other tables end earlier still
        day = _newest_given(project, name) if name in RECORDED else days[name]
        if day is not None:
            day = min(day, today)
            newest = day if newest is None else max(newest, day)
    return newest


def _newest_given(project: Project, table: str) -> dt.date | None:
    """Return the day of the newest row that was not recorded in Banso."""
    spec = TABLES[table]
    assert spec.time is not None
    with open_session(project) as session:
        rows = session.facts(table)
        given = rows.filter(~rows[spec.key[0]].startswith(PREFIX))
        newest = given[spec.time].cast("date").max().name("newest")
        found = session.to_arrow(given.aggregate(newest)).to_pylist()[0]["newest"]
    return found if isinstance(found, dt.date) else None


def _newest_of_contracts(project: Project, today: dt.date) -> dt.date | None:
    """Return the newest start, notice or end of a contract that is not to come."""
    with open_session(project) as session:
        if not session.has("subscriptions"):
            return None
        lines = session.facts("subscriptions")
        found = session.to_arrow(_newest_days(lines, today)).to_pylist()[0]
    return max((day for day in found.values() if day is not None), default=None)


def _newest_days(lines: ir.Table, today: dt.date) -> ir.Table:
    names = ("started_on", "cancelled_on", "ended_on")
    limit = ibis.literal(today)
    return lines.aggregate(
        **{name: lines[name].max(where=lines[name] <= limit) for name in names}
    )
