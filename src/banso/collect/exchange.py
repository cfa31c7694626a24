"""What the collector and the server beside it tell each other: keys in, counts out.

By files, so that the collector needs neither the app database nor Django, and starts
in a moment. They lie in one folder, which only its owner reads.
"""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec

from banso.collect.sources import Counted, Source

_KEYS = "keys.json"
_COUNTS = "counts-*.json"

_read_keys = msgspec.json.Decoder(dict[str, Source]).decode
_read_counts = msgspec.json.Decoder(dict[str, Counted]).decode


def write_keys(folder: Path, sources: Mapping[str, Source]) -> None:
    """Let the write keys count whose hashes are given, in place of all others."""
    _write(folder / _KEYS, msgspec.json.encode(dict(sources)))


def keys_state(folder: Path) -> tuple[int, int]:
    """Return what differs when the keys were written anew."""
    try:
        found = (folder / _KEYS).stat()
    except FileNotFoundError:
        return (0, 0)
    return (found.st_mtime_ns, found.st_ino)


def read_keys(folder: Path) -> dict[str, Source]:
    """Return the write keys that count; none before they were ever written."""
    try:
        return _read_keys((folder / _KEYS).read_bytes())
    except FileNotFoundError:
        return {}


def write_counts(folder: Path, counted: Mapping[str, Counted], *, at: int) -> None:
    """Put down what was counted, under a moment that ascends."""
    path = folder / _COUNTS.replace("*", f"{at:020d}")
    _write(path, msgspec.json.encode(dict(counted)))


def list_counts(folder: Path) -> Iterator[tuple[Path, dict[str, Counted]]]:
    """Yield what was put down, the oldest first; whoever takes it removes the file."""
    for path in sorted(folder.glob(_COUNTS)):
        yield path, _read_counts(path.read_bytes())


def _write(path: Path, content: bytes) -> None:
    beside = path.with_name(f"{path.name}.new")
    with os.fdopen(
        os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb"
    ) as file:
        file.write(content)
    beside.replace(path)
