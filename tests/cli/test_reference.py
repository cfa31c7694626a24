"""docs/reference/cli.md says what `--help` says."""

import subprocess
import sys
from pathlib import Path

from banso.cli.main import COMMANDS

ROOT = Path(__file__).resolve().parents[2]


def test_the_reference_is_up_to_date() -> None:
    ran = subprocess.run(
        [sys.executable, "tools/reference.py", "--check"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert ran.returncode == 0, ran.stderr


def test_every_command_is_documented() -> None:
    page = (ROOT / "docs" / "reference" / "cli.md").read_text(encoding="utf-8")

    for name in COMMANDS:
        assert f"## banso {name}\n" in page
