"""Whether there is anything to take in, or to compute anew; cheap to ask."""

import datetime as dt
from collections.abc import Mapping
from zoneinfo import ZoneInfo

from banso.connectors.sources import SOURCES_FILE
from banso.runs.collecting import collect_state
from banso.runs.project import Project
from banso.runs.results import lake_of
from banso.runs.source_states import SourcesInvalid, is_due, sources_of
from banso.web.audit import queries as audit

_LOOK_AGAIN = dt.timedelta(minutes=1)  # at events whose customer was not known


def collected_waits(
    project: Project, memory: Mapping[str, object], *, at: dt.datetime
) -> bool:
    """Return whether accepted events wait, in the log or for their customer."""
    if not project.collect_log.is_dir():
        return False
    state = collect_state(project)
    if state.oldest is not None:
        return True
    last = memory.get("at")
    looked = dt.datetime.fromisoformat(str(last)) if last else None
    return state.waiting > 0 and (looked is None or at - looked >= _LOOK_AGAIN)


def a_source_is_due(project: Project, *, at: dt.datetime) -> bool:
    """Return whether it is time to read a source; never while its file has faults."""
    if not (project.folder / SOURCES_FILE).exists():
        return False
    try:
        sources = sources_of(project).sources
    except SourcesInvalid:  # the page of data and `banso connect` say so
        return False
    return any(is_due(project, source, at=at) for source in sources)


def newest_record() -> int:
    """Return a number that grows with whatever people do."""
    return audit.newest_number()


def run_is_wanted(
    project: Project,
    memory: Mapping[str, object],
    *,
    at: dt.datetime,
    each_day: bool,
) -> bool:
    """Return whether a run would find something that the release does not know.

    New facts, published definitions, something that people recorded, or a new day of a
    company whose events come in live. A release that somebody made for a day of the
    past stays until something of these happens.

    Parameters
    ----------
    project
        Whose lake.
    memory
        What the last run remembered.
    at
        The present.
    each_day
        A new day is reason enough, also without live events.

    """
    manifest = lake_of(project).current()
    customers = manifest.facts.get("customers")
    if customers is None or not customers.rows or not manifest.definitions:
        return False
    release = manifest.release
    if release is None:
        return True
    if release.facts_digest != manifest.facts_digest:
        return True
    if release.definitions_digest != manifest.definitions[-1].digest:
        return True
    if memory.get("record") != newest_record():
        return True  # which may be nothing that counts; `operations.refresh` sees
    return is_new_day(project, memory, at=at, each_day=each_day)


def is_new_day(
    project: Project,
    memory: Mapping[str, object],
    *,
    at: dt.datetime,
    each_day: bool,
) -> bool:
    """Return whether the day alone is reason enough for a run."""
    if not (each_day or project.collect_log.is_dir()):
        return False
    today = company_day(project, at=at).isoformat()
    return str(memory.get("day", today)) < today


def company_day(project: Project, *, at: dt.datetime) -> dt.date:
    """Return the company's day."""
    return at.astimezone(ZoneInfo(project.timezone)).date()
