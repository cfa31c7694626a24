"""Keeping the lake small and quick to read, after work that left something behind."""

import datetime as dt
from contextlib import suppress

from banso.runs.project import Project
from banso.runs.results import lake_of
from banso.warehouse.compaction import collect_orphans, compact
from banso.warehouse.lake import LakeBusy


def tidy(project: Project, *, at: dt.datetime) -> None:
    """Join small parts and corrected months, and remove what no version names.

    No answer changes. When another process is writing, that one tidies up instead.

    Parameters
    ----------
    project
        Whose lake.
    at
        The present, aware.

    """
    lake = lake_of(project)
    with suppress(LakeBusy):
        compact(lake, at=at)
        collect_orphans(lake)
