"""Files as bytes: which kinds can be read, opened plain or through gzip."""

import gzip
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, cast

from banso.kernel.errors import BansoError

SUFFIXES = (".csv", ".csv.gz", ".parquet", ".jsonl", ".jsonl.gz")


class FileUnreadable(BansoError):
    """Refuse a file that cannot be read to its end, and with it the whole load."""

    code = "file_unreadable"


class FileNotWhole(FileUnreadable):
    """Refuse a packed file that breaks off or holds something else."""

    code = "file_not_whole"


class QuoteNeverClosed(FileUnreadable):
    """Refuse a file in which the rest would be taken for one text."""

    code = "quote_never_closed"


def suffix_of(path: Path) -> str | None:
    """Return which of `SUFFIXES` the file's name ends in, or None."""
    name = path.name.lower()
    return next((s for s in SUFFIXES if name.endswith(s)), None)


@contextmanager
def opened(path: Path) -> Iterator[tuple[IO[bytes], IO[bytes]]]:
    """Open a file for reading and turn what can go wrong into `FileUnreadable`.

    Yields
    ------
    (content, file)
        The unpacked bytes, and the file itself, whose position tells how far it is.

    """
    try:
        with path.open("rb") as file:
            if path.name.lower().endswith(".gz"):
                with gzip.open(file, "rb") as content:
                    yield cast("IO[bytes]", content), file
            else:
                yield file, file
    except (gzip.BadGzipFile, zlib.error, EOFError) as error:
        raise not_whole(path, "gzip", str(error)) from error
    except OSError as error:
        raise unreadable(path, error) from error


def unreadable(path: Path, error: OSError) -> FileUnreadable:
    """Return the refusal for an error of the operating system."""
    return FileUnreadable(
        f"{path} cannot be read: {error.strerror or error}.",
        hint="Check the path and its permissions.",
        path=str(path),
        cause=error.strerror or str(error),
    )


def not_whole(path: Path, kind: str, cause: str) -> FileNotWhole:
    """Return the refusal of a file that is not what its name says, to its end."""
    return FileNotWhole(
        f"{path} is not a whole {kind} file: {cause}.",
        hint="Was it copied completely? Nothing of this load was taken in.",
        path=str(path),
        kind=kind,
        cause=cause,
    )
