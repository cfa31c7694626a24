"""The process that answers HTTP, started by `serving` as its child."""

import ctypes
import faulthandler
import os
import signal
import sys
from collections.abc import Callable
from typing import Any

from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server import Server

from banso.kernel.garbage import look_seldom

PARENT = "BANSO_SERVED_BY"
PR_SET_PDEATHSIG = 1


def die_with_parent() -> None:
    """Ask the kernel for TERM when the parent dies, however it dies.

    Linux only; elsewhere a killed supervisor leaves its children to be stopped by hand.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def main() -> None:
    """Serve on the address of the command line: host, port, number of workers.

    A worker that dies is replaced, and the others answer meanwhile. One that dies again
    within seconds of its start ends the server: what is wrong then does not pass.
    """
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)  # the parent may have had them ignored
    die_with_parent()
    if str(os.getppid()) != os.environ.get(PARENT):
        return  # the parent died before we asked
    host, port, workers = sys.argv[1:4]
    Server(
        "banso.site.wsgi:application",
        address=host,
        port=int(port),
        interface=Interfaces.WSGI,
        workers=int(workers),
        blocking_threads=4,
        backlog=1024,
        websockets=False,
        log_level=LogLevels.warning,
        workers_kill_timeout=1,
        respawn_failed_workers=True,
    ).serve(target_loader=_application)


def _application(_target: str) -> Callable[..., Any]:
    """Return the application in a worker.

    The server's own loader puts the current folder before all modules: a user's
    ``attr.py`` there would be imported by whatever needs the package of that name.
    """
    look_seldom()
    from banso.site.wsgi import application  # noqa: PLC0415 - only in a worker

    faulthandler.enable()  # a crash in compiled code says where the pages were

    served: Callable[..., Any] = application
    return served


if __name__ == "__main__":
    main()
