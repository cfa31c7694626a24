"""`banso user`: the people who sign in."""

import click

from banso.cli.lazy import Entry, LazyGroup

COMMANDS = {
    name: Entry(
        "banso.cli.user_commands", summary, "list_users" if name == "list" else name
    )
    for name, summary in (
        ("add", "Add a person who may sign in."),
        ("list", "List everybody, with role and scope."),
        ("password", "Give a person another password."),
        ("deactivate", "Let a person sign in no longer."),
        ("activate", "Let a person sign in again."),
    )
}


@click.group("user", cls=LazyGroup, entries=COMMANDS)
def command() -> None:
    """Add and manage the people who sign in."""
