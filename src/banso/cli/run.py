"""`banso run`: compute everything, and publish it as one release."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

import click

from banso.cli.computing import Wish, compute
from banso.cli.options import as_json, in_project, to_type
from banso.cli.output import print_json
from banso.cli.progress import showing_progress
from banso.cli.revised import revised_months, say_revised
from banso.cli.words import say
from banso.kernel.labels import Label
from banso.runs.project import Project, cluster_of
from banso.runs.results import open_session
from banso.warehouse.manifest import Release

COLUMNS_NAMED = 12
BANDS = {
    "healthy": Label("健全", "healthy"),
    "watch": Label("注意", "watch"),
    "at_risk": Label("危険", "at risk"),
    "unknown": Label("不明", "unknown"),
}


@click.command("run")
@click.option(
    "--as-of",
    type=click.DateTime(["%Y-%m-%d"]),
    help="The day to compute for; nothing later is used. Default: today, or the day of "
    "the newest fact when that is more than 60 days ago.",
)
@click.option("--full", is_flag=True, help="Compute everything anew.")
@click.option("--seed", default=0, show_default=True, help="For what draws lots.")
@click.option(
    "--engine",
    help="What computes: duckdb, or the address of Spark (spark://HOST:7077) or of a "
    "database (postgresql://USER@HOST/DATABASE). "
    "Default: what banso.toml says under [engine], else duckdb.",
)
@in_project
@as_json
def command(
    project: Project,
    *,
    as_of: dt.datetime | None,
    full: bool,
    seed: int,
    engine: str | None,
    as_json: bool,
) -> None:
    """Compute metrics and health for every week of history; publish one release.

    Only what changed since the last run is computed; the result is the same as that
    of a full one. Changed definitions are published first. A run that is stopped leaves
    the last release in place, and the next one goes on from where it was.
    """
    wish = Wish(as_of=as_of.date() if as_of else None, seed=seed, full=full)
    if engine is not None:
        project = replace(project, cluster=cluster_of(engine))
    with showing_progress() as progress:
        release = compute(project, wish, progress=progress)
    bands = customers_by_band(project)
    revised = revised_months(project)
    unused = unused_columns(release)
    if as_json:
        print_json(
            {
                "release": release.release_id,
                "as_of": release.as_of,
                "made_at": release.made_at,
                "definitions": release.definitions_digest,
                "bands": bands,
                "revised": revised.in_json,
                "unused_columns": unused,
            }
        )
        return
    say_release(release, bands)
    say_revised(revised)
    say_unused(unused)
    say(
        "見るには: {serve}",
        "Look at it: {serve}",
        serve=to_type(project, "serve"),
    )


def customers_by_band(project: Project) -> dict[str, int]:
    """Count the active customers of the newest release by band."""
    with open_session(project) as session:
        now = session.result("customer_now")
        active = now.filter(now.status == "active")
        counted = active.group_by("band").aggregate(customers=active.count())
        rows = session.to_arrow(counted).to_pylist()
    found = {row["band"] or "unknown": row["customers"] for row in rows}
    return {band: found.get(band, 0) for band in BANDS}


def unused_columns(release: Release) -> list[str]:
    """Return the company's own columns of customers that no analysis looked at."""
    note = release.notes.get("analyses")
    found = note.get("unused") if isinstance(note, dict) else None
    return [str(name) for name in found] if isinstance(found, list) else []


def say_unused(columns: Sequence[str]) -> None:
    """Say which columns wait for somebody to say that they may be looked at."""
    if not columns:
        return
    more = len(columns) - COLUMNS_NAMED
    named = ", ".join(columns[:COLUMNS_NAMED]) + (f", … (+{more})" if more > 0 else "")
    say(
        "顧客の項目のうち、要因分析と予測に使っていないもの: {columns}\n"
        "  契約時に決まり、後から書き換えない項目は、definitions/forecast.yaml の"
        " profile に書くと使えます。",
        "Columns of customers that drivers and forecasts do not look at: {columns}\n"
        "  Those that are set at the start and never rewritten can be named under"
        " profile in definitions/forecast.yaml.",
        columns=named,
    )


def say_release(release: Release, bands: dict[str, int]) -> None:
    """Say what came out of a run."""
    counts = " / ".join(
        f"{label.in_language('ja')} {bands[band]}" for band, label in BANDS.items()
    )
    counted = ", ".join(f"{bands[band]} {label.en}" for band, label in BANDS.items())
    say(
        "基準日 {as_of} の結果を公開しました（{release}）。\n契約中の顧客: " + counts,
        "Published the results as of {as_of} ({release}).\nActive customers: "
        + counted,
        as_of=release.as_of,
        release=release.release_id,
    )
