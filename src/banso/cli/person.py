"""`banso person`: what is held of one person at a customer."""

import click

from banso.cli.lazy import Entry, LazyGroup

COMMANDS = {
    "export": Entry(
        "banso.cli.person_commands",
        "Write everything that is held of a person.",
        "export",
    ),
    "consent": Entry(
        "banso.cli.person_consent",
        "Show or record what a person allows.",
        "consent",
    ),
    "reads": Entry(
        "banso.cli.person_reads",
        "List who read data of a person, or of a customer.",
        "reads",
    ),
    "erase": Entry(
        "banso.cli.person_erasing",
        "Erase a person from everything that is held.",
        "erase",
    ),
    "erasures": Entry(
        "banso.cli.person_erasing",
        "List when persons were erased.",
        "erasures",
    ),
    "readmit": Entry(
        "banso.cli.person_erasing",
        "Let a person who was erased come in again.",
        "readmit",
    ),
}


@click.group("person", cls=LazyGroup, entries=COMMANDS)
def command() -> None:
    """Answer what a person at a customer may ask of you about its data."""
