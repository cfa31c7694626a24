"""Static files straight from the packages, with the version in the address."""

import hashlib
from functools import lru_cache
from pathlib import Path

from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import StaticFilesStorage


class VersionedStaticFiles(StaticFilesStorage):
    """Give each file's address its content's digest, so that browsers may keep it.

    Nothing has to be collected: the files are served where they were installed.
    """

    def url(self, name: str | None) -> str:
        """Return the address of a file, with ``?v=`` when the file is there."""
        address: str = super().url(name)
        version = _version(name or "")
        return f"{address}?v={version}" if version else address


@lru_cache(maxsize=512)
def _version(name: str) -> str:
    path = finders.find(name)
    if not isinstance(path, str):
        return ""
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()[:12]
