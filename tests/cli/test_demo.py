"""`banso demo` goes from nothing to a page, and ends on Ctrl-C."""

import json
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

from tests.cli.conftest import Banso


def start(folder: Path) -> tuple[subprocess.Popen[str], dict[str, object]]:
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
    assert process.stdout is not None
    text = ""
    for line in process.stdout:
        text += line
        if line == "}\n":
            break
    return process, json.loads(text or "{}")


def test_a_demonstration_is_served_and_used_again(tmp_path: Path) -> None:
    folder = tmp_path / "demo"

    process, first = start(folder)
    try:
        address = str(first["address"])
        assert address.startswith("http://127.0.0.1:")
        with urllib.request.urlopen(address, timeout=20) as page:
            assert page.status == 200
    finally:
        process.send_signal(signal.SIGINT)
        _out, err = process.communicate(timeout=20)
    assert process.returncode == 0, err
    assert err.endswith("Stopped.\n")

    process, second = start(folder)
    process.send_signal(signal.SIGINT)
    _out, err = process.communicate(timeout=20)
    assert err.startswith(f"Using the demonstration in {folder}")
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
