"""What a process keeps of releases: a release never changes, so once read is enough."""

import threading
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

from banso.runs.reading import ReleaseReader

Value = TypeVar("Value")


class ReleaseCache(Generic[Value]):
    """Values made from a release, the newest few of them.

    Requests that want the same at once wait for the one that makes it, no others do.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: dict[Hashable, Value] = {}
        self._making: dict[Hashable, threading.Lock] = {}
        self._lock = threading.Lock()  # of both

    def of(
        self, reader: ReleaseReader, make: Callable[[], Value], *key: Hashable
    ) -> Value:
        """Return what is kept of a release under a key; it is made when nothing is."""
        release = reader.release
        place = (reader.project.lake_folder, release.release_id, release.made_at, key)
        with self._lock:
            if place in self._kept:
                return self._kept[place]
            making = self._making.setdefault(place, threading.Lock())
        with making:
            with self._lock:
                if place in self._kept:  # another request has made it
                    return self._kept[place]
            value = make()
            with self._lock:
                while len(self._kept) >= self._most:
                    self._kept.pop(next(iter(self._kept)))
                self._kept[place] = value
                self._making.pop(place, None)
            return value
