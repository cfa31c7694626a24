"""`banso restore`: make a project again from a backup."""

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
@as_json
def command(*, file: Path, folder: Path, as_json: bool) -> None:
    """Make the project of the backup FILE in DIR, which is empty or not there yet.

    Nothing is written over. A project on PostgreSQL needs an empty database:
    BANSO_DATABASE_URL, else what the restored banso.toml names.
    """
    from banso.site.backup.restoring import restore  # noqa: PLC0415  Django

    restored = restore(file, folder)
    if as_json:
        folder = restored.project.folder
        print_json({"folder": folder, **in_json(restored.contents)})
        return
    say(
        "{made_at} の {company} を {folder} に戻しました。\n確かめるには: {command}",
        "Restored {company} of {made_at} in {folder}.\nTo check it: {command}",
        company=restored.contents.company,
        made_at=restored.contents.made_at,
        folder=restored.project.folder,
        command=f"{program()} doctor --project {shlex.quote(str(folder))}",
    )
