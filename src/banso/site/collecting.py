"""What the app database and the collector tell each other, about once a second."""

import datetime as dt
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from banso.collect.exchange import list_counts, write_keys
from banso.collect.sources import Source
from banso.runs.project import Project
from banso.warehouse.durable import make_folder

EVERY_SECONDS = 1.0


class Books:
    """Writes the live write keys down for the collector, and brings in its counts.

    While the database does not answer, the keys stay as they were last known, and the
    counts wait. Django has to be ready.
    """

    def __init__(self, project: Project) -> None:
        self._folder = project.collect_folder
        self._written: Mapping[str, Source] | None = None
        self._is_failing = False
        make_folder(self._folder)

    @contextmanager
    def kept(self) -> Iterator[None]:
        """Keep them from now on, until the block ends."""
        ending = threading.Event()
        thread = threading.Thread(
            target=self._keep, args=(ending,), name="collect-books", daemon=True
        )
        self.exchange()
        thread.start()
        try:
            yield
        finally:
            ending.set()
            thread.join()
            self.exchange()

    def exchange(self) -> None:
        """Write keys down and take counts in, once; a failure is said once."""
        from django.db import DatabaseError, close_old_connections  # noqa: PLC0415

        close_old_connections()
        try:
            self._write_keys()
            self._take_counts()
        except (DatabaseError, OSError) as error:
            if not self._is_failing:
                print(f"collect: {error}", file=sys.stderr)  # noqa: T201  to the operator
            self._is_failing = True
        else:
            self._is_failing = False

    def _keep(self, ending: threading.Event) -> None:
        from django.db import connections  # noqa: PLC0415  after the settings

        while not ending.wait(EVERY_SECONDS):
            self.exchange()
        connections.close_all()

    def _write_keys(self) -> None:
        from banso.web.collect import queries  # noqa: PLC0415  after the settings

        now = dt.datetime.fromtimestamp(time.time_ns() / 1e9, dt.UTC)
        keys = queries.live_keys(at=now)
        if keys != self._written:
            write_keys(self._folder, keys)
            self._written = keys

    def _take_counts(self) -> None:
        from banso.web.collect import operations  # noqa: PLC0415  after the settings

        for path, counted in list_counts(self._folder):
            operations.count(counted)
            path.unlink()
