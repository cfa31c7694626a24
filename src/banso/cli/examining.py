"""What `banso doctor` looks at beyond versions and results, each with its remedy."""

import datetime as dt
import hashlib
import os
import shlex
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from banso.cli.words import words
from banso.kernel.errors import BansoError
from banso.runs.erasures import read_orders
from banso.runs.project import Project
from banso.runs.results import lake_of
from banso.warehouse.draft import definition_path
from banso.warehouse.manifest import Manifest

State = Literal["fine", "note", "problem"]
LITTLE_SPACE = 2 * 1024**3  # bytes; a run spills into the lake's folder
OLD_BACKUP = dt.timedelta(days=7)
_SKEW = dt.timedelta(minutes=5)
_CHUNK = 1 << 20


@dataclass(frozen=True)
class Finding:
    """What one check found."""

    subject: str
    state: State
    detail: str
    remedy: str = ""  # what to do about a problem


def disk(project: Project) -> Finding:
    """Return how much room there is: a run, a backup and a tidying need some."""
    free = shutil.disk_usage(project.folder).free
    wanted = max(LITTLE_SPACE, _size_of(lake_of(project).current()))
    detail = f"{free / 1024**3:.1f} GB free"
    if free >= wanted:
        return Finding("disk", "fine", detail)
    remedy = words(
        "{wanted:.1f} GB 以上を空けてください。計算とバックアップに使います。",
        "Free at least {wanted:.1f} GB: runs and backups need it.",
        wanted=wanted / 1024**3,
    )
    return Finding("disk", "problem", detail, remedy)


def permissions(project: Project) -> Iterator[Finding]:
    """Yield what the owner cannot write, and what others can read."""
    folder = project.private_folder
    for path in (project.folder, folder, project.lake_folder):
        if path.exists() and not os.access(path, os.R_OK | os.W_OK | os.X_OK):
            remedy = words(
                "このユーザーのものにしてください: chown -R {user} {path}",
                "Give it to this user: chown -R {user} {path}",
                user=os.getuid() if hasattr(os, "getuid") else "",
                path=path,
            )
            yield Finding("permissions", "problem", f"{path}: not writable", remedy)
    if os.name == "nt":
        return
    opened = [
        path
        for path in (folder / "secret_key", folder / "erasure_key")
        if path.exists() and path.stat().st_mode & 0o077
    ]
    for path in opened:
        yield Finding(
            "permissions",
            "problem",
            f"{path}: others may read it",
            f"chmod 600 {path}",
        )
    if not opened:
        yield Finding("permissions", "fine", f"{folder}: readable, writable")


def clock(project: Project, *, now: dt.datetime) -> Finding:
    """Return whether the clock stands behind what the lake was written at."""
    written = lake_of(project).current().written_at
    detail = f"{now:%Y-%m-%d %H:%M:%S} UTC"
    if now + _SKEW >= written:
        return Finding("clock", "fine", detail)
    remedy = words(
        "データは {written:%Y-%m-%d %H:%M} UTC に書かれています。"
        "この機械の時計を合わせてください（NTP）。",
        "The lake was written at {written:%Y-%m-%d %H:%M} UTC: set this machine's"
        " clock (NTP).",
        written=written,
    )
    return Finding("clock", "problem", f"{detail}, behind the lake", remedy)


def backup(project: Project, *, now: dt.datetime) -> Finding:
    """Return when the last backup was written, as far as this project knows."""
    from banso.site.backup.backing_up import last_backup  # noqa: PLC0415  Django

    last = last_backup(project)
    if last is None:
        return Finding(
            "backup",
            "note",
            words("まだありません", "none yet"),
            words(
                "`banso backup` で作り、別の機械に置いてください。",
                "Make one with `banso backup`, and keep it on another machine.",
            ),
        )
    at, file = last
    age = now - at
    detail = f"{at:%Y-%m-%d %H:%M} UTC, {file}"
    if age <= OLD_BACKUP:
        return Finding("backup", "fine", detail)
    remedy = words(
        "{days} 日前のものです。毎日 `banso backup` を動かしてください。",
        "It is {days} days old: let `banso backup` run every day.",
        days=age.days,
    )
    return Finding("backup", "note", detail, remedy)


def erasures(project: Project) -> Iterator[Finding]:
    """Yield an erasure of a person that was stopped on its way."""
    begun = read_orders(project)
    if not begun:
        return
    detail = words(
        "途中で止まった消去が {count} 件あります",
        "{count} erasures were stopped on their way",
        count=len(begun),
    )
    contact = shlex.quote(begun[0].person.contact_id)
    remedy = words(
        "`banso person erase {contact} --reason …` で完了します。",
        "`banso person erase {contact} --reason …` completes them.",
        contact=contact,
    )
    yield Finding("erasures", "problem", detail, remedy)


def checksums(project: Project) -> Finding:
    """Read every file of the lake's newest version and compare it with its hash."""
    lake = lake_of(project)
    manifest = lake.current()
    known = {part.path: part.sha256 for part in manifest.list_parts()}
    for version in manifest.definitions:
        for name, sha256 in version.files.items():
            known[definition_path(version, name)] = sha256
    changed = [
        path
        for path, sha256 in sorted(known.items())
        if _hash_of(lake.folder / path) != sha256
    ]
    if not changed:
        detail = f"{len(known):,} files as they were written"
        return Finding("checksums", "fine", detail)
    return Finding(
        "checksums",
        "problem",
        f"{len(changed)} of {len(known)} files changed: {changed[0]}",
        from_backup(),
    )


def database_soundness() -> Iterator[Finding]:
    """Let SQLite look through the app database; other engines do so themselves."""
    from django.db import DatabaseError, connection  # noqa: PLC0415  after the settings

    if connection.vendor != "sqlite":
        return
    try:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA integrity_check")
            found = [str(row[0]) for row in cursor.fetchall()]
    except DatabaseError as error:
        found = [str(error)]
    if found == ["ok"]:
        yield Finding("app database", "fine", "every page is sound")
    else:
        yield Finding("app database", "problem", found[0], from_backup())


def remedy_of(error: BansoError) -> str:
    """Return the hint of a refusal, in the language of the terminal."""
    from banso.cli.refusals import explained  # noqa: PLC0415  it knows every word

    return explained(error)[1]


def from_backup() -> str:
    """Return the remedy of what is lost or changed."""
    return words(
        "バックアップから別のフォルダーに戻してください: banso restore FILE DIR",
        "Restore a backup into another folder: banso restore FILE DIR",
    )


def _size_of(manifest: Manifest) -> int:
    return sum({part.path: part.bytes for part in manifest.list_parts()}.values())


def _hash_of(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except FileNotFoundError:
        return ""
