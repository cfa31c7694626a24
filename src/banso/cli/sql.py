"""`banso sql`: one query over facts and results."""

import re
import sys

import click

from banso.cli.options import as_json, in_project
from banso.cli.reading import note_read
from banso.cli.rows import print_rows, write_rows
from banso.runs.project import Project
from banso.runs.results import open_session


@click.command("sql")
@click.argument("query")
@click.option("--csv", "as_csv", is_flag=True, help="Print CSV.")
@click.option(
    "--seconds",
    type=click.FloatRange(min=0, min_open=True),
    default=300,
    show_default=True,
    help="Stop the query after this time.",
)
@in_project
@as_json
def command(
    project: Project, *, query: str, seconds: float, as_csv: bool, as_json: bool
) -> None:
    """Run one SELECT over the facts and the results of the newest release.

    `SHOW TABLES` lists what there is. Nothing can be changed, and no other file can be
    read. The language is DuckDB's SQL; times are in UTC.
    """
    with open_session(project) as session:
        rows = session.read_only(query, seconds=seconds)
        note_read(project, re.findall(r"\w+", query.lower()), rows.schema.names)
        if as_csv or as_json:
            write_rows(
                rows,
                schema=rows.schema,
                row_format="csv" if as_csv else "json",
                to=sys.stdout.buffer,
            )
            sys.stdout.buffer.flush()
        else:
            print_rows(rows, schema=rows.schema)
