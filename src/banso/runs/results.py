"""Opening the lake of a project with all result tables under their names."""

from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

import ibis.expr.types as ir

from banso.analytics.forecast.forecasts import HORIZONS
from banso.analytics.long_views import (
    forecast_long,
    health_long,
    health_parts,
    metrics_long,
)
from banso.definitions.catalog import Catalog
from banso.definitions.reading import read_catalog
from banso.kernel.errors import BansoError
from banso.runs.gridding import HEALTH_GRID, METRIC_GRID
from banso.runs.kept_catalogs import find_catalog
from banso.runs.project import Project
from banso.runs.revenue import (
    MOVEMENT_LINES,
    PERIODS,
    RETENTION,
)
from banso.runs.revenue_views import movements_view, retention_view
from banso.warehouse.lake import Lake
from banso.warehouse.manifest import Manifest, Release
from banso.warehouse.session import Session


class DefinitionsUnreadable(BansoError):
    """Refuse to use published definitions that this version cannot read."""

    code = "definitions_unreadable"


def lake_of(project: Project) -> Lake:
    """Return the lake of a project; nothing is created."""
    return Lake(project.lake_folder)


def open_session(
    project: Project,
    manifest: Manifest | None = None,
    *,
    memory: str = "3GB",
    threads: int | None = None,
) -> Session:
    """Return a session in which every result table has its name.

    Parameters
    ----------
    project
        Whose lake.
    manifest
        The version; the current one when not given.
    memory, threads
        What DuckDB may use.

    """
    return Session(
        lake_of(project), manifest, memory=memory, threads=threads, views=VIEWS
    )


def published_catalog(lake: Lake, digest: str) -> Catalog:
    """Return the definitions that were published under a digest.

    Raises
    ------
    DefinitionsUnreadable
        They were written for another version of Banso.

    """
    return _catalog(lake.folder, digest)


@lru_cache(maxsize=16)
def _catalog(folder: Path, digest: str) -> Catalog:
    lake = Lake(folder)
    kept = find_catalog(lake, digest)
    if kept is not None:
        return kept
    catalog, issues = read_catalog(lake.definition_files(digest))
    if catalog is None:
        raise DefinitionsUnreadable(
            f"The published definitions {digest[:12]} cannot be read: {issues[0]}",
            hint="Mend the definitions, then publish them with `banso apply`.",
            digest=digest,
        )
    return catalog


def _metrics(session: Session, release: Release) -> ir.Table:
    return metrics_long(session.result(METRIC_GRID, release))


def _health(session: Session, release: Release) -> ir.Table:
    return health_long(session.result(HEALTH_GRID, release))


def _health_parts(session: Session, release: Release) -> ir.Table:
    catalog = published_catalog(session.lake, release.definitions_digest)
    return health_parts(
        session.result(HEALTH_GRID, release),
        session.result(METRIC_GRID, release),
        models=catalog.health,
    )


def _forecast(session: Session, release: Release) -> ir.Table:
    return forecast_long(session.result("forecast_grid", release), horizons=HORIZONS)


def _movements(session: Session, release: Release) -> ir.Table:
    return movements_view(session.result(MOVEMENT_LINES, release))


def _retention(session: Session, release: Release) -> ir.Table:
    return retention_view(
        session.result(RETENTION, release), session.result(PERIODS, release)
    )


VIEWS = MappingProxyType(
    {
        "metrics": _metrics,
        "health": _health,
        "health_parts": _health_parts,
        "forecast": _forecast,
        "movements": _movements,
        "retention": _retention,
    }
)
# The stored tables that each view is made from.
VIEW_TABLES = MappingProxyType(
    {
        "metrics": (METRIC_GRID,),
        "health": (HEALTH_GRID,),
        "health_parts": (HEALTH_GRID, METRIC_GRID),
        "forecast": ("forecast_grid",),
        "movements": (MOVEMENT_LINES,),
        "retention": (RETENTION, PERIODS),
    }
)
