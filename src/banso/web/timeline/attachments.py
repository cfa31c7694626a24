"""Files that belong to entries, kept in the project folder by their content."""

import hashlib
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final, Protocol
from uuid import uuid4

from django.conf import settings

from banso.kernel.errors import BansoError
from banso.runs.project import Project
from banso.web.timeline.models import Attachment

LARGEST: Final = 10 * 1024 * 1024  # bytes of one file
MOST: Final = 5  # of one entry
_LONGEST_NAME: Final = 200


class Upload(Protocol):
    """A file that somebody sent."""

    @property
    def name(self) -> str | None:
        """What the sender calls it."""

    @property
    def size(self) -> int | None:
        """In bytes."""

    def chunks(self) -> Iterator[bytes]:
        """Yield the content in pieces."""


class FileTooLarge(BansoError):
    """Refuse a file of more than 10 MB."""

    code = "attachment_too_large"


class TooManyFiles(BansoError):
    """Refuse more than five files for one entry."""

    code = "too_many_attachments"


def refuse_unfit(files: Iterable[Upload], *, already: int) -> None:
    """Refuse files that are too large or too many, before any is kept."""
    files = list(files)
    if already + len(files) > MOST:
        raise TooManyFiles(f"An entry has at most {MOST} files.", most=MOST)
    for file in files:
        if (file.size or 0) > LARGEST:
            raise FileTooLarge(
                f"{file.name} has more than 10 MB.", name=_name_of(file), megabytes=10
            )


def keep_files(entry_id: int, files: Iterable[Upload]) -> None:
    """Write files to the disk, then note that they belong to an entry."""
    for file in files:
        digest = _keep(file)
        Attachment.objects.create(
            entry_id=entry_id, name=_name_of(file), size=file.size or 0, sha256=digest
        )


def path_of(attachment: Attachment) -> Path:
    """Return where the content of an attachment lies."""
    return _folder() / attachment.sha256[:2] / attachment.sha256


def forget(digests: Iterable[str]) -> None:
    """Remove the contents that no attachment names any more."""
    for digest in set(digests):
        if not Attachment.objects.filter(sha256=digest).exists():
            (_folder() / digest[:2] / digest).unlink(missing_ok=True)


def _folder() -> Path:
    folder = settings.BANSO_PROJECT_FOLDER
    assert folder is not None
    return Project.open(folder).private_folder / "attachments"


def _keep(file: Upload) -> str:
    """Write a file under its hash; one that is there already stays as it is."""
    folder = _folder()
    folder.mkdir(parents=True, exist_ok=True)
    beside = folder / f"{uuid4().hex}.new"
    digest = hashlib.sha256()
    try:
        with os.fdopen(
            os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb"
        ) as out:
            for chunk in file.chunks():
                digest.update(chunk)
                out.write(chunk)
            out.flush()
            os.fsync(out.fileno())
        path = folder / digest.hexdigest()[:2] / digest.hexdigest()
        path.parent.mkdir(exist_ok=True)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
    return digest.hexdigest()


def _name_of(file: Upload) -> str:
    """Return a file's name without folders and control characters."""
    name = (file.name or "").replace("\\", "/").rpartition("/")[2]
    plain = "".join(sign for sign in name if sign.isprintable()).strip()
    if len(plain) > _LONGEST_NAME:
        stem, dot, suffix = plain.rpartition(".")
        suffix = suffix[:20] if dot else ""
        plain = f"{(stem or plain)[: _LONGEST_NAME - len(suffix) - 1]}{dot}{suffix}"
    return plain or "file"
