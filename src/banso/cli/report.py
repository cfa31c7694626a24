"""`banso report`: documents of what a run found."""

import click

from banso.cli.lazy import Entry, LazyGroup

COMMANDS = {
    "drivers": Entry(
        "banso.cli.reports.drivers",
        "Say what goes with leaving, and what does not.",
    ),
    "revenue": Entry(
        "banso.cli.reports.revenue",
        "Say what MRR did month by month, with its definitions.",
    ),
    "question": Entry(
        "banso.cli.reports.question",
        "Ask whether customers that satisfy a condition leave more often.",
    ),
}


@click.group("report", cls=LazyGroup, entries=COMMANDS)
def command() -> None:
    """Write what a run found, for the terminal, a program or as a document."""
