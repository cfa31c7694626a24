"""Making a project again from a backup."""

import datetime as dt
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.db import connection

from banso.kernel.errors import BansoError
from banso.runs.erasures import read_erasures, read_erasures_in, read_orders
from banso.runs.project import Project
from banso.site.backup import app_database
from banso.site.backup.archive import (
    Contents,
    Entry,
    Reader,
    reading,
    remove_folder,
    too_new,
)
from banso.site.backup.backing_up import LAKE, sqlite_file
from banso.site.serving import migrate, prepare_django
from banso.warehouse.durable import disk_faults, fsync_folder, make_folder
from banso.warehouse.locking import FileLock
from banso.warehouse.pointer import POINTER

_DATABASE = "database/"


class FolderNotEmpty(BansoError):
    """Refuse to restore over something."""

    code = "folder_not_empty"


class RestoreUnderWay(BansoError):
    """Refuse a restore into a folder that another one is making."""

    code = "restore_under_way"


@dataclass(frozen=True)
class Restored:
    """A project that was made from a backup."""

    project: Project
    contents: Contents
    erased: int = 0  # persons whom the backup brought back, and who were erased again


def restore(
    path: Path, folder: Path, *, at: dt.datetime, erasures: Path | None = None
) -> Restored:
    """Make the project of a backup in a folder that is empty or not there yet.

    Everything is checked before anything is written, and the folder appears at the
    end, whole. What an older Banso wrote is brought up to date.

    Parameters
    ----------
    path
        A file that `back_up` wrote.
    folder
        Where the project will be.
    at
        The present, aware.
    erasures
        The list of who was erased (``.banso/erasures.json``) of the project as it was
        last; the backup knows only of those before it. They are erased again.

    Raises
    ------
    ErasuresUnreadable
        There is no such list.
    NotABackup, BackupDamaged, BackupTooNew
        The file cannot be restored.
    FolderNotEmpty, RestoreUnderWay
        There is something in the folder, or soon will be.
    DatabaseNotEmpty, OtherDatabase
        The app database that the project is to use holds something, or is of another
        kind than that of the backup.

    """
    folder = folder.absolute()
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise FolderNotEmpty(
            f"{folder} is not empty.",
            hint="Name a folder that is empty or not there yet.",
            folder=str(folder),
        )
    if erasures is not None:
        read_erasures_in(erasures)
    with reading(path) as reader, disk_faults(folder.parent):
        reader.verify()
        make_folder(folder.parent)
        with _beside(folder) as beside:
            _extract(reader, beside)
            _restore_database(reader, beside)
            erased = _erase_again(Project.open(beside), at=at, erasures=erasures)
            if folder.exists():  # an empty one
                folder.rmdir()
            beside.replace(folder)
        fsync_folder(folder.parent)
        return Restored(Project.open(folder), reader.contents, erased)


@contextmanager
def _beside(folder: Path) -> Iterator[Path]:
    """Give a folder to make the project in, and leave none behind that is unfinished.

    What a restore left that was killed holds the data of people, and goes.

    Raises
    ------
    RestoreUnderWay
        Another one into the same folder is.

    """
    lock = FileLock.take(folder.with_name(f".{folder.name}.restoring.lock"))
    if lock is None:
        raise RestoreUnderWay(
            f"Another restore into {folder} is under way.",
            hint="Wait until it has ended.",
            folder=str(folder),
        )
    try:
        for left in folder.parent.iterdir():
            if re.fullmatch(
                rf"\.{re.escape(folder.name)}\.\w{{8}}\.restoring", left.name
            ):
                remove_folder(left)
        beside = folder.with_name(f".{folder.name}.{secrets.token_hex(4)}.restoring")
        try:
            yield beside
        except BaseException:
            remove_folder(beside)
            raise
    finally:
        lock.path.unlink(missing_ok=True)
        lock.release()


def _erase_again(project: Project, *, at: dt.datetime, erasures: Path | None) -> int:
    """Erase whom the backup brought back; return how many persons."""
    if erasures is None and not (read_erasures(project) or read_orders(project)):
        return 0
    migrate(project)  # a backup without a database has none yet
    from banso.site.person_erasure import erase_again  # noqa: PLC0415 - Django is ready

    try:
        return len(erase_again(project, at=at, listed=erasures))
    finally:
        app_database.close()


def _extract(reader: Reader, folder: Path) -> None:
    """Write the files of the project; the pointer of the lake last."""
    entries = [e for e in reader.contents.files if not e.path.startswith(_DATABASE)]
    pointer = f"{LAKE}/{POINTER}"
    for entry in sorted(entries, key=lambda entry: entry.path == pointer):
        reader.extract(entry, folder / entry.path)
    for each in (folder, *(path for path in folder.rglob("*") if path.is_dir())):
        fsync_folder(each)


def _restore_database(reader: Reader, folder: Path) -> None:
    database = reader.contents.database
    prepare_django(Project.open(folder))
    unknown = app_database.unknown_migrations(database)
    if unknown:
        raise too_new(reader.path, reader.contents.banso)
    if database.vendor not in ("none", connection.vendor):
        raise app_database.OtherDatabase(
            f"The backup holds a {database.vendor} database, and the project is to use"
            f" {connection.vendor}.",
            hint="Set BANSO_DATABASE_URL to an empty database of the same kind.",
            there=database.vendor,
            here=connection.vendor,
        )
    try:
        if connection.vendor == "sqlite":
            _restore_sqlite(reader, Project.open(folder))
        elif not app_database.is_empty():
            raise _not_empty(str(connection.settings_dict["NAME"]))
        elif database.vendor != "none":
            app_database.restore_postgresql(reader)
            migrate(Project.open(folder))
    finally:
        app_database.close()


def _restore_sqlite(reader: Reader, project: Project) -> None:
    target = sqlite_file()
    if target.exists():
        raise _not_empty(str(target))
    for entry in reader.contents.files:
        if entry.path == app_database.SQLITE:
            _extract_new(reader, entry, target, project)


def _extract_new(reader: Reader, entry: Entry, target: Path, project: Project) -> None:
    try:
        reader.extract(entry, target)
        migrate(project)
    except BaseException:
        target.unlink(missing_ok=True)
        raise


def _not_empty(name: str) -> BansoError:
    return app_database.DatabaseNotEmpty(
        f"The app database {name} is not empty.",
        hint="Set BANSO_DATABASE_URL to an empty database.",
        name=name,
    )
