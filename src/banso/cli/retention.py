"""`banso retention`: what is kept how long, and taking out the rest."""

import click

from banso.cli.lazy import Entry, LazyGroup

COMMANDS = {
    "preview": Entry(
        "banso.cli.retention_commands", "Show what would be taken out.", "preview"
    ),
    "apply": Entry(
        "banso.cli.retention_commands", "Take out what is no longer kept.", "apply"
    ),
}


@click.group("retention", cls=LazyGroup, entries=COMMANDS)
def command() -> None:
    """Keep what tells of people as long as [retention] of banso.toml says."""
