"""A run: one pure function of facts, definitions, as-of date and seed."""

import datetime as dt
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import ibis.expr.types as ir
from ibis import _

from banso.analytics.contracts import contract_state
from banso.analytics.customer_now import (
    TREND_DATES,
    Standing,
    customer_now,
    date_before,
)
from banso.analytics.long_views import element_points, health_long
from banso.analytics.touch.in_force import in_force, laid_over
from banso.definitions.availability import enabled_metrics, switched_off
from banso.definitions.catalog import Catalog
from banso.definitions.health import HealthModel
from banso.kernel.digests import digest_of_value
from banso.kernel.errors import BansoError
from banso.kernel.progress import Progress, silent
from banso.kernel.zones import day_number, day_of_number
from banso.runs import (
    forecast_drift,
    forecasting,
    foretelling,
    gridding,
    judging,
    lifetimes,
    play_estimating,
    recommending,
    revenue,
    revenue_reconciling,
    rolling,
    signal_worth,
    signalling,
    success,
    teaming,
    touching,
    trial_targeting,
    trialing,
)
from banso.runs import panels as panel_rows
from banso.runs.analyzing import Company, analyzed
from banso.runs.derived import Kitchen, Recipe
from banso.runs.forecasting import FORECAST_GRID
from banso.runs.foretelling import Foretelling
from banso.runs.gridding import (
    HEALTH_GRID,
    METRIC_GRID,
    Gridded,
    grid_metrics_and_health,
)
from banso.runs.kept_catalogs import keep_catalog
from banso.runs.lifetimes import Lifetimes
from banso.runs.panels import Panels
from banso.runs.project import DUCKDB, Project
from banso.runs.results import VIEWS, lake_of, published_catalog
from banso.runs.revenue import COHORT_STEPS, RevenueRun
from banso.runs.rolling import Rolled, roll_up
from banso.runs.success import Success
from banso.runs.teaming import Teaming
from banso.runs.touch_rows import TouchRows
from banso.runs.touching import Touching
from banso.runs.uncollected import uncollected
from banso.warehouse.clustered import ClusteredSession
from banso.warehouse.lake import Lake, LakeBusy, refuse_erased
from banso.warehouse.manifest import JSON, Manifest, Part, Release
from banso.warehouse.queries import Query
from banso.warehouse.session import Session

CUSTOMER_NOW = "customer_now"
VERSION = 1  # of what a release holds
PATIENCE = 100  # tenths of a second that a release waits for another writer
# A newer Banso computes anew what an older one computed in another way.
VERSIONS = (
    VERSION,
    gridding.VERSION,
    rolling.VERSION,
    panel_rows.VERSION,
    forecasting.VERSION,
    forecast_drift.VERSION,
    judging.VERSION,
    success.VERSION,
    recommending.VERSION,
    revenue.VERSION,
    revenue_reconciling.VERSION,
    foretelling.VERSION,
    lifetimes.VERSION,
    signalling.VERSION,
    teaming.VERSION,
    touching.VERSION,
    trialing.VERSION,
    trial_targeting.VERSION,
    play_estimating.VERSION,
    signal_worth.VERSION,
)


@dataclass(frozen=True)
class Wish:
    """What a run computes for."""

    as_of: dt.date
    seed: int


class NothingLoaded(BansoError):
    """Refuse to run without any customer."""

    code = "nothing_loaded"


class NothingPublished(BansoError):
    """Refuse to run without published definitions."""

    code = "nothing_published"


def run(
    project: Project,
    *,
    as_of: dt.date,
    at: dt.datetime,
    seed: int = 0,
    full: bool = False,
    progress: Progress = silent,
) -> Release:
    """Compute everything as of a day, and publish it as one release.

    What an earlier run computed from the same rows is used again; the bytes are those
    of a full run. A run that was killed has published nothing and is continued by the
    next one.

    Parameters
    ----------
    project
        Its lake holds facts and published definitions; its cluster computes, or DuckDB.
    as_of
        Nothing dated later is used.
    at
        The present, aware; only noted in the release.
    seed
        For whatever draws lots; part of the release's identity.
    full
        Compute everything anew.
    progress
        Told as steps ``roll_up``, ``metrics``, ``health``, ``customers``, ``revenue``,
        ``forecast``, ``chances``, ``drivers``, ``signals``, ``recommendations``,
        ``lifetimes``, ``success``, ``touch``.

    Raises
    ------
    NothingLoaded, NothingPublished, NobodyThere
        There is nothing to compute from.
    LakeBusy
        Another process is writing when the release is to be published.
    ErasedMeanwhile
        A person was erased while it ran; run again.
    SparkMissing, SparkUnreachable
        The project's cluster cannot be used.
    PostgresMissing, PostgresUnreachable, PostgresUnfit, PostgresFailed
        The project's database cannot be used, or could not compute.

    """
    lake = lake_of(project)
    manifest = lake.current()
    refuse_without_customers(manifest)
    if not manifest.definitions:
        raise NothingPublished(
            "No definitions are published.", hint="Publish them with `banso apply`."
        )
    digest = manifest.definitions[-1].digest
    catalog = published_catalog(lake, digest)
    keep_catalog(lake, catalog)
    release_id = digest_of_value(
        [VERSIONS, manifest.facts_digest, digest, as_of.isoformat(), seed]
    )[:16]
    existing = manifest.release
    if existing is not None and existing.release_id == release_id and not full:
        return existing
    with uncollected(), _opened(project, manifest) as session:
        kitchen = Kitchen(session, full=full)
        tables, notes = _computed(
            kitchen, catalog, project=project, wish=Wish(as_of, seed), progress=progress
        )
        notes["engine"] = project.cluster.kind if project.cluster else DUCKDB
        notes["derived"] = {"made": kitchen.made, "found": kitchen.found}
    release = Release(
        release_id=release_id,
        as_of=as_of,
        made_at=at,
        definitions_digest=digest,
        facts_digest=manifest.facts_digest,
        seed=seed,
        tables=tables,
        facts=manifest.facts,
        notes=notes,
    )
    _publish(lake, release, manifest, at=at)
    return release


