"""`banso connect`: reading databases and services again and again."""

import click

from banso.cli.lazy import Entry, LazyGroup

COMMANDS = {
    name: Entry("banso.cli.connect_commands", summary, attribute)
    for name, attribute, summary in (
        ("check", "check", "Connect, and compare columns with ours."),
        ("read", "read", "Take what is new into the lake."),
        ("list", "list_sources", "List the sources, and how fresh each table is."),
    )
}


@click.group("connect", cls=LazyGroup, entries=COMMANDS)
def command() -> None:
    """Read tables of your databases again and again: only what is new.

    The file sources.yaml beside banso.toml names them. With 'every', `banso serve`
    reads a source by itself.
    """
