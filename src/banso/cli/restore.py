"""`banso restore`: make a project again from a backup."""

import datetime as dt
import shlex
from pathlib import Path

import click

from banso.cli.backup import in_json
from banso.cli.options import as_json
from banso.cli.output import print_json
from banso.cli.words import program, say


@click.command("restore")
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
@click.argument(
    "folder", metavar="DIR", type=click.Path(file_okay=False, path_type=Path)
)
@click.option(
    "--erasures",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The .banso/erasures.json of the project as it was last.",
)
@as_json
def command(*, file: Path, folder: Path, erasures: Path | None, as_json: bool) -> None:
    """Make the project of the backup FILE in DIR, which is empty or not there yet.

    Nothing is written over. A project on PostgreSQL needs an empty database:
    BANSO_DATABASE_URL, else what the restored banso.toml names. Persons whom the
    backup brings back are erased again: those erased before it, and with --erasures
    those erased since.
    """
    from banso.site.backup.restoring import restore  # noqa: PLC0415  Django

    at = dt.datetime.now(dt.UTC)
    restored = restore(file, folder, at=at, erasures=erasures)
    if as_json:
        folder = restored.project.folder
        node = {"folder": folder, **in_json(restored.contents)}
        print_json({**node, "erased_again": restored.erased})
        return
    say(
        "{made_at} の {company} を {folder} に戻しました。\n確かめるには: {command}",
        "Restored {company} of {made_at} in {folder}.\nTo check it: {command}",
        company=restored.contents.company,
        made_at=restored.contents.made_at,
        folder=restored.project.folder,
        command=f"{program()} doctor --project {shlex.quote(str(folder))}",
    )
    if restored.erased:
        say(
            "以前に消去した {count:,} 人を、もう一度消去しました。",
            "Erased {count:,} persons again who had been erased.",
            count=restored.erased,
        )
