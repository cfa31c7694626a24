"""`banso doctor`: see whether everything is there that Banso needs."""

import datetime as dt
import sys
from collections.abc import Iterator
from dataclasses import asdict
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import click

from banso.cli import examining
from banso.cli.examining import Finding, State
from banso.cli.failures import FINDINGS
from banso.cli.options import as_json, find_folder
from banso.cli.output import print_json
from banso.cli.words import words, write_line
from banso.definitions.reading import read_catalog
from banso.kernel.errors import BansoError
from banso.kernel.issues import has_errors
from banso.runs.project import Project
from banso.runs.results import lake_of
from banso.site.configuration import sign_in_of
from banso.site.providers import lacks
from banso.site.serving import prepare_django

PACKAGES = ("django", "duckdb", "ibis-framework", "pyarrow", "granian")
_SIGNS = {"fine": "✓", "note": "-", "problem": "✗"}


@click.command("doctor")
@click.option(
    "--project",
    "folder",
    metavar="DIR",
    type=click.Path(file_okay=False, path_type=Path),
    help="The project's folder. Default: BANSO_PROJECT, else the current folder "
    "or the nearest one above it that holds a banso.toml.",
)
@click.option(
    "--deep",
    is_flag=True,
    help="Also read every file of the lake and every page of the app database.",
)
@as_json
def command(*, folder: Path | None, deep: bool, as_json: bool) -> int:
    """Check this installation and the project: versions, disk, lake, app database.

    Nothing is changed. The exit status is 1 when something is a problem; what to do
    about it stands beside it.
    """
    now = dt.datetime.now(dt.UTC)
    findings = list(examine(find_folder(folder), now=now, deep=deep))
    if as_json:
        print_json([asdict(finding) for finding in findings])
    else:
        for finding in findings:
            sign = _SIGNS[finding.state]
            write_line(f"{sign} {finding.subject}: {finding.detail}")
            if finding.remedy:
                write_line(f"  → {finding.remedy}")
    return FINDINGS if any(each.state == "problem" for each in findings) else 0


def examine(folder: Path, *, now: dt.datetime, deep: bool) -> Iterator[Finding]:
    """Yield what every check finds; a problem of one does not keep others from it."""
    python = ".".join(map(str, sys.version_info[:3]))
    yield Finding("python", "fine", f"{python} ({sys.executable})")
    yield _versions()
    try:
        project = Project.open(folder)
    except BansoError as error:
        remedy = examining.remedy_of(error)
        yield Finding("project", "problem", error.message, remedy)
        return
    yield Finding("project", "fine", f"{project.name} in {project.folder}")
    yield from examining.permissions(project)
    prepare_django(project)
    try:
        yield examining.disk(project)
        yield examining.clock(project, now=now)
        yield _sign_in(project)
        yield _definitions(project)
        yield from _lake(project)
        if deep:
            yield examining.checksums(project)
    except BansoError as error:
        remedy = examining.remedy_of(error)
        yield Finding("lake", "problem", error.message, remedy)
    yield from _app_database(deep=deep)
    yield from examining.erasures(project)
    yield examining.backup(project, now=now)


def _versions() -> Finding:
    found: list[str] = []
    missing: list[str] = []
    for name in PACKAGES:
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            missing.append(name)
    if missing:
        detail = f"not installed: {', '.join(missing)}"
        remedy = f"{sys.executable} -m pip install {' '.join(missing)}"
        return Finding("versions", "problem", detail, remedy)
    return Finding("versions", "fine", f"banso {_own_version()}, {', '.join(found)}")


def _own_version() -> str:
    try:
        return version("banso")
    except PackageNotFoundError:
        return "from source"


