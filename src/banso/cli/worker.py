"""`banso worker`: background work, without the web."""

import click

from banso.cli.options import in_project
from banso.cli.words import say
from banso.runs.project import Project
from banso.site.serving import migrate
from banso.site.worker import work


@click.command("worker")
@in_project
def command(project: Project) -> None:
    """Do the project's background work until Ctrl-C.

    `banso serve` does it as well. Start this beside it for more of it at once, with the
    app database on PostgreSQL, or after `banso serve --no-work`.
    """

    def ready() -> None:
        say(
            "{name} のバックグラウンド処理を始めました。Ctrl-C で終わります。",
            "Doing the background work of {name} – end it with Ctrl-C.",
            name=project.name,
        )

    migrate(project)
    work(project, ready=ready)
