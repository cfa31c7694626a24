"""`banso collect`: what sends live events, and taking them in."""

import click

from banso.cli.lazy import Entry, LazyGroup

COMMANDS = {
    name: Entry("banso.cli.collect_commands", summary, attribute)
    for name, attribute, summary in (
        ("add", "add", "Add a source, and print its write key."),
        ("list", "list_sources", "List the sources, and what came from them."),
        ("rotate", "rotate", "Make a new write key of a source."),
        ("take", "take", "Take accepted events into the lake."),
    )
}


@click.group("collect", cls=LazyGroup, entries=COMMANDS)
def command() -> None:
    """Let your product send live events to `banso serve`.

    Any client of Segment can send: give it the address of the endpoint as its host,
    and the write key of a source.
    """
