"""The lake on disk: opening a version of it, and writing the next one."""

import datetime as dt
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

from banso.kernel.digests import digest_of_bytes
from banso.kernel.errors import BansoError
from banso.warehouse.bench import Bench
from banso.warehouse.draft import Draft, definition_path
from banso.warehouse.durable import disk_faults, make_folder
from banso.warehouse.engine import MEMORY
from banso.warehouse.locking import FileLock
from banso.warehouse.manifest import Manifest
from banso.warehouse.pointer import (
    MANIFESTS,
    damaged,
    read_current,
    read_manifest,
)
from banso.warehouse.staging import sweep, workspace

__all__ = [
    "Draft",
    "ErasedMeanwhile",
    "Lake",
    "LakeBusy",
    "NoSuchDefinitions",
    "NoSuchVersion",
    "refuse_erased",
]


class LakeBusy(BansoError):
    """Refuse to write because another process is writing."""

    code = "lake_busy"


class ErasedMeanwhile(BansoError):
    """Refuse to go on from rows out of which somebody was erased since."""

    code = "erased_meanwhile"


class NoSuchVersion(BansoError):
    """Refuse a version of the lake that is not kept."""

    code = "no_such_version"


class NoSuchDefinitions(BansoError):
    """Refuse a digest under which nothing was published."""

    code = "no_such_definitions"


class Lake:
    """The folder of facts, published definitions and releases.

    Any number of processes read; each holds the manifest that it opened. One writes.

    Parameters
    ----------
    folder
        Where the lake is, or will be: nothing is created before the first writing.

    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder.absolute()

    def current(self) -> Manifest:
        """Return the newest version; version 0 when nothing was ever written."""
        return read_current(self.folder)

    def manifest(self, version: int) -> Manifest:
        """Return an earlier version.

        Raises
        ------
        NoSuchVersion
            There is none of that number, or it was collected since.

        """
        manifest = self.current()
        while manifest.version > version and manifest.parent:
            if not (self.folder / MANIFESTS / manifest.parent).exists():
                break
            manifest = read_manifest(self.folder, manifest.parent)
        if manifest.version != version:
            raise NoSuchVersion(
                f"The lake does not hold version {version}.", version=version
            )
        return manifest

    @contextmanager
    def writing(
        self, *, at: dt.datetime, memory: str = MEMORY, threads: int | None = None
    ) -> Iterator[Draft]:
        """Hold the lake for writing and give a draft of its next version.

        Parameters
        ----------
        at
            The present, aware; it dates what is written.
        memory, threads
            What DuckDB may use.

        Raises
        ------
        LakeBusy
            Another process, or another block of this one, is writing.
        DiskFull
            There is no space left; the last version stays as it was.

        """
        assert at.tzinfo is not None
        with disk_faults(self.folder), self.locked(), workspace(self.folder) as folder:
            sweep(self.folder)
            with ExitStack() as opened:
                bench = Bench(self.folder, folder, opened, memory, threads)
                try:
                    yield Draft(bench, self.current(), at=at)
                finally:
                    bench.drop_made()

    @contextmanager
    def locked(self) -> Iterator[float]:
        """Hold the lake's lock, and give the present by the clock of its disk.

        Raises
        ------
        LakeBusy
            Somebody else holds it.

        """
        make_folder(self.folder)
        lock = FileLock.take(self.folder / "lock")
        if lock is None:
            raise LakeBusy(
                f"Another process is writing to {self.folder}.",
                hint="Wait until it has finished, then try again.",
                folder=str(self.folder),
            )
        try:
            yield lock.touch()
        finally:
            lock.release()

    @contextmanager
    def deriving(self, manifest: Manifest) -> Iterator[None]:
        """Keep whoever erases waiting while files are derived from facts.

        Raises
        ------
        LakeBusy
            Somebody is being erased just now.
        ErasedMeanwhile
            Somebody was erased since `manifest`.

        """
        with self._derived_lock(shared=True):
            refuse_erased(self.current(), since=manifest)
            yield

    @contextmanager
    def quiet(self) -> Iterator[None]:
        """Hold the lake while nothing is derived from it, and let nobody begin.

        Raises
        ------
        LakeBusy
            A run is under way, or another erasure.

        """
        with self._derived_lock(shared=False):
            yield

    @contextmanager
    def _derived_lock(self, *, shared: bool) -> Iterator[None]:
        make_folder(self.folder)
        lock = FileLock.take(self.folder / "deriving.lock", shared=shared)
        if lock is None:
            raise LakeBusy(
                f"Another process is working on {self.folder}.",
                hint="Wait until it has finished, then try again.",
                folder=str(self.folder),
            )
        try:
            yield
        finally:
            lock.release()

    def definition_files(self, digest: str) -> Mapping[str, bytes]:
        """Return the files last published under `digest`, by name.

        Raises
        ------
        NoSuchDefinitions
            Nothing was published under it.
        LakeDamaged
            A file is missing or not what was published.

        """
        versions = self.current().definitions
        found = [version for version in versions if version.digest == digest]
        if not found:
            raise NoSuchDefinitions(
                f"No definitions were published as {digest[:12]}.", digest=digest
            )
        files = {}
        for name, sha256 in found[-1].files.items():
            path = definition_path(found[-1], name)
            files[name] = self._checked(path, sha256)
        return files

    def _checked(self, path: str, sha256: str) -> bytes:
        try:
            content = (self.folder / path).read_bytes()
        except FileNotFoundError as error:
            raise damaged(path) from error
        if digest_of_bytes(content) != sha256:
            raise damaged(path)
        return content


def refuse_erased(current: Manifest, *, since: Manifest) -> None:
    """Refuse to go on from a version out of which somebody was erased.

    Raises
    ------
    ErasedMeanwhile
        Somebody was.

    """
    if current.erased != since.erased:
        raise ErasedMeanwhile(
            "A person was erased from the data meanwhile. Nothing was published.",
            hint="Do the same again.",
        )
