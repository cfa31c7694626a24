"""The file of a backup: a ZIP that says what it holds and ends in its own hash."""

import hashlib
import io
import json
import os
import re
import shutil
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path, PurePosixPath
from typing import IO, BinaryIO, Final
from uuid import uuid4

from banso.kernel.errors import BansoError
from banso.warehouse.durable import disk_faults, make_folder, publish
from banso.warehouse.locking import FileLock

FORMAT: Final = 1
CONTENTS: Final = "backup.json"
UNFINISHED: Final = ".banso-part"  # the ending of a file that is still being written
_HASH: Final = 64  # hex digits at the very end: of everything before them
_HASHED: Final = re.compile(rb"[0-9a-f]{64}")
_CHUNK: Final = 1 << 20
_PACKED: Final = (".parquet", ".gz", ".png", ".jpg", ".jpeg", ".zip", ".pdf", ".xlsx")


class BackupExists(BansoError):
    """Refuse to write over a file."""

    code = "backup_exists"


class NotABackup(BansoError):
    """Refuse a file that is no backup of Banso, or not a whole one."""

    code = "not_a_backup"


class BackupDamaged(BansoError):
    """Refuse a backup whose content is not what was written."""

    code = "backup_damaged"


class BackupTooNew(BansoError):
    """Refuse a backup that a newer Banso wrote."""

    code = "backup_too_new"


@dataclass(frozen=True)
class Entry:
    """One file of the backup."""

    path: str  # within the project's folder, or below ``database/``
    bytes: int
    sha256: str


@dataclass(frozen=True)
class Database:
    """What there is of the app database."""

    vendor: str  # sqlite | postgresql | none
    migrations: tuple[tuple[str, str], ...] = ()  # feature and name, in their order
    columns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # by table


@dataclass(frozen=True)
class Contents:
    """What a backup says of itself."""

    made_at: str  # ISO 8601, UTC
    banso: str  # the version that wrote it
    company: str
    lake_version: int
    release_id: str  # empty: nothing was computed yet
    facts: int  # rows
    secret_key: bool
    database: Database
    files: tuple[Entry, ...]

    def to_json(self) -> bytes:
        """Return it as `from_json` reads it."""
        text = json.dumps(
            {"format": FORMAT, **asdict(self)}, ensure_ascii=False, indent=1
        )
        return text.encode()

    @classmethod
    def from_json(cls, content: bytes, *, path: Path) -> "Contents":
        """Read what `to_json` wrote.

        Raises
        ------
        BackupTooNew
            The format is one that this version does not know.

        """
        node = json.loads(content)
        if node.pop("format") != FORMAT:
            raise too_new(path, str(node.get("banso", "?")))
        database = node.pop("database")
        files = node.pop("files")
        return cls(
            **node,
            database=Database(
                database["vendor"],
                tuple((app, name) for app, name in database["migrations"]),
                {name: tuple(each) for name, each in database["columns"].items()},
            ),
            files=tuple(Entry(**each) for each in files),
        )


