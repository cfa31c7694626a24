"""`banso worker`: background work, without the web."""

import os

import click

from banso.cli.options import as_json, in_project
from banso.cli.output import print_json
from banso.cli.words import say
from banso.runs.project import Project
from banso.site.serving import migrate
from banso.site.worker import work


@click.command("worker")
@in_project
@as_json
def command(project: Project, *, as_json: bool) -> None:
    """Do the project's background work until Ctrl-C.

    `banso serve` does it as well. Start this beside it for more of it at once, with the
    app database on PostgreSQL, or after `banso serve --no-work`.
    """

    def ready() -> None:
        if as_json:
            print_json({"project": str(project.folder), "worker": os.getpid()})
            return
        say(
            "{name} のバックグラウンド処理を始めました。Ctrl-C で終わります。",
            "Doing the background work of {name} – end it with Ctrl-C.",
            name=project.name,
        )

    migrate(project)
    work(project, ready=ready)
