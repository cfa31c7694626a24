"""The commands of `banso person`."""

import datetime as dt
from pathlib import Path

import click

from banso.cli.options import as_json, in_project
from banso.cli.output import print_json
from banso.cli.words import say
from banso.runs.project import Project
from banso.site.serving import migrate


@click.command("export")
@click.argument("contact", metavar="CONTACT|E-MAIL")
@click.option(
    "--out",
    metavar="FILE",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="The ZIP to write.",
)
@in_project
@as_json
def export(project: Project, *, contact: str, out: Path, as_json: bool) -> None:
    """Write everything that is held of a contact, for the person itself to read.

    Rows of every table, of the quarantine and of the newest release, records of the
    app and attached files, as JSON with an index in Japanese and English. Read it
    before you hand it over: texts may name other people too.
    """
    migrate(project)
    from banso.site.person_export import export_person  # noqa: PLC0415  after the settings

    done = export_person(project, contact, out, at=dt.datetime.now(dt.UTC))
    if as_json:
        print_json(
            {
                "contact_id": done.person.contact_id,
                "file": out,
                "rows": dict(done.rows),
                "files": done.files,
            }
        )
        return
    say(
        "{contact} について {rows:,} 行とファイル {files:,} 個を {out} に書きました。\n"
        "渡す前に目を通してください。文中に別の人の名前があるかもしれません。",
        "Wrote {rows:,} rows and {files:,} files on {contact} to {out}.\n"
        "Read them before you hand them over: texts may name other people too.",
        contact=done.person.contact_id,
        rows=sum(done.rows.values()),
        files=done.files,
        out=out,
    )
