"""Files that survive a power cut: written, synced, renamed, and their folder synced."""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import duckdb

from banso.kernel.errors import BansoError

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
# DuckDB says why in words only; these are the words of the C library and of its spill.
_FULL_WORDS = (
    "no space left on device",
    "disk quota exceeded",
    "file too large",
    "max_temp_directory_size",
)


class DiskFull(BansoError):
    """Refuse to go on because the disk (or a quota) has no room left."""

    code = "disk_full"


@contextmanager
def disk_faults(folder: Path) -> Iterator[None]:
    """Turn "no space left" of any kind into one `DiskFull` that names `folder`."""
    try:
        yield
    except (OSError, duckdb.Error) as error:
        if not _says_full(error):
            raise
        raise DiskFull(
            f"There is no space left on the disk of {folder}. Nothing was changed.",
            hint="Free some space, then do the same again.",
            folder=str(folder),
        ) from error


def write_durably(path: Path, content: bytes) -> None:
    """Write `content` to `path` so that after this call it is there for good.

    A reader sees the old file or the whole new one; a crash leaves at most a file
    whose name ends in ``.tmp``.
    """
    make_folder(path.parent)
    beside = path.with_name(f"{path.name}.{uuid4().hex[:8]}.tmp")
    try:
        with beside.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
    fsync_folder(path.parent)


def replace_pointer(path: Path, content: bytes) -> None:
    """Replace the file that says which state is current, in one atomic step."""
    write_durably(path, content)


def publish(finished: Path, path: Path) -> None:
    """Sync the finished file, move it to its place and sync the folder there."""
    with finished.open("rb+") as file:
        os.fsync(file.fileno())
    make_folder(path.parent)
    finished.replace(path)
    fsync_folder(path.parent)


def make_folder(folder: Path) -> None:
    """Make `folder` with its parents; each new name is synced into its parent."""
    if folder.is_dir():
        return
    make_folder(folder.parent)
    folder.mkdir(exist_ok=True)
    fsync_folder(folder.parent)


def fsync_folder(folder: Path) -> None:
    """Sync the names in `folder`; Windows does so by itself and has no call for it."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _says_full(error: BaseException) -> bool:
    if isinstance(error, OSError) and error.errno in _FULL:
        return True
    words = str(error).lower()
    return isinstance(error, duckdb.Error) and any(w in words for w in _FULL_WORDS)
