"""`banso demo` goes from nothing to a page, and ends on Ctrl-C."""

import json
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import takewhile
from pathlib import Path

import pytest
from tests.cli.conftest import Banso

pytestmark = pytest.mark.long


@contextmanager
def demonstration(folder: Path) -> Iterator[dict[str, object]]:
    """Start one, give what it says when it is ready, and end it by Ctrl-C."""
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "banso.cli.main", "demo", "aozora", "--json"),
            *("--customers", "12", "--no-browser", "--dir", str(folder)),
        ],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    ready: dict[str, object] = {}
    with process:
        try:
            assert process.stdout is not None
            lines = iter(process.stdout.readline, "")
            said = [*takewhile(lambda line: line != "}\n", lines), "}"]
            assert said[1:], process.stderr.read() if process.stderr else ""
            ready |= json.loads("".join(said))
            yield ready
        finally:
            process.send_signal(signal.SIGINT)
            _out, err = process.communicate(timeout=60)
            ready["stderr"] = err
    assert process.returncode == 0, err


def test_a_demonstration_is_served_and_used_again(tmp_path: Path) -> None:
    folder = tmp_path / "demo"

    with demonstration(folder) as first:
        address = str(first["address"])
        with urllib.request.urlopen(address, timeout=20) as page:
            status = page.status
    with demonstration(folder) as second:
        pass

    assert address.startswith("http://127.0.0.1:")
    assert status == 200
    assert str(first["stderr"]).endswith("Stopped.\n")
    assert str(second["stderr"]).startswith(f"Using the demonstration in {folder}")
    assert second["password"] == first["password"]
    assert second["users"] == first["users"]


def test_a_real_company_keeps_its_size(banso: Banso) -> None:
    ran = banso("demo", "learners", "--customers", "10")

    assert ran.status == 2
    assert ran.err == "error: 'learners' is real: its size cannot be chosen.\n"


def test_an_unknown_company_is_refused(banso: Banso) -> None:
    ran = banso("demo", "aozara")

    assert ran.status == 2
    assert "hint: Did you mean 'aozora'?" in ran.err
