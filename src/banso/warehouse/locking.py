"""A lock on a file that the operating system frees when its holder dies."""

import os
import sys
from pathlib import Path
from typing import IO

if sys.platform == "win32":
    import msvcrt

    # A locked region cannot be read on Windows: lock one far behind the content.
    _REGION = 1 << 30

    def _lock(file: IO[bytes]) -> None:
        file.seek(_REGION)
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)

    def _share(_file: IO[bytes]) -> None:
        """Windows knows no lock that several hold: nobody is kept out."""

else:
    import fcntl

    def _lock(file: IO[bytes]) -> None:
        fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)

    def _share(file: IO[bytes]) -> None:
        fcntl.flock(file.fileno(), fcntl.LOCK_SH | fcntl.LOCK_NB)


class FileLock:
    """One holder of the lock on one file; freed by `release` or by death."""

    def __init__(self, path: Path, file: IO[bytes]) -> None:
        self.path = path
        self._file = file

    @classmethod
    def take(cls, path: Path, *, shared: bool = False) -> "FileLock | None":
        """Take the lock, or return None when somebody else holds it.

        A `shared` one is kept out only by who holds it alone, and keeps out only them.
        """
        file = path.open("ab+")
        try:
            (_share if shared else _lock)(file)
        except OSError:
            file.close()
            return None
        if not _is_still(path, file):  # swept between opening and locking
            file.close()
            return None
        return cls(path, file)

    def touch(self) -> float:
        """Write to the file and return its time: the present, by the disk's clock."""
        self._file.truncate(0)
        self._file.write(str(os.getpid()).encode())
        self._file.flush()
        return os.fstat(self._file.fileno()).st_mtime

    def release(self) -> None:
        """Give the lock back."""
        self._file.close()


def _is_still(path: Path, file: IO[bytes]) -> bool:
    try:
        return path.stat().st_ino == os.fstat(file.fileno()).st_ino
    except FileNotFoundError:
        return False
