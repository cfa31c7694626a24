"""Writes docs/reference from the code; with --check, says whether it is up to date."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import click

from banso.cli.main import cli

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "reference"
WIDTH = 88


def main(arguments: list[str]) -> int:
    """Write every page, or with ``--check`` name those that differ from the code."""
    pages = {"cli.md": command_line(), "api.md": programs()}
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


def programs() -> str:
    """Return the page of all addresses of the API, as the routers declare them."""
    os.environ["BANSO_PROJECT"] = ""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "banso.site.settings")
    import django  # noqa: PLC0415 - after the settings are named

    django.setup()
    from banso.site.api import make_api  # noqa: PLC0415 - likewise
    from banso.webkit.api.problems import scope_of  # noqa: PLC0415 - likewise
    from banso.webkit.permissions import demanded_by  # noqa: PLC0415 - likewise

    lines: dict[str, list[str]] = {}
    for router in make_api()._get_bound_routers():  # noqa: SLF001 - no public way
        for path, view in router.path_operations.items():
            for operation in view.operations:
                told = (operation.description or "").strip().split("\n\n")[0]
                needs = demanded_by(operation.view_func)
                scopes = ", ".join(dict.fromkeys(f"`{scope_of(c)}`" for c in needs))
                place = path.replace("key:", "").lstrip("/")
                said = f"{' '.join(told.split())} | {scopes}"
                of_tag = lines.setdefault(
                    (operation.tags or router.tags or [""])[0], []
                )
                of_tag += [
                    f"| `{method} /api/v1/{place}` | {said} |"
                    for method in operation.methods
                ]
    parts = [
        "# The API",
        (
            "Written by `tools/reference.py` from the routers; edit those instead."
            " Parameters and answers are in the OpenAPI document of a site, at"
            " `/api/v1/openapi.json`, and on its page `/api/v1/docs`. See also"
            " [how to use the API](../how-to/use-the-api.md)."
        ),
    ]
    for tag in sorted(lines):
        head = "| address | what it does | scopes |\n| --- | --- | --- |"
        parts += [f"## {tag}", "\n".join([head, *sorted(lines[tag])])]
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
