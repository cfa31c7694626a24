"""Folders for files that are not part of the lake yet, swept when their owner died."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from banso.warehouse.locking import FileLock


@contextmanager
def workspace(lake_folder: Path) -> Iterator[Path]:
    """Give a folder of one's own on the lake's disk, removed at the end.

    A rename is atomic only within one file system, so everything that becomes part of
    the lake is made here first. As long as its owner lives, nobody sweeps it.
    """
    staging = lake_folder / "staging"
    staging.mkdir(parents=True, exist_ok=True)
    folder, alive = _claim(staging)
    try:
        folder.mkdir()
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        alive.path.unlink(missing_ok=True)
        alive.release()


def sweep(lake_folder: Path) -> None:
    """Remove the workspaces of processes that died."""
    for path in (lake_folder / "staging").glob("*.alive"):
        lock = FileLock.take(path)
        if lock is None:
            continue
        shutil.rmtree(path.with_suffix(""), ignore_errors=True)
        path.unlink(missing_ok=True)
        lock.release()


def _claim(staging: Path) -> tuple[Path, FileLock]:
    while True:
        folder = staging / uuid4().hex[:12]
        # Fails only when a sweep came between making the file and locking it.
        if alive := FileLock.take(folder.with_suffix(".alive")):
            return folder, alive
