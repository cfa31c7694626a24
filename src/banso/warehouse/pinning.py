"""Holding the files of one version of the lake while others write and tidy."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from banso.warehouse.draft import definition_path
from banso.warehouse.durable import make_folder
from banso.warehouse.lake import Lake
from banso.warehouse.manifest import Manifest
from banso.warehouse.pointer import (
    MANIFESTS,
    POINTER,
    damaged,
    name_of,
    pointer_bytes,
)
from banso.warehouse.staging import workspace

_ATTEMPTS = 5


@dataclass(frozen=True)
class Pinned:
    """One version of the lake, whose files stay until the block ends."""

    manifest: Manifest
    folder: Path  # holds the files, by their paths in the lake
    sha256: dict[str, str]  # of parts and definitions, by path


@contextmanager
def pinned(lake: Lake) -> Iterator[Pinned]:
    """Give the current version of the lake, safe from whoever removes orphans.

    The files are linked, not copied, where the disk can do that: it takes a moment
    and no space. Nobody waits: no lock is taken.

    Raises
    ------
    LakeDamaged
        A file that the version names is not there.

    """
    make_folder(lake.folder)
    with workspace(lake.folder) as folder:
        yield _pin(lake, folder)


def _pin(lake: Lake, folder: Path) -> Pinned:
    for attempt in range(_ATTEMPTS):
        manifest = lake.current()
        within = folder / str(attempt)
        known, deletes = _named(manifest)
        missing = [
            path
            for path in (*known, *deletes)
            if not link_or_copy(lake.folder / path, within / path)
        ]
        if not missing:
            _write_pointer(lake, within, manifest)
            return Pinned(manifest, within, known)
        if lake.current() == manifest:  # not collected meanwhile, but lost
            raise damaged(missing[0])
    raise damaged(missing[0])


def _named(manifest: Manifest) -> tuple[dict[str, str], list[str]]:
    known = {part.path: part.sha256 for part in manifest.list_parts()}
    deletes = {part.deletes for part in manifest.list_parts() if part.deletes}
    for version in manifest.definitions:
        for name, sha256 in version.files.items():
            known[definition_path(version, name)] = sha256
    return known, sorted(deletes)


def _write_pointer(lake: Lake, within: Path, manifest: Manifest) -> None:
    within.mkdir(parents=True, exist_ok=True)
    if not manifest.version:
        return
    name = f"{MANIFESTS}/{name_of(manifest)}"
    if not link_or_copy(lake.folder / name, within / name):
        raise damaged(name)
    (within / POINTER).write_bytes(pointer_bytes(manifest))


def link_or_copy(path: Path, other: Path) -> bool:
    """Let `other` hold what `path` holds now; False when there is no `path`."""
    other.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(path, other)
    except FileNotFoundError:
        return False
    except FileExistsError:
        return True
    except OSError:  # a disk that knows no links, or none more of this file
        try:
            shutil.copyfile(path, other)
        except FileNotFoundError:
            return False
    return True
