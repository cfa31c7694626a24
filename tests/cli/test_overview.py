"""`banso --help` answers at once, names every command, and imports no engine."""

import subprocess
import sys

import click
import pytest
from tests.cli.conftest import Banso

from banso.cli.main import COMMANDS

HEAVY = ("django", "duckdb", "ibis", "numpy", "pandas", "pyarrow", "pydantic", "babel")


def test_help_imports_neither_engine_nor_web() -> None:
    code = (
        "import sys\n"
        "from banso.cli.main import run\n"
        "run(['--help'])\n"
        f"print('loaded:', [name for name in {HEAVY} if name in sys.modules])\n"
    )

    ran = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )

    assert "loaded: []" in ran.stdout


def test_help_lists_every_command(banso: Banso) -> None:
    ran = banso("--help")

    assert ran.status == 0
    for name, entry in COMMANDS.items():
        assert f"  {name} " in ran.out
        assert entry.summary in ran.out


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_loads_under_its_name(name: str) -> None:
    command = COMMANDS[name].load()

    assert command.name == name
    assert command.help


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_prints_json_when_asked(name: str) -> None:
    command = COMMANDS[name].load()
    commands = (
        command.commands.values() if isinstance(command, click.Group) else [command]
    )

    for each in commands:
        assert "--json" in [opt for param in each.params for opt in param.opts]


def test_an_unknown_command_names_the_one_that_was_meant(banso: Banso) -> None:
    ran = banso("lod")

    assert ran.status == 2
    assert ran.out == ""
    assert ran.err == (
        "error: No such command 'lod'. Did you mean 'load'?\n"
        "hint: See 'banso --help'.\n"
    )


def test_an_unknown_option_is_misuse(banso: Banso) -> None:
    ran = banso("init", "--curency", "JPY")

    assert ran.status == 2
    assert ran.err.startswith("error: No such option '--curency'.")
    assert "hint: See 'banso init --help'.\n" in ran.err
