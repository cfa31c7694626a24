"""The process that takes live events, started by `serving` as its child.

It needs no Django: what it knows of the app database comes by `collect.exchange`.
"""

import os
import signal
import sys
import threading
import time
from pathlib import Path
from typing import Any

from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server import Server

from banso.site.webserver import PARENT, die_with_parent

FOLDER = "BANSO_COLLECT_FOLDER"
EVERY_SECONDS = 1.0


def main() -> None:
    """Take events on the address of the command line: host and port."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)  # the parent may have had them ignored
    die_with_parent()
    if str(os.getppid()) != os.environ.get(PARENT):
        return  # the parent died before we asked
    host, port = sys.argv[1:3]
    Server(
        "banso.collect.endpoint",
        address=host,
        port=int(port),
        interface=Interfaces.ASGINL,
        workers=1,  # one writer to one log
        backlog=1024,
        websockets=False,
        log_level=LogLevels.warning,
        workers_kill_timeout=1,
    ).serve(target_loader=_application)


def _application(_target: str) -> Any:
    """Return the endpoint, in the worker, with its writer and its books at work."""
    from banso.collect.committing import GroupCommit  # noqa: PLC0415  in the worker
    from banso.collect.endpoint import Clocks, Endpoint  # noqa: PLC0415  likewise
    from banso.collect.log import LogWriter  # noqa: PLC0415  likewise
    from banso.collect.sources import KeyRing, Tally  # noqa: PLC0415  likewise

    die_with_parent()
    folder = Path(os.environ[FOLDER])
    keys, tally = KeyRing(), Tally()
    commits = GroupCommit(LogWriter(folder / "log", now=time.time_ns))
    books = _Books(folder, keys, tally, commits)
    books.look_up()
    threading.Thread(target=books.keep, name="collect-books", daemon=True).start()
    clocks = Clocks(lambda: time.time_ns() // 1000, time.monotonic)
    return Endpoint(keys=keys, commits=commits, tally=tally, clocks=clocks)


class _Books:
    """Keeps the write keys as they were written down, and writes the counts down."""

    def __init__(self, folder: Path, keys: Any, tally: Any, commits: Any) -> None:
        self._folder = folder
        self._keys = keys
        self._tally = tally
        self._commits = commits
        self._known: tuple[int, int] | None = None
        self._is_failing = False

    def keep(self) -> None:
        """Exchange what there is, again and again."""
        while True:
            time.sleep(EVERY_SECONDS)
            if not self._commits.is_alive:  # a bug; `serve` begins anew
                os._exit(70)
            try:
                self.look_up()
                self._put_down()
            except OSError as error:
                if not self._is_failing:
                    print(f"collect: {error}", file=sys.stderr)  # noqa: T201  operator
                self._is_failing = True
            else:
                self._is_failing = False

    def look_up(self) -> None:
        """Read the keys when they were written anew."""
        from banso.collect.exchange import keys_state, read_keys  # noqa: PLC0415

        state = keys_state(self._folder)
        if state != self._known:
            self._keys.replace(read_keys(self._folder))
            self._known = state

    def _put_down(self) -> None:
        from banso.collect.exchange import write_counts  # noqa: PLC0415  likewise

        counted = self._tally.take()
        if not counted:
            return
        try:
            write_counts(self._folder, counted, at=time.time_ns())
        except OSError:
            for source, each in counted.items():
                self._tally.put_back(source, each)
            raise


if __name__ == "__main__":
    main()
