"""Every byte that a project holds, Parquet decoded, to look for words in."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import duckdb

_ENDS = 4


def places_of(folder: Path, words: Sequence[str]) -> list[str]:
    """Return the files below a folder that have one of some words, and which."""
    return [
        f"{path.relative_to(folder)}: {word}"
        for path in sorted(folder.rglob("*"))
        if path.is_file()
        for content in (_content(path).lower(),)
        for word in words
        if any(form in content for form in _forms(word))
    ]


def _content(path: Path) -> bytes:
    content = path.read_bytes()
    return (
        content + b"\n".join(_values(path)) if content[:_ENDS] == b"PAR1" else content
    )


def _values(path: Path) -> Iterator[bytes]:
    with duckdb.connect() as con:
        for row in con.execute(f"SELECT * FROM read_parquet('{path}')").fetchall():
            yield repr(row).encode()


def _forms(word: str) -> set[bytes]:
    lower = word.lower()
    return {lower.encode(), lower.encode("unicode_escape"), lower.encode("utf-16-le")}
