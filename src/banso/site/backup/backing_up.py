"""Writing a backup while people work, a run computes and a program sends."""

import datetime as dt
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from django.db import connection

from banso.runs.project import SETTINGS_FILE, Project
from banso.runs.results import lake_of
from banso.site.backup.app_database import (
    SQLITE,
    copy_file,
    copy_postgresql,
    copy_sqlite,
)
from banso.site.backup.archive import (
    BackupDamaged,
    Contents,
    Database,
    Reader,
    Writer,
    damaged,
    reading,
    writing,
)
from banso.site.serving import prepare_django
from banso.warehouse.durable import make_folder, write_durably
from banso.warehouse.lake import Lake
from banso.warehouse.manifest import Manifest
from banso.warehouse.pinning import Pinned, link_or_copy, pinned
from banso.warehouse.pointer import MANIFESTS, POINTER, read_current
from banso.warehouse.staging import sweep, workspace

PRIVATE: Final = ".banso"
LAKE: Final = f"{PRIVATE}/lake"
SECRET_KEY: Final = f"{PRIVATE}/secret_key"
LAST: Final = "last_backup.json"  # in the private folder: when, and where
_ATTEMPTS: Final = 5
_SQLITE: Final = ".sqlite3"
_SKIPPED_ENDINGS: Final = (".new", ".tmp", ".lock", "-wal", "-shm", "-journal")


@dataclass(frozen=True)
class Kept:
    """A file as it was: later changes at its place do not reach it."""

    path: str  # within the project
    file: Path
    size: int  # a log may have grown since


@dataclass(frozen=True)
class BackedUp:
    """A backup that was written."""

    path: Path
    bytes: int
    contents: Contents


def back_up(
    project: Project, path: Path, *, at: dt.datetime, secret_key: bool = True
) -> BackedUp:
    """Write everything of a project into one file, and keep nobody from working.

    What is in it fits together: the logs of accepted events come first, then the app
    database as of one moment, then a version of the lake that is not older.

    Parameters
    ----------
    project
        Whose data.
    path
        The file to write; it is there only once it is whole.
    at
        The present, aware.
    secret_key
        Whether the key that signs sessions goes in. Without it everybody signs in
        anew after a restoration.

    Raises
    ------
    BackupExists, DiskFull, LakeDamaged, DatabaseDamaged
        Nothing was written.

    """
    prepare_django(project)
    lake = lake_of(project)
    make_folder(lake.folder)
    sweep(lake.folder)
    with workspace(lake.folder) as folder, writing(path) as writer:
        kept = [
            *_project_files(project, folder / "project"),
            *_own_databases(project, folder / "databases"),
            *_private_files(project, folder / "before"),
        ]
        if not secret_key:
            kept = [each for each in kept if each.path != SECRET_KEY]
        database, manifest = _copy_stores(project, lake, folder, writer)
        # files that came while the database was copied, which may name them
        seen = {each.path for each in kept}
        later = _private_files(project, folder / "after", only="attachments")
        kept += [each for each in later if each.path not in seen]
        for each in sorted(kept, key=lambda each: each.path):
            writer.add(each.path, each.file, size=each.size)
        contents = Contents(
            made_at=at.astimezone(dt.UTC).isoformat(timespec="seconds"),
            banso=own_version(),
            company=project.name,
            lake_version=manifest.version,
            release_id=manifest.release.release_id if manifest.release else "",
            facts=sum(table.rows for table in manifest.facts.values()),
            secret_key=any(each.path == SECRET_KEY for each in kept),
            database=database,
            files=tuple(writer.entries),
        )
        writer.finish(contents)
    note = {"at": contents.made_at, "file": str(path.absolute())}
    write_durably(project.private_folder / LAST, json.dumps(note).encode())
    return BackedUp(path, path.stat().st_size, contents)


def check(path: Path) -> Contents:
    """Read a backup from front to end and compare everything with its hashes.

    Raises
    ------
    NotABackup, BackupDamaged, BackupTooNew
        It cannot be restored; the message says why.

    """
    with reading(path) as reader:
        reader.verify()
        _verify_lake(reader)
        return reader.contents


def last_backup(project: Project) -> tuple[dt.datetime, str] | None:
    """Return when the last backup was written, and where; None when not known."""
    try:
        note = json.loads((project.private_folder / LAST).read_bytes())
        return dt.datetime.fromisoformat(note["at"]), str(note["file"])
    except (FileNotFoundError, ValueError, KeyError):
        return None


def own_version() -> str:
    """Return the version of Banso that runs."""
    try:
        return version("banso")
    except PackageNotFoundError:
        return "source"


