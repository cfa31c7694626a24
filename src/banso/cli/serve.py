"""`banso serve`: the web of a project."""

import click

from banso.cli.computing import show_newest
from banso.cli.options import as_json, in_project, to_type
from banso.cli.output import print_json
from banso.cli.user_commands import has_users
from banso.cli.words import say
from banso.runs.project import Project
from banso.site.serving import COLLECT_PORT, Processes, free_collect_port, serve


@click.command("serve")
@click.option(
    "--host",
    default="127.0.0.1",
    show_default=True,
    help="Where to listen. Only this machine reaches the default.",
)
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option(
    "--workers",
    default=1,
    show_default=True,
    type=click.IntRange(1, 64),
    help="Processes that answer.",
)
@click.option(
    "--collect-port",
    type=click.IntRange(0, 65535),
    help=f"Where live events are taken; 0: nowhere. Default: {COLLECT_PORT} when it is"
    " free.",
)
@click.option(
    "--work/--no-work",
    "works",
    default=True,
    show_default=True,
    help="Do background work too; `banso worker` does it alone.",
)
@in_project
@as_json
def command(  # noqa: PLR0913 - one parameter per option
    project: Project,
    *,
    host: str,
    port: int,
    workers: int,
    collect_port: int | None,
    works: bool,
    as_json: bool,
) -> None:
    """Serve the project's web until Ctrl-C.

    The app database is brought up to date first. To let others reach it, put a server
    that ends TLS in front, and set BANSO_HOSTS to its names and BANSO_HTTPS=1.
    """
    taken_on = free_collect_port(host, collect_port)

    def ready(address: str) -> None:
        if as_json:
            print_json({"address": address, "collect_port": taken_on})
            return
        say(
            "{name} を {address} で公開しています。Ctrl-C で終わります。",
            "{name} is at {address} – end it with Ctrl-C.",
            name=project.name,
            address=address,
        )
        say_where_events_go(host, taken_on, asked=collect_port)
        if not has_users(project):
            say(
                "まだ誰もサインインできません。追加するには: {add}",
                "Nobody can sign in yet. To add somebody: {add}",
                add=to_type(project, "user add E-MAIL --role administrator"),
            )

    show_newest(project)
    serve(
        project,
        host=host,
        port=port,
        processes=Processes(workers, works),
        collect_port=taken_on,
        ready=ready,
    )


def say_where_events_go(host: str, port: int | None, *, asked: int | None) -> None:
    """Say where live events are taken, or why nowhere."""
    if port is not None:
        say(
            "イベントの受付: http://{host}:{port}",
            "Live events are taken at http://{host}:{port}",
            host=host,
            port=port,
        )
    elif asked is None:
        say(
            "ポート {port} が使われているため、イベントは受け付けません。"
            "別のポートを使うには: --collect-port {next}",
            "No live events are taken: port {port} is taken."
            " For another one: --collect-port {next}",
            port=COLLECT_PORT,
            next=COLLECT_PORT + 1,
        )
