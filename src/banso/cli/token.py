"""`banso token`: what programs come with."""

import click

from banso.cli.lazy import Entry, LazyGroup

COMMANDS = {
    name: Entry(
        "banso.cli.token_commands", summary, "list_tokens" if name == "list" else name
    )
    for name, summary in (
        ("add", "Make a token with which a program acts as a person."),
        ("list", "List all tokens, without their secrets."),
        ("revoke", "Let nobody in with a token any more."),
    )
}


@click.group("token", cls=LazyGroup, entries=COMMANDS)
def command() -> None:
    """Make, list and revoke the tokens with which programs use the API."""
