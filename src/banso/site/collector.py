"""The process that takes live events, started by `serving` as its child."""

import os
import signal
import sys
from pathlib import Path
from typing import Any

from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server import Server

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
        "banso.site.collecting",
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
    """Return the endpoint, in the worker; this process needs none of it."""
    from banso.runs.project import Project  # noqa: PLC0415  only in the worker
    from banso.site.collecting import make_endpoint  # noqa: PLC0415  likewise
    from banso.site.configuration import PROJECT  # noqa: PLC0415  likewise

    die_with_parent()
    return make_endpoint(Project.open(Path(os.environ[PROJECT])))


if __name__ == "__main__":
    main()
