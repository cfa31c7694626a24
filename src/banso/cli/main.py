"""The command `banso`."""

import sys
from collections.abc import Sequence
from typing import NoReturn

import click

from banso.cli.failures import exit_code_of
from banso.cli.lazy import Entry, LazyGroup
from banso.kernel.garbage import look_seldom

COMMANDS = {
    "demo": Entry("banso.cli.demo", "Try Banso on an example company."),
    "init": Entry("banso.cli.init", "Make a project for your company."),
    "load": Entry("banso.cli.load", "Load files with your company's facts."),
    "check": Entry("banso.cli.check", "Check the definitions."),
    "apply": Entry("banso.cli.apply", "Publish the definitions."),
    "run": Entry("banso.cli.run", "Compute all results; publish a release."),
    "backtest": Entry(
        "banso.cli.backtest", "Judge health, the forecast or signals by what happened."
    ),
    "serve": Entry("banso.cli.serve", "Serve the web."),
    "worker": Entry("banso.cli.worker", "Do background work, without the web."),
    "report": Entry("banso.cli.report", "Write what goes with leaving, as a report."),
    "export": Entry("banso.cli.export", "Write a fact or result table."),
    "sql": Entry("banso.cli.sql", "Query facts and results, read-only."),
    "backup": Entry("banso.cli.backup", "Write everything into one file, or check it."),
    "restore": Entry("banso.cli.restore", "Make a project again from a backup."),
    "person": Entry("banso.cli.person", "Answer what a person asks about its data."),
    "retention": Entry("banso.cli.retention", "Take out what is no longer kept."),
    "user": Entry("banso.cli.user", "Add and manage the people who sign in."),
    "mcp": Entry("banso.cli.mcp", "Serve an assistant that speaks MCP."),
    "token": Entry("banso.cli.token", "Make and revoke the tokens of the API."),
    "collect": Entry("banso.cli.collect", "Take live events from your product."),
    "connect": Entry("banso.cli.connect", "Read databases and services."),
    "scim": Entry("banso.cli.scim", "Let a directory add and deactivate people."),
    "doctor": Entry("banso.cli.doctor", "Check that everything needed is there."),
}


@click.group(
    cls=LazyGroup,
    entries=COMMANDS,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Exit status: 0 fine, 1 findings, 2 misuse or refusal.",
)
@click.version_option(package_name="banso", prog_name="banso")
def cli() -> None:
    """Show who is drifting away, and why, from your own data.

    Banso is a customer success platform that you run yourself, on your company's own
    files. Begin with `banso demo`, or with `banso init`.
    """


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command line and leave with its exit status."""
    look_seldom()
    sys.exit(run(arguments))


def run(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit status."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    try:
        status = cli.main(
            given,
            prog_name="banso",
            standalone_mode=False,
        )
    except Exception as error:  # noqa: BLE001  the last place that can explain it
        return exit_code_of(error, as_json="--json" in given)
    return status if isinstance(status, int) else 0


if __name__ == "__main__":
    main()
