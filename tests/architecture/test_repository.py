"""What is in the repository: no foreign code, nothing from elsewhere at run time."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LONGEST_LINE = 1000  # hand-written code has none; minified code has one
LARGEST_FILE = 2_600_000
SCRIPTS = (".js", ".mjs", ".css", ".html", ".svg")
# Where a page fetches something: src="…", href="…" of a stylesheet, url(…), import '…'
FETCHED = re.compile(
    r"""(?:\bsrc\s*=\s*|<link[^>]*\bhref\s*=\s*|\burl\(\s*|\bimport\s*\(?\s*|\bfrom\s+)"""
    r"""["']?(?:https?:)?//""",
    re.IGNORECASE,
)


def kept_files() -> list[Path]:
    """Return the files that git keeps."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if listed.returncode:
        pytest.skip("not a git checkout")
    paths = (ROOT / name for name in listed.stdout.split("\0") if name)
    return [path for path in paths if path.is_file()]


def test_nothing_minified_or_vendored_is_kept() -> None:
    found = [
        str(path.relative_to(ROOT))
        for path in kept_files()
        if ".min." in path.name
        or "node_modules" in path.parts
        or "vendor" in path.parts
        or (
            path.suffix in SCRIPTS
            and any(
                len(line) > LONGEST_LINE
                for line in path.read_text(encoding="utf-8").splitlines()
            )
        )
    ]

    assert found == []


def test_no_page_fetches_from_elsewhere() -> None:
    found = [
        f"{path.relative_to(ROOT)}: {match.group()}"
        for path in kept_files()
        if path.is_relative_to(ROOT / "src") and path.suffix in SCRIPTS
        for match in FETCHED.finditer(path.read_text(encoding="utf-8"))
    ]

    assert found == []


def test_no_file_is_too_large_for_a_repository() -> None:
    found = {
        str(path.relative_to(ROOT)): path.stat().st_size
        for path in kept_files()
        if path.stat().st_size > LARGEST_FILE
    }

    assert found == {}


@pytest.mark.parametrize(
    ("line", "is_fetch"),
    [
        ('<script src="https://cdn.example/x.js"></script>', True),
        ("<script src='//cdn.example/x.js'></script>", True),
        ('<link rel="stylesheet" href="https://fonts.example/css">', True),
        ("@import url(https://fonts.example/css);", True),
        ("""import x from "https://esm.example/x";""", True),
        ("""import("https://esm.example/x")""", True),
        ('<a href="https://example.com">', False),
        ('<svg xmlns="http://www.w3.org/2000/svg">', False),
        ("""<script src="{% static 'x.js' %}">""", False),
    ],
)
def test_what_counts_as_fetching(line: str, is_fetch: bool) -> None:  # noqa: FBT001
    assert bool(FETCHED.search(line)) == is_fetch
