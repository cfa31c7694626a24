"""Looking again at the panels of a release, without another run."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from banso.definitions.catalog import Catalog
from banso.kernel.errors import BansoError
from banso.runs.derived import Kitchen
from banso.runs.gridding import HEALTH_GRID, METRIC_GRID, Gridded, slices_of
from banso.runs.panels import Panels
from banso.runs.project import Project
from banso.runs.results import open_session
from banso.warehouse.manifest import Manifest, Release
from banso.warehouse.session import Session


class RunFirst(BansoError):
    """Refuse to look again at what no run has computed yet."""

    code = "run_first"


@contextmanager
def reopened(
    project: Project, manifest: Manifest, release: Release
) -> Iterator[Session]:
    """Give a session in which the facts are those that a release was made from."""
    as_made = replace(manifest, facts=release.facts, releases=(release,))
    with open_session(project, as_made) as session:
        yield session


def panels_of(session: Session, release: Release, catalog: Catalog) -> Panels:
    """Return what the analyses of a release were read from.

    Raises
    ------
    RunFirst
        Another version of Banso made the release, and laid its files out differently.

    """
    on = release.notes.get("metrics_on")
    switched_on = set(on) if isinstance(on, list) else set()
    dates = release.notes.get("dates")
    assert isinstance(dates, list)
    slices = slices_of([dt.date.fromisoformat(str(date)) for date in dates])
    gridded = Gridded(
        slices=slices,
        metric_parts=release.tables[METRIC_GRID],
        health_parts=release.tables[HEALTH_GRID],
    )
    if [part.slice for part in gridded.health_parts] != [s.name for s in slices]:
        raise RunFirst(
            "The last run was made by an older version of Banso.",
            hint="Run with `banso run`, then try again.",
        )
    metrics = [metric for metric in catalog.metrics if metric.key in switched_on]
    return Panels(Kitchen(session), gridded, catalog, metrics, release.as_of)


def known_by(release: Release) -> dt.date:
    """Return the last day that the analyses of a release know.

    Raises
    ------
    RunFirst
        It knows no contracts.

    """
    noted = release.notes.get("analyses")
    day = noted.get("known_by") if isinstance(noted, dict) else None
    if day is None:
        raise RunFirst(
            "It is not known who left: no contracts are connected.",
            hint="Load `subscriptions`, with the day on which each contract ended.",
        )
    return dt.date.fromisoformat(str(day))
