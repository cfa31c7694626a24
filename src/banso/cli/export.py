"""`banso export`: write a table of facts or results for other tools."""

import datetime as dt
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import click
import ibis.expr.types as ir

from banso.analytics.consents import unnamed
from banso.cli.options import as_json, in_project
from banso.cli.reading import note_read
from banso.cli.rows import RowFormat, write_rows
from banso.cli.words import tell
from banso.kernel.consent import Gate, Purpose
from banso.kernel.errors import BansoError
from banso.kernel.nearness import did_you_mean, nearest
from banso.runs.consents import gate_of
from banso.runs.project import Project
from banso.runs.results import VIEWS, open_session
from banso.site.serving import has_app_database, migrate
from banso.tables.registry import TABLES
from banso.tables.spec import is_contact_column
from banso.warehouse.session import NoSuchResult, Session


class NotExportable(BansoError):
    """Refuse a name that is neither a table of facts nor a result."""

    code = "not_exportable"


class NoAsOf(BansoError):
    """Refuse an as-of date for a table that has none."""

    code = "no_as_of"


@click.command("export")
@click.argument("name")
@click.option(
    "--format",
    "row_format",
    type=click.Choice(["csv", "parquet", "json"]),
    help="Default: what the name of --out ends with, else csv.",
)
@click.option(
    "--as-of",
    type=click.DateTime(["%Y-%m-%d"]),
    help="Of a result: only the rows of this as-of date. Of facts: as known that day.",
)
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The file to write. Default: standard output.",
)
@click.option(
    "--exact",
    is_flag=True,
    help="In CSV, leave texts that a spreadsheet would run as a formula as they are, "
    "for programs. Else such a text begins with an apostrophe.",
)
@in_project
@as_json
def command(  # noqa: PLR0913  one option each
    project: Project,
    *,
    name: str,
    row_format: RowFormat | None,
    as_of: dt.datetime | None,
    out: Path | None,
    exact: bool,
    as_json: bool,
) -> None:
    """Write the table NAME: facts such as `subscriptions`, or results such as `health`.

    Who refuses that other tools get its data is neither named nor quoted.
    Results are those of the newest release. Rows are streamed, so a table may be larger
    than memory; a file appears under its name only when it is complete.
    """
    chosen = "json" if as_json else row_format or format_of(out)
    with open_session(project) as session:
        rows = table(session, name, as_of=as_of.date() if as_of else None)
        note_read(project, [name], rows.columns)
        if any(map(is_contact_column, rows.columns)):
            gate = _gate(project, dt.datetime.now(dt.UTC))
            rows = unnamed(rows, name, gate, Purpose.SHARING)
        with writing_to(out) as stream:
            count = write_rows(
                session.batches(rows),
                schema=rows.schema().to_pyarrow(),
                row_format=chosen,
                to=stream,
                exact=exact,
            )
    if out:
        tell(
            "{n} 行を {out} に書きました。",
            "Wrote {n} rows to {out}.",
            n=count,
            out=out,
        )


def _gate(project: Project, at: dt.datetime) -> Gate:
    """Return who may be shared now, by what was loaded and what the app recorded."""
    if not has_app_database(project):
        return gate_of(project, at=at)
    migrate(project)
    from banso.web.consents.queries import gate_for_all  # noqa: PLC0415  after the settings

    return gate_for_all(at=at)


def table(session: Session, name: str, *, as_of: dt.date | None) -> ir.Table:
    """Return the rows to export.

    Raises
    ------
    NotExportable
        There is neither a table of facts nor a result called `name`.
    NoAsOf
        An as-of date was asked of a result that has none.

    """
    if name in TABLES:
        return session.facts_as_known(name, as_of) if as_of else session.facts(name)
    if name == "quarantine" and as_of is None:
        return session.quarantine()
    rows = _result(session, name)
    if as_of is None:
        return rows
    if "as_of" not in rows.columns:
        raise NoAsOf(
            f"'{name}' has no as-of date: it describes the newest one.", name=name
        )
    return rows.filter(rows["as_of"] == as_of)


def _result(session: Session, name: str) -> ir.Table:
    release = session.manifest.release
    results = {*release.tables, *VIEWS} if release else set()
    shown = sorted(
        each for each in results if "." not in each
    )  # others are by-products
    known = [*TABLES, "quarantine", *shown]
    try:
        return session.result(name)
    except NoSuchResult as error:
        hint = did_you_mean(name, known)
        if release is None:
            hint = hint or "Results exist after `banso run`."
        raise NotExportable(
            f"There is no table or result called '{name}'.",
            hint=hint or f"There are: {', '.join(known)}.",
            name=name,
            near=nearest(name, known),
            known=known,
            was_run=release is not None,
        ) from error


def format_of(out: Path | None) -> RowFormat:
    """Return the format that a file's name asks for."""
    endings: dict[str, RowFormat] = {".parquet": "parquet", ".json": "json"}
    return endings.get(out.suffix, "csv") if out else "csv"


@contextmanager
def writing_to(out: Path | None) -> Iterator[BinaryIO]:
    """Give a stream whose content appears under the name `out` only when complete."""
    if out is None:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    staged = out.with_name(f".{out.name}.part")
    try:
        with staged.open("wb") as stream:
            yield stream
        staged.replace(out)
    finally:
        staged.unlink(missing_ok=True)
