"""The endpoint at work, and what it and the app database tell each other."""

import datetime as dt
import sys
import threading
import time

from banso.collect.committing import GroupCommit
from banso.collect.endpoint import Clocks, Endpoint
from banso.collect.log import LogWriter
from banso.collect.sources import Counted, KeyRing, Tally
from banso.runs.collecting import collect_log
from banso.runs.project import Project
from banso.site.serving import prepare_django

EVERY_SECONDS = 1.0


def make_endpoint(project: Project) -> Endpoint:
    """Return the endpoint of a project, with its writer and its books at work."""
    keys, tally = KeyRing(), Tally()
    log = LogWriter(collect_log(project), now=time.time_ns)
    books = Books(project, keys, tally)
    books.look_up()
    threading.Thread(target=books.keep, name="collect-books", daemon=True).start()
    clocks = Clocks(lambda: time.time_ns() // 1000, time.monotonic)
    return Endpoint(keys=keys, commits=GroupCommit(log), tally=tally, clocks=clocks)


class Books:
    """Keeps the write keys as the app database has them, and brings it the counts.

    While the database does not answer, the keys stay as they were last known, and the
    counts wait.
    """

    def __init__(self, project: Project, keys: KeyRing, tally: Tally) -> None:
        prepare_django(project)
        self._keys = keys
        self._tally = tally
        self._is_failing = False

    def keep(self) -> None:
        """Exchange what there is, again and again."""
        while True:
            time.sleep(EVERY_SECONDS)
            self.exchange()

    def exchange(self) -> None:
        """Look the keys up and bring the counts; a failure is said once."""
        from django.db import DatabaseError, close_old_connections  # noqa: PLC0415

        close_old_connections()
        counted = self._tally.take()
        try:
            self.look_up()
            self._bring(counted)
        except DatabaseError as error:
            self._return(counted)
            if not self._is_failing:
                print(f"collect: the app database: {error}", file=sys.stderr)  # noqa: T201  to the operator
            self._is_failing = True
        else:
            self._is_failing = False

    def look_up(self) -> None:
        """Let the write keys count that count now."""
        from banso.web.collect import queries  # noqa: PLC0415  after the settings

        now = dt.datetime.fromtimestamp(time.time_ns() / 1e9, dt.UTC)
        self._keys.replace(queries.live_keys(at=now))

    def _bring(self, counted: dict[str, Counted]) -> None:
        if counted:
            from banso.web.collect import operations  # noqa: PLC0415  likewise

            operations.count(counted)

    def _return(self, counted: dict[str, Counted]) -> None:
        for source, each in counted.items():
            self._tally.put_back(source, each)
