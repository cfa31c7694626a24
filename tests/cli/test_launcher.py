"""`./banso` hands over to an environment that is ready, and knows when it is not."""

import ast
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MAKE_READY = """
import dataclasses, json, sys
from pathlib import Path
sys.path.insert(0, {root!r})
from tools import environment
environment._write_stamp(environment._wanted({extras!r}))
"""


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout whose environment is ready; its `banso` prints what it is given."""
    root = tmp_path / "check out"  # with a space, as people have
    shutil.copytree(ROOT / "tools", root / "tools")
    shutil.copy(ROOT / "banso", root / "banso")
    (root / "pyproject.toml").write_text("[project]\n")
    scripts = root / ".venv" / "bin"
    scripts.mkdir(parents=True)
    (scripts / "python").symlink_to(sys.executable)
    (scripts / "banso").write_text('#!/bin/sh\nprintf "<%s>" "$@"\nexit 7\n')
    (scripts / "banso").chmod(0o755)
    make_ready(root)
    return root


def make_ready(root: Path, *extras: str) -> None:
    code = MAKE_READY.format(root=str(root), extras=extras)
    subprocess.run([sys.executable, "-c", code], check=True)


def start(script: Path, *arguments: str, **variables: str) -> tuple[int, str, str]:
    """Run the launcher elsewhere, with a package index that cannot be reached."""
    ran = subprocess.run(
        [sys.executable, script, *arguments],
        cwd="/",
        env={
            "PATH": "/usr/bin:/bin",
            "PIP_INDEX_URL": "https://127.0.0.1:1/simple",
            "PIP_NO_INDEX": "1",
            "PIP_RETRIES": "0",
            **variables,
        },
        capture_output=True,
        text=True,
        check=False,
    )
    return ran.returncode, ran.stdout, ran.stderr


def test_it_becomes_the_command_with_all_arguments(checkout: Path) -> None:
    status, out, err = start(checkout / "banso", "run", "--as-of", "2026 11", "日本")

    assert (status, out, err) == (7, "<run><--as-of><2026 11><日本>", "")


def test_it_works_through_a_link(checkout: Path, tmp_path: Path) -> None:
    link = tmp_path / "banso-link"
    link.symlink_to(checkout / "banso")

    assert start(link, "--help")[1] == "<--help>"


def test_an_environment_with_more_extras_serves(checkout: Path) -> None:
    make_ready(checkout, "dev")

    assert start(checkout / "banso", "x")[0] == 7


def test_a_changed_project_file_is_installed_again(checkout: Path) -> None:
    (checkout / "pyproject.toml").write_text("[project]\nname = 'banso'\n")

    status, out, err = start(checkout / "banso", "x")

    assert (status, out) == (2, "")
    assert "error: Banso could not be installed." in err
    assert ".venv/banso-install.log" in err
    assert "Traceback" not in err


def test_a_failed_installation_speaks_japanese(checkout: Path) -> None:
    (checkout / "pyproject.toml").write_text("[project]\nname = 'banso'\n")

    _status, _out, err = start(checkout / "banso", "x", LANG="ja_JP.UTF-8")

    assert "エラー: インストールできませんでした。" in err


def test_an_unfinished_installation_is_not_used(checkout: Path) -> None:
    (checkout / ".venv" / "banso-unfinished").touch()

    assert start(checkout / "banso", "x")[0] == 2


def test_a_moved_checkout_is_installed_again(checkout: Path) -> None:
    moved = checkout.rename(checkout.with_name("moved"))

    assert start(moved / "banso", "x")[0] == 2


def test_the_stamp_names_what_decides(checkout: Path) -> None:
    stamp = json.loads((checkout / ".venv" / "banso-installed.json").read_text())

    assert stamp["root"] == str(checkout)
    assert stamp["extras"] == []


@pytest.mark.parametrize("name", ["banso", "check", "tools/interpreter.py"])
def test_an_old_python_can_read_far_enough_to_refuse(name: str) -> None:
    source = (ROOT / name).read_text(encoding="utf-8")

    tree = ast.parse(source, feature_version=(3, 4))

    assert not [node for node in ast.walk(tree) if isinstance(node, ast.JoinedStr)]