def _copy_stores(
    project: Project, lake: Lake, folder: Path, writer: Writer
) -> tuple[Database, Manifest]:
    """Copy the database, then the lake; anew while a release came in between.

    Where releases come faster than copies, the lake is the newer one. That does no
    harm: the next publication brings the app database up to it.
    """
    if _is_postgresql(project):
        database = copy_postgresql(writer)
        with pinned(lake) as version:
            _add_lake(writer, version)
            return database, version.manifest
    for attempt in range(_ATTEMPTS):
        release = lake.current().release
        copy = folder / f"app-{attempt}.sqlite3"
        database = _copy_sqlite(copy)
        with pinned(lake) as version:
            if version.manifest.release != release and attempt + 1 < _ATTEMPTS:
                copy.unlink(missing_ok=True)
                continue
            if copy.exists():
                writer.add(SQLITE, copy)
                copy.unlink()
            _add_lake(writer, version)
            return database, version.manifest
    raise AssertionError("the last attempt returns")  # pragma: no cover


def _copy_sqlite(copy: Path) -> Database:
    source = sqlite_file()
    return copy_sqlite(source, copy) if source.exists() else Database("none")


def sqlite_file() -> Path:
    """Return where the app database lies, when it is a file."""
    return Path(str(connection.settings_dict["NAME"]))


def _is_postgresql(project: Project) -> bool:
    return project.database_url.startswith("postgres")


def _add_lake(writer: Writer, version: Pinned) -> None:
    for file in sorted(version.folder.rglob("*")):
        if not file.is_file():
            continue
        path = file.relative_to(version.folder).as_posix()
        sha256 = writer.add(f"{LAKE}/{path}", file)
        if version.sha256.get(path, sha256) != sha256:
            raise BackupDamaged(
                f"The file {path} of the lake is not what was written.",
                hint="Restore an earlier backup.",
                path=str(file),
                why=path,
            )


def _project_files(project: Project, folder: Path) -> Iterator[Kept]:
    """Yield the settings, the definitions and the mappings of a project."""
    found = [project.folder / SETTINGS_FILE, project.folder / ".gitignore"]
    found += project.folder.glob("*.y*ml")
    found += project.definitions_folder.rglob("*")
    yield from _keep_all(project, found, folder)


def _own_databases(project: Project, folder: Path) -> Iterator[Kept]:
    """Yield copies of small databases beside the stores, such as that of collecting.

    They come before the logs that they say something about: what they say is done
    then lies within the logs.
    """
    private = project.private_folder
    for path in sorted(private.glob(f"*/**/*{_SQLITE}")):
        if path.is_relative_to(project.lake_folder):
            continue
        copy = folder / path.relative_to(project.folder)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy_file(path, copy)
        name = path.relative_to(project.folder).as_posix()
        yield Kept(name, copy, copy.stat().st_size)


def _private_files(project: Project, folder: Path, *, only: str = "") -> Iterator[Kept]:
    """Yield what Banso keeps beside the lake and the app database."""
    database = project.database_url.removeprefix("sqlite:///")
    own = {LAST, "lake", Path(database).name}
    found = [
        path
        for top in sorted((project.private_folder).glob(only or "*"))
        if top.name not in own
        for path in (top, *sorted(top.rglob("*")))
        if not path.name.endswith((*_SKIPPED_ENDINGS, _SQLITE))
    ]
    yield from _keep_all(project, found, folder)


def _keep_all(project: Project, found: list[Path], folder: Path) -> Iterator[Kept]:
    for path in found:
        if not path.is_file() or path.is_symlink():
            continue
        name = path.relative_to(project.folder).as_posix()
        if link_or_copy(path, folder / name):
            yield Kept(name, folder / name, (folder / name).stat().st_size)


def _verify_lake(reader: Reader) -> None:
    """See that every file is there that the version of the lake names."""
    held: Mapping[str, str] = {e.path: e.sha256 for e in reader.contents.files}
    if f"{LAKE}/{POINTER}" not in held:
        return
    with TemporaryDirectory() as folder:
        root = Path(folder)
        for entry in reader.contents.files:
            if entry.path.startswith((f"{LAKE}/{POINTER}", f"{LAKE}/{MANIFESTS}/")):
                reader.extract(entry, root / Path(entry.path).relative_to(LAKE))
        manifest = read_current(root)
    for part in manifest.list_parts():
        if held.get(f"{LAKE}/{part.path}") != part.sha256:
            raise damaged(reader.path, f"{part.path} is missing or another one")
        if part.deletes and f"{LAKE}/{part.deletes}" not in held:
            raise damaged(reader.path, f"{part.deletes} is missing")