def _opened(project: Project, manifest: Manifest) -> Session:
    lake = lake_of(project)
    if project.cluster is None:
        return Session(lake, manifest, views=VIEWS)
    return ClusteredSession(lake, manifest, cluster=project.cluster, views=VIEWS)


def refuse_without_customers(manifest: Manifest) -> None:
    """Raise ``NothingLoaded`` unless the lake holds a customer."""
    if not manifest.facts.get("customers") or not manifest.facts["customers"].rows:
        raise NothingLoaded(
            "There are no customers yet.", hint="Load some with `banso load FOLDER`."
        )


def _publish(
    lake: Lake, release: Release, made_from: Manifest, *, at: dt.datetime
) -> None:
    """Publish a release; what was computed is worth waiting for who writes just now."""
    for attempt in range(1, PATIENCE + 1):
        try:
            with lake.writing(at=at) as draft:
                refuse_erased(draft.base, since=made_from)
                draft.put_release(release)
                draft.commit()
        except LakeBusy:
            if attempt == PATIENCE:
                raise
            time.sleep(0.1)
        else:
            return


def _computed(
    kitchen: Kitchen,
    catalog: Catalog,
    *,
    project: Project,
    wish: Wish,
    progress: Progress,
) -> tuple[Mapping[str, tuple[Part, ...]], dict[str, JSON]]:
    as_of = wish.as_of
    manifest = kitchen.session.manifest
    connected = [name for name, version in manifest.facts.items() if version.rows]
    columns = {name: list(manifest.facts[name].columns) for name in connected}
    metrics = enabled_metrics(catalog, connected, columns=columns)
    rolled = roll_up(kitchen, metrics, zone=project.timezone, progress=progress)
    gridded = grid_metrics_and_health(
        kitchen, rolled, catalog, metrics, as_of=as_of, progress=progress
    )
    progress("customers", 0, 1)
    now = now_part(kitchen, rolled, gridded, catalog, as_of=as_of)
    progress("customers", 1, 1)
    progress("revenue", 0, 1)
    earned, revenue_note = RevenueRun(kitchen, catalog, project.currency, as_of).parts()
    progress("revenue", 1, 1)
    panels = Panels(kitchen, gridded, catalog, metrics, as_of)
    company = Company(project.timezone, project.currency)
    analyses, note = analyzed(
        panels, rolled, company=company, seed=wish.seed, progress=progress
    )
    foretold = Foretelling(kitchen, catalog, project.currency, as_of).parts(analyses)
    succeeding = Success(panels, rolled, zone=project.timezone)
    progress("lifetimes", 0, 1)
    (steps,) = earned.get(COHORT_STEPS, (None,))
    lives = Lifetimes(
        panels, project.timezone, project.currency, wish.seed, steps
    ).parts()
    progress("lifetimes", 1, 1)
    notes: dict[str, JSON] = {
        "metrics_on": [metric.key for metric in metrics],
        "metrics_off": _switched_off(catalog, connected, columns),
        "dates": [date.isoformat() for date in gridded.dates],
        "newest": _newest_days(rolled, as_of),
        "analyses": note,
        "revenue": revenue_note,
        "success": succeeding.note,
    }
    touched, touch_note = _touched(panels, analyses, now, project, progress)
    notes |= touch_note
    team = _team(kitchen, analyses, now, project, as_of)
    tables = {
        METRIC_GRID: gridded.metric_parts,
        HEALTH_GRID: gridded.health_parts,
        CUSTOMER_NOW: (now,),
        **{f"rollup.{name}": parts for name, parts in rolled.parts.items()},
        **earned,
        **analyses,
        **foretold,
        **succeeding.parts(progress),
        **lives,
        **touched,
        **team.parts(),
    }
    return tables, notes


