"""Writes docs/reference from the code; with --check, says whether it is up to date."""

import sys
from collections.abc import Iterator
from pathlib import Path

import click

from banso.cli.main import cli

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "reference"
WIDTH = 88


def main(arguments: list[str]) -> int:
    """Write every page, or with ``--check`` name those that differ from the code."""
    pages = {"cli.md": command_line()}
    stale = [name for name, text in pages.items() if _kept(name) != text]
    if "--check" in arguments:
        for name in stale:
            sys.stderr.write(
                f"docs/reference/{name} differs from the code: run 'just reference' "
                "(.venv/bin/python tools/reference.py)\n"
            )
        return 1 if stale else 0
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name in stale:
        (FOLDER / name).write_text(pages[name], encoding="utf-8")
    return 0


def _kept(name: str) -> str:
    path = FOLDER / name
    return path.read_text(encoding="utf-8") if path.exists() else ""


def command_line() -> str:
    """Return the page of all commands: what ``--help`` says of each."""
    parts = [
        "# Commands",
        "Written by `tools/reference.py` from what `--help` says; edit that instead.",
        (
            "Messages are in Japanese on a Japanese terminal (`LANG=ja_JP.UTF-8`, or "
            "`BANSO_LANG=ja`), else in English. Exit status: 0 fine, 1 findings, 2 "
            "misuse or refusal, 70 a bug (its traceback is in the file that the "
            "message names), 130 interrupted by Ctrl-C."
        ),
    ]
    for path, command in _commands(cli, ("banso",)):
        heading = "#" * (len(path) + (len(path) == 1))
        parts += [
            f"{heading} {' '.join(path)}",
            f"```text\n{_help(path, command)}\n```",
        ]
    return "\n\n".join(parts) + "\n"


def _commands(
    command: click.Command, path: tuple[str, ...]
) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    yield path, command
    if isinstance(command, click.Group):
        context = click.Context(command, info_name=path[-1])
        for name in command.list_commands(context):
            inner = command.get_command(context, name)
            assert inner is not None
            yield from _commands(inner, (*path, name))


def _help(path: tuple[str, ...], command: click.Command) -> str:
    context = click.Context(
        command,
        info_name=" ".join(path),
        terminal_width=WIDTH,
        max_content_width=WIDTH,
        help_option_names=["-h", "--help"],
    )
    return command.get_help(context)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