class Writer:
    """Puts files into a backup, one after the other."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self.entries: list[Entry] = []

    @contextmanager
    def entry(self, path: str) -> Iterator[Callable[[bytes], None]]:
        """Give a function that appends to the file `path`."""
        digest = hashlib.sha256()
        written = 0
        info = zipfile.ZipInfo(path)
        packed = path.endswith(_PACKED)
        info.compress_type = zipfile.ZIP_STORED if packed else zipfile.ZIP_DEFLATED
        info.external_attr = 0o600 << 16
        with self._archive.open(info, "w", force_zip64=True) as out:

            def write(content: bytes) -> None:
                nonlocal written
                digest.update(content)
                written += len(content)
                out.write(content)

            yield write
        self.entries.append(Entry(path, written, digest.hexdigest()))

    def add(self, path: str, file: Path, *, size: int | None = None) -> str:
        """Put a file in, or its first `size` bytes; return its hash."""
        with file.open("rb") as source, self.entry(path) as write:
            left = size if size is not None else file.stat().st_size
            while left > 0 and (content := source.read(min(left, _CHUNK))):
                write(content)
                left -= len(content)
        return self.entries[-1].sha256

    def finish(self, contents: Contents) -> None:
        """Say what the backup holds; nothing is put in after that."""
        info = zipfile.ZipInfo(CONTENTS)
        info.compress_type = zipfile.ZIP_DEFLATED
        self._archive.writestr(info, contents.to_json())
        self._archive.comment = b"0" * _HASH  # its place; `_Hashing` knows it


@contextmanager
def writing(path: Path) -> Iterator[Writer]:
    """Write the backup `path`, which is there only once it is whole and on the disk.

    Raises
    ------
    BackupExists
        There is a file of that name.
    DiskFull
        There is no space left.

    """
    if path.exists():
        raise BackupExists(
            f"{path} is there already.", hint="Choose another name.", path=str(path)
        )
    make_folder(path.parent)
    _sweep(path.parent)
    beside = path.with_name(f".{path.name}.{uuid4().hex[:8]}{UNFINISHED}")
    with disk_faults(path.parent):
        os.close(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        alive = FileLock.take(beside)
        try:
            with beside.open("wb") as file:
                hashing = _Hashing(file)
                with zipfile.ZipFile(hashing, "w", allowZip64=True) as archive:
                    yield Writer(archive)
                hashing.finish()
            publish(beside, path)
        finally:
            beside.unlink(missing_ok=True)
            if alive is not None:
                alive.release()


class Reader:
    """A backup that was found whole, to take files out of."""

    def __init__(
        self, path: Path, archive: zipfile.ZipFile, contents: Contents
    ) -> None:
        self.path = path
        self.contents = contents
        self._archive = archive

    @contextmanager
    def open(self, path: str) -> Iterator[IO[bytes]]:
        """Open one of its files."""
        with self._archive.open(path) as file:
            yield file

    def extract(self, entry: Entry, target: Path) -> None:
        """Write one of its files to `target`, readable to its owner alone.

        Raises
        ------
        BackupDamaged
            Its content is not what was put in.

        """
        target.parent.mkdir(parents=True, exist_ok=True)
        digest = hashlib.sha256()
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
        with (
            self.open(entry.path) as source,
            os.fdopen(os.open(target, flags, 0o600), "wb") as out,
        ):
            while content := source.read(_CHUNK):
                digest.update(content)
                out.write(content)
            out.flush()
            os.fsync(out.fileno())
        if digest.hexdigest() != entry.sha256:
            raise damaged(self.path, f"{entry.path} is not what was put in")

    def verify(self) -> None:
        """Read every file and compare it with what was put in.

        Raises
        ------
        BackupDamaged
            One of them is another.

        """
        for entry in self.contents.files:
            digest = hashlib.sha256()
            with self.open(entry.path) as file:
                while content := file.read(_CHUNK):
                    digest.update(content)
            if digest.hexdigest() != entry.sha256:
                raise damaged(self.path, f"{entry.path} is not what was put in")


@contextmanager
def reading(path: Path) -> Iterator[Reader]:
    """Open a backup after comparing the whole file with the hash at its end.

    Raises
    ------
    NotABackup
        It is not there, no backup, or cut off.
    BackupDamaged
        Something in it was changed.
    BackupTooNew
        This version cannot read it.

    """
    try:
        written, found = _hashes_of(path)
    except (FileNotFoundError, IsADirectoryError) as error:
        raise NotABackup(
            f"{path} is no file.",
            hint="Name a file that `banso backup` wrote.",
            path=str(path),
        ) from error
    if not _HASHED.fullmatch(written):
        raise not_whole(path)
    if written.decode() != found:
        raise damaged(path, "the hash at its end is another one")
    with zipfile.ZipFile(path) as archive:
        contents = Contents.from_json(archive.read(CONTENTS), path=path)
        named = {entry.path for entry in contents.files}
        if named != set(archive.namelist()) - {CONTENTS} or not all(map(_safe, named)):
            raise damaged(path, "its list of files is another one")
        yield Reader(path, archive, contents)


def not_whole(path: Path) -> NotABackup:
    """Return the refusal of a file that was cut off, or is something else."""
    return NotABackup(
        f"{path} is no whole backup of Banso.",
        hint="Was it copied to its end? Use another backup.",
        path=str(path),
    )


def damaged(path: Path, why: str) -> BackupDamaged:
    """Return the refusal of a changed backup."""
    return BackupDamaged(
        f"{path} was changed after it was written: {why}.",
        hint="Use another backup.",
        path=str(path),
        why=why,
    )


def too_new(path: Path, version: str) -> BackupTooNew:
    """Return the refusal of a backup that a newer Banso wrote."""
    return BackupTooNew(
        f"{path} was written by a newer Banso ({version}).",
        hint="Upgrade Banso, then restore it.",
        path=str(path),
        version=version,
    )


class _Hashing(io.RawIOBase):
    """A stream that is written once from front to end, and ends in its own hash.

    The last bytes are held back: at the end they are the place of the hash.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._digest = hashlib.sha256()
        self._held = b""

    def write(self, content: object) -> int:
        """Take in some bytes."""
        given = bytes(content)  # type: ignore[call-overload]  # any buffer
        held = self._held + given
        passed, self._held = held[:-_HASH], held[-_HASH:]
        self._digest.update(passed)
        self._file.write(passed)
        return len(given)

    def writable(self) -> bool:
        """Return that it is."""
        return True

    def finish(self) -> None:
        """Put the hash at the end."""
        assert len(self._held) == _HASH
        self._file.write(self._digest.hexdigest().encode())
        self._file.flush()


def _hashes_of(path: Path) -> tuple[bytes, str]:
    """Return the hash at the end of a file, and that of everything before it."""
    digest = hashlib.sha256()
    left = path.stat().st_size - _HASH
    with path.open("rb") as file:
        while left > 0 and (content := file.read(min(left, _CHUNK))):
            digest.update(content)
            left -= len(content)
        return file.read(_HASH), digest.hexdigest()


def _safe(name: str) -> bool:
    """Return whether a name stays within the folder that it is put in."""
    path = PurePosixPath(name)
    return not path.is_absolute() and ".." not in path.parts and "\\" not in name


def _sweep(folder: Path) -> None:
    """Remove what backups left behind that were stopped for good."""
    for path in folder.glob(f".*{UNFINISHED}"):
        lock = FileLock.take(path)
        if lock is not None:
            path.unlink(missing_ok=True)
            lock.release()


def remove_folder(folder: Path) -> None:
    """Remove a folder with all that is in it."""
    shutil.rmtree(folder, ignore_errors=True)
