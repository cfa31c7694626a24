"""What `./check` does: one gate after the other, and a summary of those that failed."""

import argparse
import os
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass

from tools.environment import ROOT, VENV
from tools.launch import prepare
from tools.spoken import tell

SCRIPTS = ("banso", "check")  # Python without the ending that tools look for

# The files of tests, one at a time to each process, in the order that they are given.
SHARED_OUT = (
    *("-n", "auto", "--maxprocesses", "4"),
    *("--dist", "loadfile", "--no-loadscope-reorder"),
)


@dataclass(frozen=True)
class Gate:
    """One check: a command of the environment, run in the repository's folder."""

    name: str
    about: str
    command: tuple[str, ...]
    fast: tuple[str, ...] = ()  # added with --fast


GATES = (
    Gate("lint", "ruff: faults and style", ("ruff", "check", ".", *SCRIPTS)),
    Gate(
        "security",
        "bandit: what ruff does not look at",
        ("bandit", "--quiet", "--recursive", "src", "--configfile", "pyproject.toml"),
    ),
    Gate("format", "ruff: layout", ("ruff", "format", "--check", ".", *SCRIPTS)),
    Gate("types", "mypy --strict", ("mypy",)),
    Gate("types-tools", "mypy --strict on tools/", ("mypy", "tools")),
    Gate("layers", "import-linter: who may import whom", ("lint-imports",)),
    Gate("templates", "djlint", ("djlint", "src", "--lint", "--quiet")),
    Gate(
        "reference",
        "docs/reference is what the code says",
        ("python", "tools/reference.py", "--check"),
    ),
    Gate(
        "translations",
        "every text in Japanese",
        ("python", "-m", "banso.site.messages", "check"),
    ),
    Gate(
        "tests",
        "pytest",
        ("pytest", *SHARED_OUT),
        fast=("-m", "not browser"),
    ),
)


def main(arguments: Sequence[str]) -> int:
    """Run the gates that were asked for; return 0 when all of them passed."""
    options = _parse(arguments)
    status = prepare("dev")
    if status:
        return status
    chosen = [gate for gate in GATES if gate.name in options.gates or not options.gates]
    failed = [gate.name for gate in chosen if not _passes(gate, fast=options.fast)]
    if failed:
        names = ", ".join(failed)
        tell(f"不合格: {names}", f"Failed: {names}")
        return 1
    tell("すべて合格です。", "All checks passed.")
    return 0


def _parse(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="./check",
        description="Run every check of this repository.",
        epilog="\n".join(f"{gate.name:<12}{gate.about}" for gate in GATES),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--fast", action="store_true", help="without the tests in a browser"
    )
    parser.add_argument("gates", nargs="*", metavar="GATE", help="only these")
    options = parser.parse_args(arguments)
    known = {gate.name for gate in GATES}
    if unknown := set(options.gates) - known:
        parser.error(f"no gate called {', '.join(sorted(unknown))}")
    return options


def _passes(gate: Gate, *, fast: bool) -> bool:
    program, *rest = gate.command
    command = [str(VENV / "bin" / program), *rest, *(gate.fast if fast else ())]
    tell(f"── {gate.name}", f"── {gate.name}")
    started = time.monotonic()
    path = f"{VENV / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}"
    answer = subprocess.run(  # noqa: S603  the list above
        command, cwd=ROOT, env={**os.environ, "PATH": path}, check=False
    )
    seconds = time.monotonic() - started
    if answer.returncode == 0:
        tell(f"   合格 {seconds:.0f} 秒", f"   passed in {seconds:.0f} s")
    else:
        tell(f"   不合格 {seconds:.0f} 秒", f"   failed after {seconds:.0f} s")
    return answer.returncode == 0