def _sign_in(project: Project) -> Finding:
    try:
        sign_in = sign_in_of(project)
    except BansoError as error:
        return Finding("sign-in", "problem", error.message)
    missing = [
        f"{each.provider}: {each.detail}" for each in lacks(sign_in, project.folder)
    ]
    if missing:
        return Finding("sign-in", "problem", "; ".join(missing))
    ways = [
        *(["passwords"] if sign_in.password else []),
        *(["passkeys"] if sign_in.passkeys else []),
        *(f"OIDC {each.id}" for each in sign_in.oidc),
        *(f"SAML {each.id}" for each in sign_in.saml),
    ]
    roles = ", ".join(sign_in.two_factors)
    demanded = f"; two factors for {roles}" if roles else ""
    return Finding("sign-in", "fine", ", ".join(ways) + demanded)


def _definitions(project: Project) -> Finding:
    catalog, issues = read_catalog(project.definitions_folder)
    if catalog is None or has_errors(issues):
        detail = f"{len(issues)} findings: {issues[0]}"
        return Finding("definitions", "problem", detail, "banso check")
    published = lake_of(project).current().definitions
    known = published[-1].digest if published else None
    counted = f"{len(catalog.metrics)} metrics, {len(catalog.health)} health models"
    if catalog.digest != known:
        return Finding("definitions", "note", f"{counted}; not published yet")
    return Finding("definitions", "fine", f"{counted}; published")


def _lake(project: Project) -> Iterator[Finding]:
    lake = lake_of(project)
    manifest = lake.current()
    paths = sorted({part.path for part in manifest.list_parts()})
    missing = [path for path in paths if not (lake.folder / path).is_file()]
    if missing:
        detail = f"{len(missing)} files missing: {missing[0]}"
        yield Finding("lake", "problem", detail, examining.from_backup())
    rows = sum(table.rows for table in manifest.facts.values())
    yield Finding(
        "facts",
        "fine" if rows else "note",
        f"{rows:,} rows in {len(manifest.facts)} tables, version {manifest.version}",
    )
    release = manifest.release
    if release is None:
        yield Finding("release", "note", "none yet: 'banso run' makes one")
    else:
        is_current = release.facts_digest == manifest.facts_digest
        later = "" if is_current else "; facts came since: 'banso run' takes them in"
        detail = f"as of {release.as_of}, made {release.made_at:%Y-%m-%d %H:%M} UTC"
        yield Finding("release", "fine" if is_current else "note", detail + later)


def _app_database(*, deep: bool) -> Iterator[Finding]:
    from django.db import DatabaseError, connection  # noqa: PLC0415  after the settings
    from django.db.migrations.executor import MigrationExecutor  # noqa: PLC0415

    if connection.vendor == "sqlite" and not _sqlite_file(connection).exists():
        yield Finding("app database", "note", "not there yet: 'banso serve' makes it")
        return
    try:
        executor = MigrationExecutor(connection)
        pending = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError as error:
        remedy = words(
            "起動しているか、アドレス（BANSO_DATABASE_URL または banso.toml）が"
            "正しいかを確かめてください。",
            "Is it running, and is its address right (BANSO_DATABASE_URL, or"
            " banso.toml)?",
        )
        yield Finding("app database", "problem", str(error).strip(), remedy)
        return
    state: State = "note" if pending else "fine"
    detail = f"{len(pending)} migrations to make" if pending else "up to date"
    remedy = words(
        "`banso backup` のあと、`banso serve` を始め直すと行われます。",
        "After `banso backup`, start `banso serve` anew: it makes them.",
    )
    detail = f"{connection.vendor}, {detail}"
    yield Finding("app database", state, detail, remedy if pending else "")
    if deep:
        yield from examining.database_soundness()
    if not pending:
        yield _users()


def _sqlite_file(connection: object) -> Path:
    settings: dict[str, object] = getattr(connection, "settings_dict", {})
    return Path(str(settings["NAME"]))


def _users() -> Finding:
    from banso.web.accounts import queries  # noqa: PLC0415  after the settings

    count = queries.list_users().filter(is_active=True).count()
    if count:
        return Finding("users", "fine", f"{count} may sign in")
    return Finding("users", "note", "nobody can sign in yet: 'banso user add E-MAIL'")
