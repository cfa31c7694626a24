"""From facts to the numbers on the pages, without anybody asking for it."""

import datetime as dt
import logging
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import chain

from django.utils import timezone

from banso.kernel.errors import BansoError
from banso.kernel.progress import Progress, silent
from banso.runs.as_of import default_as_of
from banso.runs.collecting import take_collected
from banso.runs.identifying import take_identities
from banso.runs.project import Project
from banso.runs.recording import Recorded, take_records
from banso.runs.results import lake_of
from banso.runs.running import run
from banso.runs.source_reading import read_source
from banso.runs.source_states import is_due, sources_of
from banso.runs.tidying import tidy
from banso.tables.registry import TABLES
from banso.warehouse.lake import LakeBusy
from banso.warehouse.manifest import Manifest, Release
from banso.web.customers import operations as customers
from banso.web.running import queries
from banso.webkit.features import FactSource, installed_features

log = logging.getLogger("banso.running")

_BATCHES = 20  # of collected calls at a time; the next look goes on


@dataclass(frozen=True)
class Refreshed:
    """What the pages show now."""

    release: Release
    day: dt.date  # the company's, on which it was looked
    has_run: bool


def take_in(project: Project, *, at: dt.datetime) -> int:
    """Take live events that were accepted into the lake; return how many were new.

    Raises
    ------
    LakeBusy
        Another process is writing; the next call goes on.

    """
    new = 0
    for _batch in range(_BATCHES):
        taken = take_collected(project, at=at)
        new += taken.new
        if not taken.has_more:
            break
    return new


def take_back(project: Project, *, at: dt.datetime) -> Recorded:
    """Let the lake hold exactly what the features of the app recorded.

    Customers that people decided are one come together first, and others apart.

    Parameters
    ----------
    project
        Whose app database and lake.
    at
        The present, aware.

    Raises
    ------
    LakeBusy
        Another process is writing to the lake.

    """
    decided: dict[str, str] = {}
    for feature in installed_features():
        for merged in feature.identities:
            decided |= merged()
    take_identities(project, decided, at=at)
    sources: dict[str, list[FactSource]] = defaultdict(list)
    for feature in sorted(installed_features(), key=lambda feature: feature.label):
        for source in feature.facts:
            sources[source.table].append(source)

    def rows(table: str) -> Iterator[Mapping[str, object]]:
        return chain.from_iterable(source.rows() for source in sources[table])

    # No transaction holds these together: on SQLite it would make those wait who work.
    records = {table: rows(table) for table in TABLES if table in sources}
    return take_records(project, records, at=at)


def read_due_sources(
    project: Project, *, at: dt.datetime, progress: Progress = silent
) -> None:
    """Read the sources whose time has come, one after the other.

    A source that does not answer holds up no other: why is kept beside it, and it is
    tried again when its time has come again.

    Raises
    ------
    LakeBusy
        Another process is writing, and goes on.

    """
    for source in sources_of(project).sources:
        if not is_due(project, source, at=at):
            continue
        try:
            read = read_source(project, source, at=timezone.now(), progress=progress)
        except LakeBusy:
            raise
        except BansoError as error:
            log.warning("Source %s: %s", source.name, error.message)
            continue
        for table in read:
            if table.failure is not None:
                log.warning("Source %s: %s", source.name, table.failure.message)


def refresh(
    project: Project,
    *,
    at: dt.datetime,
    new_day: bool = False,
    progress: Progress = silent,
) -> Refreshed:
    """Compute what changed, and let the pages show it.

    As `banso run`, but it publishes no definitions: a folder that somebody is in the
    midst of editing goes live when they say so. Computed as of the company's day, or
    of the newest fact when that is long ago. Nothing new, nothing done.

    Parameters
    ----------
    project
        With customers and published definitions.
    at
        The present, aware.
    new_day
        Run also when nothing but the day has changed.
    progress
        Told as `runs.running.run` tells.

    Raises
    ------
    LakeBusy
        Another process is writing; nothing was published.

    """
    day = queries.company_day(project, at=at)
    take_back(project, at=at)
    manifest = lake_of(project).current()
    newest = manifest.release
    if newest is not None and not new_day and _knows_all(newest, manifest):
        return Refreshed(newest, day, has_run=False)
    as_of = default_as_of(project, day).as_of
    release = run(project, as_of=as_of, at=at, progress=progress)
    progress("publish", 0, 1)
    # its own time: pages that were made during the run are told of it
    customers.publish_newest(project, at=timezone.now())
    tidy(project, at=at)
    return Refreshed(release, day, has_run=True)


def _knows_all(release: Release, manifest: Manifest) -> bool:
    return (
        release.facts_digest == manifest.facts_digest
        and release.definitions_digest == manifest.definitions[-1].digest
    )
