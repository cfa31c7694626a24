"""The process that takes live events, started by `serving` as its child."""

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

from banso.collect.committing import GroupCommit
from banso.collect.endpoint import Clocks, Endpoint
from banso.collect.log import LogWriter
from banso.collect.sources import KeyRing, Tally
from banso.runs.collecting import collect_log
from banso.runs.project import Project
from banso.site.bookkeeping import Books
from banso.site.configuration import PROJECT
from banso.site.webserver import PARENT, die_with_parent


def main() -> None:
    """Take events on the address of the command line: host and port."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)  # the parent may have had them ignored
    die_with_parent()
    if str(os.getppid()) != os.environ.get(PARENT):
        return  # the parent died before we asked
    host, port = sys.argv[1:3]
    Server(
        "banso.site.collector:endpoint",
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
    """Return the endpoint, in the worker."""
    die_with_parent()
    return endpoint(Project.open(Path(os.environ[PROJECT])))


def endpoint(project: Project) -> Endpoint:
    """Return the endpoint of a project, with its writer and its books at work."""
    keys, tally = KeyRing(), Tally()
    log = LogWriter(collect_log(project), now=time.time_ns)
    books = Books(project, keys, tally)
    books.look_up()
    threading.Thread(target=books.keep, name="collect-books", daemon=True).start()
    clocks = Clocks(lambda: time.time_ns() // 1000, time.monotonic)
    return Endpoint(keys=keys, commits=GroupCommit(log), tally=tally, clocks=clocks)


if __name__ == "__main__":
    main()
