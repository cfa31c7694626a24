"""`banso scim`: the tokens with which the company's directory comes."""

import click

from banso.cli.lazy import Entry, LazyGroup

COMMANDS = {
    name: Entry(
        "banso.cli.scim_commands", summary, "list_tokens" if name == "list" else name
    )
    for name, summary in (
        ("token", "Make a token for a directory, such as Entra or Okta."),
        ("list", "List all tokens, with their last use."),
        ("revoke", "Let a directory come no more."),
    )
}


@click.group("scim", cls=LazyGroup, entries=COMMANDS)
def command() -> None:
    """Let the company's directory add and deactivate people (SCIM 2.0)."""