def _team(
    kitchen: Kitchen,
    analyses: Mapping[str, tuple[Part, ...]],
    now: Part,
    project: Project,
    as_of: dt.date,
) -> Teaming:
    """Return how the work with customers is done."""
    openings = analyses.get(signalling.HISTORY, ())
    return Teaming(kitchen, now, openings, project.timezone, project.currency, as_of)


def _touched(
    panels: Panels,
    analyses: Mapping[str, tuple[Part, ...]],
    now: Part,
    project: Project,
    progress: Progress,
) -> tuple[Mapping[str, tuple[Part, ...]], dict[str, JSON]]:
    """Return the touch models of everybody; nothing without rules or contracts."""
    rules = panels.catalog.touch
    if rules is None or not panels.kitchen.session.has("subscriptions"):
        return {}, {}
    chances = analyses.get(FORECAST_GRID, ())
    rows = TouchRows(panels, chances, rules, project.currency)
    touching = Touching(rows, now, project.timezone)
    progress("touch", 0, 1)
    parts = touching.parts()
    progress("touch", 1, 1)
    return parts, {"touch": touching.note()}


def _switched_off(
    catalog: Catalog, connected: Sequence[str], columns: Mapping[str, Sequence[str]]
) -> list[JSON]:
    return [
        {
            "metric": entry.metric.key,
            "code": entry.code,
            "tables": list(entry.tables),
            "columns": list(entry.columns),
        }
        for entry in switched_off(catalog, connected, columns=columns)
    ]


def _newest_days(rolled: Rolled, as_of: dt.date) -> dict[str, JSON]:
    newest: dict[str, JSON] = {}
    for table, history in rolled.days_of.items():
        day = history.newest(as_of)
        newest[table] = None if day is None else day_of_number(day).isoformat()
    return newest


def now_part(
    kitchen: Kitchen,
    rolled: Rolled,
    gridded: Gridded,
    catalog: Catalog,
    *,
    as_of: dt.date,
) -> Part:
    """Return where each customer stands today, made or found."""
    session = kitchen.session
    recipe = Recipe(
        name=CUSTOMER_NOW,
        slice=as_of.isoformat(),
        inputs={
            "version": VERSION,
            "facts": session.manifest.facts_digest,
            "health": [part.sha256 for part in gridded.health_parts],
        },
        order_by=("customer_id",),
    )

    def rows() -> Query:
        found = _found(kitchen, rolled, gridded, as_of=as_of)
        before = date_before(as_of, gridded.dates)
        return session.query(
            _standing_now,
            found,
            catalog.health,
            session.scalar("now__as_of", as_of),
            None if before is None else session.scalar("now__before", before),
            [
                session.scalar(f"now__trend_{number}", date)
                for number, date in enumerate(gridded.dates[-TREND_DATES:])
            ],
            session.scalar("now__day", day_number(as_of)),
        )

    return kitchen.part(recipe, rows)


@dataclass(frozen=True)
class _Found:
    """The tables that `customer_now` is made from."""

    customers: ir.Table
    assignments: ir.Table | None
    subscriptions: ir.Table | None
    presence: ir.Table
    events: ir.Table | None
    health: ir.Table  # wide, of the dates shown


def _found(
    kitchen: Kitchen, rolled: Rolled, gridded: Gridded, *, as_of: dt.date
) -> _Found:
    session = kitchen.session
    before = date_before(as_of, gridded.dates)
    shown = {*gridded.dates[-TREND_DATES:], *([] if before is None else [before])}
    has_contracts = session.has("subscriptions")
    return _Found(
        customers=session.facts("customers"),
        assignments=session.facts("assignments")
        if session.has("assignments")
        else None,
        subscriptions=session.facts("subscriptions") if has_contracts else None,
        presence=rolled.rollups.presence,
        events=rolled.rollups.contact_days.get("events"),
        health=session.named_parts(
            "now__health", gridded.parts_with(gridded.health_parts, shown)
        ),
    )


def _standing_now(
    found: _Found,
    models: Sequence[HealthModel],
    as_of: ir.DateScalar,
    before: ir.DateScalar | None,
    trend: Sequence[ir.DateScalar],
    day: ir.IntegerScalar,
) -> ir.Table:
    two = [as_of] if before is None else [as_of, before]
    customers = found.customers
    if found.assignments is not None:
        decided = in_force(found.assignments, as_of=as_of)
        customers = laid_over(customers, decided)
    standing = Standing(
        customers=customers,
        contracts=None
        if found.subscriptions is None
        else contract_state(found.subscriptions, as_of=as_of),
        first_days=found.presence.group_by("customer_id").aggregate(day=_.day.min()),
        last_days=None if found.events is None else _last_days(found.events, day),
        health=health_long(found.health),
        parts=element_points(
            found.health.filter(found.health.as_of.isin(two)), models=models
        ),
        trend=trend,
    )
    return customer_now(standing, as_of=as_of, before=before)


def _last_days(events: ir.Table, day: ir.IntegerScalar) -> ir.Table:
    known = events.filter(events.known_day <= day)
    return known.group_by("customer_id").aggregate(day=_.day.max())
